"""SIP domains, trunks and who is let in (voice reference 10.1, 10.2)."""

from __future__ import annotations

from typing import Any

import pytest

from hoyhoy.exchange.ports import Column, Domain, Origination, Row, SipTrunk, Steering, Table
from hoyhoy.store.sip_directory import SipDirectory

from .places import Place
from .test_directory import write

DOMAIN = {"account_sid": "AC1", "domain_name": "Acme.sip.twilio.com", "voice_url": "http://app/voice"}
TRUNK = {"account_sid": "AC1", "domain_name": "acme.pstn.twilio.com", "friendly_name": "Ours"}


def follow(directory: SipDirectory, table: str, sid: str, values: dict[str, Any] | None, *, new: bool = False) -> None:
    directory.take(Row(table, sid, values, new=new))


def mapped(directory: SipDirectory, table: str, owner: str, purpose: str, one: str) -> None:
    column = "domain_sid" if table == "sip_domain_lists" else "trunk_sid"
    values = {column: owner, "list_sid": one, "purpose": purpose}
    follow(directory, table, f"{owner} {purpose} {one}", values, new=True)


@pytest.fixture
def directory() -> SipDirectory:
    made = SipDirectory()
    follow(made, "sip_domains", "SD1", DOMAIN, new=True)
    follow(made, "trunks", "TK1", TRUNK, new=True)
    return made


def test_a_domain_and_what_it_says(directory: SipDirectory) -> None:
    plain = Domain("SD1", "AC1", "acme.sip.twilio.com", Steering("http://app/voice"))
    assert directory.domain_of("SD1") == plain == directory.domain("ACME.sip.twilio.COM")
    steering = {
        "voice_method": "GET",
        "voice_fallback_url": "http://app/plan-b",
        "voice_fallback_method": "GET",
        "voice_status_callback_url": "http://app/told",
        "voice_status_callback_method": "GET",
    }
    follow(directory, "sip_domains", "SD1", {**steering, "sip_registration": True, "secure": True})
    told = Steering("http://app/voice", "GET", "http://app/plan-b", "GET", "http://app/told", "GET")
    assert directory.domain_of("SD1") == Domain("SD1", "AC1", "acme.sip.twilio.com", told, registers=True, secure=True)
    assert directory.domain_of("SD2") is None is directory.domain("other.sip.twilio.com")


@pytest.mark.parametrize(
    ("name", "is_found"),
    [
        ("acme.sip.twilio.com.", True),
        ("acme.sip.dublin.twilio.com", True),
        ("Acme.Sip.US1.twilio.com", True),
        ("acme.sip.dublin.example.com", False),
        ("acme.sip.a.b.twilio.com", False),
        ("acme.pstn.twilio.com", False),
        ("acme", False),
        ("", False),
    ],
)
def test_names(directory: SipDirectory, name: str, is_found: bool) -> None:
    assert (directory.domain(name) is not None) is is_found
    assert (directory.trunk_at(name.replace("sip", "pstn").replace("Sip", "pstn")) is not None) is (
        is_found or name == "acme.pstn.twilio.com"
    )


def test_all_domains_oldest_first(directory: SipDirectory) -> None:
    follow(directory, "sip_domains", "SD0", {"account_sid": "AC2", "domain_name": "b.sip.twilio.com"}, new=True)
    first, second = directory.domains()
    assert (first, second) == (directory.domain_of("SD1"), directory.domain_of("SD0"))
    assert directory.domains() is directory.domains(), "it is not made for each question"
    mapped(directory, "sip_domain_lists", "SD0", "registrations", "CL1")
    assert [one.registration_credentials for one in directory.domains()] == [(), ("CL1",)]
    follow(directory, "sip_domains", "SD1", None)
    assert [one.sid for one in directory.domains()] == ["SD0"]


def test_a_renamed_domain_is_no_longer_at_its_old_name(directory: SipDirectory) -> None:
    follow(directory, "sip_domains", "SD1", {"domain_name": "roadrunner.sip.twilio.com"})
    assert directory.domain("acme.sip.twilio.com") is None
    found = directory.domain("roadrunner.sip.twilio.com")
    assert found and (found.sid, found.name) == ("SD1", "roadrunner.sip.twilio.com")
    follow(directory, "sip_domains", "SD2", {**DOMAIN, "account_sid": "AC2"}, new=True)
    follow(directory, "sip_domains", "SD1", None)
    assert directory.domain("roadrunner.sip.twilio.com") is None is directory.domain_of("SD1")
    found = directory.domain("acme.sip.twilio.com")
    assert found and found.account == "AC2", "another account took it"
    follow(directory, "sip_domains", "SD1", {"secure": True})
    assert directory.domain_of("SD1") is None, "a late change brings nothing back"


