"""One document performed: what answers mean (voice 1.2, 1.3), failures and the fallback (3.6)."""

from dataclasses import replace

import numpy as np
import pytest

from hoyhoy.exchange.events import Noticed, PhoneHeard, VerbStarted, WebhookAnswered
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.ports import FetchFailed, Page
from hoyhoy.exchange.program import ERROR_PROMPT
from hoyhoy.exchange.sound import Audio, Speech
from hoyhoy.exchange.switchboard import Switchboard
from hoyhoy.wire.errors import Fault

from .talking import ANN, BOB, calls_in
from .talking import heard as sounds
from .world import NUMBER, Sounds, World, world

HELLO = b"<Response><Say>Hello</Say></Response>"


def page(content_type: str, body: bytes = HELLO, url: str = "http://app/start") -> Page:
    return Page(url, 200, content_type, body)


async def heard(exchange: World, answer, **order) -> list[str]:
    exchange.app.pages["http://app/start"] = answer
    exchange.phone()
    exchange.place(**order)
    await exchange.run()
    return [event.text for event in exchange.events(PhoneHeard)]


def codes(exchange: World) -> list[int]:
    return [notice.code for notice in exchange.events(Noticed)]


# voice 1.2
@pytest.mark.parametrize(
    ("answer", "sounds"),
    [
        (page("text/xml"), ["Hello"]),
        (page("application/xml; charset=utf-8"), ["Hello"]),
        (page("text/html"), ["Hello"]),
        (page("TEXT/XML"), ["Hello"]),
        (page("text/plain"), ["Hello"]),
        (page("text/plain", "Grüße from the app".encode()), ["Grüße from the app"]),
        (page("audio/mpeg", b"\xff\xfb", "http://app/music"), ["http://app/music"]),
    ],
)
async def test_content_types(exchange, answer, sounds):
    assert await heard(exchange, answer) == sounds
    assert not codes(exchange)


# voice 1.2, 1.3, 17.1: fatal answers are noticed, apologised for, and end the call
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (page("application/json", b"{}"), 12300),
        (page("", HELLO), 12300),
        (page("text/xml", b""), 12100),
        (page("text/xml", b"  \n"), 12100),
        (page("text/xml", b"<Response><Say>"), 12100),
        (page("text/xml", b"<html/>"), 12102),
        (page("text/html", b"<!DOCTYPE html><html></html>"), 12100),
        (None, 11200),
        (FetchFailed(11205, "no connection"), 11205),
        (FetchFailed(11750, "too large"), 11750),
        (page("text/xml", b"<Response><Redirect>javascript:alert(1)</Redirect></Response>"), 11100),
    ],
)
async def test_fatal_answers(exchange, answer, code):
    assert await heard(exchange, answer) == [ERROR_PROMPT]
    assert codes(exchange) == [code]
    notices = await exchange.database.rows.page("notifications")
    assert [(row["error_code"], row["log"], row["request_method"]) for row in notices] == [(code, 0, "POST")]
    assert "http://app/start" in notices[0]["request_url"]


async def test_an_unanswered_call_with_a_broken_document_fails(exchange):
    exchange.own(NUMBER, voice_url="http://app/nothing-there")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert (await exchange.row("calls", call.sid))["status"] == "failed"
    assert not exchange.events(PhoneHeard)


async def test_the_notification_keeps_request_and_response(exchange):
    await heard(exchange, None)
    (notice,) = await exchange.database.rows.page("notifications")
    assert notice["response_body"] == "not here" and "CallSid=CA" in notice["request_variables"]
    assert "ErrorCode=11200" in notice["message_text"] and notice["more_info"].endswith("/11200")


# voice 3.6
async def test_the_fallback_replaces_the_document(exchange):
    exchange.app.pages["http://app/fallback"] = "<Response><Say>Plan B</Say></Response>"
    assert await heard(exchange, None, fallback_url="http://app/fallback") == ["Plan B"]
    asked = exchange.app.params()
    assert asked | {"ErrorCode": "11200", "ErrorUrl": "http://app/start", "CallStatus": "in-progress"} == asked
    assert codes(exchange) == [11200]


