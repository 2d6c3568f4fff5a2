"""Recordings by URL, from a real server, decoded in a real process (voice 1.7, 2.2)."""

import asyncio

import numpy as np
import pytest

from hoyhoy.audio import tones, wav
from hoyhoy.callbacks.media import MediaFetcher
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.ports import FetchFailed
from hoyhoy.speech.cache import SoundCache
from hoyhoy.speech.fetched import Recordings
from hoyhoy.speech.worker import Worker

from .test_decoding import MP3

TONE, OTHER = tones.tone(0.4, 440), tones.tone(0.4, 880)
ACCOUNT, ANOTHER = "AC1", "AC2"


@pytest.fixture
async def now():
    clock = VirtualClock(1_000_000.0)
    yield clock
    await clock.close()


@pytest.fixture
async def recordings(now):
    fetcher, decoder = MediaFetcher(clock=now), Worker(now, "decode", 20.0)
    await fetcher.start()
    yield Recordings(now, fetcher, decoder, SoundCache(now))
    await fetcher.close()
    await decoder.close()


async def test_a_wav_file_is_heard(recordings, shop):
    shop.lay_out(wav.write(TONE))
    sound = await recordings.sound(shop.url(), ACCOUNT)
    assert sound.dtype == np.int16 and (sound == TONE).all()
    await recordings.sound(shop.url(), ACCOUNT)
    assert len(shop.seen) == 2  # nothing allowed it to be kept


async def test_an_mp3_file_is_heard(recordings, shop):
    shop.lay_out(MP3, "audio/mpeg; charset=binary")
    sound = await recordings.sound(shop.url(), ACCOUNT)
    assert 7000 < len(sound) < 10000 and np.abs(sound).max() > 5000


async def test_it_is_asked_for_again_when_it_is_no_longer_fresh(recordings, shop, now):
    shop.lay_out(wav.write(TONE), Cache_Control="max-age=60", ETag='"1"')
    for _ in range(3):
        assert (await recordings.sound(shop.url(), ACCOUNT) == TONE).all()
    assert len(shop.seen) == 1
    await now.advance(61)
    assert (await recordings.sound(shop.url(), ACCOUNT) == TONE).all()
    assert [request[2].get("If-None-Match") for request in shop.seen] == [None, '"1"']
    await recordings.sound(shop.url(), ACCOUNT)
    assert len(shop.seen) == 2  # the 304 made it fresh again
    await now.advance(61)
    shop.lay_out(wav.write(OTHER), Cache_Control="max-age=60", ETag='"2"')
    assert (await recordings.sound(shop.url(), ACCOUNT) == OTHER).all()


async def test_last_modified_serves_too(recordings, shop):
    shop.lay_out(wav.write(TONE), Last_Modified="Sat, 21 Nov 2026 10:00:00 GMT")
    await recordings.sound(shop.url(), ACCOUNT)
    await recordings.sound(shop.url(), ACCOUNT)
    assert [request[2].get("If-Modified-Since") for request in shop.seen] == [None, "Sat, 21 Nov 2026 10:00:00 GMT"]


async def test_what_may_not_be_kept_is_not(recordings, shop):
    for headers in ({"Cache_Control": "no-store"}, {"Cache_Control": "max-age=60", "Set_Cookie": "a=b"}, {}):
        shop.lay_out(wav.write(TONE), **headers)
        assert (await recordings.sound(shop.url(), ACCOUNT) == TONE).all()
        shop.lay_out(wav.write(OTHER), **headers)
        assert (await recordings.sound(shop.url(), ACCOUNT) == OTHER).all()


async def test_another_account_asks_for_itself(recordings, shop):
    shop.lay_out(wav.write(TONE), Cache_Control="max-age=60")
    await recordings.sound(shop.url(), ACCOUNT)
    await recordings.sound(shop.url(), ANOTHER)
    assert len(shop.seen) == 2


async def test_many_who_ask_at_once_ask_once(recordings, shop):
    shop.lay_out(wav.write(TONE))
    sounds = await asyncio.gather(*(recordings.sound(shop.url(), ACCOUNT) for _ in range(5)))
    assert len(shop.seen) == 1 and all((sound == TONE).all() for sound in sounds)


UNPLAYABLE = [
    ({"body": b"", "status": 404}, 11200),
    ({"body": wav.write(TONE), "kind": ""}, 11200),
    ({"body": b"<html>", "kind": "text/html"}, 13420),
    ({"body": wav.write(TONE), "kind": "video/mp4"}, 13420),
    ({"body": b"no sound at all"}, 13420),
    ({"body": b"no sound at all", "kind": "audio/mpeg"}, 13420),
    ({"body": b"\xd0" * 33, "kind": "audio/x-gsm"}, 13420),
    ({"body": wav.write(TONE[:0])}, 13420),
]


async def test_what_cannot_be_played_has_the_references_code(recordings, shop):  # voice 17.1, 17.2
    for page, code in UNPLAYABLE:
        shop.lay_out(**page)
        for _ in range(2):
            with pytest.raises(FetchFailed) as failed:
                await recordings.sound(shop.url(), ACCOUNT)
            assert failed.value.code == code and failed.value.message, page


async def test_long_files_are_played_as_far_as_they_may(now, shop):
    fetcher, decoder = MediaFetcher(clock=now), Worker(now, "decode", 20.0)
    await fetcher.start()
    shop.lay_out(wav.write(TONE))
    sound = await Recordings(now, fetcher, decoder, SoundCache(now), longest=0.1).sound(shop.url(), ACCOUNT)
    assert (sound == TONE[:800]).all()
    await fetcher.close()
    await decoder.close()


async def test_a_sound_that_was_thrown_out_is_fetched_whole(now, shop):
    fetcher, decoder = MediaFetcher(clock=now), Worker(now, "decode", 20.0)
    await fetcher.start()
    shop.lay_out(wav.write(TONE), Cache_Control="max-age=60", ETag='"1"')
    recordings = Recordings(now, fetcher, decoder, SoundCache(now, in_memory=0))
    for _ in range(2):
        assert (await recordings.sound(shop.url(), ACCOUNT) == TONE).all()
    assert [request[2].get("If-None-Match") for request in shop.seen] == [None, None]
    await fetcher.close()
    await decoder.close()
