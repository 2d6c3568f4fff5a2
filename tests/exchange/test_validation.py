"""Caller ids are validated by a call to them (voice reference 16.1)."""

import pytest

from hoyhoy.exchange.events import PhoneHeard
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.orders import Validate
from hoyhoy.exchange.ports import Steering
from hoyhoy.exchange.validation import AGAIN, ASK, LONGEST_CALL, SORRY, THANKS, outcome, validation_call

from .test_recovery import restarted
from .world import ACCOUNT, NUMBER, PHONE

CODE = "314159"
ENTER, NO, YES = "Please enter", "not the code", "confirmed"


def validate(exchange, extension="", delay=0, callback="http://app/told"):
    order = validation_call(
        ACCOUNT,
        PHONE,
        NUMBER,
        Validate(code=CODE, friendly_name="Ada at home"),
        extension=extension,
        delay=delay,
        telling=Steering(status_callback=callback, status_callback_method="GET"),
    )
    return exchange.switchboard.place_call(order)["sid"]


def type_in(exchange, *entries):
    """The phone waits for each prompt and types; None is a silence."""
    script = []
    for number, keys in enumerate(entries):
        script.append({"hear": ENTER if not number else NO} | ({"press": keys} if keys else {}))
    exchange.phone(PHONE, *script)


def heard(exchange):
    return [event.text for event in exchange.events(PhoneHeard)]


def told(exchange):
    [callback] = exchange.callbacks
    assert (callback.url, callback.method) == ("http://app/told", "GET")
    return dict(callback.params)


async def caller_ids(exchange):
    return await exchange.database.rows.page("outgoing_caller_ids")


async def test_who_types_the_code_validates_the_number(exchange):
    type_in(exchange, CODE)
    sid = validate(exchange)
    await exchange.run()
    [made] = await caller_ids(exchange)
    assert made["sid"].startswith("PN") and (made["account_sid"], made["phone_number"], made["friendly_name"]) == (
        ACCOUNT,
        PHONE,
        "Ada at home",
    )
    assert exchange.database.directory.is_verified(ACCOUNT, PHONE)
    assert exchange.database.directory.caller_id(ACCOUNT, PHONE) == made["sid"]
    expected = {
        "CallSid": sid,
        "To": PHONE,
        "From": NUMBER,
        "CallStatus": "completed",
        "VerificationStatus": "success",
        "OutgoingCallerIdSid": made["sid"],
    }
    assert told(exchange) | expected == told(exchange)
    assert [YES in text for text in heard(exchange)] == [False, True]
    assert (await exchange.row("calls", sid))["status"] == "completed" and not exchange.app.asked


@pytest.mark.parametrize(
    ("entries", "is_valid"),
    [
        (("000000", CODE), True),
        (("000000#", "w1#", "w" + CODE), True),  # the # after six digits is no entry of its own
        ((None, None, CODE), True),
        ((CODE + "#",), True),
        (("000000", "111111", "222222"), False),
        (("000000", "111111", "222222", CODE), False),  # there is no fourth
        ((None, None, None), False),
        (("31415#", None, "999999"), False),
    ],
)
async def test_three_tries(exchange, entries, is_valid):
    type_in(exchange, *entries)
    sid = validate(exchange)
    await exchange.run()
    assert len(await caller_ids(exchange)) == is_valid
    assert told(exchange)["VerificationStatus"] == ("success" if is_valid else "failed")
    assert ("OutgoingCallerIdSid" in told(exchange)) == is_valid and told(exchange)["CallStatus"] == "completed"
    assert (await exchange.row("calls", sid))["status"] == "completed"
    assert (YES in heard(exchange)[-1]) == is_valid


@pytest.mark.parametrize(
    ("answering", "status"), [("busy", "busy"), ("ring-out", "no-answer"), ("unreachable", "failed")]
)
async def test_nobody_answers(exchange, answering, status):
    exchange.phone(answering=answering)
    validate(exchange)
    await exchange.run()
    assert (told(exchange)["CallStatus"], told(exchange)["VerificationStatus"]) == (status, "failed")
    assert not await caller_ids(exchange)


async def test_who_hangs_up_has_not_validated(exchange):
    exchange.phone(PHONE, {"hear": ENTER, "press": "31415", "hang_up": True})
    validate(exchange)
    await exchange.run()
    assert (told(exchange)["CallStatus"], told(exchange)["VerificationStatus"]) == ("completed", "failed")


async def test_who_hangs_up_after_the_code_has(exchange):
    exchange.phone(PHONE, {"hear": ENTER, "press": CODE}, {"wait": 0.1, "hang_up": True})
    validate(exchange)
    await exchange.run()
    assert told(exchange)["VerificationStatus"] == "success"


