import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import sdp
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import parse as parse_message
from hoyhoy.wire.sip.sdp import Description, Media, Origin, parse

from .torture import TORTURES

# RFC 4566 5
EXAMPLE = """v=0
o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5
s=SDP Seminar
i=A Seminar on the session description protocol
u=http://www.example.com/seminars/sdp.pdf
e=j.doe@example.com (Jane Doe)
c=IN IP4 224.2.17.12/127
t=2873397496 2873404696
a=recvonly
m=audio 49170 RTP/AVP 0
m=video 51372/2 RTP/AVP 99
c=IN IP6 FF15::101/3
a=rtpmap:99 h263-1998/90000
"""


def test_the_example():  # RFC 4566 5
    read = parse(EXAMPLE.encode())
    assert (read.origin, read.name, read.address, read.get("recvonly")) == (
        Origin(2890844526, 2890842807, "10.47.16.5", "jdoe"), "SDP Seminar", "224.2.17.12", "",
    )  # fmt: skip
    audio, video = read.media
    assert audio == Media("audio", 49170, "RTP/AVP", ("0",)) and read.address_of(audio) == "224.2.17.12"
    assert (video.port, video.get("rtpmap"), video.get("x"), video.all("rtpmap")) == (
        51372, "99 h263-1998/90000", None, ["99 h263-1998/90000"],
    )  # fmt: skip
    assert read.address_of(video) == "FF15::101"
    assert str(video.refused()) and video.refused().port == 0


def test_written():
    attributes = (("ptime", "20"), ("sendrecv", None))
    media = Media("audio", 4000, "RTP/AVP", ("0", "101"), "192.0.2.1", attributes)
    made = Description(Origin(1, 2, "2001:db8::1"), (media,), "2001:db8::1")
    assert bytes(made).decode() == (
        "v=0\r\no=- 1 2 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 0 101\r\nc=IN IP4 192.0.2.1\r\na=ptime:20\r\na=sendrecv\r\n"
    )
    assert parse(bytes(made)) == made


@pytest.mark.parametrize("name", ["wsinv", "ipv6-in-sdp", "ipv4-mapped-ipv6"])
def test_tortures(name):
    read = parse(parse_message(TORTURES[name].octets).body)
    assert len(read.media) == 2 and read.media[0].kind == "audio"
    assert parse(bytes(read)) == parse(bytes(parse(bytes(read))))


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("v=0", "v=1", 400),
        ("v=0", "", 400),
        ("o=jdoe", "o=", 400),
        ("o=jdoe", "x=jdoe", 400),
        ("2890844526", "-1", 400),
        ("2890844526", "9" * 5000, 400),
        ("c=IN IP4 224", "c=IN IP5 224", 400),
        ("c=IN IP4 224", "c=ATM IP4 224", 400),
        ("c=IN IP6 FF15::101/3", "c=IN IP6 ::1::2", 400),
        ("c=IN IP4 224.2.17.12/127", "c=", 400),
        ("c=IN IP4 224.2.17.12/127", "c=IN", 400),
        ("c=IN IP4 224.2.17.12/127", "c=IN IP4 ::x", 400),
        ("49170", "70000", 400),  # bad-inputs 4
        ("49170", "-1", 400),
        ("49170", "٣", 400),
        ("m=audio 49170 RTP/AVP 0", "m=audio 49170", 400),
        ("m=audio 49170 RTP/AVP 0", "m=audio 49170 RTP/AVP" + " 0" * 65, 488),
        ("m=audio 49170 RTP/AVP 0", "m=audio 0 RTP/AVP 0\n" * 500, 488),
        ("a=recvonly", "a=x\n" * 1025, 488),
        ("a=recvonly", "a=" + "x" * 40000, 513),
    ],
)
def test_refusals(old, new, status):
    with pytest.raises(SipError) as raised:
        parse(EXAMPLE.replace(old, new).encode())
    assert raised.value.status == status


def test_what_is_let_pass():
    for change in (
        ("\n", "\r\n"),
        ("\n", "\r"),
        ("Seminar", "S\u00e9minaire"),
        ("s=SDP Seminar\n", ""),
        ("t=2873397496 2873404696\n", ""),
    ):
        assert len(parse(EXAMPLE.replace(*change).encode()).media) == 2
    assert parse(EXAMPLE.replace("Seminar", "S\u00e9").encode("latin-1")).name == "SDP S\u00e9"


@given(st.binary(max_size=100), st.integers(0, 400), st.integers(0, 400))
def test_junk(junk, start, end):
    octets = EXAMPLE.encode()
    lines = EXAMPLE.splitlines(keepends=True)
    cut = lines[start % len(lines)]
    shorter = EXAMPLE.replace(cut, cut[: end % len(cut)] + "\n").encode()
    for mutated in (junk, octets[:start] + junk + octets[end:], shorter):
        try:
            read = parse(mutated)
        except SipError:
            continue
        assert parse(bytes(read)) == read


def test_nowhere_and_names():
    assert [sdp.is_nowhere(address) for address in ("0.0.0.0", "::", "x.invalid", "192.0.2.1", "invalid.example")] == [
        True
    ] * 3 + [False] * 2
    assert sdp.is_numeric("192.0.2.1") and sdp.is_numeric("2001:db8::1") and not sdp.is_numeric("example.com")
