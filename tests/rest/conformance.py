"""Whether answers are what the API's own description says: every test that asks the API checks it, too.

Status, content type and the body of each JSON answer are compared; a key too many, a key that is
missing and a value of another type fail the test that saw them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import httpx
import jsonschema_rs

from hoyhoy.rest import resources
from hoyhoy.rest.kit import RootResource
from hoyhoy.rest.kit.description import describe
from hoyhoy.rest.kit.router import normalised

UNDESCRIBED = ("/openapi.json",)
LEGACY = "/2008-08-01/"
REALLY = {"HEAD": "get", "PUT": "post"}
SUFFIXES = (".json", ".xml", ".csv")


class Described:
    """A document that answers are compared with."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._tree: dict[str, Any] = {}
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        for template, operations in document["paths"].items():
            node = self._tree
            for segment in plain(template).split("/"):
                node = node.setdefault("{}" if segment.startswith("{") else segment, {})
            node["/"] = operations

    def operations_at(self, path: str) -> dict[str, Any] | None:
        """By method in small letters; `path` is one of the exchange's own host. A word wins over a name."""
        node = self._tree
        for segment in plain(path).split("/"):
            following = node.get(segment) or node.get("{}")
            if following is None:
                return None
            node = following
        return node.get("/")

    def check(self, response: httpx.Response) -> None:
        """AssertionError for an answer that is not described."""
        request = response.request
        path, method = own_path(request), request.method
        if method == "OPTIONS" or path in UNDESCRIBED or path.startswith(LEGACY):
            return
        told = (self.operations_at(path) or {}).get(REALLY.get(method, method.lower()))
        if told is None:
            assert response.status_code in (400, 401, 403, 404, 405), f"not described: {seen(response)}"
            answer = self.resolved({"$ref": "#/components/responses/Refused"})
        else:
            status = str(response.status_code)
            known = told["responses"]
            answer = known.get(status) or known.get(status[0] + "XX")
            assert answer is not None, f"{told['operationId']} does not know this status: {seen(response)}"
            answer = self.resolved(answer)
        for name, header in answer.get("headers", {}).items():
            assert name in response.headers or not header.get("required"), f"without {name}: {seen(response)}"
        self._check_body(response, answer.get("content", {}))

    def _check_body(self, response: httpx.Response, content: Mapping[str, Any]) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0]
        if kind in ("application/xml", "text/csv") and "application/json" in content:
            return  # the same answer in another form
        if not content:
            assert not response.content, f"no body is described: {seen(response)}"
        elif response.request.method != "HEAD":
            assert kind in content, f"{kind} is not described: {seen(response)}"
            if kind == "application/json":
                wrong = [
                    f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
                    for error in self._validator(content[kind]["schema"]).iter_errors(json.loads(response.content))
                ]
                assert not wrong, "\n".join([*wrong, seen(response)])

    def resolved(self, described: dict[str, Any]) -> dict[str, Any]:
        reference = described.get("$ref", "")
        node: Any = self.document
        for name in reference.split("/")[1:]:
            node = node[name]
        return node if reference else described

    def _validator(self, schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
        name = json.dumps(schema)
        if name not in self._validators:
            whole = {**schema, "components": {"schemas": self.document["components"]["schemas"]}}
            self._validators[name] = jsonschema_rs.validator_for(whole, validate_formats=True)
        return self._validators[name]


def seen(response: httpx.Response) -> str:
    request = response.request
    return f"{request.method} {request.url} -> {response.status_code} {response.text[:2000]}"


def own_path(request: httpx.Request) -> str:
    """The path without query as the exchange's own host has it."""
    path = normalised(request.url.raw_path.decode().partition("?")[0])
    name = request.headers["host"].partition(":")[0].rstrip(".").lower()
    if name.endswith(".twilio.com"):
        product = name.partition(".")[0]
        return path if product == "api" else f"/{product}{path}"
    return path


def plain(path: str) -> str:
    for suffix in SUFFIXES:
        if path.endswith(suffix):
            return path[: -len(suffix)]
    return path


@lru_cache(maxsize=32)
def described(kinds: tuple[type[RootResource], ...] | None = None) -> Described:
    return Described(describe(resources() if kinds is None else kinds))


def of(kinds: Iterable[type[RootResource]]) -> Described:
    """What the API that serves `kinds` says of itself."""
    return described(tuple(kinds))