def test_a_name_stays_with_the_latest_of_two(directory: SipDirectory) -> None:
    follow(directory, "sip_domains", "SD2", DOMAIN, new=True)
    follow(directory, "sip_domains", "SD1", None)
    found = directory.domain("acme.sip.twilio.com")
    assert found and found.sid == "SD2"


def test_the_lists_of_a_domain(directory: SipDirectory) -> None:
    assert directory.domain_of("SD1")
    for purpose, one in (
        ("call-credentials", "CL2"),
        ("call-addresses", "AL1"),
        ("call-credentials", "CL1"),
        ("registrations", "CL1"),
    ):
        mapped(directory, "sip_domain_lists", "SD1", purpose, one)
    found = directory.domain_of("SD1")
    assert found and (found.call_credentials, found.call_addresses) == (("CL2", "CL1"), ("AL1",))
    assert found.registration_credentials == ("CL1",)
    follow(directory, "sip_domain_lists", "SD1 call-credentials CL2", None)
    found = directory.domain("acme.sip.twilio.com")
    assert found and (found.call_credentials, found.registration_credentials) == (("CL1",), ("CL1",))


def test_a_trunk_and_what_it_says(directory: SipDirectory) -> None:
    trunk = SipTrunk("TK1", "AC1", "Ours", "acme.pstn.twilio.com")
    assert directory.trunk("TK1") == trunk == directory.trunk_at("Acme.pstn.twilio.com")
    told = {
        "disaster_recovery_url": "http://app/disaster",
        "disaster_recovery_method": "GET",
        "secure": True,
        "transfer_mode": "enable-all",
        "transfer_caller_id": "from-transferor",
        "mode": "record-from-answer-dual",
        "trim": "trim-silence",
    }
    follow(directory, "trunks", "TK1", told)
    mapped(directory, "trunk_lists", "TK1", "call-credentials", "CL1")
    mapped(directory, "trunk_lists", "TK1", "call-addresses", "AL1")
    assert directory.trunk("TK1") == SipTrunk(
        "TK1",
        "AC1",
        "Ours",
        "acme.pstn.twilio.com",
        credentials=("CL1",),
        addresses=("AL1",),
        disaster=Steering("http://app/disaster", "GET"),
        secure=True,
        transfer_mode="enable-all",
        transfer_caller_id="from-transferor",
        recording_mode="record-from-answer-dual",
        recording_trim="trim-silence",
    )
    follow(directory, "trunks", "TK1", None)
    assert directory.trunk("TK1") is None is directory.trunk_at("acme.pstn.twilio.com")


def test_trunks_without_a_domain_are_at_no_name(directory: SipDirectory) -> None:
    for sid in ("TK2", "TK3"):
        follow(directory, "trunks", sid, {"account_sid": "AC1", "domain_name": None}, new=True)
    assert directory.trunk_at("") is None
    trunk = directory.trunk("TK3")
    assert trunk and trunk.domain == ""


def test_originations_in_the_order_in_which_they_are_tried(directory: SipDirectory) -> None:  # 10.2
    for sid, priority, enabled in (("OU1", 20, True), ("OU2", 10, True), ("OU3", 10, False)):
        values = {"trunk_sid": "TK1", "sip_url": f"sip:{sid}", "priority": priority, "weight": 5, "enabled": enabled}
        follow(directory, "origination_urls", sid, values, new=True)
    trunk = directory.trunk("TK1")
    assert trunk and trunk.originations == (
        Origination("sip:OU2", 10, 5),
        Origination("sip:OU3", 10, 5, enabled=False),
        Origination("sip:OU1", 20, 5),
    )
    follow(directory, "origination_urls", "OU1", {"priority": 0})
    follow(directory, "origination_urls", "OU3", None)
    trunk = directory.trunk("TK1")
    assert trunk and [one.url for one in trunk.originations] == ["sip:OU1", "sip:OU2"]


def credential(directory: SipDirectory, sid: str, one: str, username: str, password: str) -> None:
    values = {"credential_list_sid": one, "username": username, "password": password}
    follow(directory, "sip_credentials", sid, values, new=True)


