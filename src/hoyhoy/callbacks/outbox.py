"""Delivering callbacks: requests that only tell, handed over after their events are durable.

Each callback is delivered at least once unless the app refuses it (4xx): failed connections, silence
and 5xx answers are tried again with growing waits, on the exchange's clock. A restart hands over
again what had no outcome yet; outcomes are events, and the journal keeps its outbox by them.

Callbacks of one subject start in the order they were asked for, each after the first try of the
one before; one that waits to be tried again does not keep later ones back, and takes its place in
front of them when its time has come. One app that answers slowly cannot hold up the others: a
host gets only a share of the tries under way.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from urllib.parse import urlsplit

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import CallbackDelivered, CallbackFailed, Params
from hoyhoy.exchange.ports import Callback, FetchFailed, Journal, Page
from hoyhoy.wire.errors import Fault

log = logging.getLogger(__name__)

WAITS = (1.0, 5.0, 30.0, 120.0, 600.0)
"""Seconds before the second try, the third and so on; after the last one a callback is given up."""

RECORDED_AGAIN = 1.0
"""Seconds until an outcome is offered again to a journal that took no more."""

OUR_FAULT = 20500
"""The code of a try that failed in the exchange itself."""

FINAL = frozenset({OUR_FAULT, 11100, 11215, 11216, 11240, 11241, 11242, 11243})
"""Failures that lie in the URL or in the app's redirects: another try would go the same way."""


class Pending(Protocol):
    """A callback found after a restart, due at `due_at` (Unix seconds) after `attempts` failures."""

    @property
    def callback(self) -> Callback: ...
    @property
    def due_at(self) -> float: ...
    @property
    def attempts(self) -> int: ...


class Teller(Protocol):
    """The part of fetch.AppFetcher used here. It holds the virtual clock: time stands still while a try is under
    way, and a callback that is due waits only for tries under way."""

    async def tell(self, callback: Callback) -> Page: ...


class Notice(Protocol):
    """Tell the customer that a callback failed; the keywords are those of exchange.notices.notify."""

    def __call__(
        self,
        *,
        account: str,
        subject: str,
        code: int,
        message: str,
        url: str,
        method: str,
        params: Params,
        page: Page | None,
    ) -> None: ...


@dataclass(order=True, slots=True)
class _Item:
    """A callback in its lane, in the order it was asked for."""

    number: int
    callback: Callback = field(compare=False)
    attempts: int = field(default=0, compare=False)
    outcome: Callable[[], None] | None = field(default=None, compare=False)
    """Records what came of a try, when the journal would not take it then."""


