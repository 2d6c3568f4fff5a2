"""Tokens that browsers bring: who may telephone, and how (voice reference 14, official clients B11).

An *access token* is signed with the secret of an API key and holds grants; it says so by its content type. A
*capability token*, its forerunner, is signed with the account's auth token and holds a list of scopes. Both are JSON
Web Tokens (RFC 7519). Only the header is believed before the signature is proved, and of it only which of the two it
is and which digest it names.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol
from urllib.parse import parse_qsl

from . import client
from .sid import is_sid

LONGEST = 16 * 1024
"""Characters of a token that is read at all."""

CEILING = 24 * 3600.0
"""Seconds that a token may be good for."""

SKEW = 60.0
"""Seconds that the clock of whoever made the token may be ahead of ours."""

ACCESS = "twilio-fpa;v=1"
"""The content type of an access token."""

_DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_PARTS = re.compile(r"([0-9A-Za-z_-]+)\.([0-9A-Za-z_-]+)\.([0-9A-Za-z_-]+)")
_INCOMING = "scope:client:incoming"
_OUTGOING = "scope:client:outgoing"
_APPLICATION = re.compile(r"[!-~]{1,64}")  # wider than a sid: a place holder does no harm before a call is made with it

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token permits.

    `identity` is the client's name, "" when it has none. `application` is who answers its calls, "" when it may not
    call out; a sid as it was written, not looked up. `parameters` go to the application with every call. `expires` is
    in Unix seconds. `key` is the API key's sid, "" for a capability token.
    """

    account: str
    identity: str
    incoming: bool
    application: str
    parameters: tuple[tuple[str, str], ...]
    expires: float
    key: str


class TokenRefused(Exception):
    """The token permits nothing; the text is a sentence that says why.

    `code` is what REST tells (201xx), `signalling` what the SDK is told (official clients B9).
    """

    def __init__(self, code: int, sentence: str, signalling: int) -> None:
        self.code = code
        self.signalling = signalling
        super().__init__(sentence)


class Secrets(Protocol):
    """Who may sign."""

    def key(self, sid: str) -> tuple[str, str] | None:
        """The account and the secret of an API key that is not deleted; None when there is none."""

    def account(self, sid: str) -> str | None:
        """The auth token of an account that is active; None when there is none."""


def read(token: str, secrets: Secrets, now: float) -> Grant:
    """What `token` permits at `now`, Unix seconds. TokenRefused in the order of voice reference 14.1."""
    parts = _PARTS.fullmatch(token) if len(token) <= LONGEST else None
    if not parts:
        _refuse(20101, "A token is three parts of base64url with dots between, of at most 16 kB.", 31204)
    header, claims = _object_of(parts[1]), _object_of(parts[2])
    digest = _DIGESTS.get(str(header.get("alg")))
    kind = header.get("cty")
    if digest is None or "crit" in header or kind not in (None, ACCESS):
        _refuse(20102, f"A token's header has alg HS256, HS384 or HS512, and cty {ACCESS} or none.", 31204)
    account, key, secret = _capability_signer(claims, secrets) if kind is None else _access_signer(claims, secrets)
    signed = token[: parts.end(2)].encode()
    if not hmac.compare_digest(hmac.digest(secret.encode(), signed, digest), _octets(parts[3])):
        whose = f"API key {key}" if key else f"account {account}"
        _refuse(20107, f"The token is not signed with the secret of {whose}.", 31202)
    expires = _expiry(claims, now)
    return (_capability if kind is None else _access)(claims, account, key, expires)


def _access_signer(claims: Object, secrets: Secrets) -> tuple[str, str, str]:
    """Account, key and secret."""
    sid = claims.get("iss")
    found = secrets.key(sid) if isinstance(sid, str) and is_sid(sid, "SK") else None
    if not found or not found[1]:
        _refuse(20103, "The token's issuer (iss) is no API key here.", 31203)
    account, secret = found
    if claims.get("sub") != account or secrets.account(account) is None:
        _refuse(20103, "The token's subject (sub) is not the API key's account, or that is not active.", 31203)
    return account, str(sid), secret


