"""A document plays a recording of its own account (voice 2.2, 8.2)."""

import threading

import numpy as np
import pytest

from hoyhoy.audio import RATE, tones, wav
from hoyhoy.exchange import playback
from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.facilities import Facilities
from hoyhoy.exchange.playback import is_own, played
from hoyhoy.exchange.ports import FetchFailed, Row
from hoyhoy.exchange.recording import address

from .world import ACCOUNT, World

TONE = tones.tone(2.0, 440)


@pytest.fixture
def facilities(exchange: World) -> Facilities:
    return exchange.switchboard.facilities


def told(facilities: Facilities, sid: str, values: dict | None, *, new: bool = False) -> None:
    event = ResourceChanged(table="recordings", change="created" if new else "updated")
    facilities.journal.record(sid, ACCOUNT, event, (Row("recordings", sid, values, new=new),))


async def recorded(facilities: Facilities, number: int = 1, channels: int = 1) -> str:
    """The address of a finished recording of a tone."""
    sid = f"RE{number:032x}"
    values = {"account_sid": ACCOUNT, "status": "completed", "call_sid": "CA" + "1" * 32}
    told(facilities, sid, values, new=True)
    tape = facilities.tapes.open(sid, channels)
    tape.write(np.repeat(TONE, channels).tobytes())
    await tape.finish(False)
    await facilities.journal.settled()
    return address(facilities.rules, ACCOUNT, sid)


def counted(facilities: Facilities, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The recordings whose files are read, as it goes on."""
    read, files = facilities.tapes.read, []

    async def reading(sid: str) -> bytes | None:
        files.append(sid)
        return await read(sid)

    monkeypatch.setattr(facilities.tapes, "read", reading)
    return files


def test_whose_it_is(facilities):
    assert is_own(facilities.rules, ACCOUNT, address(facilities.rules, ACCOUNT, "RE" + "1" * 32) + ".mp3")
    assert not is_own(facilities.rules, "AC" + "b" * 32, address(facilities.rules, ACCOUNT, "RE" + "1" * 32))
    assert not is_own(facilities.rules, ACCOUNT, "http://app/RE" + "1" * 32)


@pytest.mark.parametrize("channels", [1, 2])
async def test_its_sound(facilities, channels):
    assert np.array_equal(await played(facilities, ACCOUNT, await recorded(facilities, channels=channels)), TONE)


async def test_it_is_read_beside_the_loop(facilities, monkeypatch):
    """An hour of sound takes most of a second, in which no call would go on."""
    threads, read = [], wav.read

    def reading(file: bytes, longest: float) -> np.ndarray:
        threads.append(threading.current_thread())
        return read(file, longest)

    monkeypatch.setattr(playback.wav, "read", reading)
    await played(facilities, ACCOUNT, await recorded(facilities))
    assert threads and threads[0] is not threading.main_thread()


@pytest.mark.parametrize("channels", [1, 2])
async def test_a_long_one_is_played_as_far_as_any_other_sound(facilities, monkeypatch, channels):
    monkeypatch.setattr(playback, "LONGEST", 0.5)
    sound = await played(facilities, ACCOUNT, await recorded(facilities, channels=channels))
    assert np.array_equal(sound, TONE[: RATE // 2])


async def test_those_played_last_are_kept(facilities, monkeypatch):
    files = counted(facilities, monkeypatch)
    monkeypatch.setattr(playback, "MOST_KEPT", 2 * TONE.nbytes)
    one, two, three = [await recorded(facilities, number) for number in (1, 2, 3)]
    first = await played(facilities, ACCOUNT, one)
    for url in (two, one, three, one):
        await played(facilities, ACCOUNT, url)
    assert await played(facilities, ACCOUNT, one) is first  # so that the plane keeps it too
    await played(facilities, ACCOUNT, two)
    assert [int(sid[2:], 16) for sid in files] == [1, 2, 3, 2]


async def test_one_that_was_deleted_is_not_played_although_it_was_kept(facilities):
    url = await recorded(facilities)
    await played(facilities, ACCOUNT, url)
    told(facilities, url.rpartition("/")[2], {"status": "deleted"})
    await facilities.journal.settled()
    with pytest.raises(FetchFailed) as failed:
        await played(facilities, ACCOUNT, url)
    assert failed.value.code == 11200
    assert not facilities.played
