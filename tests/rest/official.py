"""What the official Python client knows of the platform, read off its source: the checklist of the API.

A *face* is one path and everything the client does there: operations, their parameters, and the
properties it reads from an answer with the form it expects of each.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

ENVELOPE = {"uri", "url", "links", "subresource_uris"}
OPERATIONS = ("list", "fetch", "create", "update", "delete")

_CLASS = re.compile(r"^class (\w+?)(List|Context)\(", re.MULTILINE)
_URI = re.compile(r'self\._uri = \(?\s*"([^"]+)"')
_FIELD = re.compile(r'self\.\w+: ([^=]+?) = \(?\s*((?:deserialize\.\w+\(\s*)?)payload\.get\(\s*"(\w+)"', re.DOTALL)


@dataclass
class Face:
    """`parameters` by operation, in the client's snake_case; `shown`: the type and the reader of each property."""

    path: str
    parameters: dict[str, set[str]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)


def normalised(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path).removesuffix(".json")


@lru_cache
def faces(product: str) -> dict[str, Face]:
    """Every path that the client knows below the host of a product."""
    found: dict[str, Face] = {}
    package = importlib.import_module(f"twilio.rest.{product}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        version = module.name.split(".")[3]
        if re.fullmatch(r"v[0-9]+", version):
            prefix = "/2010-04-01" if version == "v2010" else "/" + version
            _read(importlib.import_module(module.name), prefix, found)
    return found


def _read(module: Any, prefix: str, found: dict[str, Face]) -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    for match in _CLASS.finditer(source):
        uri = _URI.search(source, match.end())
        following = _CLASS.search(source, match.end())
        if uri is None or (following and uri.start() > following.start()):
            continue
        path = normalised(prefix + uri[1])
        face = found.setdefault(path, Face(path))
        owner = getattr(module, match[1] + match[2])
        for operation in OPERATIONS:
            if operation in vars(owner):
                names = set(inspect.signature(getattr(owner, operation)).parameters)
                asked = {name.rstrip("_") for name in names} - {"self", "limit", "page_size"}
                face.parameters.setdefault(operation, set()).update(asked)
        instance = getattr(module, match[1] + "Instance", None)
        if instance is not None:
            for kind, reader, name in _FIELD.findall(inspect.getsource(instance.__init__)):
                wanted = re.sub(r"\W+$", "", reader.strip().removeprefix("deserialize."))
                face.shown[name] = wanted or re.sub(r"\s", "", kind).removeprefix("Optional[").removesuffix("]").strip(
                    '"'
                )


def of(product: str, paths: Iterable[str], *, single: bool) -> Face:
    """What the client knows of a resource: its collection and its instances, at any of its paths."""
    known, whole = faces(product), Face("")
    for path in paths:
        for one in (path,) if single else (path, path + "/{}"):
            face = known.get(normalised(one), Face(""))
            for operation, names in face.parameters.items():
                whole.parameters.setdefault(operation, set()).update(names)
            whole.shown.update(face.shown)
    return whole
