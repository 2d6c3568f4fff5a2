"""A board over a media process, with a far end on a real socket; the process is killed and comes again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct

import numpy as np
import pytest

from hoyhoy.audio import FRAME, tones
from hoyhoy.audio.g711 import Law, decode, encode
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.media import NoRoom, Terms, Track
from hoyhoy.media import processes, voice
from hoyhoy.media.board import Board
from hoyhoy.media.processes import MediaProcess

from .stage import Reel

TONE = tones.tone(0.5, 700)


class FarEnd:
    """A telephone on a socket of loopback; what it hears is kept, without silence before."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.setblocking(False)
        self.address: tuple[str, int] = self.sock.getsockname()
        self.heard = bytearray()
        self.ports: set[int] = set()
        self.hears = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.sock, self._read)

    def _read(self) -> None:
        packet, (_, port) = self.sock.recvfrom(2048)
        if packet[1] & 0x7F == 0:
            self.heard += packet[12:]
            self.ports.add(port)
            self.hears.set()

    def say(self, port: int, sequence: int) -> None:
        sound = encode(np.full((1, 160), 5000, np.int16), Law.ULAW).tobytes()
        head = struct.pack("!BBHII", 0x80, 0, sequence, sequence * 160, 0xF00)
        self.sock.sendto(head + sound, ("127.0.0.1", port))

    @property
    def sound(self) -> np.ndarray:
        return decode(np.frombuffer(bytes(self.heard), np.uint8), Law.ULAW)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sock)
        self.sock.close()


@pytest.fixture
async def clock():
    made = RealClock()
    yield made
    await made.close()


@pytest.fixture
async def far(clock):
    made = FarEnd()
    yield made
    made.close()


@pytest.fixture
async def plane(clock):
    board = Board(clock, SeededChance(1))
    process = board.add(lambda hear, lost: MediaProcess(clock, "127.0.0.1", (0,) * 4, 64, hear, lost))
    clock.spawn(process.run(), "media process")
    yield board, process
    await process.close()


async def test_a_far_end_hears_what_is_played_and_is_recorded(plane, far):
    board, process = plane
    stream = await asyncio.wait_for(board.open_stream("AC", Terms(remote=far.address)), 60)
    reel, reports = Reel(), []
    over = asyncio.Event()

    def told(quality):
        reports.append(quality)
        over.set()

    recorder = stream.record(Track.FROM, 60, reel)
    for sequence in range(10):
        far.say(stream.port, sequence)
    await asyncio.wait_for(stream.play(TONE), 60)
    recorder.stop()
    await asyncio.wait_for(recorder.ended, 60)
    stream.on_quality = told
    stream.close()
    await asyncio.wait_for(over.wait(), 60)
    lead = np.flatnonzero(far.sound)[0]
    wanted = decode(encode(TONE[None], Law.ULAW), Law.ULAW)[0]
    heard = far.sound[lead - np.flatnonzero(wanted)[0] :][: len(wanted) - 160]
    assert np.array_equal(heard, wanted[: len(heard)]) and len(heard) > 3000
    assert far.ports == {stream.port} and (reel.samples > 4000).sum() >= 8 * 160
    assert (reports[-1].received, reports[-1].lost) == (10, 0) and reports[-1].sent > 20
    assert process.starts == 1


async def test_a_long_sound_is_heard_in_its_order(plane, far, monkeypatch):
    monkeypatch.setattr(voice, "PORTION", 5 * FRAME)
    board, _ = plane
    stream = await asyncio.wait_for(board.open_stream("AC", Terms(remote=far.address)), 60)
    sound = decode(encode((np.arange(32 * FRAME) * 7 % 20000 + 1000).astype(np.int16)[None], Law.ULAW), Law.ULAW)[0]
    await asyncio.wait_for(stream.play(sound, times=2), 60)
    await asyncio.wait_for(stream.play(TONE), 60)  # at its end all of the other has come
    wanted = np.tile(sound, 2)
    assert np.array_equal(far.sound[far.sound != 0][: len(wanted)], wanted)


async def test_a_process_that_dies_takes_its_legs_and_another_one_comes(plane, far):
    board, process = plane
    stream = await asyncio.wait_for(board.open_stream("AC", Terms(remote=far.address)), 60)
    lost = asyncio.get_running_loop().create_future()
    stream.on_lost = lambda: lost.set_result(None)
    recorder = stream.record(Track.BOTH, 60, Reel())
    playing = asyncio.ensure_future(stream.play(TONE, times=0))
    await asyncio.wait_for(far.hears.wait(), 60)
    os.kill(process.pid, signal.SIGKILL)
    await asyncio.wait_for(lost, 60)
    await asyncio.wait_for(asyncio.gather(playing, recorder.ended), 60)
    again = await asyncio.wait_for(board.open_stream("AC", Terms(remote=far.address)), 60)
    await asyncio.wait_for(again.play(TONE), 60)
    assert process.starts == 2 and again.port in far.ports


