"""Saying what is in the address."""

from __future__ import annotations

from .answering import Answer, Request
from .writing import response, words


def message(request: Request) -> Answer:
    """One Say or Play for each message."""
    return Answer(response(*map(words, request.several("Message"))))


def echo(request: Request) -> Answer:
    """The document given as `Twiml`, as it is: whoever wrote the address wrote it."""
    return Answer(request.one("Twiml", response()))
