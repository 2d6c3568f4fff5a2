"""Virtual phones over HTTP (design 5): how they behave, what they hear, what a hand does with them."""

from __future__ import annotations

import urllib.request
from urllib.parse import urlencode

import pytest

from hoyhoy.audio import wav
from hoyhoy.testing.local import LocalExchange

from .conftest import Answered, Asking

BEHAVIOUR = {
    "answering": "answer", "ring_after": 0.2, "answer_after": 2.0, "script": [],
    "greeting": "", "delivery": "delivered", "error_code": 0,
    "delivery_after": 0.5, "opted_out": [], "in_band": False, "keeps_sound": False,
}  # fmt: skip


def test_a_phone_is_there_when_asked_for(ask: Asking, number: str) -> None:
    assert ask("GET", f"/phones/{number}") == (
        200, {"number": number, "behaviour": BEHAVIOUR, "calls": [], "messages": []}
    )  # fmt: skip
    status, all_ = ask("GET", "/phones")
    assert status == 200 and number in [phone["number"] for phone in all_["phones"]]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("%2B14155550123", "+14155550123"),
        ("(415)%20555-0123", "+14155550123"),
        ("+442079460000", "+442079460000"),
    ],
)
def test_numbers_as_people_write_them(ask: Asking, written: str, number: str) -> None:
    assert ask("GET", f"/phones/{written}")[1]["number"] == number


@pytest.mark.parametrize("written", ["nobody", "+1", "client:", "client:a%20b", "sip:ada", "%00"])
def test_what_is_no_number(ask: Asking, written: str) -> None:
    assert ask.refused("GET", f"/phones/{written}")[:2] == (400, 20001)


def test_a_behaviour_is_set_whole(ask: Asking, number: str) -> None:
    script = [{"hear": "code", "wait": 1.5, "press": "12#"}, {"say": "bye", "hang_up": True}]
    told = ask("PUT", f"/phones/{number}", {"answering": "voicemail", "greeting": "Gone.", "script": script})[1]
    step = {"hear": "", "wait": 0.0, "press": "", "say": "", "hang_up": False}
    changed = {"answering": "voicemail", "greeting": "Gone.", "script": [{**step, **one} for one in script]}
    assert told["behaviour"] == BEHAVIOUR | changed
    assert ask("PUT", f"/phones/{number}", {"answering": "busy"})[1]["behaviour"] == BEHAVIOUR | {"answering": "busy"}


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"answering": "sometimes"}, "$.answering"),
        ({"answer_after": "soon"}, "$.answer_after"),
        ({"answer_after": 1e10}, "$.answer_after"),
        ({"error_code": 10**12}, "$.error_code"),
        ({"error_code": 10**30}, "$.error_code"),
        ({"error_code": -1}, "$.error_code"),
        ({"colour": "red"}, "colour"),
        ({"script": [{"hum": "la"}]}, "hum"),
        ([], "object"),
        ({"answer_after": -1}, "answer"),
        ({"script": [{"press": "5 6"}]}, "press"),
        ({"delivery": "perhaps"}, "$.delivery"),
    ],
)
def test_what_no_phone_does(ask: Asking, number: str, wrong: object, names: str) -> None:
    before = ask("GET", f"/phones/{number}")[1]["behaviour"]
    status, code, message = ask.refused("PUT", f"/phones/{number}", wrong)
    assert (status, code) == (400, 20001) and names in message
    assert ask("GET", f"/phones/{number}")[1]["behaviour"] == before


# Calls -----------------------------------------------------------------------------------


def test_a_call_seen_from_its_phone(ask: Asking, answered: Answered, manual: str, standing: LocalExchange) -> None:
    sid = answered("<Say>Good morning</Say><Pause length='60'/>")
    ask.expect("PhoneHeard", subject=sid)
    status, call = ask("GET", f"/calls/{sid}")
    (heard,) = call.pop("heard")
    assert (heard["kind"], heard["text"], heard["seconds"]) == ("speech", "Good morning", 0.8)
    assert heard["at"] >= call.pop("began")
    assert status == 200 and call == {
        "sid": sid, "phone": manual, "other": standing.numbers[0], "outgoing": False, "state": "answered",
        "cause": None, "parameters": {}, "messages": [],
    }  # fmt: skip
    assert [one["sid"] for one in ask("GET", f"/phones/{manual}")[1]["calls"]] == [sid]


def test_a_phone_dials_and_a_hand_does_the_rest(ask: Asking, number: str, standing: LocalExchange) -> None:
    status, call = ask("POST", f"/phones/{number}/calls", {"to": standing.numbers[1]})
    assert status == 201 and (call["phone"], call["outgoing"], call["other"]) == (number, True, standing.numbers[1])
    sid = call["sid"]
    ask.expect("PhoneHeard", subject=sid)
    assert ask("POST", f"/calls/{sid}/say", {"text": "Hello?"})[0] == 200
    assert ask("POST", f"/calls/{sid}/press", {"keys": "1wW#"})[0] == 200
    assert ask("POST", f"/calls/{sid}/hang-up")[1]["state"] == "released"
    ask.expect("CallMoved", subject=sid, where={"status": "completed"})
    kinds = [
        one["kind"]
        for one in ask("GET", f"/events?subject={sid}&kind=PhoneSaid,PhonePressed,PhoneReleased")[1]["entries"]
    ]
    assert kinds == ["PhoneSaid", "PhonePressed", "PhoneReleased"]


