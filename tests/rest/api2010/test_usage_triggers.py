"""Usage triggers (messaging reference 3.4); that they fire is shown in tests/exchange/test_triggers.py."""

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.triggers import Triggers
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, SUB, SUB_TOKEN

TRIGGER = {"CallbackUrl": "http://app/used", "TriggerValue": "100", "UsageCategory": "sms"}


async def make(exchange, **form):
    answer = await exchange.post("/Usage/Triggers.json", **{**TRIGGER, **form})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_trigger(exchange):
    return f"{BASE}/Usage/Triggers/{(await make(exchange, Recurring='daily', FriendlyName='Many'))['sid']}"


SPECIMENS = {"UsageTrigger": make_trigger}


def use(exchange, number=1, segments=1, account=ACCOUNT):
    """A message that was sent just now."""
    values = {"account_sid": account, "date_sent": exchange.clock.now(), "num_segments": segments}
    exchange.write("messages", f"SM{number:032x}", account, usage_category="sms-outbound", **values)


async def fired(exchange, *triggers):
    """Create triggers, use three segments in two messages, and see what the app is told."""
    told = []
    exchange.database.journal.deliver_to(told.extend)
    services = exchange.services
    watch = Triggers(
        clock=services.clock,
        chance=services.chance,
        journal=services.journal,
        rows=services.rows,
        directory=services.directory,
    )
    exchange.database.journal.subscribe(watch.hear)
    for form in triggers:
        await make(exchange, **form)
    use(exchange, 1001, 1)
    use(exchange, 1002, 2)
    await exchange.run(61)
    return told


async def test_representation(exchange):
    use(exchange, 1, 3)
    trigger = await make(exchange, Recurring="monthly", FriendlyName="Many")
    sid = trigger["sid"]
    assert trigger == {
        "sid": sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "callback_method": "POST",
        "callback_url": "http://app/used",
        "current_value": "3",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_fired": None,
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "friendly_name": "Many",
        "recurring": "monthly",
        "trigger_by": "usage",
        "trigger_value": "100",
        "usage_category": "sms",
        "usage_record_uri": f"{BASE}/Usage/Records/ThisMonth.json?Category=sms",
        "uri": f"{BASE}/Usage/Triggers/{sid}.json",
    }
    assert (await exchange.get(f"/Usage/Triggers/{sid}.json")).json() == trigger
    assert (await exchange.get("/Usage/Triggers.json")).json()["usage_triggers"] == [trigger]
    record = await exchange.request("GET", trigger["usage_record_uri"])
    assert record.json()["usage_records"][0]["usage"] == "3"


@pytest.mark.works("UsageTrigger.create", CallbackUrl="http://app/other", TriggerValue="5", UsageCategory="calls")
async def test_the_app_is_told(exchange):
    told = await fired(
        exchange,
        {"TriggerValue": "3"},
        {"TriggerValue": "3", "UsageCategory": "calls"},
        {"TriggerValue": "4"},
    )
    assert [(one.url, dict(one.params)["TriggerValue"]) for one in told] == [("http://app/used", "3")]


@pytest.mark.works("UsageTrigger.create", "CallbackMethod")
async def test_the_app_is_told_by_get(exchange):
    [told] = await fired(exchange, {"TriggerValue": "3", "CallbackMethod": "GET"})
    assert told.method == "GET"


@pytest.mark.works("UsageTrigger.create", "TriggerBy")
async def test_what_is_compared(exchange):
    told = await fired(
        exchange, {"TriggerValue": "3", "TriggerBy": "count"}, {"TriggerValue": "2", "TriggerBy": "count"}
    )
    assert [dict(one.params)["CurrentValue"] for one in told] == ["2"]


@pytest.mark.works("UsageTrigger.create", "Recurring")
async def test_once_a_period(exchange):
    use(exchange, 1, 50)
    await exchange.run(86400)
    told = await fired(exchange, {"TriggerValue": "3", "Recurring": "daily"})
    assert [dict(one.params)["CurrentValue"] for one in told] == ["3"]  # what was used yesterday does not count
    await exchange.run(86400)
    use(exchange, 2, 4)
    await exchange.run(61)
    assert [dict(one.params)["CurrentValue"] for one in told] == ["3", "4"]


@pytest.mark.works("UsageTrigger.create", "FriendlyName")
async def test_names(exchange):
    assert (await make(exchange, FriendlyName="Many"))["friendly_name"] == "Many"


