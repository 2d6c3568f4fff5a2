"""voice 3.9"""

from urllib.parse import parse_qs

from hoyhoy.exchange.events import Noticed
from hoyhoy.exchange.notices import MOST_WARNINGS, Patience, notify
from hoyhoy.exchange.ports import Page

from .world import ACCOUNT


async def test_a_notification_is_an_event_and_a_row(exchange):
    page = Page("http://app/x", 500, "text/plain", b"ouch", headers=(("Content-Type", "text/plain"),))
    notify(
        exchange.database.journal,
        exchange.switchboard.facilities.chance,
        exchange.clock.now(),
        account=ACCOUNT,
        subject="CA" + "1" * 32,
        code=12200,
        message="Line 3: <Sing> is not a verb.",
        url="http://app/x",
        method="POST",
        params=(("Digits", "1"),),
        page=page,
    )
    (event,) = [entry.event for entry in exchange.entries]
    row = await exchange.row("notifications", event.sid)
    assert (row["log"], row["error_code"], row["call_sid"]) == (1, 12200, "CA" + "1" * 32)
    text = parse_qs(row["message_text"])
    assert text == {
        "ErrorCode": ["12200"],
        "LogLevel": ["WARN"],
        "Msg": ["Line 3: <Sing> is not a verb."],
        "url": ["http://app/x"],
    }
    assert (row["request_variables"], row["response_headers"], row["response_body"]) == (
        "Digits=1",
        "Content-Type=text%2Fplain",
        "ouch",
    )


async def test_a_notification_that_is_not_about_a_call(exchange):
    notify(
        exchange.database.journal,
        exchange.switchboard.facilities.chance,
        exchange.clock.now(),
        account=ACCOUNT,
        subject="SM" + "1" * 32,
        code=11200,
        message="HTTP 500",
    )
    (row,) = await exchange.database.rows.page("notifications")
    assert (row["call_sid"], row["resource_sid"], row["log"]) == (None, "SM" + "1" * 32, 0)


def test_warnings_end_and_errors_do_not():
    patience = Patience(2)
    told = [patience.hears(12200, "Odd.") for _ in range(4)]
    assert told == ["Odd.", "Odd. Further warnings are left out.", None, None]
    assert patience.hears(11200, "HTTP 500") == "HTTP 500"


async def test_a_document_full_of_mistakes_that_goes_round_in_circles(exchange):
    """bad-inputs 17: what one call can put into the log is bounded, and the end of it is still told."""
    exchange.app.pages["http://app/start"] = "<Response>" + "<Say/>" * 50 + "<Redirect/></Response>"
    exchange.phone()
    sid = exchange.place()
    await exchange.run()
    told = [event.code for event in exchange.events(Noticed, sid)]
    assert len(told) == MOST_WARNINGS + 1 and told[-1] == 11215
