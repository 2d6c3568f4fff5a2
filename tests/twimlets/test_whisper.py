"""twimlets/whisper.py (voice reference 15)."""

import pytest

from .asking import document


def test_who_is_called_hears_who_calls():
    assert document("whisper", "Message=", From="+14155550100") == (
        '<Gather numDigits="1"><Say>You are receiving a call from 1 4 1 5 5 5 5 0 1 0 0. Press any key to accept.</Say>'
        "</Gather>"
    )
    assert "from somebody." in document("whisper")


@pytest.mark.parametrize(("check", "end"), [("", ""), ("&HumanCheck=0", ""), ("&HumanCheck=1", "<Hangup/>")])
def test_who_presses_nothing_is_put_through_unless_he_must_be_a_person(check, end):
    assert document("whisper", f"Message=The+door{check}") == (
        f'<Gather numDigits="1"><Say>The door</Say></Gather>{end}'
    )


def test_a_key_takes_the_call():
    assert document("whisper", "Message=x&HumanCheck=1", Digits="5") == ""
    assert document("whisper", "Message=x", Digits="") == "<Hangup/>"
