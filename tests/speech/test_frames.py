import pytest

from hoyhoy.speech.frames import PREFIX, Broken, framed, lengths, read_head


def test_a_message_is_its_lengths_its_head_and_its_octets():
    message = framed({"voice": "ä"}, b"\0\1")
    head, body = lengths(message[:PREFIX])
    assert read_head(message[PREFIX : PREFIX + head]) == {"voice": "ä"}
    assert message[PREFIX + head :] == b"\0\1" and body == 2


@pytest.mark.parametrize("prefix", [b"\xff" * 8, b"\0\0\0\1\xff\0\0\0"])
def test_lengths_that_cannot_be_true(prefix):
    with pytest.raises(Broken):
        lengths(prefix)


@pytest.mark.parametrize("told", [b"", b"{", b"[]", b"\xff", b"3"])
def test_a_head_is_an_object(told):
    with pytest.raises(Broken):
        read_head(told)
