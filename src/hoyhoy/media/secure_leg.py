"""One leg whose sound is encrypted: who may come, how far that is, and how long it may take (RFC 8445, 5764, 7675).

    opened: nobody is let in, however long it rings
    -> admitted (the far end's description is here): a check must come within CHECK
    -> met (a check has come): DTLS must be done within HANDSHAKE
    -> connected (the certificate is the described one): keys are there, sound flows
    -> over, for a reason

A leg knows no socket: it gives the datagrams that are to be sent to where its agent has `chosen`. Times are seconds of
the plane.
"""

from __future__ import annotations

from collections import deque

from .dtls import HASHES, Association, Fingerprints, Identity, NotAgreed, matches
from .ice import Agent
from .srtp import Srtp

CHECK = 10.0
"""Seconds for the first connectivity check, from the far end's description on."""

HANDSHAKE = 10.0
"""Seconds for DTLS, from the first check on."""

SILENCE = 10.0
"""Seconds without anything that the far end must have sent: neither a check nor sound. A browser has crashed."""

CONSENT = 30.0
"""Seconds without a check, although sound comes (RFC 7675 5.1). Browsers check every 2.5 to 5."""

MOST_WAITING = 16
"""Datagrams of DTLS of one leg that wait for their turn; further ones are dropped, as a network does."""

NOBODY_CAME = "no connectivity check came: the far end reaches none of our addresses"
NO_HANDSHAKE = "the DTLS handshake was not done in time"
NO_FINGERPRINT = "the description has no fingerprint of a hash function that is trusted"
STRANGER = "the certificate is not the one of the description"
HAS_LEFT = ""
"""It said goodbye, which is no failure."""
VANISHED = "the far end is not heard any more"
NO_CONSENT = "the far end does not check its way any more"


class Over(Exception):
    """Nothing can come of this leg any more; the sentence says why, "" when the far end has left."""


class SecureLeg:
    """The leg of one row of a plane."""

    def __init__(self, row: int, identity: Identity, ufrag: str, password: str) -> None:
        self.row = row
        self.agent = Agent(ufrag, password)
        self.srtp: Srtp | None = None
        """When it is connected."""
        self.waiting: deque[bytes] = deque()
        """Datagrams of DTLS that were not looked at yet."""
        self._identity = identity
        self._association: Association | None = None
        self._fingerprints: Fingerprints = ()
        self._is_active = True
        self._admitted: float | None = None
        self._met: float | None = None
        self._checked = 0.0

    @property
    def is_shaking(self) -> bool:
        """Whether its last flight may have to be repeated."""
        return self._association is not None and not self._association.is_done

    def admit(self, ufrag: str, fingerprints: Fingerprints, *, is_active: bool, now: float) -> None:
        """The far end's description is here. Over if it is another far end than the one that is here."""
        if not any(function.lower() in HASHES for function, _ in fingerprints):
            raise Over(NO_FINGERPRINT)
        self._fingerprints, self._is_active = fingerprints, is_active
        self.agent.theirs = ufrag
        self._checked = now
        if self._admitted is None:
            self._admitted = now
        if self._association is not None and self._association.is_done:
            self._compare(self._association)

    def move(self, ufrag: str, password: str, now: float) -> None:
        """It will come another way."""
        self.agent.restart(ufrag, password)
        self._checked = now

    def met(self, now: float) -> None:
        """A check of the far end came."""
        self._checked = now
        if self._met is None:
            self._met = now

    @property
    def may_begin(self) -> bool:
        """Whether it is for us to open the association, and for the far end's first check that was waited."""
        return self._met is not None and not self._is_active and self._association is None

    def step(self, now: float) -> list[bytes]:
        """One step of DTLS, which may take half a millisecond. Over."""
        try:
            if self.may_begin:
                self._association = Association(self._identity, is_client=True)
                return self._association.begin(now)
            if not self.waiting:
                return []
            if self._association is None:
                self._association = Association(self._identity, is_client=False)
            return self._feed(self._association, now)
        except NotAgreed as why:
            raise Over(str(why)) from None

    def _feed(self, association: Association, now: float) -> list[bytes]:
        written = association.feed(self.waiting.popleft(), now)
        if association.is_done and self.srtp is None:
            self._compare(association)
            self.srtp = association.keys()
        if association.has_left:
            raise Over(HAS_LEFT)
        return written

    def _compare(self, association: Association) -> None:
        certificate = association.certificate
        if certificate is None or not matches(certificate, self._fingerprints):
            raise Over(STRANGER)

    def repeat(self, now: float) -> list[bytes]:
        """What was not answered in time."""
        return self._association.repeat(now) if self._association is not None else []

    def check_time(self, now: float, heard: float) -> None:
        """Over when it takes too long; `heard` is when the last authentic packet came."""
        if self._admitted is None:
            return
        if self._met is None:
            if now - self._admitted > CHECK:
                raise Over(NOBODY_CAME)
        elif self.srtp is None:
            if now - self._met > HANDSHAKE:
                raise Over(NO_HANDSHAKE)
        elif now - max(self._checked, heard) > SILENCE:
            raise Over(VANISHED)
        elif now - self._checked > CONSENT:
            raise Over(NO_CONSENT)

    def close(self) -> list[bytes]:
        """The last words."""
        return self._association.close() if self._association is not None else []
