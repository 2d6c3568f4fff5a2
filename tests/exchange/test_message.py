"""Messages out: messaging 1.6 and 1.7."""

import pytest

from hoyhoy.exchange.events import MessageCreated, MessageMoved, PhoneSentMessage, WebhookAnswered
from hoyhoy.exchange.message import obfuscated, type_of
from hoyhoy.exchange.orders import Terms
from hoyhoy.wire.errors import Fault

from .away import with_away
from .world import NUMBER, PHONE


async def test_the_story_of_a_delivered_message(exchange):
    exchange.phone()
    sid = exchange.send(body="Your code is 123456")
    await exchange.run()
    row = await exchange.row("messages", sid)
    assert row | {"status": "delivered", "direction": "outbound-api", "num_segments": 1, "error_code": None} == row
    assert row["date_sent"] is not None and sid.startswith("SM")
    # trap 1: no callback for the initial status
    told = [dict(callback.params) for callback in exchange.callbacks]
    assert [one["MessageStatus"] for one in told] == ["sending", "sent", "delivered"]
    assert (
        told[0]
        | {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "sending",
            "To": PHONE,
            "From": NUMBER,
            "ApiVersion": "2010-04-01",
        }
        == told[0]
    )
    assert "Body" not in told[0]
    (text,) = exchange.network.phone(PHONE).texts
    assert (text.body, text.other, text.outgoing) == ("Your code is 123456", NUMBER, False)


async def test_media_make_it_an_mms(exchange):
    # trap 12
    exchange.phone()
    assert exchange.send(media=("http://app/cat.png",)).startswith("MM")


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [
        ({"delivery": "undelivered"}, "undelivered", 30003),
        ({"answering": "unreachable"}, "undelivered", 30003),
        ({"delivery": "undelivered", "error_code": 30005}, "undelivered", 30005),
        ({"delivery": "failed"}, "failed", 30007),
        ({"opted_out": (NUMBER,)}, "failed", 21610),
    ],
)
async def test_what_goes_wrong_is_a_status_with_a_code(exchange, behaviour, status, code):
    exchange.phone(**behaviour)
    sid = exchange.send()
    await exchange.run()
    row = await exchange.row("messages", sid)
    assert (row["status"], row["error_code"], bool(row["error_message"])) == (status, code, True)
    assert dict(exchange.callbacks[-1].params)["ErrorCode"] == str(code)


@pytest.mark.parametrize(("to", "code"), [("+15005550009", 21614), ("+15005550002", 21612)])
async def test_the_magic_numbers_refuse(exchange, to, code):
    # messaging 1.15
    sid = exchange.send(to)
    await exchange.run()
    assert (await exchange.row("messages", sid))["error_code"] == code


async def test_no_carrier_reaches_the_address(exchange):
    sid = exchange.send("whatsapp:+14155550123")
    await exchange.run()
    assert (await exchange.row("messages", sid))["status"] == "failed"


async def test_a_number_of_our_own_receives_it(exchange):
    exchange.own("+15005550010")
    exchange.send("+15005550010", "To myself")
    await exchange.run()
    rows = await exchange.database.rows.page("messages")
    assert [(row["direction"], row["status"]) for row in rows] == [
        ("inbound", "received"),
        ("outbound-api", "delivered"),
    ]


async def test_what_a_receipt_says_of_its_time(exchange):
    # messaging 1.7: of texts, not of pictures
    exchange.phone()
    exchange.send()
    exchange.send(media=("http://app/cat.png",))
    await exchange.run()
    told = [dict(one.params) for one in exchange.callbacks]
    dates = {(one["MessageSid"][:2], one["MessageStatus"]): one.get("RawDlrDoneDate") for one in told}
    assert dates.pop(("SM", "delivered")) == "2311142213" and set(dates.values()) == {None}


def test_how_a_number_is_obfuscated():
    assert obfuscated("+14155550123") == "+1415555XXXX"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("http://app/cat.png", "image/png"),
        ("http://app/voice.mp3?x=1", "audio/mpeg"),
        ("http://app/thing", "application/octet-stream"),
    ],
)
def test_what_a_medium_is_called(address, kind):
    assert type_of(address) == kind


async def test_media_have_rows_of_their_own(exchange):
    # messaging 1.1
    exchange.phone()
    sid = exchange.send(media=("http://app/cat.png", "http://app/dog.gif"))
    rows = await exchange.database.rows.page("media")
    assert [(row["parent_sid"], row["file_url"], row["content_type"]) for row in rows] == [
        (sid, "http://app/dog.gif", "image/gif"),
        (sid, "http://app/cat.png", "image/png"),
    ]