async def test_a_fallback_that_fails_is_apologised_for(exchange):
    assert await heard(exchange, None, fallback_url="http://app/nothing") == [ERROR_PROMPT]
    assert codes(exchange) == [11200, 11200]


async def test_a_fallback_is_tried_for_a_later_document_too(exchange):
    exchange.app.pages["http://app/fallback"] = "<Response><Say>Plan B</Say></Response>"
    assert await heard(
        exchange, "<Response><Say>One</Say><Redirect>/gone</Redirect></Response>", fallback_url="http://app/fallback"
    ) == ["One", "Plan B"]


async def test_the_fallback_is_there_for_every_document(exchange):
    exchange.app.pages |= {
        "http://app/fallback": "<Response><Say>Plan B</Say><Redirect>/ok</Redirect></Response>",
        "http://app/ok": "<Response><Say>Fine</Say><Redirect>/bad</Redirect></Response>",
    }
    sounds = await heard(exchange, None, fallback_url="http://app/fallback", time_limit=10)
    assert sounds[:5] == ["Plan B", "Fine", "Plan B", "Fine", "Plan B"]


async def test_a_loop_through_the_fallback_ends(exchange):
    exchange.app.pages["http://app/fallback"] = "<Response><Redirect>/bad</Redirect></Response>"
    assert await heard(exchange, None, fallback_url="http://app/fallback") == [ERROR_PROMPT]
    assert codes(exchange)[-1] == 11215


async def test_an_inline_document_has_no_address(exchange):
    # voice 1.6, trap 21
    assert await heard(exchange, None, twiml="<Response><Redirect>/next</Redirect></Response>") == [ERROR_PROMPT]
    assert codes(exchange) == [15004]


@pytest.mark.parametrize(
    ("document", "heard_text"),
    [
        ("<Response><Frob>sales</Frob><Say>After</Say></Response>", ["After"]),
        ("<Response><say>small</say><Say>After</Say></Response>", ["After"]),
        ("<Response><Body>noun</Body><Say>After</Say></Response>", ["After"]),
        ("<Response>text<Say>After</Say></Response>", ["After"]),
        ('<Response colour="red"><Say>After</Say></Response>', ["After"]),
    ],
)
async def test_what_is_not_understood_is_skipped_with_a_warning(exchange, document, heard_text):
    # trap 23
    assert await heard(exchange, document) == heard_text
    assert codes(exchange) == [12200]


async def test_the_log_tells_requests_and_verbs(exchange):
    await heard(exchange, '<Response><Say voice="alice">Hello</Say></Response>')
    (answered,) = exchange.events(WebhookAnswered)
    assert (answered.status, answered.content_type, answered.code) == (200, "text/xml", 0)
    assert "<Say" in answered.body and dict(answered.params)["CallStatus"] == "in-progress"
    (started,) = exchange.events(VerbStarted)
    assert (started.verb, started.attributes, started.text) == ("Say", (("voice", "alice"),), "Hello")


async def test_relative_urls_resolve_against_the_final_address(exchange):
    # voice 1.6
    exchange.app.pages["http://app/moved/next"] = "<Response><Say>Found</Say></Response>"
    body = b"<Response><Redirect>next</Redirect></Response>"
    assert await heard(exchange, page("text/xml", body, url="http://app/moved/here")) == ["Found"]


# voice 3.9, messaging 3.5: a notification holds the request and the answer it is about


async def notice(exchange: World) -> dict:
    return (await exchange.database.rows.page("notifications", (("log", "=", 1),)))[0]


