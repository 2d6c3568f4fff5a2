"""The mark `works`: a parameter counts as working only if a test says so and fails when it is ignored.

    @pytest.mark.works("Call.create", "Timeout", "SendDigits")
    async def test_a_call_rings_as_long_as_it_may(exchange): ...

The test is run once as it is, and once more for each parameter with the API ignoring that one: then
it must fail. `Call.create` is the class of the resource and one of list, fetch, create and update.
docs/coverage.md is written from these marks (`marked`), which is why their words stand in the source.

What the API cannot do without it cannot ignore; there it takes another value than the one it was given:

    @pytest.mark.works("Call.create", To="+14155550124")

Only the test itself may notice. An answer 20500 proves nothing about a parameter (`Unproven`), and the
comparison with the API's description is left out.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import httpx
import pytest
from twilio.base.exceptions import TwilioException

from hoyhoy.rest import resources
from hoyhoy.rest.kit import LIST
from hoyhoy.rest.kit.properties import Property
from hoyhoy.wire.errors import Fault

TESTS = Path(__file__).parent

Marks = dict[tuple[str, str], dict[str, str]]
"""By class and operation: each parameter and the test that shows it."""

NOTICED = (AssertionError, TwilioException, Fault, KeyError, ValueError)
"""How a test fails that sees the difference: also by a refusal, or by an answer without what it looks for."""


class Unproven(Exception):
    """The API broke when it ignored a parameter, so the test was never asked whether it would notice."""


@lru_cache
def marked() -> Marks:
    found: Marks = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "mark.works(" not in source:
            continue
        for function in ast.walk(ast.parse(source)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for operation, parameters in _marks_of(function):
                    name, _, verb = operation.partition(".")
                    for parameter in parameters:
                        found.setdefault((name, verb), {})[parameter] = function.name
    return found


def _marks_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, list[str]]]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.works":
            operation, *parameters = [ast.literal_eval(argument) for argument in decorator.args]
            yield operation, [*parameters, *(keyword.arg for keyword in decorator.keywords if keyword.arg)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    named = [
        (mark.args[0], parameter, other)
        for mark in metafunc.definition.iter_markers("works")
        for parameter, other in [*((name, None) for name in mark.args[1:]), *mark.kwargs.items()]
    ]
    if named:
        without = [
            pytest.param(
                (operation, parameter, other),
                id=f"ignoring {operation} {parameter}",
                marks=pytest.mark.xfail(strict=True, raises=NOTICED, reason=f"{operation} ignores {parameter}"),
            )
            for operation, parameter, other in named
        ]
        metafunc.parametrize("ignored_parameter", [pytest.param(None, id="whole"), *without], indirect=True)


@pytest.fixture(autouse=True)
def ignored_parameter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """While a test runs, the API does not read one parameter of one operation; whether it is such a run."""
    if getattr(request, "param", None) is None:
        return False
    # It is expected to fail: to show where in pytest's own way reads the whole file of tests each time.
    request.node.repr_failure = lambda failure: failure.getrepr(style="native")
    operation, parameter, other = request.param
    name, _, verb = operation.partition(".")
    [kind] = [kind for kind in resources() if kind.__name__ == name]
    asked = kind.asked[verb]
    searched = [prop for prop in kind.properties.values() if verb == LIST and prop.find and prop.param == parameter]
    if not searched and parameter not in {param for _, param, _ in asked}:
        raise pytest.UsageError(f"{operation} has no parameter {parameter}")
    kept = [
        (column, param, prop if param != parameter else _deaf(prop, other))
        for column, param, prop in asked
        if param != parameter or other is not None
    ]
    monkeypatch.setitem(kind.asked, verb, tuple(kept))
    for prop in searched:
        monkeypatch.setattr(prop, "find", "")
    monkeypatch.setattr("tests.rest.conformance.Described.check", _is_no_breakdown)
    return True


def _deaf(prop: Property, other: str) -> Property:
    """The property, always set to the other value; on the way to the row it is treated like any."""
    deaf = copy.copy(prop)
    value = prop.read([other])
    deaf.read = lambda given: value  # type: ignore[method-assign]
    return deaf


def _is_no_breakdown(described: object, response: httpx.Response) -> None:
    if response.status_code >= 500:
        raise Unproven(f"{response.request.method} {response.request.url} -> {response.text[:500]}")
