"""The way by telephone, from the form to the page that says: you are in."""

import asyncio
import re

import pytest
from signup.password import matches
from twilio.request_validator import RequestValidator

PHONE = "+14155550123"


def prompts(twiml):
    return " ".join(re.findall(r"<Say>([^<]*)</Say>", twiml))


async def test_the_story(world):
    ada = world.browser()
    page = await ada.sign_up()
    assert page.url.path == "/signup"
    assert await ada.state() == "calling"
    code = await ada.code()
    assert re.fullmatch("[0-9]{6}", code)

    [(method, resource, fields)] = world.twilio.requests
    assert (method, resource) == ("POST", "Calls")  # voice 5.1
    assert (fields["To"], fields["From"]) == (PHONE, "+15005550006")
    assert fields["Url"] == "https://tincan.example/phone/ask"
    assert fields["StatusCallback"] == "https://tincan.example/phone/status"
    assert fields["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert fields["Timeout"] == 25

    await world.call_status("initiated")
    assert await ada.state() == "calling"
    await world.call_status("ringing")
    assert await ada.state() == "ringing"
    await world.call_status("in-progress")
    twiml = await world.ask()
    assert await ada.state() == "asking"
    assert "passcode" in prompts(twiml)
    assert 'action="https://tincan.example/phone/code"' in twiml
    assert 'numDigits="6"' in twiml and 'finishOnKey="#"' in twiml  # voice 2.4
    assert code not in twiml

    await world.call_status("ringing")  # voice 3.2: late
    assert await ada.state() == "asking"

    twiml = await world.key(code)
    assert "you are in" in prompts(twiml) and twiml.endswith("<Hangup /></Response>")
    assert await ada.state() == "confirmed"
    await world.call_status("completed")
    assert await ada.state() == "confirmed"

    page = await ada.get("/signup")
    assert page.url.path == "/welcome" and "ada" in page.text
    assert (await ada.get("/")).url.path == "/welcome"


async def test_the_account_keeps_only_a_hash_of_the_password(world):
    ada = world.browser()
    await ada.sign_up(password="correct horse")
    await world.key(await ada.code())
    (name, kept), *others = world.site.signups.store._db.execute("SELECT user_name, password FROM account")
    assert (name, others) == ("ada", [])
    assert matches("correct horse", kept) and not matches("correct house", kept)
    dump = "".join(world.site.signups.store._db.iterdump())
    assert "correct horse" not in dump and ada.cookies["__Host-session"] not in dump


async def test_three_wrong_codes_are_told_so_and_end_the_call(world):
    ada = world.browser()
    await ada.sign_up()
    await world.ask()
    code = await ada.code()
    wrong = "000000" if code != "000000" else "111111"

    twiml = await world.key(wrong)
    # Inside the Gather, so that the keys of a caller who does not wait for the prompt count.
    assert re.search("<Gather[^>]*><Say>That was not the code.</Say>", twiml)
    assert (await ada.status())["tries_left"] == 2
    assert "2 tries left" in (await ada.status())["sentence"]
    await world.key(wrong)
    assert "1 try left" in (await ada.get("/signup")).text
    twiml = await world.key(wrong)
    assert "Goodbye" in prompts(twiml) and "<Gather" not in twiml and "<Hangup" in twiml
    assert await ada.state() == "wrong-code"
    # Too late, even with the right one.
    assert "Goodbye" in prompts(await world.key(code))
    await world.call_status("completed")
    assert await ada.state() == "wrong-code"
    page = (await ada.get("/signup")).text
    assert "That was not the code" in page and "Call me again" in page and code not in page


async def test_a_code_after_two_wrong_ones_is_right(world):
    ada = world.browser()
    await ada.sign_up()
    for digits in ("1", "22"):
        await world.key(digits)
    await world.key(await ada.code())
    assert await ada.state() == "confirmed"


async def test_silence_is_asked_again_and_then_ended(world):
    ada = world.browser()
    await ada.sign_up()
    assert 'actionOnEmptyResult="true"' in await world.ask()  # voice 2.4: silence comes to the action too
    for _ in range(2):
        assert "<Gather" in await world.key("")
        assert await ada.state() == "asking"
    assert "<Hangup" in await world.key("")
    assert await ada.state() == "no-code"


async def test_a_lone_hash_costs_no_try(world):
    # A person who keys the hash after the sixth digit of a wrong code ends the next Gather with it.
    ada = world.browser()
    await ada.sign_up()
    await world.ask()
    await world.key("1")
    await world.key("")
    assert (await ada.status())["tries_left"] == 2


@pytest.mark.parametrize(
    ("status", "state"),
    [("busy", "busy"), ("no-answer", "no-answer"), ("failed", "failed"), ("canceled", "no-answer")],
)
async def test_calls_that_end_unanswered(world, status, state):
    # voice 5.2
    ada = world.browser()
    await ada.sign_up()
    await world.call_status("ringing")
    await world.call_status(status)
    assert await ada.state() == state
    assert 'name="way" value="call"' in (await ada.get("/signup")).text
    await world.call_status("ringing")  # voice 3.2: callbacks may arrive out of order
    assert await ada.state() == state


async def test_a_caller_who_hangs_up_half_way_can_be_called_again(world):
    ada = world.browser()
    await ada.sign_up()
    await world.ask()
    await world.key("1")
    first_sid, first_code = world.call_sid, await ada.code()
    await world.call_status("completed")
    assert await ada.state() == "hung-up"
    assert "Call me again" in (await ada.get("/signup")).text

    await ada.again("call")
    assert world.call_sid != first_sid
    assert await ada.state() == "calling"
    assert (await ada.status())["tries_left"] == 3
    await world.call_status("completed", sid=first_sid)
    assert await ada.state() == "calling"
    assert "not needed" in prompts(await world.key(first_code, sid=first_sid))
    assert "not needed" in prompts(await world.ask(sid=first_sid))
    await world.ask()
    await world.key(await ada.code())
    assert await ada.state() == "confirmed"


async def test_the_news_of_the_hang_up_may_overtake_the_code(world):
    ada = world.browser()
    await ada.sign_up()
    await world.ask()
    code = await ada.code()
    await world.call_status("completed")
    await world.key(code)
    assert await ada.state() == "confirmed"


async def test_a_code_expires(world):
    ada = world.browser()
    await ada.sign_up()
    await world.ask()
    code = await ada.code()
    world.moment += 179
    assert (await ada.status())["seconds_left"] == 1
    world.moment += 1
    assert await ada.state() == "expired"
    twiml = await world.key(code)
    assert "expired" in prompts(twiml) and "<Hangup" in twiml
    assert "expired" in prompts(await world.ask())
    assert await ada.state() == "expired"
    assert code not in (await ada.get("/signup")).text
    await ada.again("call")
    await world.key(await ada.code())
    assert await ada.state() == "confirmed"


async def test_a_hung_up_call_gives_no_code_after_its_time(world):
    ada = world.browser()
    await ada.sign_up()
    await world.ask()
    code = await ada.code()
    await world.call_status("completed")
    world.moment += 200
    assert "expired" in prompts(await world.key(code))
    assert await ada.state() == "hung-up"


async def test_webhooks_may_overtake_the_answer_that_names_their_call(world):
    loop = asyncio.get_running_loop()
    early = []

    def ring(sid):
        # Twilio's own thread: the call is answered before the client has its 201.
        early.append(asyncio.run_coroutine_threadsafe(world.ask(sid), loop))
        early.append(asyncio.run_coroutine_threadsafe(world.call_status("in-progress", sid), loop))
        while not world.site.phone._placing:
            pass

    world.twilio.before_answer = ring
    ada = world.browser()
    await ada.sign_up()
    ask, _ = [await asyncio.wrap_future(each) for each in early]
    assert "passcode" in prompts(ask)
    assert await ada.state() == "asking"


async def test_news_of_the_old_call_while_the_new_one_is_placed(world):
    ada = world.browser()
    await ada.sign_up()
    old, signups = world.call_sid, world.site.signups
    await world.call_status("busy")
    world.twilio.before_answer = lambda sid: signups.moved(old, "failed") or signups.keyed(old, "1")
    await ada.again("call")
    assert await ada.state() == "calling"
    assert (await ada.status())["tries_left"] == 3


async def test_the_same_action_twice_gives_the_same_answer(world):
    # voice 3.5: a request whose answer was lost is made again.
    ada = world.browser()
    await ada.sign_up()
    code = await ada.code()
    assert await world.key(code) == await world.key(code)


async def test_a_form_sent_twice_rings_once(world):
    ada = world.browser()
    fields = {"csrf": await ada.csrf(), "user_name": "ada", "password": "correct horse", "phone": PHONE}
    await asyncio.gather(*[ada.post("/signup", data=fields) for _ in range(2)])
    await ada.post("/signup", data=fields)
    await ada.again("call")
    assert len(world.twilio.requests) == 1


async def test_leaving_a_sign_up_hangs_up(world):
    ada = world.browser()
    await ada.sign_up()
    await world.ask()
    page = await ada.post("/signup/over", data={"csrf": await ada.csrf("/signup")})
    assert page.url.path == "/"
    assert world.twilio.requests[-1] == ("POST", world.call_sid, {"Status": "completed"})  # voice 5.3
    assert (await ada.get("/signup/status")).status_code == 404
    assert "not needed" in prompts(await world.ask())


@pytest.mark.parametrize("path", ["/phone/ask", "/phone/code", "/phone/status", "/sms", "/sms/status"])
async def test_foreign_signatures_are_refused(world, path):
    # voice 3.8
    ada = world.browser()
    await ada.sign_up()
    fields = {"CallSid": world.call_sid, "Digits": await ada.code(), "CallStatus": "busy"}
    validator = RequestValidator(world.settings.twilio_auth_token)
    good = validator.compute_signature("https://tincan.example" + path, fields)
    assert (await world.webhook(path, signature=good, **fields)).status_code in (200, 204)
    foreign = RequestValidator("another token").compute_signature("https://tincan.example" + path, fields)
    elsewhere = validator.compute_signature("http://inside:5000" + path, fields)
    for signature in ("", foreign, elsewhere, good[:-2] + "x=", "\xff"):
        assert (await world.webhook(path, signature=signature.encode("latin-1"), **fields)).status_code == 403
    assert (await world.webhook(path, signature=good, **fields, Extra="1")).status_code == 403
    assert (await world.webhook(path + "?a=1", signature=good, **fields)).status_code == 403


async def test_forged_codes_confirm_nothing(world):
    ada = world.browser()
    await ada.sign_up()
    await world.webhook("/phone/code", signature="forged", CallSid=world.call_sid, Digits=await ada.code())
    assert await ada.state() == "calling"


async def test_repeated_and_empty_parameters_are_signed_too(world):
    fields = {"CallSid": "CA" + "9" * 32, "CallStatus": "", "Multi": ["b", "a", "b"]}
    url = "https://tincan.example/phone/status?x=1"

    class Fields(dict):
        def getlist(self, name):
            return self[name] if isinstance(self[name], list) else [self[name]]

    signature = RequestValidator(world.settings.twilio_auth_token).compute_signature(url, Fields(fields))
    assert (await world.webhook("/phone/status?x=1", signature=signature, **fields)).status_code == 204


async def test_unknown_calls_are_told_goodbye(world):
    stranger = "CA" + "9" * 32
    assert "not needed" in prompts(await world.ask(stranger))
    assert "not needed" in prompts(await world.key("123456", stranger))
    await world.call_status("completed", stranger)
