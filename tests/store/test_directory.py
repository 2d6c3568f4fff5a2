from __future__ import annotations

from typing import Any

from hoyhoy.exchange.events import Entry, ResourceChanged
from hoyhoy.exchange.ports import Account, Row, Sender, Service, Steering
from hoyhoy.store.database import Database
from hoyhoy.store.directory import Directory

from .places import Place
from .sample import CALLS


def write(database: Database, table: str, sid: str, values: dict[str, Any] | None, *, new: bool = False) -> None:
    database.journal.record(
        sid, "AC1", ResourceChanged(table=table, change="updated"), [Row(table, sid, values, new=new)]
    )


def buy(database: Database, sid: str, number: str, account: str = "AC1", **values: Any) -> None:
    write(database, "incoming_phone_numbers", sid, {"account_sid": account, "phone_number": number, **values}, new=True)


async def test_an_account_is_known_at_once(database: Database) -> None:
    write(
        database,
        "accounts",
        "AC1",
        {"auth_token": "t", "status": "active", "owner_account_sid": "AC1", "friendly_name": "Mine"},
        new=True,
    )
    assert database.directory.account("AC1") == Account("AC1", "t", "active", "AC1", "Mine")
    write(database, "accounts", "AC1", {"status": "suspended"})
    assert database.directory.account("AC1") == Account("AC1", "t", "suspended", "AC1", "Mine")
    write(database, "accounts", "AC2", {"auth_token": "u"}, new=True)
    assert [account.sid for account in database.directory.accounts()] == ["AC1", "AC2"]
    write(database, "accounts", "AC1", None)
    assert database.directory.account("AC1") is None


async def test_a_number_steers_voice_and_messaging_apart(database: Database) -> None:
    buy(
        database,
        "PN1",
        "+15005550006",
        voice_url="http://a/voice",
        voice_method="GET",
        voice_fallback_url="http://b/voice",
        voice_fallback_method=None,
        status_callback="http://a/status",
        sms_url="http://a/sms",
        sms_fallback_url=None,
    )
    number = database.directory.number("+15005550006")
    assert number and (number.sid, number.account) == ("PN1", "AC1")
    assert number.voice == Steering("http://a/voice", "GET", "http://b/voice", "POST", "http://a/status", "POST")
    assert number.messaging == Steering("http://a/sms")
    write(database, "incoming_phone_numbers", "PN1", {"sms_method": "GET", "voice_url": ""})
    number = database.directory.number("+15005550006")
    assert number and (number.messaging.method, number.voice.url) == ("GET", "")


async def test_numbers_of_an_account_oldest_first(database: Database) -> None:
    buy(database, "PN9", "+15005550001")
    buy(database, "PN5", "+15005550002", account="AC2")
    buy(database, "PN1", "+15005550003")
    assert [number.sid for number in database.directory.numbers("AC1")] == ["PN9", "PN1"]
    assert database.directory.numbers("AC3") == []


async def test_a_number_released_or_changed_is_no_longer_there(database: Database) -> None:
    buy(database, "PN1", "+15005550001")
    write(database, "incoming_phone_numbers", "PN1", {"phone_number": "+15005550002"})
    assert database.directory.number("+15005550001") is None
    assert database.directory.number("+15005550002") is not None
    write(database, "incoming_phone_numbers", "PN1", None)
    assert database.directory.number("+15005550002") is None
    assert database.directory.numbers("AC1") == []
    write(database, "incoming_phone_numbers", "PN1", {"voice_url": "http://late"})
    assert database.directory.numbers("AC1") == []


async def test_a_number_bought_again_belongs_to_the_new_owner(database: Database) -> None:
    buy(database, "PN1", "+15005550001")
    buy(database, "PN2", "+15005550001", account="AC2")
    write(database, "incoming_phone_numbers", "PN1", None)
    number = database.directory.number("+15005550001")
    assert number and number.account == "AC2"


async def test_it_is_the_same_after_a_restart(place: Place) -> None:
    database = await place.open()
    write(database, "accounts", "AC1", {"auth_token": "t", "status": "active"}, new=True)
    buy(database, "PN2", "+15005550002", voice_url="http://a")
    buy(database, "PN1", "+15005550001")
    before = (database.directory.accounts(), database.directory.numbers("AC1"))
    await database.close()
    database = await place.open()
    assert (database.directory.accounts(), database.directory.numbers("AC1")) == before
    await database.close()


