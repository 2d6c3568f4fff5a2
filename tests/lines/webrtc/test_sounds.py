"""sounds.py: every sound that the SDKs fetch is there, is a sound, and is the right one (official-clients B12)."""

import numpy as np
import pytest

from hoyhoy.audio import RATE, tones, wav
from hoyhoy.audio.music import hertz
from hoyhoy.lines.webrtc import sounds

FETCHED = ["disconnect", "incoming", "outgoing", "cowbell", "dtmf-star", "dtmf-hash", *(f"dtmf-{n}" for n in range(10))]
"""What twilio-client 1.12.5 and @twilio/voice-sdk 2.18.5 ask for."""


def heard(name):
    file = sounds.file(name)
    assert file is not None
    return wav.read(file).astype(float)


def pitches(sound, count):
    """The strongest frequencies, to 10 Hz or so."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * RATE))
    found = []
    for _ in range(count):
        at = int(spectrum.argmax())
        found.append(at / 8)
        spectrum[max(0, at - 480) : at + 480] = 0
    return sorted(found)


@pytest.mark.parametrize("name", FETCHED)
def test_is_heard_and_does_no_harm(name):
    sound = heard(name)
    assert 3000 < np.abs(sound).max() < 25000, "neither a whisper nor a shriek"
    assert abs(sound[0]) < 600 and abs(sound[-1]) < 600, "no click where it begins and ends"
    assert np.abs(np.diff(sound)).max() < 16000
    assert len(sounds.file(name)) < 300_000


def test_all_there_are_are_fetched():
    assert sorted(sounds.NAMES) == sorted(FETCHED)
    assert sounds.file("incoming.mp3") is None and sounds.file("dtmf-10") is None and sounds.file("") is None


@pytest.mark.parametrize(("name", "key"), [("dtmf-1", "1"), ("dtmf-0", "0"), ("dtmf-star", "*"), ("dtmf-hash", "#")])
def test_keys_sound_like_keys(name, key):
    """ITU-T Q.23; shorter than the 0.2 s after which the SDK plays the next one, so that two are told apart."""
    sound = heard(name)
    assert pitches(sound, 2) == pytest.approx(tones.hertz(key), abs=6)
    assert len(sound) / RATE < 0.2


def test_an_incoming_call_rings_in_two_tones_and_rests():
    """It is played in a loop: the rest at its end is the rest between two rings."""
    sound = heard("incoming")
    note = round(sounds.NOTE_SECONDS * RATE)
    assert pitches(sound[:note], 1) == pytest.approx([hertz("C5")], abs=6)
    assert pitches(sound[note : 2 * note], 1) == pytest.approx([hertz("E5")], abs=6)
    rest = sound[-round(sounds.QUIET_SECONDS * RATE) :]
    assert not rest.any() and 3 < len(sound) / RATE < 6


def test_a_call_begins_upwards_and_ends_downwards():
    first, last = slice(0, 900), slice(-1500, None)
    outgoing, disconnect = heard("outgoing"), heard("disconnect")
    assert pitches(outgoing[first], 1) < pitches(outgoing[last], 1)
    assert pitches(disconnect[first], 1) > pitches(disconnect[last], 1)


def test_the_cowbell_lasts_as_long_as_a_test_of_the_connection_and_is_never_the_same_for_long():
    """The SDK warns of a level that hardly varies in ten seconds, and plays the file once."""
    sound = heard("cowbell")
    assert len(sound) / RATE >= 15
    seconds = [np.abs(sound[i : i + RATE // 2]).mean() for i in range(0, len(sound), RATE // 2)]
    assert np.std(seconds) > 200 and min(seconds) > 50


def test_they_are_made_once():
    assert sounds.file("incoming") is sounds.file("incoming")
