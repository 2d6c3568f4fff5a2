"""What a browser phone says (official clients B3, B4): one frame in, one message out.

Only what the exchange acts on is read, and everything read has a limit. A type of message that we do not know is no
error: SDKs and servers of this protocol pass over what is not theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

import msgspec

from hoyhoy.wire.sid import is_sid

LONGEST = 64 * 1024
"""Characters of a frame."""

LONGEST_SDP = 32 * 1024
PARAMETERS = 100
LONGEST_NAME = 256
LONGEST_VALUE = 4096
LONGEST_KEYS = 256
LONGEST_RECONNECT = 512
LONGEST_CONTENT = 10_000  # voice reference 13.3
LONGEST_REASON = 256
LONGEST_TYPE = 64

LONGEST_HOLD = 30.0
"""Seconds: the most that an SDK asks for a call to be held without signalling."""

USER_DEFINED = "user-defined-message"
"""The one kind of message that a page may send."""

MALFORMED = 31100
MISSING = 31101
NO_TOKEN = 31102
TOO_LONG = 31103
BAD_RECONNECT = 31107
BAD_KIND = 31210
TOO_LARGE = 31212

_TEMPORARY = re.compile(r"TJS[0-9A-Za-z-]{1,64}")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,32}")
_KEYS = re.compile(r"[0-9*#w]+")
_CONTENT_TYPE = re.compile(r"[!-~]{1,128}")
_CALL_WRITTEN = re.compile(r'"callsid"\s*:\s*"(TJS[0-9A-Za-z-]{1,64}|CA[0-9a-fA-F]{32})"')
_SID_WRITTEN = re.compile(r'"voiceeventsid"\s*:\s*"(KX[0-9a-fA-F]{32})"')


class Malformed(Exception):
    """A frame that cannot be used; the text is a sentence that says why.

    `code` is what the SDK is told (B9). `call` and `sid` are the call and the user's message that it was about, as
    far as they can be made out, else "": an invite that is refused with no word about its call would ring for ever.
    """

    def __init__(self, code: int, sentence: str) -> None:
        self.code = code
        self.call = ""
        self.sid = ""
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The answer to ours."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Who is there: first on every connection, and again with another token.

    `version` is the SDK's, "" when it is not told. `holds` is for how many seconds a call shall wait for its
    signalling to come back, 0 to 30; None from SDKs that do not say.
    """

    token: str
    version: str
    holds: float | None


@dataclass(frozen=True, slots=True)
class Register:
    """Whether calls may come in (`audio`), every 30 s while they may."""

    audio: bool


@dataclass(frozen=True, slots=True)
class Invite:
    """A call out. `call` is the page's temporary id, `params` go to the application."""

    call: str
    sdp: str
    params: tuple[tuple[str, str], ...]
    preflight: bool


@dataclass(frozen=True, slots=True)
class Reattach:
    """A call that is up takes this connection for its signalling; `reconnect` is the token it was given."""

    call: str
    sdp: str
    reconnect: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An incoming call is accepted."""

    call: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Reject:
    """An incoming call is rejected."""

    call: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """A call is over; `call` is the temporary id when no other was told yet. `reason` is "" unless something failed."""

    call: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reinvite:
    """A call's media was lost: an offer that starts ICE again (B4, RFC 8839 4.4.1.1)."""

    call: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys to press, 0-9 * # with `w` for half a second's pause."""

    call: str
    keys: str


