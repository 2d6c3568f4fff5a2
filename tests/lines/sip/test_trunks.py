"""Bad-inputs 24; voice reference 2.7.1, 2.7.4."""

from __future__ import annotations

import asyncio
from collections import Counter
from ipaddress import ip_network

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.lines.sip.refusal import Complaints
from hoyhoy.lines.sip.trunk_settings import Caps, Trunk
from hoyhoy.lines.sip.trunks import Trunks
from hoyhoy.wire.errors import Fault

from .town import Town

OURS, US, UK = "+14155550100", "+14155550142", "+442071838750"
WIDE = Caps(9999, 9999, 9999, 9999, 9999)


def trunk(name: str = "north", prefixes: str = "+1", **options) -> Trunk:
    options = {"hosts": (f"{name}.example",), "caps": WIDE} | options
    return Trunk(name=name, prefixes=tuple(prefixes.split()), **options)


class World:
    def __init__(self, *trunks: Trunk, account_caps: Caps | None = WIDE) -> None:
        self.clock = VirtualClock(1_000_000)
        self.town = Town()
        self.town.owns("AC1", OURS)
        self.told: list[tuple[str, int, str]] = []
        complaints = Complaints(self.clock, lambda *words: self.told.append(words))
        self.trunks = Trunks(trunks, self.clock, SeededChance(1), self.town, complaints, account_caps)

    def names(self, number: str = US) -> str:
        hops = self.call(number)
        for hop in hops:
            hop.release()
        return " ".join(hop.trunk.name for hop in hops)

    def call(self, number: str = US, caller: str = OURS, account: str = "AC1"):
        return self.trunks.choose(number, caller, account)

    def code(self, *words: str) -> int:
        with pytest.raises(Fault) as fault:
            self.call(*words)
        return fault.value.code


async def test_only_what_is_listed_is_called():
    world = World(trunk("north", "+1", denied=("+1900",)), trunk("south", "+44"))
    for number, name in ((US, "north"), (UK, "south"), ("+19005550100", ""), ("+33123456789", ""), ("911", "")):
        assert world.trunks.reaches(number) is bool(name)
        if name:
            assert world.names(number) == name
        else:
            assert world.code(number) == 21215
    assert World().code(US) == 21215


async def test_what_may_not_be_is_told_and_leads_nowhere():
    world = World(trunk())
    assert world.trunks.candidates(UK, OURS, "AC1") == ()
    ((account, code, sentence),) = world.told
    assert (account, code) == ("AC1", 21215)
    assert sentence == f"Calls to {UK} are not permitted: no trunk of this exchange lists its prefix."
    assert len(world.trunks.candidates(US, OURS, "AC1")) == 1


async def test_the_longest_prefix_then_priority_then_chance():
    world = World(
        trunk("wide", "+", priority=0),
        trunk("late", "+1415", priority=9),
        trunk("soon", "+1415", priority=1),
        trunk("state", "+1"),
        trunk("other", "+44"),
    )
    assert world.names(US) == "soon late state wide"
    assert world.names(UK) == "other wide"
    world = World(trunk("heavy", weight=90), trunk("light", weight=10))
    first = Counter()
    for _ in range(500):
        first[world.names(US).partition(" ")[0]] += 1
    assert first["heavy"] > 400 < 500 > first["light"] > 10


async def test_each_host_is_a_way():
    hosts = ("203.0.113.7:5080", "[2001:db8::7]", "sip.example")
    (one, two, three) = World(
        trunk(hosts=hosts, transport="tcp", prepend="0", strip=1, username="u", password="p")
    ).call()
    assert [hop.uri for hop in (one, two, three)] == [
        "sip:04155550142@203.0.113.7:5080;transport=tcp",
        "sip:04155550142@[2001:db8::7];transport=tcp",
        "sip:04155550142@sip.example;transport=tcp",
    ]
    assert (one.username, one.password) == ("u", "p")
    assert World(trunk()).call()[0].uri == "sip:+14155550142@north.example"


@pytest.mark.parametrize(
    ("rule", "domain", "caller", "shown"),
    [
        ("owned", "", OURS, OURS),
        ("owned", "", "4155550100", OURS),
        ("owned", "us.example", OURS, f"sip:{OURS}@us.example"),
        ("owned", "", "+14155550177", "+14155550177"),
        ("owned", "", UK, ""),
        ("owned", "", "client:kate", ""),
        ("owned", "", "anonymous", ""),
        ("pass", "", UK, UK),
        ("pass", "us.example", "sip:kate@acme", "sip:kate@acme"),
        ("pass", "us.example", UK, f"sip:{UK}@us.example"),
        ("+15550001111", "", UK, "+15550001111"),
    ],
)
async def test_who_is_shown(rule, domain, caller, shown):
    world = World(trunk(caller=rule, from_domain=domain))
    world.town.verified.add(("AC1", "+14155550177"))
    if shown:
        assert world.call(US, caller)[0].caller == shown
    else:
        assert world.code(US, caller) == 32204
    if rule == "owned":
        assert world.code(US, OURS, "AC2") == 32204


