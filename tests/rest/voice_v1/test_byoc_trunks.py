"""Carriers of the account's own, as they are kept (voice reference 10.1)."""

import asyncio

import pytest

from tests.rest.sip import fill, make, make_domain, refusal
from tests.rest.world import ACCOUNT, SHARED

TRUNKS = "/voice/v1/ByocTrunks"


async def make_specimen(exchange):
    return f"{TRUNKS}/{(await make(exchange, TRUNKS, FriendlyName='Carrier'))['sid']}"


SPECIMENS = {"ByocTrunk": make_specimen}


async def make_policy(exchange):
    return (await make(exchange, "/voice/v1/ConnectionPolicies"))["sid"]


@SHARED
@pytest.mark.works("ByocTrunk.create", "FriendlyName", "ConnectionPolicySid", "FromDomainSid")
async def test_representation(shared):  # Appendix B
    policy, domain = await make_policy(shared), (await make_domain(shared))["sid"]
    urls = {"VoiceUrl": "http://app/voice", "VoiceFallbackUrl": "http://app/b", "StatusCallbackUrl": "http://app/told"}
    methods = dict.fromkeys(("VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod"), "GET")
    form = {**urls, **methods, "CnamLookupEnabled": "true", "FriendlyName": "Carrier"}
    made = await make(shared, TRUNKS, ConnectionPolicySid=policy, FromDomainSid=domain, **form)
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "friendly_name": "Carrier",
        "voice_url": "http://app/voice",
        "voice_method": "GET",
        "voice_fallback_url": "http://app/b",
        "voice_fallback_method": "GET",
        "status_callback_url": "http://app/told",
        "status_callback_method": "GET",
        "cnam_lookup_enabled": True,
        "connection_policy_sid": policy,
        "from_domain_sid": domain,
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{TRUNKS}/{made['sid']}",
    }
    assert made["sid"].startswith("BY")


@SHARED
@pytest.mark.works("ByocTrunk.update", "FriendlyName", "ConnectionPolicySid", "FromDomainSid")
async def test_with_the_official_client(shared):
    policy, domain = await make_policy(shared), (await make_domain(shared))["sid"]

    def work(client):
        trunks = client.voice.v1.byoc_trunks
        made = trunks.create(friendly_name="Old", voice_url="http://app/voice")
        changed = trunks(made.sid).update(friendly_name="New", connection_policy_sid=policy, from_domain_sid=domain)
        assert (changed.friendly_name, changed.connection_policy_sid) == ("New", policy)
        assert changed.from_domain_sid == domain
        cleared = trunks(made.sid).update(from_domain_sid="", voice_url="")
        assert (cleared.from_domain_sid, cleared.voice_url, cleared.connection_policy_sid) == (None, None, policy)
        assert made.sid in [one.sid for one in trunks.list()]
        return trunks(made.sid).delete()

    assert await shared.sdk(work)


@SHARED
@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"VoiceUrl": "ftp://app"}, 400, 21402),
        ({"VoiceMethod": "PUT"}, 400, 21403),
        ({"CnamLookupEnabled": "perhaps"}, 400, 20001),
        ({"FriendlyName": "x" * 256}, 400, 20001),
        ({"ConnectionPolicySid": "NY1"}, 400, 20001),
        ({"ConnectionPolicySid": "NY" + "0" * 32}, 404, 20404),
        ({"FromDomainSid": "SD" + "0" * 32}, 404, 20404),
    ],
)
async def test_refused(shared, form, status, code):
    path = await make_specimen(shared)
    assert await refusal(shared, TRUNKS, **form) == (status, code)
    assert await refusal(shared, path, **form) == (status, code)


async def test_how_many_there_may_be(exchange):
    fill(exchange, "byoc_trunks", 99, "BY")
    answers = await asyncio.gather(*(exchange.request("POST", TRUNKS, data={}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 400]


async def test_no_trunk_names_what_is_deleted_at_the_same_time(exchange):
    """Whoever comes second is refused: the trunk, or the deletion."""
    policies, domains = "/voice/v1/ConnectionPolicies", "/SIP/Domains"

    async def delete(sid):
        ask = (
            exchange.request("DELETE", f"{policies}/{sid}")
            if sid[:2] == "NY"
            else exchange.delete(f"{domains}/{sid}.json")
        )
        return (await ask).status_code

    async def name(path, **form):
        return (await exchange.request("POST", path, data=form)).status_code

    changed = (await make(exchange, TRUNKS))["sid"]
    for path, made in ((TRUNKS, 201), (f"{TRUNKS}/{changed}", 200)):
        for comes_first in (True, False):
            policy, domain = await make_policy(exchange), (await make_domain(exchange))["sid"]
            for parameter, sid in (("ConnectionPolicySid", policy), ("FromDomainSid", domain)):
                both = [name(path, **{parameter: sid}), delete(sid)]
                done = await asyncio.gather(*(both if comes_first else reversed(both)))
                assert tuple(done if comes_first else reversed(done)) in ((made, 400), (404, 204))
