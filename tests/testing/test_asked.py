"""testing/asked.py: what an app was asked."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.log import NotHeard
from hoyhoy.testing.phones import Phone

from .webapp import WebApp


def test_documents_and_callbacks(led: LocalExchange, phone: Phone, app: WebApp) -> None:
    app.pages["/menu"] = "<Response><Gather action='/choice?a=1' numDigits='1'><Say>Key</Say></Gather></Response>"
    app.pages["/choice"] = "<Response/>"
    Client().calls.create(
        to=phone.number, from_=led.numbers[0], url=app.url("/menu"), status_callback=app.url("/status")
    )
    call = phone.expect_call()
    call.answer()
    call.expect_speech("Key")
    call.press("7")
    told = led.expect_webhook("/status", call)  # the last that is asked, found first
    assert (told.is_callback, told["CallStatus"], told.status) == (True, "completed", 204)
    chosen = led.expect_webhook("/choice", call, Digits="7")
    assert (chosen.path, chosen.query, chosen["Digits"], chosen.get("Nothing")) == ("/choice", {"a": "1"}, "7", "")
    assert (chosen.is_callback, chosen.status, chosen.body, chosen.subject) == (False, 200, "<Response/>", call.sid)
    assert str(chosen) == f"POST {app.url('/choice?a=1')} {{'CallStatus': 'in-progress', 'Digits': '7'}} -> 200"
    assert [one.path for one in led.webhooks(call=call)] == ["/menu", "/choice", "/status"]
    assert [one.path for one in led.webhooks("/choice", call.sid, Digits="7")] == ["/choice"]
    assert led.webhooks("/choice", call, Digits="8") == []
    assert "/choice" in led.webhooks("/menu", call)[0].body
    assert led.webhooks("/choice")[0].path == "/choice", "a document that names the address is not at it"


def test_each_request_is_found_once_and_a_failure_lists_them(led: LocalExchange, phone: Phone, app: WebApp) -> None:
    app.pages["/twice"] = "<Response><Redirect/></Response>"
    app.pages["/over"] = "<Response/>"
    asked = 0

    def twice(form: dict[str, str]) -> str:
        nonlocal asked
        asked += 1
        return "<Response><Pause/><Redirect/></Response>" if asked == 1 else "<Response/>"

    app.pages["/twice"] = twice
    Client().calls.create(to=phone.number, from_=led.numbers[0], url=app.url("/twice"))
    call = phone.expect_call()
    call.answer()
    first, second = (led.expect_webhook("/twice", call) for _ in range(2))
    assert second.at - first.at == pytest.approx(1)
    with pytest.raises(NotHeard, match=r"a request to /twice within 30 s(.|\n)*asked:\n  POST http.*/twice .* -> 200"):
        led.expect_webhook("/twice", call)


def test_an_app_that_does_not_answer(led: LocalExchange, phone: Phone) -> None:
    Client().calls.create(to=phone.number, from_=led.numbers[0], url="http://127.0.0.1:1/nobody")
    call = phone.expect_call()
    call.answer()
    failed = led.expect_webhook("/nobody", call)
    assert failed.status == 0 and failed.problem and failed.problem in str(failed)
