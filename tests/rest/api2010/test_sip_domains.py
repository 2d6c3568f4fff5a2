"""SIP domains (voice reference 10.1)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.ports import Steering
from tests.rest.sip import (
    domain_of,
    fill,
    free_name,
    make,
    make_access_list,
    make_credential_list,
    make_domain,
    make_trunk,
    refusal,
)
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, SUB, world

DOMAINS = BASE + "/SIP/Domains"
PATH = DOMAINS + ".json"
STEERING = {
    "VoiceUrl": "http://app/voice",
    "VoiceMethod": "GET",
    "VoiceFallbackUrl": "http://app/plan-b",
    "VoiceFallbackMethod": "GET",
    "VoiceStatusCallbackUrl": "http://app/told",
    "VoiceStatusCallbackMethod": "GET",
}


async def make_specimen(exchange):
    return f"{DOMAINS}/{(await make_domain(exchange))['sid']}"


SPECIMENS = {"SipDomain": make_specimen}


@SHARED
@pytest.mark.works("SipDomain.create", "FriendlyName")
async def test_representation(shared):  # Appendix B
    made = await make_domain(shared, DomainName=" Acme.sip.twilio.com", FriendlyName="Ours")
    path = f"{DOMAINS}/{made['sid']}"
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "auth_type": "",
        "domain_name": "acme.sip.twilio.com",
        "friendly_name": "Ours",
        "voice_url": None,
        "voice_method": "POST",
        "voice_fallback_url": None,
        "voice_fallback_method": "POST",
        "voice_status_callback_url": None,
        "voice_status_callback_method": "POST",
        "sip_registration": False,
        "emergency_calling_enabled": False,
        "secure": False,
        "byoc_trunk_sid": None,
        "emergency_caller_sid": None,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": f"{path}.json",
        "subresource_uris": {
            "ip_access_control_list_mappings": f"{path}/IpAccessControlListMappings.json",
            "credential_list_mappings": f"{path}/CredentialListMappings.json",
        },
    }
    assert made["sid"].startswith("SD") and domain_of(shared, made).account == ACCOUNT
    assert (await shared.request("GET", f"{path}.json")).json() == made


@SHARED
@pytest.mark.works(
    "SipDomain.create",
    "VoiceUrl",
    "VoiceMethod",
    "VoiceFallbackUrl",
    "VoiceFallbackMethod",
    "VoiceStatusCallbackUrl",
    "VoiceStatusCallbackMethod",
    "SipRegistration",
    "Secure",
)
async def test_what_the_exchange_knows_of_it(shared):
    """What a domain says acts where its calls come in and its phones register."""
    made = await make_domain(shared, **STEERING, SipRegistration="true", Secure="true")
    domain = domain_of(shared, made)
    assert domain.voice == Steering("http://app/voice", "GET", "http://app/plan-b", "GET", "http://app/told", "GET")
    assert domain.registers and domain.secure
    plain = domain_of(shared, await make_domain(shared))
    assert plain.voice == Steering() and not plain.registers and not plain.secure


@SHARED
@pytest.mark.works(
    "SipDomain.update",
    "FriendlyName",
    "DomainName",
    "VoiceUrl",
    "VoiceMethod",
    "VoiceFallbackUrl",
    "VoiceFallbackMethod",
    "VoiceStatusCallbackUrl",
    "VoiceStatusCallbackMethod",
    "SipRegistration",
    "Secure",
)
async def test_changes(shared):
    made, name = await make_domain(shared, FriendlyName="Ours"), free_name()
    form = {
        **STEERING,
        "SipRegistration": "true",
        "Secure": "true",
        "DomainName": name.upper(),
        "FriendlyName": "Theirs",
    }
    answer = await shared.request("POST", f"{DOMAINS}/{made['sid']}.json", data=form)
    assert (answer.status_code, answer.json()["friendly_name"], answer.json()["domain_name"]) == (200, "Theirs", name)
    directory = shared.database.directory
    domain = directory.domain(name)
    assert domain.voice == Steering("http://app/voice", "GET", "http://app/plan-b", "GET", "http://app/told", "GET")
    assert domain.registers and domain.secure and directory.domain(made["domain_name"]) is None
    cleared = {"VoiceUrl": "", "VoiceFallbackUrl": "", "VoiceStatusCallbackUrl": "", "DomainName": name}
    answer = await shared.request("POST", f"{DOMAINS}/{made['sid']}.json", data=cleared)
    assert [answer.json()[key] for key in ("voice_url", "voice_fallback_url", "voice_status_callback_url")] == [
        None
    ] * 3
    assert directory.domain(name).voice.url == ""


@pytest.mark.works("SipDomain.create", DomainName="other.sip.twilio.com")
async def test_a_domains_life_with_the_official_client(exchange):
    def work(client):
        domains = client.sip.domains
        made = domains.create(domain_name="first.sip.twilio.com", sip_registration=True, voice_url="http://app/voice")
        assert domains(made.sid).fetch().domain_name == "first.sip.twilio.com"
        assert domains(made.sid).update(voice_url="http://app/changed").voice_url == "http://app/changed"
        domains.create("second.sip.twilio.com")
        assert [one.domain_name for one in domains.list(page_size=1)] == ["second.sip.twilio.com", made.domain_name]
        assert domains(made.sid).delete()
        with pytest.raises(TwilioRestException) as gone:
            domains(made.sid).fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404
    assert exchange.database.directory.domain("first.sip.twilio.com") is None


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"DomainName": ""}, 21231),
        ({"DomainName": "acme"}, 21231),
        ({"DomainName": "acme.pstn.twilio.com"}, 21231),
        ({"DomainName": "acme.sip.twilio.com.evil.example"}, 21231),
        ({"DomainName": "sip.twilio.com"}, 21231),
        ({"DomainName": ".sip.twilio.com"}, 21231),
        ({"DomainName": "-acme.sip.twilio.com"}, 21231),
        ({"DomainName": "acme-.sip.twilio.com"}, 21231),
        ({"DomainName": "ac me.sip.twilio.com"}, 21231),
        ({"DomainName": "a.b.sip.twilio.com"}, 21231),
        ({"DomainName": "käse.sip.twilio.com"}, 21231),
        ({"DomainName": "a" * 64 + ".sip.twilio.com"}, 21231),
        ({"DomainName": "x" * 100_000}, 21231),
        ({"FriendlyName": "x" * 65}, 21231),
        ({"VoiceUrl": "nonsense"}, 21402),
        ({"VoiceFallbackUrl": "ftp://app/"}, 21402),
        ({"VoiceStatusCallbackUrl": "http://my_app/"}, 21402),
        ({"VoiceMethod": "PUT"}, 21403),
        ({"SipRegistration": "perhaps"}, 20001),
        ({"Secure": "perhaps"}, 20001),
        ({"ByocTrunkSid": "BY1"}, 20001),
    ],
)
async def test_refused(shared, form, code):
    assert await refusal(shared, PATH, **{"DomainName": free_name(), **form}) == (400, code)
    made = await make_domain(shared)
    assert await refusal(shared, f"{DOMAINS}/{made['sid']}.json", **form) == (400, code)


@SHARED
async def test_names_are_longest_at_63_characters(shared):  # RFC 1035 2.3.4
    assert (await make_domain(shared, DomainName="a" * 63 + ".sip.twilio.com"))["domain_name"].startswith("aaa")


@SHARED
async def test_a_name_is_one_accounts_alone(shared):
    made, other = await make_domain(shared), await make_domain(shared)
    name, theirs = made["domain_name"], f"/2010-04-01/Accounts/{OTHER}/SIP/Domains.json"
    answer = await shared.request("POST", theirs, auth=(OTHER, OTHER_TOKEN), data={"DomainName": name.upper()})
    assert (answer.status_code, answer.json()["code"]) == (400, 21232)
    assert await refusal(shared, f"{DOMAINS}/{other['sid']}.json", DomainName=name) == (400, 21232)
    answer = await shared.request("POST", f"{DOMAINS}/{made['sid']}.json", data={"DomainName": name})
    assert answer.status_code == 200, "it may keep its own"
    assert (await shared.request("DELETE", f"{DOMAINS}/{made['sid']}.json")).status_code == 204
    assert (await make(shared, theirs, auth=(OTHER, OTHER_TOKEN), DomainName=name))["account_sid"] == OTHER


async def test_one_of_those_who_ask_at_once_has_it(exchange):
    asked = [exchange.request("POST", PATH, data={"DomainName": "acme.sip.twilio.com"}) for _ in range(5)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, *[400] * 4]


async def test_another_suffix(request):
    async with world(sip_domain="sip.example.com", trunk_domain="sip.example.com") as exchange:
        made = await make_domain(exchange, DomainName="acme.sip.example.com")
        assert exchange.database.directory.domain("acme.sip.example.com").sid == made["sid"]
        assert await refusal(exchange, PATH, DomainName="acme.sip.twilio.com") == (400, 21231)
        trunk = {"DomainName": "acme.sip.example.com"}
        assert await refusal(exchange, "/trunking/v1/Trunks", **trunk) == (400, 21246), "trunks have the same names"
        await make_trunk(exchange, DomainName="other.sip.example.com")
        assert await refusal(exchange, PATH, DomainName="other.sip.example.com") == (400, 21232)


async def test_how_many_there_may_be(exchange):
    fill(exchange, "sip_domains", 99, "SD")
    asked = [exchange.request("POST", PATH, data={"DomainName": free_name()}) for _ in range(3)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 400} == {21230}
    there = f"/2010-04-01/Accounts/{SUB}/SIP/Domains.json"
    assert (await make(exchange, there, DomainName=free_name()))["account_sid"] == SUB


@SHARED
async def test_auth_type(shared):
    made = await make_domain(shared)
    one, other = await make_credential_list(shared), await make_access_list(shared)
    path = f"{DOMAINS}/{made['sid']}"

    async def auth_type():
        return (await shared.request("GET", f"{path}.json")).json()["auth_type"]

    await make(shared, f"{path}/Auth/Registrations/CredentialListMappings.json", CredentialListSid=one["sid"])
    assert await auth_type() == "", "that is another matter"
    await make(shared, f"{path}/Auth/Calls/CredentialListMappings.json", CredentialListSid=one["sid"])
    assert await auth_type() == "CREDENTIAL_LIST"
    await make(shared, f"{path}/IpAccessControlListMappings.json", IpAccessControlListSid=other["sid"])
    assert await auth_type() == "IP_ACL,CREDENTIAL_LIST"


async def test_a_deleted_domain_leaves_its_lists(exchange):
    made, one = await make_domain(exchange), await make_credential_list(exchange)
    path = f"{DOMAINS}/{made['sid']}"
    for way in ("CredentialListMappings", "Auth/Registrations/CredentialListMappings"):
        await make(exchange, f"{path}/{way}.json", CredentialListSid=one["sid"])
    assert (await exchange.request("DELETE", f"{path}.json")).status_code == 204
    assert await exchange.database.rows.page("sip_domain_lists") == []
    listed = f"{BASE}/SIP/CredentialLists/{one['sid']}.json"
    assert (await exchange.request("DELETE", listed)).status_code == 204, "nothing uses it any more"


async def test_a_domain_that_something_names_is_not_deleted(exchange):
    domain = await make_domain(exchange)
    record = await make(exchange, "/voice/v1/IpRecords", IpAddress="192.0.2.1")
    form = {"IpRecordSid": record["sid"], "SipDomainSid": domain["sid"]}
    mapping = await make(exchange, "/voice/v1/SourceIpMappings", **form)
    trunk = await make(exchange, "/voice/v1/ByocTrunks", FromDomainSid=domain["sid"])
    ways = ((f"/voice/v1/SourceIpMappings/{mapping['sid']}", mapping), (f"/voice/v1/ByocTrunks/{trunk['sid']}", trunk))
    for path, naming in ways:
        refused = await exchange.request("DELETE", f"{DOMAINS}/{domain['sid']}.json")
        assert (refused.status_code, refused.json()["code"]) == (400, 20001)
        assert naming["sid"] in refused.json()["message"]
        assert (await exchange.request("DELETE", path)).status_code == 204
    assert (await exchange.request("DELETE", f"{DOMAINS}/{domain['sid']}.json")).status_code == 204


async def test_what_is_idle_is_told(exchange):
    form = {"EmergencyCallingEnabled": "true", "ByocTrunkSid": "BY" + "1" * 32, "EmergencyCallerSid": "PN" + "1" * 32}
    made = await make_domain(exchange, **form)
    assert made["byoc_trunk_sid"] == "BY" + "1" * 32
    (notice,) = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert all(name in notice["message_text"] for name in form)
    cleared = {"ByocTrunkSid": "", "EmergencyCallerSid": ""}
    answer = await exchange.request("POST", f"{DOMAINS}/{made['sid']}.json", data=cleared)
    assert (answer.json()["byoc_trunk_sid"], answer.json()["emergency_caller_sid"]) == (None, None)


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_closed_account_keeps_no_names(exchange, turn):
    """Whoever comes first: names are given back when an account is closed, and it gets no more."""
    sub = (await exchange.request("POST", "/2010-04-01/Accounts.json")).json()["sid"]
    there, name = f"/2010-04-01/Accounts/{sub}", free_name()
    kept = await make(exchange, f"{there}/SIP/Domains.json", DomainName=free_name())
    asked = [
        exchange.request("POST", f"{there}/SIP/Domains.json", data={"DomainName": name}),
        exchange.request("POST", f"{there}.json", data={"Status": "closed"}),
    ]
    await asyncio.gather(*asked[::turn])
    directory = exchange.database.directory
    assert directory.domain(name) is None is directory.domain(kept["domain_name"])
