"""What the exchange says to a browser phone (official clients B3, B5): functions that write one frame each.

A call goes by the sid it has here (CA...), or by the page's temporary id (TJS...) until the page was told the other.
Codes are those of B9.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote

VERSION = "1.6"
"""Of the protocol. SDKs do not read it."""

HEARTBEAT = "\n"
"""An SDK that hears no frame for 15 s gives its connection up, so this is said every few seconds."""


def connected(identity: str, ttl: int, *, edge: str, home: str, region: str) -> str:
    """The token is taken: the reply to `listen`. It is good for `ttl` seconds more.

    `home` must be told: without it the SDK posts its events, and the token with them, to the vendor (B2).
    """
    token = {"identity": identity, "ttl": ttl}
    return _frame("connected", _given(region=region, edge=edge, home=home, token=token))


def ready() -> str:
    """Calls can come in: the reply to `register` with audio."""
    return _frame("ready")


def offline() -> str:
    """No calls come in: the reply to `register` without audio, which waits for it."""
    return _frame("offline")


def invite(call: str, sdp: str, parameters: Mapping[str, str], reconnect: str) -> str:
    """A call comes in. The page sees `parameters`, CallSid and From among them; see `custom` for `Params`."""
    return _frame("invite", _given(callsid=call, sdp=sdp, parameters=dict(parameters), reconnect=reconnect))


def ringing(call: str, sdp: str = "") -> str:
    """The far end rings; with our description it can be heard already."""
    return _frame("ringing", _given(callsid=call, sdp=sdp))


def answer(call: str, sdp: str = "", reconnect: str = "") -> str:
    """The call is up. `sdp` is left out when `ringing` had it; `reconnect` is the token to find the call again with."""
    return _frame("answer", _given(callsid=call, sdp=sdp, reconnect=reconnect))


def hangup(call: str, code: int = 0, message: str = "") -> str:
    """The call is over, or was refused. The page sees an error when there is a `code`."""
    return _frame("hangup", _given(callsid=call, error={"code": code, "message": message} if code else None))


def cancel(call: str) -> str:
    """An incoming call that was not answered yet is withdrawn."""
    return _frame("cancel", _given(callsid=call))


def message(call: str, content: str, content_type: str, kind: str, sid: str) -> str:
    """A user-defined message for the page, which gets `content`, JSON text, as the value it stands for.

    ValueError when `content` is not JSON.
    """
    about = {"callsid": call, "contenttype": content_type, "messagetype": kind, "voiceeventsid": sid}
    try:
        return _frame("message", about | {"content": json.loads(content)})
    except RecursionError as error:
        raise ValueError("The content is nested too deeply.") from error


def acknowledge(call: str, sid: str) -> str:
    """The page's own message has arrived."""
    return _frame("ack", _given(acktype="message", callsid=call, voiceeventsid=sid))


def error(code: int, message: str, *, call: str = "", sid: str = "", retry_after: float = 0) -> str:
    """Something is wrong with the device, or with the call or the message `sid` that it names; it ends nothing.

    `retry_after` is in seconds: when to come back at the earliest.
    """
    told: dict[str, object] = {"code": code, "message": message}
    if retry_after:
        told["retryAfter"] = retry_after
    return _frame("error", _given(error=told, callsid=call, voiceeventsid=sid))


def close() -> str:
    """Do not come back: after an `error` for a token, since a connection that is only closed is made again at once."""
    return _frame("close")


def custom(parameters: Iterable[tuple[str, str]]) -> str:
    """The query that an incoming call's own parameters travel in (`Params` of `invite`).

    The SDK decodes values and not names, so names are written as they are but for what would end them.
    """
    return "&".join(
        f"{name.replace('&', '%26').replace('=', '%3D')}={quote(value, safe='', errors='replace')}"
        for name, value in parameters
    )


def _given(**fields: object) -> dict[str, object]:
    """Without those that say nothing: an SDK asks whether a field is there."""
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _frame(type: str, payload: Mapping[str, object] | None = None) -> str:
    whole = {"type": type, "version": VERSION, "payload": payload or {}}
    return json.dumps(whole, separators=(",", ":"), allow_nan=False)