def test_passwords(directory: SipDirectory) -> None:
    credential(directory, "SC1", "CL1", "ada", "first")
    credential(directory, "SC2", "CL2", "ada", "second")
    credential(directory, "SC3", "CL2", "bob", "third")
    assert directory.password(["CL1", "CL2"], "ada") == "first"
    assert directory.password(["CL2", "CL1"], "ada") == "second"
    assert directory.password(["CL1", "CL2"], "bob") == "third"
    assert directory.password(["CL1"], "bob") is None is directory.password([], "ada")
    assert directory.password(["CL1"], "Ada") is None, "capitals matter (10.1)"
    follow(directory, "sip_credentials", "SC1", {"password": "changed"})
    assert directory.password(["CL1"], "ada") == "changed"
    follow(directory, "sip_credentials", "SC1", None)
    assert directory.password(["CL1"], "ada") is None


def allow(directory: SipDirectory, sid: str, one: str, address: str, prefix: int) -> None:
    values = {"ip_access_control_list_sid": one, "ip_address": address, "cidr_prefix_length": prefix}
    follow(directory, "sip_ip_addresses", sid, values, new=True)


def test_addresses(directory: SipDirectory) -> None:
    allow(directory, "IP1", "AL1", "192.0.2.7", 32)
    allow(directory, "IP2", "AL1", "198.51.100.77", 24)
    allow(directory, "IP3", "AL2", "2001:db8::1", 64)

    def is_in(address: str, *lists: str) -> bool:
        return directory.admits(lists or ("AL1", "AL2"), address)

    assert is_in("192.0.2.7") and not is_in("192.0.2.8")
    assert is_in("198.51.100.0") and is_in("198.51.100.255") and not is_in("198.51.101.0")
    assert is_in("2001:db8::ffff") and not is_in("2001:db8:0:1::1") and not is_in("2001:db8::1", "AL1")
    assert is_in("::ffff:192.0.2.7"), "as a socket for both families writes it"
    assert not is_in("192.0.2.7", "AL2") and not directory.admits((), "192.0.2.7") and not is_in("192.0.2.7", "AL3")
    assert not is_in("") and not is_in("acme.sip.twilio.com") and not is_in("192.0.2.7/32")
    follow(directory, "sip_ip_addresses", "IP1", {"ip_address": "192.0.2.8"})
    assert is_in("192.0.2.8") and not is_in("192.0.2.7")
    follow(directory, "sip_ip_addresses", "IP1", None)
    assert not is_in("192.0.2.8")


def test_everybody(directory: SipDirectory) -> None:
    allow(directory, "IP1", "AL1", "0.0.0.0", 0)
    assert directory.admits(["AL1"], "203.0.113.9") and not directory.admits(["AL1"], "2001:db8::1")


TABLES = [
    Table(name, tuple(Column(column, secret=column == "password") for column in columns))
    for name, columns in (
        ("sip_domains", ("account_sid", "domain_name", "voice_url")),
        ("trunks", ("account_sid", "domain_name", "friendly_name")),
        ("sip_domain_lists", ("domain_sid", "list_sid", "purpose")),
        ("sip_credentials", ("credential_list_sid", "username", "password")),
    )
]


async def test_it_is_the_same_after_a_restart(place: Place) -> None:
    database = await place.open(tables=TABLES)
    write(database, "sip_domains", "SD1", DOMAIN, new=True)
    write(database, "trunks", "TK1", TRUNK, new=True)
    values = {"domain_sid": "SD1", "list_sid": "CL1", "purpose": "call-credentials"}
    write(database, "sip_domain_lists", "SD1CL1", values, new=True)
    values = {"credential_list_sid": "CL1", "username": "ada", "password": "hush"}
    write(database, "sip_credentials", "SC1", values, new=True)
    before = database.directory.domain("acme.sip.twilio.com"), database.directory.trunk("TK1")
    assert all(before) and before[0] and before[0].call_credentials == ("CL1",)
    await database.close()
    assert "hush" not in str(place.look("SELECT * FROM sip_credentials"))
    database = await place.open(tables=TABLES)
    assert (database.directory.domain("acme.sip.twilio.com"), database.directory.trunk("TK1")) == before
    assert database.directory.password(["CL1"], "ada") == "hush"
    await database.close()
