"""Voice reference 2.7.1, 3.1, 10.1, 10.2, 17.4; bad-inputs 2, 8, 9, 10."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.ports import Row
from hoyhoy.lines.quota import Quota
from hoyhoy.lines.sip.admission import Admission, Admitted
from hoyhoy.lines.sip.names import Names
from hoyhoy.lines.sip.refusal import Complaints
from hoyhoy.lines.sip.target import Target
from hoyhoy.lines.sip.trunk_settings import Trunk
from hoyhoy.wire.sip.authentication import Gate
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, Response, parse
from tests.wire.sip.torture import TORTURES

from .town import HERE, PASSWORD, PHONE, Town, ask, prove

DOMAIN = "acme.sip.twilio.com"
TRUNK = "acme.pstn.twilio.com"
OURS, OTHERS = "+14155550100", "+14155550111"
FAR = "+442071838750"
PBX = Target("udp", "203.0.113.9", 5060)
HOME = Target("udp", "127.0.0.1", 40000)
TLS = Target("tls", "198.51.100.7", 41000, flow=3)
PROVIDER = Target("udp", "192.0.2.77", 5060)
NORTH = Trunk("north", ("192.0.2.77",), ("+",), region="US", inbound_username="north", inbound_password=PASSWORD)


class Providers:
    def __init__(self) -> None:
        self.north = NORTH

    def provider_at(self, address: str, port: int) -> Trunk | None:
        return self.north if (address, port) == (PROVIDER.host, PROVIDER.port) else None

    def provider_of(self, username: str) -> Trunk | None:
        return self.north if username == "north" else None


class World:
    def __init__(self, *, open_house: bool = False) -> None:
        self.clock = VirtualClock(1_700_000_000)
        self.town, self.providers = Town(), Providers()
        self.told: list[tuple[str, int]] = []
        self.domain = self.town.adds_domain(DOMAIN)
        self.trunk = self.town.adds_trunk(TRUNK)
        self.town.owns("AC1", OURS)
        self.town.owns("AC2", OTHERS)
        self.admission = Admission(
            self.clock, SeededChance(1), self.town, Names(self.town, self.town.domains),
            Gate("sip.twilio.com", b"secret"), Quota(20, 60.0),
            Complaints(self.clock, lambda account, code, _: self.told.append((account, code))),
            self.providers, open_house=open_house,
        )  # fmt: skip

    def lets_in(self, owner: str, *networks: str, **users: str) -> None:
        if networks:
            self.town.maps(owner, self.town.adds_networks(*networks), "call-addresses")
        if users:
            self.town.maps(owner, self.town.adds_users(**users), "call-credentials")

    def asked(self, target: str, source: Target = PHONE, from_: str = f"sip:alice@{DOMAIN}", **options) -> Request:
        return ask("INVITE", target, from_=from_, source=source, **options)

    def judge(self, asked: Request, source: Target = PHONE) -> Admitted | Response:
        return self.admission.judge(asked, source, HERE)

    def call(self, target: str, source: Target = PHONE, username: str = "", password: str = PASSWORD, **options):
        asked = self.asked(target, source, **options)
        found = self.judge(asked, source)
        if username:
            assert isinstance(found, Response)
            found = self.judge(prove(asked, found, username, password), source)
        return found


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def house() -> World:
    return World(open_house=True)


def refused(found: Admitted | Response) -> tuple[int, str]:
    """Status and platform's code."""
    assert isinstance(found, Response)
    return found.status, (found.headers.get("X-Twilio-Error") or "").partition(" ")[0]


def admitted(found: Admitted | Response) -> Admitted:
    assert isinstance(found, Admitted), found
    return found


# SIP domains -----------------------------------------------------------------------------------


def test_a_phone_that_logs_in(world):  # 10.1, 3.1
    world.lets_in(world.domain, alice=PASSWORD)
    challenge = world.call(f"sip:100@{DOMAIN}")
    assert refused(challenge) == (407, "")
    assert challenge.headers.get("Proxy-Authenticate")
    call = admitted(world.call(f"sip:100@{DOMAIN}:5060;transport=udp", username="alice", X_Wish="a", X_Twilio_Y="b"))
    assert (call.account, call.caller, call.called) == ("AC1", f"sip:alice@{DOMAIN}", f"sip:100@{DOMAIN}")
    assert (call.callee, call.twiml, call.direction) == (world.town.domain(DOMAIN), "", "inbound")
    assert call.params == (
        ("SipDomain", DOMAIN),
        ("SipDomainSid", world.domain),
        ("SipCallId", "one"),
        ("SipSourceIp", PHONE.host),
        ("SipHeader_X-Wish", "a"),
    )


