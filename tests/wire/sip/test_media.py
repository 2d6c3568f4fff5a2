import pytest

from hoyhoy.wire.sip import media, sdp
from hoyhoy.wire.sip.media import PCMA, PCMU, Direction


def read(lines: str, session: str = "c=IN IP4 192.0.2.1\n", codecs=(PCMU, PCMA)) -> media.Stream | None:
    text = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\n" + session + lines
    description = sdp.parse(text.encode())
    return media.stream(description, description.media[0], codecs)


def test_directions():  # RFC 3264 6.1
    assert [direction.mirrored.value for direction in Direction] == ["sendrecv", "recvonly", "sendonly", "inactive"]
    assert Direction.BOTH.meet(Direction.SEND) is Direction.SEND
    assert Direction.SEND.meet(Direction.RECEIVE) is Direction.NONE


def test_codecs_in_their_order():
    found = read(
        "m=audio 49170 RTP/AVP 97 8 0 101\na=rtpmap:97 iLBC/8000\na=rtpmap:101 TELEPHONE-EVENT/8000\na=fmtp:101 0-15"
    )
    assert found.codecs == ((8, PCMA), (0, PCMU)) and found.keys == 101
    assert (found.address, found.port, found.rtcp, found.direction) == (
        "192.0.2.1",
        49170,
        ("192.0.2.1", 49171),
        Direction.BOTH,
    )
    dynamic = read(
        "m=audio 4 RTP/AVP 96 97 0\na=rtpmap:96 pcmu/8000/1\na=rtpmap:97 telephone-event/16000\na=rtpmap:0 PCMU/8000/2"
    )
    assert dynamic.codecs == ((96, PCMU),) and dynamic.keys is None  # events of another clock count for nothing


@pytest.mark.parametrize(
    "lines",
    [
        "m=audio 0 RTP/AVP 0",
        "m=audio 9 RTP/SAVP 0",
        "m=video 9 RTP/AVP 0",
        "m=audio 9 RTP/AVP 18",
        "m=audio 9 RTP/AVP 255",  # bad-inputs 4
        "m=audio 9 RTP/AVP x",
        "m=audio 9 RTP/AVP 96",
        "m=audio 9 RTP/AVP 96\na=rtpmap:96",
        "m=audio 9 RTP/AVP 96\na=rtpmap:96 PCMU/8000/99999999999999",
        "m=audio 9 RTP/AVP 96\na=rtpmap:96 PCMU/16000",
    ],
)
def test_what_cannot_be_used(lines):
    assert read(lines) is None


def test_without_an_address():
    assert read("m=audio 9 RTP/AVP 0", session="") is None
    assert read("m=audio 9 RTP/AVP 0\nc=IN IP6 2001:db8::1", session="").address == "2001:db8::1"


@pytest.mark.parametrize(
    ("lines", "direction"),
    [
        ("", Direction.BOTH),
        ("a=sendonly\n", Direction.SEND),
        ("a=inactive\n", Direction.NONE),
        ("c=IN IP4 0.0.0.0\n", Direction.SEND),  # RFC 3264 8.4
        ("c=IN IP4 0.0.0.0\na=recvonly\n", Direction.NONE),
        ("c=IN IP6 ::\n", Direction.SEND),
    ],
)
def test_hold(lines, direction):
    found = read("m=audio 9 RTP/AVP 0\n" + lines)
    assert found.direction is direction
    assert (found.address == "") is ("c=" in lines)
    assert read("m=audio 9 RTP/AVP 0\n", session="c=IN IP4 192.0.2.1\na=sendonly\n").direction is Direction.SEND


@pytest.mark.parametrize(
    ("lines", "rtcp", "mux"),
    [
        ("", ("192.0.2.1", 4001), False),
        ("a=rtcp:5000\n", ("192.0.2.1", 5000), False),
        ("a=rtcp:5000 IN IP4 192.0.2.9\n", ("192.0.2.9", 5000), False),
        ("a=rtcp:5000 IN IP4 x;y\n", ("192.0.2.1", 5000), False),
        ("a=rtcp:0\n", ("192.0.2.1", 4001), False),
        ("a=rtcp:99999\n", ("192.0.2.1", 4001), False),
        ("a=rtcp-mux\na=rtcp:5000\n", ("192.0.2.1", 4000), True),
    ],
)
def test_where_reports_go(lines, rtcp, mux):  # RFC 3605, RFC 5761
    found = read("m=audio 4000 RTP/AVP 0\n" + lines)
    assert (found.rtcp, found.rtcp_mux) == (rtcp, mux)


@pytest.mark.parametrize(
    ("lines", "ptime"),
    [
        ("", None), ("a=ptime:30", 30), ("a=ptime:25", 20), ("a=ptime:5", 10), ("a=ptime:500", 60), ("a=ptime:x", None),
        ("a=maxptime:10", 10), ("a=ptime:40\na=maxptime:30", 30), ("a=ptime:0", 20), ("a=ptime:99999999999", None),
    ],
)  # fmt: skip
def test_packet_length(lines, ptime):
    assert read("m=audio 4000 RTP/AVP 0\n" + lines).ptime == ptime


@pytest.mark.parametrize(
    ("value", "ssrc"), [("12345 cname:x", 12345), ("4294967296 cname:x", None), ("-1", None), ("", None)]
)
def test_ssrc(value, ssrc):
    assert read(f"m=audio 4000 RTP/AVP 0\na=ssrc:{value}").ssrc == ssrc
