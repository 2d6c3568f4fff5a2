"""How speech is to be recognised (voice 2.4)."""

import pytest

from hoyhoy.exchange.verbs.hearing import AUTO, hints, is_model, language, speech_timeout


@pytest.mark.parametrize(
    ("read", "raw", "value"),
    [
        (speech_timeout, "auto", AUTO),
        (speech_timeout, " 3 ", 3),
        (language, "en-US", "en-US"),
        (language, "cmn-Hant-TW", "cmn-Hant-TW"),
        (language, "multi", "multi"),
        (hints, "one, two three ,,$TIME", ("one", "two three", "$TIME")),
        (hints, "", ()),
        (hints, ",".join(["x" * 100] * 500), ("x" * 100,) * 500),
        (language, "EN-gb", "EN-gb"),
        (language, "iw-IL", "iw-IL"),
    ],
)
def test_what_is_lawful(read, raw, value):
    assert read(raw) == value


@pytest.mark.parametrize(
    ("read", "raw", "lawful"),
    [
        (speech_timeout, "0", "from 1"),
        (speech_timeout, "-1", "from 1"),
        (speech_timeout, "1.5", "from 1"),
        (speech_timeout, "²", "from 1"),
        (speech_timeout, "", "from 1"),
        (language, "", "en-US"),
        (language, "en_US", "en-US"),
        (hints, "x" * 101, "100 characters"),
        (hints, "x," * 501, "500 phrases"),
        (language, "xx-YY", "nobody speaks xx"),
    ],
)
def test_what_is_not(read, raw, lawful):
    with pytest.raises(ValueError, match=lawful):
        read(raw)


def test_models():
    assert all(map(is_model, ("phone_call", "default", "deepgram_nova-2-phonecall", "deepgram_nova-3")))
    assert not any(map(is_model, ("", "Default", "bogus", "deepgram_nova-4")))
