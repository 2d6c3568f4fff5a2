"""voice 2.12: what a far end is asked, and what the app is told of it. What SIP says there is tested beside
lines/sip/referral.py."""

from __future__ import annotations

import asyncio

import pytest

from hoyhoy.exchange.events import CallReferred, Noticed
from hoyhoy.exchange.leg import Referral
from hoyhoy.lines.simulated.leg import SimulatedLeg
from hoyhoy.wire.errors import Fault

from ...talking import ANN, calls_in, heard, on
from ...world import World

CAROL = "sip:carol@example.com?X-Order=7"
REFER = f'<Refer action="/over" method="GET"><Sip>{CAROL}</Sip></Refer>'


class Far:
    """A far end that knows REFER: what it was asked, and what it tells, which it does `after` so many seconds."""

    def __init__(self, *told: tuple[int, int, str], after: float = 1.0, left_out: tuple[str, ...] = ()) -> None:
        self.asked: list[str] = []
        self._told, self._after, self._left_out = told, after, left_out
        self.fault: Fault | None = None
        self.clock = None

    async def refer(self, leg: SimulatedLeg, address: str, referral: Referral) -> None:
        self.asked.append(address)
        if self.fault:
            raise self.fault
        referral.left_out = self._left_out
        for referral.answer, referral.progress, referral.status in self._told:
            await self.clock.sleep(self._after)
        referral.is_over = True


@pytest.fixture
def far(exchange: World, monkeypatch: pytest.MonkeyPatch):
    def make(*told: tuple[int, int, str], **more) -> Far:
        made = Far(*told, **more)
        made.clock = exchange.clock
        monkeypatch.setattr(SimulatedLeg, "refer", lambda leg, address, referral: made.refer(leg, address, referral))
        return made

    return make


def told(exchange: World) -> dict[str, str]:
    """What the action was told."""
    (asked,) = [one for one in exchange.app.asked if one.url == "http://app/over"]
    return {"method": asked.method, **dict(asked.extra)}


def events(exchange: World) -> list[tuple[str, str]]:
    return [(one.target, one.status) for one in exchange.events(CallReferred)]


@pytest.mark.obeys("Refer", "action", "method")
async def test_the_new_call_is_answered(exchange, far):
    phone = far((202, 100, "failed"), (202, 200, "in-progress"))
    calls_in(exchange, REFER)
    await exchange.run(60)
    assert told(exchange) == {
        "method": "GET",
        "ReferCallStatus": "in-progress",
        "ReferSipResponseCode": "202",
        "NotifySipResponseCode": "200",
    }
    assert phone.asked == [CAROL] and events(exchange) == [(CAROL, "in-progress")]
    assert heard(exchange, ANN) == ["It is over"]  # whoever is still there performs what the action says


@pytest.mark.parametrize(
    ("answer", "progress", "status", "params"),
    [
        (202, 486, "busy", {"ReferSipResponseCode": "202", "NotifySipResponseCode": "486"}),
        (405, 0, "failed", {"ReferSipResponseCode": "405"}),
        (0, 0, "failed", {}),
    ],
)
async def test_it_comes_to_nothing(exchange, far, answer, progress, status, params):
    far((answer, progress, status))
    calls_in(exchange, REFER)
    await exchange.run(60)
    assert told(exchange) == {"method": "GET", "ReferCallStatus": status, **params}
    assert heard(exchange, ANN) == ["It is over"]


async def test_the_caller_hangs_up_first(exchange, far):
    # 1.4 (5): the action is asked all the same, and its answer is ignored
    far((202, 180, "failed"), after=50)
    calls_in(exchange, REFER)
    await exchange.run(10)
    await on(exchange, ANN).hang_up()
    await exchange.run(10)
    assert told(exchange) == {
        "method": "GET",
        "ReferCallStatus": "canceled",
        "ReferSipResponseCode": "202",
        "NotifySipResponseCode": "180",
    }
    assert events(exchange) == [(CAROL, "canceled")]


