"""Networks that source IP mappings name (voice reference 10.1)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.sip import fill, make, make_domain, refusal
from tests.rest.world import ACCOUNT, SHARED

RECORDS = "/voice/v1/IpRecords"


async def make_specimen(exchange):
    return f"{RECORDS}/{(await make(exchange, RECORDS, IpAddress='192.0.2.1'))['sid']}"


SPECIMENS = {"IpRecord": make_specimen}


@SHARED
@pytest.mark.works("IpRecord.create", "FriendlyName", "CidrPrefixLength", IpAddress="192.0.2.9")
async def test_representation(shared):  # Appendix B
    made = await make(shared, RECORDS, IpAddress=" 198.51.100.7", FriendlyName="Office", CidrPrefixLength="24")
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "friendly_name": "Office",
        "ip_address": "198.51.100.7",
        "cidr_prefix_length": 24,
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{RECORDS}/{made['sid']}",
    }
    assert made["sid"].startswith("IL")
    assert (await make(shared, RECORDS, IpAddress="192.0.2.1"))["cidr_prefix_length"] == 32
    assert (await make(shared, RECORDS, IpAddress="2001:db8::1"))["cidr_prefix_length"] == 128


@SHARED
@pytest.mark.works("IpRecord.update", "FriendlyName")
async def test_with_the_official_client(shared):
    def work(client):
        records = client.voice.v1.ip_records
        made = records.create(ip_address="203.0.113.5", friendly_name="Old")
        assert records(made.sid).update(friendly_name="New").friendly_name == "New"
        assert made.sid in [one.sid for one in records.list(page_size=1)]
        assert records(made.sid).delete()
        with pytest.raises(TwilioRestException) as gone:
            records(made.sid).fetch()
        return gone.value.code

    assert await shared.sdk(work) == 20404


@SHARED
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"IpAddress": "example.com"},
        {"IpAddress": "10.0.0.0/8"},
        {"IpAddress": "fe80::1%eth0"},
        {"IpAddress": "192.0.2.1", "CidrPrefixLength": "33"},
        {"IpAddress": "192.0.2.1", "CidrPrefixLength": "-1"},
        {"IpAddress": "192.0.2.1", "FriendlyName": "x" * 256},
    ],
)
async def test_refused(shared, form):
    assert await refusal(shared, RECORDS, **form) == (400, 20001)


async def test_how_many_there_may_be(exchange):
    fill(exchange, "ip_records", 99, "IL", ip_address="192.0.2.1")
    answers = await asyncio.gather(
        *(exchange.request("POST", RECORDS, data={"IpAddress": "192.0.2.2"}) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 400]


@SHARED
async def test_one_in_use_stays(shared):
    record = await make_specimen(shared)
    domain = await make_domain(shared)
    sid = record.rpartition("/")[2]
    mapping = await make(shared, "/voice/v1/SourceIpMappings", IpRecordSid=sid, SipDomainSid=domain["sid"])
    assert await refusal(shared, record, "DELETE") == (400, 20001)
    await shared.request("DELETE", f"/voice/v1/SourceIpMappings/{mapping['sid']}")
    assert (await shared.request("DELETE", record)).status_code == 204
