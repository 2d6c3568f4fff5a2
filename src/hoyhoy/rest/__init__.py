"""The REST API: one file per resource in the folders named after the platform's APIs, on the kit in `kit`.

Resources are found by listing the folders: a new file is served without being named anywhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

from hoyhoy.exchange.ports import Table

from .kit import Api, RootResource, Services
from .legacy import Legacy

__all__ = ["application", "build", "resources", "tables"]


def resources() -> list[type[RootResource]]:
    """In the order of folders, files and classes. A class without a path is what several have in common."""
    found: list[type[RootResource]] = []
    for folder in pkgutil.iter_modules(__path__, __name__ + "."):
        if folder.name == __name__ + ".kit" or not folder.ispkg:
            continue
        package = importlib.import_module(folder.name)
        for file in pkgutil.iter_modules(package.__path__, folder.name + "."):
            module = importlib.import_module(file.name)
            found += [
                one
                for one in vars(module).values()
                if isinstance(one, type) and issubclass(one, RootResource) and hasattr(one, "path")
                if one.__module__ == module.__name__
            ]
    return found


def tables() -> list[Table]:
    """What the store must hold: one table per name, read off the first class that shows its rows."""
    by_name: dict[str, Table] = {}
    for kind in resources():
        if kind.table_name:
            by_name.setdefault(kind.table_name, kind.table())
    return list(by_name.values())


def build(kinds: Iterable[type[RootResource]], services: Services) -> Api:
    """The ASGI application that serves `kinds`, and those there were in 2008 under their old names too."""
    return Api(kinds, services, (Legacy(),))


def application(services: Services) -> Api:
    """The ASGI application that serves everything there is."""
    return build(resources(), services)
