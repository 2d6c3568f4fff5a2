"""The Makefile sets up in whatever folder the tree lies, and whatever of the caller's environment is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .tree import ROOT

MAKE = shutil.which("make") or ""


@pytest.mark.skipif(not MAKE, reason="make is not installed")
def test_a_blank_in_the_path_and_no_path_variable(tmp_path: Path) -> None:
    """A stand-in for Python notes how it is called; the stamps of a .venv of elsewhere are removed first."""
    tree = tmp_path / "a tree"
    shutil.copytree(ROOT / "requirements", tree / "requirements")
    shutil.copytree(ROOT / "scripts", tree / "scripts")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tree / name)
    (tree / "scripts" / "venv.sh").write_text("pwd > .venv/.place\n")
    python = tree / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@" >> called\n')
    python.chmod(0o755)
    (tree / ".venv" / ".place").write_text("/somewhere/else\n")
    (tree / ".venv" / ".run").touch()
    made = subprocess.run([MAKE, ".venv/.run"], cwd=tree, env={}, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    assert "scripts/install.py" in (tree / "called").read_text()
    again = subprocess.run([MAKE, "-n", ".venv/.run"], cwd=tree, env={}, capture_output=True, text=True, check=False)
    assert "up to date" in again.stdout
