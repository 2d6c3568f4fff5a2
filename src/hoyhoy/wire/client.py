"""Clients: programs that telephone by an SDK, called by name (voice reference 2.7.5, 14.1).

client:alice
client:alice?order=123&vip=yes
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

SCHEME = "client:"

LONGEST = 256

_UNFIT = re.compile(r"[\x00-\x20\x7f-\x9f<>#%?\"{}|\\^\[\]`]")


def identity(raw: str) -> str:
    """The name of a client, as it is. ValueError says what is wrong with it."""
    if not raw:
        raise ValueError("A client needs a name.")
    if len(raw) > LONGEST:
        raise ValueError(f"The client's name has {len(raw)} characters; {LONGEST} is the most.")
    if _UNFIT.search(raw):
        raise ValueError(f"The client's name {raw[:40]!r} holds a blank, or one of < > # % ? \" {{ }} | \\ ^ [ ] `.")
    return raw


def parted(address: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """An address without the custom parameters behind it, and these."""
    bare, _, query = address.partition("?")
    return bare, tuple(parse_qsl(query, keep_blank_values=True))
