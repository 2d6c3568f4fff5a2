"""tests/conftest.py: what is left out is named with its reason, and fails the run on CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .tree import ROOT

SAMPLE = """
import pytest

def test_passes(): pass

@pytest.mark.skip(reason="no moon tonight")
def test_skipped(): pass

@pytest.mark.torture
def test_long(): pass

@pytest.mark.xfail(strict=True)
def test_known(): assert False
"""


def run(folder: Path, ci: str, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CI": ci}
    command = [sys.executable, "-m", "pytest", "-p", "no:hoyhoy", "-p", "no:schemathesis", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *options], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    torture: long\n")
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    return tmp_path


def test_it_is_named_with_the_reason(folder):
    done = run(folder, "", "-m", "not torture")
    assert done.returncode == 0, done.stdout
    assert "test_sample.py::test_skipped: no moon tonight" in done.stdout
    assert "test_sample.py::test_long: a torture (make torture runs it)" in done.stdout
    assert "test_known" not in done.stdout


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("1", 1), ("false", 0)])
def test_on_ci_nothing_may_be_skipped(folder, ci, code):
    done = run(folder, ci, "-m", "not torture")
    assert done.returncode == code, done.stdout
    assert ("this run fails" in done.stdout) is bool(code)
    assert done.stdout.splitlines()[-1].strip("= ").startswith("1 passed, 1 skipped")


def test_a_file_that_skips_itself_counts(folder):
    (folder / "test_whole.py").write_text("import pytest\npytest.skip('not here', allow_module_level=True)\n")
    done = run(folder, "true", "test_whole.py", "test_sample.py::test_passes")
    assert done.returncode == 1 and "test_whole.py: not here" in done.stdout


def test_on_ci_tortures_may_wait(folder):
    done = run(folder, "true", "-m", "not torture", "test_sample.py::test_passes", "test_sample.py::test_long")
    assert done.returncode == 0, done.stdout
