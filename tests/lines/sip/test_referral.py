"""REFER of ours: what the far end tells of the call that it was asked to make (RFC 3515 2.4.4, voice 2.12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hoyhoy.exchange.leg import LegState, Referral
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.sip.message import Request

from .office import Came, Office, Phone, Talking, opened, reached
from .wires import turns

TARGET = "sip:carol@example.com"


@pytest.fixture
async def office():
    async with opened() as made:
        yield made


class Asked:
    """A phone in a call that is asked to call somebody else."""

    def __init__(self, office: Office, phone: Phone, talking: Talking, came: Came, target: str) -> None:
        self.office, self.phone, self.talking, self.leg = office, phone, talking, came.leg
        self.referral = Referral()
        self.work: asyncio.Task[None] = office.clock.spawn(self.leg.refer(target, self.referral), "refer")
        self.request: Request

    async def accepts(self, status: int = 202) -> None:
        self.request = await self.talking.hear("REFER")
        self.talking.reply(self.request, status)
        await turns()

    async def tells(self, line: str, state: str = "active;expires=60", event: str = "refer", **more: str) -> int:
        """The code that answers its NOTIFY."""
        body = f"{line}\r\n".encode()
        kind = more.get("kind", "message/sipfrag;version=2.0")
        notify = self.talking.say("NOTIFY", body=body, content_type=kind, Event=event, Subscription_State=state)
        return (await self.phone.final(notify)).status

    @property
    def told(self) -> tuple[int, int, str, bool]:
        one = self.referral
        return one.answer, one.progress, one.status, one.is_over


@asynccontextmanager
async def asked(office: Office, target: str = TARGET) -> AsyncIterator[Asked]:
    """The call goes on afterwards, until we end it."""
    phone = await office.phone()
    made = Asked(office, phone, *await phone.connected(office), target)
    yield made
    await turns()
    assert made.work.done() and made.leg.state is LegState.ANSWERED
    made.work.result()
    await made.leg.hang_up()
    await made.talking.is_hung_up()
    await office.is_quiet()


@pytest.mark.parametrize(
    ("last", "status"),
    [("200 OK", "in-progress"), ("486 Busy Here", "busy"), ("408", "no-answer"), ("603 Decline", "busy"),
     ("404 Not Found", "failed")],
)  # fmt: skip
async def test_the_other_call_is_followed_to_its_answer(office: Office, last: str, status: str) -> None:
    async with asked(office) as far:
        await far.accepts()
        assert far.told == (202, 0, "failed", False)
        assert await far.tells("SIP/2.0 100 Trying") == 200
        assert await far.tells("SIP/2.0 180 Ringing") == 200
        assert far.told == (202, 180, "failed", False)
        assert await far.tells(f"SIP/2.0 {last}", "terminated;reason=noresource") == 200
        assert far.told == (202, int(last[:3]), status, True)


async def test_what_is_sent(office: Office) -> None:
    """RFC 3515 2.1, RFC 3892 3; what it would cost to let an app write any header field: bad-inputs, smuggling."""
    target = "carol@example.com;transport=tcp;edge=here?X-Order=a%20%26%20b&User-to-User=12%3Bencoding%3Dhex&Route=evil"
    async with asked(office, f"{target}&Replaces=x&X-Two=a%0D%0AVia:b") as far:
        await far.accepts(405)
    sent = far.request.headers
    carried = "X-Order=a%20%26%20b&User-to-User=12%3Bencoding%3Dhex"
    assert sent.get("Refer-To") == f"<sip:carol@example.com;transport=tcp?{carried}>"
    assert sent.get("Referred-By") == f"<{far.talking.invite.to.uri.bare()}>"
    assert len(far.request.contacts) == 1
    assert far.referral.left_out == ("Route", "Replaces", "X-Two")


@pytest.mark.parametrize("status", [405, 403, 603])
async def test_it_refuses(office: Office, status: int) -> None:
    async with asked(office) as far:
        await far.accepts(status)
    assert far.told == (status, 0, "failed", True)


async def test_it_tells_before_it_answers(office: Office) -> None:
    """RFC 6665 4.4.1."""
    async with asked(office) as far:
        far.request = await far.talking.hear("REFER")
        assert await far.tells("SIP/2.0 200 OK", "terminated", f"refer;id={far.request.cseq.number}") == 200
        far.talking.reply(far.request, 202)
    assert far.told == (202, 200, "in-progress", True)


async def test_it_tells_nothing(office: Office) -> None:
    """RFC 6665 4.1.2.4: who has not told anything after 64*T1 will not."""
    async with asked(office) as far:
        await far.accepts()
        await office.clock.advance(33)
    assert far.told == (202, 0, "failed", True)


async def test_it_never_answers(office: Office) -> None:
    """RFC 3261 12.2.1.2: its dialog is over with that, and needs no BYE."""
    phone = await office.phone()
    far = Asked(office, phone, *await phone.connected(office), TARGET)
    await far.talking.hear("REFER")
    await office.clock.advance(33)
    assert far.work.done() and far.told == (408, 0, "failed", True)
    await far.leg.hang_up()
    await office.is_quiet()


async def test_its_subscription_runs_out(office: Office) -> None:
    async with asked(office) as far:
        await far.accepts()
        await far.tells("SIP/2.0 180 Ringing", "active;expires=100000")
        await office.clock.advance(170)
        await far.tells("SIP/2.0 180 Ringing", "active;expires=40")
        await office.clock.advance(39)
        assert not far.work.done()
        await office.clock.advance(2)
    assert far.told == (202, 180, "failed", True)


async def test_it_ends_the_subscription_and_does_not_say_why(office: Office) -> None:
    async with asked(office) as far:
        await far.accepts()
        await far.tells("SIP/2.0 100 Trying", "terminated;reason=timeout")
    assert far.told == (202, 100, "failed", True)


async def test_it_never_stops_telling(office: Office) -> None:
    async with asked(office) as far:
        await far.accepts()
        for _ in range(11):
            await far.tells("SIP/2.0 180 Ringing", "active")
            await office.clock.advance(60)
    assert far.told == (202, 180, "failed", True)


async def test_what_cannot_be_read_is_not_taken_for_an_answer(office: Office) -> None:
    async with asked(office) as far:
        await far.accepts()
        assert await far.tells("SIP/3.0 200 OK") == 200
        assert await far.tells("SIP/2.0 2000") == 200
        assert await far.tells("SIP/2.0 200 OK", kind="application/sdp") == 200
        assert far.told == (202, 0, "failed", False)
        number = far.request.cseq.number
        assert await far.tells("SIP/2.0 200 OK", event=f"refer;id={number - 1}") == 481
        nameless = far.talking.say("NOTIFY", Event="refer")
        assert (await far.phone.final(nameless)).status == 400
        assert await far.tells("SIP/2.0 200 OK", event=f"refer;id={number}") == 200
        assert await far.tells("SIP/2.0 200 OK", "terminated") == 481  # that is over
    assert far.told == (202, 200, "in-progress", True)


async def test_it_hangs_up_first(office: Office) -> None:
    phone = await office.phone()
    far = Asked(office, phone, *await phone.connected(office), TARGET)
    await far.accepts()
    await far.tells("SIP/2.0 180 Ringing")
    assert (await far.talking.ask("BYE")).status == 200
    await reached(far.leg, LegState.RELEASED)
    far.work.cancel()
    assert far.told == (202, 180, "failed", False)
    await office.is_quiet()


@pytest.mark.parametrize("target", ["tel:+15005550006", "sip:", "sip:carol@exa mple.com", "carol@"])
async def test_an_address_that_nobody_can_call(office: Office, target: str) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    with pytest.raises(Fault, match="no SIP URI") as raised:
        await came.leg.refer(target, Referral())
    assert raised.value.code == 13243
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()
