"""IP access control lists and their addresses (voice reference 10.1)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.sip import fill, make, make_access_list, make_domain, make_trunk, refusal
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, SUB, SUB_TOKEN

LISTS = BASE + "/SIP/IpAccessControlLists"
PATH = LISTS + ".json"


async def make_list(exchange):
    return f"{LISTS}/{(await make_access_list(exchange))['sid']}"


async def make_address(exchange):
    at = f"{await make_list(exchange)}/IpAddresses"
    return f"{at}/{(await make(exchange, at + '.json', FriendlyName='Office', IpAddress='192.0.2.1'))['sid']}"


SPECIMENS = {"SipIpAccessControlList": make_list, "SipIpAddress": make_address}


def is_in(exchange, path, address):
    """As the exchange knows it; `path` is that of the list."""
    return exchange.database.directory.admits([path.rpartition("/")[2]], address)


@SHARED
@pytest.mark.works("SipIpAccessControlList.create", FriendlyName="Another")
@pytest.mark.works("SipIpAccessControlList.update", "FriendlyName")
async def test_a_list(shared):  # Appendix B
    made = await make(shared, PATH, FriendlyName="Offices")
    path = f"{LISTS}/{made['sid']}"
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "friendly_name": "Offices",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": f"{path}.json",
        "subresource_uris": {"ip_addresses": f"{path}/IpAddresses.json"},
    }
    assert made["sid"].startswith("AL")
    changed = await shared.request("POST", f"{path}.json", data={"FriendlyName": "x" * 255})
    assert (changed.status_code, changed.json()["friendly_name"]) == (200, "x" * 255)
    for form in ({"FriendlyName": ""}, {"FriendlyName": "x" * 256}):
        assert await refusal(shared, PATH, **form) == (400, 21235)
        assert await refusal(shared, f"{path}.json", **form) == (400, 21235)


@SHARED
@pytest.mark.works("SipIpAddress.create", "CidrPrefixLength", FriendlyName="Another", IpAddress="203.0.113.9")
@pytest.mark.works("SipIpAddress.update", "FriendlyName", "IpAddress", "CidrPrefixLength")
async def test_an_address(shared):
    path = await make_list(shared)
    form = {"FriendlyName": "Office", "IpAddress": " 192.0.2.7", "CidrPrefixLength": "24"}
    made = await make(shared, f"{path}/IpAddresses.json", **form)
    at = f"{path}/IpAddresses/{made['sid']}.json"
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "ip_access_control_list_sid": path.rpartition("/")[2],
        "friendly_name": "Office",
        "ip_address": "192.0.2.7",
        "cidr_prefix_length": 24,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": at,
    }
    assert made["sid"].startswith("IP") and is_in(shared, path, "192.0.2.255") and not is_in(shared, path, "192.0.3.1")
    form = {"FriendlyName": "Home", "IpAddress": "198.51.100.1", "CidrPrefixLength": "16"}
    changed = (await shared.request("POST", at, data=form)).json()
    assert (changed["friendly_name"], changed["ip_address"], changed["cidr_prefix_length"]) == (
        "Home",
        "198.51.100.1",
        16,
    )
    assert is_in(shared, path, "198.51.0.1") and not is_in(shared, path, "192.0.2.7")
    assert (await shared.request("DELETE", at)).status_code == 204
    assert not is_in(shared, path, "198.51.0.1")


@SHARED
async def test_without_a_prefix_one_address_is_meant(shared):
    path = await make_list(shared)
    made = [
        await make(shared, f"{path}/IpAddresses.json", FriendlyName="Office", IpAddress=address)
        for address in ("192.0.2.1", "2001:DB8:0::1")
    ]
    assert [one["cidr_prefix_length"] for one in made] == [32, 128]
    assert made[1]["ip_address"] == "2001:db8::1" and is_in(shared, path, "2001:db8::1")
    at = f"{path}/IpAddresses/{made[0]['sid']}.json"
    moved = (await shared.request("POST", at, data={"IpAddress": "2001:db8::2"})).json()
    assert (moved["ip_address"], moved["cidr_prefix_length"]) == ("2001:db8::2", 128)
    moved = (await shared.request("POST", at, data={"IpAddress": "10.0.0.1", "CidrPrefixLength": "8"})).json()
    assert (moved["ip_address"], moved["cidr_prefix_length"]) == ("10.0.0.1", 8)
    moved = (await shared.request("POST", at, data={"IpAddress": "10.0.0.2"})).json()
    assert moved["cidr_prefix_length"] == 8
    moved = (await shared.request("POST", at, data={"CidrPrefixLength": ""})).json()
    assert moved["cidr_prefix_length"] == 32


@SHARED
@pytest.mark.parametrize(
    "form",
    [
        {"FriendlyName": ""},
        {"FriendlyName": "x" * 256},
        {"IpAddress": ""},
        {"IpAddress": "192.0.2"},
        {"IpAddress": "192.0.2.256"},
        {"IpAddress": "192.0.2.0/24"},
        {"IpAddress": "office.example.com"},
        {"IpAddress": "fe80::1%eth0"},
        {"IpAddress": "x" * 100_000},
        {"CidrPrefixLength": "33"},
        {"CidrPrefixLength": "-1"},
        {"CidrPrefixLength": "wide"},
        {"IpAddress": "2001:db8::1", "CidrPrefixLength": "129"},
    ],
)
async def test_a_refused_address(shared, form):
    path = await make_list(shared)
    whole = {"FriendlyName": "Office", "IpAddress": "192.0.2.1"}
    assert await refusal(shared, f"{path}/IpAddresses.json", **{**whole, **form}) == (400, 21235)
    made = await make(shared, f"{path}/IpAddresses.json", **whole)
    assert await refusal(shared, f"{path}/IpAddresses/{made['sid']}.json", **form) == (400, 21235)
    assert is_in(shared, path, "192.0.2.1")


async def test_a_lists_life_with_the_official_client(exchange):
    def work(client):
        lists = client.sip.ip_access_control_lists
        made = lists.create(friendly_name="Offices")
        addresses = lists(made.sid).ip_addresses
        one = addresses.create(friendly_name="Office", ip_address="192.0.2.1", cidr_prefix_length=28)
        assert addresses(one.sid).fetch().cidr_prefix_length == 28
        assert addresses(one.sid).update(cidr_prefix_length=30).cidr_prefix_length == 30
        addresses.create(friendly_name="Home", ip_address="192.0.2.100")
        assert [each.friendly_name for each in addresses.list(page_size=1)] == ["Home", "Office"]
        assert addresses(one.sid).delete()
        assert [each.sid for each in lists.list()] == [made.sid]
        assert lists(made.sid).delete()
        with pytest.raises(TwilioRestException) as gone:
            lists(made.sid).fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404
    assert await exchange.database.rows.page("sip_ip_addresses") == []


async def test_how_many_there_may_be(exchange):
    path = await make_list(exchange)
    values = {
        "ip_access_control_list_sid": path.rpartition("/")[2],
        "ip_address": "192.0.2.1",
        "cidr_prefix_length": 32,
    }
    fill(exchange, "sip_ip_addresses", 99, "IP", **values)
    form = {"FriendlyName": "Office", "IpAddress": "192.0.2.1"}
    asked = [exchange.request("POST", f"{path}/IpAddresses.json", data=form) for _ in range(2)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, 400]
    assert max(answers, key=lambda one: one.status_code).json()["code"] == 21237
    fill(exchange, "sip_ip_access_control_lists", 998, "AL")
    await make(exchange, PATH, FriendlyName="One thousand")
    assert await refusal(exchange, PATH, FriendlyName="One too many") == (400, 21235)


@pytest.mark.parametrize("way", ["IpAccessControlListMappings", "Auth/Calls/IpAccessControlListMappings", "trunk"])
async def test_a_list_in_use_stays(exchange, way):
    one = await make_access_list(exchange, "192.0.2.1")
    if way == "trunk":
        at = f"/trunking/v1/Trunks/{(await make_trunk(exchange))['sid']}/IpAccessControlLists"
    else:
        at = f"{BASE}/SIP/Domains/{(await make_domain(exchange))['sid']}/{way}"
    await make(exchange, at + ".json", IpAccessControlListSid=one["sid"])
    path = f"{LISTS}/{one['sid']}"
    assert await refusal(exchange, path + ".json", "DELETE") == (400, 21236)
    assert is_in(exchange, path, "192.0.2.1")
    assert (await exchange.request("DELETE", f"{at}/{one['sid']}")).status_code == 204
    assert (await exchange.request("DELETE", path + ".json")).status_code == 204
    assert not is_in(exchange, path, "192.0.2.1")


async def test_of_other_accounts(exchange):
    path = await make_address(exchange)
    at = path.rpartition("/")[0]
    for account, token in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
        for one in (at.rpartition("/")[0], path, at):
            theirs = one.replace(ACCOUNT, account)
            assert (await exchange.request("GET", f"{theirs}.json", auth=(account, token))).status_code == 404
        form = {"FriendlyName": "Eve", "IpAddress": "203.0.113.1"}
        answer = await exchange.request(
            "POST", f"{at}.json".replace(ACCOUNT, account), auth=(account, token), data=form
        )
        assert answer.status_code == 404
    assert not is_in(exchange, at.rpartition("/")[0], "203.0.113.1")
