"""The Python hook (official-clients A4): silent, harmless, and in nobody's way."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hoyhoy.intercept.environment import HOOKS

HOOK = HOOKS / "python"


def said(code: str, *path: Path, flags: tuple[str, ...] = ()) -> tuple[str, str]:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (HOOK, *path)))}
    done = subprocess.run([sys.executable, *flags, "-c", code], env=environ, capture_output=True, text=True, timeout=60)
    return done.stdout.strip(), done.stderr.strip()


TRUSTS = "import inspect, aiohttp; print(inspect.signature(aiohttp.ClientSession).parameters['trust_env'].default)"


def test_sessions_ask_the_environment_by_default() -> None:
    assert said(TRUSTS) == ("True", "")


def test_a_session_may_still_refuse() -> None:
    code = (
        "import aiohttp, asyncio\nasync def f():\n async with aiohttp.ClientSession(trust_env=False) as s:\n"
        "  print(s.trust_env)\nasyncio.run(f())"
    )
    assert said(code) == ("False", "")


def test_looking_for_aiohttp_without_importing_it() -> None:
    assert said(f"import importlib.util as u; u.find_spec('aiohttp.client'); {TRUSTS}") == ("True", "")
    assert said("import sys; print('aiohttp' in sys.modules)") == ("False", "")


@pytest.mark.parametrize("flag", ["-I", "-E"])
def test_isolated_pythons_are_left_alone(flag: str) -> None:
    assert said(
        "import sys; print('sitecustomize' in sys.modules and sys.modules['sitecustomize'].__file__)", flags=(flag,)
    )[0] != str(HOOK / "sitecustomize.py")


def test_the_shadowed_one_has_its_turn(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.theirs = __file__; name = __name__\n")
    code = f"import sys, sitecustomize; print(sys.theirs, sitecustomize.name, sitecustomize.__file__); {TRUSTS}"
    theirs = tmp_path / "sitecustomize.py"
    assert said(code, tmp_path) == (f"{theirs} sitecustomize {theirs}\nTrue", "")


def test_the_shadowed_ones_mistakes_are_its_own(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("1 / 0\n")
    out, err = said(f"print('alive'); {TRUSTS}", tmp_path)
    assert out == "alive\nTrue"
    assert "ZeroDivisionError" in err


def test_an_aiohttp_of_another_shape_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "aiohttp").mkdir()
    (tmp_path / "aiohttp" / "__init__.py").write_text("from .client import answer\n")
    (tmp_path / "aiohttp" / "client.py").write_text("answer = 42\n")
    assert said("import aiohttp; print(aiohttp.answer)", tmp_path) == ("42", "")


def test_it_is_written_so_that_old_pythons_can_read_it() -> None:
    text = (HOOK / "sitecustomize.py").read_text()
    text.encode("ascii")
    tree = ast.parse(text, feature_version=(3, 4))
    young = (ast.JoinedStr, ast.AnnAssign, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, young)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation]
