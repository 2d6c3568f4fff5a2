"""Several places for one call: all phones of a user at once, one trunk after the other (RFC 3261 16.7, RFC 3326 2)."""

from __future__ import annotations

import asyncio

import pytest

from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.lines.sip.hunt import ELSEWHERE
from hoyhoy.lines.sip.target import Target
from hoyhoy.wire.sip.address import parse
from hoyhoy.wire.sip.error import SipError

from .office import Office, Phone, Registered, Road, Talking, opened, reached
from .wires import turns, until

AOR = "sip:bob@acme.sip.twilio.com"
NUMBER = "+14155550123"


@pytest.fixture
async def office():
    async with opened() as made:
        yield made


async def registered(office: Office, count: int) -> list[Phone]:
    phones = [await office.phone() for _ in range(count)]
    office.around.bindings[AOR] = [Registered(phone.contact.uri, phone.wire.target) for phone in phones]
    return phones


async def gives_up(talking: Talking) -> str:
    phone = talking.phone
    cancel = await phone.request("CANCEL")
    phone.send(cancel.respond(200, to_tag=phone.tag))
    talking.reply(talking.invite, 487)
    await phone.request("ACK")
    return cancel.headers.get("Reason") or ""


async def test_all_phones_of_a_user_ring_and_the_first_wins(office: Office) -> None:
    phones = await registered(office, 3)
    leg = office.dial(AOR)
    rung = [await phone.invited() for phone in phones]
    assert [str(one.invite.uri) for one in rung] == [phone.address for phone in phones]
    assert {str(one.invite.to.uri) for one in rung} == {AOR}
    rung[0].reply(rung[0].invite, 183, phones[0].answer_of(rung[0], port=42000))
    rung[1].reply(rung[1].invite, 180)
    await reached(leg, LegState.RINGING)
    rung[2].reply(rung[2].invite, 486)
    await phones[2].request("ACK")
    await phones[1].answers(rung[1])
    await reached(leg, LegState.ANSWERED)
    assert await gives_up(rung[0]) == ELSEWHERE
    assert len(office.plane.streams) == len(office.plane.stream.terms) == 1
    await leg.hang_up()
    await rung[1].is_hung_up()
    await office.is_quiet()


async def test_two_phones_answer_at_once(office: Office) -> None:
    phones = await registered(office, 2)
    leg = office.dial(AOR)
    rung = [await phone.invited() for phone in phones]
    for one in rung:
        one.reply(one.invite, 200, one.phone.answer_of(one))
    for one in rung:
        await one.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await turns(20)
    loser, winner = sorted(rung, key=lambda one: not one.phone.wire.came)
    await loser.is_hung_up()
    await leg.hang_up()
    await winner.is_hung_up()
    await office.is_quiet()


async def test_nobody_of_several_answers(office: Office) -> None:
    """The answer that says most is told: busy before unavailable."""
    phones = await registered(office, 2)
    leg = office.dial(AOR)
    for phone, status in zip(phones, (480, 486), strict=True):
        one = await phone.invited()
        one.reply(one.invite, status)
        await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    assert (leg.cause, dict(leg.told)["SipResponseCode"]) == (Cause.BUSY, "486")
    await office.is_quiet()


async def test_a_refusal_for_everywhere_ends_the_ringing(office: Office) -> None:
    phones = await registered(office, 2)
    leg = office.dial(AOR)
    one, two = [await phone.invited() for phone in phones]
    one.reply(one.invite, 180)
    await reached(leg, LegState.RINGING)
    two.reply(two.invite, 603)
    await phones[1].request("ACK")
    await gives_up(one)
    await reached(leg, LegState.RELEASED)
    assert leg.cause is Cause.REJECTED
    await office.is_quiet()


async def test_hanging_up_cancels_all(office: Office) -> None:
    phones = await registered(office, 2)
    leg = office.dial(AOR)
    rung = [await phone.invited() for phone in phones]
    for one in rung:
        one.reply(one.invite, 180)
    await reached(leg, LegState.RINGING)
    await leg.hang_up(Cause.CANCELED)
    for one in rung:
        assert await gives_up(one) == "Q.850;cause=16"
    assert leg.cause is Cause.CANCELED
    await office.is_quiet()


