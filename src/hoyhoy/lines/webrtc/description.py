"""From a browser's description to the plane's words, and from a door to ours (RFC 8839, RFC 8842)."""

from __future__ import annotations

from hoyhoy.exchange.media import Door, Visitor
from hoyhoy.wire.webrtc import sdp
from hoyhoy.wire.webrtc.sdp import Description

EVENTS = 101
"""The payload type of RFC 4733 in our offers."""


def visitor(theirs: Description) -> Visitor:
    """Whom a description announces. Who leaves it to us who begins (`actpass`) is told to begin: so the handshake needs
    no turn of ours first, and the better cipher is chosen."""
    return Visitor(theirs.ufrag, theirs.fingerprints, theirs.setup != "passive", theirs.events)


def offer(door: Door, session: int) -> str:
    """Ours, to be answered: sound in PCMU alone, keys as events."""
    return _written(door, session, 1, "0", "actpass", EVENTS)


def answer(door: Door, theirs: Description, session: int, version: int = 1) -> str:
    """Ours to an offer, the `version`th in this session."""
    setup = "active" if theirs.setup == "passive" else "passive"
    return _written(door, session, version, theirs.mid, setup, theirs.events)


def _written(door: Door, session: int, version: int, mid: str, setup: str, events: int | None) -> str:
    return sdp.write(
        ufrag=door.ufrag,
        password=door.password,
        fingerprint=door.fingerprint,
        places=door.places,
        ssrc=door.ssrc,
        session=session,
        version=version,
        mid=mid,
        setup=setup,
        events=events,
    )
