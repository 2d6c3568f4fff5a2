import os
import sys
import threading

import numpy as np
import pytest

from hoyhoy.speech.cache import SoundCache, key_of


def sound(value, count=100):
    return np.full(count, value, np.int16)


ONE, TWO, THREE, FOUR = (key_of(name) for name in ("one", "two", "three", "four"))


def test_keys_tell_the_parts_apart():
    assert len({key_of("a", "b"), key_of("ab"), key_of("ab", ""), key_of("", "ab"), key_of("b", "a")}) == 5
    assert key_of("\ud800") and set(ONE) <= set("0123456789abcdef")


async def test_what_is_kept_comes_back(clock):
    cache = SoundCache(clock)
    assert await cache.get(ONE) is None
    await cache.put(ONE, sound(1))
    assert (await cache.get(ONE) == 1).all() and await cache.get(TWO) is None


async def test_memory_is_bounded_and_the_least_used_goes(clock):
    cache = SoundCache(clock, in_memory=600)  # three sounds of 200 octets
    for value, key in enumerate((ONE, TWO, THREE)):
        await cache.put(key, sound(value))
    await cache.get(ONE)
    await cache.put(FOUR, sound(4))
    assert [await cache.get(key) is not None for key in (ONE, TWO, THREE, FOUR)] == [True, False, True, True]
    await cache.put(TWO, sound(1, 5000))
    assert await cache.get(TWO) is None and await cache.get(ONE) is None


async def test_the_same_again_takes_no_more_room(clock):
    cache = SoundCache(clock, in_memory=400)
    await cache.put(TWO, sound(2))
    for _ in range(5):
        await cache.put(ONE, sound(1))
    assert await cache.get(TWO) is not None


async def test_the_folder_outlives_the_exchange(clock, tmp_path):
    await SoundCache(clock, tmp_path / "kept").put(ONE, sound(-7))
    again = await SoundCache(clock, tmp_path / "kept").get(ONE)
    assert again.dtype == np.int16 and (again == -7).all() and len(again) == 100
    assert oct((tmp_path / "kept").stat().st_mode)[-3:] == "700"


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "other"])
async def test_a_damaged_file_is_made_anew(clock, tmp_path, damage, caplog):
    await SoundCache(clock, tmp_path).put(ONE, sound(1))
    path = tmp_path / f"{ONE}.sound"
    whole = path.read_bytes()
    harmed = {"cut": whole[:-10], "flipped": whole[:-1] + b"\x55", "emptied": b"", "other": b"RIFF" + whole}[damage]
    path.write_bytes(harmed)
    cache = SoundCache(clock, tmp_path)
    assert await cache.get(ONE) is None and not path.exists() and "damaged" in caplog.text
    await cache.put(ONE, sound(1))
    assert path.read_bytes() == whole


async def test_the_folder_is_bounded_over_exchanges(clock, tmp_path):
    size = 15 + 32 + 200
    first = SoundCache(clock, tmp_path, in_memory=0, in_folder=3 * size)
    for at, key in enumerate((ONE, TWO, THREE)):
        await first.put(key, sound(at))
        os.utime(tmp_path / f"{key}.sound", (1000 + at, 1000 + at))
    assert await first.get(ONE) is not None  # used again: TWO is the oldest now
    second = SoundCache(clock, tmp_path, in_memory=0, in_folder=3 * size)
    await second.put(FOUR, sound(4))
    assert {path.stem for path in tmp_path.iterdir()} == {ONE, THREE, FOUR}
    assert await second.get(TWO) is None


async def test_what_was_not_finished_is_swept_away(clock, tmp_path):
    (tmp_path / f"{ONE}.77.new").write_bytes(b"half")
    cache = SoundCache(clock, tmp_path)
    assert await cache.get(ONE) is None and list(tmp_path.iterdir()) == []


async def test_a_folder_that_cannot_be_is_told_of_and_memory_serves(clock, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    cache = SoundCache(clock, tmp_path / "file" / "folder")
    await cache.put(ONE, sound(1))
    assert "cannot be kept" in caplog.text and (await cache.get(ONE) == 1).all()
    assert await cache.get(TWO) is None


def test_many_threads_leave_the_folder_as_it_is_told_of(clock, tmp_path):
    """Each get and put with a folder is on some thread: two at once, of the same few sounds, and never enough room."""
    size = 15 + 32 + 200
    cache = SoundCache(clock, tmp_path, in_memory=0, in_folder=5 * size)
    keys = [key_of(str(number)) for number in range(12)]
    start, crashes = threading.Barrier(4), []

    def work(seed):
        random = np.random.default_rng(seed)
        start.wait(30)
        try:
            for number in random.integers(0, len(keys), 150):
                if random.integers(2):
                    cache._write(tmp_path, keys[number], sound(number))
                elif (found := cache._read(tmp_path, keys[number])) is not None:
                    assert (found == number).all()
        except Exception as error:
            crashes.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        sys.setswitchinterval(before)
    assert crashes == []
    assert {path.name for path in tmp_path.iterdir()} == {key + ".sound" for key in cache._there}
    assert cache._there.total == len(cache._there) * size == sum(cache._there.values()) <= 5 * size


async def test_what_was_said_is_nobody_elses_business(clock, tmp_path):
    await SoundCache(clock, tmp_path / "sounds").put(ONE, sound(1))
    (file,) = (tmp_path / "sounds").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
