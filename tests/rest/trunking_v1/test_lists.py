"""Which lists let a trunk's exchange call (voice reference 10.2)."""

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.sip import (
    TRUNKS,
    make,
    make_access_list,
    make_credential_list,
    make_domain,
    make_trunk,
    refusal,
    trunk_of,
)
from tests.rest.world import ACCOUNT, BASE, SHARED


async def make_credentials(exchange):
    at = f"{TRUNKS}/{(await make_trunk(exchange))['sid']}/CredentialLists"
    return f"{at}/{(await make(exchange, at, CredentialListSid=(await make_credential_list(exchange))['sid']))['sid']}"


async def make_addresses(exchange):
    at = f"{TRUNKS}/{(await make_trunk(exchange))['sid']}/IpAccessControlLists"
    return f"{at}/{(await make(exchange, at, IpAccessControlListSid=(await make_access_list(exchange))['sid']))['sid']}"


SPECIMENS = {"TrunkCredentialList": make_credentials, "TrunkIpAccessControlList": make_addresses}


@SHARED
@pytest.mark.works("TrunkCredentialList.create", CredentialListSid="CL1")
@pytest.mark.works("TrunkIpAccessControlList.create", IpAccessControlListSid="AL1")
async def test_representation(shared):  # Appendix B
    trunk, users, places = await make_trunk(shared), await make_credential_list(shared), await make_access_list(shared)
    at = f"{TRUNKS}/{trunk['sid']}"
    made = await make(shared, f"{at}/CredentialLists", CredentialListSid=users["sid"])
    assert made == {
        "sid": users["sid"],
        "account_sid": ACCOUNT,
        "trunk_sid": trunk["sid"],
        "friendly_name": "Phones",
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{at}/CredentialLists/{users['sid']}",
    }
    made = await make(shared, f"{at}/IpAccessControlLists", IpAccessControlListSid=places["sid"])
    assert (made["sid"], made["friendly_name"]) == (places["sid"], "Offices")
    found = trunk_of(shared, trunk)
    assert (found.credentials, found.addresses) == ((users["sid"],), (places["sid"],))


async def test_with_the_official_client(exchange):
    trunk, users, places = (
        await make_trunk(exchange),
        await make_credential_list(exchange),
        await make_access_list(exchange),
    )

    def work(client):
        found = client.trunking.v1.trunks(trunk["sid"])
        assert found.credentials_lists.create(credential_list_sid=users["sid"]).sid == users["sid"]
        assert found.ip_access_control_lists.create(ip_access_control_list_sid=places["sid"]).sid == places["sid"]
        assert [one.friendly_name for one in found.credentials_lists.list()] == ["Phones"]
        assert [one.friendly_name for one in found.ip_access_control_lists.list()] == ["Offices"]
        assert found.credentials_lists(users["sid"]).fetch().trunk_sid == trunk["sid"]
        assert found.credentials_lists(users["sid"]).delete()
        with pytest.raises(TwilioRestException) as gone:
            found.credentials_lists(users["sid"]).fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404
    assert trunk_of(exchange, trunk).credentials == ()


@SHARED
async def test_lists_that_are_none(shared):
    trunk, users, places = await make_trunk(shared), await make_credential_list(shared), await make_access_list(shared)
    at = f"{TRUNKS}/{trunk['sid']}"
    assert await refusal(shared, f"{at}/CredentialLists") == (400, 20001)
    assert await refusal(shared, f"{at}/CredentialLists", CredentialListSid=places["sid"]) == (404, 20404)
    assert await refusal(shared, f"{at}/IpAccessControlLists", IpAccessControlListSid=users["sid"]) == (404, 20404)


@SHARED
async def test_a_list_may_serve_a_domain_too(shared):
    trunk, domain, users = await make_trunk(shared), await make_domain(shared), await make_credential_list(shared)
    await make(shared, f"{TRUNKS}/{trunk['sid']}/CredentialLists", CredentialListSid=users["sid"])
    path = f"{BASE}/SIP/Domains/{domain['sid']}/CredentialListMappings"
    await make(shared, f"{path}.json", CredentialListSid=users["sid"])
    assert (await shared.request("DELETE", f"{path}/{users['sid']}.json")).status_code == 204
    assert trunk_of(shared, trunk).credentials == (users["sid"],)
