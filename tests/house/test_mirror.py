"""The tree's own rules (house.md 2, 8, 9): a test file for each source file, small files, the field's words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from .tree import ROOT, SOURCE, files, parsed, short, sources

# Files without a test file of their own, each with its reason.
UNMIRRORED = {
    "exchange/events.py": "declarations: what can happen, as frozen dataclasses",
    "exchange/orders.py": "declarations: what can be asked",
    "exchange/ports.py": "declarations: what the exchange needs of the outside, as protocols",
    "intercept/hooks/python/sitecustomize.py": "runs inside somebody else's interpreter; tests start such",
    "lines/ports.py": "declarations: what all lines need of the exchange, as protocols",
    "lines/sip/ports.py": "declarations: what the SIP line needs of others, as protocols",
    "rest/kit/request.py": "declarations: a request and its answer",
    "rest/kit/services.py": "declarations: what the exchange lends the kit",
    "wire/area_codes.py": "a table, read through wire/number",
    "wire/error_codes.py": "a table, read through wire/errors",
    "wire/error_codes_of_requests.py": "a table, read through wire/errors",
}
LONGEST = 600
LONGEST_TEST = 800  # one file of tests per source file, whatever it has to prove
AVOIDED = {"manager", "managers", "helper", "helpers", "util", "utils", "handler", "handlers", "info", "misc", "common"}


def test_each_source_file_has_its_test_file():
    lacking = [
        f"{short(path)}: {short(test_of(path))}" for path in sources() if needs_test(path) and not has_test(path)
    ]
    assert not lacking, "\n".join(lacking)


def test_the_exceptions_exist():
    assert [name for name in UNMIRRORED if not (SOURCE / name).exists()] == []


def test_no_file_is_long():
    for path in files(".py", ".js", ".cjs", ".mjs", ".css"):
        if path.parent.name == "versions":  # written by alembic
            continue
        length = len(path.read_text(encoding="utf-8").splitlines())
        assert length <= (LONGEST_TEST if path.name.startswith("test_") else LONGEST), short(path)


def test_modules_and_classes_are_named_in_the_fields_words():
    named = []
    for path in sources():
        names = [path.stem if path.stem != "__init__" else path.parent.name]
        names += [node.name for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)]
        named += [f"{short(path)}: {name}" for name in names if words(name) & AVOIDED]
    assert named == []


def test_every_module_says_what_it_is():
    """At its top, or on its first class where the file is that class."""
    silent = [short(path) for path in sources() if path.stat().st_size and not says(parsed(path))]
    assert silent == []


def test_nothing_is_left_for_later():
    mark = re.compile(r"\b(" + "TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    found = []
    for path in files(".py", ".cjs", ".js", ".md", ".sh"):
        lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        found += [f"{short(path)}:{number}" for number, line in lines if mark.search(line)]
    assert found == []


def test_words():
    assert words("pkgutil") == {"pkgutil"}
    assert words("CallsManager") == {"calls", "manager"}
    assert words("line_info") == {"line", "info"}
    assert words("TwiMLDocument") >= {"document"}


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def needs_test(path: Path) -> bool:
    """A package's __init__ and __main__ only if something is defined there; migrations are tested as a chain."""
    inside = path.relative_to(SOURCE)
    if inside.as_posix() in UNMIRRORED or ("migrations" in inside.parts and path.stem != "__init__"):
        return False
    if path.stem in ("__init__", "__main__"):
        return any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in parsed(path).body
        )
    return True


def test_of(path: Path) -> Path:
    inside = path.relative_to(SOURCE)
    if path.stem == "__init__":
        inside = inside.parent.with_suffix(".py")
    return ROOT / "tests" / inside.parent / f"test_{inside.name}"


test_of.__test__ = False  # type: ignore[attr-defined]


def says(module: ast.Module) -> bool:
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    return bool(ast.get_docstring(module) or (classes and ast.get_docstring(classes[0])))


def has_test(path: Path) -> bool:
    return test_of(path).exists()
