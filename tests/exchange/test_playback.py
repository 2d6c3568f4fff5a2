"""What a document wishes to be heard, and recordings of its own account (voice 2.1, 2.2, 8.2)."""

import asyncio
import threading
from functools import cache

import numpy as np
import pytest

from hoyhoy.audio import RATE, music, tones, wav
from hoyhoy.exchange import playback
from hoyhoy.exchange.events import Noticed, PhoneHeard, ResourceChanged, SoundPlayed
from hoyhoy.exchange.facilities import Facilities
from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.playback import is_own, played, prompt_of, repeated, was_played
from hoyhoy.exchange.ports import FetchFailed, Row
from hoyhoy.exchange.recording_rows import address
from hoyhoy.exchange.sound import Audio, Keys, Speech, Tone
from hoyhoy.wire.errors import Fault

from .talking import calls_in
from .world import ACCOUNT, AUDIO_SECONDS, World

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

    async def reading(sid: str, most: int) -> bytes | None:
        files.append(sid)
        return await read(sid, most)

    monkeypatch.setattr(facilities.tapes, "read", reading)
    return files


@pytest.mark.parametrize(
    ("wish", "kind", "text", "seconds"),
    [
        (Speech("Hello", "Hello", "alice", "en-GB"), "speech", "Hello", 0.5),
        (Audio("http://app/a.wav"), "audio", "http://app/a.wav", AUDIO_SECONDS),
        (Keys("w1"), "keys", "w1", len(tones.keys("w1")) / RATE),
        (Tone("beep"), "tone", "beep", len(tones.beep()) / RATE),
    ],
)
async def test_every_wish_has_a_sound_and_a_place_in_the_log(exchange, wish, kind, text, seconds):
    call = exchange.switchboard.facilities.calls[exchange.place()]
    prompt = await prompt_of(call, wish)
    assert (prompt.wish, prompt.seconds) == (wish, seconds)
    told = was_played(wish, 1.5, False)
    assert (told.kind, told.text, told.seconds, told.whole) == (kind, text, 1.5, False)
    assert (told.voice, told.language) == (("alice", "en-GB") if kind == "speech" else ("", ""))


async def test_the_music_is_composed_beside_the_loop_and_once(exchange, monkeypatch):
    """To compose it takes a while, in which no call would go on; virtual time stands still."""
    call, threads = exchange.switchboard.facilities.calls[exchange.place()], []
    composed, goes_on = cache(lambda: threads.append(threading.current_thread()) or TONE), threading.Event()

    def composing() -> np.ndarray:
        assert goes_on.wait(30)
        return composed()

    monkeypatch.setattr(playback.music, "prelude", composing)
    wishes = [call.spawn(prompt_of(call, Tone("music")), "music") for _ in range(9)]
    await asyncio.sleep(0)
    assert [hold.what for hold in exchange.clock._holds].count("the music") == 9
    assert call.facilities.composing.locked(), "the others wait for the first, and keep no thread from anybody"
    goes_on.set()  # by the loop: it was not composing
    assert {id((await wish).samples) for wish in wishes} == {id(TONE)}
    assert len(threads) == 1 and threads[0] is not threading.main_thread()


async def test_what_there_is_to_say_about_a_sound_is_noticed(exchange):
    call = exchange.switchboard.facilities.calls[exchange.place()]
    notices = ((13520, "It is a murmur."),)
    call.facilities.studio.prompt = lambda wish, account: asyncio.sleep(0, Prompt(wish, TONE, notices))
    await prompt_of(call, Speech("Hello", "Hello"))
    assert [(one.code, one.message) for one in exchange.events(Noticed)] == list(notices)


async def test_a_recording_that_cannot_be_had_is_a_fault(exchange):
    call = exchange.switchboard.facilities.calls[exchange.place()]
    exchange.app.pages["http://app/a.wav"] = FetchFailed(13420, "The answer's Content-Type is 'text/css'.")
    with pytest.raises(Fault) as fault:
        await prompt_of(call, Audio("http://app/a.wav"))
    assert fault.value.code == 13420


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


async def test_a_file_that_cannot_be_read_is_told(facilities):
    url = await recorded(facilities)
    file = facilities.tapes.folder / f"{url.rpartition('/')[2]}.wav"
    file.write_bytes(b"something else")
    with pytest.raises(FetchFailed) as failed:
        await played(facilities, ACCOUNT, url)
    assert failed.value.code == 11200 and "cannot be read: it does not begin as a WAV file" in failed.value.message
    file.unlink()
    file.mkdir()
    with pytest.raises(FetchFailed) as failed:
        await played(facilities, ACCOUNT, url)
    assert failed.value.code == 11200


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


async def test_over_and_over_to_who_waits(exchange):
    calls_in(exchange, "<Pause length='600'/>")
    await exchange.run(1)
    (call,) = exchange.switchboard.facilities.calls.values()
    await call.answer()
    call.soundless_documents = 7
    task = call.spawn(repeated(call, await prompt_of(call, Tone("beep"))), "beeps")
    await exchange.run(10)
    task.cancel()
    await exchange.run(1)
    beeps = [one for one in exchange.events(PhoneHeard) if one.text == "beep"]
    assert len(beeps) > 5
    (played,) = exchange.events(SoundPlayed)
    assert (played.text, played.seconds, played.whole, call.soundless_documents) == ("beep", 10, False, 0)


async def test_not_to_a_far_end_that_is_not_there(exchange):
    calls_in(exchange, "<Pause length='600'/>")
    await exchange.run(1)
    (call,) = exchange.switchboard.facilities.calls.values()
    await repeated(call, await prompt_of(call, Tone("beep")))
    assert exchange.events(PhoneHeard) == []


async def test_music_of_the_exchange(exchange):
    calls_in(exchange, "<Pause length='600'/>")
    await exchange.run(1)
    (call,) = exchange.switchboard.facilities.calls.values()
    prompt = await prompt_of(call, Tone("music"))
    assert prompt.samples is music.prelude()