async def test_a_trunk_that_is_full_makes_way():
    world = World(trunk("first", caps=Caps(calls=1, calls_per_second=9), priority=1), trunk("second", priority=2))
    first = world.call()
    assert [hop.trunk.name for hop in first] == ["first", "second"]
    assert world.names() == "second"
    for hop in first:
        hop.release()
    assert world.names() == "first second"


@pytest.mark.parametrize(
    ("caps", "code"),
    [
        (Caps(1, 9, 9, 9, 9), 10004),
        (Caps(9, 1, 9, 9, 9), 32001),
        (Caps(9, 9, 1, 9, 9), 32001),
        (Caps(9, 9, 9, 1, 9), 32200),
    ],
)
@pytest.mark.parametrize("of_account", [True, False])
async def test_caps_stop_calls(caps, code, of_account):
    world = World(trunk(caps=WIDE if of_account else caps), account_caps=caps if of_account else WIDE)
    world.town.owns("AC2", UK)
    (hop,) = world.call()
    assert world.code() == code
    if of_account:
        assert world.call(US, UK, "AC2"), "others are none the worse"
    hop.release()
    await world.clock.advance(86400)
    assert world.call()


async def test_minutes_of_a_day():
    world = World(trunk(caps=Caps(9, 9, 9, 9, minutes_per_day=1)))
    (hop,) = world.call()
    await world.clock.advance(59)
    hop.release()
    (hop,) = world.call()
    await world.clock.advance(1)
    hop.release()
    hop.release()
    assert world.code() == 32200


@pytest.mark.parametrize("of_account", [True, False])
async def test_calls_end_with_the_minutes_of_the_day(of_account):
    caps = Caps(9, 9, 9, 9, minutes_per_day=2)
    world = World(trunk(caps=WIDE if of_account else caps), account_caps=caps if of_account else WIDE)
    ended = []

    def call() -> None:
        (hop,) = world.call()
        hop.on_full = lambda: (ended.append(world.clock.now() - 1_000_000), hop.release())

    call()
    await world.clock.advance(40)
    call()
    await world.clock.advance(39)
    assert ended == []
    await world.clock.advance(2)
    assert ended == [80, 80]
    assert [(account, code) for account, code, _ in world.told] == [("AC1", 32200)] * 2
    assert world.code() == 32200
    await world.clock.advance(86400)
    assert len(ended) == 2
    call()
    world.trunks.close()
    await world.clock.advance(200)
    assert len(ended) == 2
    await world.clock.close()


async def test_a_new_day_has_new_minutes():
    world = World(trunk(caps=Caps(9, 9, 9, 9, minutes_per_day=2)))
    await world.clock.advance(86400 - 1_000_000 % 86400 - 60)
    (hop,) = world.call()
    ended = []
    hop.on_full = lambda: (ended.append(world.clock.now() % 86400), hop.release())
    await world.clock.advance(179)
    assert ended == []
    await world.clock.advance(2)
    assert ended == [120]
    await world.clock.close()


async def test_accounts_have_caps_where_none_are_written():
    world = World(trunk(), account_caps=None)
    world.town.owns("AC2", UK)
    for _ in range(Caps().calls_per_second):
        assert world.call()
    assert world.code() == 32001
    assert world.call(US, UK, "AC2"), "others are none the worse"


async def test_ways_that_were_not_taken_cost_nothing():
    caps = Caps(calls=1, calls_per_second=1, calls_per_minute=1, calls_per_day=1, minutes_per_day=1)
    world = World(trunk("first", priority=1), trunk("second", priority=2, caps=caps), account_caps=WIDE)
    hops = world.call()
    await world.clock.advance(90)
    for hop in hops:
        hop.release()
    await asyncio.sleep(0)
    assert world.names() == "first second"
    assert [hop.trunk.name for hop in world.call()] == ["first", "second"]
    assert world.names() == "first", "it is held for the call that may still need it"


async def test_a_call_that_went_another_way_counts_there():
    caps = Caps(calls=1, calls_per_second=1, calls_per_minute=9, calls_per_day=1, minutes_per_day=9)
    world = World(trunk("first", priority=1), trunk("second", priority=2, caps=caps), account_caps=WIDE)
    first, second = world.call()
    first.release()
    await asyncio.sleep(0)
    await world.clock.advance(90)
    second.release()
    assert world.names() == "first", "it had its call of the day"