async def test_while_a_process_does_not_come_up_calls_are_refused(clock, monkeypatch, far):
    monkeypatch.setattr(processes, "REST", 0.01)
    board = Board(clock, SeededChance(1))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        pool = (taken.getsockname()[1],)
        process = board.add(lambda hear, lost: MediaProcess(clock, "127.0.0.1", pool, 64, hear, lost))
        waiting = [asyncio.ensure_future(board.open_stream("AC", Terms(remote=far.address))) for _ in range(3)]
        phone, lost = board.open("AC"), asyncio.Event()
        phone.on_lost = lost.set
        recorder = phone.record(Track.FROM, 9, Reel())
        running = asyncio.ensure_future(process.run())
        assert {type(one) for one in await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 60)} == {
            NoRoom
        }
        await asyncio.wait_for(asyncio.gather(lost.wait(), recorder.ended), 60)
        for opening in (board.open_stream("AC", Terms(remote=far.address)), board.open_secure("AC")):
            with pytest.raises(NoRoom):
                await asyncio.wait_for(opening, 60)
        refused = board.record_room("AC", 7, 9, Reel())
        board.announce("AC", 7, TONE)
        await asyncio.wait_for(refused.ended, 60)
        assert recorder.why and refused.why == processes.DOWN and not process._waiting and board.legs == 0
    await asyncio.wait_for(running, 60)
    stream = await asyncio.wait_for(board.open_stream("AC", Terms(remote=far.address)), 60)
    await asyncio.wait_for(stream.play(TONE), 60)
    assert far.sound.any(), "what was to be played meanwhile was sent again"
    await process.close()


async def test_of_a_leg_that_is_given_up_before_its_process_is_there_nothing_waits(clock):
    board = Board(clock, SeededChance(1))
    process = board.add(lambda hear, lost: MediaProcess(clock, "127.0.0.1", (), 64, hear, lost))
    other = board.open("AC")
    other.listen(keys=True)
    for opens in (board.open_stream("AC", Terms()), board.open_secure("AC")):
        opening = asyncio.ensure_future(opens)
        await asyncio.sleep(0)
        assert len(process._waiting) == 3 and board.legs == 2
        opening.cancel()
        await asyncio.wait({opening})
        await asyncio.sleep(0)
        assert len(process._waiting) == 2 and board.legs == 1 and opening.cancelled()
    await process.close()


async def test_browsers_are_told_the_address_that_is_known_outside(clock):
    board = Board(clock, SeededChance(1))
    process = board.add(
        lambda hear, lost: MediaProcess(clock, "127.0.0.1", (0,), 8, hear, lost, advertised="203.0.113.9")
    )
    await process.start()
    stream = await asyncio.wait_for(board.open_secure("AC"), 60)
    port = process.port(0)
    assert stream.door.places[:2] == (("203.0.113.9", port), ("127.0.0.1", port))
    assert len(stream.door.fingerprint) == 32 * 3 - 1
    await process.close()


async def test_a_stop_of_everything_is_for_the_exchange_to_obey(plane, far):
    # systemd and a closed terminal signal all processes at once; calls must hear their ends first.
    board, process = plane
    stream = await asyncio.wait_for(board.open_stream("AC", Terms(remote=far.address)), 60)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        os.kill(process.pid, number)
    await asyncio.wait_for(stream.play(TONE), 60)
    assert process.starts == 1 and not stream.is_closed


async def test_a_call_is_refused_when_no_port_can_tell_it_from_others(plane):
    board, _ = plane
    terms = Terms(remote=("127.0.0.1", 40000))  # a provider that sends every call from one port
    for _ in range(4):
        await asyncio.wait_for(board.open_stream("AC", terms), 60)
    with pytest.raises(NoRoom, match="none of 4 media ports"):
        await asyncio.wait_for(board.open_stream("AC", terms), 60)
    assert board.legs == 4


async def test_who_listens_in_hears_a_far_end_that_hears_itself(plane, far):
    board, _ = plane
    stream = await asyncio.wait_for(board.open_stream("AC", Terms(remote=far.address)), 60)
    said, back = [], asyncio.Event()
    tap = stream.tap(Track.FROM, said.append)
    stream.tap(Track.TO, lambda sound: back.set() if sound.max() > 4000 else None)
    stream.echo(True)
    for sequence in range(10):
        far.say(stream.port, sequence)
    await asyncio.wait_for(back.wait(), 60)
    await asyncio.wait_for(stream.play(tones.silence(0.5)), 60)
    tap.close()
    assert (np.concatenate(said) > 4000).sum() >= 8 * FRAME and all(len(one) % FRAME == 0 for one in said)
    assert (far.sound > 4000).sum() >= 8 * FRAME