async def test_from_the_present_value_on(exchange):
    use(exchange, 1, 7)
    assert (await make(exchange, TriggerValue="+5"))["trigger_value"] == "12"
    assert (await make(exchange, TriggerValue="+2.50"))["trigger_value"] == "9.5"
    assert (await make(exchange, TriggerValue="5", TriggerBy="count"))["current_value"] == "1"
    raw = b"CallbackUrl=http://app/&UsageCategory=sms&TriggerValue=+1"  # the + not escaped
    answer = await exchange.request("POST", f"{BASE}/Usage/Triggers.json", content=raw)
    assert answer.json()["trigger_value"] == "8"


@pytest.mark.works("UsageTrigger.update", "CallbackUrl", "CallbackMethod", "FriendlyName")
async def test_update(exchange):
    path = await make_trigger(exchange)
    form = {"CallbackUrl": "http://app/else", "CallbackMethod": "GET", "FriendlyName": "Few", "TriggerValue": "1"}
    changed = (await exchange.request("POST", path + ".json", data=form)).json()
    assert (changed["callback_url"], changed["callback_method"], changed["friendly_name"]) == (
        "http://app/else",
        "GET",
        "Few",
    )
    assert changed["trigger_value"] == "100" and changed["current_value"] == "0"
    answer = await exchange.request("POST", path + ".json", data={"CallbackUrl": ""})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


@pytest.mark.works("UsageTrigger.list", "Recurring", "TriggerBy", "UsageCategory")
async def test_filters(exchange):
    await make(exchange, FriendlyName="a", Recurring="daily", TriggerBy="count", UsageCategory="calls")
    await make(exchange, FriendlyName="b", Recurring="yearly", TriggerBy="price", UsageCategory="mms")
    await make(exchange, FriendlyName="c")

    async def found(**query):
        listed = (await exchange.get("/Usage/Triggers.json", params=query)).json()["usage_triggers"]
        return "".join(one["friendly_name"] for one in listed)

    assert await found() == "cba"
    assert await found(Recurring="daily") == await found(Recurring="Daily") == "a"
    assert await found(Recurring="yearly") == "b"
    assert await found(TriggerBy="price") == "b" and await found(TriggerBy="usage") == "c"
    assert await found(UsageCategory="mms") == "b" and await found(UsageCategory="nonsense") == ""
    answer = await exchange.get("/Usage/Triggers.json", params={"Recurring": "weekly"})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


@pytest.mark.parametrize(
    "wrong",
    [
        {"CallbackUrl": ""},
        {"CallbackUrl": "nonsense"},
        {"TriggerValue": ""},
        {"TriggerValue": "0"},
        {"TriggerValue": "-5"},
        {"TriggerValue": "1e3"},
        {"TriggerValue": "9" * 10_000},
        {"TriggerValue": "NaN"},
        {"TriggerValue": "٣"},
        {"UsageCategory": ""},
        {"UsageCategory": "nonsense"},
        {"Recurring": "weekly"},
        {"TriggerBy": "love"},
    ],
)
@SHARED
async def test_what_is_wrong(shared, wrong):
    answer = await shared.post("/Usage/Triggers.json", **{**TRIGGER, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert next(iter(wrong)) in answer.json()["message"]


async def test_a_main_account_watches_its_subaccounts_too(exchange):
    use(exchange, 1, 2)
    use(exchange, 2, 3, SUB)
    assert (await make(exchange))["current_value"] == "5"
    path = f"/2010-04-01/Accounts/{SUB}/Usage/Triggers"
    own = (await exchange.request("POST", path + ".json", data=TRIGGER, auth=(SUB, SUB_TOKEN))).json()
    assert own["current_value"] == "3" and own["account_sid"] == SUB
    assert (await exchange.request("GET", f"{path}/{own['sid']}.json")).json() == own
    assert (await exchange.get(f"/Usage/Triggers/{own['sid']}.json")).status_code == 404
    for method in ("GET", "POST", "DELETE"):
        foreign = await exchange.request(method, f"{path}/{own['sid']}.json", auth=(OTHER, OTHER_TOKEN))
        assert foreign.status_code == 401


async def test_official_client(exchange):
    def work(client):
        made = client.usage.triggers.create(
            callback_url="http://app/used", trigger_value="+3", usage_category="totalprice", trigger_by="price"
        )
        assert made.update(friendly_name="Money").friendly_name == "Money"
        fetched = client.usage.triggers(made.sid).fetch()
        assert (fetched.trigger_value, fetched.current_value, fetched.date_fired) == ("3", "0", None)
        assert [one.sid for one in client.usage.triggers.list(trigger_by="price")] == [made.sid]
        assert made.delete()
        with pytest.raises(TwilioRestException) as gone:
            made.fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404
