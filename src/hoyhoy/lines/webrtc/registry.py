"""The npm registry, where SDKs come from: which versions there are of a package, and the archive of one.

Asked is the registry that npm would ask on this machine, by the proxy that leads there. Answers are bounded in size and
time, and an archive is handed on only if it has the SHA-512 that the registry's list told of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import re
import subprocess
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

import aiohttp
import msgspec
from yarl import URL

LARGEST = 20 << 20
"""Bytes of an answer: an archive has some 700 kB, the list of versions 160 kB."""

SECONDS, CONNECT_SECONDS = 60.0, 10.0
"""Real ones, for a whole answer and for the connection."""

NPM_SECONDS = 20.0
"""Real ones, for npm to say which registry it asks."""

MOST_REDIRECTS = 5

ABBREVIATED = "application/vnd.npm.install-v1+json, application/json;q=0.5"
"""The list of versions without their descriptions."""


_ARCHIVE = re.compile(r"(?:@[^/]+/)?[^/@]+/-/[^/]+$")
"""Where a registry has the archive of a package."""


class NotHad(Exception):
    """A version cannot be had, and the text says why, for a developer; `exists` is False when there is none."""

    def __init__(self, sentence: str, *, exists: bool = True) -> None:
        super().__init__(sentence)
        self.exists = exists


@dataclass(frozen=True, slots=True)
class Source:
    """The address of a registry, which ends in a slash, and the proxy on the way to it."""

    registry: str = ""
    """"" where nobody knows one."""
    proxy: str | None = None

    @classmethod
    def of(
        cls,
        environment: Mapping[str, str],
        npmrc: str = "",
        *,
        own: str = "",
        asks: Callable[[], str] = lambda: "",
    ) -> Source:
        """The registry that npm asks here: of the `environment`, else of `npmrc`, the text of the user's file, else the
        one that npm itself `asks`. `own` is the address of a proxy of ours, which leads nowhere that we could not go
        ourselves."""
        named = environment.get("NPM_CONFIG_REGISTRY") or environment.get("npm_config_registry") or _configured(npmrc)
        if not (registry := (named or asks()).strip()):
            return cls()
        registry = registry.rstrip("/") + "/"
        return cls(registry, _proxy(registry, environment, own))

    @classmethod
    def here(cls, *, own: str = "") -> Source:
        """That of this process's environment and user. It may take npm half a second to say."""
        try:
            npmrc = Path(os.environ.get("NPM_CONFIG_USERCONFIG") or Path.home() / ".npmrc").read_text()
        except (OSError, UnicodeDecodeError, RuntimeError):  # none that can be read, or nobody's home
            npmrc = ""
        return cls.of(os.environ, npmrc, own=own, asks=_npms)


