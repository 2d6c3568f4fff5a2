"""The API's own description, OpenAPI 3.1, written from the resource classes alone.

Paths are as an exchange serves them on its own host: `/2010-04-01/...` with `.json`, every other
product below its name (`/monitor/v1/...`); on the platform's host names the product comes from the
host instead. The same classes give the same document, whatever their order.

A resource that has `routes` or an `on_fetch` of its own describes them with `answers`:

    @answers(200, "The recording as it was made.", content_type="audio/x-wav")
    async def sound(cls, ctx: Context) -> Answer: ...
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from hoyhoy import __version__

from . import shapes
from .endpoint import Endpoint
from .paging import DEFAULT_SIZE, LARGEST_SIZE
from .properties import CREATE, DELETE, FETCH, LIST, UPDATE, pascal
from .resource import Act, RootResource
from .shapes import Schema

JSON, FORM = "application/json", "application/x-www-form-urlencoded"

INTRODUCTION = """\
What this exchange answers, written from its code. Bodies are form-encoded. Paths of the 2010 API without `.json` \
answer XML, with `.csv` a table. Parameters that are not described are ignored."""

_NAME = re.compile(r"\{(\w+)\}")
_Route = TypeVar("_Route", bound=Callable[..., Any])


def answers(
    status: int, description: str, schema: Schema | None = None, *, content_type: str = JSON
) -> Callable[[_Route], _Route]:
    """Says of a route of a resource's own what it answers; without `schema`, a body of `content_type` or none. A status
    may have several kinds of body."""

    def mark(route: _Route) -> _Route:
        known = route.__dict__.setdefault("answers", {}).setdefault(str(status), {})
        told: dict[str, Any] = {"description": " ".join(filter(None, (description, known.get("description"))))}
        if status != 204 and not 300 <= status < 400:
            told["content"] = {content_type: {"schema": schema or {}}, **known.get("content", {})}
        known.update(told)
        return route

    return mark


def describe(kinds: Iterable[type[RootResource]]) -> dict[str, Any]:
    """The OpenAPI document of an API that serves `kinds`."""
    ordered = sorted(kinds, key=lambda kind: (kind.product, kind.path, kind.__name__))
    prefixes = {kind.table_name: kind.prefix for kind in reversed(ordered) if kind.table_name}
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Schema] = {"Error": shapes.ERROR}
    for kind in ordered:
        described = _Described(kind, prefixes)
        schemas |= described.schemas
        for path, method, operation in described.operations():
            paths.setdefault(path, {})[method] = operation
    _tell_apart(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "hoyhoy", "version": __version__, "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{"basic": []}],
        "tags": [{"name": kind.__name__, "description": inspect.getdoc(kind) or ""} for kind in ordered],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "parameters": PAGING,
            "responses": REFUSALS,
            "securitySchemes": {
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "An account's sid and its token, or the sid of an API key and its secret.",
                }
            },
        },
    }


def place_of(kind: type[RootResource], path: str) -> str:
    """Where the exchange's own host serves `path` as JSON."""
    product = "" if kind.product == "api" else f"/{kind.product}"
    return product + path + (".json" if kind.style.xml else "")


def _tell_apart(paths: Mapping[str, Mapping[str, Any]]) -> None:
    """A resource found at several paths has its operations at each; all but the first are named after theirs."""
    taken: set[str] = set()
    for path, operations in sorted(paths.items(), key=lambda one: (len(one[0]), one[0])):
        for operation in operations.values():
            if operation["operationId"] in taken:
                literal = [part for part in re.split(r"[/.]", path) if part.isalpha() and part != "json"]
                operation["operationId"] += "At" + "".join(pascal(part) for part in literal[1:-1] or literal)
            while operation["operationId"] in taken:
                operation["operationId"] += "2"
            taken.add(operation["operationId"])


