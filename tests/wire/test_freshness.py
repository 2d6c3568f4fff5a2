"""wire/freshness.py (RFC 9111)."""

from email.utils import formatdate

import pytest

from hoyhoy.wire.freshness import lifetime, may_be_kept, validators

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], 0),
        ([("Cache-Control", "max-age=60")], 60),
        ([("cache-control", 'public, MAX-AGE="60"'), ("AGE", "20")], 40),
        ([("Cache-Control", "max-age=60, s-maxage=5")], 5),
        ([("Cache-Control", "max-age=60, no-cache")], 0),
        ([("Cache-Control", "max-age=-1")], 0),
        ([("Cache-Control", "max-age=٣")], 0),
        ([("Cache-Control", "max-age=9"), ("Age", "soon")], 9),
        ([("Expires", formatdate(NOW + 30, usegmt=True))], 30),
        ([("Expires", "0")], 0),
        ([("Last-Modified", formatdate(NOW - 90, usegmt=True))], 0),
    ],
)
def test_how_long(headers, seconds):
    assert lifetime(headers, NOW) == seconds


def test_how_to_ask():
    assert validators([("ETag", '"1"'), ("Last-Modified", "Sat")]) == {
        "If-None-Match": '"1"',
        "If-Modified-Since": "Sat",
    }
    assert validators([("ETag", '"ä"')]) == {} and validators([]) == {}


@pytest.mark.parametrize(
    "headers",
    [
        [("Cache-Control", "no-store")],
        [("Cache-Control", "private=x")],
        [("Set-Cookie", "a=b")],
        [("Vary", "Accept")],
        [("Vary", "*")],
    ],
)
def test_what_is_somebodys_own(headers):
    assert not may_be_kept(headers)


@pytest.mark.parametrize("headers", [[], [("Vary", "Accept-Encoding ")], [("Cache-Control", "no-cache")]])
def test_what_may_be_kept(headers):
    assert may_be_kept(headers)
