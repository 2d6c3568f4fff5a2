"""What is taken out of the archive of an npm package: the files of `dist/`, and what says who may use them how.

An archive is a stranger's. It is decompressed only as far as the bounds allow before anything is read of it, names say
nothing about where a file goes, and one that holds links or leads out of itself is refused whole.
"""

from __future__ import annotations

import io
import re
import tarfile
import zlib
from pathlib import PurePosixPath

LARGEST = 50 << 20
"""Bytes of all that is in it; the packages have 4 MB."""

MOST_FILES = 10_000
MOST_TAKEN, LARGEST_TAKEN = 50, 20 << 20

_KEPT = re.compile(r"dist/[A-Za-z0-9][A-Za-z0-9._-]{0,99}|(?:LICEN[CS]E|NOTICE|COPYING)(?:[._-][A-Za-z0-9._-]{1,20})?")


class BadArchive(ValueError):
    """An archive is refused; the text says why."""


def taken(archive: bytes) -> dict[str, bytes]:
    """The files by their names in the package: `dist/twilio.min.js`, `LICENSE.md`. BadArchive."""
    plain = _decompressed(archive)
    files: dict[str, bytes] = {}
    left = LARGEST_TAKEN
    try:
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as tar:
            for count, member in enumerate(tar):
                if count >= MOST_FILES:
                    raise BadArchive(f"it holds more than {MOST_FILES} files")
                name = _name(member)
                if not member.isreg() or not _KEPT.fullmatch(name):
                    continue
                left -= member.size
                if left < 0 or len(files) >= MOST_TAKEN:
                    raise BadArchive("its dist folder holds too much")
                content = tar.extractfile(member)
                files[name] = content.read() if content else b""
    except (tarfile.TarError, EOFError, OverflowError, RecursionError, ValueError) as why:
        raise why if isinstance(why, BadArchive) else BadArchive(f"it is no archive: {why}") from None
    if not any(name.startswith("dist/") for name in files):
        raise BadArchive("it has no dist folder")
    return files


def _name(member: tarfile.TarInfo) -> str:
    """In the package: archives have one folder, whatever it is called."""
    path = PurePosixPath(member.name)
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise BadArchive(f"{member.name[:100]!r} is neither file nor folder")
    if path.is_absolute() or ".." in path.parts or "\\" in member.name:
        raise BadArchive(f"{member.name[:100]!r} leads out of it")
    return "/".join(path.parts[1:])


def _decompressed(archive: bytes) -> bytes:
    try:
        reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
        plain = reader.decompress(archive, LARGEST)
    except zlib.error as why:
        raise BadArchive(f"it is not compressed as archives are: {why}") from None
    if not reader.eof:
        raise BadArchive("it is cut off" if len(plain) < LARGEST else f"it holds more than {LARGEST >> 20} MB")
    return plain
