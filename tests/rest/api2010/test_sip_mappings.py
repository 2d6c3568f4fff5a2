"""Which lists let whom into a SIP domain (voice reference 10.1)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.sip import PASSWORD, domain_of, make, make_access_list, make_credential_list, make_domain, refusal
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, SUB, SUB_TOKEN

DOMAINS = BASE + "/SIP/Domains"
LEGACY, CALLS, REGISTRATIONS = "", "/Auth/Calls", "/Auth/Registrations"
CREDENTIALS = [LEGACY, CALLS, REGISTRATIONS]


def specimen(way, of="Credential"):
    async def made(exchange):
        domain = (await make_domain(exchange))["sid"]
        at = f"{DOMAINS}/{domain}{way}/{of}ListMappings"
        one = (await (make_credential_list if of == "Credential" else make_access_list)(exchange))["sid"]
        await make(exchange, f"{at}.json", **{f"{of}ListSid": one})
        return f"{at}/{one}"

    return made


SPECIMENS = {
    "CredentialListMapping": specimen(LEGACY),
    "IpAccessControlListMapping": specimen(LEGACY, "IpAccessControl"),
    "AuthCallsCredentialListMapping": specimen(CALLS),
    "AuthCallsIpAccessControlListMapping": specimen(CALLS, "IpAccessControl"),
    "AuthRegistrationsCredentialListMapping": specimen(REGISTRATIONS),
}


@SHARED
@pytest.mark.works("CredentialListMapping.create", CredentialListSid="CL1")
@pytest.mark.works("AuthCallsCredentialListMapping.create", CredentialListSid="CL1")
@pytest.mark.works("AuthRegistrationsCredentialListMapping.create", CredentialListSid="CL1")
@pytest.mark.works("IpAccessControlListMapping.create", IpAccessControlListSid="AL1")
@pytest.mark.works("AuthCallsIpAccessControlListMapping.create", IpAccessControlListSid="AL1")
async def test_representation(shared):  # Appendix B
    domain, users, places = (
        await make_domain(shared),
        await make_credential_list(shared),
        await make_access_list(shared),
    )
    at = f"{DOMAINS}/{domain['sid']}"
    dates = dict.fromkeys(("date_created", "date_updated"), "Thu, 01 Jan 2026 00:00:00 +0000")
    for way in CREDENTIALS:
        path = f"{at}{way}/CredentialListMappings"
        made = await make(shared, f"{path}.json", CredentialListSid=users["sid"])
        whole = {"sid": users["sid"], "account_sid": ACCOUNT, "friendly_name": "Phones", **dates}
        if way == LEGACY:
            whole |= {"domain_sid": domain["sid"], "uri": f"{path}/{users['sid']}.json"}
        assert made == whole
        assert (await shared.request("GET", f"{path}/{users['sid']}.json")).json() == made
        (listed,) = (await shared.request("GET", f"{path}.json")).json()[
            "contents" if way else "credential_list_mappings"
        ]
        assert listed == made
    for way in (LEGACY, CALLS):
        path = f"{at}{way}/IpAccessControlListMappings"
        made = await make(shared, f"{path}.json", IpAccessControlListSid=places["sid"])
        assert (made["sid"], made["friendly_name"], "uri" in made) == (places["sid"], "Offices", way == LEGACY)
    found = domain_of(shared, domain)
    assert found.call_credentials == (users["sid"],) == found.registration_credentials
    assert found.call_addresses == (places["sid"],)


@SHARED
async def test_the_older_paths_mean_calls(shared):
    domain, one = await make_domain(shared), (await make_credential_list(shared))["sid"]
    at = f"{DOMAINS}/{domain['sid']}"
    await make(shared, f"{at}/CredentialListMappings.json", CredentialListSid=one)
    assert (await shared.request("GET", f"{at}/Auth/Calls/CredentialListMappings/{one}.json")).json()["sid"] == one
    assert (
        await shared.request("GET", f"{at}/Auth/Registrations/CredentialListMappings/{one}.json")
    ).status_code == 404
    assert (await shared.request("DELETE", f"{at}/Auth/Calls/CredentialListMappings/{one}.json")).status_code == 204
    assert (await shared.request("GET", f"{at}/CredentialListMappings/{one}.json")).status_code == 404
    assert domain_of(shared, domain).call_credentials == ()


@SHARED
async def test_one_list_for_several_domains_and_several_lists_for_one(shared):
    first, second = await make_domain(shared), await make_domain(shared)
    lists = [(await make_credential_list(shared))["sid"] for _ in range(3)]
    for domain, ones in ((first, lists), (second, lists[1:])):
        for one in ones:
            await make(shared, f"{DOMAINS}/{domain['sid']}/CredentialListMappings.json", CredentialListSid=one)
    assert domain_of(shared, first).call_credentials == tuple(lists)
    path = f"{DOMAINS}/{first['sid']}/CredentialListMappings"
    seen = await shared.sdk(lambda client: client.sip.domains(first["sid"]).credential_list_mappings.list(page_size=1))
    assert [one.sid for one in seen] == lists[::-1]
    assert (await shared.request("DELETE", f"{path}/{lists[1]}.json")).status_code == 204
    assert domain_of(shared, first).call_credentials == (lists[0], lists[2])
    assert domain_of(shared, second).call_credentials == tuple(lists[1:])


@SHARED
async def test_the_name_is_the_lists(shared):
    path = await specimen(LEGACY)(shared)
    one = path.rpartition("/")[2]
    await shared.request("POST", f"{BASE}/SIP/CredentialLists/{one}.json", data={"FriendlyName": "Renamed"})
    assert (await shared.request("GET", f"{path}.json")).json()["friendly_name"] == "Renamed"


@SHARED
async def test_a_list_that_is_mapped_twice_is_mapped_once(shared):
    domain, one = await make_domain(shared), (await make_credential_list(shared))["sid"]
    path = f"{DOMAINS}/{domain['sid']}/CredentialListMappings.json"
    asked = [shared.request("POST", path, data={"CredentialListSid": one}) for _ in range(3)]
    answers = await asyncio.gather(*asked)
    assert [(answer.status_code, answer.json()["sid"]) for answer in answers] == [(201, one)] * 3
    assert domain_of(shared, domain).call_credentials == (one,)


async def test_with_the_official_client(exchange):
    users, places = (
        (await make_credential_list(exchange, ada=PASSWORD))["sid"],
        (await make_access_list(exchange))["sid"],
    )

    def work(client):
        made = client.sip.domains.create(domain_name="acme.sip.twilio.com")
        domain = client.sip.domains(made.sid)
        for credentials in (
            domain.auth.calls.credential_list_mappings,
            domain.auth.registrations.credential_list_mappings,
            domain.credential_list_mappings,
        ):
            assert credentials.create(credential_list_sid=users).sid == users
            assert credentials(users).fetch().friendly_name == "Phones"
            assert [one.sid for one in credentials.list()] == [users]
        for addresses in (domain.auth.calls.ip_access_control_list_mappings, domain.ip_access_control_list_mappings):
            assert addresses.create(ip_access_control_list_sid=places).sid == places
        assert domain.fetch().auth_type == "IP_ACL,CREDENTIAL_LIST"
        assert domain.ip_access_control_list_mappings(places).delete()
        assert domain.auth.registrations.credential_list_mappings(users).delete()
        with pytest.raises(TwilioRestException) as gone:
            domain.auth.calls.ip_access_control_list_mappings(places).fetch()
        assert gone.value.code == 20404
        return domain.fetch().auth_type

    assert await exchange.sdk(work) == "CREDENTIAL_LIST"
    domain = exchange.database.directory.domain("acme.sip.twilio.com")
    assert exchange.database.directory.password(domain.call_credentials, "ada") == PASSWORD
    assert domain.registration_credentials == ()


@SHARED
@pytest.mark.parametrize("sid", ["", "nonsense", "CL" + "1" * 32, "theirs", "addresses"])
async def test_lists_that_are_none(shared, sid):
    if sid == "theirs":
        path = f"/2010-04-01/Accounts/{OTHER}/SIP/CredentialLists.json"
        sid = (await make(shared, path, auth=(OTHER, OTHER_TOKEN), FriendlyName="Theirs"))["sid"]
    elif sid == "addresses":
        sid = (await make_access_list(shared))["sid"]
    domain = await make_domain(shared)
    for way in CREDENTIALS:
        path = f"{DOMAINS}/{domain['sid']}{way}/CredentialListMappings.json"
        expected = (404, 20404) if sid else (400, 20001)
        assert await refusal(shared, path, CredentialListSid=sid) == expected
    assert domain_of(shared, domain).call_credentials == ()


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_domain_that_is_deleted_and_given_a_list_at_once(exchange, turn):
    domain, one = await make_domain(exchange), (await make_credential_list(exchange))["sid"]
    path = f"{DOMAINS}/{domain['sid']}"
    asked = [
        exchange.request("DELETE", f"{path}.json"),
        exchange.request("POST", f"{path}/CredentialListMappings.json", data={"CredentialListSid": one}),
    ]
    await asyncio.gather(*asked[::turn])
    assert await exchange.database.rows.page("sip_domain_lists") == []
    assert (await exchange.request("DELETE", f"{BASE}/SIP/CredentialLists/{one}.json")).status_code == 204


async def test_of_other_accounts(exchange):
    for make_one in SPECIMENS.values():
        path = await make_one(exchange)
        for account, token in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
            for one in (path, path.rpartition("/")[0]):
                for method in ("GET", "DELETE", "POST"):
                    theirs = f"{one.replace(ACCOUNT, account)}.json"
                    answer = await exchange.request(method, theirs, auth=(account, token), data={})
                    assert answer.status_code in (404, 405, 400)
        assert (await exchange.request("GET", f"{path}.json")).status_code == 200