class _Described:
    """One resource class: its representations and its operations."""

    def __init__(self, kind: type[RootResource], prefixes: Mapping[str, str]) -> None:
        self.kind, self.prefixes = kind, prefixes
        self.notes = attribute_notes(kind.__module__).get(kind.__name__, {})
        name = kind.__name__
        whole = shapes.representation(kind, alone=True, fresh=False)
        self.schemas = {name: whole}
        self.names = {LIST: name, CREATE: name}
        for operation, suffix, alone, fresh in ((LIST, "InList", False, False), (CREATE, "WhenCreated", True, True)):
            form = shapes.representation(kind, alone=alone, fresh=fresh)
            if operation in kind.offers and form != whole:
                self.names[operation] = name + suffix
                self.schemas[name + suffix] = form
        if LIST in kind.offers:
            self.schemas[name + "Page"] = shapes.page(kind, reference(self.names[LIST]))

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Path, method in small letters, and operation."""
        endpoint = Endpoint(self.kind)
        for path, acts in endpoint.routes():
            for method, act in acts.items():
                is_ours = getattr(act, "__self__", None) is endpoint
                name = act.__name__ if is_ours else ""
                told = self._operation(name) if is_ours else self._own(method, act)
                if parameters := [*self._in_path(path), *self._in_query(name)]:
                    told["parameters"] = parameters
                yield place_of(self.kind, path), method.lower(), told

    # What is asked ---------------------------------------------------------------------------

    def _in_path(self, path: str) -> list[dict[str, Any]]:
        return [
            {"name": name, "in": "path", "required": True, "schema": self._in_path_form(name)}
            for name in _NAME.findall(path)
        ]

    def _in_path_form(self, name: str) -> Schema:
        """Sids, unless the class finds its rows by something else."""
        if name == "account_sid":
            prefix = "AC"
        elif name == "sid":
            prefix = "" if "find" in _below_root(self.kind) else self.kind.prefix
        else:
            prefix = self.prefixes.get(self.kind.within.get(name, ""), "")
        return {"type": "string", "pattern": shapes.sid_pattern(prefix) if prefix else "^[^/]+$"}

    def _in_query(self, operation: str) -> Iterator[dict[str, Any]]:
        if operation not in (LIST, FETCH):
            return
        forms: dict[str, Schema] = {}
        if operation == LIST:
            for prop in self.kind.properties.values():
                if prop.find:
                    forms |= shapes.searched(prop)
        for _, param, prop in self.kind.asked[operation]:
            forms[param] = self._noted(prop.name, shapes.parameter(prop, operation))
        for param, form in forms.items():
            yield {"name": param, "in": "query", "schema": form}
        if operation == LIST:
            for name, usual in PAGING.items():
                if name == "PageSize" and self.kind.page_size != DEFAULT_SIZE:
                    yield {**usual, "schema": {**usual["schema"], "default": self.kind.page_size}}
                else:
                    yield {"$ref": f"#/components/parameters/{name}"}

    def _noted(self, name: str, form: Schema) -> Schema:
        told = " ".join(one for one in (self.notes.get(name, ""), form.get("description", "")) if one)
        return {**form, "description": told} if told else form

    def _body(self, operation: str) -> dict[str, Any]:
        asked = self.kind.asked[operation]
        fields = {param: self._noted(prop.name, shapes.parameter(prop, operation)) for _, param, prop in asked}
        form: Schema = {"type": "object", "properties": fields}
        required = [param for _, param, prop in asked if operation == CREATE and prop.required]
        if required:
            form["required"] = required
        return {"content": {FORM: {"schema": form}}, **({"required": True} if required else {})}

    # What is answered ------------------------------------------------------------------------

    def _operation(self, operation: str) -> dict[str, Any]:
        kind = self.kind
        status, schema = {
            LIST: (200, kind.__name__ + "Page"),
            FETCH: (200, kind.__name__),
            CREATE: (kind.created_status, self.names[CREATE]),
            UPDATE: (kind.updated_status, kind.__name__),
            DELETE: (204, ""),
        }[operation]
        answer: dict[str, Any] = {"description": _SAID[operation]}
        if schema:
            answer["content"] = {JSON: {"schema": reference(schema)}}
        told: dict[str, Any] = {
            "operationId": operation.capitalize() + kind.__name__,
            "tags": [kind.__name__],
            "summary": f"{operation.capitalize()} {spoken(kind.__name__)}",
            "responses": {str(status): answer, **_REFUSED},
        }
        if operation == FETCH:
            for code, other in getattr(kind.on_fetch, "answers", {}).items():
                usual = told["responses"].get(code)
                told["responses"][code] = other if usual is None else _either(usual, other)
        if kind.needs_token:
            told["description"] = "API keys, but for main ones, are kept out."
        if operation in (CREATE, UPDATE):
            told["requestBody"] = self._body(operation)
        return told

    def _own(self, method: str, act: Act) -> dict[str, Any]:
        name = act.__name__.strip("_")
        said: Mapping[str, Any] = getattr(act, "answers", None) or {"2XX": {"description": "Done."}}
        told = {
            "operationId": pascal(name) + self.kind.__name__,
            "tags": [self.kind.__name__],
            "summary": f"{spoken(pascal(name)).capitalize()} {spoken(self.kind.__name__)}",
            "responses": {**said, **_REFUSED},
        }
        if note := inspect.getdoc(act):
            told["description"] = note
        if method == "POST":
            told["requestBody"] = {"content": {FORM: {"schema": {"type": "object"}}}}
        return told


def _either(usual: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The representation, or what `on_fetch` answers instead of it with the same status."""
    said = f"{usual['description']} {other['description']}"
    return {"description": said, "content": {**usual["content"], **other["content"]}}


