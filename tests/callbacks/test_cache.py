"""callbacks/cache.py: GET answers used again (voice 1.7; RFC 9111)."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate

import pytest

from hoyhoy.callbacks.cache import PageCache
from hoyhoy.exchange.ports import Page

KEY = ("AC1", "http://a.example/")
PAGE = Page("http://a.example/", 200, "text/xml", b"<Response/>", seconds=0.2)


class Now:
    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def cache(now: Now) -> PageCache:
    return PageCache(now, most=3)


def with_headers(**headers: str) -> Page:
    return replace(PAGE, headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def test_an_answer_stays_fresh_for_its_age(cache, now):
    cache.take(KEY, with_headers(Cache_Control="public, max-age=60", Age="20"))
    now.at += 39
    found = cache.fresh(KEY)
    assert found and found.body == PAGE.body and (found.seconds, found.attempts) == (0.0, 0)
    assert cache.fresh(("AC2", KEY[1])) is None
    now.at += 1
    assert cache.fresh(KEY) is None


def test_expires(cache, now):
    cache.take(KEY, with_headers(Expires=formatdate(now.at + 10, usegmt=True)))
    assert cache.fresh(KEY)
    now.at += 11
    assert not cache.fresh(KEY)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "max-age=0"},
        {"Cache-Control": "no-store, max-age=60"},
        {"Cache-Control": "max-age=60, private"},
        {"Cache-Control": "max-age=60", "Set-Cookie": "a=b"},
        {"Cache-Control": "max-age=60", "Vary": "Cookie"},
        {"Cache-Control": "max-age=60", "Vary": "*"},
        {"Cache-Control": "max-age=-5"},
        {"Cache-Control": "max-age=x"},
        {"Cache-Control": "no-cache"},
        {"Expires": "0"},
        {"Expires": "yesterday"},
    ],
)
def test_what_is_not_used_again(cache, headers):
    cache.take(KEY, replace(PAGE, headers=tuple(headers.items())))
    assert cache.fresh(KEY) is None and not cache.validators(KEY)


def test_no_cache_means_ask_first(cache):
    cache.take(KEY, with_headers(Cache_Control="no-cache, max-age=60", etag='"1"'))
    assert cache.fresh(KEY) is None
    assert cache.validators(KEY) == {"If-None-Match": '"1"'}


def test_not_modified_is_the_kept_answer_renewed(cache, now):
    cache.take(KEY, with_headers(ETag='"1"', Last_Modified="Fri, 20 Aug 2010 01:13:42 GMT"))
    assert cache.validators(KEY) == {"If-None-Match": '"1"', "If-Modified-Since": "Fri, 20 Aug 2010 01:13:42 GMT"}
    page = cache.take(KEY, replace(with_headers(Cache_Control="max-age=5"), status=304, body=b"", seconds=0.1))
    assert (page.status, page.body, page.seconds) == (200, PAGE.body, 0.1)
    assert cache.fresh(KEY)


def test_not_modified_of_nothing_is_what_it_is(cache):
    assert cache.take(KEY, replace(PAGE, status=304)).status == 304


def test_an_answer_that_may_not_be_kept_drops_the_kept_one(cache):
    cache.take(KEY, with_headers(ETag='"1"'))
    cache.take(KEY, PAGE)
    assert not cache.validators(KEY)


def test_the_least_used_go_first(cache):
    for number in range(3):
        cache.take(("AC1", str(number)), with_headers(Cache_Control="max-age=60"))
    cache.fresh(("AC1", "0"))
    cache.take(("AC1", "3"), with_headers(Cache_Control="max-age=60"))
    assert [bool(cache.fresh(("AC1", str(number)))) for number in range(4)] == [True, False, True, True]
