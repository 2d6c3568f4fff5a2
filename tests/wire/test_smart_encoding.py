"""Smart encoding: messaging reference 1.5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.segments import BASIC, EXTENSION, GSM_7, count
from hoyhoy.wire.smart_encoding import smart


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("“Hello” ‘it’s’ „low‟ ‚single‛", "\"Hello\" 'it's' \"low\" 'single'"),
        ("«quoted» ‹so›", "\"quoted\" 'so'"),
        ("5′ 11″ and `code´", "5' 11\" and 'code'"),
        ("a–b—c‐d‑e−f", "a-b-c-d-e-f"),
        ("• one ‣ two ◦ three", "- one - two - three"),
        ("wait…", "wait..."),
        ("Ｈｅｌｌｏ　１２３！", "Hello 123!"),
        ("ʜᴇʟʟᴏ", "HELLO"),
        ("a\u00a0b\u2003c\u202fd\te", "a b c d e"),
        ("zero\u200bwidth\ufeff \u00adsoft", "zerowidth soft"),
        ("½ ⅓ 1½", "1/2 1/3 1 1/2"),
        ("really‼ no⁉", "really!! no!?"),
        ("line\u2028break", "line\nbreak"),
        ("join\u200ded", "joined"),
    ],
)
def test_look_alikes(written, sent):
    assert smart(written) == sent
    assert count(sent).encoding == GSM_7


@pytest.mark.parametrize("text", ["ç", "ê ã", "Привет", "你好", "😀", "👩\u200d💻", "می\u200cخواهم", "שלום־רב"])
def test_letters_scripts_and_emoji_stay(text):
    assert smart(text) == text


def test_what_cannot_be_helped_is_replaced_all_the_same():
    assert smart("“ç”") == '"ç"'


@given(st.text(alphabet=BASIC + EXTENSION))
def test_gsm_text_stays(text):
    assert smart(text) == text


@given(st.text())
def test_once_is_enough(text):
    assert smart(smart(text)) == smart(text)


def test_it_saves_segments():
    text = "Don’t miss it" + " " * 100
    assert (count(text).count, count(smart(text)).count) == (2, 1)
