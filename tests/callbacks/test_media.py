"""callbacks/media.py: recordings over real sockets (voice 1.7, 2.2, 17.1)."""

from __future__ import annotations

import asyncio
import threading

import pytest
from aiohttp import web

from hoyhoy.callbacks import media
from hoyhoy.callbacks.guard import STRICT, Guard
from hoyhoy.callbacks.media import MediaFetcher
from hoyhoy.callbacks.overrides import Limits
from hoyhoy.callbacks.target import Map
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.ports import FetchFailed

from ..speech.server import shop_open


@pytest.fixture
async def shop():
    async with shop_open() as shop:
        yield shop


@pytest.fixture
async def fetching():
    """Make fetchers; all are closed at the end."""
    made = []

    async def make(**how):
        one = MediaFetcher(clock=RealClock(), **how)
        await one.start()
        made.append(one)
        return one

    yield make
    for one in made:
        await one.close()


async def failure(fetcher, url):
    with pytest.raises(FetchFailed) as caught:
        await fetcher.get(url)
    return caught.value


async def test_a_plain_get_without_the_calls_parameters(shop, fetching):
    shop.lay_out(b"RIFF", ETag='"1"')
    fetcher = await fetching()
    page = await fetcher.get(shop.url("/sound?a=b#ct=1000"))
    assert (page.status, page.content_type, page.body) == (200, "audio/wav", b"RIFF")
    assert ("etag", '"1"') in [(name.lower(), value) for name, value in page.headers]
    ((method, path, headers, body),) = shop.seen
    assert (method, path, body) == ("GET", "/sound?a=b", b"") and headers["User-Agent"] == "TwilioProxy/1.1"


async def test_it_can_be_asked_whether_it_changed(shop, fetching):
    shop.lay_out(b"RIFF", ETag='"1"')
    fetcher = await fetching()
    assert (await fetcher.get(shop.url(), (("If-None-Match", '"1"'),))).status == 304


async def test_redirects_are_followed_and_bounded(shop, fetching):
    shop.lay_out(b"", "", "/old", 302, Location="/sound")
    shop.lay_out(b"RIFF")
    shop.lay_out(b"", "", "/round", 302, Location="/round")
    shop.lay_out(b"", "", "/nowhere", 302)
    fetcher = await fetching()
    page = await fetcher.get(shop.url("/old"))
    assert page.body == b"RIFF" and page.url == shop.url()
    assert (await failure(fetcher, shop.url("/round"))).code == 11215
    assert (await failure(fetcher, shop.url("/nowhere"))).code == 11216


async def test_what_goes_wrong_has_the_references_codes(shop, fetching):
    fetcher = await fetching()
    assert (await failure(fetcher, shop.url("/missing"))).code == 11200
    assert (await failure(fetcher, "ftp://127.0.0.1/x")).code == 11100
    assert (await failure(fetcher, shop.url("/x#rp=never"))).code == 11243
    assert (await failure(fetcher, "http://127.0.0.1:1/x")).code == 11205
    assert (await failure(fetcher, "http://name.invalid/x")).code in (11205, 11210)


async def test_a_304_nobody_asked_for_is_an_error(shop, fetching):
    shop.lay_out(b"", "", status=304)
    assert (await failure(await fetching(), shop.url())).code == 11200


async def test_the_guard_stands_before_every_address(shop, fetching):
    strict = await fetching(guard=Guard(STRICT))
    assert (await failure(strict, shop.url())).code == 11205 and shop.seen == []
    odd = await failure(await fetching(), shop.url().replace("127.0.0.1", "127.1"))
    assert odd.code == 11205 and "unusual spelling" in odd.message
    shop.lay_out(b"", "", "/in", 302, Location="http://169.254.169.254/latest")
    assert (await failure(await fetching(), shop.url("/in"))).code == 11205


async def test_size_and_time_are_bounded(shop, fetching):
    shop.lay_out(b"x" * 5000)
    assert "longer than" in (await failure(await fetching(largest=4999), shop.url())).message
    assert len((await (await fetching(largest=5000)).get(shop.url())).body) == 5000

    async def slow(request):
        answer = web.StreamResponse(headers={"Content-Type": "audio/wav"})
        await answer.prepare(request)
        await answer.write(b"x")
        await asyncio.Event().wait()

    shop.pages["/slow"] = slow
    impatient = await fetching(limits=Limits(read=0.05, total=1.0))
    assert (await failure(impatient, shop.url("/slow"))).code == 11200


async def test_maps_hold_for_recordings_too(shop, fetching):
    shop.lay_out(b"RIFF")
    fetcher = await fetching(maps=[Map("https://my.public.name", shop.url(""))])
    assert (await fetcher.get("https://my.public.name/sound")).body == b"RIFF"


async def test_music_of_ours_is_composed_beside_the_loop(fetching, monkeypatch):
    """To compose it takes a while, in which no call would go on; one piece after the other, on one thread each."""
    threads, goes_on, recording = [], threading.Event(), media.recording

    def composing(url, genre):
        assert goes_on.wait(30)
        threads.append(threading.current_thread())
        return recording(url, genre)

    monkeypatch.setattr(media, "recording", composing)
    fetcher = await fetching()
    asked = [asyncio.create_task(fetcher.get("https://demo.twilio.com/docs/classic.mp3")) for _ in range(2)]
    await asyncio.sleep(0)
    goes_on.set()
    assert {(await page).content_type for page in asked} == {"audio/wav"}
    assert len(threads) == 2 and threading.main_thread() not in threads