def _npms() -> str:
    """The registry that the npm of this machine asks, "" where there is none."""
    try:
        said = subprocess.run(
            ["npm", "config", "get", "registry"], capture_output=True, text=True, timeout=NPM_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip() if urlsplit(said.stdout.strip()).netloc else ""


def _configured(npmrc: str) -> str:
    """The registry in the user's file: the last one counts."""
    found = ""
    for line in npmrc.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "registry":
            found = value.strip().strip("\"'")
    return found


def _proxy(registry: str, environment: Mapping[str, str], own: str) -> str | None:
    scheme, host = _parts(registry).scheme, _parts(registry).hostname or ""
    for one in (environment.get("no_proxy") or environment.get("NO_PROXY") or "").split(","):
        name = one.strip().removeprefix("*").removeprefix(".").lower()
        if one.strip() == "*" or (name and (host == name or host.endswith(f".{name}"))):
            return None
    # HTTP_PROXY in capitals can be a header of whoever asked for us, where a program is started by a web server.
    for variable in ("https_proxy", "HTTPS_PROXY") if scheme == "https" else ("http_proxy",):
        if value := environment.get(variable, ""):
            value = value if "://" in value else f"http://{value}"
            return None if _parts(value).netloc == _parts(own).netloc else value
    return None


def _parts(url: str) -> SplitResult:
    """Empty ones of what is no URL."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


class Dist(msgspec.Struct):
    """Where the archive of a version is, and what it must hash to."""

    tarball: str
    integrity: str = ""


class _Version(msgspec.Struct):
    dist: Dist


class _Package(msgspec.Struct):
    versions: dict[str, _Version]


class Registry:
    """The registry that `find` finds when it is first asked; `close` it at the end."""

    def __init__(self, find: Callable[[], Source], *, largest: int = LARGEST, seconds: float = SECONDS) -> None:
        self._find, self._largest, self._seconds = find, largest, seconds
        self._source = Source()
        self._client: aiohttp.ClientSession | None = None

    async def versions(self, package: str) -> dict[str, Dist]:
        """All versions of a package. NotHad."""
        if not self._source.registry:
            self._source = await asyncio.to_thread(self._find)
        if not self._source.registry:
            raise NotHad(
                "Nobody knows here where npm has its packages from: install npm, or set NPM_CONFIG_REGISTRY. "
                "`hoyhoy sdk VERSION` tries again, and what it gets stays in the data folder."
            )
        body = await self._get(self._source.registry + quote(package, safe="@"), ABBREVIATED)
        try:
            return {name: one.dist for name, one in msgspec.json.decode(body, type=_Package).versions.items()}
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise self._failed(f"sent no list of the versions of {package}") from None

    async def archive(self, dist: Dist) -> bytes:
        """The archive of a version. NotHad, also when it is another than was promised."""
        body = await self._get(self._rebased(dist.tarball), "application/octet-stream, */*;q=0.5")
        promised = [one.partition("?")[0] for one in dist.integrity.split()]
        found = "sha512-" + b64encode(hashlib.sha512(body).digest()).decode()
        if not any(hmac.compare_digest(one.encode(), found.encode()) for one in promised):
            raise self._failed("sent an archive that does not have the SHA-512 of its list of versions")
        return body

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def _rebased(self, tarball: str) -> str:
        """Copies of a registry often name archives at the address of the first: they are meant to have them too."""
        at_home = _parts(tarball).netloc == _parts(self._source.registry).netloc
        found = None if at_home else _ARCHIVE.search(tarball)
        return self._source.registry + found[0] if found else tarball

    async def _get(self, url: str, accept: str) -> bytes:
        try:
            return await self._answer(URL(url, encoded=True), accept)
        except TimeoutError:
            raise self._failed(f"gave no answer in {self._seconds:g} s") from None
        except (aiohttp.ClientError, ValueError) as why:
            raise self._failed(f"cannot be asked ({type(why).__name__})") from None

    async def _answer(self, url: URL, accept: str) -> bytes:
        asked = self._session().get(
            url, proxy=self._source.proxy, max_redirects=MOST_REDIRECTS, headers={"Accept": accept}
        )
        async with asked as answer:
            if answer.status != 200:
                raise self._failed(f"answered with status {answer.status}")
            taken = bytearray()
            while not answer.content.at_eof():
                taken += await answer.content.readany()
                if len(taken) > self._largest:
                    raise self._failed(f"sent more than {self._largest >> 20} MB")
            return bytes(taken)

    def _failed(self, how: str) -> NotHad:
        """By host alone: an address may hold a password."""
        name = _parts(self._source.registry).hostname or "(whose address is no URL)"
        return NotHad(
            f"The npm registry {name} {how}. Check the network and NPM_CONFIG_REGISTRY; `hoyhoy sdk VERSION` "
            "tries again, and what it gets stays in the data folder."
        )

    def _session(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(self._seconds, sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "hoyhoy", "Accept-Encoding": "identity"},
                auto_decompress=False,  # a bound on what comes is one on what it becomes
            )
        return self._client
