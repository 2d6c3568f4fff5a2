"""The sound of recordings, in the data folder: samples as they come, made a whole file when the recording ends."""

from __future__ import annotations

from pathlib import Path


class Tapes:
    """Recordings by sid, under `folder`/recordings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "recordings"
