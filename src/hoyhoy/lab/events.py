"""The log over HTTP: a page of entries as JSON, or entries as they happen as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from hoyhoy.bus.feed import Feed
from hoyhoy.exchange.events import Entry
from hoyhoy.wire.errors import Fault

from .match import Match
from .wires import Json, entry, faults

MOST = 1000

Read = Callable[[int, str, int], Awaitable[Sequence[Entry]]]
"""Entries of the store after a position, of one subject (empty: of all), at most so many."""


class EventRoutes:
    """/lab/v1/events: `after` a position, of one `subject`, of one `kind`, `containing` a text."""

    def __init__(self, feed: Feed, read: Read) -> None:
        self.feed, self._read = feed, read

    def routes(self) -> list[Route]:
        return [Route("/events", faults(self.events), methods=["GET"])]

    async def events(self, request: Request) -> Response:
        query = request.query_params
        kind = query.get("kind", "")
        try:
            match = Match(
                kinds=tuple(kind.split(",")) if kind else (),
                subject=query.get("subject", ""),
                contains=query.get("contains", ""),
            )
        except ValueError as error:
            raise Fault(20001, str(error)) from None
        after = _whole(request.headers.get("last-event-id") or query.get("after"), 0)
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(
                self._stream(after, match), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
            )
        limit = min(_whole(query.get("limit"), 100), MOST)
        found: list[Entry] = []
        while len(found) < limit and (read := await self._read(after, match.subject, MOST)):
            found += [one for one in read if match.fits(one)]
            after = read[-1].position
        found = found[:limit]
        return Json({"last": self.feed.last, "entries": [entry(one) for one in found]})

    async def _stream(self, after: int, match: Match) -> AsyncIterator[bytes]:
        yield b": the log follows\n\n"
        async with aclosing(self.feed.follow(after, match.fits)) as entries:
            async for one in entries:
                body = msgspec.json.encode(entry(one))
                yield b"id: %d\nevent: %s\ndata: %s\n\n" % (one.position, type(one.event).__name__.encode(), body)


def _whole(raw: str | None, default: int) -> int:
    if raw is None:
        return default
    try:
        return min(max(int(raw[:20]), 0), 2**63 - 1)
    except ValueError:
        raise Fault(20001, f"{raw[:20]!r} is not a position in the log.") from None
