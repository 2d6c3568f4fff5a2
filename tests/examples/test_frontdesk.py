"""examples/frontdesk: an app in JavaScript and its own tests, as its README says to run them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.journeys.processes import exchanges
from tests.journeys.test_clients import CLEAN, CLIENTS, node

FOLDER = Path(__file__).parents[2] / "examples" / "frontdesk"


def test_its_tests_pass(tmp_path: Path) -> None:
    words = node()
    there = tmp_path / "frontdesk"
    shutil.copytree(FOLDER, there)
    (there / "node_modules").symlink_to(CLIENTS / "node_modules")
    readme = (there / "README.md").read_text(encoding="utf-8")
    assert "hoyhoy serve --data build/exchange --virtual-time --quiet &\n" in readme
    assert "hoyhoy run --data build/exchange -- node --test\n" in readme
    for made in exchanges():
        served = made.serve(there / "build" / "exchange", "--virtual-time")
        done = subprocess.run(
            [sys.executable, "-m", "hoyhoy", "run", "--data", str(served.data), "--", *words, "--test"],
            cwd=there,
            env=CLEAN | {"LAB": f"http://127.0.0.1:{served.port}/lab/v1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"pass 4\b", done.stdout)
