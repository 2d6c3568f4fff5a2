"""library.py: the SDKs that pages load, had from a registry when they are first wanted (official-clients B2)."""

from __future__ import annotations

import asyncio

import pytest

from hoyhoy.exchange.clock import RealClock
from hoyhoy.lines.webrtc import library as module
from hoyhoy.lines.webrtc.library import Library, named
from hoyhoy.lines.webrtc.registry import NotHad

from .npm import LICENCE, integrity, npm_open, packed, sdk

VOICE, CLIENT = "@twilio/voice-sdk", "twilio-client"


@pytest.fixture
async def npm():
    async with npm_open() as made:
        for version in ("1.13.0-beta1", "1.13.0", "1.14.0", "1.14.2", "1.14.10"):
            made.publish(CLIENT, version)
        for version in ("2.1.0", "2.18.5"):
            made.publish(VOICE, version)
        yield made


@pytest.fixture
async def clock():
    made = RealClock()
    yield made
    await made.close()


@pytest.fixture
async def library(npm, clock, tmp_path):
    made = Library(clock, tmp_path / "sdk", npm.source)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/js/client/v1.14/twilio.min.js", ("v1.14", "twilio.min.js")),
        ("/js/client/v1.14.0/twilio.js", ("v1.14.0", "twilio.js")),
        ("/js/client/releases/1.13.0/twilio.min.js", ("1.13.0", "twilio.min.js")),
        ("/js/voice/releases/2.18.5/twilio.min.js", ("2.18.5", "twilio.min.js")),
        ("/js/voice/v2.1/twilio.js", ("v2.1", "twilio.js")),
        ("/sdk/js/client/v1.6/twilio.min.js", ("v1.6", "twilio.min.js")),
        ("/js/client/releases/1.13.0/../../../etc/passwd", None),
        ("/js/client/releases/1.13.0/package.json", None),
        ("/js/client/sounds/releases/1.0.0/incoming.mp3", None),
        ("/js/taskrouter/v1.21/taskrouter.min.js", None),
        ("/js/client/twilio.min.js", None),
    ],
)
def test_paths_that_pages_name(path, wanted):
    assert named(path) == wanted


async def test_a_version_is_had_once_and_kept(library, npm, tmp_path):
    path = await library.file("2.18.5", "twilio.min.js")
    assert path.read_bytes() == b"Twilio='2.18.5'"
    assert path == tmp_path / "sdk" / "twilio-voice-sdk-2.18.5" / "dist" / "twilio.min.js"
    assert (path.parents[1] / "LICENSE.md").read_bytes() == LICENCE
    assert npm.asked == ["@twilio%2Fvoice-sdk", "voice-sdk-2.18.5.tgz"]
    await library.file("2.18.5", "twilio.js")
    assert len(npm.asked) == 2
    assert [one.name for one in (tmp_path / "sdk").iterdir()] == ["twilio-voice-sdk-2.18.5"], (
        "nothing half done is left"
    )


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("v1.14", "1.14.10"),
        ("1.14", "1.14.10"),
        ("1.13", "1.13.0"),
        ("1", "1.14.10"),
        ("1.13.0-beta1", "1.13.0-beta1"),
        (" twilio-client@1.14.2\n", "1.14.2"),
        ("@twilio/voice-sdk@2", "2.18.5"),
        ("v2.1", "2.1.0"),
    ],
)
async def test_a_short_form_means_the_latest_of_its_line(library, wanted, version):
    """By number, not by letter, and no beta."""
    assert (await library.ensure(wanted)).name.endswith(f"-{version}")


@pytest.mark.parametrize("wanted", ["1.14.3", "1.2", "2.18.50", "3.0.0", "twilio-client@2.18.5"])
async def test_a_version_that_there_is_not(library, wanted):
    with pytest.raises(NotHad, match=r"There is no \S+ [0-9.]+: the npm registry has \S+ to \S+\.") as why:
        await library.ensure(wanted)
    assert why.value.exists is False


@pytest.mark.parametrize(
    "wanted", ["", "latest", "1.14.0.1", "../1.14.0", "twilio-video@2.0.0", "1.14.0-" + "x" * 30, "١.٢"]
)
async def test_what_is_no_version(library, npm, wanted):
    with pytest.raises(NotHad, match="is no version of an SDK") as why:
        await library.ensure(wanted)
    assert why.value.exists is False and npm.asked == []


async def test_a_file_that_is_not_in_it(library):
    with pytest.raises(NotHad, match=r"has no file twilio\.voice\.js"):
        await library.file("2.1.0", "twilio.voice.js")


async def test_many_pages_at_once_are_one_download(library, npm):
    """Each version once, the list of versions once, and never two at a time."""
    wanted = ["2.18.5", "v2.18", "2.1.0", "2.18.5", "v2.18", "2.1.0"]
    folders = await asyncio.gather(*(library.ensure(one) for one in wanted))
    assert [one.name[-6:] for one in folders] == ["2.18.5", "2.18.5", "-2.1.0"] * 2
    assert sorted(npm.asked) == ["@twilio%2Fvoice-sdk", "voice-sdk-2.1.0.tgz", "voice-sdk-2.18.5.tgz"]


