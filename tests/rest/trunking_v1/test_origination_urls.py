"""Where a trunk's calls are sent (voice reference 10.2)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.ports import Origination
from tests.rest.sip import TRUNKS, fill, make, make_trunk, refusal, trunk_of
from tests.rest.world import ACCOUNT, SHARED

WHOLE = {"Weight": "20", "Priority": "10", "Enabled": "true", "FriendlyName": "PBX", "SipUrl": "sip:pbx.example.com"}


async def make_specimen(exchange):
    at = f"{TRUNKS}/{(await make_trunk(exchange))['sid']}/OriginationUrls"
    return f"{at}/{(await make(exchange, at, **WHOLE))['sid']}"


SPECIMENS = {"OriginationUrl": make_specimen}


@SHARED
@pytest.mark.works(
    "OriginationUrl.create",
    Weight="1",
    Priority="1",
    Enabled="true",
    FriendlyName="SBC",
    SipUrl="sip:other.example.com",
)
async def test_representation(shared):  # Appendix B
    trunk = await make_trunk(shared)
    at = f"{TRUNKS}/{trunk['sid']}/OriginationUrls"
    form = {**WHOLE, "Enabled": "false", "SipUrl": " sip:10.0.0.1:5070;transport=tcp"}
    made = await make(shared, at, **form)
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "trunk_sid": trunk["sid"],
        "weight": 20,
        "priority": 10,
        "enabled": False,
        "friendly_name": "PBX",
        "sip_url": "sip:10.0.0.1:5070;transport=tcp",
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{at}/{made['sid']}",
    }
    assert made["sid"].startswith("OU")
    assert trunk_of(shared, trunk).originations == (
        Origination("sip:10.0.0.1:5070;transport=tcp", 10, 20, enabled=False),
    )


@SHARED
@pytest.mark.works("OriginationUrl.update", "Weight", "Priority", "Enabled", "FriendlyName", "SipUrl")
async def test_changes(shared):
    path = await make_specimen(shared)
    form = {"Weight": "1", "Priority": "0", "Enabled": "false", "FriendlyName": "SBC", "SipUrl": "sip:sbc.example.com"}
    answer = await shared.request("POST", path, data=form)
    assert (answer.status_code, answer.json()["friendly_name"]) == (200, "SBC")
    trunk = shared.database.directory.trunk(path.split("/")[4])
    assert trunk.originations == (Origination("sip:sbc.example.com", 0, 1, enabled=False),)
    for name in form:
        assert (await refusal(shared, path, **{name: ""}))[0] == 400
    assert shared.database.directory.trunk(trunk.sid) is trunk


async def test_with_the_official_client(exchange):
    trunk = await make_trunk(exchange)

    def work(client):
        urls = client.trunking.v1.trunks(trunk["sid"]).origination_urls
        for priority in (30, 10, 20):
            urls.create(
                weight=5, priority=priority, enabled=True, friendly_name="PBX", sip_url=f"sip:p{priority}.example.com"
            )
        last, *_, first = urls.list(page_size=1)
        assert urls(first.sid).fetch().priority == 30
        assert urls(first.sid).update(priority=5).priority == 5
        assert urls(last.sid).delete()
        with pytest.raises(TwilioRestException) as gone:
            urls(last.sid).fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404
    urls = [one.url for one in trunk_of(exchange, trunk).originations]
    assert urls == ["sip:p30.example.com", "sip:p10.example.com"]


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        *(({name: ""}, 21249 if name == "SipUrl" else 20001) for name in WHOLE),
        ({"Weight": "0"}, 20001),
        ({"Weight": "65536"}, 20001),
        ({"Priority": "-1"}, 20001),
        ({"Priority": "65536"}, 20001),
        ({"Enabled": "perhaps"}, 20001),
        ({"FriendlyName": "x" * 65}, 20001),
        ({"SipUrl": "http://pbx.example.com"}, 21249),
        ({"SipUrl": "sips:pbx.example.com"}, 21249),
        ({"SipUrl": "tel:+14155550100"}, 21249),
        ({"SipUrl": "sip:"}, 21249),
        ({"SipUrl": "sip:a b"}, 21249),
        ({"SipUrl": "sip:pbx.example.com?X-Header=1"}, 21249),
        ({"SipUrl": "sip:pbx.example.com\r\nVia: x"}, 21249),
        ({"SipUrl": "sip:" + "x" * 100_000}, 21249),
    ],
)
async def test_refused(shared, form, code):
    path = await make_specimen(shared)
    assert await refusal(shared, path.rpartition("/")[0], **{**WHOLE, **form}) == (400, code)
    assert await refusal(shared, path, **form) == (400, code)


async def test_how_many_there_may_be(exchange):
    trunk = await make_trunk(exchange)
    fill(exchange, "origination_urls", 9, "OU", trunk_sid=trunk["sid"])
    path = f"{TRUNKS}/{trunk['sid']}/OriginationUrls"
    answers = await asyncio.gather(*(exchange.request("POST", path, data=WHOLE) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 400]
    assert max(answers, key=lambda one: one.status_code).json()["code"] == 21248


async def test_a_trunk_that_is_deleted_meanwhile(exchange):
    trunk = await make_trunk(exchange)
    path = f"{TRUNKS}/{trunk['sid']}"
    asked = exchange.request("DELETE", path), exchange.request("POST", f"{path}/OriginationUrls", data=WHOLE)
    await asyncio.gather(*asked)
    assert await exchange.database.rows.page("origination_urls") == []
