"""What belongs to something else."""

import pytest

from hoyhoy.rest.kit import parts
from hoyhoy.rest.kit.parts import check_mine, check_room, remove_all
from hoyhoy.wire.errors import Fault
from tests.rest.sip import fill
from tests.rest.world import ACCOUNT, OTHER

MINE = [("account_sid", "=", ACCOUNT), ("trunk_sid", "=", "TK1")]


class Request:
    """As much of a request's context as is needed."""

    def __init__(self, exchange):
        self.services = exchange.services
        self.account = exchange.database.directory.account(ACCOUNT)


async def test_room(exchange):
    request, full = Request(exchange), Fault(21248)
    fill(exchange, "origination_urls", 2, "OU", trunk_sid="TK1")
    fill(exchange, "origination_urls", 5, "OV", trunk_sid="TK2")
    await check_room(request, "origination_urls", MINE, 3, full)
    fill(exchange, "origination_urls", 1, "OW", trunk_sid="TK1")
    with pytest.raises(Fault) as refused:
        await check_room(request, "origination_urls", MINE, 3, full)
    assert refused.value is full


async def test_all_go_and_no_others(exchange, monkeypatch):
    monkeypatch.setattr(parts, "AT_ONCE", 2)
    fill(exchange, "origination_urls", 5, "OU", trunk_sid="TK1")
    fill(exchange, "origination_urls", 1, "OV", trunk_sid="TK2")
    exchange.write("origination_urls", "OU" + "f" * 32, OTHER, account_sid=OTHER, trunk_sid="TK1")
    await remove_all(Request(exchange), "origination_urls", MINE)
    left = await exchange.database.rows.page("origination_urls")
    assert [(one["account_sid"], one["trunk_sid"]) for one in left] == [(OTHER, "TK1"), (ACCOUNT, "TK2")]


async def test_what_is_not_the_accounts_is_not_there(exchange):
    exchange.write("byoc_trunks", "BY" + "a" * 32, ACCOUNT, account_sid=ACCOUNT)
    exchange.write("byoc_trunks", "BY" + "b" * 32, OTHER, account_sid=OTHER)
    await check_mine(Request(exchange), "byoc_trunks", "BY" + "a" * 32)
    for sid in ("BY" + "b" * 32, "BY" + "c" * 32):
        with pytest.raises(Fault, match=f"no {sid}") as refused:
            await check_mine(Request(exchange), "byoc_trunks", sid)
        assert refused.value.code == 20404
