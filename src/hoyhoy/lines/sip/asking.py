"""What trunks, registrars and keep-alives need of the endpoint, and asking with it as one would ask anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.uri import Uri
from hoyhoy.wire.sip.via import Via

from .target import Target


class Sending(Protocol):
    """The endpoint, as far as it sends requests of ours."""

    def send(self, request: Request, targets: Sequence[Target], hear: Callable[[Response], None]) -> Sent: ...
    def via(self, target: Target) -> Via: ...
    def contact(self, target: Target, user: str = "") -> Address: ...
    def local(self, target: Target) -> Target: ...
    async def resolve(self, uri: Uri) -> list[Target]: ...


class Sent(Protocol):
    """A request on its way: the target it went to last, and whether the response is one of our own making."""

    @property
    def target(self) -> Target: ...
    @property
    def failure(self) -> object | None: ...


async def ask(endpoint: Sending, request: Request, targets: Sequence[Target]) -> tuple[Response, Target]:
    """The final response to a request, and whom it came from; 408 or 503 of our own making when nobody answers."""
    answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

    def hear(response: Response) -> None:
        if response.status >= 200 and not answered.done():
            answered.set_result(response)

    sent = endpoint.send(request, targets, hear)
    return await answered, sent.target
