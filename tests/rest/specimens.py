"""One of each resource, for the tests that every resource must pass.

The test file of a resource names how one comes into being:

    SPECIMENS = {"Address": make_address}       # async def make_address(exchange: World) -> str

The function answers the path of the instance without a suffix, as a client would ask for it below
the exchange's own address (`/2010-04-01/...`, `/monitor/v1/...`). Of a resource that has no
instances it answers the path of the list.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import httpx
import pytest
import pytest_asyncio

from hoyhoy.rest import resources
from hoyhoy.rest.kit import CREATE, DELETE, FETCH, LIST, UPDATE, RootResource

from .world import ACCOUNT, World, world

ASKED = {"IamKey": f"AccountSid={ACCOUNT}"}
"""Lists that answer only to who names something."""

Make = Callable[[World], Awaitable[str]]


def specimens() -> dict[str, tuple[type[RootResource], Make]]:
    """By the name of the class; a class whose test file names none is left out (tests/rest/test_forms.py says so)."""
    found = {}
    for kind in resources():
        folder, _, file = kind.__module__.removeprefix("hoyhoy.").rpartition(".")
        tests = f"tests.{folder}.test_{file}"
        if find_spec(tests) is not None:
            made = getattr(importlib.import_module(tests), "SPECIMENS", {}).get(kind.__name__)
            if made is not None:
                found[kind.__name__] = (kind, made)
    return found


SPECIMENS = specimens()
NAMES = sorted(SPECIMENS)


@dataclass
class Specimen:
    """One resource in an exchange of its own. `path` is the instance's, or the list's when it has no instances."""

    name: str
    kind: type[RootResource]
    exchange: World
    path: str

    @property
    def suffix(self) -> str:
        """What makes JSON of the answer."""
        return ".json" if self.kind.style.xml else ""

    @property
    def pattern(self) -> str:
        """The declared path that the specimen was made at, as a client writes it below the exchange's address."""
        product = "" if self.kind.product == "api" else "/" + self.kind.product
        for path in (self.kind.path, *self.kind.also):
            for pattern in (product + path, product + path + "/{sid}"):
                if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), self.path):
                    return pattern
        raise AssertionError(f"{self.path} is no path of {self.name}")

    @property
    def is_one(self) -> bool:
        """Whether `path` is an instance's."""
        return self.pattern.endswith("/{sid}") or self.kind.single

    @property
    def collection(self) -> str:
        """The path of the list in which the specimen is found."""
        return self.path.rpartition("/")[0] if self.pattern.endswith("/{sid}") else self.path

    @property
    def variables(self) -> dict[str, str]:
        """What stands for each name in the path."""
        segments = zip(self.pattern.split("/"), self.path.split("/"), strict=True)
        return {name[1:-1]: value for name, value in segments if name.startswith("{")}

    def at(self, **values: str) -> str:
        """The path with other values for some of its names."""
        return self.pattern.format(**{**self.variables, **values})

    @property
    def operations(self) -> dict[str, str]:
        """The HTTP method of each operation that is offered, at the path itself."""
        one = {FETCH: "GET", UPDATE: "POST", DELETE: "DELETE"}
        offered = one if self.is_one else {LIST: "GET", CREATE: "POST"}
        if self.kind.single:
            offered = {**one, CREATE: "POST"}
        return {operation: method for operation, method in offered.items() if operation in self.kind.offers}

    @property
    def readable(self) -> list[str]:
        """Paths, without suffix, that answer to GET."""
        paths = [self.path] if self.is_one and FETCH in self.kind.offers else []
        return [*paths, self.collection] if LIST in self.kind.offers else paths

    @property
    def writable(self) -> list[tuple[str, str]]:
        """Methods and paths, without suffix, that change something."""
        ways = [(method, self.path) for method in self.operations.values() if method != "GET"]
        if CREATE in self.kind.offers and ("POST", self.collection) not in ways:
            ways.append(("POST", self.collection))
        return ways

    async def ask(
        self, method: str, path: str, *, suffix: str | None = None, query: str = "", **options: Any
    ) -> httpx.Response:
        """A request, for JSON unless there is another suffix. What a list must be asked for is asked for."""
        query = "&".join(filter(None, (ASKED.get(self.name), query)))
        address = path + (self.suffix if suffix is None else suffix) + (query and "?" + query)
        return await self.exchange.request(method, address, **options)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=NAMES)
async def specimen(request: pytest.FixtureRequest) -> AsyncIterator[Specimen]:
    """One of every kind, for all tests of a file that leave it as it was; they are marked `SHARED`."""
    kind, make = SPECIMENS[request.param]
    async with world() as exchange:
        yield Specimen(request.param, kind, exchange, await make(exchange))
