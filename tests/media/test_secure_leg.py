"""How far a leg is, and how long it may take (RFC 7675 5.1; webrtc-leg.md 5)."""

import pytest

from hoyhoy.media import secure_leg
from hoyhoy.media.dtls import Association
from hoyhoy.media.secure_leg import Over, SecureLeg

from .browsers import OTHER, OURS, THEIRS

NEVER = -1e9


def described(identity=THEIRS):
    return (("sha-256", identity.fingerprint),)


@pytest.fixture
def leg():
    return SecureLeg(3, OURS, "ours", "a password of ours")


def admitted(leg, now=0.0, *, is_active=True):
    leg.admit("them", described(), is_active=is_active, now=now)
    return leg


def shake(leg, far, now=1.0):
    """To the end of the handshake."""
    to_leg = far.begin(now) if far.is_client else []
    to_far = leg.step(now) if not far.is_client else []
    while to_leg or to_far:
        leg.waiting.extend(to_leg)
        to_far = to_far or [one for _ in to_leg for one in leg.step(now)]
        to_leg, to_far = [one for datagram in to_far for one in far.feed(datagram, now)], []


def is_over(leg, now, heard=NEVER):
    try:
        leg.check_time(now, heard)
    except Over as why:
        return str(why)
    return None


def connected(leg, now=1.0, *, is_active=True, identity=THEIRS):
    admitted(leg, is_active=is_active).met(now)
    far = Association(identity, is_client=is_active)
    shake(leg, far, now)
    return far


@pytest.mark.parametrize("is_active", [True, False])
def test_it_is_connected_when_hands_are_shaken_with_who_was_described(leg, is_active):
    assert leg.may_begin is False
    far = connected(leg, is_active=is_active)
    assert leg.srtp is not None and far.is_done and not leg.is_shaking and not leg.may_begin


def test_who_is_to_open_the_association_does_when_the_way_is_known(leg):
    admitted(leg, is_active=False)
    assert not leg.may_begin and leg.step(0.0) == []
    leg.met(1.0)
    assert leg.may_begin
    hello = leg.step(1.0)
    assert hello and leg.is_shaking and leg.repeat(1.05) == [] and leg.repeat(1.1) == hello


def test_somebody_else_is_sent_away(leg):
    with pytest.raises(Over, match=secure_leg.STRANGER):
        connected(leg, identity=OTHER)
    assert leg.srtp is None


def test_a_handshake_that_fails_says_why(leg):
    admitted(leg).met(0.0)
    leg.waiting.append(Association(THEIRS, is_client=True).begin(0.0)[0].replace(b"\xfe\xfd", b"\xfe\xfe"))
    leg.waiting.append(b"\x16\xfe\xfd" + bytes(8) + b"\0\1x")
    try:
        while leg.waiting:
            leg.step(0.0)
    except Over as why:
        assert "handshake failed" in str(why)
    assert leg.srtp is None


def test_a_goodbye_ends_it(leg):
    far = connected(leg)
    leg.waiting.extend(far.close())
    with pytest.raises(Over, match=r"^$"):
        leg.step(2.0)


def test_times(leg):
    assert is_over(leg, 1e6) is None
    admitted(leg, now=100.0)
    assert is_over(leg, 110.0) is None and is_over(leg, 110.1) == secure_leg.NOBODY_CAME
    leg.met(105.0)
    assert is_over(leg, 115.0) is None and is_over(leg, 115.1) == secure_leg.NO_HANDSHAKE
    leg.met(114.0)  # another check leaves no more time for DTLS
    assert is_over(leg, 115.1) == secure_leg.NO_HANDSHAKE


def test_times_of_a_connected_leg(leg):
    connected(leg, now=1.0)
    assert is_over(leg, 11.0) is None and is_over(leg, 11.1) == secure_leg.VANISHED
    assert is_over(leg, 11.1, heard=5.0) is None and is_over(leg, 15.1, heard=5.0) == secure_leg.VANISHED
    assert is_over(leg, 31.0, heard=31.0) is None and is_over(leg, 31.1, heard=31.0) == secure_leg.NO_CONSENT
    leg.met(30.0)
    assert is_over(leg, 40.0) is None and is_over(leg, 60.1, heard=60.0) == secure_leg.NO_CONSENT


def test_a_far_end_that_comes_another_way_has_its_time_again_and_must_be_the_same(leg):
    connected(leg, now=1.0)
    srtp = leg.srtp
    leg.move("moved", "another password of ours", now=10.0)
    assert is_over(leg, 19.9) is None
    leg.admit("again", described(), is_active=False, now=15.0)
    assert is_over(leg, 24.9) is None and is_over(leg, 25.1) == secure_leg.VANISHED
    assert leg.srtp is srtp and not leg.may_begin
    with pytest.raises(Over, match=secure_leg.STRANGER):
        leg.admit("again", described(OTHER), is_active=True, now=16.0)


def test_a_description_must_have_a_fingerprint_that_is_trusted(leg):
    with pytest.raises(Over, match="no fingerprint"):
        leg.admit("them", (("sha-1", "00"),), is_active=True, now=0.0)


def test_last_words(leg):
    assert leg.close() == []
    far = connected(leg)
    for datagram in leg.close():
        far.feed(datagram, 2.0)
    assert far.has_left
