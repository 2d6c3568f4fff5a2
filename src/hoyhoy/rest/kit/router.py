"""Which resource a path means: a tree of path segments, one step each.

Paths are case-sensitive; doubled and trailing slashes and empty sids lead nowhere (messaging
reference 4.1). A literal segment wins over a `{name}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from .endpoint import Endpoint
from .properties import CREATE
from .resource import Act, RootResource

SUFFIXES = (".json", ".xml", ".csv")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NEEDLESS = re.compile("%(2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """What a path and a method lead to: `names` belong to the `{}` of `pattern` and of the instance's sid, in order."""

    kind: type[RootResource]
    pattern: str
    names: tuple[str, ...]
    act: Act

    def is_one(self, method: str) -> bool:
        """Whether one resource is meant that is there already, not the collection."""
        if self.kind.single:
            return method != "POST" or CREATE not in self.kind.offers
        return self.names[-1:] == ("sid",)


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    variable: _Node | None = None
    places: dict[str, Place] = field(default_factory=dict)
    is_place: bool = False


class Router:
    """Finds the place of a path under each product's name."""

    def __init__(self, kinds: Iterable[type[RootResource]]) -> None:
        self._roots: dict[str, _Node] = {}
        for kind in kinds:
            for path, methods in Endpoint(kind).routes():
                self.add(kind, path, methods)

    def add(self, kind: type[RootResource], path: str, methods: Mapping[str, Act]) -> None:
        node = self._roots.setdefault(kind.product, _Node())
        names: list[str] = []
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.variable = node.variable or _Node()
                node = node.variable
            else:
                node = node.literals.setdefault(segment, _Node())
        node.is_place = True
        for method, act in methods.items():
            if method in node.places:
                raise ValueError(f"{method} {path} is taken by {node.places[method].kind.__name__}")
            node.places[method] = Place(kind, path.removesuffix("/{sid}"), tuple(names), act)

    def products(self) -> Iterable[str]:
        return self._roots.keys()

    def find(self, product: str, path: str) -> tuple[Mapping[str, Place], list[str]] | None:
        """The place of each method and the values of their names. `path` is still percent-encoded and has no suffix."""
        node = self._roots.get(product)
        values: list[str] = []
        for segment in path.split("/")[1:]:
            if node is None or not segment:
                return None
            if "%" in segment:
                segment = unquote(segment)
                if _CONTROL.search(segment):  # nothing is called so, and not every database would even look for it
                    return None
            if (literal := node.literals.get(segment)) is not None:
                node = literal
            else:
                node = node.variable
                values.append(segment)
        return (node.places, values) if node is not None and node.is_place else None


def normalised(path: str) -> str:
    """With `%` before nothing that could stand there as it is (RFC 3986 6.2.2.2)."""
    return _NEEDLESS.sub(lambda match: chr(int(match[1], 16)), path) if "%" in path else path


def split_suffix(path: str) -> tuple[str, str]:
    """`/Calls.json` -> `/Calls`, `.json`; the suffix is empty when there is none."""
    for suffix in SUFFIXES:
        if path.endswith(suffix):
            return path[: -len(suffix)], suffix
    return path, ""
