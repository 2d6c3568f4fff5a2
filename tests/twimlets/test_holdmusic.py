"""twimlets/holdmusic.py (voice reference 15; the document is ours)."""

import pytest

from hoyhoy.audio import music
from hoyhoy.twimlets.holdmusic import GENRES, bucket

from .asking import ask, document


@pytest.mark.parametrize("genre", GENRES)
def test_every_collection_has_its_piece(genre):
    assert document("holdmusic", f"Bucket={bucket(genre)}&Message=Please+hold") == (
        f"<Play>http://com.twilio.music.{genre}.s3.amazonaws.com/piece.wav</Play><Say>Please hold</Say><Redirect/>"
    )
    assert genre in music.SCORES and ask("holdmusic", f"Bucket={bucket(genre)}").remark == ""


def test_a_collection_that_is_not_known_is_the_classical_one_and_this_is_said():
    said = ask("holdmusic", "Bucket=my-own\u2028\n")
    assert "music.classical." in said.document and "'my-own\\u2028\\n'" in said.remark
    assert ask("holdmusic").remark == ""
