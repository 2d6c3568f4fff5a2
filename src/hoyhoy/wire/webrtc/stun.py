"""STUN as ICE uses it: connectivity checks and their answers (RFC 8489, RFC 8445 7).

    check = read(datagram)
    if check.is_authentic(datagram, password):
        reply = success(check.transaction, ("192.0.2.1", 32853), password)

Every message has a MESSAGE-INTEGRITY, keyed with the password of whoever is asked, and ends with a FINGERPRINT; what
lacks either, or is broken otherwise, is no message of ICE's. What stands after MESSAGE-INTEGRITY nobody vouches for:
it is not looked at (RFC 8489 14.5).
"""

from __future__ import annotations

import binascii
import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass

COOKIE = 0x2112A442
HEADER, TRANSACTION = 20, 12

REQUEST, SUCCESS, ERROR = 0x0001, 0x0101, 0x0111
"""Binding (RFC 8489 3)."""

USERNAME, MESSAGE_INTEGRITY, ERROR_CODE, UNKNOWN_ATTRIBUTES = 0x0006, 0x0008, 0x0009, 0x000A
XOR_MAPPED_ADDRESS, PRIORITY, USE_CANDIDATE = 0x0020, 0x0024, 0x0025
FINGERPRINT = 0x8028

KNOWN = frozenset({USERNAME, MESSAGE_INTEGRITY, XOR_MAPPED_ADDRESS, PRIORITY, USE_CANDIDATE})
"""Of those that have to be understood: numbers below 0x8000."""

DIGEST = 20
"""Octets of an HMAC-SHA1."""

FINGERPRINT_XOR = 0x5354554E
IPV4 = 1


class Malformed(ValueError):
    """What arrived is no STUN message as ICE has them."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose FINGERPRINT is right; `attributes` stand before MESSAGE-INTEGRITY, which is `signature` and
    begins at `signed`."""

    kind: int
    transaction: bytes
    attributes: tuple[tuple[int, bytes], ...]
    signed: int
    signature: bytes

    @property
    def username(self) -> str:
        """In a request: the ufrag of whoever is asked, a colon, and that of who asks (RFC 8445 7.2.2); "" without."""
        return self.first(USERNAME).decode("latin-1")

    @property
    def is_nominating(self) -> bool:
        """Whether who asks has chosen this way (RFC 8445 7.2.1)."""
        return any(kind == USE_CANDIDATE for kind, _ in self.attributes)

    @property
    def unknown(self) -> tuple[int, ...]:
        """Attributes that would have to be understood, and are not (RFC 8489 6.3.1)."""
        return tuple(kind for kind, _ in self.attributes if kind < 0x8000 and kind not in KNOWN)

    def first(self, wanted: int) -> bytes:
        """The value of the first attribute of a kind; b"" without (RFC 8489 14: later ones are not looked at)."""
        return next((value for kind, value in self.attributes if kind == wanted), b"")

    def is_authentic(self, datagram: bytes, password: str) -> bool:
        """Whether its sender knows the password; `datagram` is what was read."""
        return hmac.compare_digest(_digest(datagram[: self.signed], password), self.signature)


# Reading -----------------------------------------------------------------------------------


def read(datagram: bytes) -> Message:
    """A message. Malformed."""
    if len(datagram) < HEADER:
        raise Malformed("a header is cut off")
    kind, length, cookie = struct.unpack_from("!HHI", datagram)
    if kind >= 0x4000 or cookie != COOKIE:
        raise Malformed("it is none of STUN's")
    if length != len(datagram) - HEADER or length % 4:
        raise Malformed("it is not as long as it says")
    attributes: list[tuple[int, bytes]] = []
    signed, signature, at = 0, b"", HEADER
    while at < len(datagram):
        name, size = struct.unpack_from("!HH", datagram, at)
        value = datagram[at + 4 : at + 4 + size]
        if len(value) != size:
            raise Malformed("an attribute is cut off")
        if name == FINGERPRINT:
            _check_fingerprint(datagram, at, value)
            break
        if name == MESSAGE_INTEGRITY and not signed:
            signed, signature = at, value
        elif not signed:
            attributes.append((name, value))
        at += 4 + (size + 3 & ~3)
    else:
        raise Malformed("without a fingerprint")
    if not signed:
        raise Malformed("nobody vouches for it")
    return Message(kind, datagram[8:HEADER], tuple(attributes), signed, signature)


def _check_fingerprint(datagram: bytes, at: int, value: bytes) -> None:
    if at + 8 != len(datagram) or len(value) != 4:
        raise Malformed("a fingerprint that is not at the end")
    if int.from_bytes(value, "big") != binascii.crc32(datagram[:at]) ^ FINGERPRINT_XOR:
        raise Malformed("a wrong fingerprint")


def mapped_address(message: Message) -> tuple[str, int] | None:
    """Where an answer says that its question came from: host and port (RFC 8489 14.2). None when it does not say, or
    not in IPv4."""
    value = message.first(XOR_MAPPED_ADDRESS)
    if len(value) != 8 or value[1] != IPV4:
        return None
    port, host = struct.unpack("!HI", value[2:])
    return ".".join(map(str, (host ^ COOKIE).to_bytes(4, "big"))), port ^ COOKIE >> 16


# Writing -----------------------------------------------------------------------------------


def write(kind: int, transaction: bytes, attributes: Iterable[tuple[int, bytes]], password: str) -> bytes:
    """A message with these attributes, MESSAGE-INTEGRITY and FINGERPRINT."""
    body = b"".join(_attribute(*one) for one in attributes)
    unsigned = struct.pack("!HHI", kind, len(body), COOKIE) + transaction + body
    signed = unsigned + _attribute(MESSAGE_INTEGRITY, _digest(unsigned, password))
    whole = _with_length(signed, len(signed) + 8 - HEADER)
    return whole + _attribute(FINGERPRINT, struct.pack("!I", binascii.crc32(whole) ^ FINGERPRINT_XOR))


def success(transaction: bytes, source: tuple[str, int], password: str) -> bytes:
    """The answer to a check that came from `source`, an IPv4 address (RFC 8445 7.3.1.2)."""
    host, port = source
    address = int.from_bytes(bytes(map(int, host.split("."))), "big")
    mapped = struct.pack("!BBHI", 0, IPV4, port ^ COOKIE >> 16, address ^ COOKIE)
    return write(SUCCESS, transaction, [(XOR_MAPPED_ADDRESS, mapped)], password)


def not_understood(transaction: bytes, unknown: tuple[int, ...], password: str) -> bytes:
    """The answer to a check with attributes that nobody here understands: 420 (RFC 8489 6.3.1)."""
    code = struct.pack("!HBB", 0, 4, 20) + b"Unknown Attribute"
    named = struct.pack(f"!{len(unknown)}H", *unknown)
    return write(ERROR, transaction, [(ERROR_CODE, code), (UNKNOWN_ATTRIBUTES, named)], password)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _digest(before: bytes, password: str) -> bytes:
    """Of all that stands before MESSAGE-INTEGRITY, with the length of a message that ends with it (RFC 8489 14.5)."""
    return hmac.digest(password.encode(), _with_length(before, len(before) + 4 + DIGEST - HEADER), "sha1")


def _with_length(message: bytes, length: int) -> bytes:
    return message[:2] + struct.pack("!H", length) + message[4:]
