from hoyhoy.exchange.media import Door
from hoyhoy.lines.webrtc.description import answer, offer, visitor
from hoyhoy.wire.webrtc import sdp

from .booth import FINGERPRINT, described

DOOR = Door("ours", "p" * 24, FINGERPRINT, (("127.0.0.1", 10000), ("192.0.2.7", 10000)), 77)


def test_our_offer_leaves_it_to_them_who_begins():
    """webrtc-leg 6."""
    text = offer(DOOR, 5)
    ours = sdp.read(text)
    assert (ours.ufrag, ours.setup, ours.mid, ours.events) == ("ours", "actpass", "0", 101)
    assert ours.fingerprints == (("sha-256", FINGERPRINT),)
    assert "127.0.0.1 10000" in text and "192.0.2.7 10000" in text and "a=ice-lite" in text


def test_our_answer_takes_the_other_part():
    """webrtc-leg 4: passive whenever we may choose."""
    for theirs, ours in (("actpass", "passive"), ("active", "passive"), ("passive", "active")):
        read = sdp.read(described(setup=theirs, events=126))
        made = sdp.read(answer(DOOR, read, 5))
        assert (made.setup, made.events, made.mid) == (ours, 126, read.mid)
        assert visitor(read).is_active is (ours == "passive")


def test_an_answer_without_events():
    read = sdp.read(described(events=None))
    assert sdp.read(answer(DOOR, read, 5)).events is visitor(read).events is None


def test_each_answer_of_a_session_has_its_number():
    """RFC 3264 8."""
    read = sdp.read(described())
    first, second = (answer(DOOR, read, 5, version) for version in (1, 2))
    assert first != second and "o=- 5 1 " in first and "o=- 5 2 " in second
