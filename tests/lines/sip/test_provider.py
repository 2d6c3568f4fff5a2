"""RFC 3261 10.2 and 22; bad-inputs 8."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hoyhoy.exchange.chance import SeededChance, TrueChance
from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.lines.quota import Quota
from hoyhoy.lines.sip.names import Names
from hoyhoy.lines.sip.provider import Provider, Standing
from hoyhoy.lines.sip.refusal import Complaints
from hoyhoy.lines.sip.registrar import Registrar
from hoyhoy.lines.sip.target import Target
from hoyhoy.lines.sip.trunk_settings import Trunk
from hoyhoy.lines.sip.trunks import Trunks
from hoyhoy.wire.sip.authentication import Gate, Verdict
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.uri import Uri

from .town import PASSWORD, Letter, PostOffice, Town
from .wires import until

NORTH = Trunk("north", ("north.example",), ("+1",), username="hoyhoy", password=PASSWORD, register=True, region="US")


class World:
    def __init__(self, trunk: Trunk = NORTH) -> None:
        self.clock, self.post, self.seen = VirtualClock(1_000_000), PostOffice(), 0
        self.gate = Gate("north", b"secret")
        self.post.hosts = {"north.example": ["203.0.113.7"], "south.example": ["203.0.113.8", "203.0.113.9"]}
        complaints = Complaints(self.clock, lambda *words: None)
        self.trunks = Trunks([trunk], self.clock, SeededChance(1), Town(), complaints)
        self.provider = Provider(trunk, self.trunks, self.post, self.clock, SeededChance(1))
        self.task = self.clock.spawn(self.provider.run(), "provider")

    async def asked(self, within: float = 0) -> Letter | None:
        """The next request that goes out within so many seconds."""
        await self.clock.drive(within, lambda: len(self.post.sent) > self.seen)
        return self.latest() if len(self.post.sent) > self.seen else None

    def latest(self) -> Letter:
        self.seen = len(self.post.sent)
        return self.post.sent[-1]

    async def challenge(self, letter: Letter, **options: object) -> Letter:
        response = self.gate.challenge(letter.request, now=self.clock.now(), salt="salt", **options)
        letter.hear(response)
        await self.clock.settle()
        return self.latest()

    async def register(self, letter: Letter | None = None, **headers: str) -> Letter:
        letter = letter or await self.asked()
        letter.answer(200, **headers)
        await self.clock.settle()
        return letter


@pytest.fixture
async def world():
    made = World()
    yield made
    await made.clock.close()


def verdict(world: World, request: Request, password: str = PASSWORD) -> Verdict:
    return world.gate.judge(world.gate.presented(request), request, password, now=world.clock.now())


async def test_it_registers(world):
    letter = await world.asked()
    request = letter.request
    assert request.start_line == "REGISTER sip:north.example SIP/2.0"
    assert letter.targets == [Target("udp", "203.0.113.7", 5060)]
    assert str(request.to) == "<sip:hoyhoy@north.example>"
    assert str(request.from_.uri) == "sip:hoyhoy@north.example"
    assert [str(one) for one in request.contacts] == ["<sip:hoyhoy@192.0.2.1:5060>"]
    assert (request.expires, request.headers.get("Authorization")) == (600, None)
    assert world.provider.standing is Standing.UNKNOWN
    again = await world.challenge(letter)
    assert (again.request.call_id, again.request.cseq.number) == (request.call_id, request.cseq.number + 1)
    assert verdict(world, again.request) is Verdict.GRANTED
    await world.register(again)
    assert (world.provider.standing, world.provider.problem) == (Standing.REGISTERED, "")
    assert world.trunks.provider_at("203.0.113.7", 40000) == NORTH, "its host is known"


async def test_it_refreshes_what_it_was_granted(world):  # 10.2.4
    first = await world.register(
        Contact="<sip:other@192.0.2.9>;expires=50, <sip:hoyhoy@192.0.2.1>;expires=100", Expires="7"
    )
    assert await world.asked(8) is None, "none of ours: it is another port"
    second = await world.register(await world.asked(1), Contact="<sip:hoyhoy@192.0.2.1:5060>;expires=100", Expires="7")
    assert await world.asked(89) is None
    third = await world.register(await world.asked(1), Expires="200")
    assert await world.asked(179) is None
    fourth = await world.register(await world.asked(1))
    assert await world.asked(539) is None
    fifth = await world.register(await world.asked(1), Contact="<broken", Expires="1000000")
    assert await world.asked(77759) is None
    numbers = [one.request.cseq.number for one in (first, second, third, fourth, fifth)]
    assert numbers == sorted(set(numbers))
    assert len({one.request.call_id for one in (first, second, third, fourth, fifth)}) == 1  # 10.2


async def test_a_refresh_proves_who_we_are_without_being_asked(world):
    await world.register(await world.challenge(await world.asked()), Expires="200")
    letter = await world.asked(180)
    assert verdict(world, letter.request) is Verdict.GRANTED
    await world.clock.advance(0)
    fresh = await world.challenge(letter, stale=True)
    assert fresh is not letter
    await world.register(fresh)
    assert world.provider.standing is Standing.REGISTERED


async def test_a_wrong_password_waits(world):
    letter = await world.challenge(await world.asked())
    assert await world.challenge(letter) is letter, "the same proof is not sent twice"
    assert (world.provider.standing, world.provider.problem) == (
        Standing.FAILED,
        "the user name or the password is wrong",
    )
    assert await world.asked(220) is None
    assert await world.asked(200) is not None


async def test_challenges_without_end_end(world):  # bad-inputs 8: CVE-2020-28242
    letter = await world.asked()
    for _ in range(20):
        letter = await world.challenge(letter, stale=True)
    assert len(world.post.sent) == 4
    assert world.provider.standing is Standing.FAILED


async def test_tries_are_further_and_further_apart(world):
    letter, waits = await world.asked(), []
    for _ in range(7):
        letter.answer(503)
        since = world.clock.now()
        letter = await world.asked(1000)
        waits.append(world.clock.now() - since)
    for wait, about in zip(waits, (30, 60, 120, 240, 300, 300, 300), strict=True):
        assert 0.75 * about <= wait <= 1.25 * about
    assert world.provider.problem == "it answers 503 Service Unavailable"
    await world.register(letter)
    assert world.provider.standing is Standing.REGISTERED
    letter = await world.asked(540)
    letter.get_lost()
    since = world.clock.now()
    assert await world.asked(100)
    assert world.clock.now() - since < 38, "from the beginning"
    assert world.provider.problem == "it does not answer"


async def test_the_same_trouble_is_said_once(world, caplog):
    for _ in range(3):
        (await world.asked(400)).answer(503)
        await world.clock.settle()
    assert [one.getMessage() for one in caplog.records] == [
        "SIP: trunk north is failed: it answers 503 Service Unavailable"
    ]


@pytest.mark.parametrize(("after", "wait"), [("100", 100), ("200 (maintenance);duration=5", 200), ("99999999", 3600)])
async def test_a_provider_may_ask_to_be_left_alone(world, after, wait):
    (await world.asked()).answer(503, Retry_After=after)
    assert await world.asked(wait - 1) is None
    assert await world.asked(1)


@pytest.mark.parametrize("status", [403, 404])
async def test_a_refusal_waits_the_longest(world, status):
    (await world.asked()).answer(status)
    assert await world.asked(224) is None
    assert await world.asked(151)


async def test_a_longer_interval(world):  # 10.2.8
    (await world.asked()).answer(423, Min_Expires="1800")
    letter = await world.asked()
    assert letter.request.expires == 1800
    await world.register(letter)
    assert await world.asked(1619) is None
    assert (await world.asked(1)).request.expires == 1800


@pytest.mark.parametrize("least", ["", "10", "99999999", "soon"])
async def test_an_interval_that_makes_no_sense(world, least):
    (await world.asked()).answer(423, **({"Min_Expires": least} if least else {}))
    await world.clock.settle()
    assert world.provider.standing is Standing.FAILED
    assert len(world.post.sent) == 1


async def test_the_password_goes_where_the_challenge_came_from():
    world = World(replace(NORTH, hosts=("south.example",)))
    letter = await world.asked()
    answered = letter.targets[1]
    letter.targets = [answered]  # the first did not answer
    assert (await world.challenge(letter)).targets == [answered]
    await world.clock.close()


async def test_the_next_host_when_the_first_is_gone():
    world = World(
        replace(NORTH, hosts=("north.example", "south.example:5080"), transport="tls", from_domain="us.example")
    )
    (await world.asked()).get_lost()
    letter = await world.asked()
    assert str(letter.request.uri) == "sip:south.example:5080;transport=tls"
    assert letter.targets == [Target("tls", "203.0.113.8", 5080), Target("tls", "203.0.113.9", 5080)]
    assert str(letter.request.to) == "<sip:hoyhoy@us.example>"
    await world.register(letter)
    assert world.provider.standing is Standing.REGISTERED
    again = await world.asked(540)
    assert str(again.request.uri) == "sip:south.example:5080;transport=tls", "where it was made"
    assert world.trunks.provider_at("203.0.113.9", 40000)
    await world.clock.close()


async def test_names_that_nobody_knows(world, monkeypatch):
    async def resolve(uri: Uri) -> list[Target]:
        raise SipError("no such host", 404)

    await world.clock.close()
    monkeypatch.setattr(world.post, "resolve", resolve)
    world.clock.spawn(world.provider.run(), "provider")
    await world.clock.settle()
    assert (world.provider.standing, world.provider.problem) == (Standing.FAILED, "no such host")


async def test_without_registration_names_are_kept_up_to_date():
    world = World(replace(NORTH, register=False))
    await world.clock.settle()
    assert world.trunks.provider_at("203.0.113.7", 40000)
    world.post.hosts["north.example"] = ["203.0.113.99"]
    await world.clock.advance(300)
    assert world.trunks.provider_at("203.0.113.99", 40000)
    assert world.trunks.provider_at("203.0.113.7", 40000) is None
    await world.provider.leave()
    assert (world.post.sent, world.provider.standing) == ([], Standing.UNKNOWN)
    await world.clock.close()


async def test_leaving(world):
    await world.register(await world.challenge(await world.asked()))
    world.task.cancel()
    leaving = world.clock.spawn(world.provider.leave(), "leave")
    letter = await world.asked()
    assert (letter.request.expires, verdict(world, letter.request)) == (0, Verdict.GRANTED)
    letter.answer(200)
    await world.clock.settle()
    assert leaving.done()
    await world.provider.leave()
    assert world.post.sent[-1] is letter, "once"


async def test_a_provider_that_does_not_hear_us_leave(world):
    await world.register()
    world.task.cancel()
    leaving = world.clock.spawn(world.provider.leave(), "leave")
    await world.clock.advance(2)
    assert leaving.done()
    assert leaving.exception() is None


async def test_on_the_wire(endpoints):
    """Both sides of digest, over UDP: the registrar of one exchange is the provider of another."""
    clock, chance, town = RealClock(), TrueChance(), Town()
    complaints = Complaints(clock, lambda *words: None)
    town.maps(town.adds_domain("localhost"), town.adds_users(hoyhoy=PASSWORD), "registrations")
    theirs, ours = await endpoints("udp"), await endpoints("udp")
    registrar = Registrar(
        theirs.endpoint,
        clock,
        chance,
        town,
        Names(town, town.domains),
        Gate("north", b"secret"),
        Quota(20, 60.0),
        complaints,
    )
    theirs.endpoint.receive = registrar.receive
    trunk = replace(NORTH, hosts=(f"127.0.0.1:{theirs.endpoint.ports['udp']}",), from_domain="localhost")
    trunks = Trunks([trunk], clock, chance, town, complaints)
    provider = Provider(trunk, trunks, ours.endpoint, clock, chance)
    running = clock.spawn(provider.run(), "provider")
    await until(lambda: provider.standing is not Standing.UNKNOWN)
    assert (provider.standing, provider.problem) == (Standing.REGISTERED, "")
    (binding,) = registrar.locations("sip:hoyhoy@localhost")
    assert binding.target == Target("udp", "127.0.0.1", ours.endpoint.ports["udp"])
    running.cancel()
    async with asyncio.timeout(30):
        await provider.leave()
    assert registrar.locations("sip:hoyhoy@localhost") == ()
    registrar.close()
    await clock.close()
