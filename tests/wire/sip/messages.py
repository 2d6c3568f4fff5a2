"""Messages for the tests of SIP's languages, and text that hypothesis makes for them."""

from __future__ import annotations

from hypothesis import strategies as st

from hoyhoy.wire.sip.message import Request, Response, parse

INVITE = """\
INVITE sip:bob@biloxi.example.com SIP/2.0
Via: SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bK776asdhds
Max-Forwards: 70
To: Bob <sip:bob@biloxi.example.com>
From: Alice <sip:alice@atlanta.example.com>;tag=1928301774
Call-ID: a84b4c76e66710@pc33.atlanta.example.com
CSeq: 314159 INVITE
Contact: <sip:alice@pc33.atlanta.example.com>
Content-Length: 0

"""


def wire(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def request(text: str = INVITE, **changes: str) -> Request:
    """The INVITE of RFC 3261 24.2 with header fields changed (`Max_Forwards="0"`)."""
    read = parse(wire(text))
    assert isinstance(read, Request)
    for name, value in changes.items():
        read.headers.set(name.replace("_", "-"), value)
    return read


def response(text: str) -> Response:
    read = parse(wire(text))
    assert isinstance(read, Response)
    return read


plain = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)
tokens = st.text("abcXYZ0189-.!%*_+`'~", min_size=1, max_size=12)
