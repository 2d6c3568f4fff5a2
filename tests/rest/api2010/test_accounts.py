"""Accounts (messaging reference 3.1)."""

import asyncio
import re

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.leg import Cause
from hoyhoy.exchange.orders import SendMessage, Terms
from hoyhoy.rest import resources
from hoyhoy.store.journal import NotStored
from hoyhoy.wire.errors import Fault
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, PHONE, SHARED, SUB, SUB_TOKEN, TOKEN

ACCOUNTS = "/2010-04-01/Accounts"
SUB_NUMBER = "+14155550150"


async def make_account(exchange):
    return f"{ACCOUNTS}/{ACCOUNT}"


SPECIMENS = {"Account": make_account}


async def ask(exchange, method, path, **options):
    answer = await exchange.request(method, ACCOUNTS + path, **options)
    return answer.status_code, (answer.json().get("code") if answer.content else None)


async def move(exchange, status, sid=SUB):
    return await exchange.request("POST", f"{ACCOUNTS}/{sid}.json", data={"Status": status})


async def subs_call(exchange):
    """A call of the subaccount that is being talked on."""
    exchange.own(SUB_NUMBER, SUB, voice_url="http://app/voice")
    form = {"To": PHONE, "From": SUB_NUMBER, "Url": "http://app/voice"}
    placed = await exchange.request("POST", f"{ACCOUNTS}/{SUB}/Calls.json", auth=(SUB, SUB_TOKEN), data=form)
    for _ in range(60):
        await exchange.run(1)
        if (row := await exchange.database.rows.fetch("calls", placed.json()["sid"]))["status"] == "in-progress":
            return row["sid"]
    raise AssertionError("never answered")


async def test_representation(exchange):
    answer = (await exchange.get(".json")).json()
    assert answer == {
        "sid": ACCOUNT,
        "friendly_name": "Main",
        "type": "Full",
        "status": "active",
        "auth_token": TOKEN,
        "owner_account_sid": ACCOUNT,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": BASE + ".json",
        "subresource_uris": answer["subresource_uris"],
    }
    assert answer["subresource_uris"]["calls"] == BASE + "/Calls.json"


@SHARED
async def test_every_collection_of_an_account_is_among_its_links(shared):
    links = (await shared.get(".json")).json()["subresource_uris"]
    pattern = r"/2010-04-01/Accounts/\{account_sid\}/((?:SMS/|Usage/)?\w+)"
    found = {match[1] for kind in resources() if (match := re.fullmatch(pattern, kind.path))}
    assert {f"{BASE}/{name}.json" for name in found - NOT_LINKED} == set(links.values())
    for link in links.values():
        assert (await shared.request("GET", link)).status_code == 200


NOT_LINKED = {"SMS/Messages", "Tokens", "Usage/Triggers"}
"""The old name of messages, what can only be made, and what stands beside what is linked."""


async def test_login_checks_of_the_official_client(exchange):
    assert (await exchange.sdk(lambda client: client.api.accounts(ACCOUNT).fetch())).friendly_name == "Main"
    assert (await exchange.sdk(lambda client: client.api.v2010.account.fetch())).sid == ACCOUNT


@pytest.mark.works("Account.list", "FriendlyName", "Status", "OwnerAccountSid")
async def test_list(exchange):
    async def sids(query="", **options):
        answer = (await exchange.request("GET", f"{ACCOUNTS}.json{query}", **options)).json()
        return [one["sid"] for one in answer["accounts"]]

    assert await sids() == [SUB, ACCOUNT]
    assert await sids(auth=(SUB, SUB_TOKEN)) == [SUB]
    assert await sids("?FriendlyName=Sub") == [SUB]
    assert await sids("?OwnerAccountSid=" + OTHER) == []
    await move(exchange, "suspended")
    assert await sids("?Status=active") == await sids("?Status=Active") == [ACCOUNT]
    assert await sids("?Status=suspended") == [SUB]


async def test_who_sees_whom(exchange):
    assert await ask(exchange, "GET", f"/{SUB}.json") == (200, None)
    assert await ask(exchange, "GET", f"/{OTHER}.json") == (404, 20404)
    assert await ask(exchange, "GET", f"/AC{'0' * 32}.json") == (404, 20404)
    for method in ("GET", "POST"):
        assert await ask(exchange, method, f"/{ACCOUNT}.json", auth=(SUB, SUB_TOKEN)) == (404, 20404)
    assert await ask(exchange, "POST", f"/{OTHER}.json", data={"FriendlyName": "Mine"}) == (404, 20404)


