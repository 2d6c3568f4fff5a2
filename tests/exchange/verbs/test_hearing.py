"""How speech is to be recognised (voice 2.4)."""

import pytest

from hoyhoy.exchange.verbs.hearing import AUTOMATIC, hints, language, pause, speech_model_name


@pytest.mark.parametrize(
    ("read", "raw", "value"),
    [
        (pause, "auto", AUTOMATIC),
        (pause, " 3 ", 3),
        (language, "en-US", "en-US"),
        (language, "cmn-Hant-TW", "cmn-Hant-TW"),
        (language, "multi", "multi"),
        (hints, "one, two three ,,$TIME", ("one", "two three", "$TIME")),
        (hints, "", ()),
        (hints, ",".join(["x" * 100] * 500), ("x" * 100,) * 500),
        (speech_model_name, "phone_call", "phone_call"),
        (speech_model_name, "deepgram_nova-2-phonecall", "deepgram_nova-2-phonecall"),
    ],
)
def test_what_is_lawful(read, raw, value):
    assert read(raw) == value


@pytest.mark.parametrize(
    ("read", "raw", "lawful"),
    [
        (pause, "0", "from 1"),
        (pause, "-1", "from 1"),
        (pause, "1.5", "from 1"),
        (pause, "²", "from 1"),
        (pause, "", "from 1"),
        (language, "", "en-US"),
        (language, "en_US", "en-US"),
        (hints, "x" * 101, "100 characters"),
        (hints, "x," * 501, "500 phrases"),
        (speech_model_name, "Default", "phone_call"),
        (speech_model_name, "deepgram_nova-4", "deepgram_nova-3"),
    ],
)
def test_what_is_not(read, raw, lawful):
    with pytest.raises(ValueError, match=lawful):
        read(raw)
