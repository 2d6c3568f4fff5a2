"""Usage records (messaging reference 3.4). Most of it is about an exchange that has lived for 40 days."""

import pytest
import pytest_asyncio

from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE, SHARED, START, SUB, SUB_TOKEN, world

DAY = 86400.0
TODAY = "2026-02-10"
WORDS = ("", "AllTime", "Daily", "LastMonth", "Monthly", "ThisMonth", "Today", "Yearly", "Yesterday")


def specimen(word):
    async def path(exchange):
        return f"{BASE}/Usage/Records" + f"/{word}" * bool(word)

    return path


SPECIMENS = {f"UsageRecord{word}": specimen(word) for word in WORDS}


def call(exchange, number, days, minutes=1, category="calls-outbound", account=ACCOUNT):
    """One that ended at noon, some days after the first."""
    values = {"account_sid": account, "end_time": START + (days + 0.5) * DAY, "minutes": minutes}
    exchange.write("calls", f"CA{number:032x}", account, usage_category=category, **values)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def old():
    """A call a day, one more today, 2026-02-10; three of the subaccount's, on 01-21, yesterday and today."""
    async with world() as made:
        for day in range(41):
            call(made, day, day)
        call(made, 100, 40, 5, "calls-inbound-tollfree")
        for number, day in enumerate((20, 39, 40), 101):
            call(made, number, day, 1, "calls-client", SUB)
        call(made, 104, 39, 1, "calls-client", OTHER)
        await made.run(40 * DAY + 43200)
        yield made


async def records(exchange, word="", *, auth=(ACCOUNT, "token of the main account"), **query):
    path = f"{BASE}/Usage/Records" + f"/{word}" * bool(word)
    answer = await exchange.request("GET", f"{path}.json", params={"PageSize": 1000, **query}, auth=auth)
    assert answer.status_code == 200, answer.text
    return answer.json()["usage_records"]


async def counts(exchange, word="", **query):
    """Start, end and number of events of each record."""
    found = await records(exchange, word, **{"Category": "calls", **query})
    return [(one["start_date"][5:], one["end_date"][5:], int(one["count"])) for one in found]


@SHARED
async def test_representation(old):
    [record] = await records(old, Category="calls-inbound-tollfree", StartDate="2026-02-01")
    query = "Category=calls-inbound-tollfree"
    assert record == {
        "category": "calls-inbound-tollfree",
        "description": "Calls Inbound Toll-Free",
        "account_sid": ACCOUNT,
        "start_date": "2026-02-01",
        "end_date": TODAY,
        "count": "1",
        "count_unit": "calls",
        "usage": "5",
        "usage_unit": "minutes",
        "price": "0",
        "price_unit": "usd",
        "as_of": "2026-02-10T12:00:00+00:00",
        "api_version": "2010-04-01",
        "uri": f"{BASE}/Usage/Records.json?{query}&StartDate=2026-02-01&EndDate={TODAY}",
        "subresource_uris": {
            "all_time": f"{BASE}/Usage/Records/AllTime.json?{query}",
            "daily": f"{BASE}/Usage/Records/Daily.json?{query}",
            "last_month": f"{BASE}/Usage/Records/LastMonth.json?{query}",
            "monthly": f"{BASE}/Usage/Records/Monthly.json?{query}",
            "this_month": f"{BASE}/Usage/Records/ThisMonth.json?{query}",
            "today": f"{BASE}/Usage/Records/Today.json?{query}",
            "yearly": f"{BASE}/Usage/Records/Yearly.json?{query}",
            "yesterday": f"{BASE}/Usage/Records/Yesterday.json?{query}",
        },
    }


@SHARED
async def test_the_total_is_money_alone(old):
    [record] = await records(old, Category="totalprice")
    assert (record["count"], record["count_unit"], record["usage"], record["usage_unit"]) == (None, "", "0", "usd")


@SHARED
async def test_periods(old):
    assert await counts(old) == await counts(old, "AllTime") == [("01-01", "02-10", 45)]
    assert await counts(old, "Today") == [("02-10", "02-10", 3)]
    assert await counts(old, "Yesterday") == [("02-09", "02-09", 2)]
    assert await counts(old, "ThisMonth") == [("02-01", "02-10", 13)]
    assert await counts(old, "LastMonth") == [("01-01", "01-31", 32)]
    assert await counts(old, "Monthly") == [("02-01", "02-10", 13), ("01-01", "01-31", 32)]
    assert await counts(old, "Yearly") == [("01-01", "02-10", 45)]
    days = await counts(old, "Daily")
    assert days[:3] == [("02-10", "02-10", 3), ("02-09", "02-09", 2), ("02-08", "02-08", 1)] and len(days) == 41


