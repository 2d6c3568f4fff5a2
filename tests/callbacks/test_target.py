"""callbacks/target.py: the URL as written, as signed and as sent (voice 1.6, 3.8; design 5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.callbacks.target import Map, aim, redirected, to_yarl
from hoyhoy.wire.errors import Fault


@pytest.mark.parametrize(
    ("written", "public"),
    [
        ("http://a.example/v?x=a%20b+c&y", "http://a.example/v?x=a%20b+c&y"),
        ("http://a.example/A%2fb/../c//d/", "http://a.example/A%2fb/../c//d/"),  # no normalisation
        ("https://a.example:443/", "https://a.example:443/"),
        ("http://a.example", "http://a.example/"),
        ("http://a.example?x=1", "http://a.example/?x=1"),
        ("http://a.example/v?", "http://a.example/v"),  # no server tells its app of an empty query
        ("http://a.example/v#rc=1", "http://a.example/v"),
        ("HTTP://A.Example/V", "http://A.Example/V"),
        ("http://bücher.example/é?ü", "http://xn--bcher-kva.example/%C3%A9?%C3%BC"),
        ("http://a.example/a b\r\nc", "http://a.example/a%20b%0D%0Ac"),
        ("http://u:p@a.example:81/v", "http://a.example:81/v"),
        ("http://u@x:p@[::1]:81/v", "http://[::1]:81/v"),
    ],
)
def test_what_is_signed_is_what_the_app_can_rebuild(written, public):
    target = aim(written)
    assert target.public == target.sent == public
    assert str(to_yarl(target.sent).raw_path_qs) == public[public.index("/", 8) :]


def test_with_query():
    assert aim("http://a.example").with_query("x=1").public == "http://a.example/?x=1"
    assert aim("http://a.example/?a").with_query("x=1").sent == "http://a.example/?a&x=1"
    assert aim("http://a.example/").with_query("").sent == "http://a.example/"


MAPS = [
    Map("https://my.public.example", "http://localhost:5000"),
    Map("http://b.example:8080/hooks/", "http://127.0.0.1:3000/in"),
]


@pytest.mark.parametrize(
    ("public", "sent"),
    [
        ("https://my.public.example/voice?x=%41", "http://localhost:5000/voice?x=%41"),
        ("https://my.public.example", "http://localhost:5000/"),
        ("https://My.Public.Example:443/v", "http://localhost:5000/v"),
        ("http://b.example:8080/hooks/voice", "http://127.0.0.1:3000/in/voice"),
        ("http://b.example:8080/hooks", "http://127.0.0.1:3000/in"),
    ],
)
def test_a_map(public, sent):
    target = aim(public, MAPS)
    assert target.sent == sent and target.public.rstrip("/") == public
    assert dict(target.headers)["Host"] == public.split("/")[2]


@pytest.mark.parametrize(
    "url",
    [
        "http://my.public.example/v",
        "https://my.public.example.evil.example/v",
        "https://my.public.example:8443/v",
        "http://b.example:8080/hooksome",
        "http://b.example:8080/",
        "https://x@evil.example/https://my.public.example",
    ],
)
def test_what_a_map_leaves_alone(url):
    assert "localhost" not in aim(url, MAPS).sent and not dict(aim(url, MAPS).headers).get("Host")


def test_a_map_that_is_none():
    with pytest.raises(Fault):
        Map("my.public.example", "http://localhost:5000")


@pytest.mark.parametrize(
    ("url", "location", "leads"),
    [
        ("http://a.example/x/y?q#rc=1", "z", "http://a.example/x/z"),
        ("http://a.example/x", "//b.example/", "http://b.example/"),
        ("http://a.example/x", " /é ", "http://a.example/%C3%A9"),
        ("http://u:p@a.example/x", "/y", "http://u:p@a.example/y"),
        ("http://u:p@a.example/x", "http://a.example:80/y", "http://u:p@a.example:80/y"),
        ("http://u:p@a.example/x", "http://a.example:81/y", "http://a.example:81/y"),
        ("http://u:p@a.example/x", "https://a.example/y", "https://a.example/y"),
        ("http://u:p@a.example/x", "http://b:c@a.example/y", "http://b:c@a.example/y"),
    ],
)
def test_a_redirect(url, location, leads):
    assert redirected(url, location) == leads


@given(st.text(), st.text())
def test_any_text_is_a_target_or_a_fault(url, location):
    for text in (url, "http://" + url, "http://a.example/" + url):
        try:
            public = aim(text).public
        except Fault as fault:
            assert fault.code == 11100
        else:
            assert public.isascii() and public.isprintable() and " " not in public
            assert aim(public).public == public
    try:
        redirected("http://a.example/", location)
    except Fault as fault:
        assert fault.code == 11216
