"""What the exchange and its child processes say to one another on a socket: a head in JSON, then octets.

Four octets give the length of the head, four that of the body; then they follow. Both ends ask and
answer in turn, so nothing needs a number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

PREFIX = 8
LONGEST_HEAD = 1 << 20
LONGEST_BODY = 64 << 20
"""Octets: an hour of sound at 8,000 Hz, and more."""

Head = dict[str, Any]
Perform = Callable[[Head, bytes], tuple[Head, bytes]]
"""How a child obeys an order; it raises Refusal when it cannot."""


class Refusal(Exception):
    """An order that cannot be obeyed; the text says why, in a sentence for the customer."""


class Broken(Exception):
    """What arrived is no message."""


def framed(head: Mapping[str, Any], body: bytes = b"") -> bytes:
    return opening(head, len(body)) + body


def opening(head: Mapping[str, Any], size: int) -> bytes:
    """What comes before a body of `size` octets."""
    told = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return len(told).to_bytes(4, "big") + size.to_bytes(4, "big") + told


def lengths(prefix: bytes) -> tuple[int, int]:
    """Of the head and of the body that follow. Broken when they cannot be true."""
    head, body = int.from_bytes(prefix[:4], "big"), int.from_bytes(prefix[4:8], "big")
    if head > LONGEST_HEAD or body > LONGEST_BODY:
        raise Broken(f"a message of {head} and {body} octets")
    return head, body


def read_head(told: bytes) -> Head:
    """Broken for what is no JSON object."""
    try:
        head = json.loads(told)
    except ValueError as error:
        raise Broken(str(error)) from None
    if not isinstance(head, dict):
        raise Broken("a head that is no object")
    return head
