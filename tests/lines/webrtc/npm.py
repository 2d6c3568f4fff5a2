"""A registry of npm packages on loopback, with archives made here."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from base64 import b64encode
from contextlib import asynccontextmanager

from hoyhoy.lines.webrtc.registry import Source
from tests.speech.server import shop_open

LICENCE = b"Apache License 2.0\n"


def member(name, kind=tarfile.REGTYPE, link="", **more):
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    for key, value in more.items():
        setattr(made, key, value)
    return made


def packed(*members, compress=True, **files):
    """An archive of `members`, then of `files` whose content is text; a folder stands before each, as npm has it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for one in members:
            tar.addfile(one, io.BytesIO(b"x" * one.size) if one.isreg() else None)
        for name, content in files.items():
            octets = content if isinstance(content, bytes) else content.encode()
            one = member(f"package/{name}", size=len(octets))
            tar.addfile(one, io.BytesIO(octets))
    return gzip.compress(out.getvalue(), mtime=0) if compress else out.getvalue()


def sdk(version):
    """What an SDK's archive has, as far as it matters."""
    return packed(
        **{
            "package.json": "{}",
            "dist/twilio.js": f"Twilio = '{version}';\n",
            "dist/twilio.min.js": f"Twilio='{version}'",
            "es5/twilio.js": "nothing for browsers",
            "LICENSE.md": LICENCE,
        }
    )


def integrity(archive):
    return "sha512-" + b64encode(hashlib.sha512(archive).digest()).decode()


class Npm:
    """The registry: what is published there can be had."""

    def __init__(self, shop):
        self.shop = shop
        self.packages = {}

    def source(self):
        return Source(self.shop.url("/npm/"))

    def publish(self, package, version, archive=None, promised=None, at=None):
        """A version, whose archive is promised to be as it is unless said otherwise; `at` names another place of it."""
        archive = sdk(version) if archive is None else archive
        path = f"/npm/{package}/-/{package.rpartition('/')[2]}-{version}.tgz"
        self.shop.lay_out(archive, "application/octet-stream", path)
        dist = {"tarball": at or self.shop.url(path), "integrity": integrity(archive) if promised is None else promised}
        versions = self.packages.setdefault(package, {"name": package, "versions": {}, "dist-tags": {}})["versions"]
        versions[version] = {"name": package, "version": version, "dist": dist}
        self.shop.lay_out(json.dumps(self.packages[package]).encode(), "application/json", f"/npm/{package}")

    @property
    def asked(self):
        """The last words of what was asked for, in order."""
        return [path.rpartition("/")[2] for _, path, _, _ in self.shop.seen]


@asynccontextmanager
async def npm_open():
    async with shop_open() as shop:
        yield Npm(shop)
