"""Where espeak-ng lies: in the wheel `espeakng-loader` (extra `speech`), else where the system's packages put it.

It is only looked for here; nothing of it is loaded or imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

WHEEL = "espeakng_loader"
NAME = "libespeak-ng.dylib" if sys.platform == "darwin" else "libespeak-ng.so"
SYSTEM = (
    "/usr/lib/*/libespeak-ng.so.1",
    "/usr/lib64/libespeak-ng.so.1",
    "/usr/lib/libespeak-ng.so.1",
    "/usr/local/lib/libespeak-ng.so.1",
    "/opt/homebrew/lib/libespeak-ng.dylib",
    "/usr/local/lib/libespeak-ng.dylib",
)


@dataclass(frozen=True, slots=True)
class Found:
    """`data` is the folder above the voices, "" where the library knows it itself; `version` tells prompts apart."""

    library: str
    data: str
    version: str


def find(wheel: str = WHEEL, system: Iterable[str] = SYSTEM) -> Found | None:
    """The library, None when there is none."""
    spec = find_spec(wheel)
    if spec is not None and spec.origin:
        folder = Path(spec.origin).parent
        if (folder / NAME).exists() and (folder / "espeak-ng-data").is_dir():
            return Found(str(folder / NAME), str(folder / "espeak-ng-data"), f"{wheel} {_version(wheel)}")
    for pattern in system:
        for path in sorted(Path("/").glob(pattern.lstrip("/"))):
            return Found(str(path), "", path.resolve().name)
    return None


def _version(wheel: str) -> str:
    try:
        return version(wheel)
    except PackageNotFoundError:
        return "of unknown version"