@pytest.mark.works("UsageRecord.list", "Category")
@pytest.mark.works("UsageRecordAllTime.list", "Category")
@pytest.mark.works("UsageRecordDaily.list", "Category")
@pytest.mark.works("UsageRecordLastMonth.list", "Category")
@pytest.mark.works("UsageRecordMonthly.list", "Category")
@pytest.mark.works("UsageRecordThisMonth.list", "Category")
@pytest.mark.works("UsageRecordToday.list", "Category")
@pytest.mark.works("UsageRecordYearly.list", "Category")
@pytest.mark.works("UsageRecordYesterday.list", "Category")
@SHARED
async def test_one_category(old):
    for word in WORDS:
        assert {one["category"] for one in await records(old, word, Category="calls-client")} == {"calls-client"}
        assert {one["category"] for one in await records(old, word, Category="verify-push")} == {"verify-push"}
        assert await records(old, word, Category="nonsense") == await records(old, word, Category="Calls") == []


@pytest.mark.works("UsageRecord.list", "StartDate")
@pytest.mark.works("UsageRecordAllTime.list", "StartDate")
@pytest.mark.works("UsageRecordDaily.list", "StartDate")
@pytest.mark.works("UsageRecordLastMonth.list", "StartDate")
@pytest.mark.works("UsageRecordMonthly.list", "StartDate")
@pytest.mark.works("UsageRecordThisMonth.list", "StartDate")
@pytest.mark.works("UsageRecordToday.list", "StartDate")
@pytest.mark.works("UsageRecordYearly.list", "StartDate")
@pytest.mark.works("UsageRecordYesterday.list", "StartDate")
@SHARED
async def test_from_a_day_on(old):
    for word in WORDS:
        found = await counts(old, word, StartDate="2026-01-31")
        assert {start for start, _, _ in found} & {"01-31", "02-01", "02-09", "02-10"} and min(found)[0] >= "01-31"
        assert sum(count for _, _, count in found) == {"LastMonth": 1, "Today": 3, "Yesterday": 2, "ThisMonth": 13}.get(
            word, 14
        )
    assert await counts(old, "Today", StartDate="2026-02-11") == await counts(old, "Yesterday", StartDate=TODAY) == []
    assert await counts(old, "ThisMonth", StartDate="2026-02-09") == [("02-09", "02-10", 5)]


@pytest.mark.works("UsageRecord.list", "EndDate")
@pytest.mark.works("UsageRecordAllTime.list", "EndDate")
@pytest.mark.works("UsageRecordDaily.list", "EndDate")
@pytest.mark.works("UsageRecordLastMonth.list", "EndDate")
@pytest.mark.works("UsageRecordMonthly.list", "EndDate")
@pytest.mark.works("UsageRecordThisMonth.list", "EndDate")
@pytest.mark.works("UsageRecordToday.list", "EndDate")
@pytest.mark.works("UsageRecordYearly.list", "EndDate")
@pytest.mark.works("UsageRecordYesterday.list", "EndDate")
@SHARED
async def test_to_a_day(old):
    for word in WORDS:
        found = await counts(old, word, EndDate="2026-01-15")
        assert all(end <= "01-15" for _, end, _ in found)
        assert sum(count for _, _, count in found) == (0 if word in ("Today", "Yesterday", "ThisMonth") else 15)


@pytest.mark.works("UsageRecord.list", "IncludeSubaccounts")
@pytest.mark.works("UsageRecordAllTime.list", "IncludeSubaccounts")
@pytest.mark.works("UsageRecordDaily.list", "IncludeSubaccounts")
@pytest.mark.works("UsageRecordLastMonth.list", "IncludeSubaccounts")
@pytest.mark.works("UsageRecordMonthly.list", "IncludeSubaccounts")
@pytest.mark.works("UsageRecordThisMonth.list", "IncludeSubaccounts")
@pytest.mark.works("UsageRecordToday.list", "IncludeSubaccounts")
@pytest.mark.works("UsageRecordYearly.list", "IncludeSubaccounts")
@pytest.mark.works("UsageRecordYesterday.list", "IncludeSubaccounts")
@SHARED
async def test_with_and_without_subaccounts(old):
    for word in WORDS:
        query = {"StartDate": "-30days", "Category": "calls-client"}
        whole = sum(count for _, _, count in await counts(old, word, **query))
        assert whole > 0 == sum(count for _, _, count in await counts(old, word, IncludeSubaccounts="false", **query))


@SHARED
async def test_wider_categories_hold_the_narrower(old):
    found = {one["category"]: (one["count"], one["usage"]) for one in await records(old, "ThisMonth")}
    assert found["calls"] == ("13", "17") and found["calls-outbound"] == ("10", "10")
    assert found["calls-inbound"] == found["calls-inbound-tollfree"] == ("1", "5")
    assert found["calls-client"] == ("2", "2") and found["sms"] == found["trunking-origination"] == ("0", "0")
    assert list(found) == sorted(found) and len(found) > 250


