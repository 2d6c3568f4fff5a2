"""The mark `works`: a parameter counts as working only if a test says so and fails when it is ignored.

    @pytest.mark.works("Call.create", "Timeout", "SendDigits")
    async def test_a_call_rings_as_long_as_it_may(exchange): ...

The test is run once as it is, and once more for each parameter with the API ignoring that one: then
it must fail. `Call.create` is the class of the resource and one of list, fetch, create and update.
docs/coverage.md is written from these marks (`marked`), which is why their words stand in the source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from hoyhoy.rest import resources
from hoyhoy.rest.kit import LIST

TESTS = Path(__file__).parent

Marks = dict[tuple[str, str], dict[str, str]]
"""By class and operation: each parameter and the test that shows it."""


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
            yield operation, parameters


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    named = [
        (mark.args[0], parameter) for mark in metafunc.definition.iter_markers("works") for parameter in mark.args[1:]
    ]
    if named:
        without = [
            pytest.param(
                (operation, parameter),
                id=f"ignoring {operation} {parameter}",
                marks=pytest.mark.xfail(strict=True, reason=f"{operation} ignores {parameter}"),
            )
            for operation, parameter in named
        ]
        metafunc.parametrize("ignored_parameter", [pytest.param(None, id="whole"), *without], indirect=True)


@pytest.fixture(autouse=True)
def ignored_parameter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a test runs, the API does not read one parameter of one operation."""
    if getattr(request, "param", None) is None:
        return
    operation, parameter = request.param
    name, _, verb = operation.partition(".")
    [kind] = [kind for kind in resources() if kind.__name__ == name]
    asked = kind.asked[verb]
    searched = [prop for prop in kind.properties.values() if verb == LIST and prop.find and prop.param == parameter]
    if not searched and parameter not in {param for _, param, _ in asked}:
        raise pytest.UsageError(f"{operation} has no parameter {parameter}")
    monkeypatch.setitem(kind.asked, verb, tuple(one for one in asked if one[1] != parameter))
    for prop in searched:
        monkeypatch.setattr(prop, "find", "")