async def test_extension_and_delay(exchange):
    type_in(exchange, CODE)
    sid = validate(exchange, extension="ww12", delay=45)
    await exchange.run(44)
    assert (await exchange.row("calls", sid))["status"] == "queued"
    await exchange.run(3)
    row = await exchange.row("calls", sid)
    assert (row["status"], row["queue_time"]) == ("ringing", 45000)
    await exchange.run()
    assert heard(exchange)[0] == "ww12" and told(exchange)["VerificationStatus"] == "success"


async def test_a_call_that_waits_can_be_cancelled(exchange):
    sid = validate(exchange, delay=60)
    await exchange.run(5)
    exchange.switchboard.end_call(sid, "canceled")
    await exchange.run(1)
    assert (await exchange.row("calls", sid))["status"] == "canceled"
    await exchange.run()
    assert not heard(exchange) and not exchange.callbacks  # voice 3.2


async def test_a_key_that_never_ends(exchange):
    """A lone # is no try, so only the time limit ends a call in which nothing else is pressed."""
    exchange.phone(PHONE, {"hear": ENTER, "press": "#w" * 1000})
    sid = validate(exchange)
    await exchange.run()
    assert (await exchange.row("calls", sid))["duration"] == LONGEST_CALL
    assert told(exchange)["VerificationStatus"] == "failed"


async def test_two_calls_to_one_number_make_one_caller_id(exchange):
    exchange.phone(PHONE, {"hear": ENTER, "press": CODE})
    validate(exchange), validate(exchange)
    await exchange.run()
    [made] = await caller_ids(exchange)
    results = [dict(callback.params) for callback in exchange.callbacks]
    assert [result["OutgoingCallerIdSid"] for result in results] == [made["sid"]] * 2


async def test_nobody_need_be_told(exchange):
    type_in(exchange, CODE)
    validate(exchange, callback="")
    await exchange.run()
    assert len(await caller_ids(exchange)) == 1 and not exchange.callbacks


async def test_a_redirected_call_does_what_it_is_told(exchange):
    exchange.phone(answering="answer")
    sid = validate(exchange)
    await exchange.run(3)
    exchange.switchboard.redirect_call(sid, twiml="<Response><Say>Hello</Say></Response>")
    await exchange.run()
    assert heard(exchange)[-1] == "Hello" and told(exchange)["VerificationStatus"] == "failed"


async def test_keys_pressed_for_another_document_are_no_tries(exchange):
    exchange.phone(PHONE, {"hear": "Win a prize", "press": CODE})
    sid = validate(exchange)
    await exchange.run(3)
    gather = '<Gather numDigits="6" action="http://app/next"><Say>Win a prize</Say></Gather>'
    exchange.switchboard.redirect_call(sid, twiml=f"<Response>{gather}</Response>")
    exchange.app.pages["http://app/next"] = "<Response/>"
    await exchange.run()
    assert exchange.app.params()["Digits"] == CODE
    assert told(exchange)["VerificationStatus"] == "failed" and not await caller_ids(exchange)


# design, durability


@pytest.mark.parametrize("delay", [0, 60])
async def test_a_restart_ends_it(exchange, tmp_path, delay):
    """Young or not: the code is lost with whoever was told it, or half typed."""
    exchange.phone(answering="ring-out")
    sid = validate(exchange, delay=delay)
    await exchange.run(5)
    async with restarted(exchange, tmp_path / "data", Rules()) as again:
        row = await again.row("calls", sid)
        assert row["status"] == "failed" and not heard(again)
        [callback] = again.callbacks
        assert dict(callback.params) | {"CallStatus": "failed", "VerificationStatus": "failed"} == dict(callback.params)


async def test_what_was_validated_before_a_restart_is(exchange, tmp_path):
    type_in(exchange, CODE)
    validate(exchange)
    await exchange.run(5)
    [made] = await caller_ids(exchange)
    assert not exchange.callbacks
    async with restarted(exchange, tmp_path / "data", Rules()) as again:
        [callback] = again.callbacks
        expected = {"VerificationStatus": "success", "OutgoingCallerIdSid": made["sid"], "CallStatus": "completed"}
        assert dict(callback.params) | expected == dict(callback.params)
        assert again.database.directory.caller_id(ACCOUNT, PHONE) == made["sid"]


def test_its_documents_are_different():
    assert len({ASK, AGAIN, THANKS, SORRY}) == 4 and outcome() != outcome("PN1")
