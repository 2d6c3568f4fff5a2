"""For latencies of single calls: a SIP phone that calls, hears, hangs up; an app that knows when it answered."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from _calling import HOST, Exchange

PATIENCE = 10.0
TIMESTAMP = 35  # SO_TIMESTAMPNS


class App:
    """Answers each request with the document of its path. `answered` is when the last answer was written."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages, self.answered = pages, 0.0
        self._listener = socket.create_server((HOST, 0), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://{HOST}:{self._listener.getsockname()[1]}{path}"

    def _accept(self) -> None:
        while True:
            wire, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(wire,), daemon=True).start()

    def _serve(self, wire: socket.socket) -> None:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = wire.makefile("rb")
        while first := stream.readline():
            headers = dict(line.decode().lower().split(": ", 1) for line in iter(stream.readline, b"\r\n"))
            stream.read(int(headers.get("content-length", 0)))
            page = self.pages[first.split(b" ")[1].decode()].encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(page)}\r\n\r\n"
            self.answered = time.time()
            wire.sendall(head.encode() + page)


@dataclass
class Packet:
    at: float
    """Unix seconds at which the kernel got it."""
    sound: bytes

    @property
    def level(self) -> int:
        """Of G.711 u-law, how loud its loudest sample is: 0 to 127."""
        return max(0x7F - (octet & 0x7F) for octet in self.sound)


@dataclass
class Phone:
    """`call` and `hang_up`, one call after the other."""

    to: Exchange
    number: int = 0
    sip: socket.socket = field(default_factory=lambda: _bound(PATIENCE))
    rtp: socket.socket = field(default_factory=lambda: _bound(PATIENCE))

    def call(self) -> None:
        """Return when it is answered and the ACK is sent."""
        self.number += 1
        self.rtp.close()
        self.rtp = _bound(PATIENCE)
        self.rtp.setsockopt(socket.SOL_SOCKET, TIMESTAMP, 1)
        body = (
            f"v=0\r\no=- 1 1 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\n"
            f"m=audio {self.rtp.getsockname()[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        )
        self._to = f"<sip:{self.to.number}@{HOST}:{self.to.sip}>"
        self._send("INVITE", 1, body)
        while not (answer := self.sip.recv(65535).decode()).startswith("SIP/2.0 200"):
            pass
        self._to = re.search(r"^To: (.*)\r$", answer, re.M)[1]  # type: ignore[index]
        self._send("ACK", 1)

    def hang_up(self) -> None:
        self._send("BYE", 2)
        while "BYE" not in self.sip.recv(65535).decode():
            pass

    def packets(self) -> Iterator[Packet]:
        """What is heard, as it comes."""
        while True:
            octets, controls, _, _ = self.rtp.recvmsg(2048, 128)
            [(_, _, at)] = controls
            seconds, nanoseconds = struct.unpack("qq", at)
            yield Packet(seconds + nanoseconds / 1e9, octets[12:])

    def _send(self, method: str, number: int, body: str = "") -> None:
        here = f"{HOST}:{self.sip.getsockname()[1]}"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.sip.sendto(
            (
                f"{method} sip:{self.to.number}@{HOST}:{self.to.sip} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{method}{self.number}\r\nMax-Forwards: 70\r\n"
                f"From: <sip:+14155550123@{here}>;tag={self.number}\r\nTo: {self._to}\r\n"
                f"Call-ID: {self.number}@{here}\r\nCSeq: {number} {method}\r\nContact: <sip:phone@{here}>\r\n"
                f"{kind}Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode(),
            (HOST, self.to.sip),
        )


def _bound(seconds: float) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((HOST, 0))
    sock.settimeout(seconds)
    return sock
