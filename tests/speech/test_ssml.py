"""What is written for espeak-ng; how it sounds is in test_espeak_child.py."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.exchange.sound import Speech
from hoyhoy.speech import ssml
from hoyhoy.speech.voices import choose
from hoyhoy.wire.twiml import parse

VOICE = choose("Polly.Matthew", "en-US")


def script(marked, voice=VOICE, text="the words alone"):
    return ssml.script(Speech(text, marked), voice)


def written(marked):
    """The one piece there is, without its frame."""
    ((_, text),) = script(marked).pieces
    return text.removeprefix("<speak>").removesuffix("</speak>")


@pytest.mark.parametrize(
    ("marked", "put"),
    [
        ("a &amp; b &lt; c", "a &amp; b &lt; c"),
        ('<prosody rate="80%">a</prosody>', '<prosody rate="80%">a</prosody>'),
        ('<prosody rate="+20%">a</prosody>', '<prosody rate="120%">a</prosody>'),
        ('<prosody rate="9999%">a</prosody>', '<prosody rate="200%">a</prosody>'),
        (
            '<prosody rate="fast" volume="soft" pitch="+10%">a</prosody>',
            '<prosody rate="130%" volume="55" pitch="+10%">a</prosody>',
        ),
        ('<prosody volume="+99dB">a</prosody>', '<prosody volume="180">a</prosody>'),
        ("<emphasis>a</emphasis>", '<emphasis level="moderate">a</emphasis>'),
        ("<p><s>a</s><s>b</s></p>", "<p><s>a</s><s>b</s></p>"),
        ("<speak>a</speak>", "a"),
        ("<w>read</w>", "read"),
        ("<sub alias='b &quot; c'>a</sub>", ' b " c '),
        ("<sub>a</sub>", "a"),
        ("<amazon:effect name='whispered'>a<break strength='none'/></amazon:effect>", "a"),
        ("<say-as interpret-as='characters'>ab</say-as>", '<say-as interpret-as="characters">ab</say-as>'),
        ("<say-as interpret-as='digits'>12</say-as>", " 1 2 "),
        ("<say-as interpret-as='date' role='dmy'>1/2/2024</say-as>", " February 1st, 20 24 "),
        ("<phoneme alphabet='ipa' ph='pɪ'>pe</phoneme>", " [[pI]] "),
        ("a [[b]] \x85 c", "a ((b)) c"),
    ],
)  # voice 2.1.2
def test_one_piece(marked, put):
    assert written(marked) == put
    assert script(marked).notices == ()


def test_breaks_cut_and_what_is_open_goes_on():
    marked = '<prosody rate="50%">a<s>b<break time="1500ms"/>c</s></prosody>d'
    assert script(marked).pieces == (
        ("en-us", '<speak><prosody rate="50%">a<s>b</s></prosody></speak>'),
        1.5,
        ("en-us", '<speak><prosody rate="50%"><s>c</s></prosody>d</speak>'),
    )


def test_silence_alone():
    assert script("<break time='2s'/> . <break time='1s'/>").pieces == (2.0, 1.0)
    assert script(" ").pieces == ()


def test_a_language_is_a_voice_of_its_own():
    pieces = script(
        "<lang xml:lang='de-DE'>ja <lang xml:lang='fr'>oui</lang> <say-as interpret-as='ordinal'>3</say-as></lang> x"
    ).pieces
    assert [voice for voice, _ in pieces] == ["de", "fr", "de", "en-us"]
    assert "3." in pieces[2][1]


@pytest.mark.parametrize(
    "marked",
    [
        "<break time='soon'/>a",
        "<break strength='huge'/>a",
        "<break time='11s'/>a",
        "<emphasis level='much'>a</emphasis>",
        "<prosody rate='quick'>a</prosody>",
        "<prosody volume='11'>a</prosody>",
        "<prosody pitch='20%'>a</prosody>",
        "<say-as interpret-as='poem'>a</say-as>",
        "<phoneme alphabet='ipa' ph='ǃ'>a</phoneme>",
        "<phoneme alphabet='x-amazon-pinyin' ph='ma1'>a</phoneme>",
        "<audio src='x'>a</audio>",
    ],
)
def test_what_is_not_understood_is_told_and_the_words_are_spoken(marked):
    made = script(marked)
    assert [code for code, _ in made.notices] == [12200]
    assert (
        made.pieces[-1][1].removesuffix("</speak>").split(">", 1)[1].strip(" ").replace("</emphasis>", "").endswith("a")
    )


def test_a_language_there_is_not():
    assert script("<lang xml:lang='tlh'>Qapla</lang>").notices[0][0] == 13512


def test_a_break_is_never_longer_than_ten_seconds():
    assert script("<break time='99s'/>").pieces == (10.0,)


@pytest.mark.parametrize(
    "marked",
    [
        "<p>" * 200 + "a" + "</p>" * 200,
        "<s/>" * (ssml.MOST_ELEMENTS + 1),
        "<!DOCTYPE x [<!ENTITY a 'aaaa'>]>&a;",
        "a </Response><Response>",
        "<p>a",
        "&nbsp;",
        "<p>" + "a" * ssml.LONGEST + "</p>",
    ],
)
def test_what_cannot_be_read_or_is_too_much_is_its_words(marked):
    made = script(marked)
    assert made.pieces == (("en-us", "<speak>the words alone</speak>"),) and len(made.notices) == 1


def test_notices_are_few():
    assert len(script("<x/>" * 500 + "a").notices) == ssml.MOST_NOTICES


def test_a_text_without_ssml_is_no_ssml():
    made = script("1 <b> 2 & 3", text="1 <b> 2 & 3")
    assert made.pieces == (("en-us", "<speak>1 &lt;b&gt; 2 &amp; 3</speak>"),) and made.notices == ()


NAMES = st.sampled_from([*ssml._ELEMENTS, "audio", "amazon:effect"])
VALUES = st.sampled_from(["x", "50%", "1s", "-6dB", "de-DE", "digits", "date", "ipa", "[[", '"', "tə", "x-slow"])
GIVEN = st.dictionaries(
    st.sampled_from(["rate", "time", "xml:lang", "interpret-as", "ph", "alias", "level", "volume", "pitch"]),
    VALUES,
    max_size=3,
)


@st.composite
def documents(draw, depth=3):
    from xml.sax.saxutils import escape, quoteattr

    parts = [escape(draw(st.text(st.characters(codec="utf-8", exclude_characters="\r", min_codepoint=32), max_size=8)))]
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        name, given_ = draw(NAMES), draw(GIVEN)
        inner = draw(documents(depth - 1))
        attributes = "".join(f" {key}={quoteattr(value)}" for key, value in given_.items())
        parts.append(f"<{name}{attributes}>{inner}</{name}>{escape(draw(st.text('ab [&', max_size=4)))}")
    return "".join(parts)


@settings(max_examples=60, deadline=None)
@given(documents())
def test_whatever_comes_in_only_what_espeak_can_bear_goes_out(marked):
    for piece in script(marked).pieces:
        if isinstance(piece, float):
            assert 0 < piece <= ssml.LONGEST_BREAK
            continue
        names = set()
        root = parse(f"<Response>{piece[1]}</Response>")
        waiting = [root]
        while waiting:
            element = waiting.pop()
            names.add(element.name)
            waiting += element.children
        assert names <= {"Response", "speak", "prosody", "emphasis", "p", "s", "say-as"}


# What each attribute does, seen by what is written without it (voice 2.1.2).


@pytest.mark.obeys("break", "strength")
def test_a_strong_break_is_longer():
    assert script('a<break strength="x-strong"/>b').pieces[1] == 1.2


@pytest.mark.obeys("break", "time")
def test_a_break_as_long_as_it_says():
    assert script('a<break time="700ms"/>b').pieces[1] == 0.7


@pytest.mark.obeys("emphasis", "level")
def test_emphasis():
    assert written('<emphasis level="strong">a</emphasis>') == '<emphasis level="strong">a</emphasis>'


@pytest.mark.obeys("prosody", "rate", "volume", "pitch")
def test_prosody():
    marked = '<prosody rate="fast" volume="loud" pitch="high">a</prosody>'
    assert written(marked) == '<prosody rate="130%" volume="140" pitch="+25%">a</prosody>'


@pytest.mark.obeys("say-as", "interpret-as", "format")
def test_a_date_in_the_order_it_says():
    marked = '<say-as interpret-as="date" format="dmy">1/2/2024</say-as>'
    assert written(marked) == " February 1st, 20 24 "


@pytest.mark.obeys("sub", "alias")
def test_something_else_is_spoken():
    assert written('<sub alias="World Wide Web">WWW</sub>') == " World Wide Web "


@pytest.mark.obeys("lang", "xml:lang")
def test_another_language():
    assert script('<lang xml:lang="de-DE">ja</lang>').pieces[0][0] == "de"


@pytest.mark.obeys("phoneme", "alphabet", "ph")
def test_sounds_as_they_are_written():
    assert written('<phoneme alphabet="x-sampa" ph="pI">pe</phoneme>') == " [[pI]] "


def test_a_role_has_no_effect_and_is_told_of():
    marked = script('<w role="amazon:VB">read</w>')
    assert marked.pieces == (("en-us", "<speak>read</speak>"),)
    assert [code for code, _ in marked.notices] == [12200]
