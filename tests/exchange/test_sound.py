from hoyhoy.exchange.sound import Audio, Keys, Speech, Tone


def test_sounds_are_values():
    assert Speech("Hi", "<emphasis>Hi</emphasis>") == Speech("Hi", "<emphasis>Hi</emphasis>", "man", "")
    assert len({Audio("http://x"), Audio("http://x"), Keys("1"), Speech("1", "1"), Tone("1")}) == 4
