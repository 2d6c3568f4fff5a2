"""Digest authentication: the sums, and the header fields that carry them (RFC 7616, RFC 8760, RFC 2617; RFC 3261 22.4).

MD5 and SHA-256 with their `-sess` forms, qop `auth` and `auth-int`, and none for servers that offer
none (RFC 2069). Who may come in is decided in `authentication`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from .error import SipError
from .grammar import quote, split, unquote

HASHES = {"MD5": "md5", "SHA-256": "sha256"}


def ha1(algorithm: str, username: str, realm: str, password: str) -> str:
    """What a server may store instead of the password. `-sess` makes no difference here."""
    return _hash(algorithm, f"{username}:{realm}:{password}")


def proof(
    algorithm: str,
    ha1: str,
    *,
    nonce: str,
    method: str,
    uri: str,
    qop: str = "",
    nc: str = "",
    cnonce: str = "",
    body: bytes = b"",
) -> str:
    """The `response` parameter, in lower-case hexadecimal (RFC 7616 3.4.1)."""
    if algorithm.upper().endswith("-SESS"):
        ha1 = _hash(algorithm, f"{ha1}:{nonce}:{cnonce}")
    asked = f"{method}:{uri}"
    if qop == "auth-int":
        asked += f":{_hash(algorithm, body)}"
    between = f"{nonce}:{nc}:{cnonce}:{qop}" if qop else nonce
    return _hash(algorithm, f"{ha1}:{between}:{_hash(algorithm, asked)}")


def is_known(algorithm: str) -> bool:
    return _plain(algorithm) in HASHES


def _plain(algorithm: str) -> str:
    return algorithm.upper().removesuffix("-SESS")


def _hash(algorithm: str, data: str | bytes) -> str:
    name = HASHES.get(_plain(algorithm))
    if name is None:
        raise SipError("unknown digest algorithm")
    octets = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    return hashlib.new(name, octets, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Challenge:
    """WWW-Authenticate or Proxy-Authenticate. `qop` are the offered ones; none for a server of RFC 2069."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: tuple[str, ...] = ("auth",)
    opaque: str = ""
    stale: bool = False

    def __str__(self) -> str:
        parts = [f"realm={quote(self.realm)}", f"nonce={quote(self.nonce)}", f"algorithm={self.algorithm}"]
        if self.qop:
            parts.append(f"qop={quote(','.join(self.qop))}")
        if self.opaque:
            parts.append(f"opaque={quote(self.opaque)}")
        if self.stale:
            parts.append("stale=true")
        return "Digest " + ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Authorization or Proxy-Authorization."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str = "MD5"
    qop: str = ""
    nc: str = ""
    cnonce: str = ""
    opaque: str = ""

    def __str__(self) -> str:
        parts = [f"{name}={quote(getattr(self, name))}" for name in ("username", "realm", "nonce", "uri", "response")]
        parts.append(f"algorithm={self.algorithm}")
        if self.qop:
            # Unquoted in credentials (RFC 7616 3.4), quoted in a challenge.
            parts += [f"qop={self.qop}", f"nc={self.nc}"]
        if self.cnonce:
            parts.append(f"cnonce={quote(self.cnonce)}")
        if self.opaque:
            parts.append(f"opaque={quote(self.opaque)}")
        return "Digest " + ", ".join(parts)


def challenges(values: Iterable[str]) -> list[Challenge]:
    """The Digest challenges we can answer, in the server's order of preference (RFC 8760 2.3); others are left out."""
    found = []
    for value in values:
        words = _words(value)
        if words is None or not words.get("nonce") or "realm" not in words:
            continue
        algorithm = words.get("algorithm", "MD5")
        qop = tuple(name.strip().lower() for name in words.get("qop", "").split(",") if name.strip())
        if is_known(algorithm) and (not qop or "auth" in qop or "auth-int" in qop):
            stale = words.get("stale", "").lower() == "true"
            found.append(Challenge(words["realm"], words["nonce"], algorithm, qop, words.get("opaque", ""), stale))
    return found


def credentials(values: Iterable[str]) -> list[Credentials]:
    """The Digest credentials of a request; those of other schemes count as absent (RFC 4475 3.3.7)."""
    found = []
    for value in values:
        words = _words(value)
        if words is None:
            continue
        if lacking := {"username", "realm", "nonce", "uri", "response"} - words.keys():
            raise SipError(f"credentials without {min(lacking)}")
        names = Credentials.__slots__
        found.append(Credentials(**{name: words[name] for name in names if name in words}))
    return found


def _words(value: str) -> dict[str, str] | None:
    """The parameters after `Digest`; None for another scheme. No name may stand twice, lest two readers differ."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        return None
    words: dict[str, str] = {}
    for piece in split(rest):
        name, equals, text = piece.partition("=")
        name, text = name.strip().lower(), text.strip()
        if not piece:
            continue
        if not equals or name in words:
            raise SipError("malformed credentials")
        words[name] = unquote(text)
    return words


def answer(
    challenge: Challenge,
    *,
    username: str,
    password: str,
    method: str,
    uri: str,
    cnonce: str,
    count: int,
    body: bytes = b"",
) -> Credentials:
    """The credentials for a challenge. `count` is how often its nonce was used, this time included."""
    qop = "auth" if "auth" in challenge.qop else "auth-int" if "auth-int" in challenge.qop else ""
    nc = f"{count:08x}" if qop else ""
    session = challenge.algorithm.upper().endswith("-SESS")
    cnonce = cnonce if qop or session else ""
    response = proof(
        challenge.algorithm,
        ha1(challenge.algorithm, username, challenge.realm, password),
        nonce=challenge.nonce, method=method, uri=uri, qop=qop, nc=nc, cnonce=cnonce, body=body,
    )  # fmt: skip
    return Credentials(
        username,
        challenge.realm,
        challenge.nonce,
        uri,
        response,
        challenge.algorithm,
        qop,
        nc,
        cnonce,
        challenge.opaque,
    )