class Outbox:
    """`at_once` tries are under way at most, `per_host` of them to one host and port."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        fetcher: Teller,
        notice: Notice,
        at_once: int = 64,
        per_host: int = 16,
        waits: Sequence[float] = WAITS,
    ) -> None:
        self._clock, self._journal, self._fetcher, self._notice = clock, journal, fetcher, notice
        self._at_once, self._per_host, self._waits = at_once, per_host, waits
        self._numbers = itertools.count()
        self._lanes: dict[str, list[_Item]] = {}  # by subject
        self._ready: OrderedDict[str, deque[str]] = OrderedDict()  # by host: subjects whose first item may start
        self._trying: Counter[str] = Counter()  # by host
        self._busy: set[str] = set()  # subjects with a try under way
        self._later: list[tuple[float, _Item]] = []
        self._alarm: tuple[float, asyncio.Task[None]] | None = None
        self._ended = False
        self._finishing = False
        self._still = asyncio.Event()

    def start(self, pending: Iterable[Pending] = ()) -> None:
        """Take up what a restart found, oldest first."""
        for each in pending:
            item = _Item(next(self._numbers), each.callback, each.attempts)
            if each.due_at > self._clock.now():
                self._put_off(item, each.due_at)
            else:
                self._put(item)
        self._start_tries()

    def deliver(self, callbacks: Iterable[Callback]) -> None:
        """Deliver these; they are durable and in the order they were asked for."""
        for callback in callbacks:
            self._put(_Item(next(self._numbers), callback))
        self._start_tries()

    async def finish(self) -> None:
        """Return when everything that is due was tried; what waits to be tried again waits for the next start."""
        self._finishing = True
        if self._alarm:
            self._alarm[1].cancel()
        if self._busy:
            await self._still.wait()

    # Lanes -------------------------------------------------------------------------------

    def _put(self, item: _Item) -> None:
        subject = item.callback.subject
        lane = self._lanes.setdefault(subject, [])
        heapq.heappush(lane, item)
        if len(lane) == 1 and subject not in self._busy:
            self._make_ready(subject)

    def _make_ready(self, subject: str) -> None:
        self._ready.setdefault(_host(self._lanes[subject][0].callback.url), deque()).append(subject)

    def _start_tries(self) -> None:
        if self._ended:
            return
        while self._ready and len(self._busy) < self._at_once and (host := self._host_in_turn()):
            subject = self._ready[host].popleft()
            if not self._ready[host]:
                del self._ready[host]
            item = heapq.heappop(self._lanes[subject])
            self._trying[host] += 1
            self._busy.add(subject)
            self._clock.spawn(self._try(item, host), f"callback {item.callback.sid}")

    def _host_in_turn(self) -> str | None:
        for host in self._ready:
            if self._trying[host] < self._per_host:
                self._ready.move_to_end(host)
                return host
        return None

    # Tries -------------------------------------------------------------------------------

    async def _try(self, item: _Item, host: str) -> None:
        subject = item.callback.subject
        try:
            await self._attempt(item)
        except asyncio.CancelledError:
            self._ended = True  # the exchange closes; what has no outcome is taken up after the next start
            raise
        finally:
            self._busy.discard(subject)
            self._trying[host] -= 1
            if not self._trying[host]:
                del self._trying[host]
            if self._lanes[subject]:
                self._make_ready(subject)
            else:
                del self._lanes[subject]
            self._start_tries()
            if self._finishing and not self._busy:
                self._still.set()

    async def _attempt(self, item: _Item) -> None:
        outcome = item.outcome or await self._told(item)
        item.outcome = None
        try:
            outcome()
        except Fault:  # the journal takes no more just now; the app is not told a second time for that
            item.outcome = outcome
            self._put_off(item, self._clock.now() + RECORDED_AGAIN)

    async def _told(self, item: _Item) -> Callable[[], None]:
        """One try; what is to be recorded of it."""
        item.attempts += 1
        try:
            page = await self._fetcher.tell(item.callback)
        except FetchFailed as failed:
            return partial(self._failed, item, failed)
        except Exception as error:
            log.exception("callback %s to %s failed", item.callback.sid, item.callback.url)
            problem = f"The exchange could not make this request: {error}"
            return partial(self._failed, item, FetchFailed(OUR_FAULT, problem))
        return partial(self._delivered, item, page)

    def _delivered(self, item: _Item, page: Page) -> None:
        callback = item.callback
        self._journal.record(
            callback.subject,
            callback.account,
            CallbackDelivered(
                sid=callback.sid,
                url=callback.url,
                params=callback.params,
                status=page.status,
                attempts=item.attempts,
                method=callback.method,
                content_type=page.content_type,
                seconds=page.seconds,
            ),
        )

    def _failed(self, item: _Item, failed: FetchFailed) -> None:
        callback, again_in = item.callback, self._again_in(failed, item.attempts)
        code, problem, page = _code(failed), failed.message, failed.page
        self._journal.record(
            callback.subject,
            callback.account,
            CallbackFailed(
                sid=callback.sid,
                url=callback.url,
                params=callback.params,
                code=code,
                problem=problem,
                attempts=item.attempts,
                again_in=again_in,
                method=callback.method,
                status=page.status if page else 0,
                content_type=page.content_type if page else "",
                seconds=page.seconds if page else 0.0,
            ),
        )
        if item.attempts == 1 or again_in is None:  # the first failure and the last; not every one between
            with suppress(Fault):  # the failure itself is recorded; nobody is told twice of it
                self._notice(
                    account=callback.account,
                    subject=callback.subject,
                    code=code,
                    message=problem,
                    url=callback.url,
                    method=callback.method,
                    params=callback.params,
                    page=page,
                )
        if again_in is not None:
            self._put_off(item, self._clock.now() + again_in)

    def _again_in(self, failed: FetchFailed, attempts: int) -> float | None:
        """Seconds until the next try; None when there is none."""
        refused = failed.page is not None and 400 <= failed.page.status < 500
        if refused or failed.code in FINAL or attempts > len(self._waits):
            return None
        return self._waits[attempts - 1]

    # Trying again ------------------------------------------------------------------------

    def _put_off(self, item: _Item, due_at: float) -> None:
        heapq.heappush(self._later, (due_at, item))
        if self._finishing:
            return
        if self._alarm is None or due_at < self._alarm[0]:
            if self._alarm:
                self._alarm[1].cancel()
            self._alarm = (due_at, self._clock.spawn(self._ring(), "callbacks to try again"))

    async def _ring(self) -> None:
        """Put every item back into its lane when it is due; one task for all of them."""
        while self._later:
            due_at, item = self._later[0]
            if (left := due_at - self._clock.now()) > 0:
                assert self._alarm
                self._alarm = (due_at, self._alarm[1])
                await self._clock.sleep(left)
                continue
            heapq.heappop(self._later)
            self._put(item)
            self._start_tries()
        self._alarm = None


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _code(failed: FetchFailed) -> int:
    """15003 for an answer of 4xx or 5xx, 15002 for none in time (voice reference 3.2), else the failure's own."""
    if failed.page and failed.page.status >= 400:
        return 15003
    return 15002 if failed.code in (11200, 11203) and failed.page is None else failed.code