async def test_a_machine_that_slept_looks_at_the_clock_again(exchange):
    # messaging 1.4: the timer of a machine asleep does not run, its clock does
    exchange.phone()
    at = exchange.clock.now() + 35 * 86400
    sid = exchange.send(terms=Terms(send_at=at))
    await exchange.run(35 * 86400 - 1)
    assert (await exchange.row("messages", sid))["status"] == "scheduled"
    await exchange.run(5)
    row = await exchange.row("messages", sid)
    assert (row["status"], row["date_sent"]) == ("failed", None), "without a service nobody chooses a sender"


async def test_the_log_does_not_begin_with_what_is_not_kept(exchange):
    # messaging 1.2
    exchange.send(media=("http://app/cat.png",), terms=Terms(discard=True, obfuscate=True))
    (created,) = exchange.events(MessageCreated)
    assert (created.recipient, created.body, created.media) == (obfuscated(PHONE), "", ())


@pytest.mark.parametrize("reached", ["queued", "sending", "sent"])
async def test_a_store_that_is_away_for_a_while_fails_no_message(exchange, reached):
    # what was answered with 201 is delivered, and once
    exchange.phone(delivery_after=3)
    store = with_away(exchange)
    sid = exchange.send()
    if reached != "queued":
        await exchange.until(MessageMoved, status=reached)
    else:
        await exchange.database.journal.settled()
    with store.for_("record"):
        await exchange.run(20)
    assert (await exchange.row("messages", sid))["status"] in ("queued", "sending", "sent")
    await exchange.run(20)
    row = await exchange.row("messages", sid)
    assert (row["status"], row["error_code"]) == ("delivered", None)
    assert [one["MessageStatus"] for one in (dict(one.params) for one in exchange.callbacks)] == [
        "sending",
        "sent",
        "delivered",
    ]
    assert len(exchange.network.phone(PHONE).texts) == 1 and not exchange.switchboard.is_live(sid)


async def test_a_refusal_is_recorded_when_the_store_is_back(exchange):
    store = with_away(exchange)
    sid = exchange.send("whatsapp:+14155550123")
    await exchange.database.journal.settled()
    with store.for_("record"):
        await exchange.run(20)
    await exchange.run(20)
    assert (await exchange.row("messages", sid))["error_code"] == 21612


async def test_a_cancellation_that_is_not_stored_has_not_happened(exchange):
    # messaging 1.4
    store = with_away(exchange)
    sid = exchange.send(terms=Terms(send_at=exchange.clock.now() + 3600))
    await exchange.run(1)
    with store.for_("record"), pytest.raises(Fault) as fault:
        exchange.switchboard.cancel_message(sid)
    assert fault.value.code == 20500 and exchange.switchboard.is_live(sid)
    exchange.switchboard.cancel_message(sid)
    await exchange.run(7200)
    assert [one.status for one in exchange.events(MessageMoved, sid)] == ["canceled"]


@pytest.mark.parametrize("last", [PhoneSentMessage, WebhookAnswered])
async def test_an_inbound_message_is_over_when_the_store_is_back(exchange, last):
    exchange.own(sms_url="http://app/sms")
    exchange.app.pages["http://app/sms"] = "<Response/>"
    store = with_away(exchange)

    def leave(entry, rows):
        if isinstance(entry.event, last):
            store.refuses = ("record",)

    exchange.database.journal.subscribe(leave)
    sid = exchange.network.send_text(exchange.phone(), NUMBER, "Hi")
    await exchange.run(20)
    store.refuses = ()
    await exchange.run(20)
    assert (await exchange.row("messages", sid))["status"] == "received"


async def test_a_message_canceled_when_it_was_due_and_the_store_away_is_not_sent(exchange, caplog):
    # messaging 1.4
    store = with_away(exchange)
    sid = exchange.send(terms=Terms(send_at=exchange.clock.now() + 60))
    await exchange.run(1)
    with store.for_("record"):
        await exchange.run(59.5)
    exchange.switchboard.cancel_message(sid)
    await exchange.run(60)
    assert (await exchange.row("messages", sid))["status"] == "canceled" and not exchange.phone().texts
    assert not exchange.switchboard.is_live(sid) and "crashed" not in caplog.text
