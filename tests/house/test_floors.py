"""The floors hold (house.md 3), and each contract is awake: it breaks on one import that it forbids."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .tree import ROOT, SOURCE, imported, parsed, project, short, sources

CONTRACTS = {contract["id"]: contract for contract in project()["tool"]["importlinter"]["contracts"]}

# Contract, a module that stands, and an import it may not have. Chains count as much as direct imports.
VIOLATIONS = [
    ("floors", "wire/sid.py", "import hoyhoy.exchange.ports"),
    ("floors", "exchange/ports.py", "import hoyhoy.rest.kit"),
    ("floors", "store/folder.py", "import hoyhoy.callbacks.order"),
    ("floors", "rest/kit/__init__.py", "import hoyhoy.app"),
    ("floors", "newcomer.py", ""),
    ("ground", "wire/sid.py", "import asyncio"),
    ("ground", "wire/twiml.py", "from time import monotonic"),
    ("exchange", "exchange/call.py", "import aiohttp"),
    ("exchange", "exchange/verbs/voice/say.py", "from sqlalchemy import text"),
    ("time", "lines/simulated/phone.py", "import random"),
    ("time", "rest/kit/__init__.py", "from time import time"),
    ("ways", "callbacks/order.py", "import hoyhoy.exchange.switchboard"),
    ("ways", "store/folder.py", "from hoyhoy.exchange import call"),
    ("ways", "bus/feed.py", "from hoyhoy.exchange.leg import Leg"),
    ("verbs", "exchange/verbs/voice/say.py", "from . import play"),
    ("rest", "rest/api2010/calls.py", "from hoyhoy.store import database"),
    ("rest", "rest/kit/__init__.py", "import hoyhoy.lines.simulated.network"),
    ("kit", "rest/kit/__init__.py", "import hoyhoy.rest.api2010.calls"),
    ("resources", "rest/api2010/calls.py", "from .accounts import *"),
    ("lab", "lab/events.py", "import hoyhoy.store.database"),
    ("intercept", "intercept/port.py", "from hoyhoy.exchange.clock import Clock"),
    ("pytest", "lab/events.py", "import pytest"),
    ("client", "callbacks/order.py", "from twilio.request_validator import RequestValidator"),
]

# Who may ask the event loop itself, and why.
REAL_TIME = {
    "exchange/clock.py": "the one clock",
    "store/journal.py": "how long a commit waits for company is a matter of the disk, not of the exchange",
    "lines/sip/alarm.py": "SIP's timers are real phones' (RFC 3261 17), thousands of them, and never driven",
    "callbacks/pool.py": "a wait for the outside world carries a real deadline beside the clock's (design.md 4)",
}


def lint(config: Path, source: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """import-linter on the package that lies in `source`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environment = {**os.environ, "PYTHONPATH": str(source), "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        [*command, "--config", str(config), "--no-cache", "--no-logo", *options],
        capture_output=True, text=True, cwd=source, env=environment, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("floors")
    shutil.copytree(SOURCE, place / "hoyhoy", ignore=shutil.ignore_patterns("__pycache__"))
    return place


def test_the_contracts_hold(copied):
    done = lint(ROOT / "pyproject.toml", copied)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in done.stdout


@pytest.mark.parametrize(("contract", "module", "line"), VIOLATIONS, ids=lambda value: value)
def test_a_contract_breaks(copied, contract, module, line):
    path = copied / "hoyhoy" / module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    assert before is not None or module == "newcomer.py", f"{module} is gone: name another"
    try:
        path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
        done = lint(ROOT / "pyproject.toml", copied, "--contract", contract)
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "0 kept, 1 broken" in done.stdout or "newcomer" in done.stdout, done.stdout + done.stderr


def test_every_contract_has_a_violation():
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)


def test_a_way_in_or_out_is_under_each_contract_that_concerns_it():
    """A package new on the second floor must be named in the contracts of that floor, not only in the layers."""
    floor = next(layer for layer in CONTRACTS["floors"]["layers"] if "store" in layer)
    stands = {name.strip() for name in floor.split("|")} & {path.name for path in SOURCE.iterdir()}
    ways = {name.removeprefix("hoyhoy.") for name in CONTRACTS["ways"]["source_modules"]}
    assert stands - {"intercept"} == ways
    assert {f"hoyhoy.{name}" for name in stands} <= set(CONTRACTS["rest"]["forbidden_modules"])


def test_the_products_of_rest_are_under_the_contracts():
    products = {path.parent.name for path in SOURCE.glob("rest/*/__init__.py")} - {"kit"}
    assert {f"hoyhoy.rest.{name}" for name in products} == set(CONTRACTS["kit"]["forbidden_modules"])
    assert {f"hoyhoy.rest.{name}.*" for name in products} == set(CONTRACTS["resources"]["modules"])


def test_banned_calls_are_banned(tmp_path):
    """Time, chance and tasks come from the Clock and the Chance: ruff says so, everywhere but on the roof."""
    banned = project()["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    sample = "".join(f"import {name.partition('.')[0]}\n{name}\n" for name in banned)
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--select", "TID251",
         "--no-cache", "--output-format", "concise", "--stdin-filename", str(SOURCE / "exchange" / "sample.py"), "-"],
        input=sample, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert [name for name in banned if f"`{name}` is banned" not in done.stdout] == [], done.stdout


def test_no_loop_is_asked_for_tasks_or_time():
    """What the banned list cannot see, because it hangs on a variable: loop.create_task, loop.call_later, loop.time."""
    floors = ("wire", "exchange", "lines", "callbacks", "store", "bus", "rest", "lab")
    asked = []
    for path in sources():
        inside = path.relative_to(SOURCE)
        if inside.parts[0] in floors and inside.as_posix() not in REAL_TIME:
            calls = [node.func for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
            asked += [f"{short(path)}:{call.lineno}: {ast.unparse(call)}" for call in calls if asks_loop(call)]
    assert asked == []


def asks_loop(call: ast.expr) -> bool:
    return (
        isinstance(call, ast.Attribute)
        and call.attr in ("create_task", "call_later", "call_at", "time")
        and "loop" in ast.unparse(call.value).lower()
    )


def test_the_example_applications_know_nothing_of_hoyhoy():
    for path in sorted((ROOT / "examples").rglob("*.py")):
        assert not [name for name in imported(path) if name.partition(".")[0] == "hoyhoy"], short(path)
        assert "hoyhoy" not in path.read_text(encoding="utf-8").lower(), short(path)
