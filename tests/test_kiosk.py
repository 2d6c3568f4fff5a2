"""kiosk.py: twimlets over HTTP (voice reference 15)."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from hoyhoy.kiosk import MOST_BYTES, serve_twimlets


@pytest.fixture
def web():
    return httpx.AsyncClient(transport=httpx.ASGITransport(serve_twimlets), base_url="http://127.0.0.1:8980")


async def test_a_twimlet_is_asked_by_get_and_by_post(web):
    got = await web.get("/twimlets/message?Message[0]=hi&Message[1]=there")
    assert (got.status_code, got.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert got.text == "<Response><Say>hi</Say><Say>there</Say></Response>"
    posted = await web.post("/twimlets/message/?Message=a", data={"Message[9]": "ü"})
    assert posted.text == "<Response><Say>a</Say><Say>ü</Say></Response>"


async def test_its_urls_lead_back_here(web):
    assert 'action="/twimlets/forward?Dial=true"' in (await web.get("/twimlets/forward?PhoneNumber=1")).text


async def test_what_leads_elsewhere_is_a_document_that_does(web):
    """Never a redirect of HTTP: anybody could lead a browser anywhere by the exchange's own address."""
    answer = await web.post("/twimlets/menu?Options[1]=http://a.example/?a%26b%0d%0aX: y", data={"Digits": "1"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert "location" not in answer.headers
    redirect = '<Redirect method="GET">http://a.example/?a&amp;b%0D%0AX:%20y</Redirect>'
    assert answer.text == f"<Response>{redirect}</Response>"
    assert "<Redirect" in (await web.get("/twimlets/forward?FailUrl=more.xml")).text


def scope():
    return {"type": "http", "method": "POST", "path": "/twimlets/message", "query_string": b"", "headers": []}


async def test_who_leaves_before_his_form_is_here_is_not_answered():
    sent, come = [], iter([{"type": "http.request", "body": b"M", "more_body": True}, {"type": "http.disconnect"}])

    async def receive():
        return next(come)

    async def send(message):
        sent.append(message)

    await serve_twimlets(scope(), receive, send)
    assert sent == []


async def test_a_form_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("hoyhoy.kiosk.SECONDS", 0.01)
    sent = []

    async def send(message):
        sent.append(message)

    await serve_twimlets(scope(), asyncio.Event().wait, send)
    assert sent[0]["status"] == 408 and b"0.01 seconds" in sent[1]["body"]


async def test_a_browser_runs_nothing_of_it(web):
    """A document holds what its address says, and the address may be anybody's."""
    answer = await web.get("/twimlets/echo?Twiml=<html xmlns='http://www.w3.org/1999/xhtml'><script>1</script></html>")
    assert "default-src 'none'; sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_it_does_not_take(web):
    nothing = await web.get("/twimlets/nothing")
    assert nothing.status_code == 404 and "voicemail" in nothing.text
    assert (await web.put("/twimlets/message")).status_code == 405
    assert (await web.post("/twimlets/message", content=b"x" * (MOST_BYTES + 1))).status_code == 413


async def test_remarks_travel_as_a_header(web):
    assert "not 'x'" in (await web.get("/twimlets/holdmusic?Bucket=x")).headers["warning"]
