import pytest

from hoyhoy.speech import voices
from hoyhoy.speech.voices import CHILD, WOMAN, choose, nearest_language


@pytest.mark.parametrize(
    ("voice", "language", "name"),
    [
        ("man", "en-US", "en-us"),
        ("woman", "en-GB", f"en+{WOMAN}"),
        ("alice", "fr-CA", f"fr+{WOMAN}"),
        ("man", "", "en-us"),
        ("woman", "de", f"de+{WOMAN}"),
        ("alice", "zh-TW", f"cmn+{WOMAN}"),
        ("Polly.Joanna", "en-US", f"en-us+{WOMAN}"),
        ("Polly.Matthew-Neural", "en-US", "en-us"),
        ("Polly.Ruth-Generative", "en-US", f"en-us+{WOMAN}"),
        ("Polly.Ivy", "", f"en-us+{CHILD}"),
        ("Polly.Celine", "en-US", f"fr+{WOMAN}"),
        ("Polly.Léa", "en-US", f"fr+{WOMAN}"),
        ("Polly.Amy", "en-GB", f"en+{WOMAN}"),
        ("Polly.Zeina", "arb", f"ar+{WOMAN}"),
        ("Polly.Joanna", "de-DE", f"de+{WOMAN}"),
        ("Google.es-MX-Wavenet-B", "en-US", "es-419"),
        ("Google.en-US-Standard-A", "en-US", "en-us"),
        ("Google.cmn-CN-Wavenet-A", "", f"cmn+{WOMAN}"),
        ("Google.en-GB-Chirp3-HD-Charon", "", "en"),
        ("Google.de-DE-Neural2-G", "", f"de+{WOMAN}"),
    ],
)  # voice 2.1
def test_the_nearest_voice(voice, language, name):
    choice = choose(voice, language)
    assert choice.name == name
    assert [code for code, _ in choice.notices] == ([] if voice in voices.BASIC else [13511])


@pytest.mark.parametrize("voice", ["Polly.Nobody", "Google.nonsense", "Robot.Marvin", "", "x" * 5000])
def test_an_unknown_voice_is_english_and_said_so(voice):
    choice = choose(voice, "en-US")
    assert choice.name == "en-us"
    assert (
        len(choice.notices) == 1
        and "not a voice known here" in choice.notices[0][1]
        and len(choice.notices[0][1]) < 200
    )


def test_an_unknown_voice_speaks_the_languages_text():
    assert choose("Polly.Nobody", "it-IT").name == "it"


def test_a_language_there_is_not():
    choice = choose("woman", "fil-PH")
    assert choice.name == f"en-us+{WOMAN}" and choice.notices[0][0] == 13512 and "fil-PH" in choice.notices[0][1]
    assert choice.speaking("fil-PH") is None and choice.speaking("es") == f"es+{WOMAN}"


def test_ssml_is_not_for_man_and_woman():
    assert [choose(voice, "").basic for voice in ("man", "woman", "alice", "Polly.Joey")] == [True, True, False, False]


LANGUAGES = """
    af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT de-DE el-GR en-AU en-CA en-GB
    en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES es-MX es-US fi-FI fr-CA fr-FR fr-BE gu-IN he-IL hi-IN hu-HU id-ID
    is-IS it-IT ja-JP kn-IN ko-KR lv-LV ml-IN mr-IN ms-MY nb-NO nl-BE nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK
    sr-RS sv-SE ta-IN te-IN th-TH tr-TR uk-UA vi-VN yue-HK zh-CN zh-Hans-CN
"""


@pytest.mark.parametrize("tag", LANGUAGES.split())  # voice appendix C
def test_every_language_of_the_reference(tag):
    assert nearest_language(tag) in voices.KNOWN


def test_every_named_voice_has_a_language():
    assert all(nearest_language(language) for language, _ in voices.POLLY.values()) and len(voices.POLLY) > 90
