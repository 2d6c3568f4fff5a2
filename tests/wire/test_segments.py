import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.segments import BASIC, EXTENSION, GSM_7, UCS_2, Segments, count

EMOJI = "\U0001f600"

VECTORS = [  # messaging 1.5, the table of test vectors
    ("a" * 160, GSM_7, 160, 1),
    ("a" * 161, GSM_7, 161, 2),
    ("a" * 306, GSM_7, 306, 2),
    ("a" * 307, GSM_7, 307, 3),
    ("a" * 1600, GSM_7, 1600, 11),
    ("€" * 80, GSM_7, 160, 1),
    ("€" * 81, GSM_7, 162, 2),
    ("a" * 152 + "€" + "a" * 151, GSM_7, 305, 2),
    ("ж" * 70, UCS_2, 70, 1),
    ("ж" * 71, UCS_2, 71, 2),
    ("ж" * 134, UCS_2, 134, 2),
    ("ж" * 135, UCS_2, 135, 3),
    (EMOJI * 35, UCS_2, 70, 1),
    (EMOJI * 36, UCS_2, 72, 2),
    ("ж" * 66 + EMOJI + "ж" * 10, UCS_2, 78, 2),
    ("ж" * 1600, UCS_2, 1600, 24),
    ("Ç", GSM_7, 1, 1),
    ("ç", UCS_2, 1, 1),
    ("", GSM_7, 0, 1),
]


@pytest.mark.parametrize(("text", "encoding", "units", "segments"), VECTORS)
def test_vectors(text, encoding, units, segments):
    assert count(text) == Segments(encoding, units, segments)


def test_a_pair_moves_to_the_next_segment():  # rule 4
    assert count("a" * 152 + "€" + "a" * 152).count == 3
    assert count("a" * 153 + "€" + "a" * 151).count == 2


def test_alphabet():
    assert len(BASIC) == 127 and len(EXTENSION) == 10 and len(set(BASIC + EXTENSION)) == 137


@pytest.mark.parametrize("text", ["`", "\t", "“", "–", "…", "\u00a0", "漢"])
def test_what_is_not_gsm(text):
    assert count(text).encoding == UCS_2


def greedy(text: str) -> Segments:
    """The rules read aloud: pack one character after the other."""
    gsm = all(c in BASIC + EXTENSION for c in text)
    widths = [(2 if c in EXTENSION else 1) if gsm else (2 if ord(c) > 0xFFFF else 1) for c in text]
    single, part = (160, 153) if gsm else (70, 67)
    if sum(widths) <= single:
        return Segments(GSM_7 if gsm else UCS_2, sum(widths), 1)
    parts, room = 1, part
    for width in widths:
        if width > room:
            parts, room = parts + 1, part
        room -= width
    return Segments(GSM_7 if gsm else UCS_2, sum(widths), parts)


@given(st.text(st.sampled_from("aé€[~"), max_size=700) | st.text(st.sampled_from("aж" + EMOJI), max_size=400))
def test_agrees_with_packing_by_hand(text):
    assert count(text) == greedy(text)
