"""One of each resource, for the tests that every resource must pass.

The test file of a resource names how one comes into being:

    SPECIMENS = {"Address": make_address}       # async def make_address(exchange: World) -> str

The function answers the path of the instance without a suffix, as a client would ask for it below
the exchange's own address (`/2010-04-01/...`, `/monitor/v1/...`). Of a resource that has no
instances it answers the path of the list.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from importlib.util import find_spec

from hoyhoy.rest import resources
from hoyhoy.rest.kit import RootResource

from .world import World

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