@pytest.mark.parametrize("place", ["acme.sip.dublin.twilio.com", "ACME.SIP.TWILIO.COM"])
def test_other_spellings_of_a_domain(world, place):
    world.lets_in(world.domain, alice=PASSWORD)
    assert admitted(world.call(f"sip:100@{place}", username="alice")).called == f"sip:100@{DOMAIN}"


@pytest.mark.parametrize(
    ("from_", "caller"),
    [
        (f"sip:alice@{DOMAIN}", f"sip:alice@{DOMAIN}"),
        ("sip:boss@example.com", f"sip:alice@{DOMAIN}"),
        (f"sip:{OTHERS}@{DOMAIN}", f"sip:alice@{DOMAIN}"),
        (f"sip:{OURS}@10.0.0.5", f"sip:{OURS}@{DOMAIN}"),
        ("sip:+14155550142@10.0.0.5", f"sip:+14155550142@{DOMAIN}"),
        ("tel:+14155550100", f"sip:+14155550100@{DOMAIN}"),
        ("sip:anonymous@anonymous.invalid", f"sip:alice@{DOMAIN}"),
    ],
)
def test_nobody_calls_as_somebody_else(world, from_, caller):  # bad-inputs 2
    world.lets_in(world.domain, alice=PASSWORD)
    world.town.verified.add(("AC1", "+14155550142"))
    found = world.call(f"sip:100@{DOMAIN}", username="alice", from_=from_, P_Asserted_Identity=f"<sip:{OTHERS}@x>")
    assert admitted(found).caller == caller


def test_an_exchange_that_is_known_by_its_address(world):
    world.lets_in(world.domain, "203.0.113.0/24")
    call = admitted(world.call(f"sip:100@{DOMAIN}", PBX, from_="sip:desk%20one@pbx.example.com:5080;x=y"))
    assert call.caller == "sip:desk%20one@pbx.example.com:5080"
    assert refused(world.call(f"sip:100@{DOMAIN}")) == (407, ""), "strangers hear what they hear everywhere"
    assert world.told == [("AC1", 32201)]
    assert refused(world.call(f"sip:100@{DOMAIN}", username="alice")) == (403, "")


def test_both_lists_must_be_passed(world):  # 10.1
    world.lets_in(world.domain, "203.0.113.0/24", alice=PASSWORD)
    assert refused(world.call(f"sip:100@{DOMAIN}")) == (407, "")
    assert refused(world.call(f"sip:100@{DOMAIN}", username="alice", password="wrong")) == (403, "")
    assert refused(world.call(f"sip:100@{DOMAIN}", username="alice")) == (403, "32201"), "its user hears why"
    assert world.told == [("AC1", 32202), ("AC1", 32201)]
    assert refused(world.call(f"sip:100@{DOMAIN}", PBX)) == (407, "")
    assert admitted(world.call(f"sip:100@{DOMAIN}", PBX, username="alice"))


def test_a_domain_without_lists_lets_nobody_in(world):
    assert refused(world.call(f"sip:100@{DOMAIN}")) == (407, "")
    assert refused(world.call(f"sip:100@{DOMAIN}", username="alice")) == (403, "")
    assert set(world.told) == {("AC1", 32200)}


@pytest.mark.parametrize(("username", "password"), [("alice", "wrong"), ("mallory", PASSWORD), ("mallory", "")])
def test_wrong_passwords_and_unknown_users(world, username, password):  # bad-inputs 9
    world.lets_in(world.domain, alice=PASSWORD)
    response = world.call(f"sip:100@{DOMAIN}", username=username, password=password)
    assert refused(response) == (403, "")
    assert world.told == [("AC1", 32202)]


