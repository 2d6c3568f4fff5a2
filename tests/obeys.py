"""The mark `obeys`: an attribute of TwiML counts as working only if a test says so and fails when it is ignored.

    @pytest.mark.obeys("Gather", "timeout", "numDigits")
    async def test_a_menu_waits(exchange): ...

The test is run once as it is, and once more for each attribute with documents read as though that attribute was not
written on that element: then it must fail. Names are those on the wire, `xml:lang` too; an element of SSML is one like
any other. docs/coverage.md is written from these marks (`marked`), which is why their words stand in the source.

Only the test itself may notice: a crash of the exchange proves nothing.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioException

from hoyhoy.wire import twiml
from hoyhoy.wire.errors import Fault

TESTS = Path(__file__).parent

NOTICED = (AssertionError, TwilioException, Fault, KeyError, IndexError, ValueError)
"""How a test fails that sees the difference."""


@lru_cache
def marked() -> dict[tuple[str, str], str]:
    """The test that shows it, by element and attribute."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "mark.obeys(" not in source:
            continue
        for function in ast.walk(ast.parse(source)):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for decorator in function.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.obeys":
                    element, *attributes = [ast.literal_eval(argument) for argument in decorator.args]
                    found |= {(element, attribute): function.name for attribute in attributes}
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    named = [
        (mark.args[0], attribute)
        for mark in metafunc.definition.iter_markers("obeys")
        for attribute in mark.args[1:]
    ]  # fmt: skip
    if named:
        without = [
            pytest.param(
                (element, attribute),
                id=f"ignoring {element} {attribute}",
                marks=pytest.mark.xfail(strict=True, raises=NOTICED, reason=f"{attribute} of <{element}> is ignored"),
            )
            for element, attribute in named
        ]
        metafunc.parametrize("ignored_attribute", [pytest.param(None, id="whole"), *without], indirect=True)


@pytest.fixture(autouse=True)
def ignored_attribute(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """While a test runs, documents are read without one attribute of one element; whether it is such a run."""
    if getattr(request, "param", None) is None:
        return False
    # It is expected to fail: to show where in pytest's own way reads the whole file of tests each time.
    request.node.repr_failure = lambda failure: failure.getrepr(style="native")
    element, attribute = request.param
    start = twiml._Builder._start

    def deaf(builder: twiml._Builder, name: str, flat: list[str]) -> None:
        pairs = zip(flat[::2], flat[1::2], strict=True)
        start(builder, name, [one for pair in pairs if (name, pair[0]) != (element, attribute) for one in pair])

    monkeypatch.setattr(twiml._Builder, "_start", deaf)
    return True