async def test_tokens_are_shown_to_tokens(exchange):
    """3.1; an API key that may read accounts is not thereby their token."""
    listed = (await exchange.request("GET", ACCOUNTS + ".json")).json()["accounts"]
    assert [one["auth_token"] for one in listed] == [SUB_TOKEN, TOKEN]
    policy = '{"allow": ["/twilio/iam/accounts/read", "/twilio/iam/accounts/list"]}'
    exchange.write("keys", "SK" + "1" * 32, account_sid=ACCOUNT, secret="s", kind="restricted", policy=policy)
    exchange.write("keys", "SK" + "2" * 32, account_sid=ACCOUNT, secret="s", kind="main")
    for key, shown in (("1", None), ("2", TOKEN)):
        auth = ("SK" + key * 32, "s")
        assert (await exchange.request("GET", BASE + ".json", auth=auth)).json()["auth_token"] == shown
        listed = (await exchange.request("GET", ACCOUNTS + ".json", auth=auth)).json()["accounts"]
        assert listed[1]["auth_token"] == shown


# Create --------------------------------------------------------------------------------------


@pytest.mark.works("Account.create", "FriendlyName")
async def test_a_subaccount(exchange):
    made = await exchange.sdk(lambda client: client.api.accounts.create(friendly_name="Customer 7"))
    assert (made.friendly_name, made.status, made.type, made.owner_account_sid) == (
        "Customer 7",
        "active",
        "Full",
        ACCOUNT,
    )
    assert re.fullmatch("[0-9a-f]{32}", made.auth_token)
    own = await exchange.sdk(lambda client: client.api.v2010.account.fetch(), made.sid, made.auth_token)
    assert own.sid == made.sid
    assert len(await exchange.sdk(lambda client: client.api.v2010.accounts(made.sid).messages.list())) == 0


async def test_a_subaccount_without_a_name(exchange):
    await exchange.run(14 * 3600 + 5 * 60)
    answer = await exchange.request("POST", ACCOUNTS + ".json")
    assert answer.status_code == 201
    assert answer.json()["friendly_name"] == "SubAccount Created at 2026-01-01 02:05 pm"


async def test_create_refused(exchange):
    assert await ask(exchange, "POST", ".json", data={"FriendlyName": "x" * 65}) == (400, 20002)
    assert await ask(exchange, "POST", ".json", auth=(SUB, SUB_TOKEN)) == (400, 21101)  # one level only
    with pytest.raises(TwilioRestException, match="subaccount"):
        await exchange.sdk(lambda client: client.api.accounts.create(), SUB, SUB_TOKEN)


# Update --------------------------------------------------------------------------------------


@SHARED
@pytest.mark.parametrize(
    ("sid", "form", "code"),
    [
        (ACCOUNT, {"FriendlyName": ""}, 20002),
        (ACCOUNT, {"FriendlyName": "x" * 65}, 20002),
        (ACCOUNT, {"Status": "suspended"}, 21477),
        (ACCOUNT, {"Status": "closed"}, 21477),
        (SUB, {"Status": "asleep"}, 21478),
        (SUB, {"Status": "test"}, 21478),
    ],
)
async def test_update_refused(shared, sid, form, code):
    assert await ask(shared, "POST", f"/{sid}.json", data=form) == (400, code)


@pytest.mark.works("Account.update", "FriendlyName", "Status")
async def test_update(exchange):
    def change(**form):
        return exchange.sdk(lambda client: client.api.accounts(SUB).update(**form))

    changed = await change(friendly_name="New", status="suspended")
    assert (changed.friendly_name, changed.status) == ("New", "suspended")
    assert await ask(exchange, "GET", f"/{SUB}/Messages.json", auth=(SUB, SUB_TOKEN)) == (200, None)
    assert await ask(exchange, "POST", f"/{SUB}/Messages.json", auth=(SUB, SUB_TOKEN)) == (403, 20005)
    assert await ask(exchange, "POST", f"/{SUB}/Messages.json") == (403, 20005)
    assert (await change(status="active")).status == "active"
    assert await ask(exchange, "POST", f"/{SUB}/Messages.json", auth=(SUB, SUB_TOKEN)) == (400, 21604)
    assert (await change(status="closed")).status == "closed"
    for status in ("active", "suspended"):
        answer = await move(exchange, status)
        assert (answer.status_code, answer.json()["code"]) == (400, 21479)
    assert (await move(exchange, "closed")).status_code == 200
    assert await ask(exchange, "GET", f"/{SUB}/Messages.json", auth=(SUB, SUB_TOKEN)) == (403, 20005)
    assert await ask(exchange, "GET", f"/{SUB}.json") == (200, None), "its parent still sees it"


