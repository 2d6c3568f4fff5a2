"""Calls `pip install` of the environment this runs in, unmoved by what the caller's pip is set to do otherwise.

A caller may have links to files, further indexes, a target folder or constraints in the environment or in pip.conf. Any
of them can put another file under a pinned name, which --require-hashes then refuses. What is needed to reach an index
at all is kept: which index, through which proxy, trusting whom, how patiently. Usage: install.py ARGUMENT...
"""

from __future__ import annotations

import os
import subprocess
import sys

KEPT = (
    "cert", "client-cert", "default-timeout", "index-url", "keyring-provider", "no-cache-dir", "cache-dir",
    "proxy", "retries", "timeout", "trusted-host",
)  # fmt: skip


def settings() -> dict[str, str]:
    """The caller's pip settings by option name; the environment is stronger than any file."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = value.strip().strip("'\"")
    return found["global"] | found["install"] | found[":env:"]


def environment() -> dict[str, str]:
    """The caller's environment with pip's part of it reduced to KEPT, and without foreign import paths."""
    strange = ("PIP_", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "VIRTUAL_ENV", "__PYVENV")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(strange)}
    for name, value in settings().items():
        if name in KEPT:
            clean["PIP_" + name.upper().replace("-", "_")] = value.replace("\\n", " ")
    clean.update(
        PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_ROOT_USER_ACTION="ignore"
    )
    return clean


def main() -> int:
    return subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", *sys.argv[1:]], env=environment(), check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
