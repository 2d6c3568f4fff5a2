"""A request that came: its answer, its failures and its CANCEL (RFC 3261 9.2)."""

from __future__ import annotations

import pytest

from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.transaction import cancel as cancel_of

from .wires import made

# CANCEL (RFC 3261 9.2)


async def test_cancel_is_answered_and_told(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(invite := made("INVITE"), us.target())
    inbound = await us.next()
    told: list[Request] = []
    inbound.on_cancel = told.append
    cancel = cancel_of(invite)
    cancel.headers.add("Reason", "SIP;cause=200")
    phone.send(cancel, us.target())
    assert (await phone.response(200)).to.tag == inbound.tag
    phone.send(cancel, us.target())
    assert (await phone.response(200)).to.tag == inbound.tag
    assert [one.headers.get("Reason") for one in told] == ["SIP;cause=200"]
    assert inbound.canceled is told[0]
    inbound.respond(inbound.request.respond(487))
    assert (await phone.response(487)).to.tag == inbound.tag


async def test_cancel_that_nobody_listens_for_ends_the_invite(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(invite := made("INVITE"), us.target())
    inbound = await us.next()
    phone.send(cancel_of(invite), us.target())
    await phone.response(200)
    await phone.response(487)
    assert inbound.is_answered


async def test_cancel_that_crosses_the_answer_changes_nothing(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(invite := made("INVITE"), us.target())
    inbound = await us.next()
    told: list[Request] = []
    inbound.on_cancel = told.append
    inbound.respond(inbound.request.respond(200))
    await phone.response(200)
    phone.send(cancel_of(invite), us.target())
    assert (await phone.response(200)).cseq.method == "CANCEL"
    assert told == []


async def test_cancel_of_nothing(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(made("CANCEL"), us.target())
    await phone.response(481)


async def test_an_answer_that_cannot_be_written_is_not_given(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(made("INVITE"), us.target())
    inbound = await us.next()
    with pytest.raises(SipError, match="line break"):
        inbound.respond(inbound.request.respond(200, "OK\r\nEvil: yes"))
    assert not inbound.is_answered
    inbound.refuse(SipError("no", 500))
    await phone.response(500)
