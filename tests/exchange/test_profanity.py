"""Masked words (voice 2.4)."""

import pytest

from hoyhoy.exchange.profanity import masked


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Oh shit", "Oh s***"),
        ("FUCKING hell", "F****** hell"),
        ("damn it, you ass", "d*** it, you a**"),
        ("the class passed an assessment in Scunthorpe", "the class passed an assessment in Scunthorpe"),
        ("a cocktail of Dickens", "a cocktail of Dickens"),
        ("", ""),
    ],
)
def test_all_but_the_first_letter(said, told):
    assert masked(said) == told