@SHARED
async def test_relative_dates_and_what_is_no_date(old):
    assert await counts(old, StartDate="-3days", EndDate="-1day") == [("02-07", "02-09", 4)]
    assert await counts(old, StartDate="-1day", EndDate="+1day") == [("02-09", "02-11", 5)]
    answer = await old.get("/Usage/Records.json?StartDate=-1day&EndDate=+1day&Category=calls")
    assert answer.json()["usage_records"][0]["end_date"] == "2026-02-11"  # the + not escaped
    assert [start for start, _, _ in await counts(old, "Daily", StartDate="-1day", EndDate="+2days")] == [
        "02-10",
        "02-09",
    ]
    for wrong in ("yesterday", "2026-02-30", "2026-2-1", "-99999999999days", "-3weeks", "20260201", "٢٠٢٦-٠١-٠١"):
        for name in ("StartDate", "EndDate"):
            answer = await old.get("/Usage/Records/Daily.json", params={name: wrong})
            assert (answer.status_code, answer.json()["code"]) == (400, 20001), wrong
            assert name in answer.json()["message"]


@SHARED
async def test_a_time_without_days_has_no_records(old):
    for word in WORDS:
        assert await counts(old, word, StartDate="2026-02-12", EndDate="2026-02-11") == []
    assert await counts(old, "Daily", StartDate="2026-02-11") == await counts(old, "Yesterday", StartDate=TODAY) == []
    assert await counts(old, StartDate="2030-01-01", EndDate="2030-12-31") == [("01-01", "12-31", 0)]
    assert (await counts(old, "Monthly", StartDate="0001-01-01", EndDate="9999-12-31"))[0] == ("02-01", "02-28", 13)
    assert (await counts(old, "Yearly", StartDate="0001-01-01", EndDate="9999-12-31"))[-1] == ("01-01", "12-31", 0)


@SHARED
async def test_pages_of_many_days_and_categories(old):
    paged = await old.sdk(lambda client: client.usage.records.daily.list(start_date="-3days", page_size=100))
    assert [(one.start_date.day, one.category) for one in paged] == [
        (day, one["category"]) for day in (10, 9, 8, 7) for one in await records(old, "Today")
    ]
    assert sum(int(one.count) for one in paged if one.category == "calls") == 7
    page = (await old.get("/Usage/Records/Daily.json?PageSize=300")).json()
    following = (await old.request("GET", page["next_page_uri"])).json()
    assert following["usage_records"][0]["start_date"] == "2026-02-09" and following["start"] == 300
    assert len(following["usage_records"]) == 300
    back = (await old.request("GET", following["previous_page_uri"])).json()
    assert back["usage_records"] == page["usage_records"]


@SHARED
async def test_forged_tokens_only_show_what_there_is(old):
    for token in ("PAUR" + "f" * 32, "PAUR" + "0" * 32, "PBUR" + "f" * 32, "PBUR" + "0" * 32, "PAUR" + "7" + "f" * 31):
        for word in ("", "Daily", "Monthly", "Yearly"):
            answer = await old.get(f"/Usage/Records/{word}".rstrip("/") + f".json?PageToken={token}&Category=calls")
            assert answer.status_code == 200 and len(answer.json()["usage_records"]) <= 41
    assert (await old.get("/Usage/Records/Daily.json?PageToken=nonsense")).status_code == 400


@SHARED
async def test_other_accounts_and_paths(old):
    assert await counts(old, "Yesterday") == [("02-09", "02-09", 2)]
    path = f"/2010-04-01/Accounts/{SUB}/Usage/Records/Yesterday.json?Category=calls-client"
    own = await old.request("GET", path, auth=(SUB, SUB_TOKEN))
    assert own.json()["usage_records"][0]["count"] == "1" and own.json()["usage_records"][0]["account_sid"] == SUB
    assert (await old.request("GET", path)).status_code == 200
    assert (await old.request("GET", path, auth=(OTHER, OTHER_TOKEN))).status_code == 401
    assert (await old.get("/Usage/Records/Weekly.json")).status_code in (404, 405)
    assert (await old.post("/Usage/Records.json")).status_code == 405


@SHARED
async def test_xml(old):
    answer = await old.get("/Usage/Records/Today?Category=calls")
    assert "<UsageRecords page=" in answer.text and "<UsageRecord><Category>calls</Category>" in answer.text
    assert (
        f"<Uri>{BASE}/Usage/Records/Today?Category=calls&amp;StartDate={TODAY}&amp;EndDate={TODAY}</Uri>" in answer.text
    )


@SHARED
async def test_official_client(old):
    [record] = await old.sdk(lambda client: client.usage.records.last_month.list(category="calls"))
    assert (str(record.start_date), str(record.end_date), record.count, record.price) == (
        "2026-01-01",
        "2026-01-31",
        "32",
        0,
    )


async def test_what_happens_counts_at_once(exchange):
    exchange.network.phone(PHONE)
    twiml = "<Response><Pause length='90'/></Response>"
    await exchange.post("/Calls.json", To=PHONE, From=NUMBER, Twiml=twiml)
    await exchange.post("/Messages.json", To=PHONE, From=NUMBER, Body="x" * 161)
    await exchange.run(120)
    found = {one["category"]: (one["count"], one["usage"]) for one in await records(exchange, "Today")}
    assert found["calls-outbound"] == ("1", "2") and found["sms-outbound-longcode"] == ("1", "2")
    assert found["phonenumbers-local"] == ("1", "1")
