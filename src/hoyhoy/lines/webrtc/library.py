"""The SDKs that pages load, as their makers published them: kept in a folder, had from the npm registry on demand.

    /js/client/v1.14/twilio.min.js              the latest 1.14.x of twilio-client
    /js/client/releases/1.13.0/twilio.js
    /js/voice/releases/2.12.1/twilio.min.js     of @twilio/voice-sdk

That is how pages name them at `sdk.twilio.com`; at another host, since abandoned, `/sdk` stood before. Nothing of them
comes with hoyhoy, and nobody is asked for them before a page or a command wants one (official-clients B2).
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from hoyhoy.exchange.clock import Clock

from .archive import BadArchive, taken
from .registry import Dist, NotHad, Registry, Source

log = logging.getLogger(__name__)

CLIENT, VOICE = "twilio-client", "@twilio/voice-sdk"
"""The packages: of versions 1, and of all later ones. Pages ask for either at the paths of the other."""

FRESH, FAILED = 300.0, 5.0
"""Seconds for which a list of versions holds, and for which a registry that failed is left alone."""

PART = ".part-"
"""How the name of a folder begins that is not complete."""

_PATH = re.compile(r"(?:/sdk)?/js/(?:client|voice)/(?:releases/)?([^/]{1,40})/(twilio(?:\.min)?\.js)")
_WANTED = re.compile(
    r"(?:(twilio-client|@twilio/voice-sdk)@)?v?([0-9]{1,4})(?:\.([0-9]{1,4})(\.[0-9]{1,4}(?:-[\w.]{1,20})?)?)?"
)
_RELEASE = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})")


def named(path: str) -> tuple[str, str] | None:
    """The version that a path wants, and the file; None when it is no path of an SDK."""
    match = _PATH.fullmatch(path)
    return (match[1], match[2]) if match else None


class Library:
    """The versions in a folder, and those that can be had. Without a folder they are kept until `close`."""

    def __init__(self, clock: Clock, folder: Path | None, find: Callable[[], Source] = Source.here) -> None:
        self._clock = clock
        self._given, self._own = folder, ""
        self._registry = Registry(find)
        self._lists: dict[str, tuple[float, dict[str, Dist] | NotHad]] = {}
        self._under_way: dict[str, asyncio.Task[Path | NotHad]] = {}
        self._asking, self._having = asyncio.Lock(), asyncio.Lock()

    async def file(self, version: str, name: str) -> Path:
        """A file of a version's `dist`. NotHad."""
        path = await self.ensure(version) / "dist" / name
        if not path.is_file():
            raise NotHad(f"The SDK {version} has no file {name}.", exists=False)
        return path

    async def ensure(self, wanted: str) -> Path:
        """The folder of a version, which is had when it is not there: `2.18.5`, `v1.14` for the latest 1.14.x, or
        with its package before it, `twilio-client@1.14.0`. NotHad."""
        match = _WANTED.fullmatch(wanted.strip())
        if match is None:
            raise NotHad(
                f"{wanted[:40]!r} is no version of an SDK: 2.18.5 is one, and 1.14 means its latest.", exists=False
            )
        package = match[1] or (CLIENT if int(match[2]) < 2 else VOICE)
        version = wanted.strip().removeprefix(f"{package}@").removeprefix("v")
        if not match[4]:
            version = await self._latest(package, version)
        folder = self._folder(package, version)
        return folder if folder.is_dir() else await self._had(package, version)

    async def close(self) -> None:
        await self._registry.close()
        if self._own:
            shutil.rmtree(self._own, ignore_errors=True)

    # Versions ----------------------------------------------------------------------------

    async def _latest(self, package: str, line: str) -> str:
        """The latest version of a line such as 1.14; of those that are here, when the registry cannot be asked."""
        try:
            known = list(await self._versions(package))
        except NotHad as why:
            here = self._folder(package, "")
            known = [one.name.removeprefix(here.name) for one in here.parent.glob(f"{here.name}*")]
            if not any(_is_of(one, line) for one in known):
                raise
            log.info("the latest %s %s of those that are here is taken: %s", package, line, why)
        found = [one for one in known if _is_of(one, line)]
        if not found:
            raise _none(package, line, known)
        return max(found, key=_ranks)

    async def _versions(self, package: str) -> dict[str, Dist]:
        """The registry's list, which it is not asked for again and again."""
        async with self._asking:
            now = self._clock.now()
            until, known = self._lists.get(package, (now, None))
            if known is None or until <= now:
                try:
                    known = await self._registry.versions(package)
                except NotHad as why:
                    known = why
                now = self._clock.now()
                self._lists[package] = now + (FAILED if isinstance(known, NotHad) else FRESH), known
        if isinstance(known, NotHad):
            raise _again(known)
        return known

    # Having one --------------------------------------------------------------------------

    async def _had(self, package: str, version: str) -> Path:
        """A version that is not here: whoever wants it meanwhile waits for the same."""
        key = f"{package}@{version}"
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = self._clock.spawn(self._fetched(package, version), f"sdk {key}")
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        had = await asyncio.shield(task)
        if isinstance(had, NotHad):
            raise _again(had)
        return had

    async def _fetched(self, package: str, version: str) -> Path | NotHad:
        try:
            known = await self._versions(package)
            dist = known.get(version)
            if dist is None:
                raise _none(package, version, known)
            folder = self._folder(package, version)
            async with self._having:
                await asyncio.to_thread(_keep, await self._registry.archive(dist), folder)
        except NotHad as why:
            return why
        except BadArchive as why:
            return NotHad(f"The archive of {package} {version} cannot be used: {why}.")
        except OSError as why:
            return NotHad(f"{package} {version} cannot be kept in the data folder: {why.strerror}.")
        log.info("%s %s was had from the npm registry", package, version)
        return folder

    def _folder(self, package: str, version: str) -> Path:
        if self._given is None and not self._own:
            self._own = tempfile.mkdtemp(prefix="hoyhoy-sdk-")
        return (self._given or Path(self._own)) / f"{package.removeprefix('@').replace('/', '-')}-{version}"


def _keep(archive: bytes, folder: Path) -> None:
    """All of it or nothing: a folder of that name is complete. BadArchive, OSError."""
    files = taken(archive)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=PART, dir=folder.parent) as part:
        whole = Path(part) / "whole"
        (whole / "dist").mkdir(parents=True)
        for name, content in files.items():
            (whole / name).write_bytes(content)
        try:
            os.replace(whole, folder)
        except OSError:
            if not folder.is_dir():  # another process was faster
                raise


def _again(why: NotHad) -> NotHad:
    """For one more who asked: an exception that is raised twice would remember both."""
    return NotHad(str(why), exists=why.exists)


def _none(package: str, version: str, known: Iterable[str]) -> NotHad:
    releases = sorted(filter(_RELEASE.fullmatch, known), key=_ranks)
    those = f": the npm registry has {releases[0]} to {releases[-1]}" if releases else ""
    return NotHad(f"There is no {package} {version}{those}.", exists=False)


def _is_of(version: str, line: str) -> bool:
    return _RELEASE.fullmatch(version) is not None and version.startswith(f"{line}.")


def _ranks(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
