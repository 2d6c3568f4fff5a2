"""Texts that a phone got, and the codes and links that people look for in them."""

from __future__ import annotations

import re
from typing import Any

from .log import NotHeard

_CODE = re.compile(r"(?<![\w.,$€£#/+:@-])(?:[A-Z]{1,3}-)?(\d{3}[- ]\d{3}|\d{4,8})(?![\w/:@-]|[.,]\d)")
_ABOUT = re.compile(r"code|passcode|password|pin\b|otp|verif|token", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


class Text(str):
    """The body of a message, with what belongs to it."""

    __slots__ = ("match", "media", "sender", "sid")

    sender: str
    sid: str
    media: list[str]
    match: re.Match[str] | None
    """Of the pattern that it was expected to match."""

    @classmethod
    def of(cls, entry: dict[str, Any], matching: str = "") -> Text:
        event = entry["event"]
        text = cls(event["body"])
        text.sender, text.sid, text.media = event["sender"], entry["subject"], list(event["media"])
        text.match = re.search(matching, text, re.IGNORECASE) if matching else None
        return text

    @property
    def code(self) -> str:
        """The digits of a passcode in it: four to eight, or twice three; of several the one nearest to a word such as
        `code` or `PIN`. NotHeard when there is none."""
        about = [found.start() for found in _ABOUT.finditer(self)]
        found = [
            (min((abs(place - one.start(1)) for place in about), default=0), one.start(), one[1])
            for one in _CODE.finditer(_LINK.sub(lambda link: " " * len(link[0]), self))
        ]
        if not found:
            raise NotHeard(f"There is no code in the message {str(self)!r}.")
        return re.sub(r"\D", "", min(found)[2])

    @property
    def links(self) -> list[str]:
        """The web addresses in it."""
        return _LINK.findall(self)
