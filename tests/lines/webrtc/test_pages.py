"""pages.py: what browsers get over HTTP beside signalling, wherever SDKs look for it (official-clients B2, B12)."""

from __future__ import annotations

import json

import httpx
import pytest

from hoyhoy.audio import wav
from hoyhoy.lines.webrtc import pages as module
from hoyhoy.lines.webrtc import sounds
from hoyhoy.lines.webrtc.pages import BELOW, Pages
from tests.rest.world import world

from .npm import npm_open
from .test_telemetry import CALL, METRICS, Phone, metrics, sample

RING = "/js/client/sounds/releases/1.0.0/incoming.mp3?cache=2.18.5"
SDK = "/js/voice/releases/2.18.5/twilio.min.js"
GATEWAY = f"/v4/{METRICS}"
PLACES = pytest.mark.parametrize("below", ["", BELOW])


@pytest.fixture
async def npm():
    async with npm_open() as made:
        made.publish("@twilio/voice-sdk", "2.18.5")
        yield made


@pytest.fixture
async def phone():
    async with world() as exchange:
        yield Phone(exchange)


@pytest.fixture
async def pages(phone, npm, tmp_path):
    exchange = phone.exchange
    database = exchange.database
    made = Pages(exchange.clock, database.directory, database.journal, database.rows, tmp_path / "sdk", npm.source)
    yield made
    await made.close()


@pytest.fixture
async def web(pages):
    transport = httpx.ASGITransport(pages, client=("192.0.2.7", 40000))
    async with httpx.AsyncClient(transport=transport, base_url="https://sdk.twilio.com") as made:
        yield made


def scope(path, kind="http"):
    return {"type": kind, "path": path}


@PLACES
@pytest.mark.parametrize("path", ["/js/voice/v2.1/twilio.js", "/js/taskrouter/v1.21/x.js", "/sdk/js/x", GATEWAY])
def test_paths_that_are_its_own(below, path):
    assert Pages.matches(scope(below + path))
    assert not Pages.matches(scope(below + path, "websocket"))


@pytest.mark.parametrize(
    "path", ["/", "/signal", "/.twilio.com/signal", "/.twilio.comjs/x", "/v4/Other", "/lab/js/x", "//js/"]
)
def test_paths_that_are_not(path):
    assert not Pages.matches(scope(path))


# Sounds ------------------------------------------------------------------------------------


@PLACES
async def test_the_sounds_of_a_phone(web, below):
    got = await web.get(below + RING)
    assert (got.status_code, got.headers["content-type"]) == (200, "audio/wav")
    assert wav.read(got.content).any() and got.content == sounds.file("incoming")
    assert got.headers["access-control-allow-origin"] == "*" and "max-age" in got.headers["cache-control"]
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_sounds_that_there_are_not(web):
    for name in ("nothing.mp3", "incoming.txt", "INCOMING.mp3", "x" * 100 + ".mp3"):
        assert (await web.get(f"/js/client/sounds/releases/1.0.0/{name}")).status_code == 404, name


# SDKs --------------------------------------------------------------------------------------


@PLACES
async def test_an_sdk_is_had_when_a_page_wants_it(web, npm, below):
    assert npm.asked == []
    got = await web.get(below + SDK)
    assert (got.status_code, got.text) == (200, "Twilio='2.18.5'")
    assert got.headers["content-type"].startswith("text/javascript")
    assert (got.headers["access-control-allow-origin"], got.headers["x-content-type-options"]) == ("*", "nosniff")
    head = await web.head(below + SDK)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "15")
    assert len(npm.asked) == 2


async def test_what_a_short_form_means_may_change_sooner(web):
    ages = [(await web.get(f"/js/voice/{form}/twilio.js")).headers["cache-control"] for form in ("v2.18.5", "v2.18")]
    assert ages == ["public, max-age=86400", "public, max-age=3600"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (
            "/js/voice/releases/2.99.0/twilio.min.js",
            404,
            "There is no @twilio/voice-sdk 2.99.0: the npm registry has 2.18.5 to",
        ),
        ("/js/voice/releases/latest/twilio.min.js", 404, "'latest' is no version of an SDK"),
        ("/js/client/v1.14/twilio.min.js", 503, "`hoyhoy sdk VERSION`"),
        ("/js/taskrouter/v1.21/taskrouter.min.js", 404, "only the Voice SDKs for JavaScript"),
        ("/js/x%22);alert(1)//", 404, "alert"),
    ],
)
async def test_what_cannot_be_had_says_so_in_the_console(web, path, status, words):
    got = await web.get(path)
    assert (got.status_code, got.headers["cache-control"]) == (status, "no-store")
    assert got.headers["content-type"].startswith("text/javascript")
    begin, end = "console.error(", ");\n"
    assert got.text.startswith(begin) and got.text.endswith(end)
    sentence = json.loads(got.text.removeprefix(begin).removesuffix(end))
    assert sentence.startswith("hoyhoy: ") and words in sentence


