"""A browser that is not ours: aiortc's ICE, DTLS, SRTP and G.711 against a media process (webrtc-leg.md 2).

Both sides are real and so is the time; each test is one call that says as much as it can.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from av import AudioFrame

from hoyhoy.audio import FRAME, RATE, tones
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.media import Door, Quality, SecureStream, Track, Visitor
from hoyhoy.media import secure_leg
from hoyhoy.media.board import Board
from hoyhoy.media.processes import MediaProcess

from .stage import Reel

OURS, THEIRS = 600, 450
"""The tones that each says, in Hz."""


class Tone(AudioStreamTrack):
    """What the browser says: a frame each 20 ms."""

    async def recv(self) -> AudioFrame:
        silent = await super().recv()
        samples = tones.tone(0.02, THEIRS)
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, silent.pts, silent.time_base
        return frame


class Browser:
    """A peer connection with one tone; what it hears is kept."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(Tone())
        self.heard: list[np.ndarray] = []
        self.is_over = asyncio.Event()
        self.connection.on("connectionstatechange", self._look)
        self._listening: list[asyncio.Task[None]] = []
        self.connection.on("track", lambda track: self._listening.append(asyncio.ensure_future(self._listen(track))))

    async def _listen(self, track) -> None:  # type: ignore[no-untyped-def]
        with suppress(MediaStreamError):
            while True:
                self.heard.append((await track.recv()).to_ndarray().reshape(-1))

    def _look(self) -> None:
        if self.connection.connectionState == "closed":
            self.is_over.set()

    async def offer(self) -> Visitor:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp = self.connection.localDescription.sdp
        [ufrag] = set(re.findall(r"^a=ice-ufrag:(\S+)", sdp, re.M))
        prints = dict.fromkeys(re.findall(r"^a=fingerprint:(\S+) (\S+)", sdp, re.M))
        return Visitor(ufrag, tuple(prints))

    async def answer(self, door: Door, setup: str, fingerprint: str = "") -> None:
        sdp = [
            *("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=ice-lite"),
            *("m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 127.0.0.1", "a=mid:0", "a=sendrecv", "a=rtcp-mux"),
            *(f"a=ice-ufrag:{door.ufrag}", f"a=ice-pwd:{door.password}", f"a=setup:{setup}", "a=rtpmap:0 PCMU/8000"),
            *(f"a=fingerprint:sha-256 {fingerprint or door.fingerprint}", f"a=ssrc:{door.ssrc} cname:us"),
            *(f"a=candidate:{n} 1 udp {1000 - n} {host} {port} typ host" for n, (host, port) in enumerate(door.places)),
            *("a=end-of-candidates", ""),
        ]
        await self.connection.setRemoteDescription(RTCSessionDescription("\r\n".join(sdp), "answer"))

    async def close(self) -> None:
        await self.connection.close()
        for listening in self._listening:  # one that was never connected has no end of its own
            listening.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)


class Call:
    """A leg of the process, and what was told of it."""

    def __init__(self, stream: SecureStream) -> None:
        self.stream = stream
        self.connected, self.failed, self.lost = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.measured = asyncio.Event()
        self.why, self.qualities = "", []
        stream.on_connected, stream.on_failed, stream.on_lost = self.connected.set, self._fail, self.lost.set
        stream.on_quality = self._measure

    def _fail(self, why: str) -> None:
        self.why = why
        self.failed.set()

    def _measure(self, quality: Quality) -> None:
        self.qualities.append(quality)
        self.measured.set()


@pytest.fixture
async def called(monkeypatch):
    """A call and a browser that could reach it. aiortc does not look at loopback by itself."""
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    clock = RealClock()
    board = Board(clock, SeededChance(1))
    process = board.add(lambda hear, lost: MediaProcess(clock, "127.0.0.1", (0,), 8, hear, lost))
    await process.start()
    browser = Browser()
    yield Call(await board.open_secure("AC")), browser
    await browser.close()
    await process.close()
    await clock.close()


def pitch(sound: np.ndarray) -> float:
    """Its loudest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum)) * RATE / len(sound)


async def soon(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 30)


@pytest.mark.parametrize("is_active", [True, False], ids=["it opens the association", "we do"])
async def test_each_hears_the_other_and_a_goodbye_ends_it(called, is_active):
    call, browser = called
    visitor = await browser.offer()
    call.stream.admit(Visitor(visitor.ufrag, visitor.fingerprints, is_active=is_active))
    await browser.answer(call.stream.door, "passive" if is_active else "active")
    await soon(call.connected)
    reel = Reel()
    recorder = call.stream.record(Track.FROM, 60, reel)
    await call.stream.play(tones.tone(0.6, OURS))
    recorder.stop()
    await recorder.ended
    assert abs(pitch(reel.samples[-1600:]) - THEIRS) <= 5
    heard = np.concatenate(browser.heard)
    loud = heard[np.flatnonzero(np.abs(heard) > 1000)[0] :][: 4 * FRAME]
    assert abs(pitch(loud.astype(float)) - OURS) <= 13
    if is_active:
        await browser.close()
        await soon(call.lost)
        assert call.why == secure_leg.HAS_LEFT
    else:
        call.measured.clear()
        call.stream.close()
        await soon(browser.is_over)
        assert not call.failed.is_set()
    await soon(call.measured)
    assert call.qualities[-1].received > 20 and call.qualities[-1].sent > 20 and call.qualities[-1].lost == 0


async def test_one_whose_certificate_is_another_is_sent_away(called):
    call, browser = called
    visitor = await browser.offer()
    call.stream.admit(Visitor(visitor.ufrag, (("sha-256", call.stream.door.fingerprint),)))
    await browser.answer(call.stream.door, "passive")
    await soon(call.lost)
    assert call.why == secure_leg.STRANGER and not call.connected.is_set()