async def test_a_store_without_customers(place: Place) -> None:
    database = await place.open(tables=[CALLS])
    assert database.directory.account("AC1") is None
    await database.close()


def follow(directory: Directory, table: str, sid: str, values: dict[str, Any] | None, *, new: bool = False) -> None:
    entry = Entry(1, 0.0, sid, "AC1", ResourceChanged(table=table, change="updated"))
    directory.heard(entry, [Row(table, sid, values, new=new)])


def test_an_application_steers_the_numbers_that_name_it() -> None:
    # voice 1.1; messaging 1.7: the callback about messages has an older name
    app = {"voice_url": "http://app/voice", "sms_url": "http://app/sms", "sms_status_callback": "http://app/old"}
    named = {"voice_application_sid": "AP1", "sms_application_sid": "AP1"}
    directory = Directory(
        {
            "applications": [
                {"sid": "AP1", "account_sid": "AC1", **app},
                {"sid": "AP2", "account_sid": "AC2", **app},
            ],
            "incoming_phone_numbers": [
                {"sid": "PN1", "account_sid": "AC1", "phone_number": "+15005550001", **named},
                {"sid": "PN2", "account_sid": "AC1", "phone_number": "+15005550002", "voice_application_sid": "AP2"},
            ],
        }
    )
    one, two = directory.numbers("AC1")
    assert one.voice == Steering("http://app/voice", application="AP1")
    assert one.messaging == Steering("http://app/sms", status_callback="http://app/old", application="AP1")
    assert two.voice == Steering(), "another account's application"
    follow(directory, "applications", "AP1", {"message_status_callback": "http://app/new"})
    number = directory.number("+15005550001")
    assert number and number.messaging.status_callback == "http://app/new"
    follow(directory, "applications", "AP1", None)
    number = directory.number("+15005550001")
    assert number and number.voice == Steering()


def test_a_number_on_a_trunk() -> None:  # voice reference 9
    directory = Directory(
        {
            "trunks": [{"sid": "TK1", "account_sid": "AC1"}, {"sid": "TK2", "account_sid": "AC2"}],
            "incoming_phone_numbers": [
                {"sid": f"PN{n}", "account_sid": "AC1", "phone_number": f"+1500555000{n}", "trunk_sid": trunk}
                for n, trunk in enumerate(("TK1", "TK2", None))
            ],
        }
    )
    assert [one.trunk for one in directory.numbers("AC1")] == ["TK1", "", ""], "another account's has none of its calls"
    follow(directory, "incoming_phone_numbers", "PN2", {"trunk_sid": "TK1"})
    follow(directory, "incoming_phone_numbers", "PN1", {"trunk_sid": None})
    assert [one.trunk for one in directory.numbers("AC1")] == ["TK1", "", "TK1"]
    follow(directory, "trunks", "TK1", None)
    assert [one.trunk for one in directory.numbers("AC1")] == ["", "", ""]


def test_sip_is_a_part_of_it() -> None:
    directory = Directory(
        {
            "sip_domains": [{"sid": "SD1", "account_sid": "AC1", "domain_name": "acme.sip.twilio.com"}],
            "trunks": [{"sid": "TK1", "account_sid": "AC1", "domain_name": "acme.pstn.twilio.com"}],
        }
    )
    follow(
        directory, "sip_credentials", "SC1", {"credential_list_sid": "CL1", "username": "a", "password": "b"}, new=True
    )
    network = {"ip_access_control_list_sid": "AL1", "ip_address": "192.0.2.1", "cidr_prefix_length": 32}
    follow(directory, "sip_ip_addresses", "IP1", network, new=True)
    domain, trunk = directory.domain("acme.sip.twilio.com"), directory.trunk_at("acme.pstn.twilio.com")
    assert domain and directory.domain_of("SD1") is domain and directory.domains() == (domain,)
    assert trunk and directory.trunk("TK1") is trunk
    assert directory.password(["CL1"], "a") == "b"
    assert directory.admits(["AL1"], "192.0.2.1") and not directory.admits(["AL1"], "192.0.2.2")


