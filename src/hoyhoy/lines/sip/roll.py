"""The roll of registered phones: a file from which a restarted exchange knows where they are.

Phones register anew by themselves, but only when what they were granted runs out: until then nobody could call them.
A phone that came by a connection is not on it, for that is gone. A roll that cannot be read is an empty one; what is
wrong in it at worst rings at a place where nobody is.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hoyhoy.exchange.clock import Clock
from hoyhoy.wire.sip import address
from hoyhoy.wire.sip.error import SipError

from .bindings import Aor, Binding
from .registrar import Registrar
from .target import TRANSPORTS, Target

log = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two writings, if anything is different."""

VERSION = 1


class Roll:
    """`await load()`, then `run()` until it is cancelled, then `await save()`."""

    def __init__(self, registrar: Registrar, path: Path, clock: Clock) -> None:
        self._registrar, self._path, self._clock = registrar, path, clock
        self._written = ""

    async def load(self) -> None:
        """Tell the registrar of the phones of the run before. Nothing when there is no file."""
        try:
            self._written = await asyncio.to_thread(self._path.read_text, "utf-8")
            phones = read(self._written)
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            log.warning("SIP: the registered phones of before are forgotten: %s", type(error).__name__)
            return
        self._registrar.restore(phones)

    async def run(self) -> None:
        """Never returns."""
        while True:
            await self._clock.sleep(EVERY)
            await self.save()

    async def save(self) -> None:
        """Write what is different. A disk that takes nothing is said and does no harm."""
        text = written(self._registrar.bindings())
        if text == self._written:
            return
        try:
            with self._clock.busy("the roll of phones"):
                await asyncio.to_thread(self._replace, text)
        except OSError as error:
            log.warning("SIP: the registered phones cannot be written down: %s", error.strerror)
        else:
            self._written = text

    def _replace(self, text: str) -> None:
        """Whole or not at all. Where users are is nobody else's business."""
        draft = self._path.with_suffix(".new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(self._path)


def written(phones: Iterable[tuple[Aor, Binding]]) -> str:
    """The roll as JSON. Refreshed registrations leave it as it was but for their CSeq, which is not on it."""
    rows = [
        {
            "domain": domain,
            "user": user,
            "contact": str(one.contact),
            "at": [one.target.transport, one.target.host, one.target.port],
            "path": [str(hop) for hop in one.path],
            "call_id": one.call_id,
        }
        for (domain, user), one in phones
        if not one.target.flow
    ]
    return json.dumps({"version": VERSION, "phones": rows}, indent=1)


def read(text: str) -> list[tuple[Aor, Binding]]:
    """The phones of a roll, without those that make no sense. ValueError when it is none at all."""
    whole = json.loads(text)
    if not isinstance(whole, dict) or whole.get("version") != VERSION or not isinstance(whole.get("phones"), list):
        raise ValueError("no roll of phones")
    return [found for row in whole["phones"] if (found := _phone(row))]


def _phone(row: Mapping[str, Any]) -> tuple[Aor, Binding] | None:
    try:
        transport, host, port = row["at"]
        if transport not in TRANSPORTS or not 0 < int(port) < 65536:
            return None
        path = address.parse_all(str(hop) for hop in row["path"])
        target = Target(transport, str(host), int(port))
        one = Binding(0, address.parse(str(row["contact"])), target, path, str(row["call_id"]), 0, 0.0)
        return (str(row["domain"]), str(row["user"])), one
    except (KeyError, TypeError, ValueError, SipError):
        return None
