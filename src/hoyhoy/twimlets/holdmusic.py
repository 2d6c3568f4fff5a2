"""Music to wait by. The pieces are the exchange's own: it answers the addresses of the vendor's collections itself."""

from __future__ import annotations

from .answering import Answer, Request
from .writing import element, response, text

GENRES = ("classical", "ambient", "electronica", "guitars", "rock", "soft-rock")
_START = "com.twilio.music."


def bucket(genre: str) -> str:
    """The name of a collection."""
    return _START + genre


def holdmusic(request: Request) -> Answer:
    """The piece of this `Bucket`, the `Message` after it, and all of it again."""
    asked = request.one("Bucket", bucket(GENRES[0])).lower()
    genre = asked.removeprefix(_START)
    known = asked.startswith(_START) and genre in GENRES
    url = f"http://{bucket(genre if known else GENRES[0])}.s3.amazonaws.com/piece.wav"
    remark = "" if known else f"The holdmusic twimlet plays {', '.join(map(bucket, GENRES))}, but not {asked[:80]!a}."
    return Answer(response(element("Play", text(url)), request.spoken(), "<Redirect/>"), remark=remark)