def test_a_changed_application_makes_only_its_own_numbers_anew() -> None:
    directory = Directory(
        {
            "applications": [{"sid": "AP1", "account_sid": "AC1", "voice_url": "http://app/old"}],
            "incoming_phone_numbers": [
                {"sid": f"PN{n}", "account_sid": "AC1", "phone_number": f"+1500555000{n}", "voice_application_sid": app}
                for n, app in enumerate(("AP1", None, "AP2", "AP1"))
            ],
        }
    )
    before = directory.numbers("AC1")
    follow(directory, "incoming_phone_numbers", "PN3", {"voice_application_sid": ""})
    follow(directory, "incoming_phone_numbers", "PN2", {"sms_application_sid": "AP1"})
    before[2:] = directory.numbers("AC1")[2:]
    follow(directory, "applications", "AP1", {"voice_url": "http://app/new"})
    after = directory.numbers("AC1")
    assert [one is other for one, other in zip(before, after, strict=True)] == [False, True, False, True]
    assert after[0].voice.url == "http://app/new"
    follow(directory, "incoming_phone_numbers", "PN2", None)
    follow(directory, "incoming_phone_numbers", "PN0", None)
    follow(directory, "applications", "AP1", None)
    assert [one.sid for one in directory.numbers("AC1")] == ["PN1", "PN3"]


def test_as_many_numbers_as_are_asked_for() -> None:
    def rows(table: str, column: str) -> dict[str, list[dict[str, Any]]]:
        return {table: [{"sid": f"{table[0]}{n}", "account_sid": f"AC{n % 2}", column: str(n)} for n in range(4)]}

    directory = Directory(rows("short_codes", "short_code") | rows("incoming_phone_numbers", "phone_number"))
    assert [one.sid for one in directory.numbers("AC1")] == ["i1", "i3", "s1", "s3"]
    assert [one.sid for one in directory.numbers("AC1", 1)] == ["i1"]
    assert [one.sid for one in directory.numbers("AC1", 3)] == ["i1", "i3", "s1"]
    assert directory.numbers("AC2", 1) == []


def test_numbers_that_change_hands_keep_their_age() -> None:
    """So the order is that of the next start."""
    rows = [{"sid": f"PN{n}", "account_sid": f"AC{n % 2}", "phone_number": str(n)} for n in range(5)]
    directory = Directory({"incoming_phone_numbers": rows})
    follow(directory, "incoming_phone_numbers", "PN2", {"account_sid": "AC1"})
    assert [one.sid for one in directory.numbers("AC1")] == ["PN1", "PN2", "PN3"]
    assert [one.sid for one in directory.numbers("AC0")] == ["PN0", "PN4"]
    follow(directory, "incoming_phone_numbers", "PN4", {"account_sid": "AC1"})
    follow(directory, "incoming_phone_numbers", "PN9", {"account_sid": "AC1", "phone_number": "9"}, new=True)
    assert [one.sid for one in directory.numbers("AC1")] == ["PN1", "PN2", "PN3", "PN4", "PN9"]


def test_a_number_verified_twice() -> None:
    for gone, left in (("PN1", "PN2"), ("PN2", "PN1")):
        directory = Directory()
        for sid in ("PN1", "PN2"):
            caller_id = {"account_sid": "AC1", "phone_number": "+15005550001"}
            follow(directory, "outgoing_caller_ids", sid, caller_id, new=True)
        follow(directory, "outgoing_caller_ids", "PN1", {"friendly_name": "Ada"})
        assert directory.caller_id("AC1", "+15005550001") == "PN2"
        follow(directory, "outgoing_caller_ids", gone, None)
        assert directory.caller_id("AC1", "+15005550001") == left
        follow(directory, "outgoing_caller_ids", left, None)
        assert not directory.is_verified("AC1", "+15005550001")


def test_caller_ids() -> None:
    directory = Directory()
    caller_id = {"account_sid": "AC1", "phone_number": "+15005550001"}
    follow(directory, "outgoing_caller_ids", "PN1", caller_id, new=True)
    assert directory.is_verified("AC1", "+15005550001") and directory.caller_id("AC1", "+15005550001") == "PN1"
    assert not directory.is_verified("AC2", "+15005550001") and directory.caller_id("AC2", "+15005550001") == ""
    follow(directory, "outgoing_caller_ids", "PN1", {"friendly_name": "Ada"})
    assert directory.caller_id("AC1", "+15005550001") == "PN1"
    follow(directory, "outgoing_caller_ids", "PN1", None)
    assert directory.caller_id("AC1", "+15005550001") == ""