async def test_a_user_who_is_not_registered(office: Office) -> None:
    leg = office.dial(AOR)
    await reached(leg, LegState.RELEASED)
    assert (leg.cause, dict(leg.told)) == (Cause.NO_ANSWER, {"SipResponseCode": "480"})
    await office.is_quiet()


@pytest.mark.parametrize("status", [503, 500])
async def test_the_next_trunk_takes_over(office: Office, status: int) -> None:
    """Voice reference 10.2: on 5xx or no answer the next one; a refusal is final. Each is given back once."""
    north, south, west = [await office.phone() for _ in range(3)]
    roads = office.around.roads[NUMBER] = [
        Road(f"{phone.address}", caller, user, "secret") for phone, caller, user in (
            (north, "+14155550100", ""), (south, "", "hoy"), (west, "", "")
        )
    ]  # fmt: skip
    leg = office.dial(NUMBER)
    first = await north.invited()
    assert first.invite.from_.uri.user == "+14155550100"
    first.reply(first.invite, status)
    await north.request("ACK")
    second = await south.invited()
    assert [road.released for road in roads] == [1, 0, 0]
    await south.answers(second)
    await reached(leg, LegState.ANSWERED)
    assert [road.released for road in roads] == [1, 0, 1]
    await leg.hang_up()
    await second.is_hung_up()
    assert [road.released for road in roads] == [1, 1, 1]
    await west.is_silent()
    await office.is_quiet()


async def test_a_refusal_by_a_trunk_is_final(office: Office) -> None:
    north, south = await office.phone(), await office.phone()
    roads = office.around.roads[NUMBER] = [Road(north.address), Road(south.address)]
    leg = office.dial(NUMBER)
    first = await north.invited()
    first.reply(first.invite, 486)
    await north.request("ACK")
    await reached(leg, LegState.RELEASED)
    await south.is_silent()
    assert (leg.cause, [road.released for road in roads]) == (Cause.BUSY, [1, 1])
    await office.is_quiet()


async def test_a_trunk_that_wants_us_elsewhere_makes_way(office: Office) -> None:
    """Bad-inputs 24: prefixes, caps and callers are for the trunk that was chosen, not for what it names."""
    north, south, elsewhere = [await office.phone() for _ in range(3)]
    roads = office.around.roads[NUMBER] = [Road(north.address), Road(south.address)]
    leg = office.dial(NUMBER)
    first = await north.invited()
    first.reply(first.invite, 302, Contact=f"<sip:+19005550100@127.0.0.1:{elsewhere.wire.port}>")
    await north.request("ACK")
    second = await south.invited()
    second.reply(second.invite, 301, Contact=f"<{elsewhere.address}>")
    await south.request("ACK")
    await reached(leg, LegState.RELEASED)
    await elsewhere.is_silent()
    assert (leg.cause, [road.released for road in roads]) == (Cause.FAILED, [1, 1])
    await office.is_quiet()


async def test_a_trunk_whose_minutes_are_over(office: Office) -> None:
    """Bad-inputs 24: caps stop calls."""
    phone = await office.phone()
    roads = office.around.roads[NUMBER] = [Road(phone.address)]
    leg = office.dial(NUMBER)
    talking = await phone.invited()
    await phone.answers(talking)
    await reached(leg, LegState.ANSWERED)
    roads[0].on_full()
    await talking.is_hung_up()
    assert (leg.cause, roads[0].released) == (Cause.NORMAL, 1)
    await office.is_quiet()


async def test_trunks_that_say_nothing(office: Office) -> None:
    north, south = await office.phone(), await office.phone()
    roads = office.around.roads[NUMBER] = [Road(north.address), Road(south.address)]
    leg = office.dial(NUMBER)
    await north.invited()
    await office.clock.advance(33)
    second = await south.invited()
    second.reply(second.invite, 200, south.answer_of(second))
    await second.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await leg.hang_up()
    await second.is_hung_up()
    assert [road.released for road in roads] == [1, 1]
    await office.is_quiet()


