"""Who is there: the exchange says that it lives, and its tenants that they still need it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .wires import Json, faults


class PresenceRoutes:
    """/lab/v1/health, and /lab/v1/tenancy: a connection that a tenant holds open while it needs the exchange."""

    def __init__(self, health: Callable[[], dict[str, Any]], closing: asyncio.Event) -> None:
        self._health, self._closing = health, closing
        self.tenants = 0
        self.changed = asyncio.Event()

    def routes(self, *, public: bool = False) -> list[Route]:
        """`public`: strangers can ask, and have nothing to hold open; `health` must tell them nothing then."""
        routes = [
            Route("/health", faults(self.health), methods=["GET"]),
            Route("/tenancy", faults(self.tenancy), methods=["GET"]),
        ]
        return routes[:1] if public else routes

    async def health(self, request: Request) -> Response:
        return Json(self._health())

    async def tenancy(self, request: Request) -> Response:
        return StreamingResponse(self._tenancy(), media_type="text/plain")

    async def _tenancy(self) -> AsyncIterator[bytes]:
        self._count(1)
        try:
            yield b"open\n"
            await self._closing.wait()
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self.tenants += change
        self.changed.set()
