import pytest

from hoyhoy.exchange.ports import Account
from hoyhoy.lines.sip.names import (
    CANDIDATES,
    SEARCHED,
    Names,
    is_active,
    is_here,
    is_loopback,
    is_under_suffix,
    may_show,
)
from hoyhoy.lines.sip.target import Target

from .town import PASSWORD, Town


def lists(domain):
    return domain.registration_credentials


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("192.0.2.1", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("pbx.example.com", True),
        ("192.0.2.2", False),
        ("acme.sip.twilio.com", False),
    ],
)
def test_whose_name(town, host, is_ours):
    names = Names(town, town.domains, ("pbx.example.com",))
    assert names.is_ours(host, Target("udp", "192.0.2.1", 5060)) is is_ours


def test_an_ipv6_address_is_ours_however_it_is_written(town):
    assert Names(town, town.domains).is_ours("[2001:DB8::0:1]", Target("udp", "2001:db8::1", 5060))


def test_the_domains_that_have_a_user(town):
    names = Names(town, town.domains)
    assert not names.has_domains()
    first, second = town.adds_domain("a.sip.twilio.com"), town.adds_domain("b.sip.twilio.com")
    town.maps(first, town.adds_users(alice=PASSWORD, bob=PASSWORD), "registrations")
    town.maps(second, town.adds_users(bob=PASSWORD), "registrations")

    def found(user, lists=lists):
        return [(domain.sid, password) for domain, password in names.domains_of_user(user, lists)]

    assert found("alice") == [(first, PASSWORD)]
    assert found("bob") == [(first, PASSWORD), (second, PASSWORD)]
    assert found("carol") == found("alice", lambda one: one.call_credentials) == []
    assert names.has_domains()


def test_among_many_domains_the_oldest_are_looked_at(town):
    """Strangers would make us read all lists for each of their requests; and who comes later takes nobody's place."""
    domain = town.adds_domain("a.sip.twilio.com")
    town.maps(domain, town.adds_users(alice=PASSWORD), "registrations")
    users = town.adds_users(alice=PASSWORD, bob=PASSWORD)
    for number in range(SEARCHED):
        other = town.adds_domain(f"{number}.sip.twilio.com")
        if number > SEARCHED - CANDIDATES - 2:
            town.maps(other, users, "registrations")
    town.maps(town.adds_domain("last.sip.twilio.com"), town.adds_users(carol=PASSWORD), "registrations")
    names = Names(town, town.domains)
    assert names.domains_of_user("carol", lists) == []
    found = names.domains_of_user("alice", lists)
    assert (found[0][0].sid, len(found)) == (domain, CANDIDATES)
    assert len(names.domains_of_user("bob", lists)) == CANDIDATES


def test_accounts_at_rest(town):  # messaging reference 3.1
    town.accounts["AC3"] = Account("AC3", "t", "active", "AC2", "")
    assert all(is_active(town, sid) for sid in ("AC1", "AC2", "AC3"))
    town.accounts["AC2"] = Account("AC2", "t", "suspended", "", "")
    assert [is_active(town, sid) for sid in ("AC1", "AC2", "AC3", "AC4")] == [True, False, False, False]


def test_what_an_account_may_show(town):  # voice reference 2.7.1
    town.owns("AC1", "+14155550100")
    town.verified.add(("AC1", "+14155550199"))
    assert may_show(town, "AC1", "+14155550100")
    assert may_show(town, "AC1", "+14155550199")
    assert not may_show(town, "AC2", "+14155550100")
    assert not may_show(town, "AC2", "+14155550199")
    assert not may_show(town, "AC1", "+14155550101")


@pytest.mark.parametrize(
    ("host", "so"), [("127.0.0.1", True), ("::1", True), ("[::1]", True), ("192.0.2.1", False), ("localhost", False)]
)
def test_loopback(host, so):
    assert is_loopback(host) is so


@pytest.mark.parametrize(
    ("host", "so"),
    [
        ("nosuch.sip.twilio.com", True),
        ("NoSuch.SIP.dublin.Twilio.com.", True),
        ("sip.twilio.com", True),
        ("acme.pstn.twilio.com", False),
        ("sip.twilio.com.example", False),
        ("gossip.twilio.com", False),
        ("192.0.2.1", False),
    ],
)
def test_names_of_domains(host, so):  # voice reference 10.1
    assert is_under_suffix(host) is so


@pytest.mark.parametrize(
    ("host", "so"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("2001:db8::1", False), ("a.b", False)]
)
def test_addresses_of_this_machine(host, so):
    assert is_here(host) is so
