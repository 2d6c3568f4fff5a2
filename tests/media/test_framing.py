import pytest

from hoyhoy.media.framing import LONGEST, Broken, Frames, framed


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pieces_of_any_size(size):
    bodies = [b"", b"one", b"x" * 300, b"\0\0\0\1"]
    stream, frames = b"".join(map(framed, bodies)), Frames()
    assert [one for at in range(0, len(stream), size) for one in frames.feed(stream[at : at + size])] == bodies


def test_who_fails_with_one_gets_it_once():
    frames = Frames()
    for one in frames.feed(framed(b"one") + framed(b"two")):
        assert one == b"one"
        break
    assert list(frames.feed(b"")) == [b"two"]


def test_too_long_to_be_true():
    with pytest.raises(Broken):
        list(Frames().feed((LONGEST + 1).to_bytes(4, "big")))
