"""Encryption of sound and reports, packet by packet where they lie in a batch (RFC 3711, RFC 7714).

libsrtp does it, and this module alone knows how it is called. Its binding's public calls take and give `bytes`; a
thousand legs would spend a tenth of their time on these copies, so that what the binding itself calls is called here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pylibsrtp import Error, Policy, Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

TRAILER = 16
"""Octets by which a packet of sound grows at most: the tag of AES-GCM. Of HMAC-SHA1 it is 10 (RFC 3711 5.2)."""

CONTROL_TRAILER = 20
"""Octets by which a report grows at most: its number of 4 too (RFC 3711 3.4)."""

REFUSED = 0
"""The length of a packet that nobody is to look at: forged, repeated or broken."""

LONGEST_CONTROL = 1500
"""Octets of the longest report that is written."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How packets are encrypted: libsrtp's number, octets of a key and of its salt."""

    number: int
    key: int
    salt: int

    @property
    def material(self) -> int:
        """Octets of keys and salts in both directions."""
        return 2 * (self.key + self.salt)


PROFILES = {
    b"SRTP_AEAD_AES_128_GCM": Profile(Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    b"SRTP_AES128_CM_SHA1_80": Profile(Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
}
"""By their names in DTLS, the better one first (RFC 5764 4.1.2, RFC 7714 14.2); browsers know both."""


class Srtp:
    """Both directions of one leg: `theirs` and `ours` are keys with their salts."""

    def __init__(self, profile: Profile, theirs: bytes, ours: bytes) -> None:
        self._sessions = [
            Session(Policy(key=key, ssrc_type=way, srtp_profile=profile.number))
            for key, way in ((theirs, Policy.SSRC_ANY_INBOUND), (ours, Policy.SSRC_ANY_OUTBOUND))
        ]
        self.inbound, self.outbound = (session._srtp[0] for session in self._sessions)
        """What libsrtp knows the two directions by."""

    def protect_control(self, packet: bytes) -> bytes:
        """A report, encrypted. ValueError when it cannot be."""
        try:
            return bytes(self._sessions[1].protect_rtcp(packet))
        except Error as why:
            raise ValueError(str(why)) from None


class Rows:
    """The rows of a batch, `data` [count, size], as libsrtp takes them."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data  # as long as anybody points into it
        self._first: Any = ffi.cast("unsigned char *", data.ctypes.data)
        self._size = data.shape[1]
        self._length: Any = ffi.new("int *")

    def unprotect(
        self, legs: Sequence[Srtp], places: Sequence[int], lengths: Sequence[int], is_control: Sequence[bool]
    ) -> list[int]:
        """Decrypt the packets in these rows, each of the leg beside it; how long they are now, or REFUSED."""
        first, size, length = self._first, self._size, self._length
        sound, control = lib.srtp_unprotect, lib.srtp_unprotect_rtcp
        after: list[int] = []
        for leg, place, before, is_report in zip(legs, places, lengths, is_control, strict=True):
            length[0] = before
            refused = (control if is_report else sound)(leg.inbound, first + place * size, length)
            after.append(REFUSED if refused else length[0])
        return after

    def protect(self, legs: Sequence[Srtp], places: Sequence[int], lengths: Sequence[int]) -> list[int]:
        """Encrypt the packets of sound in these rows, which have room for a TRAILER; how long each is now, or REFUSED,
        and then it must not be sent."""
        first, size, length, act = self._first, self._size, self._length, lib.srtp_protect
        after: list[int] = []
        for leg, place, before in zip(legs, places, lengths, strict=True):
            length[0] = before
            after.append(REFUSED if act(leg.outbound, first + place * size, length) else length[0])
        return after