async def test_guessing_ends(world):
    world.lets_in(world.domain, alice=PASSWORD)
    answers = [world.call(f"sip:100@{DOMAIN}", username="alice", password=f"{at}") for at in range(20)]
    assert {refused(one) for one in answers} == {(403, "")}
    assert refused(world.call(f"sip:100@{DOMAIN}", username="alice", password="x")) == (503, "")
    assert refused(world.call(f"sip:100@{DOMAIN}", username="bob", password="x")) == (403, "")
    assert admitted(world.call(f"sip:100@{DOMAIN}", username="alice"))


async def test_a_stale_nonce_is_renewed(world):
    world.lets_in(world.domain, alice=PASSWORD)
    asked = world.asked(f"sip:100@{DOMAIN}")
    proven = prove(asked, world.judge(asked), "alice")
    await world.clock.advance(301)
    response = world.judge(proven)
    assert refused(response) == (407, "")
    assert "stale=true" in response.headers.get("Proxy-Authenticate")


def test_a_secure_domain(world):
    world.lets_in(world.domain, alice=PASSWORD)
    world.town.take(Row("sip_domains", world.domain, {"secure": True}))
    assert refused(world.call(f"sip:100@{DOMAIN}")) == (407, "")
    assert refused(world.call(f"sip:100@{DOMAIN}", username="alice")) == (403, "32209")
    assert admitted(world.call(f"sip:100@{DOMAIN}", TLS, username="alice"))


def test_a_domain_whose_calls_go_nowhere(world):
    world.lets_in(world.domain, alice=PASSWORD)
    world.town.take(Row("sip_domains", world.domain, {"voice_url": ""}))
    assert refused(world.call(f"sip:100@{DOMAIN}", username="alice")) == (404, "")
    assert world.told == [("AC1", 11100)]


def test_no_user_part(world):  # 32223
    world.lets_in(world.domain, "198.51.100.7")
    assert refused(world.call(f"sip:{DOMAIN}")) == (484, "32223")


def test_accounts_at_rest(world):
    world.lets_in(world.domain, "198.51.100.7")
    world.town.accounts["AC1"] = replace(world.town.accounts["AC1"], status="suspended")
    assert refused(world.call(f"sip:100@{DOMAIN}")) == (403, "")


# Strangers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["sip:100@other.sip.twilio.com", "sip:100@example.com", f"sip:{OURS}@example.com"])
def test_domains_we_do_not_have(world, target):
    """They ask and answer as those that we have (bad-inputs 9)."""
    world.lets_in(world.domain, alice=PASSWORD)
    ours = f"sip:100@{DOMAIN}"
    strange, known = world.call(target), world.call(ours)
    assert refused(strange) == refused(known) == (407, "")
    assert [name for name, _ in strange.headers] == [name for name, _ in known.headers]
    strange, known = (world.call(one, username="alice", password="wrong") for one in (target, ours))
    assert refused(strange) == refused(known) == (403, "")
    assert [name for name, _ in strange.headers] == [name for name, _ in known.headers]
    assert refused(world.call(target, username="alice")) == (403, "")


def test_strangers_at_our_address_learn_nothing(world):  # bad-inputs 9
    for target in (f"sip:{OURS}@192.0.2.1", "sip:+14155550199@192.0.2.1", "sip:192.0.2.1", "tel:+14155550100"):
        assert refused(world.call(target)) == (407, "")
        for username in ("mallory", "alice"):
            assert refused(world.call(target, username=username)) == (403, "")


def test_headers_of_strangers_open_nothing(world):  # bad-inputs 10
    for name in ("P-Asserted-Identity", "X-Twilio-AccountSid", "Remote-Party-ID", "X-Forwarded-For"):
        assert refused(world.call(f"sip:{OURS}@192.0.2.1", **{name.replace("-", "_"): f"<sip:{OURS}@192.0.2.77>"})) == (
            407,
            "",
        )


def test_malformed_credentials(world):
    world.lets_in(world.domain, alice=PASSWORD)
    assert refused(world.call(f"sip:100@{DOMAIN}", Proxy_Authorization='Digest username="alice"')) == (400, "")


