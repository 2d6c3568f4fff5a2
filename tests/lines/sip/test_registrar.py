"""RFC 3261 10, voice reference 10.1 and 17.4, bad-inputs 8 and 9."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.ports import Row
from hoyhoy.lines.quota import Quota
from hoyhoy.lines.sip.bindings import Terms
from hoyhoy.lines.sip.names import Names
from hoyhoy.lines.sip.refusal import Complaints
from hoyhoy.lines.sip.registrar import Registrar
from hoyhoy.lines.sip.target import Target
from hoyhoy.wire.sip.authentication import Gate
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, Response, parse
from tests.wire.sip.torture import TORTURES

from .town import HERE, PASSWORD, PHONE, PostOffice, Town, ask, prove

DOMAIN = "acme.sip.twilio.com"
CONTACT = "<sip:alice@10.0.0.5:5060>"
TLS = Target("tls", "198.51.100.7", 41000, flow=3)


class World:
    def __init__(self) -> None:
        self.clock = VirtualClock(1_700_000_000)
        self.town, self.post = Town(), PostOffice()
        self.told: list[tuple[str, int, str]] = []
        self.sid = self.town.adds_domain(DOMAIN)
        self.town.maps(self.sid, self.town.adds_users(alice=PASSWORD, bob="Another-horse-2"), "registrations")
        self.registrar = Registrar(
            self.post,
            self.clock,
            SeededChance(1),
            self.town,
            Names(self.town, self.town.domains),
            Gate("sip.twilio.com", b"secret"),
            Quota(20, 60.0),
            Complaints(self.clock, lambda *words: self.told.append(words)),
        )
        self._number = 0

    def asked(self, user: str = "alice", host: str = DOMAIN, contact: str = CONTACT, **options) -> Request:
        self._number += 10
        aor = f"sip:{user}@{host}"
        options = {"from_": aor, "to": aor, "contact": contact, "number": self._number} | options
        return ask("REGISTER", f"sip:{host}", **options)

    def answer(self, asked: Request, source: Target = PHONE) -> Response:
        return self.registrar.answer(asked, source, HERE)

    def register(
        self, user: str = "alice", password: str = PASSWORD, username: str = "", source: Target = PHONE, **options
    ) -> Response:
        asked = self.asked(user, source=source, **options)
        return self.answer(prove(asked, self.answer(asked, source), username or user, password), source)

    def locations(self, user: str = "alice") -> list[str]:
        return [str(one.uri) for one in self.registrar.locations(f"sip:{user}@{DOMAIN}")]


@pytest.fixture
async def world():
    made = World()
    yield made
    made.registrar.close()
    await made.clock.close()


async def test_a_phone_registers(world):
    challenge = world.answer(world.asked())
    assert challenge.status == 401
    assert len(challenge.headers.all("WWW-Authenticate")) == 2  # RFC 8760
    assert world.locations() == []
    response = world.register(Expires="300")
    assert response.status == 200
    assert response.headers.all("Contact") == ["<sip:alice@10.0.0.5:5060>;expires=300"]
    assert response.headers.get("Date") == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert world.locations() == ["sip:alice@10.0.0.5:5060"]
    assert world.locations("Alice") == []
    (binding,) = world.registrar.locations("sips:alice@ACME.sip.dublin.twilio.com;transport=tls")
    assert binding.target == PHONE
    await world.clock.advance(100)
    response = world.register(contact="")
    assert response.headers.all("Contact") == ["<sip:alice@10.0.0.5:5060>;expires=200"], "asking changes nothing"


@pytest.mark.parametrize("aor", ["sip:alice@other.sip.twilio.com", "alice", "sip:", "tel:+14155550100"])
async def test_where_nobody_is(world, aor):
    world.register()
    assert world.registrar.locations(aor) == ()


async def test_what_has_run_out_is_forgotten(world):
    world.register(Expires="60")
    assert world.registrar.count == 1
    await world.clock.advance(60)
    assert world.registrar.count == 0
    assert world.locations() == []


async def test_phones_of_an_earlier_run(world):
    world.register(Expires="60")
    phones = world.registrar.bindings()
    await world.clock.advance(60)
    world.registrar.restore(phones)
    assert world.locations() == ["sip:alice@10.0.0.5:5060"]
    await world.clock.advance(30)
    world.post.sent[-1].answer(200)
    await world.clock.advance(569)
    assert world.registrar.count == 1
    await world.clock.advance(1)
    assert (world.registrar.count, world.registrar.bindings()) == (0, [])


async def test_leaving(world):
    world.register()
    assert world.register(contact="*", Expires="0").headers.all("Contact") == []
    assert (world.locations(), world.registrar.count) == ([], 0)


async def test_too_short_an_interval(world):
    response = world.register(Expires="10")
    assert (response.status, response.headers.get("Min-Expires")) == (423, "60")


async def test_path(world):  # RFC 3327 5.3
    assert world.register(Path="<sip:edge;lr>").headers.all("Path") == ["<sip:edge;lr>"]


@pytest.mark.parametrize(("user", "password"), [("alice", "wrong"), ("mallory", PASSWORD), ("mallory", "")])
async def test_nobody_learns_who_is_there(world, user, password):  # bad-inputs 9
    challenge = world.answer(world.asked(user))
    assert challenge.status == 401
    response = world.register(user, password)
    assert (response.status, response.reason) == (403, "Forbidden")
    assert [name for name, _ in response.headers] == ["Via", "From", "To", "Call-ID", "CSeq"]
    assert world.told == []


@pytest.mark.parametrize("host", ["other.sip.twilio.com", "example.com"])
async def test_domains_we_do_not_have(world, host):
    """They ask and answer as those that we have."""
    strange, known = world.answer(world.asked(host=host)), world.answer(world.asked())
    assert strange.status == known.status == 401
    assert [name for name, _ in strange.headers] == [name for name, _ in known.headers]
    strange, known = world.register(host=host), world.register(password="wrong")
    assert strange.status == known.status == 403
    assert [name for name, _ in strange.headers] == [name for name, _ in known.headers]


@pytest.mark.parametrize("values", [{"sip_registration": False}, {}, {"secure": True}])
async def test_domains_without_credentials(world, values):  # 32212
    world.town.adds_domain("shut.sip.twilio.com", **values)
    assert world.answer(world.asked(host="shut.sip.twilio.com")).status == 401
    response = world.register(host="shut.sip.twilio.com")
    assert (response.status, response.headers.get("X-Twilio-Error")) == (403, None)
    assert [(account, code) for account, code, _ in world.told] == [("AC1", 32212)], "only its account hears why"


async def test_a_domain_without_registration(world):  # 32210
    world.town.take(Row("sip_domains", world.sid, {"sip_registration": False}))
    assert world.answer(world.asked()).status == 401
    assert world.register(password="wrong").headers.get("X-Twilio-Error") is None
    assert world.register().headers.get("X-Twilio-Error")[:5] == "32210"


async def test_accounts_at_rest(world):
    world.town.accounts["AC1"] = replace(world.town.accounts["AC1"], status="suspended")
    assert world.register().status == 403


def _unmap(world):
    for sid in list(world.town._rows["sip_domain_lists"]):
        world.town.take(Row("sip_domain_lists", sid, None))


def _delete_user(world):
    for sid, row in list(world.town._rows["sip_credentials"].items()):
        if row["username"] == "alice":
            world.town.take(Row("sip_credentials", sid, None))


@pytest.mark.parametrize(
    "ends",
    [
        _delete_user,
        _unmap,
        lambda world: world.town.take(Row("sip_domains", world.sid, {"sip_registration": False})),
        lambda world: world.town.take(Row("sip_domains", world.sid, None)),
        lambda world: world.town.accounts.update(AC1=replace(world.town.accounts["AC1"], status="suspended")),
    ],
    ids=["credential", "list", "registration", "domain", "account"],
)
async def test_registrations_end_with_what_allowed_them(world, ends):
    world.register()
    phones = world.registrar.bindings()
    assert len(phones) == 1
    ends(world)
    assert world.locations() == []
    assert (world.registrar.bindings(), world.registrar.count) == ([], 0)
    world.registrar.restore(phones)
    assert world.registrar.count == 0


async def test_a_secure_domain(world):
    sid = world.town.adds_domain("safe.sip.twilio.com", secure=True)
    world.town.maps(sid, world.town.adds_users(alice=PASSWORD), "registrations")
    response = world.register(host="safe.sip.twilio.com")
    assert (response.status, response.headers.get("X-Twilio-Error")[:5]) == (403, "32209")
    assert world.register(host="safe.sip.twilio.com", source=TLS, Expires="300").status == 200


async def test_users_register_themselves_only(world):
    assert world.register("alice", "Another-horse-2", username="bob").headers.get("X-Twilio-Error")[:5] == "32106"
    for other in ("sip:bob@acme.sip.twilio.com", "sip:alice@example.com"):
        assert world.answer(world.asked(from_=other)).status == 403
    assert world.answer(world.asked(from_="tel:+14155550100")).status == 400
    assert world.locations() == world.locations("bob") == []


@pytest.mark.parametrize("host", ["192.0.2.1", "localhost"])
async def test_our_own_address_stands_for_the_domain_that_has_the_user(world, host):
    assert world.register(host=host).status == 200
    assert world.locations() == ["sip:alice@10.0.0.5:5060"]
    assert world.register("mallory", host=host).status == 403
    other = world.town.adds_domain("other.sip.twilio.com")
    world.town.maps(other, world.town.adds_users(alice=PASSWORD), "registrations")
    assert world.answer(world.asked(host=host)).status == 401
    assert world.register(host=host).status == 403, "which alice?"
    assert world.register().status == 200


async def test_another_account_locks_nobody_out(world):
    """By whose password proves it: whoever makes a domain with the same user names takes nothing."""
    other = world.town.adds_domain("rival.sip.twilio.com", "AC2")
    world.town.maps(other, world.town.adds_users(alice="Another-horse-2"), "registrations")
    for _ in range(30):
        await world.clock.advance(1)
        assert world.register(host="localhost").status == 200
    assert len(world.locations()) == 1
    assert world.register(host="localhost", password="Another-horse-2", contact="<sip:r@10.0.0.6>").status == 200
    assert len(world.locations()) == 1


async def test_our_own_address_opens_no_domain_that_is_shut(world):
    world.town.take(Row("sip_domains", world.sid, {"sip_registration": False}))
    assert world.register(host="localhost").headers.get("X-Twilio-Error")[:5] == "32210"


async def test_guessing_ends(world):  # bad-inputs 9: svcrack
    answers = [world.register(password=f"guess {at}").status for at in range(20)]
    assert answers == [403] * 20
    response = world.register(password="guess")
    assert (response.status, response.headers.get("Retry-After")) == (503, "60")
    other = Target("udp", "198.51.100.8", 5060)
    assert world.register(source=other, password="guess").status == 403
    assert world.register("bob", password="guess").status == 403, "each user by itself"
    assert world.register().status == 200, "whoever knows the password is none the worse"


async def test_more_than_five_in_a_second(world):  # 32008
    answers = [world.register(contact=f"<sip:alice@10.0.0.5:{5000 + at}>") for at in range(6)]
    assert [one.status for one in answers] == [200] * 5 + [503]
    assert answers[-1].headers.get("Retry-After") == "1"
    assert world.register("bob", "Another-horse-2").status == 200
    await world.clock.advance(1)
    assert world.register().status == 200


async def test_strangers_cannot_use_up_a_users_rate(world):
    for _ in range(30):
        world.answer(world.asked())
    assert world.register().status == 200


async def test_too_many_phones_are_told(world):  # 32007
    for at in range(11):
        assert world.register(contact=f"<sip:alice@10.0.0.5:{5000 + at}>", call_id=str(at)).status == 200
        await world.clock.advance(1)
    assert [(account, code) for account, code, _ in world.told] == [("AC1", 32007)]
    assert len(world.locations()) == world.registrar.count == 10


async def test_old_nonces_are_renewed_without_asking_anybody(world):
    asked = world.asked()
    proven = prove(asked, world.answer(asked), "alice")
    await world.clock.advance(301)
    response = world.answer(proven)
    assert response.status == 401
    assert "stale=true" in response.headers.get("WWW-Authenticate")
    assert world.registrar.answer(proven, PHONE, HERE).status == 401, "and a proof counts once"
    assert world.locations() == []


@pytest.mark.parametrize("header", ['Digest username="alice"', "Digest realm=x, realm=y"])
async def test_malformed_credentials(world, header):
    assert world.answer(world.asked(Authorization=header)).status == 400


@pytest.mark.parametrize("name", sorted(TORTURES))
async def test_whatever_is_sent_gets_an_answer(world, name):  # RFC 4475, RFC 5118
    try:
        asked = parse(TORTURES[name].octets)
    except SipError:
        return
    if isinstance(asked, Request):
        assert bytes(world.answer(asked))
        for host in (DOMAIN, "localhost"):
            asked.headers.set("To", f"<sip:alice@{host}>")
            asked.headers.set("From", f"<sip:alice@{host}>;tag=f")
            challenge = world.answer(asked)
            assert challenge.status in (400, 401, 403)
            if challenge.status == 401:
                assert bytes(world.answer(prove(asked, challenge, "alice")))


async def test_a_connection_that_is_gone(world):
    world.register(source=TLS)
    assert len(world.locations()) == 1
    world.registrar.lost(replace(TLS, flow=4))
    assert len(world.locations()) == 1
    world.registrar.lost(TLS)
    assert (world.locations(), world.registrar.count) == ([], 0)


async def test_phones_behind_a_nat_are_asked_whether_they_are_there(world):
    world.register()
    for _ in range(3):
        await world.clock.advance(30)
        world.post.sent[-1].get_lost()
    assert world.locations() == []
    world.register()
    world.register("bob", "Another-horse-2", contact="<sip:bob@198.51.100.7:40000>")
    await world.clock.advance(30)
    assert [str(letter.request.uri) for letter in world.post.sent[3:]] == ["sip:alice@10.0.0.5:5060"]
    world.post.sent[-1].answer(200)
    world.register(contact="*", Expires="0")
    await world.clock.advance(300)
    assert len(world.post.sent) == 4


async def test_no_phone_is_asked_where_that_is_switched_off(world):
    registrar = Registrar(
        world.post, world.clock, SeededChance(1), world.town, Names(world.town, world.town.domains),
        Gate("r", b"s"), Quota(20, 60.0), Complaints(world.clock, print),
        terms=Terms(least=600, longest=3600), keepalive=False,
    )  # fmt: skip
    asked = world.asked(Expires="3600")
    response = registrar.answer(prove(asked, registrar.answer(asked, PHONE, HERE), "alice"), PHONE, HERE)
    assert response.headers.all("Contact") == ["<sip:alice@10.0.0.5:5060>;expires=3600"]
    await world.clock.advance(100)
    assert world.post.sent == []
    registrar.close()
