"""An INVITE that came, before its answer (RFC 3261 13.3.1, RFC 3262 3, RFC 3311 5.2)."""

from __future__ import annotations

import pytest

from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.wire.sip.media import Direction
from hoyhoy.wire.sip.transaction import ack

from .office import SOUND_PORT, Office, opened
from .wires import HOST, until


@pytest.fixture
async def office():
    async with opened() as made:
        yield made


async def test_ringing_is_said_again(office: Office) -> None:
    """RFC 3261 13.3.1.1: every minute, or proxies give up."""
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    first = await phone.response(180)
    assert first.contacts[0].uri.port == office.target.port
    await office.clock.advance(59)
    assert phone.wire.came == []
    await office.clock.advance(2)
    again = await phone.next(repeats=True)
    assert bytes(again) == bytes(first)
    await came.leg.hang_up(Cause.BUSY)
    phone.send(ack(invite, await phone.response(486)))
    await office.is_quiet()


async def test_ringing_that_must_be_confirmed(office: Office) -> None:
    """RFC 3262 3: Require: 100rel; repeated until PRACK."""
    phone = await office.phone()
    invite = phone.invite(Require="100rel")
    came = await office.came()
    ringing = await phone.response(180)
    assert "100rel" in ringing.headers.tokens("Require")
    await office.clock.advance(1.6)
    assert len(phone.wire.came) == 2  # after half a second and after one and a half
    talking = phone.talking(invite, ringing)
    assert (await talking.ask("PRACK", RAck="1 1 INVITE")).status == 481
    phone.wire.came.clear()
    assert (await talking.ask("PRACK", RAck=f"{ringing.headers.get('RSeq')} 1 INVITE")).status == 200
    await office.clock.advance(50)
    assert phone.wire.came == []
    await office.clock.advance(8.6)  # a minute after the first
    again = await phone.response(180)
    assert int(again.headers.get("RSeq") or "") == int(ringing.headers.get("RSeq") or "") + 1
    assert (await talking.ask("PRACK", RAck=f"{again.headers.get('RSeq')} 1 INVITE")).status == 200
    await came.leg.answer()
    ok = await phone.response(200)
    talking = phone.talking(invite, ok)
    talking.dialog.number = 4
    talking.confirm(invite)
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_ringing_that_is_confirmed_after_the_answer(office: Office) -> None:
    """RFC 3262 3: it is said no more, and the PRACK is still taken."""
    phone = await office.phone()
    invite = phone.invite(Require="100rel")
    came = await office.came()
    ringing = await phone.response(180)
    await came.leg.answer()
    talking = phone.talking(invite, await phone.response(200))
    talking.confirm(invite)
    await office.clock.advance(40)
    assert phone.wire.came == []
    assert (await talking.ask("PRACK", RAck=f"{ringing.headers.get('RSeq')} 1 INVITE")).status == 200
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_ringing_that_nobody_confirms(office: Office) -> None:
    phone = await office.phone()
    invite = phone.invite(Require="100rel")
    came = await office.came()
    await phone.response(180)
    await office.clock.advance(33)
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.FAILED)
    phone.send(ack(invite, await phone.response(500)))
    await office.is_quiet()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n", 488),
        (b"v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", 488),
        (b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", 488),
        (b"nonsense", 400),
    ],
)
async def test_an_offer_that_comes_to_nothing(office: Office, body: bytes, status: int) -> None:
    """Bad inputs 4: nobody is asked, and no port stays behind."""
    phone = await office.phone()
    invite = phone.invite(body=body)
    phone.send(ack(invite, await phone.response(status)))
    assert office.exchange.calls == []
    await office.is_quiet()


async def test_a_description_among_others(office: Office) -> None:
    """RFC 5621: gateways send more beside it; what cannot be taken apart is refused."""
    phone = await office.phone()
    isup = b"--b\r\nContent-Type: application/isup\r\nContent-Disposition: signal;handling=optional\r\n\r\n\x01\r\n"
    whole = isup + b"--b\r\nContent-Type: application/sdp\r\n\r\n" + phone.offer() + b"\r\n--b--\r\n"
    for body, status in ((whole[:-8], 400), (whole, 180)):
        invite = phone.opening("INVITE", body=body)
        invite.headers.set("Content-Type", "multipart/mixed;boundary=b")
        phone.send(invite)
        response = await phone.response(status)
        if status == 400:
            phone.send(ack(invite, response))
    came = await office.came()
    await came.leg.answer()
    ok = await phone.response(200)
    assert ok.content_type == "application/sdp"
    assert office.plane.stream.last.remote == (HOST, SOUND_PORT)
    talking = phone.talking(invite, ok)
    talking.confirm(invite)
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_an_update_before_the_answer_must_wait(office: Office) -> None:
    """RFC 3311 5.2: an offer while another has no answer yet: 500 with Retry-After."""
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    talking = phone.talking(invite, await phone.response(180))
    refusal = await talking.ask("UPDATE", body=phone_offer(phone))
    assert (refusal.status, refusal.headers.get("Retry-After")) == (500, "2")
    ok = await talking.ask("UPDATE", Session_Expires="90", Supported="timer")
    assert (ok.status, ok.headers.get("Session-Expires")) == (200, None)  # no session yet that could expire
    await office.clock.advance(100)
    phone.wire.came.clear()
    await came.leg.answer()
    await phone.response(200)
    talking.confirm(invite)
    await until(lambda: not came.leg._talk._unconfirmed)  # type: ignore[union-attr]
    assert (await talking.ask("UPDATE", body=phone_offer(phone, direction=Direction.SEND))).status == 200
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


def phone_offer(phone, **changes) -> bytes:
    phone.negotiation.withdraw()
    return phone.offer(**changes)
