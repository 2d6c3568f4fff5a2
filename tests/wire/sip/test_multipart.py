"""Bodies of several parts (RFC 5621; bad inputs 2: missing and odd boundaries, nested and empty parts)."""

import pytest

from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.multipart import PARTS, part
from hoyhoy.wire.sip.uri import Uri

SDP = "application/sdp"
ISUP = b"--b\r\nContent-Type: application/isup;version=x\r\nContent-Disposition: signal\r\n\r\n\x01\x10\r\n"
DESCRIPTION = b"--b\r\nContent-Type: application/SDP ; x=y\r\n\r\nv=0\r\ns=-\r\n\r\n"


def request(body: bytes, kind: str = 'multipart/mixed; boundary="b"') -> Request:
    made = Request("INVITE", Uri("sip", "a"), body=body)
    made.headers.add("Content-Type", kind)
    return made


@pytest.mark.parametrize(
    "body",
    [
        DESCRIPTION + b"--b--\r\n",
        ISUP + DESCRIPTION + b"--b--",
        DESCRIPTION + ISUP + b"--b--\r\nepilogue\r\n--b\r\n",
        b"preamble\r\n" + ISUP + DESCRIPTION + b"--b--\r\n",
        (DESCRIPTION + b"--b--\r\n").replace(b"Content-Type", b"c"),
    ],
)
def test_the_description_among_others(body):
    assert part(request(body), SDP) == b"v=0\r\ns=-\r\n"


def test_a_body_of_one_part():
    assert part(request(b"v=0", "application/sdp;charset=utf-8"), SDP) == b"v=0"
    assert part(request(b"v=0", "text/plain"), SDP) is None
    assert part(request(b"", SDP), SDP) is None
    assert part(request(b""), SDP) is None


def test_no_part_of_the_kind():
    assert part(request(ISUP + b"--b--\r\n"), SDP) is None
    assert part(request(b"--b\r\n\r\nv=0\r\n--b--"), SDP) is None
    nested = b'--b\r\nContent-Type: multipart/mixed;boundary="c"\r\n\r\n' + DESCRIPTION.replace(b"--b", b"--c")
    assert part(request(nested + b"--c--\r\n--b--"), SDP) is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (DESCRIPTION + b"--b--", "multipart/mixed"),
        (DESCRIPTION + b"--b--", "multipart/mixed;boundary="),
        (DESCRIPTION + b"--b--", f"multipart/mixed;boundary={'b' * 71}"),
        (DESCRIPTION + b"--b--", 'multipart/mixed;boundary="b'),
        (DESCRIPTION, "multipart/mixed;boundary=b"),
        (b"v=0", "multipart/mixed;boundary=b"),
        (DESCRIPTION + b"--bb--", "multipart/mixed;boundary=b"),
        (DESCRIPTION.replace(b"--b", b"--bb") + b"--b--", "multipart/mixed;boundary=b"),
        (b"--b\r\nContent-Type: application/sdp\r\n--b--", "multipart/mixed;boundary=b"),
        (ISUP * (PARTS + 1) + b"--b--", "multipart/mixed;boundary=b"),
    ],
)
def test_what_cannot_be_taken_apart(body, kind):
    with pytest.raises(SipError):
        part(request(body, kind), SDP)


def test_many_boundaries_take_no_long_time():
    """Linear: a body of the largest size is split a few times and no more."""
    with pytest.raises(SipError):
        part(request(b"\r\n--b" * 12_000), SDP)
