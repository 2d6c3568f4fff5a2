"""Parameters that name something else by its sid (messaging reference 4.8)."""

from __future__ import annotations

from typing import Any

from hoyhoy.wire.sid import is_sid

from .properties import Property


class Sid(Property):
    """The sid of one kind of things; empty clears it. Whether there is such a thing is not looked up."""

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self.prefix = prefix

    def read_one(self, raw: str) -> str:
        text = raw.strip()
        if text and not is_sid(text, self.prefix):
            raise self.wrong(f"must be {self.prefix} and 32 hexadecimal digits")
        return text


def sid_of(prefix: str, **options: Any) -> Any:
    """A sid that begins with `prefix`."""
    return Sid(prefix, **options)