SERVICE: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "incoming_phone_numbers": [
        ("PN1", {"account_sid": "AC1", "phone_number": "+14155550100"}),
        ("PN2", {"account_sid": "AC2", "phone_number": "+442071838750"}),
    ],
    "short_codes": [("SC1", {"account_sid": "AC1", "short_code": "12345"})],
    "messaging_services": [
        ("MG1", {"account_sid": "AC1", "inbound_request_url": "http://in", "status_callback": "http://told"})
    ],
    "alpha_senders": [("AI1", {"account_sid": "AC1", "service_sid": "MG1", "alpha_sender": "Acme"})],
    "service_short_codes": [("SC1", {"account_sid": "AC1", "service_sid": "MG1"})],
    "service_phone_numbers": [(sid, {"account_sid": "AC1", "service_sid": "MG1"}) for sid in ("PN1", "PN2", "PN3")],
}


def test_a_messaging_service_and_its_senders() -> None:  # messaging 1.12
    directory = Directory()
    for table, rows in SERVICE.items():
        for sid, values in rows:
            follow(directory, table, sid, values, new=True)
            directory.service("MG1")
    service = directory.service("MG1")
    senders = (Sender("PN1", "+14155550100", "US"), Sender("SC1", "12345", "US"), Sender("AI1", "Acme", mms=False))
    assert service == Service("MG1", "AC1", Steering("http://in", status_callback="http://told"), senders)
    number, other, short = (directory.number(one) for one in ("+14155550100", "+442071838750", "12345"))
    assert number and other and short
    assert directory.service_of(number) is service is directory.service_of(short)
    assert directory.service_of(other) is None, "it is another account's now"
    off = {"sticky_sender": False, "area_code_geomatch": False, "smart_encoding": False, "validity_period": 60}
    follow(directory, "messaging_services", "MG1", {**off, "use_inbound_webhook_on_number": True})
    follow(directory, "incoming_phone_numbers", "PN1", None)
    service = directory.service("MG1")
    assert service and [one.sid for one in service.senders] == ["SC1", "AI1"]
    assert (service.sticky, service.geomatch, service.smart_encoding, service.asks_numbers) == (False,) * 3 + (True,)
    assert service.validity_period == 60
    follow(directory, "messaging_services", "MG1", None)
    assert directory.service("MG1") is None is directory.service_of(short)


def test_a_change_makes_only_its_own_messaging_service_anew() -> None:
    directory = Directory(
        {
            "messaging_services": [{"sid": f"MG{n}", "account_sid": "AC1"} for n in range(3)],
            "incoming_phone_numbers": [{"sid": f"PN{n}", "account_sid": "AC1", "phone_number": n} for n in "012"],
            "service_phone_numbers": [{"sid": f"PN{n}", "service_sid": f"MG{n}"} for n in (0, 1)],
        }
    )

    def changed(table: str, sid: str, values: dict[str, Any] | None, *, new: bool = False) -> list[int]:
        before = [directory.service(f"MG{n}") for n in range(3)]
        follow(directory, table, sid, values, new=new)
        return [n for n in range(3) if directory.service(f"MG{n}") is not before[n]]

    assert changed("incoming_phone_numbers", "PN0", {"voice_url": "http://new"}) == [0]
    assert changed("incoming_phone_numbers", "PN2", {"voice_url": "http://new"}) == []
    assert changed("service_phone_numbers", "PN2", {"service_sid": "MG1"}, new=True) == [1]
    assert changed("service_phone_numbers", "PN2", {"service_sid": "MG2"}) == [1, 2]
    assert changed("messaging_services", "MG1", {"sticky_sender": False}) == [1]
    assert changed("alpha_senders", "AI1", {"service_sid": "MG2", "alpha_sender": "Acme"}, new=True) == [2]
    assert changed("incoming_phone_numbers", "PN0", None) == [0]
    service = directory.service("MG2")
    assert service and [one.sid for one in service.senders] == ["PN2", "AI1"]


def test_messaging_services_are_read_from_their_rows() -> None:
    told = Directory()
    for table, rows in SERVICE.items():
        for sid, values in rows:
            follow(told, table, sid, values, new=True)
    read = Directory({table: [{"sid": sid, **values} for sid, values in rows] for table, rows in SERVICE.items()})
    service = read.service("MG1")
    assert service and len(service.senders) == 3 and service == told.service("MG1")
