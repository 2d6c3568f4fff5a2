"""Which domain a network means, as it is kept (voice reference 10.1)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.sip import make, make_domain, refusal
from tests.rest.world import OTHER, OTHER_TOKEN, SHARED

MAPPINGS = "/voice/v1/SourceIpMappings"


async def make_record(exchange, address="192.0.2.1", **form):
    return (await make(exchange, "/voice/v1/IpRecords", IpAddress=address, **form))["sid"]


async def make_specimen(exchange):
    record, domain = await make_record(exchange), (await make_domain(exchange))["sid"]
    return f"{MAPPINGS}/{(await make(exchange, MAPPINGS, IpRecordSid=record, SipDomainSid=domain))['sid']}"


SPECIMENS = {"SourceIpMapping": make_specimen}


async def test_representation(exchange):  # Appendix B
    record, domain = await make_record(exchange), (await make_domain(exchange))["sid"]
    made = await make(exchange, MAPPINGS, IpRecordSid=record, SipDomainSid=domain)
    assert made == {
        "sid": made["sid"],
        "ip_record_sid": record,
        "sip_domain_sid": domain,
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{MAPPINGS}/{made['sid']}",
    }
    assert made["sid"].startswith("IB")


async def test_with_the_official_client(exchange):
    record = await make_record(exchange, "10.0.0.0", CidrPrefixLength="8")
    one, two = [(await make_domain(exchange))["sid"] for _ in range(2)]

    def work(client):
        mappings = client.voice.v1.source_ip_mappings
        made = mappings.create(ip_record_sid=record, sip_domain_sid=one)
        assert mappings(made.sid).update(sip_domain_sid=two).sip_domain_sid == two
        assert [found.sid for found in mappings.list()] == [made.sid]
        return mappings(made.sid).delete()

    assert await exchange.sdk(work)


@SHARED
async def test_refused(shared):
    record, domain = await make_record(shared), (await make_domain(shared))["sid"]
    assert await refusal(shared, MAPPINGS, IpRecordSid=record) == (400, 20001)
    assert await refusal(shared, MAPPINGS, SipDomainSid=domain) == (400, 20001)
    assert await refusal(shared, MAPPINGS, IpRecordSid="IL1", SipDomainSid=domain) == (400, 20001)
    absent = (
        {"IpRecordSid": "IL" + "0" * 32, "SipDomainSid": domain},
        {
            "IpRecordSid": record,
            "SipDomainSid": "SD" + "0" * 32,
        },
    )
    for form in absent:
        assert await refusal(shared, MAPPINGS, **form) == (404, 20404)
    mapping = await make(shared, MAPPINGS, IpRecordSid=record, SipDomainSid=domain)
    path = f"{MAPPINGS}/{mapping['sid']}"
    assert await refusal(shared, MAPPINGS, IpRecordSid=record, SipDomainSid=domain) == (400, 20001)
    assert await refusal(shared, path, SipDomainSid="") == (404, 20404)


@SHARED
async def test_what_is_anothers(shared):
    def theirs(client):
        record = client.voice.v1.ip_records.create(ip_address="192.0.2.1")
        domain = client.sip.domains.create(domain_name="theirs.sip.twilio.com")
        return record.sid, domain.sid

    record, domain = await shared.sdk(theirs, OTHER, OTHER_TOKEN)
    mine, ours = await make_record(shared), (await make_domain(shared))["sid"]

    def work(client):
        codes = []
        for one, two in ((record, ours), (mine, domain)):
            with pytest.raises(TwilioRestException) as refused:
                client.voice.v1.source_ip_mappings.create(ip_record_sid=one, sip_domain_sid=two)
            codes.append(refused.value.code)
        return codes

    assert await shared.sdk(work) == [20404, 20404]


async def test_no_mapping_leads_to_a_domain_that_is_deleted_at_the_same_time(exchange):
    """Whoever comes second is refused: the mapping, or the deletion."""

    async def delete(sid):
        return (await exchange.delete(f"/SIP/Domains/{sid}.json")).status_code

    async def lead(path, **form):
        return (await exchange.request("POST", path, data=form)).status_code

    domain = (await make_domain(exchange))["sid"]
    form = {"IpRecordSid": await make_record(exchange), "SipDomainSid": domain}
    assert await asyncio.gather(lead(MAPPINGS, **form), delete(domain)) == [201, 400]
    path, other = await make_specimen(exchange), (await make_domain(exchange))["sid"]
    assert await asyncio.gather(delete(other), lead(path, SipDomainSid=other)) == [204, 404]
    form["IpRecordSid"] = await make_record(exchange, "192.0.2.9")
    form["SipDomainSid"] = (await make_domain(exchange))["sid"]
    assert await asyncio.gather(delete(form["SipDomainSid"]), lead(MAPPINGS, **form)) == [204, 404]