@dataclass(frozen=True, slots=True)
class UserMessage:
    """A user-defined message for the application.

    `content` is its JSON as the page wrote it; of a JSON string what stands in it. `sid` is the page's own (KX...).
    """

    call: str
    content: str
    content_type: str
    kind: str
    sid: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A type that means nothing here."""

    type: str


Message: TypeAlias = (
    Heartbeat
    | Listen
    | Register
    | Invite
    | Reattach
    | Answer
    | Reject
    | Hangup
    | Reinvite
    | Keys
    | UserMessage
    | Unknown
)


class _Frame(msgspec.Struct):
    type: str
    payload: msgspec.Raw = msgspec.Raw(b"{}")


class _Browser(msgspec.Struct):
    v: str = ""


class _Media(msgspec.Struct):
    audio: bool | None = None


class _Twilio(msgspec.Struct):
    params: str = ""


class _Payload(msgspec.Struct):
    """The fields of all messages that the exchange acts on."""

    call: str = msgspec.field(default="", name="callsid")
    sdp: str = ""
    token: str = ""
    browser: _Browser = msgspec.field(default_factory=_Browser, name="browserinfo")
    holds: float | None = msgspec.field(default=None, name="reconnectTimeout")
    media: _Media = msgspec.field(default_factory=_Media)
    twilio: _Twilio = msgspec.field(default_factory=_Twilio)
    preflight: bool = False
    reconnect: str | None = None
    message: str = ""
    keys: str = msgspec.field(default="", name="dtmf")
    content: msgspec.Raw = msgspec.Raw(b"null")
    content_type: str = msgspec.field(default="application/json", name="contenttype")
    kind: str = msgspec.field(default="", name="messagetype")
    sid: str = msgspec.field(default="", name="voiceeventsid")


_FRAME = msgspec.json.Decoder(_Frame)
_PAYLOAD = msgspec.json.Decoder(_Payload)
_VALUE = msgspec.json.Decoder()


def read(text: str) -> Message:
    """What a text frame says. Malformed when it cannot be used; a frame of blanks is a heartbeat."""
    try:
        return _read(text)
    except Malformed as error:
        error.call, error.sid = _written(_CALL_WRITTEN, text), _written(_SID_WRITTEN, text)
        raise


def _read(text: str) -> Message:
    if len(text) > LONGEST:
        raise Malformed(TOO_LARGE, f"The frame has {len(text)} characters; {LONGEST} is the most.")
    if not text.strip():
        return Heartbeat()
    try:
        frame = _FRAME.decode(text)
        reader = _READERS.get(frame.type)
        return reader(_PAYLOAD.decode(frame.payload)) if reader else Unknown(frame.type[:LONGEST_TYPE])
    except msgspec.ValidationError as error:
        raise Malformed(MALFORMED, f"The frame has another shape: {error}.") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Malformed(MALFORMED, "The frame is not JSON.") from error


def _listen(said: _Payload) -> Listen:
    if not said.token:
        raise Malformed(NO_TOKEN, "A token is missing.")
    version = said.browser.v if _VERSION.fullmatch(said.browser.v) else ""
    return Listen(said.token, version, None if said.holds is None else min(max(said.holds, 0.0), LONGEST_HOLD))


def _register(said: _Payload) -> Register:
    if said.media.audio is None:
        raise Malformed(MISSING, "media.audio is missing.")
    return Register(said.media.audio)


def _invite(said: _Payload) -> Invite | Reattach:
    if said.reconnect is None:
        if said.call and not _TEMPORARY.fullmatch(said.call):
            raise Malformed(MALFORMED, "The callsid of a call that begins is TJS and an id of its own.")
        return Invite(_call(said), _sdp(said), _params(said.twilio.params), said.preflight)
    if not said.reconnect or len(said.reconnect) > LONGEST_RECONNECT:
        raise Malformed(BAD_RECONNECT, "The reconnect parameter is empty or too long.")
    return Reattach(_call(said), _sdp(said), said.reconnect)


def _keys(said: _Payload) -> Keys:
    if not said.keys:
        raise Malformed(MISSING, "dtmf is missing.")
    if len(said.keys) > LONGEST_KEYS:
        raise Malformed(TOO_LONG, f"dtmf has {len(said.keys)} keys; {LONGEST_KEYS} is the most.")
    if not _KEYS.fullmatch(said.keys):
        raise Malformed(MALFORMED, "dtmf holds something else than 0-9 * # w.")
    return Keys(_call(said), said.keys)


def _user_message(said: _Payload) -> UserMessage:
    call = _call(said)
    if said.kind != USER_DEFINED:
        raise Malformed(BAD_KIND, f"The messagetype is not {USER_DEFINED}.")
    if not is_sid(said.sid, "KX") or not _CONTENT_TYPE.fullmatch(said.content_type):
        raise Malformed(MALFORMED, "The voiceeventsid is not a sid (KX...), or the contenttype no type.")
    value = _VALUE.decode(said.content)
    if value is None:
        raise Malformed(MISSING, "content is missing.")
    content = value if isinstance(value, str) else bytes(said.content).decode()
    if len(content) > LONGEST_CONTENT:
        raise Malformed(TOO_LARGE, f"content has {len(content)} characters; {LONGEST_CONTENT} is the most.")
    return UserMessage(call, content, said.content_type, said.kind, said.sid)


_READERS: dict[str, Callable[[_Payload], Message]] = {
    "listen": _listen,
    "register": _register,
    "invite": _invite,
    "answer": lambda said: Answer(_call(said), _sdp(said)),
    "reject": lambda said: Reject(_call(said)),
    "hangup": lambda said: Hangup(_call(said), said.message[:LONGEST_REASON]),
    "reinvite": lambda said: Reinvite(_call(said), _sdp(said)),
    "dtmf": _keys,
    "message": _user_message,
}


def _call(said: _Payload) -> str:
    if not said.call:
        raise Malformed(MISSING, "callsid is missing.")
    if not _TEMPORARY.fullmatch(said.call) and not is_sid(said.call, "CA"):
        raise Malformed(MALFORMED, "The callsid is no id of a call.")
    return said.call


def _sdp(said: _Payload) -> str:
    if not said.sdp:
        raise Malformed(MISSING, "sdp is missing.")
    if len(said.sdp) > LONGEST_SDP:
        raise Malformed(TOO_LONG, f"sdp has {len(said.sdp)} characters; {LONGEST_SDP} is the most.")
    return said.sdp


def _params(written: str) -> tuple[tuple[str, str], ...]:
    """Each part is percent-encoded, a blank as %20: a plus sign is one. A part without a name says nothing."""
    if written.count("&") >= PARAMETERS:
        raise Malformed(TOO_LONG, f"The call has more than {PARAMETERS} parameters.")
    found = []
    for part in written.split("&"):
        name, _, value = part.partition("=")
        name, value = unquote(name), unquote(value)
        if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise Malformed(
                TOO_LONG, f"A parameter's name may have {LONGEST_NAME} characters, its value {LONGEST_VALUE}."
            )
        if "\0" in name + value:
            raise Malformed(MALFORMED, "A parameter holds a NUL, which no form can carry.")
        if name:
            found.append((name, value))
    return tuple(found)


def _written(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