async def test_the_operator_is_told_of_each_trouble_once(web, caplog):
    """A browser does not run what comes with an error's status: who develops the page may look here."""
    for _ in range(2):
        await web.get("/js/voice/releases/2.99.0/twilio.min.js")
        await web.get("/js/client/v1.14/twilio.min.js")
        await web.get("/js/voice/releases/%1b[2J/twilio.js")
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 3 and "There is no @twilio/voice-sdk 2.99.0" in told[0] and "status 404" in told[1]
    assert all(one.isprintable() for one in told)


async def test_files_are_not_posted(web, npm):
    for path in (RING, SDK):
        got = await web.post(path, content=b"x")
        assert (got.status_code, got.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert npm.asked == []


# The gateway of events ---------------------------------------------------------------------


@PLACES
async def test_a_post_of_measurements(web, phone, below):
    got = await web.post(below + GATEWAY, json=metrics(sample()), headers={"X-Twilio-Token": phone.token})
    assert (got.status_code, got.content, got.headers["access-control-allow-origin"]) == (204, b"", "*")
    [heard] = await phone.logged(CALL)
    assert heard.received == 50


@pytest.mark.parametrize("path", [GATEWAY, RING, SDK])
async def test_browsers_ask_before_they_post(web, path):
    """Fetch standard 4.8; a page of a public site asks besides whether it may reach this machine."""
    asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    got = await web.options(path, headers=asked)
    assert got.status_code == 204 and got.headers["access-control-allow-origin"] == "*"
    assert got.headers["access-control-allow-headers"] == "Content-Type, X-Twilio-Token"
    assert "POST" in got.headers["access-control-allow-methods"]
    assert "access-control-allow-private-network" not in got.headers
    got = await web.options(path, headers=asked | {"Access-Control-Request-Private-Network": "true"})
    assert got.headers["access-control-allow-private-network"] == "true"


async def test_refusals_can_be_read_by_the_page(web, phone):
    told = {"X-Twilio-Token": phone.token}
    answers = [
        await web.post(GATEWAY, json=metrics(sample())),
        await web.post(GATEWAY, content=b"{", headers=told),
        await web.post(GATEWAY, content=b" " * 100_000, headers=told),
        await web.get(GATEWAY, headers=told),
        await web.post("/v4/EndpointMetricsAndMore", headers=told),
    ]
    assert [one.status_code for one in answers] == [401, 400, 413, 405, 405]
    for one in answers:
        assert one.headers["access-control-allow-origin"] == "*" and one.text.endswith(".\n")


async def test_a_phone_that_tells_too_much_hears_when_to_go_on(web, phone, pages):
    now = phone.exchange.clock.now()
    while pages.telemetry._addresses.take("192.0.2.7", now):
        pass
    got = await web.post(GATEWAY, json=metrics(sample()), headers={"X-Twilio-Token": phone.token})
    assert (got.status_code, got.headers["retry-after"]) == (429, "1")


def posted(*messages):
    come = iter(messages)
    asked = {"type": "http", "method": "POST", "path": GATEWAY, "query_string": b"", "headers": [], "client": None}

    async def receive():
        return next(come)

    return asked, receive


async def test_who_leaves_while_he_posts_is_not_answered(pages):
    sent = []

    async def send(message):
        sent.append(message)

    begun = {"type": "http.request", "body": b"{", "more_body": True}
    await pages(*posted(begun, {"type": "http.disconnect"}), send)
    assert sent == []


async def test_a_post_without_end_is_not_read_to_its_end(pages, phone):
    asked, sent, pieces = posted()[0], [], iter(range(4))
    asked["headers"] = [(b"x-twilio-token", phone.token.encode())]

    async def receive():
        next(pieces)
        return {"type": "http.request", "body": bytes(32 * 1024), "more_body": True}

    async def send(message):
        sent.append(message)

    await pages(asked, receive, send)
    assert sent[0]["status"] == 413 and next(pieces) == 3


async def test_a_post_that_does_not_come_is_not_waited_for(pages, monkeypatch, phone):
    monkeypatch.setattr(module, "SECONDS", 0.01)
    sent, never = [], phone.exchange.clock.sleep

    async def receive():
        await never(3600)

    async def send(message):
        sent.append(message)

    await pages(posted()[0], receive, send)
    assert sent[0]["status"] == 408
