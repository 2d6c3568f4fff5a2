"""voice 5.4: who answers, in sound"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.audio import FRAME, RATE, tones
from hoyhoy.audio.answerer import AnsweredBy, Answerer
from hoyhoy.audio.g711 import Law, decode, encode
from hoyhoy.speech.placeholder import murmur
from tests.speech.conftest import espeak, say  # noqa: F401

from .voices import clicks, line, noise, voice, with_noise

HUMAN, FAX, UNKNOWN, START, BEEP, SILENCE, OTHER = AnsweredBy
BEEPED = tones.beep()
BUSY = np.concatenate([tones.tone(0.5, 480, 620), tones.silence(0.5)])

GREETING = "Hello, you have reached Ada Lovelace. I am not here. Please leave a message after the tone."


def heard(sound, **how):
    """Who it is, and after how many seconds that was known; silence follows."""
    answerer = Answerer(**how)
    answer = answerer.hear(np.concatenate([sound, tones.silence(65)]))
    return answer, round(answerer.seconds, 2)


def who(sound, **how):
    return heard(sound, **how)[0]


@pytest.mark.parametrize("to_end", [False, True])
def test_a_person_says_a_few_words_and_waits(to_end):
    answer, at = heard(line(voice(0.6)), to_end=to_end)
    assert answer is HUMAN and at == pytest.approx(0.3 + 0.6 + 1.2, abs=0.1)
    assert who(line(voice(0.7), tones.silence(0.6), voice(0.9)), to_end=to_end) is HUMAN
    assert who(line(murmur("Hello?")), to_end=to_end) is HUMAN


def test_a_machine_speaks_on():
    answer, at = heard(line(voice(9)))
    assert answer is START and at == pytest.approx(0.3 + 2.4, abs=0.1)
    assert who(line(murmur(GREETING), BEEPED)) is START


@pytest.mark.parametrize("words", [voice(9), murmur(GREETING)])
def test_the_end_of_a_greeting(words):
    ends = len(line(words)) / RATE
    answer, at = heard(line(words, tones.silence(0.4), BEEPED), to_end=True)
    assert answer is BEEP and at == pytest.approx(ends + 0.7, abs=0.05), "the message begins after the beep"
    answer, at = heard(line(words), to_end=True)
    assert answer is SILENCE and at == pytest.approx(ends + 1.2, abs=0.15)
    assert who(line(words, BUSY, BUSY), to_end=True) is OTHER
    assert who(line(words, tones.tone(0.6, 2700)), to_end=True) is OTHER


def test_a_greeting_that_pauses_goes_on():
    greeting = line(voice(3), tones.silence(1.0), voice(3, seed=2), tones.silence(0.9), BEEPED)
    assert heard(greeting, to_end=True) == (BEEP, pytest.approx(8.5, abs=0.05))
    assert who(line(voice(3), BUSY, voice(3, seed=2)), to_end=True) is SILENCE, "what it ended in counts"


def test_a_short_greeting_that_ends_in_a_beep_is_a_machine_too():
    short = line(voice(1.2), tones.silence(0.3), BEEPED)
    assert who(short) is START and who(short, to_end=True) is BEEP


@pytest.mark.parametrize("hertz", [400, 440, 800, 1000, 1400, 2000])
@pytest.mark.parametrize("lasts", [0.12, 0.3, 1.5])
def test_a_beep_is_one_steady_tone(hertz, lasts):
    assert who(line(voice(3), tones.silence(0.313), tones.tone(lasts, hertz)), to_end=True) is BEEP


@pytest.mark.parametrize("sound", [tones.tone(0.06, 1000), tones.tone(0.4, 300), tones.tone(0.4, 2200)])
def test_what_is_no_beep(sound):
    assert who(line(voice(3), tones.silence(0.3), sound), to_end=True) is not BEEP


@pytest.mark.parametrize("to_end", [False, True])
@pytest.mark.parametrize(
    "sound",
    [
        tones.tone(3, 2100),
        np.concatenate([tones.tone(0.45, 2100), -tones.tone(0.45, 2100)]),
        np.concatenate([tones.tone(0.5, 1100), tones.silence(3)] * 2),
        tones.tone(1, 2112, level=0.05),
    ],
)
def test_a_fax(sound, to_end):
    answer, at = heard(line(sound, lead=1.0), to_end=to_end)
    assert answer is FAX and at < 2


def test_what_a_fax_sends_after_words_is_one_and_a_beep_like_its_call_is_none():
    assert who(line(voice(1), tones.tone(3, 2100))) is FAX
    assert who(line(voice(3), tones.tone(0.5, 1100)), to_end=True) is BEEP


@pytest.mark.parametrize("to_end", [False, True])
def test_nobody_knows_who_says_nothing(to_end):
    assert heard(line(), to_end=to_end) == (UNKNOWN, 5.0)


@pytest.mark.parametrize(
    "sound",
    [
        *(np.tile(tones.ringing(country), 3) for country in tones.RINGING),
        noise(9, 150),
        np.concatenate([tones.silence(1), noise(9, 1500)]),
        clicks(9),
        tones.keys("1596"),
        BEEPED,
        np.tile(BUSY, 9),
    ],
)
def test_what_is_no_speech(sound):
    assert heard(line(sound)) == (UNKNOWN, 5.0)
    assert who(line(sound[: 3 * RATE], voice(0.6))) is HUMAN


def glide(seconds, *ways):
    """Tones that rise, each from one frequency to another."""
    at = np.linspace(0, 1, round(seconds * RATE))
    phases = (2 * np.pi * np.cumsum(first + (last - first) * at) / RATE for first, last in ways)
    return sum(0.1 * 32767 * np.sin(phase) for phase in phases).astype(np.int16)


@pytest.mark.parametrize(
    "sound",
    [
        glide(0.8, (450, 650)),
        np.concatenate([glide(0.3, (300, 450)), glide(0.8, (450, 530))]),
        glide(0.8, (650, 770), (1733, 2053)),
        tones.tone(0.8, 500, 750),
    ],
)
def test_what_is_speech_though_it_is_pure(sound):
    """A hum that glides, and vowels that are two of their harmonics."""
    assert who(line(sound)) is HUMAN


def test_pops_are_no_speech():
    pop = tones.tone(0.02, 300)
    pops = np.tile(np.concatenate([pop, tones.silence(0.313)]), 9)
    assert heard(line(pops)) == (UNKNOWN, 5.0)
    assert heard(line(np.tile(np.concatenate([pop, tones.tone(0.2, 1000), pop, tones.silence(1)]), 3))) == (
        UNKNOWN,
        5.0,
    )


# The parameters -----------------------------------------------------------------------------


def test_how_long_a_person_may_speak():
    words = line(voice(2.0))
    assert who(words) is HUMAN and who(words, speech=1.5) is START
    assert who(line(voice(4.0))) is START and who(line(voice(4.0)), speech=5.0) is HUMAN


def test_how_long_a_pause_may_be():
    words = line(voice(1), tones.silence(1.5), voice(2))
    assert who(words) is HUMAN and who(words, pause=2.0) is START
    assert heard(line(voice(1)), pause=0.5)[1] == pytest.approx(1.8, abs=0.1)
    late = line(voice(4), tones.silence(2.5), BEEPED)
    assert who(late, to_end=True) is SILENCE and who(late, to_end=True, pause=3.0) is BEEP


def test_how_long_it_may_be_silent_at_first():
    words = line(voice(1), lead=6.0)
    assert heard(words) == (UNKNOWN, 5.0) and who(words, silence=7.0) is HUMAN
    assert heard(words, silence=2.0) == (UNKNOWN, 2.0)


def test_how_long_it_may_take():
    """Before a decision it is unknown, after a machine was recognised its greeting ends in nothing that is known."""
    endless = line(np.tile(voice(4), 8))
    assert heard(endless, to_end=True) == (OTHER, 30.0)
    assert heard(endless, to_end=True, seconds=5.0) == (OTHER, 5.0)
    assert heard(endless, seconds=2.0) == (UNKNOWN, 2.0)
    assert heard(line(), seconds=3.0) == (UNKNOWN, 3.0)


def test_one_that_is_given_up():
    answerer = Answerer(to_end=True)
    assert answerer.give_up() is UNKNOWN is answerer.hear(line(voice(9)))
    answerer = Answerer(to_end=True)
    assert answerer.hear(line(voice(9))) is None and answerer.give_up() is OTHER
    answerer = Answerer()
    answerer.hear(line(voice(0.5), tones.silence(2)))
    assert answerer.give_up() is HUMAN, "what was known stands"


def test_silence_needs_no_spectrum(monkeypatch):
    monkeypatch.setattr("hoyhoy.audio.answerer.made_of", None)
    assert heard(line()) == (UNKNOWN, 5.0)


def test_what_comes_later_is_not_listened_to():
    answerer = Answerer()
    assert answerer.hear(line(voice(0.5), tones.silence(2), voice(9))) is HUMAN
    known = answerer.seconds
    assert answerer.hear(line(tones.tone(3, 2100))) is HUMAN and answerer.seconds == known


# Whatever the line is like ------------------------------------------------------------------


def pieces(sound, seed):
    """Whole frames, as many at a time as it happens."""
    random = np.random.default_rng(seed)
    while len(sound):
        count = int(random.integers(1, 8)) * FRAME
        yield sound[:count]
        sound = sound[count:]


@settings(max_examples=10, deadline=None)
@given(
    level=st.floats(0.03, 0.4),
    snr=st.floats(15, 50),
    pitch=st.floats(85, 260),
    lead=st.floats(0, 2),
    hertz=st.floats(405, 1995),
    seed=st.integers(0, 99),
)
def test_noise_levels_pitches_and_moments(level, snr, pitch, lead, hertz, seed):
    rms = level * 32767 * 10 ** (-snr / 20)
    for lasts, beeps, known in ((1.0, False, HUMAN), (3.5, True, BEEP), (3.5, False, SILENCE)):
        end = tones.tone(0.25, hertz, level=level) if beeps else tones.silence(0)
        words = line(voice(lasts, level=level, pitch=pitch, seed=seed), tones.silence(0.4), end, lead=lead)
        sound = with_noise(np.concatenate([words, tones.silence(2)]), rms, seed)
        answerer = Answerer(to_end=True)
        for piece in pieces(sound, seed):
            if answerer.hear(piece):
                break
        assert answerer.answer is known, (lasts, beeps)
        assert heard(sound, to_end=True) == (known, round(answerer.seconds, 2)), "however it comes"


@pytest.mark.parametrize("law", Law)
@pytest.mark.parametrize("level", [0.02, 0.3])
def test_what_came_over_a_telephone_line(law, level):
    sounds = {
        HUMAN: voice(0.8, level=level),
        BEEP: np.concatenate([voice(3, level=level), tones.silence(0.5), tones.tone(0.3, 1000, level=level)]),
        FAX: tones.tone(1, 2100, level=level),
        UNKNOWN: noise(4, 60),
    }
    for answer, sound in sounds.items():
        frames = line(sound).reshape(-1, FRAME)
        assert who(decode(encode(frames, law), law).ravel(), to_end=True) is answer


@settings(max_examples=10, deadline=None)
@given(rms=st.floats(0, 3000), level=st.floats(0.01, 1), seed=st.integers(0, 99))
def test_junk_ends_in_time(rms, level, seed):
    random = np.random.default_rng(seed)
    parts = [noise(1, rms, seed=seed), tones.tone(0.5, float(random.uniform(100, 3900)), level=level), clicks(1)]
    sound = line(*(parts[one] for one in random.integers(0, 3, 12)))
    for to_end in (False, True):
        answer, at = heard(sound, to_end=to_end, seconds=10.0)
        assert answer is not None and at <= 10.0


@pytest.mark.parametrize("voiced", ["Polly.Joanna", "Polly.Matthew"])
def test_an_engine_speaks_as_people_and_machines_do(say, voiced):  # noqa: F811
    for words in ("Hello?", "Yes?", "Hi, this is Bob."):
        assert who(line(say(words, voiced, plain=True))) is HUMAN, words
    short = say("Please leave a message after the tone.", voiced, plain=True)
    assert who(line(short, BEEPED)) is START and who(line(short, BEEPED), to_end=True) is BEEP
    greeting = say(GREETING, voiced, plain=True)
    assert who(line(greeting)) is START
    assert who(line(greeting), to_end=True) is SILENCE
    assert who(line(with_noise(greeting, 150), BEEPED), to_end=True) is BEEP