def test_a_call_is_declined(ask: Asking, manual: str) -> None:
    sid = ask.ring(manual)
    ask.expect("PhoneRang", subject=sid)
    assert ask("POST", f"/calls/{sid}/decline")[1]["cause"] == "rejected"
    ask.expect("CallMoved", subject=sid, where={"status": "busy"})


@pytest.mark.parametrize("act", ["answer", "decline"])
def test_what_comes_too_late(ask: Asking, answered: Answered, act: str) -> None:
    sid = answered()
    status, code, message = ask.refused("POST", f"/calls/{sid}/{act}")
    assert (status, code) == (409, 20409) and "while the call is answered" in message


@pytest.mark.parametrize(("act", "hand"), [("press", {"keys": "1"}), ("say", {"text": "hi"})])
def test_what_comes_too_early(ask: Asking, manual: str, act: str, hand: dict[str, str]) -> None:
    sid = ask.ring(manual)
    ask.expect("PhoneRang", subject=sid)
    assert ask.refused("POST", f"/calls/{sid}/{act}", hand)[:2] == (409, 20409)


@pytest.mark.parametrize("keys", ["", "x", "1 2", "12E", "\u0661"])
def test_what_is_no_key(ask: Asking, answered: Answered, keys: str) -> None:
    assert ask.refused("POST", f"/calls/{answered()}/press", {"keys": keys})[:2] == (400, 20001)


def test_what_no_hand_does(ask: Asking, answered: Answered) -> None:
    sid = answered()
    assert ask.refused("POST", f"/calls/{sid}/juggle")[:2] == (404, 20404)
    assert ask.refused("POST", f"/calls/{sid}/answer", {"force": True})[:2] == (400, 20001)


def test_a_call_without_a_phone(ask: Asking) -> None:
    for method, path in (("GET", ""), ("POST", "/answer")):
        assert ask.refused(method, f"/calls/CA{'0' * 32}{path}")[:2] == (404, 20404)


def test_a_number_nobody_owns_is_not_dialled(ask: Asking, number: str) -> None:
    status, code, message = ask.refused("POST", f"/phones/{number}/calls", {"to": "+14155559999"})
    assert (status, code) == (400, 21214) and "+14155559999" in message
    assert ask.refused("POST", f"/phones/{number}/calls", {"to": "nobody"})[:2] == (400, 20001)
    assert ask.refused("POST", f"/phones/{number}/calls")[:2] == (400, 20001)


# Clients (voice 2.7.5, 3.1) --------------------------------------------------------------------

SPOKEN = "https://demo.twilio.com/docs/voice.xml"


@pytest.fixture
def client(number: str) -> str:
    """The name of a client that nobody made yet."""
    return "client:ada." + number.removeprefix("+")


@pytest.fixture
def application(ask: Asking, standing: LocalExchange) -> str:
    account = standing.account
    made = ask.api("POST", "/Applications.json", f"VoiceUrl={SPOKEN}", account.sid, account.auth_token)
    return str(made["sid"])


def test_a_client_is_made_and_called(ask: Asking, client: str) -> None:
    assert ask.refused("GET", f"/phones/{client}")[:2] == (404, 20404)
    assert ask("PUT", f"/phones/{client}", {"answering": "manual"})[1]["number"] == client
    sid = ask.ring(f"{client}?order=12&vip=yes")
    ask.expect("PhoneRang", subject=sid, where={"phone": client})
    status, call = ask("POST", f"/calls/{sid}/answer")
    assert (status, call["state"], call["parameters"]) == (200, "answered", {"order": "12", "vip": "yes"})
    assert client in [phone["number"] for phone in ask("GET", "/phones")[1]["phones"]]


def test_a_client_calls_an_application(ask: Asking, client: str, application: str) -> None:
    wish = {"to": "+14155550123", "application": application, "parameters": {"room": "blue"}}
    status, call = ask("POST", f"/phones/{client}/calls", wish)
    assert (status, call["phone"], call["outgoing"], call["other"]) == (201, client, True, "+14155550123")
    assert call["parameters"] == {"room": "blue"}
    answered = ask.expect("WebhookAnswered", subject=call["sid"])["event"]
    told = dict(answered["params"])
    expected = {"From": client, "To": "+14155550123", "Called": "", "room": "blue", "ApplicationSid": application}
    assert told | expected == told and answered["url"] == SPOKEN
    assert ask("GET", f"/phones/{client}")[0] == 200


