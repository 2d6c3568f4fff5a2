"""The log in words: every kind of event has its own, and nothing that strangers sent reaches the terminal raw."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

import msgspec
import pytest

from hoyhoy.exchange import events
from hoyhoy.exchange.events import Event
from hoyhoy.terminal.timeline import QUIET, WIDEST, describe, lines

SAMPLES: dict[type, Any] = {str: "word", int: 7, float: 2.5, bool: True}


def sample(kind: type[Event], /, **chosen: Any) -> dict[str, Any]:
    """An event of this kind as it travels, every field filled."""
    filled = {}
    for name, hint in typing.get_type_hints(kind, vars(events)).items():
        if name == "kinds":
            continue
        if isinstance(hint, types.UnionType):
            hint = hint.__args__[0]
        filled[name] = SAMPLES.get(hint, (("CallStatus", "busy"),) if name in ("params", "attributes") else ("one",))
    filled["url"] = "http://localhost:5000/voice" if "url" in filled else None
    if filled["url"] is None:
        del filled["url"]
    built = kind(**filled | chosen)
    assert all(hasattr(built, field.name) for field in dataclasses.fields(kind))
    return dict(msgspec.json.decode(msgspec.json.encode(built)))


@pytest.mark.parametrize("kind", Event.kinds.values(), ids=Event.kinds)
def test_every_kind_has_words(kind: type[Event]) -> None:
    """A new event without words in timeline.py fails here."""
    told = describe(kind.__name__, sample(kind))
    assert told and all(told)
    assert not told[0].startswith(f"{kind.__name__} {{"), "only the fallback knows it"
    assert "None" not in " ".join(told)


@pytest.mark.parametrize("name", QUIET)
def test_what_is_left_out_exists(name: str) -> None:
    assert name in Event.kinds


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (events.CallMoved, {"status": "completed", "cause": "normal", "duration": 7}, ["completed after 7 s"]),
        (events.CallMoved, {"status": "failed", "cause": "unreachable", "duration": None}, ["failed (unreachable)"]),
        (events.CallMoved, {"status": "ringing", "cause": "", "duration": None}, ["ringing"]),
        (events.CallRedirected, {"url": ""}, ["redirected to an inline document"]),
        (events.UserMessageTold, {"body": '{"a":1}'}, ['the app tells its program {"a":1}']),
        (events.UserMessageHeard, {"body": "[]"}, ["its program tells the app []"]),
        (events.InputGathered, {"digits": "", "speech": ""}, ["gathered nothing"]),
        (events.SoundPlayed, {"kind": "speech", "whole": False}, ["played speech for 2.5 s, cut short"]),
        (events.PhoneHeard, {"kind": "speech", "text": "Hi"}, ['phone hears "Hi"  (2.5 s)']),
        (events.PhoneHeard, {"kind": "keys", "text": "12"}, ["phone hears keys 12  (2.5 s)"]),
        (events.PhoneReleased, {"by": "phone", "cause": "normal"}, ["hung up by the phone"]),
        (events.PhoneReleased, {"by": "phone", "cause": "rejected"}, ["hung up by the phone (rejected)"]),
        (events.MessageMoved, {"status": "failed", "error_code": 30003, "sender": ""}, ["failed (error 30003)"]),
        (events.MessageMoved, {"status": "sent", "error_code": None, "sender": ""}, ["sent"]),
        (events.MessageMoved, {"status": "queued", "error_code": None, "sender": "+14155550100"},
         ["queued from +14155550100"]),
        (events.CallbackFailed, {"again_in": 1.0, "problem": "HTTP 500"},
         ["could not tell http://localhost:5000/voice: HTTP 500; again in 1 s"]),
        (events.CallbackFailed, {"again_in": None, "problem": "HTTP 500"},
         ["could not tell http://localhost:5000/voice: HTTP 500; given up"]),
        (events.CallbackDelivered, {"status": 204, "params": (("MessageStatus", "sent"),)},
         ["told http://localhost:5000/voice sent -> 204"]),
        (events.WebhookAnswered,
         {"method": "POST", "status": 200, "code": 0, "seconds": 0.012, "body": "<Response>\n </Response>",
          "params": (("CallSid", "CA1"), ("Digits", "42"))},
         ["POST http://localhost:5000/voice Digits=42 -> 200 in 12 ms", "  <Response> </Response>"]),
        (events.WebhookAnswered, {"method": "GET", "code": 11200, "problem": "HTTP 500", "params": ()},
         ["GET http://localhost:5000/voice -> ERROR 11200: HTTP 500"]),
    ],
)  # fmt: skip
def test_words(kind: type[Event], fields: dict[str, Any], words: list[str]) -> None:
    assert describe(kind.__name__, sample(kind, **fields)) == words


def test_lines_say_what_they_are_about_and_are_not_endless() -> None:
    event = sample(events.PhoneSaid, text="x" * 1000)
    (line,) = lines({"kind": "PhoneSaid", "subject": "CA0123456789", "event": event})
    assert line.startswith("CA012345  phone says") and len(line) <= 10 + WIDEST


@pytest.mark.parametrize("evil", ["\x1b[2J", "one\ntwo", "\r", "\x07", "\u202e", "\x9b31m"])
def test_strangers_do_not_drive_the_terminal(evil: str) -> None:
    for kind in (
        events.PhoneSaid,
        events.PhoneGotMessage,
        events.MessageCreated,
        events.Noticed,
        events.WebhookAnswered,
    ):
        fields = {name: evil for name in ("text", "body", "message", "problem") if name in kind.__dataclass_fields__}
        for line in describe(kind.__name__, sample(kind, **fields)):
            assert line.isprintable(), ascii(line)


def test_secrets_in_addresses_stay_there() -> None:
    url = "https://user:password@example.com/voice?token=secret"
    for kind in (events.WebhookAnswered, events.CallbackDelivered, events.CallbackFailed, events.CallRedirected):
        chosen = {"url": url, "code": 0} if "code" in kind.__dataclass_fields__ else {"url": url}
        told = " ".join(describe(kind.__name__, sample(kind, **chosen)))
        assert "https://example.com/voice" in told
        assert "password" not in told and "secret" not in told


def test_an_event_of_a_newer_exchange_is_shown_as_it_is() -> None:
    assert describe("CallSang", {"song": "la"}) == ["CallSang {'song': 'la'}"]