async def test_who_leaves_when_all_is_known_was_not_too_early(exchange, far):
    phone = far()

    async def refer(leg, address, referral):
        referral.answer, referral.progress, referral.status, referral.is_over = 202, 200, "in-progress", True
        await asyncio.get_running_loop().create_future()

    phone.refer = refer
    calls_in(exchange, REFER)
    await exchange.run(10)
    await on(exchange, ANN).hang_up()
    await exchange.run(10)
    assert told(exchange)["ReferCallStatus"] == "in-progress"


async def test_without_an_action_the_next_verb_follows(exchange, far):
    far((202, 200, "in-progress"))
    calls_in(exchange, f"<Refer><Sip>{CAROL}</Sip></Refer>")
    await exchange.run(60)
    assert heard(exchange, ANN) == ["Goodbye then"]


async def test_without_an_action_and_a_next_verb_it_is_over(exchange, far):
    far((202, 200, "in-progress"))
    call = calls_in(exchange, "")
    exchange.app.pages["http://app/in"] = f"<Response><Refer><Sip>{CAROL}</Sip></Refer></Response>"
    await exchange.run(60)
    assert (await exchange.row("calls", call.sid))["status"] == "completed"


async def test_a_far_end_that_knows_no_refer(exchange):
    # 13801 is an error: the fallback, or an apology (3.6)
    call = calls_in(exchange, REFER)
    await exchange.run(60)
    assert [one.code for one in exchange.events(Noticed, call.sid)] == [13801]
    assert "error has occurred" in heard(exchange, ANN)[-1]
    assert events(exchange) == [(CAROL, "failed")]
    assert not [one for one in exchange.app.asked if one.url == "http://app/over"]


async def test_an_unfit_address_ends_nothing(exchange, far):
    far().fault = Fault(13243, "'sip:' is no SIP URI.")
    calls_in(exchange, REFER)
    await exchange.run(60)
    assert told(exchange) == {"method": "GET", "ReferCallStatus": "failed"}
    (notice,) = exchange.events(Noticed)
    assert (notice.code, notice.message) == (13243, "Line 1: <Refer>: 'sip:' is no SIP URI.")


async def test_what_is_not_sent_on_is_told(exchange, far):
    far((202, 200, "in-progress"), left_out=("Route", "Replaces"))
    calls_in(exchange, REFER)
    await exchange.run(60)
    (notice,) = exchange.events(Noticed)
    assert notice.code == 13252 and notice.message.endswith("Left out: Route, Replaces")


@pytest.mark.parametrize(
    ("inside", "asked"),
    [
        (f'<Sip username="ann" url="/x">{CAROL}</Sip>', [CAROL]),
        (f"<Sip>{CAROL}</Sip><Sip>sip:dan@example.com</Sip>", [CAROL]),
        ("<Sip> </Sip>", []),
        ("", []),
        ("<Number>+15005550006</Number>", []),
        ("sip:carol@example.com", []),
    ],
)
async def test_what_does_not_stand_in_it_is_told(exchange, far, inside, asked):
    phone = far((202, 200, "in-progress"))
    calls_in(exchange, f'<Refer action="/over">{inside}</Refer>')
    await exchange.run(60)
    assert {one.code for one in exchange.events(Noticed)} == {12200}
    assert phone.asked == asked
    assert told(exchange)["ReferCallStatus"] == ("in-progress" if asked else "failed")


async def test_an_order_of_the_app_ends_the_wait(exchange, far):
    # another document in its place: nothing is reported
    far((202, 180, "failed"), after=500)
    call = calls_in(exchange, REFER)
    await exchange.run(10)
    exchange.switchboard.redirect_call(call.sid, twiml="<Response><Say>Elsewhere</Say></Response>")
    await exchange.run(60)
    assert heard(exchange, ANN) == ["Elsewhere"]
    assert not [one for one in exchange.app.asked if one.url == "http://app/over"]


async def test_an_empty_action_is_none(exchange, far):
    far((202, 200, "completed"))
    calls_in(exchange, f'<Refer action=""><Sip>{CAROL}</Sip></Refer>')
    await exchange.run(30)
    assert heard(exchange, ANN) == ["Goodbye then"] and [one.code for one in exchange.events(Noticed)] == [12200]
