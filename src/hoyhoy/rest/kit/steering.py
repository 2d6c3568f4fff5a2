"""What leads a number somewhere: the addresses that are asked what to do, and how (voice reference 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .properties import http_method, web_url


def steering_url(on: Sequence[str]) -> Any:
    """An address that is asked; "" = none. Fault 21402 when it is no web address."""
    return web_url(default="", on=on, error=21402)


def steering_method(on: Sequence[str]) -> Any:
    """How it is asked. Fault 21403 when it is not GET or POST."""
    return http_method(on=on)
