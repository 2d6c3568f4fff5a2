import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.stream import KeepAlive, Stream

from .messages import INVITE, wire
from .torture import TORTURES

ONE = wire(INVITE).replace(b"Length: 0", b"Length: 5") + b"12345"
TWO = wire(INVITE).replace(b"Content-Length: 0", b"L :\r\n 3").replace(b"314159", b"2") + b"abc"


@given(st.lists(st.integers(0, 2000), max_size=12))
def test_however_it_is_cut(places):
    octets = ONE + b"\r\n\r\n" + TWO + b"\r\n" + ONE
    stream, found, start = Stream(), [], 0
    for place in [*sorted(places), len(octets)]:
        found += stream.feed(octets[start:place])
        start = max(start, place)
    assert [getattr(one, "body", one) for one in found] == [b"12345", KeepAlive.PING, b"abc", b"12345"]
    assert stream.pending == 0 and not stream.broken


def test_octet_by_octet():
    stream = Stream()
    found = [one for octet in ONE + TWO for one in stream.feed(bytes([octet]))]
    assert [one.body for one in found] == [b"12345", b"abc"]


def test_a_message_that_cannot_be_read_costs_only_itself():
    stream = Stream()
    broken, sound = stream.feed(ONE.replace(b"314159", b"x") + TWO)
    assert isinstance(broken, SipError) and broken.request is not None and not stream.broken
    assert sound.body == b"abc"


@pytest.mark.parametrize(
    ("octets", "status", "answerable"),
    [
        (TORTURES["ncl"].octets, 400, True),  # RFC 4475 3.1.2.3: the framing cannot be recovered
        (TORTURES["mcl01"].octets, 400, True),
        (wire(INVITE).replace(b"Content-Length: 0\r\n", b""), 400, True),
        (wire(INVITE).replace(b"Length: 0", b"Length: 0\r\nl: 0"), 400, True),
        (wire(INVITE).replace(b"Length: 0", b"Length: 0\r\nl: x"), 400, True),
        (wire(INVITE).replace(b"Length: 0", b"Length: 99999999999"), 513, True),
        (b"x" * 40000, 513, False),
        (b"\r\n\r\n\r\nno sip\r\n\r\n", 400, False),
    ],
)
def test_broken_framing_ends_the_stream(octets, status, answerable):
    stream = Stream()
    found = [one for one in stream.feed(octets + ONE) if one is not KeepAlive.PING]
    assert [one.status for one in found] == [status]
    assert (found[0].request is not None) is answerable
    assert stream.broken and stream.pending == 0
    assert stream.feed(ONE) == []


def test_memory_stays_bounded_without_an_end():  # bad-inputs 3, 6
    stream = Stream()
    for _ in range(1000):
        stream.feed(b"X: " + b"y" * 1000 + b"\r\n")
        assert stream.pending < 64 * 1024
    assert stream.broken


@given(
    st.lists(
        st.binary(max_size=50) | st.sampled_from([ONE, TWO, b"\r\n", b"\r\n\r\n", b"Content-Length: 3\r\n\r\n"]),
        max_size=20,
    )
)
def test_junk(pieces):
    stream = Stream()
    for piece in pieces:
        for one in stream.feed(piece):
            if not isinstance(one, SipError | KeepAlive):
                bytes(one)
