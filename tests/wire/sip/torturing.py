"""How the torture messages are written down; they stand in the files beside this one."""

from __future__ import annotations

from dataclasses import dataclass

SDP = """v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""


@dataclass(frozen=True)
class Torture:
    """`verdict` is 0 when the message must be read, else the status of its SipError."""

    paragraph: str
    verdict: int
    octets: bytes


TORTURES: dict[str, Torture] = {}


def torture(paragraph: str, name: str, head: str, body: str | bytes = "", verdict: int = 0) -> None:
    """Line ends are CRLF on the wire; `{length}` is the true length of the body."""
    octets = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    text = head.strip("\n").replace("{length}", str(len(octets))).replace("\n", "\r\n") + "\r\n\r\n"
    TORTURES[name] = Torture(paragraph, verdict, text.encode() + octets)
