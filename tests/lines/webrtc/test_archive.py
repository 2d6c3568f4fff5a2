"""archive.py: what is taken out of an npm package, and which archives are refused whole (official-clients B2)."""

import gzip
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.lines.webrtc import archive
from hoyhoy.lines.webrtc.archive import BadArchive, taken

from .npm import LICENCE, member, packed, sdk

PLAIN = {"dist/twilio.js": "1", "LICENSE.md": "2"}


def test_only_what_browsers_load_and_the_licence_are_taken():
    assert taken(sdk("2.18.5")) == {
        "dist/twilio.js": b"Twilio = '2.18.5';\n",
        "dist/twilio.min.js": b"Twilio='2.18.5'",
        "LICENSE.md": LICENCE,
    }


@pytest.mark.parametrize("name", ["LICENSE", "LICENCE.txt", "NOTICE.md", "LICENSE-MIT", "COPYING"])
def test_licences_have_many_names(name):
    assert taken(packed(**PLAIN | {name: "words"}))[name] == b"words"


def test_the_folder_around_it_may_be_called_anything():
    """npm's own is `package`; others' archives have others."""
    assert taken(packed(member("voice-sdk/dist/twilio.js", size=3))) == {"dist/twilio.js": b"xxx"}


@pytest.mark.parametrize("name", ["dist/deep/er.js", "dist/.hidden", "dist/a b.js", "lib/twilio.js", "LICENSES/x"])
def test_other_names_are_left(name):
    assert name not in taken(packed(**PLAIN | {name: "words"}))


@pytest.mark.parametrize(
    "evil",
    [
        member("package/dist/../../../etc/passwd", size=1),
        member("../dist/twilio.js", size=1),
        member("/etc/passwd", size=1),
        member("package\\dist\\..\\x.js", size=1),
        member("package/dist/twilio.min.js", tarfile.SYMTYPE, "/etc/passwd"),
        member("package/dist/twilio.min.js", tarfile.LNKTYPE, "package/LICENSE.md"),
        member("package/dist/pipe", tarfile.FIFOTYPE),
        member("package/dist/disk", tarfile.BLKTYPE),
    ],
    ids=lambda one: f"{one.name} {one.type.decode()}",
)
def test_an_archive_that_leads_out_of_itself_is_refused_whole(evil):
    with pytest.raises(BadArchive, match=r"leads out of it|neither file nor folder"):
        taken(packed(evil, **PLAIN))


def test_a_file_that_is_mostly_holes_is_refused():
    """A few bytes that say they are many."""
    sparse = member(
        "package/dist/twilio.js", pax_headers={"GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 40)}, size=1
    )
    with pytest.raises(BadArchive):
        taken(packed(sparse))


def test_bombs_are_not_unpacked(monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1 << 20)
    with pytest.raises(BadArchive, match="holds more than 1 MB"):
        taken(gzip.compress(bytes(2 << 20)))
    with pytest.raises(BadArchive, match="holds more than 1 MB"):
        taken(packed(**PLAIN, **{"lib/large.js": bytes(2 << 20)}))
    monkeypatch.setattr(archive, "LARGEST_TAKEN", 1000)
    with pytest.raises(BadArchive, match="too much"):
        taken(packed(**PLAIN, **{"dist/large.js": bytes(999)}))
    monkeypatch.setattr(archive, "MOST_TAKEN", 2)
    with pytest.raises(BadArchive, match="too much"):
        taken(packed(**PLAIN, **{"dist/third.js": "3"}))
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    with pytest.raises(BadArchive, match="more than 2 files"):
        taken(packed(**PLAIN, **{"lib/third.js": "3"}))


@pytest.mark.parametrize("cut", [1, 20, 100, -1, -9])
def test_an_archive_that_is_cut_off_is_refused(cut):
    with pytest.raises(BadArchive):
        taken(sdk("1.14.0")[:cut])


@pytest.mark.parametrize(
    "octets",
    [b"", b"<html>", gzip.compress(b""), gzip.compress(b"no archive" * 100), packed(**PLAIN, compress=False)],
    ids=["nothing", "a page", "compressed nothing", "compressed words", "not compressed"],
)
def test_what_is_no_archive_is_refused(octets):
    with pytest.raises(BadArchive):
        taken(octets)


def test_a_package_for_other_than_browsers_is_refused():
    with pytest.raises(BadArchive, match="no dist folder"):
        taken(packed(**{"lib/index.js": "1", "LICENSE.md": "2"}))


WHOLE = packed(**PLAIN, compress=False)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.integers(0, len(WHOLE) - 1))
def test_whatever_stands_in_it_is_taken_or_refused(octets, at):
    spoilt = WHOLE[:at] + octets + WHOLE[at + len(octets) :]
    try:
        files = taken(gzip.compress(spoilt, 1))
    except BadArchive:
        return
    assert all(isinstance(content, bytes) and ".." not in name for name, content in files.items())
