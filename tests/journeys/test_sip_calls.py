"""Calls from REST to real SIP phones: rung, heard, busy, declined, not answered, cancelled (voice 5.1, 10.1, 10.3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .baresip import Baresip
from .hearing import HEARD, shared, spoken
from .office import Office

pytestmark = pytest.mark.journey

WORDS = "Hello from the exchange."


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as office:
        yield office


@pytest.fixture
def ben(office: Office, tmp_path: Path) -> Iterator[Baresip]:
    with office.phone(tmp_path, "ben") as ben:
        ben.expect_registered()
        yield ben


def called(office: Office, to: str, **more: Any) -> str:
    call = office.client.calls.create(
        to=to,
        from_=office.numbers[0],
        twiml=f"<Response><Say>{WORDS}</Say></Response>",
        status_callback=office.app.url("/status"),
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        **more,
    )
    return str(call.sid)


def told(office: Office, sid: str) -> list[str]:
    """The statuses of all callbacks of a call that is over; the last one's SIP code behind them."""
    last = office.asked("/status", CallSid=sid, CallStatus=office.over(sid).status)
    forms = sorted(
        (form for form in office.app.forms("/status") if form["CallSid"] == sid),
        key=lambda form: int(form["SequenceNumber"]),
    )
    return [form["CallStatus"] for form in forms] + [last.get("SipResponseCode", "")]


@pytest.mark.parametrize("is_registered", [True, False], ids=["registered", "by its address"])
def test_a_phone_is_rung_and_hears(office: Office, ben: Baresip, is_registered: bool) -> None:
    sid = called(office, office.address("ben") if is_registered else f"sip:ben@127.0.0.1:{ben.port}")
    ben.expect_ringing()
    office.moved(sid, "ringing")
    ben.do("accept")
    ben.expect("CALL_CLOSED")
    assert shared(ben.heard(), spoken(WORDS)) > HEARD
    assert told(office, sid) == ["initiated", "ringing", "in-progress", "completed", "200"]


def test_one_that_rejects_is_busy(office: Office, ben: Baresip) -> None:
    sid = called(office, office.address("ben"))
    ben.expect_ringing()
    ben.do("hangup")
    assert told(office, sid) == ["initiated", "ringing", "busy", "486"]


def test_one_that_nobody_answers_stops_ringing(office: Office, ben: Baresip) -> None:
    sid = called(office, office.address("ben"), timeout=1)
    ben.expect_ringing()
    ben.expect("CALL_CLOSED")
    assert told(office, sid) == ["initiated", "ringing", "no-answer", "487"]


def test_a_call_is_cancelled_while_it_rings(office: Office, ben: Baresip) -> None:
    sid = called(office, office.address("ben"))
    ben.expect_ringing()
    office.moved(sid, "ringing")
    office.client.calls(sid).update(status="canceled")
    ben.expect("CALL_CLOSED")
    assert told(office, sid) == ["initiated", "ringing", "canceled", "487"]


def test_nobody_is_registered(office: Office) -> None:
    sid = called(office, office.address("cleo"))
    assert told(office, sid)[-2:] == ["no-answer", "480"]


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_phone_by_a_connection_calls_and_is_called(office: Office, tmp_path: Path, transport: str) -> None:
    """It is called by the connection that it made (RFC 5626 5.3)."""
    office.app.pages["/voice"] = "<Response><Reject reason='busy'/></Response>"
    with office.phone(tmp_path, "ann", transport=transport) as ann:
        ann.expect_registered()
        assert f"/{transport.upper()}/v4" in ann.log
        ann.do("dial", office.address("menu"))
        assert "486" in ann.expect("CALL_CLOSED")["param"]
        sid = called(office, office.address("ann"))
        ann.expect_ringing()
        ann.do("accept")
        ann.expect("CALL_CLOSED")
        assert shared(ann.heard(), spoken(WORDS)) > HEARD
    assert office.over(sid).status == "completed"
