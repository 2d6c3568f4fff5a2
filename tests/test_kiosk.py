"""kiosk.py: twimlets over HTTP (voice reference 15)."""

from __future__ import annotations

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


async def test_a_twimlet_that_leads_elsewhere_redirects(web):
    answer = await web.post("/twimlets/menu?Options[1]=http://a.example/%0d%0aX: y", data={"Digits": "1"})
    assert (answer.status_code, answer.headers["location"]) == (302, "http://a.example/%0D%0AX:%20y")


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
