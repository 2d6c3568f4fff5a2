"""First start and adoption (design 5)."""

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.events import Noticed
from hoyhoy.provisioning import WELCOME_SMS, WELCOME_VOICE, Provisioning
from hoyhoy.wire import number
from tests.exchange.world import world

SID, TOKEN = "AC" + "b" * 32, "a-tutorials-token"


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


async def test_an_adopted_number_leads_where_the_first_number_leads(exchange):
    made = provisioning(exchange)
    first = made.first_start()
    made.number(first.sid, "+14155550100")
    owned = made.adopt_number(first.sid, "+12025550100")
    assert (owned.account, owned.voice.url, owned.messaging.url) == (first.sid, WELCOME_VOICE, WELCOME_SMS)
    (note,) = exchange.events(Noticed)
    assert "+12025550100" in note.message
