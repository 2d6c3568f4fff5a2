"""Phones in a test's hand (design 5): what is heard is expected, keys are pressed, however slow the test is."""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from twilio.rest import Client

from hoyhoy.lab.client import LabError
from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.phones import NotHeard, Phone, PhoneCall

from .webapp import WebApp

CENTURY = 3.2e9
"""Seconds: who waits that long in real time does not come back to say so."""


@pytest.fixture
def exchange(led: LocalExchange) -> LocalExchange:
    return led


@pytest.fixture
def client(exchange: LocalExchange) -> Client:
    return Client()


def ring(client: Client, exchange: LocalExchange, phone: Phone, twiml: str = "", **options: object) -> str:
    what = {"twiml": f"<Response>{twiml}</Response>"} if twiml else {}
    return str(client.calls.create(to=phone.number, from_=exchange.numbers[0], **what, **options).sid)


def masked(story: str) -> str:
    """Without what differs from one run and voice to the next: sids, numbers, seconds."""
    return re.sub(r"CA[0-9a-f]{6}|\+\d+|\d+\.\d\d|after \d+ s", "*", story)


def work(seconds: float) -> None:
    """Real work, as a slow test does it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        hashlib.pbkdf2_hmac("sha256", b"slow", b"test", 2000)


# Calls -----------------------------------------------------------------------------------


def test_a_call_is_heard_and_answered_with_keys(
    exchange: LocalExchange, client: Client, phone: Phone, app: WebApp
) -> None:
    app.pages["/menu"] = "<Response><Gather action='/choice' numDigits='2'><Say>Your age?</Say></Gather></Response>"
    app.pages["/choice"] = lambda form: f"<Response><Say>You are {form['Digits']}.</Say></Response>"
    sid = ring(client, exchange, phone, url=app.url("/menu"))
    call = phone.expect_call(within=5)
    assert (call.sid, call.phone) == (sid, phone.number)
    call.answer()
    assert call.expect_speech("your AGE") == "Your age?"
    call.press("42")
    call.expect_speech("You are 42")
    assert call.expect_hangup() == "normal"
    assert call.heard == ["Your age?", "You are 42."]
    assert client.calls(sid).fetch().status == "completed"


@pytest.mark.parametrize(("waits", "digits"), [(2, ["7"]), (3, [])])
def test_time_is_the_exchanges_own_however_slow_the_test(
    exchange: LocalExchange, client: Client, phone: Phone, app: WebApp, waits: int, digits: list[str]
) -> None:
    """The prompt takes half a second and the caller has two more; real work takes longer than both."""
    app.pages["/menu"] = (
        "<Response><Gather action='/choice' numDigits='1' timeout='2'><Say>Key</Say></Gather></Response>"
    )
    app.pages["/choice"] = "<Response/>"
    ring(client, exchange, phone, url=app.url("/menu"))
    call = phone.expect_call()
    call.answer()
    call.expect_speech("Key")
    if digits:
        work(1.3)
    exchange.advance(waits)
    if digits:
        work(1.4)
        call.press("7")
    call.expect_hangup()
    assert [form["Digits"] for form in app.forms("/choice")] == digits


def test_audio_and_keys_are_heard_too(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    ring(client, exchange, phone, "<Play>https://demo.twilio.com/docs/classic.mp3</Play><Play digits='12'/>")
    call = phone.expect_call()
    call.answer()
    assert call.expect_audio("classic") == "https://demo.twilio.com/docs/classic.mp3"
    assert call.expect_keys("12", within=90) == "12"


def test_half_an_hour_passes_while_nobody_waits(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    sid = ring(client, exchange, phone, "<Pause length='1800'/><Say>Still there?</Say>")
    call = phone.expect_call()
    call.answer()
    call.expect_status("in-progress")
    call.expect_speech("Still there?", within=1801)
    call.hang_up()
    assert call.expect_hangup() == "normal"
    exchange.advance(1)
    assert client.calls(sid).fetch().duration == "1800"


def test_the_phone_calls_the_app(exchange: LocalExchange, client: Client, phone: Phone, app: WebApp) -> None:
    app.pages["/voice"] = lambda form: f"<Response><Say>Hello {form['From']}</Say></Response>"
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/voice"))
    called = client.incoming_phone_numbers.list()[0].phone_number
    call = phone.call(called)
    call.expect_speech(f"Hello {phone.number}")
    call.expect_hangup()
    assert client.calls(call.sid).fetch().direction == "inbound"


def test_clients_call_one_another(exchange: LocalExchange, client: Client, app: WebApp) -> None:
    """voice 2.7.5, 3.1"""
    app.pages["/client"] = lambda form: (
        f"<Response><Dial><Client><Identity>{form['To']}</Identity>"
        f"<Parameter name='room' value='{form['room']}'/></Client></Dial></Response>"
    )
    application = client.applications.create(voice_url=app.url("/client"))
    alice, bob = exchange.phone("client:alice"), exchange.phone("client:bob")
    call = alice.call("bob", application=str(application.sid), parameters={"room": "blue"})
    other = bob.expect_call()
    assert other.parameters == call.parameters == {"room": "blue"}
    other.answer()
    call.expect_status("in-progress")
    exchange.advance(1)
    call.say("Hello Bob")
    other.expect_speech("Hello Bob")
    other.hang_up()
    call.expect_hangup()


def test_the_program_of_a_client_and_the_app_talk_beside_the_sound(
    exchange: LocalExchange, client: Client, app: WebApp
) -> None:
    """voice 13.3"""
    app.pages["/told"] = ""
    carol = exchange.phone("client:carol")
    sid = ring(client, exchange, carol, "<Pause length='60'/>")
    call = carol.expect_call()
    call.answer()
    beside = client.calls(sid)
    for word in ("one", "two", "three"):
        beside.user_defined_messages.create(content=json.dumps({"word": word}))
    assert call.expect_message() == {"word": "one"}
    assert call.expect_message(matching="w.*ee") == {"word": "three"}
    with pytest.raises(NotHeard, match="Expected a message of the app's in the call with 'four' within 1 s"):
        call.expect_message("four", within=1)
    subscription = beside.user_defined_message_subscriptions.create(callback=app.url("/told"))
    call.send_message({"answer": ["\u00e9", None]})
    told = exchange.expect_webhook("/told", call)
    assert json.loads(told["Content"]) == {"answer": ["\u00e9", None]} and told["SequenceNumber"] == "1"
    assert "its program tells the app" in call.story
    assert subscription.delete()


@pytest.mark.parametrize(("act", "status"), [("decline", "busy"), ("hang_up", "completed")])
def test_a_hand_ends_the_call(exchange: LocalExchange, client: Client, phone: Phone, act: str, status: str) -> None:
    sid = ring(client, exchange, phone, "<Pause length='60'/>")
    call = phone.expect_call()
    if act == "hang_up":
        call.answer()
        call.expect_status("in-progress")
    getattr(call, act)()
    call.expect_status(status)
    assert client.calls(sid).fetch().status == status


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        ({"answering": "busy"}, "busy"),
        ({"answering": "ring-out"}, "no-answer"),
        ({"answering": "decline"}, "busy"),
        ({"answering": "unreachable"}, "failed"),
        ({"answering": "answer", "answer_after": 70}, "no-answer"),
        ({"answering": "fax"}, "completed"),
    ],
)
def test_phones_that_act_by_themselves(
    exchange: LocalExchange, client: Client, phone: Phone, behaviour: dict[str, object], status: str
) -> None:
    phone.behave(**behaviour)
    sid = ring(client, exchange, phone, "<Say>Hello</Say>")
    call = phone.expect_call()
    call.expect_status(status, within=120)
    assert client.calls(sid).fetch().status == status


def test_voicemail_greets_and_listens(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    phone.behave(answering="voicemail", greeting="Ada is out.")
    sid = ring(client, exchange, phone, "<Say>Please call back.</Say>")
    call = phone.expect_call()
    call.expect_speech("call back")
    call.expect_hangup()
    said = [
        one["event"]["text"]
        for one in exchange.lab.get("/events", subject=sid)["entries"]
        if one["kind"] == "PhoneSaid"
    ]
    assert said == ["Ada is out.", "(beep)"]


def test_a_script_does_the_phones_part(exchange: LocalExchange, client: Client, phone: Phone, app: WebApp) -> None:
    app.pages["/menu"] = "<Response><Gather action='/choice'><Say>Your code, please.</Say></Gather></Response>"
    app.pages["/choice"] = "<Response><Say>Thank you.</Say><Pause length='600'/></Response>"
    phone.behave(
        answering="answer",
        script=[{"hear": "code", "wait": 1, "press": "12w3#"}, {"hear": "thank", "say": "Goodbye", "hang_up": True}],
    )
    ring(client, exchange, phone, url=app.url("/menu"))
    phone.expect_call().expect_hangup()
    assert [form["Digits"] for form in app.forms("/choice")] == ["123"]


def test_what_a_hand_cannot_do_is_said(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    ring(client, exchange, phone, "<Hangup/>")
    call = phone.expect_call()
    with pytest.raises(LabError, match="while the call is"):
        call.press("1")
    call.answer()
    call.expect_hangup()
    with pytest.raises(LabError, match="while the call is released"):
        call.answer()


# What does not happen ----------------------------------------------------------------------


def test_what_was_not_heard_shows_what_was(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    """It fails as soon as virtual time is over: a century takes no longer than a second."""
    ring(client, exchange, phone, "<Say>Good morning.</Say>")
    call = phone.expect_call()
    call.answer()
    with pytest.raises(NotHeard) as failure:
        call.expect_speech("passcode", within=CENTURY)
    first, *story = str(failure.value).splitlines()
    assert "Expected speech with 'passcode'" in first and "3.2e+09 s" in first
    assert any('phone hears "Good morning."' in line for line in story)
    assert any("completed" in line for line in story)


def test_no_call_and_no_message_within_a_century(exchange: LocalExchange, phone: Phone) -> None:
    with pytest.raises(NotHeard, match="nothing"):
        phone.expect_call(within=CENTURY)
    with pytest.raises(NotHeard, match=r"a message with 'Hi'(.|\n)*nothing"):
        phone.expect_message("Hi", within=CENTURY)


def test_an_app_that_fails_is_in_the_story(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    ring(client, exchange, phone, url="http://127.0.0.1:1/nobody")
    call = phone.expect_call()
    call.answer()
    with pytest.raises(NotHeard, match="ERROR 11205"):
        call.expect_speech("passcode")


def test_expectations_go_forward_only(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    """Each expectation looks behind what the last one found, so a prompt that is repeated counts once each time."""
    ring(client, exchange, phone, "<Say>One</Say><Say>Two</Say><Say>One</Say><Hangup/>")
    call = phone.expect_call()
    call.answer()
    assert [call.expect_speech(words) for words in ("one", "one")] == ["One", "One"]
    with pytest.raises(NotHeard):
        call.expect_speech("two")


def test_what_came_near_is_shown(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    """With the seconds since the call began, and what stands behind the last expectation marked. It is the failure that
    docs/testing-calls.md shows."""
    ring(client, exchange, phone, "<Say>Welcome.</Say><Say>Your pass code, please.</Say>")
    call = phone.expect_call()
    call.answer()
    call.expect_speech("welcome")
    with pytest.raises(NotHeard) as failure:
        call.expect_speech("passcode")
    page = (Path(__file__).parents[2] / "docs" / "testing-calls.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("\n```")[0].removeprefix("NotHeard: ")
    assert masked(str(failure.value)) == masked(shown)
    lines = str(failure.value).splitlines()
    assert lines[-1] == "Nearest: 'Your pass code, please.'"
    (before,) = [line for line in lines if 'hears "Welcome' in line]
    (behind,) = [line for line in lines if "pass code" in line and "hears" in line]
    assert before.startswith("  ") and behind.startswith("> ") and " s  CA" in behind
    assert float(behind.split()[1]) > float(before.split()[0])


def test_what_was_heard_before_is_said_to_be(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    ring(client, exchange, phone, "<Say>One</Say><Say>Two</Say>")
    call = phone.expect_call()
    call.answer()
    call.expect_speech("two")
    with pytest.raises(NotHeard, match=r"It came at [\d.]+ s, before what was expected last"):
        call.expect_speech("one")


def test_a_status_that_was_before_is_said_to_have_been(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    ring(client, exchange, phone, "<Say>One</Say>")
    call = phone.expect_call()
    call.answer()
    call.expect_hangup()
    with pytest.raises(NotHeard, match=r"a status \{'status': 'in-progress'\}(.|\n)*It came at"):
        call.expect_status("in-progress")


def test_a_pattern(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    ring(client, exchange, phone, "<Say>Press 1.</Say><Say>Your balance is 42 dollars.</Say>")
    call = phone.expect_call()
    call.answer()
    assert call.expect_speech(matching=r"BALANCE is \d+") == "Your balance is 42 dollars."
    with pytest.raises(NotHeard, match=r"speech matching(.|\n)*It came at"):
        call.expect_speech(matching=r"press \d")


def test_a_tone_and_silence(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    ring(client, exchange, phone, "<Record timeout='30'/>")
    call = phone.expect_call()
    call.answer()
    assert call.expect_tone() == "beep"
    began = exchange.clock.now
    call.expect_silence(20)
    assert exchange.clock.now - began == pytest.approx(20)


@pytest.mark.parametrize("document", ["<Pause length='3'/><Say>Psst</Say>", "<Pause length='3'/>"])
def test_what_breaks_the_silence(exchange: LocalExchange, client: Client, phone: Phone, document: str) -> None:
    """Also the end of the call: who hung up is not silent."""
    ring(client, exchange, phone, document)
    call = phone.expect_call()
    call.answer()
    with pytest.raises(NotHeard, match=r"Expected silence for 5 s(.|\n)*(Psst|hung up)"):
        call.expect_silence(5)


def test_a_recording_of_a_call(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    ring(client, exchange, phone, "<Record timeout='2'/>")
    call = phone.expect_call()
    call.answer()
    call.expect_tone("beep")
    before = exchange.clock.now
    call.expect_beep()
    assert exchange.clock.now > before
    call.say("Hello, this is Ann, and I call because of a parcel that did not arrive.")
    call.expect_hangup()
    recorded = call.expect_recording()  # was before, and is found all the same
    with pytest.raises(NotHeard, match="Expected a recording"):
        call.expect_recording(within=5)
    assert recorded.seconds and recorded.seconds >= 2 and recorded.call == call.sid
    with wave.open(io.BytesIO(recorded.sound())) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(recorded.seconds, abs=1)
    assert exchange.recordings(call) == call.recordings == [recorded]


def test_two_phones_talk(exchange: LocalExchange, client: Client, phone: Phone, new_phone: Callable[[], Phone]) -> None:
    other = new_phone()
    ring(client, exchange, phone, f"<Dial>{other.number}</Dial>")
    first = phone.expect_call()
    first.answer()
    first.expect_tone("ringing")
    second = other.expect_call()
    second.answer()
    first.expect_bridge(second)
    first.say("Can you hear me?")
    second.expect_speech("hear me")
    second.press("5")
    first.expect_keys("5")
    second.hang_up()
    first.expect_hangup()


# Messages ----------------------------------------------------------------------------------


def test_messages_both_ways(exchange: LocalExchange, client: Client, phone: Phone, app: WebApp) -> None:
    number = client.incoming_phone_numbers.list(limit=1)[0]
    number.update(sms_url=app.url("/sms"))
    app.pages["/sms"] = lambda form: f"<Response><Message>You said {form['Body']}</Message></Response>"
    app.pages["/told"] = ""

    sent = client.messages.create(
        to=phone.number, from_=number.phone_number, body="How are you?", status_callback=app.url("/told")
    )
    assert phone.expect_message("how are") == "How are you?"
    sid = phone.send(number.phone_number, "Fine", media=["http://127.0.0.1:1/cat.png"])
    assert phone.expect_message() == "You said Fine"

    exchange.advance(5)
    assert client.messages(sent.sid).fetch().status == "delivered"
    inbound = client.messages(sid).fetch()
    assert (inbound.direction, inbound.body, inbound.num_media) == ("inbound", "Fine", "1")
    assert [form["MessageStatus"] for form in app.forms("/told")] == ["sending", "sent", "delivered"]


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [
        ({"delivery": "undelivered"}, "undelivered", 30003),
        ({"delivery": "failed"}, "failed", 30007),
        ({"delivery": "undelivered", "error_code": 30006}, "undelivered", 30006),
        ({"answering": "unreachable"}, "undelivered", 30003),
    ],
)
def test_messages_that_do_not_arrive(
    exchange: LocalExchange, client: Client, phone: Phone, behaviour: dict[str, object], status: str, code: int
) -> None:
    phone.behave(**behaviour)
    sent = client.messages.create(to=phone.number, from_=exchange.numbers[0], body="Hello")
    with pytest.raises(NotHeard):
        phone.expect_message()
    told = client.messages(sent.sid).fetch()
    assert (told.status, told.error_code) == (status, code)


def test_a_number_nobody_owns_takes_neither_calls_nor_texts(phone: Phone) -> None:
    with pytest.raises(LabError, match=r"\+14155550199 is not a number of this exchange"):
        phone.call("+14155550199")
    with pytest.raises(LabError, match=r"\+14155550199 is not a number of this exchange"):
        phone.send("+14155550199", "Hello?")


def test_two_phones_in_one_hand(
    exchange: LocalExchange, client: Client, phone: Phone, new_phone: Callable[[], Phone]
) -> None:
    other = new_phone()
    ring(client, exchange, phone, "<Say>For the first</Say>")
    ring(client, exchange, other, "<Say>For the second</Say>")
    calls: list[PhoneCall] = [one.expect_call() for one in (other, phone)]
    for call in calls:
        call.answer()
    calls[0].expect_speech("second")
    calls[1].expect_speech("first")


def test_a_number_as_people_write_it(client: Client, exchange: LocalExchange) -> None:
    phone = exchange.phone("(415) 555-0188")
    assert phone.number == "+14155550188"
    ring(client, exchange, phone, "<Pause/>")
    phone.expect_call().decline()


def test_a_code_is_read_from_a_text(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    for body in ("Hello", "Your code is 123-456. See https://a.example/x."):
        client.messages.create(to=phone.number, from_=exchange.numbers[0], body=body)
    text = phone.expect_message(matching=r"code is ([\d-]+)")
    assert (text.code, text.match[1], text.links) == ("123456", "123-456", ["https://a.example/x"])
    assert text.sender == exchange.numbers[0] and text.sid.startswith("SM") and text.media == []
    phone.expect_no_message(within=5)


def test_a_phone_that_must_not_ring(exchange: LocalExchange, client: Client, phone: Phone) -> None:
    phone.expect_no_call(within=60)
    ring(client, exchange, phone, "<Hangup/>")
    with pytest.raises(NotHeard, match="rings"):
        phone.expect_no_call()