def test_a_password_for_registration_opens_no_calls(world):
    world.town.maps(world.domain, world.town.adds_users(alice=PASSWORD), "registrations")
    world.lets_in(world.domain, bob=PASSWORD)
    assert refused(world.call(f"sip:100@{DOMAIN}", username="alice")) == (403, "")
    assert refused(world.call("sip:100@192.0.2.1", username="alice")) == (403, "")


@pytest.mark.parametrize("name", sorted(TORTURES))
def test_whatever_is_sent_gets_an_answer(house, name):  # RFC 4475, RFC 5118
    try:
        asked = parse(TORTURES[name].octets)
    except SipError:
        return
    if isinstance(asked, Request):
        for source in (PHONE, HOME, PROVIDER):
            for host in (asked.uri.host, DOMAIN, TRUNK, "192.0.2.1"):
                asked.uri = replace(asked.uri, host=host)
                assert isinstance(house.judge(asked, source), Admitted | Response)


# Our own address -------------------------------------------------------------------------------


def test_our_address_stands_for_the_domain_that_has_the_user(world):
    world.lets_in(world.domain, alice=PASSWORD)
    call = admitted(world.call("sip:100@192.0.2.1", username="alice"))
    assert (call.caller, call.called, call.account) == (f"sip:alice@{DOMAIN}", f"sip:100@{DOMAIN}", "AC1")
    world.lets_in(world.domain, "203.0.113.0/24")
    assert refused(world.call("sip:100@192.0.2.1", username="alice")) == (403, "32201")


def test_another_account_locks_nobody_out(world):
    """By whose password proves it: whoever makes a domain with the same user names takes nothing."""
    world.lets_in(world.domain, alice=PASSWORD)
    rival = world.town.adds_domain("rival.sip.twilio.com", "AC2")
    world.lets_in(rival, alice="Another-horse-2", north="Another-horse-2")
    assert admitted(world.call("sip:100@192.0.2.1", username="alice")).account == "AC1"
    assert admitted(world.call("sip:100@192.0.2.1", username="alice", password="Another-horse-2")).account == "AC2"
    assert admitted(world.call(f"sip:{OURS}@192.0.2.1", username="north")).account == "AC1", "the provider"
    assert refused(world.call("sip:100@192.0.2.1", username="alice", password="x")) == (403, "")


def test_our_address_opens_no_domain_that_is_shut(world):
    world.lets_in(world.domain, alice=PASSWORD)
    world.town.take(Row("sip_domains", world.domain, {"secure": True}))
    assert refused(world.call("sip:100@192.0.2.1", username="alice")) == (403, "32209")
    assert admitted(world.call("sip:100@192.0.2.1", TLS, username="alice"))


def test_in_an_open_house_a_phone_on_this_machine_calls_any_number(house):
    via = "SIP/2.0/UDP 127.0.0.1:40000;rport"
    call = admitted(house.call(f"sip:{OTHERS}@192.0.2.1", HOME, from_="sip:+14155550142@127.0.0.1", via=via))
    assert (call.account, call.caller, call.called) == ("AC2", "+14155550142", OTHERS)
    assert (call.callee, call.direction) == (house.town.numbers[OTHERS], "inbound")
    assert call.params[:2] == (("SipCallId", "one"), ("SipSourceIp", "127.0.0.1"))
    call = admitted(
        house.call("sip:(415)%20555-0111@localhost", HOME, from_="sip:me@127.0.0.1:5062;transport=udp", via=via)
    )
    assert (call.caller, call.called) == ("sip:me@127.0.0.1:5062", OTHERS)


def test_the_house_is_open_to_this_machine_only(house, world):
    assert refused(house.call(f"sip:{OURS}@192.0.2.1")) == (407, "")
    assert refused(world.call(f"sip:{OURS}@192.0.2.1", HOME)) == (407, "")


@pytest.mark.parametrize(
    ("via", "is_home"),
    [
        ("SIP/2.0/UDP 127.0.0.1:40000;rport", True),
        ("SIP/2.0/UDP 192.0.2.1:40000", True),  # our own address
        ("SIP/2.0/UDP localhost:40000", True),
        ("SIP/2.0/UDP 198.51.100.7:40000", False),
        ("SIP/2.0/UDP phone.example", False),
        ("SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKx, SIP/2.0/UDP 198.51.100.7:40000", False),
        ("SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKx, SIP/2.0/UDP 127.0.0.1:40000", False),
    ],
)
def test_what_others_say_is_not_at_home_because_it_is_passed_on_here(house, via, is_home):
    found = house.call(f"sip:{OURS}@192.0.2.1", HOME, via=via)
    assert isinstance(found, Admitted) is is_home