async def test_what_is_given_back_unused_begins_nothing():
    """As when the first answers: the others go one by one, in whatever time that takes."""
    world = World(*(trunk(name, priority=at, caps=Caps(9, 9, 9, 1, 9)) for at, name in enumerate("abc")))
    first, second, third = world.call()
    second.release()
    await asyncio.sleep(0)
    third.release()
    await asyncio.sleep(0)
    assert world.names() == "b c"
    first.release()


async def test_each_way_is_given_back_once():
    world = World(trunk(hosts=("a.example", "b.example"), caps=Caps(1, 9, 9, 9, 9)))
    first, second = world.call()
    first.release()
    first.release()
    assert world.code() == 10004
    second.release()
    assert world.call()


async def test_a_way_given_back_early_is_passed_over():
    world = World(trunk("a", priority=1), trunk("b", priority=2), trunk("c", priority=3, caps=Caps(9, 9, 9, 1, 9)))
    one, two, three = world.call()
    two.release()
    one.release()
    await asyncio.sleep(0)
    three.release()
    assert world.names() == "a b"


async def test_who_calls_in():
    world = World(
        trunk("named", sources=(ip_network("203.0.113.0/24"),), hosts=("198.51.100.1",)),
        trunk("hosts", hosts=("198.51.100.2:5080", "[2001:db8::7]", "sip.example"), inbound_username="u"),
    )
    for address, name in (
        ("203.0.113.9", "named"),
        ("198.51.100.1", None),
        ("198.51.100.2", "hosts"),
        ("2001:db8::7", "hosts"),
        ("198.51.100.3", None),
        ("nonsense", None),
    ):
        found = world.trunks.provider_at(address, 40000)
        assert (found.name if found else None) == name, address
    world.trunks.learn("hosts", ["198.51.100.3"])
    world.trunks.learn("named", ["198.51.100.1"])
    assert world.trunks.provider_at("198.51.100.3", 40000).name == "hosts"
    assert world.trunks.provider_at("198.51.100.1", 40000) is None, "its sources are all there is"
    assert world.trunks.provider_of("u").name == "hosts"
    assert world.trunks.provider_of("") is world.trunks.provider_of("x") is None


async def test_providers_on_this_machine_are_known_by_their_ports():
    world = World(
        trunk("one", hosts=("127.0.0.1:5090",)),
        trunk("two", hosts=("127.0.0.1", "localhost:5095")),
        trunk("any", hosts=("[::1]:1",), sources=(ip_network("::1"),)),
    )
    found = {port: world.trunks.provider_at("127.0.0.1", port) for port in (5090, 5060, 5095, 40000)}
    assert {port: one.name for port, one in found.items() if one} == {5090: "one", 5060: "two", 5095: "two"}
    assert world.trunks.provider_at("::1", 9).name == "any"


async def test_places_of_providers():
    """Programs and far ends lead no call there."""
    world = World(
        trunk("named", sources=(ip_network("203.0.113.0/24"),), hosts=("198.51.100.1:5080",)),
        trunk("hosts", hosts=("sip.example", "[2001:db8::7]")),
        trunk("here", hosts=("127.0.0.1:5090",)),
    )
    owns = world.trunks.owns
    for address in ("203.0.113.9", "198.51.100.1", "::ffff:198.51.100.1", "2001:db8::7"):
        assert owns(address, 5060) and owns(address, 9)
    assert not owns("198.51.100.2", 5060) and not owns("nonsense", 5060)
    assert owns("198.51.100.2", 5060, "SIP.example.") and not owns("198.51.100.2", 5060, "other.example")
    for address in ("127.0.0.1", "127.0.0.2", "::1", "0.0.0.0", "::ffff:127.0.0.1"):
        assert owns(address, 5090) and not owns(address, 40000), address
    world.trunks.learn("hosts", ["198.51.100.2"])
    world.trunks.learn("hosts", ["198.51.100.3"])
    assert owns("198.51.100.2", 5060) and owns("198.51.100.3", 5060), "a name gives other addresses each time"
    assert world.trunks.provider_at("198.51.100.2", 5060) is None
    for number in range(300):
        world.trunks.learn("hosts", [f"192.0.2.{number % 256}", f"192.0.3.{number % 256}"])
    assert len(world.trunks._known["hosts"]) == 256


async def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr("hoyhoy.lines.sip.trunks.COUNTED", 3)
    world = World(trunk(caller="pass"), account_caps=WIDE)
    kept = world.call(US, OURS, "AC0")
    for number in range(1, 10):
        for hop in world.call(US, OURS, f"AC{number}"):
            hop.release()
    assert len(world.trunks._accounts) <= 4
    kept[0].release()
    assert world.trunks._accounts["AC0"].calls == 0