async def test_only_the_parent_changes_a_status(exchange):
    form = {"Status": "suspended"}
    assert await ask(exchange, "POST", f"/{SUB}.json", auth=(SUB, SUB_TOKEN), data=form) == (401, 20003)
    assert await ask(exchange, "POST", f"/{SUB}.json", auth=(SUB, SUB_TOKEN), data={"FriendlyName": "x"}) == (200, None)


async def test_nothing_else_changes_when_the_status_may_not(exchange):
    form = {"FriendlyName": "New", "Status": "closed"}
    assert await ask(exchange, "POST", f"/{ACCOUNT}.json", data=form) == (400, 21477)
    assert (await exchange.get(".json")).json()["friendly_name"] == "Main"


async def test_a_suspended_parent_suspends_its_subaccounts(exchange):
    exchange.own(SUB_NUMBER, SUB, voice_url="http://app/voice", sms_url="http://app/sms")
    exchange.write("accounts", "AC" + "9" * 32, auth_token="t", owner_account_sid="AC" + "8" * 32, status="active")
    exchange.write("accounts", "AC" + "8" * 32, auth_token="t", owner_account_sid="AC" + "8" * 32, status="suspended")
    path, auth = f"/AC{'9' * 32}/Messages.json", ("AC" + "9" * 32, "t")
    assert await ask(exchange, "GET", path, auth=auth) == (200, None)
    assert await ask(exchange, "POST", path, auth=auth) == (403, 20005)
    assert not exchange.switchboard.facilities.is_active("AC" + "9" * 32)


# What becomes of its traffic -------------------------------------------------------------------


@pytest.mark.parametrize("status", ["suspended", "closed"])
async def test_a_subaccount_put_to_rest_in_the_middle_of_a_call(exchange, status):
    sid = await subs_call(exchange)
    ringing = await exchange.request(
        "POST",
        f"{ACCOUNTS}/{SUB}/Calls.json",
        data={"To": "+14155550124", "From": SUB_NUMBER, "Url": "http://app/voice", "Timeout": "60"},
    )
    assert (await move(exchange, status)).json()["status"] == status
    await exchange.run(1)
    rows = exchange.database.rows
    assert (await rows.fetch("calls", sid))["status"] == "completed"
    assert (await rows.fetch("calls", ringing.json()["sid"]))["status"] == "canceled"
    [call] = exchange.network.phone(PHONE).calls
    assert call.cause is Cause.NORMAL


async def test_no_traffic_while_suspended(exchange):
    await subs_call(exchange)
    await move(exchange, "suspended")
    await exchange.run(1)
    asked = len(exchange.app.asked)
    phone = exchange.network.phone(PHONE)
    with pytest.raises(Fault, match="nobody answers"):
        exchange.network.place_call(phone, SUB_NUMBER)
    with pytest.raises(Fault, match="not a number"):
        exchange.network.send_text(phone, SUB_NUMBER, "Hello?")
    await exchange.run(60)
    assert len(exchange.app.asked) == asked
    await move(exchange, "active")
    exchange.network.place_call(phone, SUB_NUMBER)
    await exchange.run(1)
    assert len(exchange.app.asked) == asked + 1


async def test_an_order_whose_body_was_on_its_way_when_it_was_suspended(exchange):
    exchange.own(SUB_NUMBER, SUB)
    asked, sent = asyncio.Event(), asyncio.Event()

    async def body():
        asked.set()
        await sent.wait()
        yield f"To=%2B{PHONE[1:]}&From=%2B{SUB_NUMBER[1:]}&Url=http://app/voice".encode()

    path = f"/{SUB}/Calls.json"
    slow = asyncio.create_task(ask(exchange, "POST", path, auth=(SUB, SUB_TOKEN), content=body()))
    await asked.wait()
    await move(exchange, "suspended")
    sent.set()
    assert await slow == (403, 20005)


