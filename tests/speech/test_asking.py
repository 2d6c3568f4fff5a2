"""Asking an address of the operator's, on a real socket."""

import asyncio

import pytest

from hoyhoy.speech.asking import Address, NotAnswered


@pytest.fixture
async def address(clock, shop):
    made = Address(clock, shop.url("/ask?x=1"), "oracle", accept="text/plain", seconds=10, largest=1000)
    yield made
    await made.close()


async def test_an_answer(address, shop):
    shop.lay_out(b"42", "text/plain", "/ask")
    assert await address.ask(("text/plain",), data=b"why?") == ("text/plain", b"42")
    ((method, path, headers, body),) = shop.seen
    assert (method, path, headers["Accept"], body) == ("POST", "/ask?x=1", "text/plain", b"why?")


async def test_an_address_with_a_query_of_this_time(address, shop):
    shop.lay_out(b"42", "text/plain", "/ask")
    await address.ask(("text/plain",), address.url.extend_query(y="2"))
    assert shop.seen[0][1] == "/ask?x=1&y=2"


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ({"body": b"", "status": 503}, "status 503"),
        ({"body": b"", "status": 307, "Location": "/elsewhere"}, "status 307"),
        ({"body": b"<html>", "kind": "text/html"}, "'text/html', not text/plain"),
        ({"body": b"x" * 1001, "kind": "text/plain"}, "more than 1000"),
    ],
)
async def test_what_is_none(address, shop, caplog, page, why):
    shop.lay_out(path="/ask", **page)
    with pytest.raises(NotAnswered, match=why) as failed:
        await address.ask(("text/plain",))
    assert str(failed.value).startswith("The oracle ") and "127.0.0.1" not in str(failed.value)
    assert f"The oracle at 127.0.0.1:{address.url.port} " in caplog.text
    assert len(shop.seen) == 1


async def test_nobody_there_and_nobody_answering(clock, shop, caplog):
    """Where the operator has it is his own affair."""

    async def silent(request):
        await asyncio.Event().wait()

    shop.pages["/silent"] = silent
    for url, why in (("http://127.0.0.1:1/", "gave no answer"), (shop.url("/silent"), r"in 0\.05 s")):
        address = Address(clock, url, "oracle", accept="text/plain", seconds=0.05, largest=1)
        with pytest.raises(NotAnswered, match=why) as failed:
            await address.ask(("text/plain",))
        assert "127.0.0.1" not in str(failed.value)
        assert f"The oracle at 127.0.0.1:{address.url.port} gave no answer" in caplog.text
        await address.close()


@pytest.mark.parametrize("url", ["ftp://x", "http://", "nothing"])
async def test_what_is_no_url(clock, url):
    with pytest.raises(ValueError, match="URL of a oracle"):
        Address(clock, url, "oracle", accept="", seconds=1, largest=1)
