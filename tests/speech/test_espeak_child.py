"""espeak-ng in its process: sound compared with sound."""

import numpy as np
import pytest

from hoyhoy.speech import voices

from .conftest import Child, likeness, longest_silence, loudness, pitch, seconds, spoken_seconds


def test_equal_texts_sound_equal_and_others_do_not(say):
    one, two = say("one"), say("two")
    say("something else that changes what the engine remembers <prosody rate='50%'>slowly</prosody>")
    assert (say("one") == one).all() and (say("two") == two).all()
    assert likeness(one, two) < 0.5


def test_another_process_makes_the_same_sound(say):
    other = Child("espeak")
    try:
        assert other.hello["version"].startswith("espeak-ng 1.")
        for voice in ("Polly.Matthew", "Polly.Joanna", "Polly.Ivy"):  # all but men have breath in them
            assert (other.say("fish &amp; chips", voice) == say("fish &amp; chips", voice)).all()
    finally:
        assert other.close() == 0


def test_speech_has_energy_and_ends_in_silence(say):
    sound = say("hello world")
    assert 0.8 < seconds(sound) < 1.5 and 0.5 < spoken_seconds(sound) < 1.0
    assert loudness(sound) > 800 and not np.abs(sound[-800:].astype(int)).max() > 30


def test_a_break_is_silent_for_its_length(say):  # voice 2.1.2
    for length in (0.5, 2.0):
        sound = say(f'hello <break time="{length}s"/> world')
        assert longest_silence(sound) == pytest.approx(length, abs=0.05)
    slow = say('<prosody rate="50%">hello <break time="500ms"/> world</prosody>')
    assert longest_silence(slow) == pytest.approx(0.5, abs=0.05)


def test_breaks_add_up_and_strengths_are_ordered(say):
    assert longest_silence(say('hello <break time="1s"/><break time="1s"/> world')) == pytest.approx(2, abs=0.05)
    lengths = [seconds(say(f'hello <break strength="{name}"/> world')) for name in ("weak", "medium", "x-strong")]
    assert lengths == sorted(lengths) and lengths[2] > lengths[0] + 0.5


def test_the_rate_changes_the_length(say):
    def lasts(rate):
        return spoken_seconds(say(f'<prosody rate="{rate}">hello there world</prosody>'))

    usual, slow, fast = lasts("100%"), lasts("50%"), lasts("200%")
    assert slow / usual == pytest.approx(2, rel=0.2) and usual / fast == pytest.approx(2, rel=0.3)
    named = [lasts(rate) for rate in ("x-slow", "slow", "fast", "x-fast")]
    assert named == sorted(named, reverse=True)


def test_volume_changes_the_loudness(say):
    usual = loudness(say("hello world"))
    assert loudness(say('<prosody volume="-6dB">hello world</prosody>')) / usual == pytest.approx(0.5, rel=0.15)
    assert loudness(say('<prosody volume="x-soft">hello world</prosody>')) < 0.4 * usual
    assert 1.2 * usual < loudness(say('<prosody volume="x-loud">hello world</prosody>'))
    assert loudness(say('<prosody volume="silent">hello world</prosody>')) == 0


def test_pitch_changes_the_pitch(say):
    usual = pitch(say("no one knows"))
    assert pitch(say('<prosody pitch="x-high">no one knows</prosody>')) > 1.15 * usual
    assert pitch(say('<prosody pitch="-35%">no one knows</prosody>')) < 0.9 * usual


def test_emphasis_is_heard(say):
    strong, reduced = (loudness(say(f'<emphasis level="{one}">hello</emphasis>')) for one in ("strong", "reduced"))
    assert strong > 1.3 * reduced


def test_a_woman_speaks_higher_than_a_man(say):
    assert pitch(say("no one knows", "Polly.Joanna")) > 1.2 * pitch(say("no one knows", "Polly.Matthew"))


def test_digits_are_read_one_by_one(say):
    digits = say('<say-as interpret-as="digits">123</say-as>')
    assert (digits == say("1 2 3")).all() and likeness(digits, say("123")) < 0.5
    assert (say('<say-as interpret-as="date" format="mdy">10/12/2024</say-as>') == say("October 12th, 20 24")).all()


def test_sounds_are_spoken_as_written(say):
    assert likeness(say("<phoneme alphabet='ipa' ph='həlˈoʊ'>x</phoneme>"), say("hello")) > 0.9


def test_another_language_within(say):
    french = say('<lang xml:lang="fr-FR">bonjour</lang>')
    assert (french == say("bonjour", "Polly.Mathieu", "fr-FR")).all()
    assert likeness(french, say("bonjour")) < 0.7


def test_substitutes_are_spoken(say):
    assert (say('<sub alias="hello world">hw</sub>') == say("hello world")).all()
    marked = '<w role="x">hello</w> <amazon:effect name="whispered">world</amazon:effect>'
    assert (say(marked) == say("hello world")).all()


def test_what_could_be_an_order_is_read_aloud(say):
    """Brackets are espeak-ng's phonemes, `audio` crashes it, and control characters are its commands."""
    assert spoken_seconds(say("[[h@l'oU]]", plain=True)) > 2 * spoken_seconds(say("<phoneme ph='həlˈoʊ'>x</phoneme>"))
    assert (say('<audio src="/etc/passwd"/>hello') == say("hello")).all()
    assert (say("hello\x01\x1a", plain=True) == say("hello")).all()
    assert seconds(say('fish & chips <b> "quoted"', plain=True)) > 1


def test_long_sounds_are_cut(espeak):
    head, body = espeak.ask({"pieces": [["en-us", "<speak>" + "hello world. " * 200 + "</speak>"]], "longest": 2.0})
    assert head["cut"] and len(body) == 2 * 16000
    head, body = espeak.ask({"pieces": [1.5, ["en-us", "<speak>hello</speak>"]], "longest": 60})
    assert not head["cut"] and not any(body[:16000]) and any(body[16000:])


def test_a_voice_there_is_not(espeak):
    head, _ = espeak.ask({"pieces": [["xx-nobody", "<speak>1</speak>"]], "longest": 9})
    assert "no voice xx-nobody" in head["refused"]


def test_every_language_of_ours_is_one_of_its(espeak):
    pieces = [[name, "<speak>1</speak>"] for name in sorted(voices.KNOWN)]
    pieces += [["en-us+" + variant, "<speak>1</speak>"] for variant in (voices.WOMAN, voices.CHILD)]
    head, _ = espeak.ask({"pieces": pieces, "longest": 600})
    assert head == {"cut": False}
