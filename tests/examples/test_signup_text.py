"""The second way: a text that is answered with the code."""

import re

import pytest

PHONE = "+14155550123"
STRANGER = "+14155550199"


def messages(twiml):
    return re.findall(r"<Message>([^<]*)</Message>", twiml)


@pytest.fixture
async def ada(world):
    """A browser that has asked for a text while its phone rang."""
    ada = world.browser()
    await ada.sign_up()
    await world.call_status("ringing")
    page = await ada.again("text")
    assert page.url.path == "/signup"
    return ada


async def test_the_code_is_texted_back(world, ada):
    assert await ada.state() == "texting"
    code = await ada.code()
    _, (_, call, ended), (method, resource, fields) = world.twilio.requests
    assert (call, ended) == (world.call_sid, {"Status": "canceled"})  # voice 5.3: the call is not needed any more
    assert (method, resource, fields["To"], fields["From"]) == ("POST", "Messages", PHONE, "+15005550006")
    assert fields["StatusCallback"] == "https://tincan.example/sms/status"
    assert code not in fields["Body"]

    assert messages(await world.text(code)) == ["Thank you. That is the code, and you are in."]  # messaging 1.10
    assert await ada.state() == "confirmed"
    assert (await ada.get("/signup")).url.path == "/welcome"


async def test_the_ended_call_has_no_say(world, ada):
    await world.call_status("canceled")
    assert await ada.state() == "texting"
    assert "not needed" in await world.key(await ada.code())
    assert await ada.state() == "texting"


async def test_a_call_that_was_answered_is_ended_as_such(world):
    ada = world.browser()
    await ada.sign_up()
    await world.ask()
    await ada.again("text")
    assert world.twilio.requests[1] == ("POST", world.call_sid, {"Status": "completed"})


@pytest.mark.parametrize("form", ["{0} ", "My code: {1} {2}.", "{1}-{2}\n\nAda"])
async def test_people_write_codes_in_their_own_way(world, ada, form):
    code = await ada.code()
    await world.text(form.format(code, code[:3], code[3:]))
    assert await ada.state() == "confirmed"


async def test_three_wrong_texts(world, ada):
    code = await ada.code()
    # Many codes in one text are one wrong code.
    assert "That was not" in messages(await world.text(f"{code} {code[::-1]} 1"))[0]
    assert (await ada.status())["tries_left"] == 2
    await world.text("1")
    assert "either" in messages(await world.text("2"))[0]
    assert await ada.state() == "wrong-code"
    assert messages(await world.text(code)) == []
    assert await ada.state() == "wrong-code"


async def test_a_text_without_digits_is_asked_again_a_few_times(world, ada):
    for _ in range(2):
        assert messages(await world.text("hello?")) == ["Please reply with the 6 digits on your screen."]
    assert messages(await world.text("hello??")) == []
    assert await ada.state() == "no-code"


@pytest.mark.parametrize("word", ["STOP", " stop\n", "Help"])
async def test_words_that_twilio_answers_itself(world, ada, word):
    # messaging 1.11: the webhook is called all the same
    assert messages(await world.text(word)) == []
    assert await ada.state() == "texting"


async def test_texts_of_others_are_not_answered(world, ada):
    assert messages(await world.text(await ada.code(), sender=STRANGER)) == []
    assert await ada.state() == "texting"


async def test_texts_before_anybody_asked_are_not_answered(world):
    ada = world.browser()
    await ada.sign_up()
    assert messages(await world.text(await ada.code())) == []
    assert await ada.state() == "calling"


async def test_two_people_may_wait_with_one_phone(world, ada):
    bob = world.browser()
    await bob.sign_up(user_name="bob")
    await bob.again("text")
    await world.text(await ada.code())
    assert (await ada.state(), await bob.state()) == ("confirmed", "texting")
    # The number belongs to the first now.
    await world.text(await bob.code())
    assert await bob.state() == "failed"
    assert "taken this phone number" in (await bob.status())["sentence"]


async def test_an_expired_text(world, ada):
    code = await ada.code()
    world.moment += 181
    assert "expired" in messages(await world.text(code))[0]
    assert await ada.state() == "expired"
    assert messages(await world.text(code)) == []


@pytest.mark.parametrize("status", ["failed", "undelivered"])
async def test_a_text_that_does_not_arrive(world, ada, status):
    # messaging 1.7
    sid = world.twilio.sids("Messages")[-1]
    await world.webhook("/sms/status", MessageSid=sid, MessageStatus="sent")
    assert await ada.state() == "texting"
    await world.webhook("/sms/status", MessageSid=sid, MessageStatus=status)
    assert (await ada.status())["sentence"] == "The text did not arrive."
    assert await ada.state() == "failed"


async def test_a_refused_text_says_why(world):
    ada = world.browser()
    await ada.sign_up()
    await world.call_status("busy")
    world.twilio.error = (400, 21614)
    page = await ada.again("text")
    assert page.url.path == "/signup" and "This number cannot receive texts." in page.text
    assert await ada.state() == "failed"
    world.twilio.error = None
    await ada.again("call")
    await world.key(await ada.code())
    assert await ada.state() == "confirmed"


async def test_back_to_the_telephone(world, ada):
    old = await ada.code()
    await ada.again("call")
    assert await ada.state() == "calling"
    assert messages(await world.text(old)) == []
    await world.key(await ada.code())
    assert await ada.state() == "confirmed"


async def test_a_call_that_starts_after_all_is_hung_up(world):
    # The person turns to texts while the request for the call is still under way.
    ada = world.browser()
    await ada.sign_up()
    await world.call_status("busy")
    sent = []
    signups, session = world.site.signups, next(iter(world.site.signups.store.texting(PHONE)), None)
    assert session is None

    def change_of_mind(sid):
        if sid.startswith("CA") and not sent:
            sent.append(sid)
            signups.again(signups.store.by_name("ada")[0], "text")

    world.twilio.before_answer = change_of_mind
    await ada.again("call")
    assert world.twilio.requests[-1] == ("POST", sent[0], {"Status": "canceled"})
    assert await ada.state() == "texting"
