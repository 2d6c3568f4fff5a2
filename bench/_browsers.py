"""Browsers of hundreds of legs in one process: each has a socket, finds its way, shakes hands, and speaks."""

from __future__ import annotations

import datetime
import selectors
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from _far_ends import BUFFER, SAMPLED, SETTLE, Seen

from hoyhoy.audio import FRAME, FRAME_SECONDS, tones
from hoyhoy.audio.g711 import encode
from hoyhoy.media import packets
from hoyhoy.media.datagrams import Batch, address_columns, open_socket
from hoyhoy.media.dtls import Association, Identity
from hoyhoy.media.srtp import TRAILER, Rows, Srtp
from hoyhoy.wire.webrtc import stun

UFRAG = "them"
CHECKED = 125
"""Ticks between two checks of a browser's way: 2.5 s, as Chromium has it."""

PATIENCE = 30.0


@dataclass
class Way:
    """Where a leg is reached, and what it asks for."""

    place: tuple[str, int]
    ufrag: str
    password: str


class Browser:
    """One far end: how it comes in."""

    def __init__(self, way: Way, identity: Identity) -> None:
        self.way = way
        self.socket = open_socket("127.0.0.1", buffer=BUFFER)
        self.socket.connect(way.place)
        self.srtp: Srtp | None = None
        self._association = Association(identity, is_client=True)
        self._asked, self._has_begun = -1.0, False

    def check(self) -> None:
        attributes = [(stun.USERNAME, f"{self.way.ufrag}:{UFRAG}".encode()), (stun.USE_CANDIDATE, b"")]
        self.send([stun.write(stun.REQUEST, bytes(12), attributes, self.way.password)])

    def go_on(self, now: float) -> None:
        """Ask for a way until there is one, then what handshakes repeat."""
        if self._has_begun:
            self.send(self._association.repeat(now))
        elif now - self._asked > 0.1:
            self._asked = now
            self.check()

    def read(self, now: float) -> None:
        while self.srtp is None:
            try:
                datagram = self.socket.recv(1500)
            except BlockingIOError:
                return
            if datagram[0] < 4 and not self._has_begun:
                self._has_begun = True
                self.send(self._association.begin(now))
            elif 20 <= datagram[0] < 64:
                self.send(self._association.feed(datagram, now))
                if self._association.is_done:
                    self.srtp = self._association.keys()

    def pass_over(self) -> None:
        """What has come since it got in."""
        with suppress(BlockingIOError):
            while True:
                self.socket.recv(1500)

    def send(self, datagrams: Sequence[bytes]) -> None:
        for datagram in datagrams:
            self.socket.send(datagram)


class Browsers:
    """Leg i's browser has way i, sends with SSRC i + 1, and is sent to with the same."""

    def __init__(self) -> None:
        self.identity = Identity(datetime.datetime.now(datetime.UTC))
        self.packets = 0
        """Sent and received by all."""
        self.each: list[Browser] = []

    def come(self, ways: Sequence[Way], rate: float, begins: Callable[[int], None]) -> Iterator[Browser]:
        """Let them find their ways and shake hands, `rate` a second; which one `begins` is told before. SystemExit when
        one does not get in."""
        selector = selectors.DefaultSelector()
        began, coming = time.monotonic(), list(ways)
        inside: set[Browser] = set()
        outside: list[Browser] = []
        while coming or outside:
            now = time.monotonic()
            if now - began > PATIENCE + len(ways) / rate:
                raise SystemExit(f"{len(outside)} of {len(ways)} browsers do not get in")
            while coming and len(ways) - len(coming) <= (now - began) * rate:
                begins(len(ways) - len(coming))
                outside.append(Browser(coming.pop(0), self.identity))
                selector.register(outside[-1].socket, selectors.EVENT_READ, outside[-1])
            for key, _ in selector.select(0.005):
                key.data.read(time.monotonic())
            for browser in outside:
                browser.go_on(now)
            inside = {browser for browser in outside if browser.srtp is not None}
            for browser in inside:
                selector.unregister(browser.socket)
                yield browser
            outside = [browser for browser in outside if browser.srtp is None]

    def run(self, seconds: float, wait: Callable[[float], None], passed: Callable[[float], None]) -> Seen:
        """As far ends of plain legs do it (`_far_ends.py`), but that each packet leaves by a socket of its own,
        encrypted, and that each way is checked from time to time."""
        legs = len(self.each)
        out, into = Batch(legs, packets.SIZE + TRAILER), Batch(4096, packets.SIZE + TRAILER)
        rows, every, places = Rows(out.data), [one.srtp for one in self.each], list(range(legs))
        for leg, browser in enumerate(self.each):
            out.addresses[leg] = address_columns(*browser.way.place)
            out.data[leg, 8:12] = np.frombuffer((leg + 1).to_bytes(4, "big"), np.uint8)
        voice = encode(tones.tone(1.0, 300, 490, level=0.1)).reshape(-1, FRAME)
        sampled = np.zeros(legs + 1, np.bool_)
        sampled[1 :: max(1, legs // SAMPLED)] = True
        seen: list[np.ndarray] = []
        late: list[float] = []
        zeros = np.zeros(legs, np.int64)
        settled, ticks = round(SETTLE / FRAME_SECONDS), round((seconds + SETTLE) / FRAME_SECONDS)
        for browser in self.each:
            browser.pass_over()
        begin = time.monotonic()
        for tick in range(ticks):
            wait(max(0.0, begin + tick * FRAME_SECONDS - time.monotonic()))
            late.append(time.monotonic() - begin - tick * FRAME_SECONDS)
            passed(time.monotonic() - begin - SETTLE)
            out.data[:, packets.HEADER : packets.SIZE] = voice[tick % len(voice)]
            packets.write_headers(out.data, zeros, zeros.astype(bool), zeros + tick, zeros + tick * FRAME)
            out.lengths[:] = rows.protect(every, places, [packets.SIZE] * legs)
            out.prepare(legs)
            got = 0
            for leg, browser in enumerate(self.each):
                out.send(browser.socket, leg, leg + 1)
                if (tick + leg) % CHECKED == 0:
                    browser.check()
                got += into.receive(browser.socket, got)
            self.packets += legs
            into.describe(0, got)
            found, _ = packets.read(into.data[:got], into.lengths[:got])
            self.packets += len(found.index)
            if tick >= settled:
                which = sampled[np.minimum(found.ssrc, legs)]
                columns = (found.ssrc[which], found.sequence[which], into.arrivals[found.index[which]])
                seen.append(np.stack(columns, axis=1))
        return _seen(np.concatenate(seen), late[settled:])

    def close(self) -> None:
        for browser in self.each:
            browser.socket.close()


def _seen(every: np.ndarray, late: list[float]) -> Seen:
    by_leg = [every[every[:, 0] == ssrc, 1:] for ssrc in np.unique(every[:, 0])]
    gaps = np.concatenate([np.diff(one[:, 1]) for one in by_leg])
    missed = sum(int(np.maximum(np.diff(one[:, 0]) - 1, 0).sum()) for one in by_leg) / len(every)
    return Seen(float(np.percentile(np.abs(gaps - FRAME_SECONDS), 99)), missed, float(np.median(late)))
