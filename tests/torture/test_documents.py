"""Documents by the thousand, and hostile ones: whatever an app writes, nothing stays unfinished (2, 16 to 18)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from xml.sax.saxutils import escape

import pytest

from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.ports import FetchFailed, Webhook
from tests.exchange.talking import ANN, BOB
from tests.exchange.test_random_documents import finished, live
from tests.exchange.waiting_room import ADA, furnish, serves
from tests.exchange.world import NUMBER, World, world

from .test_rooms import NAMES, over

pytestmark = pytest.mark.torture

SEEDS = 200


@pytest.mark.timeout(60)
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_nothing_stays_unfinished(caplog: pytest.LogCaptureFixture, seed: int) -> None:
    async with world(seed, Rules(ring_limit=60)) as exchange:
        await live(exchange, seed)
        await finished(exchange)
    assert not [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


@pytest.fixture
async def exchange(caplog: pytest.LogCaptureFixture) -> AsyncIterator[World]:
    async with world() as made:
        yield made
        over(made)
    assert not [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
async def test_a_name_in_a_document(exchange: World, name: str) -> None:
    said = escape(name, {'"': "&quot;", "\x00": "&#0;", "\r": "&#13;", "\n": "&#10;"})
    for number, inside in enumerate(
        (
            f"<Dial><Conference>{said}</Conference></Dial>",
            f'<Dial><Conference participantLabel="{said}">Room</Conference></Dial>',
            f'<Dial><Conference coach="{said}" eventCallbackUrl="{said}" waitUrl="{said}">Room</Conference></Dial>',
            f"<Dial><Queue>{said}</Queue></Dial>",
            f"<Enqueue>{said}</Enqueue>",
            f'<Enqueue action="{said}" waitUrl="{said}" workflowSid="">{said}</Enqueue>',
            f'<Start><Recording name="{said}"/></Start><Stop><Recording name="{said}"/></Stop>',
            f"<Refer><Sip>{said}</Sip></Refer>",
            f'<Dial><Client><Identity>{said}</Identity><Parameter name="{said}" value="{said}"/></Client></Dial>',
        )
    ):
        exchange.app.pages[f"http://app/{number}"] = f"<Response>{inside}</Response>"
        exchange.place(f"http://app/{number}", exchange.phone(f"+1415556{number:04d}").number, time_limit=30)
    await exchange.run(700)


async def test_a_thousand_parameters(exchange: World) -> None:
    told = "".join(f'<Parameter name="n{i}" value="{"v" * 50}"/>' for i in range(1000))
    exchange.phone("client:ann")
    exchange.app.pages["http://app/start"] = (
        f"<Response><Dial><Client><Identity>ann</Identity>{told}</Client>"
        f"<Application><ApplicationSid>AP{'1' * 32}</ApplicationSid>{told}</Application></Dial></Response>"
    )
    exchange.phone(ANN)
    exchange.place(time_limit=20)
    await exchange.run(700)


# For who waits -----------------------------------------------------------------------------------

LOOP = "<Response><Redirect>http://app/loop</Redirect></Response>"
DOCUMENTS = {
    "nothing": "",
    "empty": "<Response/>",
    "loop": LOOP,
    "private": FetchFailed(11205, "10.0.0.1 is private."),
    "slow": FetchFailed(11205, "Timed out."),
    "big": f"<Response>{'<Say>Hello</Say>' * 4000}</Response>",
    "pauses": "<Response>" + '<Pause length="0"/>' * 4000 + "</Response>",
    "odd": "<Response><Dial><Conference>Room</Conference></Dial><Enqueue>support</Enqueue><Hangup/></Response>",
    "gather": '<Response><Gather timeout="1"/><Redirect>http://app/page</Redirect></Response>',
    "gathers": '<Response><Gather timeout="1" actionOnEmptyResult="true"/></Response>',
    "leave": "<Response><Leave/></Response>",
    "silent": '<Response><Pause length="0"/><Redirect>http://app/page</Redirect></Response>',
    "deep": "<Response>" + "<Say>" * 2000 + "</Say>" * 2000 + "</Response>",
}


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_a_document_for_who_waits(exchange: World, kind: str) -> None:
    exchange.app.pages |= {"http://app/page": DOCUMENTS[kind], "http://app/loop": LOOP}
    furnish(exchange, 'waitUrl="/page"', queue='url="/page"', dial='timeLimit="9"')
    room = '<Dial timeLimit="60"><Conference waitUrl="/page">Room</Conference></Dial>'
    exchange.app.pages["http://app/room"] = f"<Response>{room}</Response>"
    exchange.network.place_call(exchange.phone(ANN), NUMBER)
    exchange.place("http://app/room", exchange.phone(BOB).number, time_limit=100)
    exchange.place("http://app/room", exchange.phone("+14155550444").number, time_limit=200)
    await exchange.run(20)
    serves(exchange)
    await exchange.run(20)
    for conference in list(exchange.switchboard.facilities.conferences.values()):
        conference.announce(Webhook("http://app/page"))
        for one in conference.inside:
            one.announce(Webhook("http://app/page"))
            one.change(hold=True, hold_url="http://app/page")
        await exchange.run(5)
    for phone in (ANN, BOB, ADA):
        for call in exchange.network.phone(phone).calls:
            if call.leg:
                call.leg.put_down()
    await exchange.run(400)
