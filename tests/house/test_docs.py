"""The generated pages say what the code says."""

from __future__ import annotations

import subprocess
import sys

from .tree import ROOT


def test_the_generated_pages_are_fresh():
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"make docs would change: {done.stdout}{done.stderr}"