def reference(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def spoken(name: str) -> str:
    """`IncomingPhoneNumber` -> `incoming phone number`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


@lru_cache
def attribute_notes(module: str) -> Mapping[str, Mapping[str, str]]:
    """By class, the strings under the attributes of its body, in one line each; none where there is no source."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, KeyError):
        return {}
    return {body.name: dict(_notes(body)) for body in ast.walk(tree) if isinstance(body, ast.ClassDef)}


def _notes(body: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for declared, note in pairwise(body.body):
        if isinstance(declared, ast.AnnAssign) and isinstance(declared.target, ast.Name):
            match note:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield declared.target.id, " ".join(text.split())


def _below_root(kind: type[RootResource]) -> set[str]:
    """What the class and its own bases define beyond `RootResource`."""
    return {name for one in kind.__mro__ if one not in RootResource.__mro__ for name in vars(one)}


_SAID = {
    LIST: "A page of the list.",
    FETCH: "The resource.",
    CREATE: "The resource that was made.",
    UPDATE: "The resource as it is now.",
    DELETE: "It is gone.",
}

PAGING: dict[str, Any] = {
    "PageSize": {
        "name": "PageSize",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE},
    },
    "Page": {
        "name": "Page",
        "in": "query",
        "schema": {"type": "integer", "minimum": 0, "maximum": 2**31, "default": 0},
    },
    "PageToken": {
        "name": "PageToken",
        "in": "query",
        "description": "From the address of a page before.",
        "schema": {"type": "string"},
    },
}

_ERROR = {JSON: {"schema": reference("Error")}}
_TEXT = {"type": "string"}
REFUSALS: dict[str, Any] = {
    "Unknown": {
        "description": "Credentials are missing or wrong, or are not for this account.",
        "headers": {"WWW-Authenticate": {"schema": _TEXT, "required": True}},
        "content": _ERROR,
    },
    "Refused": {"description": "The request cannot be done; the code says why.", "content": _ERROR},
    "Busy": {
        "description": "Too many requests of this account at the same time; nothing was done.",
        "headers": {"Retry-After": {"schema": {"type": "string"}, "required": True}},
        "content": _ERROR,
    },
    "Failed": {"description": "The exchange could not do its part.", "content": _ERROR},
}
_REFUSED = {
    status: {"$ref": f"#/components/responses/{name}"}
    for status, name in {"401": "Unknown", "429": "Busy", "4XX": "Refused", "5XX": "Failed"}.items()
}
