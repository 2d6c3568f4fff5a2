import pytest

from hoyhoy.speech.phonemes import LONGEST, mnemonics


@pytest.mark.parametrize(
    ("sounds", "alphabet", "spelled"),
    [
        ("təˈmɑːtoʊ", "ipa", "t@'mA:toU"),
        ("pɪˈkɑːn ˈpaɪ", "ipa", "pI'kA:n 'paI"),
        ("tʃɜːtʃ", "ipa", "tS3:tS"),
        ('pI"kA:n', "x-sampa", "pI'kA:n"),
    ],
)  # voice 2.1.2
def test_sounds_of_english(sounds, alphabet, spelled):
    assert mnemonics(sounds, alphabet) == spelled


@pytest.mark.parametrize(
    ("sounds", "alphabet"), [("ǃʘ", "ipa"), ("ma1", "x-amazon-pinyin"), ("", "ipa"), ("a]]b", "ipa")]
)
def test_what_cannot_be_spoken(sounds, alphabet):
    assert mnemonics(sounds, alphabet) is None


def test_words_without_end():
    assert mnemonics("a" * (LONGEST + 1), "ipa") is None