@pytest.mark.parametrize(
    "document",
    [
        "<Response><Say colour='red'>Hello</Say></Response>",  # while it is read
        "<Response><Say>Hello</Say><Play/></Response>",  # while it is performed
    ],
)
async def test_a_warning_shows_the_document_and_who_asked_for_it(exchange, document):
    headers = (("Content-Type", "text/xml"),)
    answer = Page("http://app/start", 200, "text/xml", document.encode(), headers, asked_with=(("Accept", "*/*"),))
    await heard(exchange, answer)
    row = await notice(exchange)
    assert (row["request_url"], row["request_method"]) == ("http://app/start", "POST")
    assert "CallStatus=in-progress" in row["request_variables"] and row["response_body"] == document
    assert (row["request_headers"], row["response_headers"]) == ("Accept=%2A%2F%2A", "Content-Type=text%2Fxml")


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<Response><Redirect>nowhere:x</Redirect></Response>"])
async def test_an_error_shows_the_answer_that_was_none(exchange, body):
    await heard(exchange, page("text/xml", body))
    [row] = await exchange.database.rows.page("notifications")
    assert row["response_body"] == body.decode() and "CallStatus=in-progress" in row["request_variables"]


async def test_a_request_without_an_answer_does_not_show_the_answer_before(exchange):
    exchange.app.pages["http://app/next"] = FetchFailed(11205, "no connection")
    await heard(exchange, "<Response><Redirect>/next</Redirect></Response>")
    [row] = await exchange.database.rows.page("notifications")
    assert (row["request_url"], row["response_body"], row["request_headers"]) == ("http://app/next", None, None)


async def test_an_inline_document_has_no_request(exchange):
    exchange.app.pages["http://app/start"] = "<Response><Pause length='60'/></Response>"
    exchange.phone()
    sid = exchange.place()
    await exchange.run(10)
    exchange.switchboard.redirect_call(sid, twiml="<Response><Play/></Response>")
    await exchange.run()
    row = await notice(exchange)
    assert (row["request_url"], row["request_variables"], row["response_body"]) == (None, "", None)


@pytest.mark.parametrize("answer", [None, "<Response><Say", "<Response><Say>Too late</Say></Response>"])
async def test_what_answers_a_farewell_is_not_performed(exchange, answer):
    # voice 1.4: it is only told when it is wrong
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>', over=answer)
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(3)
    ann.leg.put_down()
    await exchange.run(30)
    wrong = {None: [11200], "<Response><Say": [12100]}
    assert (codes(exchange), sounds(exchange, ANN)) == (wrong.get(answer, []), [])
    assert (await exchange.row("calls", ann.sid))["status"] == "completed"


async def test_a_document_that_failed_says_no_farewell(exchange):
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')

    async def answer():
        raise Fault(13224)

    ann.leg.answer = answer
    await exchange.run(30)
    assert codes(exchange) == [13224] and [one.url for one in exchange.app.asked] == ["http://app/in"]


class Mute(Sounds):
    """A studio whose sounds have no length."""

    async def prompt(self, wish: Speech | Audio, account: str) -> Prompt:
        return Prompt(wish, np.zeros(0, np.int16))


@pytest.mark.parametrize("verb", ["<Play>/a.wav</Play>", "<Play loop='0'>/a.wav</Play>"])
async def test_a_sound_of_no_length_is_none(verb):
    """2.11: what takes no time does not keep documents from going round in circles."""
    async with world(rules=Rules(documents_without_sound=5)) as exchange:
        facilities = replace(exchange.switchboard.facilities, studio=Mute({}))
        exchange.switchboard = exchange.network.exchange = Switchboard(facilities)
        await heard(exchange, f"<Response>{verb}<Redirect/></Response>")
        assert codes(exchange) == [11215] and len(exchange.app.asked) == 5


async def test_a_pause_is_no_circle():
    async with world(rules=Rules(documents_without_sound=5)) as exchange:
        exchange.app.pages["http://app/start"] = "<Response><Pause/><Redirect/></Response>"
        exchange.phone()
        exchange.place()
        await exchange.run(60)
        assert not codes(exchange) and len(exchange.app.asked) > 50