def _capability_signer(claims: Object, secrets: Secrets) -> tuple[str, str, str]:
    sid = claims.get("iss")
    secret = secrets.account(sid) if isinstance(sid, str) and is_sid(sid, "AC") else None
    if not secret:
        _refuse(20103, "The token's issuer (iss) is no active account here; access tokens name their cty.", 31203)
    return str(sid), "", secret


def _expiry(claims: Object, now: float) -> float:
    expires = _seconds(claims.get("exp"))
    if expires is None or expires <= now:
        _refuse(20104, "The token has expired, or has no time (exp) when it does.", 31205)
    if expires > now + CEILING + SKEW:
        _refuse(20157, "The token is good for more than 24 hours.", 31207)
    begins = _seconds(claims.get("nbf", 0))
    if begins is None or begins > now + SKEW:
        _refuse(20105, "The token is not good yet, or its time (nbf) cannot be read: compare the clocks.", 31204)
    return float(expires)


def _access(claims: Object, account: str, key: str, expires: float) -> Grant:
    grants = _inner(claims, "grants")
    if "voice" not in grants:
        _refuse(20106, "The token has no voice grant.", 31201)
    voice = _inner(grants, "voice")
    incoming = _inner(voice, "incoming").get("allow") is True
    outgoing = _inner(voice, "outgoing")
    parameters = [(name, _text(value)) for name, value in _inner(outgoing, "params").items()]
    identity = _identity(grants.get("identity", ""), incoming)
    application = _application(outgoing.get("application_sid", ""))
    return Grant(account, identity, incoming, application, _sent(parameters), expires, key)


def _capability(claims: Object, account: str, key: str, expires: float) -> Grant:
    """Of the scopes those of a client count; others are of products that ask for themselves."""
    scope = claims.get("scope")
    scopes: dict[str, dict[str, str]] = {}
    for uri in scope.split() if isinstance(scope, str) else ():
        what, _, query = uri.partition("?")
        scopes.setdefault(what, dict(parse_qsl(query, keep_blank_values=True)))
    incoming = _INCOMING in scopes
    if not incoming and _OUTGOING not in scopes:
        _refuse(20106, f"The token has no scope of a client: {_INCOMING} or {_OUTGOING}.", 31201)
    out = scopes.get(_OUTGOING, {})
    name = scopes.get(_INCOMING, {}).get("clientName") or out.get("clientName", "")
    # A query inside a query: the generators encode it twice, one of them with + for a blank, the other with %20.
    parameters = parse_qsl(out.get("appParams", ""), keep_blank_values=True)
    return Grant(
        account,
        _identity(name, incoming),
        incoming,
        _application(out.get("appSid", "")),
        _sent(parameters),
        expires,
        key,
    )


def _identity(name: object, incoming: bool) -> str:
    """A client that nobody can call needs no name."""
    if name == "" and not incoming:
        return ""
    if not isinstance(name, str):
        _refuse(20106, "The client's name (identity) is not text.", 31105)
    try:
        return client.identity(name)
    except ValueError as error:
        raise TokenRefused(20106, str(error), 31105) from error


def _application(sid: object) -> str:
    if sid == "":
        return ""
    if not isinstance(sid, str) or not _APPLICATION.fullmatch(sid):
        _refuse(20106, "The token's application is not the sid of one (AP...).", 31001)
    return sid


def _sent(parameters: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    if any("\0" in name + value for name, value in parameters):
        _refuse(20106, "A parameter in the token holds a NUL, which no form can carry.", 31201)
    return tuple(parameters)


def _inner(outer: Object, name: str) -> Object:
    """An object inside another; an empty one when it is absent."""
    found = outer.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        _refuse(20106, f"The token's {name} is not an object.", 31201)
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _seconds(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _object_of(part: str) -> Object:
    """The JSON object in a part. Lone surrogates are refused: no text that we send or keep can hold them."""
    try:
        found = json.loads(_octets(part).decode(), parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        _refuse(20101, "A token's header and claims are JSON objects.", 31204)
    return found


def _octets(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:  # a length that base64 cannot have
        return b""


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(code: int, sentence: str, signalling: int) -> NoReturn:
    raise TokenRefused(code, sentence, signalling)