async def test_hanging_up_before_the_trunk_is_called(office: Office) -> None:
    phone = await office.phone()
    roads = office.around.roads[NUMBER] = [Road(phone.address)]
    opening = office.plane.hold()
    leg = office.dial(NUMBER)
    await until(opening.is_set)
    await leg.hang_up(Cause.CANCELED)
    assert (leg.cause, [road.released for road in roads]) == (Cause.CANCELED, [1])
    office.plane.go_on()
    await phone.is_silent()
    await office.is_quiet()


async def test_hanging_up_at_once_takes_no_trunk(office: Office) -> None:
    office.around.roads[NUMBER] = [Road("sip:north.example")]
    leg = office.dial(NUMBER)
    await leg.hang_up(Cause.CANCELED)
    await turns(20)
    assert office.around.asked == []
    await office.is_quiet()


async def test_no_trunk(office: Office) -> None:
    leg = office.dial(NUMBER)
    await reached(leg, LegState.RELEASED)
    assert leg.cause is Cause.UNREACHABLE
    await office.is_quiet()


async def test_a_registered_phone_behind_a_nat(office: Office) -> None:
    """All that is asked of it goes the way its registration came, whatever its Contact says (RFC 3581, RFC 5626)."""
    phone = await office.phone()
    phone.inside = "10.9.8.7"
    proxy = parse("<sip:edge.example;lr>")
    office.around.bindings[AOR] = [Registered(phone.contact.uri, phone.wire.target, (proxy,))]
    leg = office.dial(AOR)
    talking = await phone.invited()
    assert (str(talking.invite.uri), talking.invite.routes) == (str(phone.contact.uri), (proxy,))
    await phone.answers(talking)
    await reached(leg, LegState.ANSWERED)
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_hanging_up_while_a_trunk_cannot_be_found(office: Office) -> None:
    south = await office.phone()
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def resolve(uri: object) -> list[Target]:
        asked.set()
        await go_on.wait()
        raise SipError("no such host", 404)

    office.endpoint.resolve, known = resolve, office.endpoint.resolve  # type: ignore[assignment, method-assign]
    roads = office.around.roads[NUMBER] = [Road("sip:north.example"), Road(south.address)]
    leg = office.dial(NUMBER)
    await asked.wait()
    await leg.hang_up(Cause.CANCELED)
    office.endpoint.resolve = known  # type: ignore[method-assign]
    go_on.set()
    await south.is_silent()
    assert [road.released for road in roads] == [1, 1]
    await office.is_quiet()


async def test_one_of_several_phones_answers_without_sound(office: Office) -> None:
    """It is confirmed and ended; the others ring on."""
    phones = await registered(office, 2)
    leg = office.dial(AOR)
    one, two = [await phone.invited() for phone in phones]
    one.reply(one.invite, 200)
    await one.hear("ACK")
    await one.is_hung_up()
    await turns(20)
    await phones[1].answers(two)
    await reached(leg, LegState.ANSWERED)
    await leg.hang_up()
    await two.is_hung_up()
    await office.is_quiet()


async def test_a_phone_that_answers_and_hangs_up_at_once(office: Office) -> None:
    """Its BYE may come before we have stopped the others."""
    phones = await registered(office, 2)
    leg = office.dial(AOR)
    one, two = [await phone.invited() for phone in phones]
    two.reply(two.invite, 180)
    await reached(leg, LegState.RINGING)
    one.reply(one.invite, 200, phones[0].answer_of(one))
    one.say("BYE")
    assert await gives_up(two) == ELSEWHERE
    await until(lambda: leg.state is LegState.RELEASED)
    assert (leg.cause, dict(leg.told)["SipResponseCode"]) == (Cause.NORMAL, "200")
    await office.is_quiet()