def test_other_numbers_in_an_open_house(house):
    via = "SIP/2.0/UDP 127.0.0.1:40000;rport"
    assert refused(house.call("sip:+14155550199@localhost", HOME, via=via)) == (407, ""), "a user may be meant"
    house.town.take(Row("sip_domains", house.domain, None))
    assert refused(house.call("sip:+14155550199@localhost", HOME, via=via)) == (404, "")
    assert refused(house.call("sip:+14155550199@localhost")) == (407, "")
    house.town.accounts["AC2"] = replace(house.town.accounts["AC2"], status="closed")
    assert refused(house.call(f"sip:{OTHERS}@localhost", HOME, via=via)) == (404, "")


# Customers' trunks -----------------------------------------------------------------------------


def test_termination(world):  # 10.2
    world.lets_in(world.trunk, "203.0.113.0/24")
    call = admitted(world.call(f"sip:{FAR}@{TRUNK};user=phone", PBX, from_=f"sip:{OURS}@pbx.example.com"))
    assert (call.account, call.caller, call.called) == ("AC1", OURS, FAR)
    assert (call.callee.sid, call.callee.account, call.callee.voice.url) == (world.trunk, "AC1", "")
    assert call.direction == "trunking-terminating"
    assert call.twiml == (
        f'<Response><Dial answerOnBridge="true" timeout="120" callerId="{OURS}">'
        f"<Number>{FAR}</Number></Dial></Response>"
    )
    assert call.params == (("SipCallId", "one"), ("SipSourceIp", PBX.host))


def test_a_trunk_that_records(world):
    world.lets_in(world.trunk, "203.0.113.0/24")
    world.town.take(Row("trunks", world.trunk, {"mode": "record-from-answer-dual", "trim": "trim-silence"}))
    call = admitted(world.call(f"sip:{FAR}@{TRUNK}", PBX, from_=f"sip:{OURS}@pbx"))
    assert ' record="record-from-answer-dual" trim="trim-silence">' in call.twiml


@pytest.mark.parametrize("from_", [f"sip:{OURS}@x", "sip:14155550100@x", "sip:4155550100@x", "tel:+1-415-555-0100"])
def test_ways_to_write_an_own_number(world, from_):
    world.lets_in(world.trunk, pbx=PASSWORD)
    assert admitted(world.call(f"sip:{FAR}@{TRUNK}", username="pbx", from_=from_)).caller == OURS


@pytest.mark.parametrize(
    ("from_", "asserts", "code"),
    [
        (f"sip:{OTHERS}@x", "", "32204"),
        ("sip:+14155550199@x", f"<sip:{OTHERS}@x>", "32204"),
        ("sip:desk@x", "", "32206"),
        ("sip:anonymous@anonymous.invalid", f"<tel:{OURS}>", ""),
        (f"sip:{OTHERS}@x", f"<tel:{OURS}>", ""),
    ],
)
def test_only_own_numbers_are_shown(world, from_, asserts, code):
    world.lets_in(world.trunk, "203.0.113.0/24")
    headers = {"P_Asserted_Identity": asserts} if asserts else {}
    found = world.call(f"sip:{FAR}@{TRUNK}", PBX, from_=from_, **headers)
    if code:
        assert refused(found) == (403, code)
        assert world.told == [("AC1", int(code))]
    else:
        assert admitted(found).caller == OURS


@pytest.mark.parametrize("user", ["4155550142", "100", "%3CHangup%2F%3E", "+0", "+1415555014212345678"])
def test_only_e164_is_called(world, user):  # 32101
    world.lets_in(world.trunk, "203.0.113.0/24")
    assert refused(world.call(f"sip:{user}@{TRUNK}", PBX, from_=f"sip:{OURS}@x")) == (400, "32101")


