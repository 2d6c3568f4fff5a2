"""The wheel, installed into an empty environment, plays the sign-up story from an empty folder (design.md 5)."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest

import hoyhoy

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.journey, pytest.mark.patient]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)], out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment with the wheel and its pinned requirements, and nothing else."""
    place = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", str(place)], place)
    install = [str(place / "bin" / "python"), str(ROOT / "scripts" / "install.py")]
    run([*install, "--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")], place)
    run([*install, "--no-index", str(wheel)], place)  # finds its requirements fulfilled, or fails
    return place


def run(command: list[str], folder: Path, **variables: str) -> str:
    environment = {**os.environ, **variables}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, check=False, timeout=240
    )
    assert done.returncode == 0, f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def clean(command: list[str], folder: Path, environment: Path) -> str:
    """Run with no more of this machine than a shell has at its very first prompt."""
    bare = {"PATH": f"{environment / 'bin'}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=bare, check=False, timeout=120)
    assert done.returncode == 0, f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_it_carries_what_is_not_python(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= {
        "hoyhoy/py.typed",
        "hoyhoy/examples/signup/__main__.py",
        "hoyhoy/examples/signup/templates/form.html",
        "hoyhoy/examples/signup/static/signup.js",
        "hoyhoy/examples/dialer/__main__.py",
        "hoyhoy/examples/dialer/templates/page.html",
        "hoyhoy/examples/dialer/static/dialer.js",
        "hoyhoy/store/migrations/env.py",
        f"hoyhoy-{hoyhoy.__version__}.dist-info/licenses/LICENSE",
    }
    source = ROOT / "src"
    for pattern in ("hoyhoy/intercept/hooks/**/*.cjs", "hoyhoy/store/migrations/versions/*.py", "hoyhoy/**/*.py"):
        listed = {path.relative_to(source).as_posix() for path in source.glob(pattern)}
        assert listed and listed <= names, pattern
    assert not [name for name in names if name.startswith(("tests/", "src/", "examples/"))]


def test_it_says_what_it_is(wheel):
    archive = zipfile.ZipFile(wheel)
    metadata = BytesHeaderParser().parsebytes(archive.read(f"hoyhoy-{hoyhoy.__version__}.dist-info/METADATA"))
    assert (metadata["Name"], metadata["Version"], metadata["License-Expression"]) == (
        "hoyhoy",
        hoyhoy.__version__,
        "Apache-2.0",
    )
    assert metadata["Requires-Python"] == ">=3.11"


def test_it_runs_in_an_empty_environment(environment, tmp_path):
    assert hoyhoy.__version__ in clean(["hoyhoy", "--version"], tmp_path, environment)
    assert "serve" in clean(["hoyhoy", "--help"], tmp_path, environment)
    assert hoyhoy.__version__ in clean(
        [str(environment / "bin" / "python"), "-m", "hoyhoy", "--version"], tmp_path, environment
    )


def test_it_plays_the_sign_up_story(environment, tmp_path):
    timeline = clean(["hoyhoy", "demo", "signup"], tmp_path, environment)
    assert "confirmed" in timeline
