"""wire/softphone/heard.py against official clients B3 and B4: each message of the SDKs, and what is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.wire.softphone.heard import (
    LONGEST,
    Answer,
    Hangup,
    Heartbeat,
    Invite,
    Keys,
    Listen,
    Malformed,
    Reattach,
    Register,
    Reinvite,
    Reject,
    Unknown,
    UserMessage,
    read,
)

CALL = "CA" + "1" * 32
OWN = "TJS01234567-89ab-4cde-8f01-23456789abcd"
SID = "KX" + "2" * 32
SDP = "v=0\r\n"
BROWSER = {"p": "browser", "v": "2.18.5", "plugin": "rtc", "browser": {"userAgent": "x", "platform": "y"}}
MESSAGE = {"callsid": CALL, "content": {"a": [1, "ü"]}, "messagetype": "user-defined-message", "voiceeventsid": SID}


def frame(type: object, payload: object) -> str:
    """As a browser writes it: without blanks, and letters as they are."""
    text = {"payload": payload, "type": type, "version": "1.6"}
    return json.dumps(text, separators=(",", ":"), ensure_ascii=False)


def refused(text: str) -> Malformed:
    with pytest.raises(Malformed) as raised:
        read(text)
    assert str(raised.value).endswith(".")
    return raised.value


@pytest.mark.parametrize(
    ("type", "payload", "message"),
    [
        ("listen", {"token": "t", "browserinfo": BROWSER, "reconnectTimeout": 12}, Listen("t", "2.18.5", 12.0)),
        ("listen", {"token": "t", "browserinfo": BROWSER, "reconnectTimeout": 0}, Listen("t", "2.18.5", 0.0)),
        ("listen", {"token": "t", "reconnectTimeout": 31}, Listen("t", "", 30.0)),
        ("listen", {"token": "t", "reconnectTimeout": -1.5}, Listen("t", "", 0.0)),
        ("listen", {"token": "t", "browserinfo": {"v": "<script>"}}, Listen("t", "", None)),  # 1.x tells no time
        ("register", {"media": {"audio": True}}, Register(True)),
        ("register", {"media": {"audio": False, "video": False}}, Register(False)),
        ("invite", {"callsid": OWN, "sdp": SDP, "twilio": {}}, Invite(OWN, SDP, (), False)),
        (
            "invite",
            {"callsid": OWN, "sdp": SDP, "preflight": True, "twilio": {"params": "To=%2B1415&Note=a%20b%26c%3D%C3%A9"}},
            Invite(OWN, SDP, (("To", "+1415"), ("Note", "a b&c=é")), True),
        ),
        (
            "invite",
            {"callsid": CALL, "sdp": SDP, "reconnect": "again", "twilio": {}},
            Reattach(CALL, SDP, "again"),
        ),
        ("answer", {"callsid": CALL, "sdp": SDP}, Answer(CALL, SDP)),
        ("reject", {"callsid": CALL}, Reject(CALL)),
        ("hangup", {"callsid": CALL}, Hangup(CALL, "")),
        ("hangup", {"callsid": OWN, "message": "Media" + "x" * 999}, Hangup(OWN, "Media" + "x" * 251)),
        ("reinvite", {"callsid": CALL, "sdp": SDP}, Reinvite(CALL, SDP)),
        ("dtmf", {"callsid": CALL, "dtmf": "12#w*"}, Keys(CALL, "12#w*")),
        (
            "message",
            {**MESSAGE, "contenttype": "application/json"},
            UserMessage(CALL, '{"a":[1,"ü"]}', "application/json", "user-defined-message", SID),
        ),
        ("presence", {"any": "thing"}, Unknown("presence")),
        ("x" * 999, 17, Unknown("x" * 64)),
    ],
)
def test_messages(type, payload, message):
    assert read(frame(type, payload)) == message


def test_a_payload_may_be_missing():  # B3
    assert read('{"type":"bye"}') == Unknown("bye")
    assert refused('{"type":"listen"}').code == 31102


@pytest.mark.parametrize("text", ["\n", "", " \r\n\t"])
def test_heartbeats(text):
    assert read(text) == Heartbeat()


@pytest.mark.parametrize(
    ("content", "told"), [("text", "text"), (0, "0"), (False, "false"), ("", ""), ([None], "[null]"), ("\ud83d", None)]
)
def test_content_of_a_users_message(content, told):
    text = frame("message", {**MESSAGE, "content": content})
    if told is None:  # half a letter: nothing that we send can hold it
        assert refused(text.replace("\ud83d", "\\ud83d")).code == 31100
    else:
        assert read(text).content == told


@pytest.mark.parametrize(
    "text",
    [
        "x", "{", "[]", "17", '"listen"', "null", "{}", '{"type":1}', '{"type":null}',
        '{"type":"listen","payload":null}', '{"type":"listen","payload":[]}', "[" * 5000,
        '{"type":"listen","payload":' + "[" * 5000,
        '{"type":"listen","payload":' + "[" * 5000 + "]" * 5000 + "}", '{"type":"\ud800"}', '{"type":"\\ud800"}',
        '{"type":"listen","payload":{"token":NaN}}',
        '{"type":"listen","payload":{"token":"t","reconnectTimeout":1e999}}',
    ],
)  # fmt: skip
def test_what_is_no_frame(text):
    assert refused(text).code == 31100


@pytest.mark.parametrize(
    ("type", "payload", "code"),
    [
        ("listen", {}, 31102),
        ("listen", {"token": ""}, 31102),
        ("listen", {"token": 1}, 31100),
        ("listen", {"token": "t", "reconnectTimeout": "12"}, 31100),
        ("listen", {"token": "t", "browserinfo": "x"}, 31100),
        ("register", {}, 31101),
        ("register", {"media": {}}, 31101),
        ("register", {"media": {"audio": "yes"}}, 31100),
        ("invite", {"sdp": SDP}, 31101),
        ("invite", {"callsid": OWN}, 31101),
        ("invite", {"callsid": OWN, "sdp": ""}, 31101),
        ("invite", {"callsid": OWN, "sdp": "x" * 32769}, 31103),
        ("invite", {"callsid": CALL, "sdp": SDP}, 31100),  # a sid is not the page's to choose
        ("invite", {"callsid": "TJS", "sdp": SDP}, 31100),
        ("invite", {"callsid": "TJS" + "x" * 65, "sdp": SDP}, 31100),
        ("invite", {"callsid": OWN + "\n", "sdp": SDP}, 31100),
        ("invite", {"callsid": OWN, "sdp": SDP, "twilio": "a=b"}, 31100),
        ("invite", {"callsid": CALL, "sdp": SDP, "reconnect": ""}, 31107),
        ("invite", {"callsid": CALL, "sdp": SDP, "reconnect": "x" * 513}, 31107),
        ("invite", {"callsid": CALL, "sdp": SDP, "reconnect": 5}, 31100),
        ("answer", {"callsid": "CA1", "sdp": SDP}, 31100),
        ("answer", {"callsid": CALL}, 31101),
        ("reject", {}, 31101),
        ("reject", {"callsid": None}, 31100),
        ("hangup", {}, 31101),
        ("hangup", {"callsid": ["a"]}, 31100),
        ("reinvite", {"callsid": CALL}, 31101),
        ("dtmf", {"callsid": CALL}, 31101),
        ("dtmf", {"dtmf": "1"}, 31101),
        ("dtmf", {"callsid": CALL, "dtmf": "1" * 257}, 31103),
        ("dtmf", {"callsid": CALL, "dtmf": "1 2"}, 31100),
        ("dtmf", {"callsid": CALL, "dtmf": "\u0661"}, 31100),
        ("message", {**MESSAGE, "callsid": ""}, 31101),
        ("message", {**MESSAGE, "content": None}, 31101),
        ("message", {"callsid": CALL, "messagetype": "user-defined-message", "voiceeventsid": SID}, 31101),
        ("message", {**MESSAGE, "messagetype": "other"}, 31210),
        ("message", {**MESSAGE, "voiceeventsid": "KX1"}, 31100),
        ("message", {**MESSAGE, "contenttype": "a b"}, 31100),
        ("message", {**MESSAGE, "content": "x" * 10001}, 31212),
        ("message", {**MESSAGE, "content": ["x" * 10000]}, 31212),
    ],
)
def test_what_is_refused(type, payload, code):
    assert refused(frame(type, payload)).code == code


def test_a_wrong_type_is_named():
    assert str(refused(frame("hangup", {"callsid": 7}))) == (
        "The frame has another shape: Expected `str`, got `int` - at `$.callsid`."
    )


def params(written: str) -> tuple[tuple[str, str], ...]:
    invite = read(frame("invite", {"callsid": OWN, "sdp": SDP, "twilio": {"params": written}}))
    assert isinstance(invite, Invite)
    return invite.params


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("", ()),
        ("a", (("a", ""),)),
        ("a=", (("a", ""),)),
        ("=a&&b=1", (("b", "1"),)),
        ("a=b=c&a=2", (("a", "b=c"), ("a", "2"))),
        ("To=+1415", (("To", "+1415"),)),
        ("a=%zz%ff%", (("a", "%zz\ufffd%"),)),
    ],
)
def test_parameters_of_a_call(written, found):
    assert params(written) == found


def test_parameters_have_limits():
    assert len(params("&".join(f"p{at}=1" for at in range(100)))) == 100
    assert params("n" * 256 + "=" + "%20" * 4096)[0] == ("n" * 256, " " * 4096)
    for written, code in (("a&" * 100, 31103), ("n" * 257, 31103), ("n=" + "v" * 4097, 31103), ("a=%00", 31100)):
        error = refused(frame("invite", {"callsid": OWN, "sdp": SDP, "twilio": {"params": written}}))
        assert (error.code, error.call) == (code, OWN)


def test_what_is_refused_says_whose_it_was():
    """So that a call whose invite is too large ends, and a page's message fails by its own sid."""
    huge = frame("invite", {"callsid": OWN, "sdp": SDP, "twilio": {"params": "To=" + "x" * LONGEST}})
    assert (refused(huge).code, refused(huge).call, refused(huge).sid) == (31212, OWN, "")
    large = refused(frame("message", {**MESSAGE, "content": "x" * LONGEST}))
    assert (large.code, large.call, large.sid) == (31212, CALL, SID)
    torn = refused(huge[:200])
    assert (torn.code, torn.call) == (31100, OWN)
    told = refused(frame("hangup", {"message": f'"callsid":"{CALL}"'}))  # in a text it is no field
    assert (told.code, told.call) == (31101, "")
    assert read(" " * LONGEST) == Heartbeat() and refused(" " * (LONGEST + 1)).code == 31212


TYPES = ["listen", "register", "invite", "answer", "reject", "hangup", "reinvite", "dtmf", "message", "x"]
FIELDS = [
    "callsid", "sdp", "token", "browserinfo", "reconnectTimeout", "media", "twilio", "preflight", "reconnect",
    "message", "dtmf", "content", "contenttype", "messagetype", "voiceeventsid",
]  # fmt: skip
PLAIN = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from([CALL, OWN, SID])
)
ANY = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
)


@settings(max_examples=150)
@given(st.text(max_size=40), st.sampled_from(TYPES), st.dictionaries(st.sampled_from(FIELDS), ANY), st.integers(0, 300))
def test_any_text_is_a_message_or_malformed(junk, type, payload, at):
    written = frame(type, {"callsid": CALL, **payload})
    for text in (junk, written, written[:at] + junk + written[at:], written[:at]):
        try:
            assert read(text) is not None
        except Malformed as error:
            assert 31100 <= error.code <= 31212 and error.call in ("", CALL, OWN)