async def test_messages_that_wait_when_it_is_suspended_fail(exchange):
    """30002; the message was taken, and waits for its row to be durable."""
    exchange.own(SUB_NUMBER, SUB)
    form = {"To": PHONE, "From": SUB_NUMBER, "Body": "Hi"}
    path = f"{ACCOUNTS}/{SUB}/Messages.json"
    before = await exchange.request("POST", path, data=form)
    await exchange.run(60)
    await move(exchange, "suspended")
    rows = exchange.database.rows
    assert (await rows.fetch("messages", before.json()["sid"]))["status"] == "delivered"
    order = SendMessage(account=SUB, to=PHONE, sender=SUB_NUMBER, body="Too late", direction="outbound-reply")
    sent = exchange.switchboard.send_message(order)
    await exchange.run(60)
    row = await rows.fetch("messages", sent["sid"])
    assert (row["status"], row["error_code"]) == ("failed", 30002)


@pytest.mark.parametrize(("status", "becomes"), [("suspended", "failed"), ("closed", "canceled")])
async def test_messages_that_wait_for_their_time(exchange, status, becomes):
    exchange.own(SUB_NUMBER, SUB)
    terms = Terms(send_at=exchange.clock.now() + 3600)
    order = SendMessage(account=SUB, to=PHONE, sender=SUB_NUMBER, body="Good morning", terms=terms)
    sid = exchange.switchboard.send_message(order)["sid"]
    assert (await exchange.database.rows.fetch("messages", sid))["status"] == "scheduled"
    await move(exchange, status)
    await exchange.run(3660)
    assert (await exchange.database.rows.fetch("messages", sid))["status"] == becomes
    assert exchange.network.phone(PHONE).texts == []


async def test_closing_releases_numbers_and_ends_the_power_of_keys(exchange):
    exchange.own(SUB_NUMBER, SUB)
    exchange.own("+14155550151", SUB)
    key = await exchange.sdk(lambda client: client.new_keys.create(), SUB, SUB_TOKEN)
    path, auth = f"/{SUB}/IncomingPhoneNumbers.json", (key.sid, key.secret)
    assert await ask(exchange, "GET", path, auth=auth) == (200, None)
    await move(exchange, "suspended")
    assert await ask(exchange, "GET", path, auth=auth) == (200, None)
    assert exchange.database.directory.number(SUB_NUMBER), "kept while suspended"
    await move(exchange, "closed")
    assert await ask(exchange, "GET", path, auth=auth) == (403, 20005)
    assert await exchange.database.rows.page("incoming_phone_numbers", [("account_sid", "=", SUB)]) == []
    assert exchange.database.directory.number(SUB_NUMBER) is None
    assert exchange.database.directory.number(NUMBER), "its parent's stays"


@pytest.mark.parametrize("status", ["suspended", "closed"])
async def test_what_could_not_be_finished_is_finished_when_asked_again(exchange, monkeypatch, status):
    """The store fails after the status is written: 500, and the same request does the rest later."""
    call = await subs_call(exchange)
    with monkeypatch.context() as broken:
        record, journal = exchange.database.journal.record, exchange.database.journal

        def full(subject, account, event, *rest):
            if getattr(event, "change", "") == "deleted":
                raise NotStored("too much waits to be written")
            return record(subject, account, event, *rest)

        async def fails(*_, **__):
            raise NotStored("the disk is full")

        broken.setattr(journal, "record", full)
        broken.setattr(type(exchange.services.rows), "page", fails)
        assert (await move(exchange, status)).status_code == 500
    rows = exchange.database.rows
    assert (await rows.fetch("accounts", SUB))["status"] == status
    assert (await rows.fetch("calls", call))["status"] == "in-progress"
    assert await ask(exchange, "POST", f"/{SUB}.json", data={"FriendlyName": "Sub"}) == (200, None)
    assert exchange.database.directory.number(SUB_NUMBER), "a name does not ask for it"
    assert (await move(exchange, status)).status_code == 200
    await exchange.run(1)
    assert (await rows.fetch("calls", call))["status"] == "completed"
    assert (exchange.database.directory.number(SUB_NUMBER) is None) == (status == "closed")


async def test_more_live_calls_than_a_page_holds_are_ended(exchange, monkeypatch):
    sid = await subs_call(exchange)
    page = exchange.database.rows.page

    async def small(table, where=(), *, before=None, limit=50, offset=0):
        return await page(table, where, before=before, limit=min(limit, 1), offset=offset)

    exchange.write("calls", "CA" + "f" * 32, SUB, account_sid=SUB, status="queued")
    monkeypatch.setattr(type(exchange.services.rows), "page", staticmethod(small))
    await move(exchange, "suspended")
    await exchange.run(1)
    assert (await exchange.database.rows.fetch("calls", sid))["status"] == "completed"