async def test_whoever_leaves_does_not_stop_the_others(library, npm):
    coming, go_on = asyncio.Event(), asyncio.Event()
    page = npm.shop.pages["/npm/@twilio/voice-sdk"]

    async def slowly(request):
        coming.set()
        await go_on.wait()
        npm.shop.pages["/npm/@twilio/voice-sdk"] = page
        return await npm.shop.serve(request)

    npm.shop.pages["/npm/@twilio/voice-sdk"] = slowly
    impatient = asyncio.ensure_future(library.ensure("2.18.5"))
    patient = asyncio.ensure_future(library.ensure("2.18.5"))
    await coming.wait()
    impatient.cancel()
    go_on.set()
    assert (await patient).name == "twilio-voice-sdk-2.18.5"
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_registry_that_lies_leaves_nothing(library, npm, tmp_path):
    npm.publish(VOICE, "2.18.5", promised=integrity(b"another"))
    with pytest.raises(NotHad, match="SHA-512") as why:
        await library.ensure("2.18.5")
    assert why.value.exists and not (tmp_path / "sdk").exists()


@pytest.mark.parametrize(
    ("evil", "words"),
    [
        (packed(**{"dist/../../evil.js": "x", "dist/twilio.js": "y"}), "leads out of it"),
        (packed(**{"lib/index.js": "x"}), "no dist folder"),
        (b"no archive", "not compressed"),
    ],
)
async def test_an_archive_of_no_use_leaves_nothing(library, npm, tmp_path, evil, words):
    """Even with the right checksum: then its maker was the stranger."""
    npm.publish(VOICE, "2.18.5", evil)
    with pytest.raises(NotHad, match=f"The archive of @twilio/voice-sdk 2.18.5 cannot be used: .*{words}"):
        await library.ensure("2.18.5")
    assert not (tmp_path / "sdk").exists() or list((tmp_path / "sdk").iterdir()) == []


async def test_a_folder_that_cannot_be_written(npm, clock, tmp_path):
    (tmp_path / "sdk").write_text("a file")
    library = Library(clock, tmp_path / "sdk", npm.source)
    with pytest.raises(NotHad, match="cannot be kept in the data folder"):
        await library.ensure("2.18.5")
    await library.close()


async def test_another_process_that_was_faster_is_no_failure(library, npm, tmp_path):
    """`hoyhoy sdk` beside a running exchange."""
    module._keep(sdk("2.18.5"), tmp_path / "sdk" / "twilio-voice-sdk-2.18.5")
    module._keep(sdk("2.18.5"), tmp_path / "sdk" / "twilio-voice-sdk-2.18.5")
    assert (await library.file("2.18.5", "twilio.js")).is_file() and npm.asked == []
    assert len(list((tmp_path / "sdk").iterdir())) == 1


# Without a network -------------------------------------------------------------------------


async def test_what_is_here_needs_no_network(library, npm, clock, tmp_path, caplog):
    """The latest that is here, when nobody can say whether there is a later one."""
    caplog.set_level("INFO")
    await library.ensure("1.14.0")
    await library.ensure("1.14.2")
    npm.shop.pages.clear()
    later = Library(clock, tmp_path / "sdk", npm.source)
    assert (await later.ensure("1.14.0")).name == "twilio-client-1.14.0"
    assert (await later.ensure("v1.14")).name == "twilio-client-1.14.2"
    assert "of those that are here is taken" in caplog.text
    with pytest.raises(NotHad, match="answered with status 404") as why:
        await later.ensure("v1.13")
    assert why.value.exists
    await later.close()


async def test_a_registry_that_fails_is_left_alone_for_a_while(library, npm, monkeypatch):
    pages = dict(npm.shop.pages)
    npm.shop.pages.clear()
    for wanted in ("2.18.5", "2.18.5", "v2.1"):
        with pytest.raises(NotHad, match="status 404"):
            await library.ensure(wanted)
    assert len(npm.asked) == 1
    monkeypatch.setattr(module, "FAILED", 0.0)
    with pytest.raises(NotHad):
        await library.ensure("1.14.0")
    npm.shop.pages.update(pages)
    assert await library.ensure("1.14.0")


async def test_a_list_of_versions_is_not_believed_for_ever(library, npm, monkeypatch):
    monkeypatch.setattr(module, "FRESH", 0.0)
    assert (await library.ensure("v2.18")).name.endswith("2.18.5")
    npm.publish(VOICE, "2.18.6")
    assert (await library.ensure("v2.18")).name.endswith("2.18.6")


async def test_without_a_folder_of_its_own_they_are_kept_until_the_end(npm, clock):
    library = Library(clock, None, npm.source)
    folder = await library.ensure("2.18.5")
    assert (folder / "dist" / "twilio.js").is_file()
    assert folder.parent == (await library.ensure("2.1.0")).parent
    await library.close()
    assert not folder.parent.exists()
    await Library(clock, None).close()
