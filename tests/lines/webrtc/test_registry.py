"""registry.py: which registry is asked, by which way, and what is believed of what it says (official-clients B2)."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from aiohttp import web

from hoyhoy.lines.webrtc.registry import Dist, NotHad, Registry, Source

from .npm import integrity, npm_open, sdk


@pytest.fixture
async def npm():
    async with npm_open() as made:
        yield made


@pytest.fixture
async def registry(npm):
    made = Registry(npm.source, largest=1 << 16, seconds=5)
    yield made
    await made.close()


# Which one ---------------------------------------------------------------------------------

MIRROR, OTHER, NPMS = "https://npm.example.com/public/", "https://other.example.com/", "https://npms.example.com/"


@pytest.mark.parametrize(
    ("environment", "npmrc", "registry"),
    [
        ({}, "", NPMS),
        ({}, "fund=false\nregistry = https://npm.example.com/public\n", MIRROR),
        ({}, f"registry={OTHER}\n; registry={NPMS}\n@other:registry={NPMS}\nregistry='{MIRROR}'", MIRROR),
        ({"npm_config_registry": MIRROR}, f"registry={OTHER}", MIRROR),
        ({"NPM_CONFIG_REGISTRY": MIRROR.rstrip("/")}, "", MIRROR),
        ({"NPM_CONFIG_REGISTRY": ""}, "registry=", NPMS),
    ],
)
def test_the_registry_that_npm_would_ask(environment, npmrc, registry):
    assert Source.of(environment, npmrc, asks=lambda: NPMS) == Source(registry)


OWN, PROXY = "http://127.0.0.1:8943", "http://proxy.example.com:3128"


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": "proxy.example.com:3128"}, PROXY),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "localhost, .example.com"}, None),
        ({"HTTPS_PROXY": PROXY, "no_proxy": "npm.example.com"}, None),
        ({"HTTPS_PROXY": PROXY, "no_proxy": "*.example.com"}, None),
        ({"HTTPS_PROXY": PROXY, "no_proxy": "*"}, None),
        ({"HTTPS_PROXY": PROXY, "no_proxy": "ample.com,,other.example.com"}, PROXY),
        ({"HTTPS_PROXY": OWN}, None),
        ({"HTTPS_PROXY": OWN + "/"}, None),
        ({"HTTP_PROXY": PROXY, "http_proxy": PROXY}, None),
    ],
)
def test_the_way_there(environment, proxy):
    """Our own proxy leads nowhere that we could not go: a shell that has `hoyhoy env` names it."""
    assert Source.of({**environment, "NPM_CONFIG_REGISTRY": MIRROR}, own=OWN).proxy == proxy


def test_the_way_to_a_registry_without_tls():
    plain = {"NPM_CONFIG_REGISTRY": "http://npm.example.com"}
    assert Source.of({**plain, "http_proxy": PROXY}).proxy == PROXY
    assert Source.of({**plain, "HTTPS_PROXY": PROXY, "HTTP_PROXY": PROXY}).proxy is None


def test_that_of_this_user(tmp_path, monkeypatch):
    for name in ("NPM_CONFIG_REGISTRY", "npm_config_registry", "HTTPS_PROXY", "https_proxy", "NPM_CONFIG_USERCONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\n[ $1 = config ] && echo {NPMS}\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert Source.here() == Source(NPMS)
    (tmp_path / ".npmrc").write_bytes(b"registry=https://npm.example.com/public\n")
    assert Source.here() == Source(MIRROR)
    (tmp_path / ".npmrc").write_bytes(b"\xff\xfe")
    assert Source.here() == Source(NPMS)
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", OTHER)
    assert Source.here() == Source(OTHER)


async def test_a_machine_that_has_no_npm(tmp_path, monkeypatch):
    for name in ("NPM_CONFIG_REGISTRY", "npm_config_registry", "NPM_CONFIG_USERCONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    registry = Registry(Source.here)
    with pytest.raises(NotHad, match="install npm") as why:
        await registry.versions("twilio-client")
    assert why.value.exists
    await registry.close()


# What it has -------------------------------------------------------------------------------


async def test_versions_and_the_archive_of_one(npm, registry):
    npm.publish("@twilio/voice-sdk", "2.18.4")
    npm.publish("@twilio/voice-sdk", "2.18.5")
    versions = await registry.versions("@twilio/voice-sdk")
    assert list(versions) == ["2.18.4", "2.18.5"]
    assert await registry.archive(versions["2.18.5"]) == sdk("2.18.5")
    method, path, headers, _ = npm.shop.seen[0]
    assert (method, path) == ("GET", "/npm/@twilio%2Fvoice-sdk"), "the name of a package is one word of the path"
    assert "vnd.npm.install-v1+json" in headers["Accept"] and headers["User-Agent"] == "hoyhoy"


async def test_a_copy_of_the_public_registry_has_its_archives_too(npm, registry):
    """It often names them at the public address, which may be out of reach; npm does the same."""
    npm.publish("twilio-client", "1.14.0", at=f"{NPMS}twilio-client/-/twilio-client-1.14.0.tgz")
    versions = await registry.versions("twilio-client")
    assert await registry.archive(versions["1.14.0"]) == sdk("1.14.0")


@pytest.mark.parametrize(
    "promised",
    ["", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", integrity(sdk("1.14.1")), "sha512-", "sha512-ä", integrity(b"") + "?x"],
    ids=["nothing", "another hash", "another archive", "no value", "no base64", "of nothing, with an option"],
)
async def test_an_archive_that_was_not_promised_is_not_handed_on(npm, registry, promised):
    npm.publish("twilio-client", "1.14.0", promised=promised)
    with pytest.raises(NotHad, match="does not have the SHA-512") as why:
        await registry.archive((await registry.versions("twilio-client"))["1.14.0"])
    assert why.value.exists


async def test_one_of_several_promises_is_enough(npm, registry):
    npm.publish("twilio-client", "1.14.0", promised=f"sha1-x {integrity(sdk('1.14.0'))}?some=option")
    assert await registry.archive((await registry.versions("twilio-client"))["1.14.0"]) == sdk("1.14.0")


# What goes wrong ---------------------------------------------------------------------------


async def test_each_failure_is_a_sentence_that_says_what_to_do(npm, registry):
    pages = {
        "status 404": (404, {}, b""),
        "status 500": (500, {}, b""),
        "no list": (200, {}, b"<html>a proxy of a hotel</html>"),
        "no list of": (200, {}, b'{"versions": {"1.14.0": {}}}'),
        "no list of the": (200, {}, b"[" * 60_000),
        "more than 0 MB": (200, {}, b" " * 70_000),
        "no list of the versions": (200, {"Content-Encoding": "gzip"}, gzip.compress(b'{"versions": {}}')),
    }
    for words, page in pages.items():
        npm.shop.pages["/npm/twilio-client"] = page
        with pytest.raises(NotHad, match=words) as why:
            await registry.versions("twilio-client")
        assert "127.0.0.1" in str(why.value) and "`hoyhoy sdk VERSION`" in str(why.value) and why.value.exists


async def test_a_registry_that_says_nothing_is_not_waited_for(npm):
    async def never(request):
        await asyncio.Event().wait()

    npm.shop.pages["/npm/twilio-client"] = never
    registry = Registry(npm.source, seconds=0.05)
    with pytest.raises(NotHad, match=r"gave no answer in 0\.05 s"):
        await registry.versions("twilio-client")
    await registry.close()


async def test_a_registry_that_breaks_off(npm, registry):
    async def begun(request):
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        await answer.prepare(request)
        await answer.write(b"{")
        request.transport.abort()
        return answer

    npm.shop.pages["/npm/twilio-client"] = begun
    with pytest.raises(NotHad, match="cannot be asked"):
        await registry.versions("twilio-client")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/", "127.0.0.1 cannot be asked (ClientConnectorError)"),
        ("https://user:secret@127.0.0.1:1/", "127.0.0.1 cannot be asked (ClientConnectorError)"),
        ("${NPM_REGISTRY}/", "(whose address is no URL) cannot be asked (InvalidUrlClientError)"),
        ("user:secret@127.0.0.1:1/", "(whose address is no URL) cannot be asked"),
        ("ftp://npm.example.com/", "npm.example.com cannot be asked (NonHttpUrlClientError)"),
        ("http://[::1/", "(whose address is no URL) cannot be asked"),
    ],
)
async def test_a_registry_that_is_not_there(address, words):
    """Named by its host: what else stands in its address may be a password."""
    registry = Registry(lambda: Source(address))
    with pytest.raises(NotHad) as why:
        await registry.versions("twilio-client")
    assert words in str(why.value) and "secret" not in str(why.value)
    await registry.close()


async def test_archives_elsewhere_are_fetched_from_there_and_nowhere_strange(npm, registry):
    npm.shop.lay_out(b"elsewhere", path="/else/a.tgz")
    assert await registry.archive(Dist(npm.shop.url("/else/a.tgz"), integrity(b"elsewhere"))) == b"elsewhere"
    for strange in ("file:///etc/passwd", "a.tgz", ""):
        with pytest.raises(NotHad):
            await registry.archive(Dist(strange, integrity(b"")))


async def test_by_a_proxy(npm):
    """A request for a registry without TLS goes to the proxy in absolute form."""
    npm.publish("twilio-client", "1.14.0")
    far = Registry(lambda: Source("http://npm.invalid/npm/", npm.shop.url("")))
    assert list(await far.versions("twilio-client")) == ["1.14.0"]
    assert npm.asked == ["twilio-client"]
    await far.close()
