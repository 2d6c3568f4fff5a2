"""voice 8.1: silence in the place of what was left out, wherever it was."""

import numpy as np

from hoyhoy.audio import RATE, wav
from hoyhoy.exchange.reel import Reel, samples


async def test_silence_is_not_lost_when_a_little_less_came_than_expected(exchange):
    facilities = exchange.switchboard.facilities
    tape = facilities.tapes.open("RE" + "1" * 32, 2)
    reel = Reel(tape, 2)
    sound = np.arange(400, dtype=np.int16).tobytes()
    reel.write(sound)
    reel.gap(100, 8000)  # it is there already: after what came
    reel.gap(1000, 4000)
    reel.write(sound)
    reel.end()
    assert await tape.finish(False) == (400 + 12000) / RATE
    whole = np.frombuffer(await facilities.tapes.read("RE" + "1" * 32), "<i2", offset=wav.HEAD)
    assert np.flatnonzero(whole)[[0, 398, 399, -1]].tolist() == [1, 399, 400 + 16001, 400 + 16399]


def test_samples_are_counted_in_whole_frames():
    assert [samples(one) for one in (0, 0.009, 0.011, 1)] == [0, 0, 160, 8000]
