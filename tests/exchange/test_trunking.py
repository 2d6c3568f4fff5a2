"""Numbers of a customer's own exchange (voice 10.2)."""

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.events import Noticed, PhoneHeard, ResourceChanged
from hoyhoy.exchange.ports import Origination, Row, SipTrunk
from hoyhoy.exchange.trunking import places

from .world import ACCOUNT, NUMBER, PHONE

TRUNK = "TK" + "1" * 32


def trunk(*originations: Origination) -> SipTrunk:
    return SipTrunk(TRUNK, ACCOUNT, "PBX", "", originations=originations)


def own(exchange, *urls: str, disaster: str = "", secure: bool = False) -> None:
    """The number belongs to a trunk with these places."""

    def write(table: str, sid: str, **values: object) -> None:
        row = Row(table, sid, {"account_sid": ACCOUNT, **values}, new=True)
        exchange.database.journal.record(sid, ACCOUNT, ResourceChanged(table=table, change="created"), (row,))

    write("trunks", TRUNK, friendly_name="PBX", disaster_recovery_url=disaster, secure=secure)
    for place, url in enumerate(urls):
        write("origination_urls", f"OU{place:032d}", trunk_sid=TRUNK, sip_url=url, priority=1, weight=1, enabled=True)
    exchange.own(NUMBER, trunk_sid=TRUNK, voice_url="http://app/never")


def test_disabled_places_are_left_out_and_the_number_is_the_user():
    chosen = trunk(
        Origination("sip:b.example;transport=tls", 2, 1, True),
        Origination("sip:off.example", 0, 1, False),
        Origination("sip:ivr@a.example", 1, 1, True),
    )
    assert places(chosen, NUMBER, SeededChance(1)) == [
        "sip:ivr@a.example",
        f"sip:{NUMBER}@b.example;transport=tls",
    ]


@pytest.mark.parametrize(("urls", "code"), [((), 32010), (("sip:pbx.invalid", "sip:other.invalid"), 32011)])
async def test_when_no_place_takes_the_call_the_disaster_url_is_asked(exchange, urls, code):
    exchange.app.pages["http://app/disaster"] = "<Response><Say>We are moving</Say></Response>"
    own(exchange, *urls, disaster="http://app/disaster")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert [heard.text for heard in exchange.events(PhoneHeard)] == ["We are moving"]
    assert code in [noticed.code for noticed in exchange.events(Noticed)]
    row = await exchange.row("calls", call.sid)
    assert (row["direction"], row["trunk_sid"], row["status"]) == ("trunking-originating", TRUNK, "completed")
    assert [webhook.url for webhook in exchange.app.asked] == ["http://app/disaster"]


@pytest.mark.parametrize("disaster", ["", "http://app/disaster"])
async def test_a_secure_trunk_is_not_called_in_clear(exchange, disaster):
    """Voice reference 10.2: secure trunking is SRTP, which no line has. The place would answer, and is not asked."""
    exchange.app.pages["http://app/disaster"] = "<Response><Say>We are moving</Say></Response>"
    own(exchange, "sip:pbx.invalid", disaster=disaster, secure=True)
    call = exchange.network.place_call(exchange.phone(PHONE), NUMBER)
    await exchange.run()
    assert [noticed.code for noticed in exchange.events(Noticed)] == [13255]
    assert [webhook.url for webhook in exchange.app.asked] == ([disaster] if disaster else [])
    assert (await exchange.row("calls", call.sid))["status"] == ("completed" if disaster else "failed")


async def test_without_one_the_caller_is_refused(exchange):
    own(exchange, "sip:pbx.invalid")
    call = exchange.network.place_call(exchange.phone(PHONE), NUMBER)
    await exchange.run()
    assert (await exchange.row("calls", call.sid))["status"] == "failed" and not exchange.app.asked
    assert exchange.events(PhoneHeard) == []
