"""First start and adoption (design 5)."""

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.events import Noticed
from hoyhoy.provisioning import WELCOME_SMS, WELCOME_VOICE, Provisioning
from hoyhoy.wire import number
from tests.exchange.world import world

SID, TOKEN = "AC" + "b" * 32, "a-tutorials-token"
KEY, SECRET = "SK" + "b" * 32, "a-tutorials-secret"


@pytest.fixture
async def exchange():
    async with world() as made:
        yield made


def provisioning(exchange) -> Provisioning:
    return Provisioning(exchange.clock, SeededChance(5), exchange.database.journal, exchange.database.directory)


async def test_the_first_start(exchange):
    account = provisioning(exchange).first_start()
    assert account.sid.startswith("AC") and len(account.auth_token) == 32
    numbers = exchange.database.directory.numbers(account.sid)
    assert len(numbers) == 3 and len({one.number for one in numbers}) == 3
    for one in numbers:
        assert number.parse(one.number) == one.number
        assert (one.voice.url, one.messaging.url) == (WELCOME_VOICE, WELCOME_SMS)
    rows = await exchange.database.rows.page("incoming_phone_numbers")
    assert {row["account_sid"] for row in rows} == {account.sid}


async def test_an_unknown_account_is_adopted_with_its_token_and_a_note(exchange):
    account = provisioning(exchange).adopt_account(SID, TOKEN)
    assert exchange.database.directory.account(SID) == account
    assert (account.auth_token, account.status) == (TOKEN, "active")
    (note,) = exchange.events(Noticed)
    assert note.level == "warning" and SID in note.message and TOKEN not in note.message


async def test_the_first_start_makes_test_credentials(exchange):  # messaging 1.15
    account = provisioning(exchange).first_start()
    assert exchange.database.directory.accounts()[-2] == account, "the account itself comes first"
    test = exchange.database.directory.accounts()[-1]
    assert (test.status, test.owner) == ("test", account.sid)
    assert len(test.auth_token) == 32 and test.auth_token != account.auth_token
    assert exchange.database.directory.numbers(test.sid) == []


async def test_a_key(exchange):
    made = provisioning(exchange)
    account = made.first_start()
    key, other = made.key(account.sid, "One"), made.key(account.sid, "Two")
    assert key.sid.startswith("SK") and len(key.secret) == 32 and key.secret.isalnum()
    assert (key.account, key.kind) == (account.sid, "standard")
    assert key.secret != other.secret
    row = await exchange.database.rows.fetch("keys", key.sid)
    assert (row["friendly_name"], row["account_sid"]) == ("One", account.sid)


async def test_a_key_is_adopted_with_its_account(exchange):
    made = provisioning(exchange)
    made.first_start()
    key = made.adopt_key(KEY, SECRET, SID)
    assert (key.sid, key.secret, key.account, key.kind) == (KEY, SECRET, SID, "adopted")
    assert exchange.database.directory.account(SID).auth_token == ""
    account = made.adopt_account(SID, TOKEN)
    assert account.auth_token == TOKEN and exchange.database.directory.account(SID) == account
    notes = exchange.events(Noticed)
    assert len(notes) == 2 and KEY in notes[0].message and SID in notes[1].message
    assert not any(secret in repr(notes) for secret in (SECRET, TOKEN))


async def test_a_key_that_names_no_account_comes_to_the_first_and_follows_the_one_it_names_later(exchange):
    made = provisioning(exchange)
    first = made.first_start()
    assert made.adopt_key(KEY, SECRET, "").account == exchange.database.directory.accounts()[0].sid
    moved = made.adopt_key(KEY, SECRET, first.sid)
    assert (moved.account, moved.secret) == (first.sid, SECRET)
    assert len(await exchange.database.rows.page("keys", [])) == 1


async def test_an_adopted_number_leads_where_the_first_number_leads(exchange):
    made = provisioning(exchange)
    first = made.first_start()
    made.number(first.sid, "+14155550100")
    owned = made.adopt_number(first.sid, "+12025550100")
    assert (owned.account, owned.voice.url, owned.messaging.url) == (first.sid, WELCOME_VOICE, WELCOME_SMS)
    (note,) = exchange.events(Noticed)
    assert "+12025550100" in note.message


async def test_an_adopted_short_code_is_no_telephone_number(exchange):  # messaging 3.6, 7
    made = provisioning(exchange)
    first = made.first_start()
    owned = made.adopt_number(first.sid, "12345")
    assert owned == exchange.database.directory.number("12345") and owned.sid.startswith("SC")
    assert (owned.account, owned.messaging.url, owned.voice.url) == (first.sid, WELCOME_SMS, "")
    assert [row["short_code"] for row in await exchange.database.rows.page("short_codes")] == ["12345"]
    assert len(await exchange.database.rows.page("incoming_phone_numbers")) == 3
    (note,) = exchange.events(Noticed)
    assert "12345" in note.message