def test_what_a_client_cannot_call(ask: Asking, client: str, number: str, application: str) -> None:
    refusals = [
        ({}, 20001),
        ({"to": number}, 20001),
        ({"application": "AP" + "0" * 32}, 21218),
        ({"application": application, "to": "a\nb"}, 20001),
        ({"application": application, "parameters": {"a\nb": "1"}}, 20001),
        ({"application": application, "parameters": {"a": 1}}, 20001),
    ]
    for wish, code in refusals:
        assert ask.refused("POST", f"/phones/{client}/calls", wish)[:2] == (400, code)
    assert ask.refused("POST", f"/phones/{number}/calls", {"application": application})[:2] == (400, 20001)
    assert ask.refused("POST", f"/phones/{client}/messages", {"to": number, "body": "Hi"})[:2] == (400, 20001)


def test_sound_is_kept_of_the_last_calls(
    ask: Asking, number: str, standing: LocalExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """design 7: memory is bounded; what is gone says so."""
    ask("PUT", f"/phones/{number}", {"keeps_sound": True})
    shelf = standing._ready.result().network.phone(number).shelf
    monkeypatch.setattr(shelf, "most", 40_000)  # two seconds and a half
    first = ask.ring(number, "<Pause length='2'/>")
    ask.expect("PhoneReleased", subject=first)
    assert len(sound(ask, first)) > 30_000
    second = ask.ring(number, "<Pause length='2'/>")
    ask.expect("PhoneReleased", subject=second)
    assert len(sound(ask, second)) > 30_000
    status, code, message = ask.refused("GET", f"/calls/{first}/sound")
    assert (status, code) == (410, 20404) and "not kept any more" in message
    assert ask("GET", f"/calls/{first}")[1]["state"] == "released"


def test_sound_that_was_not_to_be_kept_is_silence(ask: Asking, answered: Answered) -> None:
    assert sound(ask, answered()) == wav.head(1, 0)


def sound(ask: Asking, sid: str) -> bytes:
    with urllib.request.urlopen(f"{ask.exchange.url}/lab/v1/calls/{sid}/sound") as answer:
        return bytes(answer.read())


# Messages ----------------------------------------------------------------------------------


def test_a_phone_sends_and_keeps_a_text(ask: Asking, number: str, standing: LocalExchange) -> None:
    text = {"to": standing.numbers[0], "body": "Hello", "media": ["http://127.0.0.1:1/cat.png"]}
    status, told = ask("POST", f"/phones/{number}/messages", text)
    assert status == 201 and told["sid"].startswith("MM")
    (kept,) = ask("GET", f"/phones/{number}")[1]["messages"]
    assert (kept["other"], kept["outgoing"], kept["body"], kept["media"]) == (text["to"], True, "Hello", text["media"])
    sent = ask.expect("PhoneSentMessage", subject=told["sid"])
    assert sent["event"] == {"phone": number, "recipient": text["to"], "body": "Hello", "media": text["media"]}


def test_a_text_to_nobody(ask: Asking, number: str) -> None:
    assert ask.refused("POST", f"/phones/{number}/messages", {"to": "+14155559999", "body": "?"})[:2] == (400, 21612)
    assert ask("GET", f"/phones/{number}")[1]["messages"] == []


def test_the_program_of_a_client_takes_and_sends_messages(ask: Asking, client: str, manual: str) -> None:
    """voice 13.3"""
    ask("PUT", f"/phones/{client}", {"answering": "manual"})
    sid = ask.ring(client)
    ask.expect("PhoneRang", subject=sid)
    assert ask.refused("POST", f"/calls/{sid}/message", {"content": {}})[:2] == (409, 20409)
    ask("POST", f"/calls/{sid}/answer")
    ask.expect("CallMoved", subject=sid, where={"status": "in-progress"})
    account = ask.exchange.account
    form = urlencode({"Content": '{"order": 7}'})
    told = ask.api("POST", f"/Calls/{sid}/UserDefinedMessages.json", form, account.sid, account.auth_token)
    for content in ({"seen": [7, None]}, "as it is", 0):
        status, call = ask("POST", f"/calls/{sid}/message", {"content": content})
        assert status == 200
    assert call["messages"] == [{"sid": told["sid"], "content": '{"order": 7}', "content_type": "application/json"}]
    entries = ask("GET", f"/events?subject={sid}&kind=UserMessageHeard")[1]["entries"]
    assert [one["event"]["body"] for one in entries] == ['{"seen":[7,null]}', "as it is", "0"]
    for wrong in ({}, {"content": None}, {"content": "x" * 10_001}):
        assert ask.refused("POST", f"/calls/{sid}/message", wrong)[:2] == (400, 32703)
    ask("POST", f"/calls/{sid}/hang-up")
    assert ask.refused("POST", f"/calls/{sid}/message", {"content": {}})[:2] == (409, 20409)
    assert ask("GET", f"/calls/{sid}")[1]["messages"] == call["messages"]


def test_a_telephone_has_no_program(ask: Asking, answered: Answered) -> None:
    assert ask.refused("POST", f"/calls/{answered()}/message", {"content": {}})[:2] == (400, 32704)
