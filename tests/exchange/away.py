"""A store that is away for a while: the ports of a real one, and a switch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from hoyhoy.exchange.events import Entry, Event
from hoyhoy.exchange.ports import Callback, Journal, Row, Rows
from hoyhoy.exchange.switchboard import Switchboard
from hoyhoy.wire.errors import Fault

from .world import World


class Away:
    """Journal and rows that refuse what `refuses` names: record (or one kind of event), settled, page. `lost` is what
    never became durable."""

    def __init__(self, journal: Journal, rows: Rows) -> None:
        self.journal, self.rows = journal, rows
        self.refuses: Collection[str] = ()
        self.lost = False

    @contextmanager
    def for_(self, *refuses: str, lost: bool = False):
        self.refuses, self.lost = refuses, lost
        yield
        self.refuses = ()

    def _check(self, what: str) -> None:
        if what in self.refuses:
            raise Fault(20500, "away")

    def record(
        self, subject: str, account: str, event: Event, rows: Sequence[Row] = (), callbacks: Sequence[Callback] = ()
    ) -> Entry:
        self._check("record")
        self._check(type(event).__name__)
        return self.journal.record(subject, account, event, rows, callbacks)

    async def settled(self) -> None:
        self._check("settled")
        await self.journal.settled()

    def is_durable(self, position: int) -> bool:
        return not self.lost

    async def page(self, *which: Any, **more: Any) -> list[dict[str, Any]]:
        self._check("page")
        return await self.rows.page(*which, **more)


def with_away(exchange: World) -> Away:
    """Put a switch between the exchange, its network included, and its store."""
    store = Away(exchange.database.journal, exchange.database.rows)
    facilities = replace(exchange.switchboard.facilities, journal=store, rows=store)
    exchange.switchboard = exchange.network.exchange = Switchboard(facilities)
    exchange.network.journal = store
    return store