def test_trunks_ask_who_comes(world):
    assert refused(world.call(f"sip:{FAR}@{TRUNK}", PBX)) == (407, "")
    assert world.told == [("AC1", 32200)]
    world.lets_in(world.trunk, "203.0.113.0/24", pbx=PASSWORD)
    assert refused(world.call(f"sip:{FAR}@{TRUNK}", username="pbx")) == (403, "32201")
    assert refused(world.call(f"sip:{FAR}@{TRUNK}", PBX)) == (407, "")
    assert refused(world.call(f"sip:{FAR}@{TRUNK}", PBX, username="pbx", password="wrong")) == (403, "")
    world.town.take(Row("trunks", world.trunk, {"secure": True}))
    assert refused(world.call(f"sip:{FAR}@{TRUNK}", PBX, username="pbx")) == (403, "32209")


# Providers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "to"),
    [
        (f"sip:{OURS}@192.0.2.1", ""),
        ("sip:4155550100@192.0.2.1", ""),
        (f"sip:{OURS}@whatever.example.com", ""),
        (f"tel:{OURS}", ""),
        ("sip:hoyhoy@192.0.2.1", f"sip:{OURS}@192.0.2.77"),
        ("sip:hoyhoy@192.0.2.1", "sip:14155550100@192.0.2.77"),
    ],
)
def test_a_call_from_the_real_world(world, target, to):
    call = admitted(world.call(target, PROVIDER, from_="sip:4155550142@provider", to=to))
    assert (call.account, call.caller, call.called) == ("AC1", "+14155550142", OURS)
    assert (call.callee, call.params, call.direction) == (world.town.numbers[OURS], (), "inbound")


def test_national_numbers_are_read_as_the_provider_writes_them(world):
    world.providers.north = replace(NORTH, region="GB")
    world.town.owns("AC1", FAR)
    call = admitted(world.call("sip:02071838750@192.0.2.1", PROVIDER, from_="sip:02071838751@provider"))
    assert (call.called, call.caller) == (FAR, "+442071838751")


def test_numbers_nobody_has(world):
    assert refused(world.call("sip:+14155550199@192.0.2.1", PROVIDER)) == (404, "")
    world.town.accounts["AC1"] = replace(world.town.accounts["AC1"], status="closed")
    assert refused(world.call(f"sip:{OURS}@192.0.2.1", PROVIDER)) == (404, "")


def test_what_only_trusted_providers_say(world):  # bad-inputs 10
    said = {"P_Asserted_Identity": "<sip:+14155550177@x>", "Diversion": "<sip:4155550166@x>"}
    call = admitted(world.call(f"sip:{OURS}@192.0.2.1", PROVIDER, from_="sip:4155550142@x", **said))
    assert (call.caller, call.params) == ("+14155550142", ())
    world.providers.north = replace(NORTH, trusted=True)
    call = admitted(world.call(f"sip:{OURS}@192.0.2.1", PROVIDER, from_="sip:4155550142@x", **said))
    assert call.caller == "+14155550177"
    assert call.params == (("ForwardedFrom", "+14155550166"), ("CalledVia", "+14155550166"))
    call = admitted(world.call(f"sip:{OURS}@192.0.2.1", PROVIDER, Privacy="id", **said))
    assert call.caller == "anonymous"


def test_a_provider_that_logs_in(world):
    call = admitted(world.call(f"sip:{OURS}@192.0.2.1", username="north", from_="sip:4155550142@x"))
    assert (call.account, call.caller) == ("AC1", "+14155550142")
    assert refused(world.call(f"sip:{OURS}@192.0.2.1", username="north", password="wrong")) == (403, "")


# The line's face -------------------------------------------------------------------------------


class Arrived:
    """As the endpoint hands it up."""

    def __init__(self, request: Request, source: Target) -> None:
        self.request, self.source, self.local = request, source, HERE
        self.said: list[int] = []

    def respond(self, response: Response) -> None:
        self.said.append(response.status)


def test_refusals_are_sent(world):
    world.lets_in(world.domain, "203.0.113.0/24")
    stranger = Arrived(world.asked(f"sip:100@{DOMAIN}"), PHONE)
    assert world.admission.admit(stranger) is None
    assert stranger.said == [407]
    known = Arrived(world.asked(f"sip:100@{DOMAIN}", PBX), PBX)
    assert world.admission.admit(known)
    assert known.said == []
