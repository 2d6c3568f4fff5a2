"""The front door: what is live, what arrives, what is not there. Calls and messages have files of their own."""

import pytest

from hoyhoy.exchange.events import Noticed, ResourceChanged
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.orders import Record, Terms
from hoyhoy.exchange.ports import Row, Steering
from hoyhoy.exchange.recording import FILE_SECONDS
from hoyhoy.wire.errors import Fault

from .away import with_away
from .disk import hangs
from .test_senders import SERVICE, serve
from .world import ACCOUNT, NUMBER, PHONE, world


async def test_what_is_over_is_not_live(exchange):
    exchange.app.pages["http://app/start"] = "<Response><Pause/></Response>"
    exchange.phone()
    call, message = exchange.place(), exchange.send()
    assert exchange.switchboard.is_live(call) and exchange.switchboard.is_live(message)
    await exchange.run()
    assert not exchange.switchboard.is_live(call) and not exchange.switchboard.is_live(message)


@pytest.mark.parametrize(
    "order",
    [
        lambda s: s.redirect_call("CAx", twiml="<Response/>"),
        lambda s: s.end_call("CAx", "completed"),
        lambda s: s.amend_call("CAx", {"time_limit": 5}),
    ],
)
async def test_orders_for_what_is_not_there(exchange, order):
    with pytest.raises(Fault) as fault:
        order(exchange.switchboard)
    assert fault.value.code == 21220


async def test_no_line_reaches_the_address(exchange):
    sid = exchange.place(to="sip:ada@example.com")
    await exchange.run()
    assert (await exchange.row("calls", sid))["status"] == "failed"
    (notice,) = await exchange.database.rows.page("notifications")
    assert notice["error_code"] == 21214


async def test_a_call_leaves_the_queue_when_its_row_is_durable(exchange):
    exchange.phone()
    exchange.place()
    assert [type(entry.event).__name__ for entry in exchange.entries] == ["CallCreated"]
    await exchange.database.journal.settled()
    await exchange.clock.settle()
    assert "CallDialled" in [type(entry.event).__name__ for entry in exchange.entries]


async def test_a_suspended_account_has_no_traffic(exchange):
    # messaging 3.1
    exchange.own(NUMBER, voice_url="http://app/in", sms_url="http://app/sms")
    row = Row(
        "accounts",
        ACCOUNT,
        {"auth_token": "t", "status": "suspended", "owner_account_sid": ACCOUNT, "friendly_name": "x"},
        new=True,
    )
    exchange.database.journal.record(ACCOUNT, ACCOUNT, ResourceChanged(table="accounts", change="created"), (row,))
    with pytest.raises(Fault):
        exchange.network.place_call(exchange.phone(), NUMBER)
    with pytest.raises(Fault):
        exchange.network.send_text(exchange.phone(), NUMBER, "Hello?")
    await exchange.run()
    assert not exchange.app.asked


async def test_cookies_of_a_pair_of_numbers_live_four_hours(exchange):
    # messaging 1.10
    exchange.own(NUMBER)
    number = exchange.database.directory.number(NUMBER)
    session = exchange.switchboard._session
    first = session(number, PHONE)
    assert session(number, PHONE) is first and session(number, "+14155550199") is not first
    await exchange.run(4 * 3600 + 1)
    assert session(number, PHONE) is not first
    assert len(exchange.switchboard._sessions) == 1


async def test_the_rules_are_the_operators():
    async with world(rules=Rules(documents_without_sound=3, replies_per_message=1)) as exchange:
        exchange.app.pages |= {
            "http://app/start": "<Response><Redirect/></Response>",
            "http://app/sms": "<Response><Message>1</Message><Message>2</Message></Response>",
        }
        exchange.own(NUMBER, sms_url="http://app/sms")
        exchange.network.send_text(exchange.phone(), NUMBER, "Hi")
        exchange.place()
        await exchange.run()
        assert len([w for w in exchange.app.asked if w.url.endswith("start")]) == 3
        assert len([text for text in exchange.network.phone(PHONE).texts if not text.outgoing]) == 1


def test_steering_defaults():
    assert Steering() == Steering(url="", method="POST", fallback_method="POST", status_callback_method="POST")


async def test_a_scheduled_message_waits_until_it_is_canceled(exchange):
    # messaging 1.4
    sid = exchange.send(terms=Terms(send_at=exchange.clock.now() + 3600))
    await exchange.run(60)
    assert exchange.switchboard.is_live(sid)
    exchange.switchboard.cancel_message(sid)
    await exchange.run(60)
    assert not exchange.switchboard.is_live(sid)
    for gone in (sid, exchange.send(), "SMx"):
        with pytest.raises(Fault) as fault:
            exchange.switchboard.cancel_message(gone)
        assert (fault.value.code, fault.value.status) == (30409, 409)


