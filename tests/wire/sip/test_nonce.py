from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import nonce
from hoyhoy.wire.sip.nonce import Counts

SECRET = b"secret"


def test_ours_and_others():
    made = nonce.make(SECRET, 1000.9, "salt", "r")
    assert nonce.issued(SECRET, made, "r") == 1000
    assert nonce.issued(b"other", made, "r") is None
    assert nonce.issued(SECRET, made, "other") is None
    assert nonce.make(SECRET, 1000.9, "pepper", "r") != made


@given(st.text(max_size=60))
def test_any_text(text):
    assert nonce.issued(SECRET, text, "r") is None
    assert nonce.issued(SECRET, nonce.make(SECRET, 1, "s", "r") + text, "r") in ((1,) if not text else (None,))


def test_counts_grow():  # RFC 7616 3.4: nc
    counts = Counts()
    assert [counts.take("n", 10, nc, 0) for nc in (1, 1, 3, 2, 4, 0)] == [True, False, True, False, True, False]
    assert not counts.take("n", 10, 9, 11)  # out of date


def test_memory_is_bounded_and_nothing_forgotten_can_be_replayed():
    counts = Counts(most=10)
    for second in range(100):
        assert counts.take(f"n{second}", second, 1, 0)
    assert len(counts) == 10
    assert not any(counts.take(f"n{second}", second, 1, 0) for second in range(100))
    assert counts.take("n99", 99, 2, 0)
    assert counts.take("new", 100, 1, 99) and len(counts) == 2  # old ones go by themselves
