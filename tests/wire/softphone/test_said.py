"""wire/softphone/said.py against official clients B3 and B5: each frame, field by field."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.wire.softphone import said

CALL = "CA" + "1" * 32
OWN = "TJS01234567-89ab-4cde-8f01-23456789abcd"
SID = "KX" + "2" * 32
SDP = "v=0\r\n"


@pytest.mark.parametrize(
    ("frame", "type", "payload"),
    [
        (
            said.connected("alice", 3600, edge="ashburn", home="us1", region="us1"),
            "connected",
            {"region": "us1", "edge": "ashburn", "home": "us1", "token": {"identity": "alice", "ttl": 3600}},
        ),
        (
            said.connected("", 1, edge="", home="us1", region=""),
            "connected",
            {"home": "us1", "token": {"identity": "", "ttl": 1}},
        ),
        (said.ready(), "ready", {}),
        (said.offline(), "offline", {}),
        (
            said.invite(CALL, SDP, {"From": "+14155550100", "Params": ""}, "again"),
            "invite",
            {"callsid": CALL, "sdp": SDP, "parameters": {"From": "+14155550100", "Params": ""}, "reconnect": "again"},
        ),
        (said.ringing(CALL), "ringing", {"callsid": CALL}),  # an empty sdp would be taken for none, and is not told
        (said.ringing(CALL, SDP), "ringing", {"callsid": CALL, "sdp": SDP}),
        (said.answer(CALL), "answer", {"callsid": CALL}),
        (said.answer(CALL, SDP, "again"), "answer", {"callsid": CALL, "sdp": SDP, "reconnect": "again"}),
        (said.hangup(CALL), "hangup", {"callsid": CALL}),
        (
            said.hangup(OWN, 31001, "No such application."),
            "hangup",
            {"callsid": OWN, "error": {"code": 31001, "message": "No such application."}},
        ),
        (said.cancel(CALL), "cancel", {"callsid": CALL}),
        (
            said.acknowledge(CALL, SID),
            "ack",
            {"acktype": "message", "callsid": CALL, "voiceeventsid": SID},
        ),
        (said.error(31205, "Expired."), "error", {"error": {"code": 31205, "message": "Expired."}}),
        (
            said.error(31212, "Too large.", call=CALL, sid=SID, retry_after=2),
            "error",
            {
                "error": {"code": 31212, "message": "Too large.", "retryAfter": 2},
                "callsid": CALL,
                "voiceeventsid": SID,
            },
        ),
        (said.close(), "close", {}),
    ],
)
def test_frames(frame, type, payload):
    assert json.loads(frame) == {"type": type, "version": "1.6", "payload": payload}
    assert "\n" not in frame  # a frame that is only a newline is a heartbeat (B3)


def test_the_heartbeat():
    assert said.HEARTBEAT == "\n"


@pytest.mark.parametrize("content", ['{"message":"ahoy"}', '"text"', '""', "null", "[1,2.5]", "false"])
def test_a_user_defined_message_arrives_as_the_value_it_stands_for(content):  # voice 13.3
    frame = json.loads(said.message(CALL, content, "application/json", "user-defined-message", SID))
    assert frame["type"] == "message"
    assert frame["payload"] == {
        "callsid": CALL,
        "content": json.loads(content),
        "contenttype": "application/json",
        "messagetype": "user-defined-message",
        "voiceeventsid": SID,
    }


@pytest.mark.parametrize("content", ["", "{", "NaN", "[-Infinity]", "1e999", "[" * 9000 + "]" * 9000])
def test_content_that_is_no_json_is_not_sent(content):
    with pytest.raises(ValueError, match=r"."):
        said.message(CALL, content, "application/json", "user-defined-message", SID)


def read_by_the_sdk(query: str) -> dict[str, str]:
    """Names as they stand, values with + for a blank and percent-decoded: what makes `customParameters` (B5)."""
    parts = [part.split("=") for part in query.split("&")]
    return {part[0]: unquote((part[1:] or [""])[0].replace("+", "%20"), errors="strict") for part in parts if part[0]}


def test_custom_parameters():
    written = said.custom([("order", "a b&c=d+e/é%"), ("first name", ""), ("a=b&c", "1")])
    assert written == "order=a%20b%26c%3Dd%2Be%2F%C3%A9%25&first name=&a%3Db%26c=1"
    assert read_by_the_sdk(written) == {"order": "a b&c=d+e/é%", "first name": "", "a%3Db%26c": "1"}
    assert said.custom([]) == ""
    assert said.custom([("a", "\ud800")]) == "a=%3F"


@settings(max_examples=50)
@given(st.dictionaries(st.text(min_size=1).filter(lambda name: not set(name) & {"&", "="}), st.text()))
def test_any_custom_parameters_arrive(parameters):
    written = said.custom(parameters.items())
    assert read_by_the_sdk(written) == parameters
    frame = json.loads(said.invite(CALL, SDP, {"Params": written}, ""))
    assert read_by_the_sdk(frame["payload"]["parameters"]["Params"]) == parameters