@pytest.mark.parametrize(
    ("service", "number", "asked"),
    [  # messaging 1.9
        ({"inbound_request_url": "http://app/service"}, {"sms_url": "http://app/number"}, "http://app/service"),
        ({"use_inbound_webhook_on_number": True}, {"sms_url": "http://app/number"}, "http://app/number"),
        ({"use_inbound_webhook_on_number": True}, {}, None),
        (
            {"use_inbound_webhook_on_number": True, "inbound_request_url": "http://app/service"},
            {"sms_url": "http://app/number"},
            "http://app/number",
        ),
    ],
)
async def test_who_says_what_becomes_of_a_message(exchange, service, number, asked):
    exchange.app.pages |= {"http://app/service": "<Response/>", "http://app/number": "<Response/>"}
    serve(exchange, NUMBER, **service)
    row = Row("incoming_phone_numbers", "PN" + NUMBER[1:].zfill(32), number)
    exchange.database.journal.record(row.sid, ACCOUNT, ResourceChanged(table=row.table, change="updated"), (row,))
    sid = exchange.network.send_text(exchange.phone(), NUMBER, "Hi")
    await exchange.run()
    assert [one.url for one in exchange.app.asked] == ([asked] if asked else [])
    message = await exchange.row("messages", sid)
    assert (message["status"], message["messaging_service_sid"]) == ("received", SERVICE)
    if asked:
        assert exchange.app.params()["MessagingServiceSid"] == SERVICE


async def test_a_service_without_url_drops_messages(exchange):
    # messaging 1.9, 9 (trap 17)
    serve(exchange, NUMBER)
    with pytest.raises(Fault):
        exchange.network.send_text(exchange.phone(), NUMBER, "Secret")
    assert await exchange.database.rows.page("messages") == []
    (notice,) = exchange.events(Noticed, SERVICE)
    assert (notice.level, "Secret" in notice.message) == ("warning", False)


async def test_pairs_that_fell_silent_are_forgotten(exchange):
    # messaging 1.10: 14107 counts replies within 30 seconds of one another
    exchange.own(sms_url="http://app/sms")
    exchange.app.pages["http://app/sms"] = "<Response><Message>Hi</Message></Response>"
    for i in range(5):
        exchange.network.send_text(exchange.phone(f"+1415555020{i}"), NUMBER, "Hi")
        await exchange.run(40)
    assert list(exchange.switchboard._replies) == [(NUMBER, "+14155550204")]


@pytest.mark.parametrize(("lost", "status", "code"), [(True, "failed", 30008), (False, "delivered", None)])
async def test_what_was_not_taken_is_not_delivered(exchange, lost, status, code):
    # Another record that is refused is no reason: the sender of this one was answered with 201.
    exchange.phone()
    store = with_away(exchange)
    with store.for_("settled", lost=lost):
        sid = exchange.send()
        await exchange.database.journal.settled()
        await exchange.run(60)
    row = await exchange.row("messages", sid)
    assert (row["status"], row["error_code"]) == (status, code)


async def test_a_message_canceled_at_once_leaves_nothing(exchange):
    sid = exchange.send(terms=Terms(send_at=exchange.clock.now() + 3600))
    exchange.switchboard.cancel_message(sid)
    await exchange.run(7200)
    assert not exchange.switchboard.is_live(sid) and not exchange.phone().texts
    assert (await exchange.row("messages", sid))["status"] == "canceled"


async def test_a_message_canceled_before_it_was_refused_stays_canceled(exchange):
    store = with_away(exchange)
    with store.for_("settled", lost=True):
        sid = exchange.send(terms=Terms(send_at=exchange.clock.now() + 3600))
        exchange.switchboard.cancel_message(sid)
        await exchange.run(60)
    assert (await exchange.row("messages", sid))["status"] == "canceled" and not exchange.switchboard.is_live(sid)


async def test_an_exchange_that_is_stopped_takes_no_more_calls_and_ends_none(exchange):
    exchange.app.pages |= {
        "http://app/start": "<Response><Pause length='60'/></Response>",
        "http://app/in": "<Response/>",
    }
    exchange.own(NUMBER, voice_url="http://app/in")
    sid = exchange.place()
    await exchange.run(10)
    exchange.switchboard.drain()
    with pytest.raises(Fault) as refused:
        exchange.place()
    assert (refused.value.code, refused.value.status) == (20503, 503)
    with pytest.raises(Fault):
        exchange.network.place_call(exchange.phone("+14155550001"), NUMBER)
    assert (await exchange.row("calls", sid))["status"] == "in-progress"
    await exchange.run(100)
    assert (await exchange.row("calls", sid))["status"] == "completed" and not exchange.switchboard.facilities.calls


async def test_a_stop_does_not_wait_for_a_slow_disk_and_breaks_no_recording(exchange, caplog):
    exchange.app.pages["http://app/start"] = "<Response><Pause length='60'/></Response>"
    exchange.phone()
    exchange.place(record=Record(source="OutboundAPI"))
    await exchange.run(10)
    [recording] = exchange.switchboard.facilities.recordings.values()
    disk = hangs(exchange)
    stop = exchange.clock.spawn(exchange.switchboard.close(), "stop")
    await exchange.run(FILE_SECONDS + 1)
    await stop
    assert not recording.done.done()
    disk.set()
    await recording.done
    assert recording.status == "completed" and "crashed" not in caplog.text
