"""A thousand random calls in virtual time: every one ends, and each call's log is the same in two runs (design 4)."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

from hoyhoy.exchange.call import FINAL
from hoyhoy.exchange.orders import Detect
from hoyhoy.exchange.ports import FetchFailed, Webhook
from hoyhoy.wire.errors import Fault

from .talking import APPLICATION, application
from .world import World, world

PAGES = {
    "http://app/menu": '<Response><Gather action="/picked" numDigits="1" timeout="4"><Say>Press one key</Say></Gather>'
    "<Say>Nothing</Say></Response>",
    "http://app/picked": "<Response><Say>Thanks</Say><Pause length='2'/></Response>",
    "http://app/code": '<Response><Gather action="/checked"><Say>Your code, please</Say></Gather></Response>',
    "http://app/checked": "<Response><Redirect>/menu</Redirect></Response>",
    "http://app/long": "<Response><Pause length='900'/></Response>",
    "http://app/broken": "<Response><Say>",
    "http://app/down": FetchFailed(11200, "HTTP 500"),
    "http://app/busy": '<Response><Reject reason="busy"/></Response>',
    "http://app/dial": '<Response><Dial timeout="15" timeLimit="20" hangupOnStar="true">+14155000001</Dial></Response>',
    "http://app/group": '<Response><Dial action="/picked" answerOnBridge="true" timeLimit="9">'
    '<Number url="/menu">+14155000002</Number><Number>+14155000003</Number><Number>+14156000000</Number>'
    "</Dial></Response>",
    "http://app/around": '<Response><Dial sequential="true" timeout="5" timeLimit="9"><Number>+14155000004</Number>'
    '<Number sendDigits="1w2">+14156000011</Number></Dial></Response>',
    "http://app/clients": '<Response><Dial timeLimit="9" action="/picked"><Client>nobody</Client>'
    '<Client url="/menu">ann<Parameter name="a" value="1"/></Client></Dial></Response>',
    "http://app/application": '<Response><Dial timeLimit="9">'
    f"<Application>{APPLICATION}</Application></Dial></Response>",
    "http://app/fallback": "<Response><Say>Sorry</Say></Response>",
}


def steps(rng: random.Random) -> list[dict[str, Any]]:
    """What a person on a phone may do, in random order and at random times."""
    choices: list[dict[str, Any]] = [
        {"hear": "press", "wait": rng.uniform(0, 6), "press": rng.choice("123#*")},
        {"hear": "code", "wait": rng.uniform(0, 3), "press": rng.choice(["12#", "1w2", "#", "99999"])},
        {"wait": rng.uniform(0, 40), "hang_up": True},
        {"wait": rng.uniform(0, 9)},
        {"say": "hello"},
    ]
    return rng.sample(choices, rng.randrange(4))


async def thousand(exchange: World, seed: int) -> None:
    """Place and receive 500 calls within ten minutes, which dial as many; some get orders while they last."""
    rng = random.Random(seed)
    exchange.app.pages |= PAGES
    application(exchange, voice_url="http://app/menu", status_callback="http://app/status")
    ann = exchange.phone("client:ann", *steps(rng), answer_after=3)
    own = [f"+1415600{i:04d}" for i in range(len(PAGES))]
    for number, url in zip(own, PAGES, strict=True):
        exchange.own(number, voice_url=url, status_callback="http://app/status")

    async def one(number: str) -> None:
        await exchange.clock.sleep(rng.uniform(0, 600))
        phone = exchange.phone(
            number,
            *steps(rng),
            ring_after=rng.uniform(0, 2),
            answer_after=rng.uniform(0, 20),
            answering=rng.choice(
                ["answer"] * 8
                + ["busy", "ring-out", "decline", "unreachable", "manual", "voicemail", "fax", "human", "silent"]
            ),
        )
        if rng.random() < 0.3:
            exchange.network.place_call(phone, rng.choice(own))
            return
        if rng.random() < 0.1:
            exchange.network.call_application(ann, APPLICATION, number)
            return
        sid = exchange.place(
            rng.choice(list(PAGES)),
            rng.choice([number] * 9 + own),
            timeout=rng.randrange(5, 60),
            time_limit=rng.randrange(30, 600),
            send_digits=rng.choice(["", "", "1w2"]),
            fallback_url=rng.choice(["", "http://app/fallback", "http://app/down"]),
            detect=rng.choice([None] * 14 + [Detect(to_end=rng.random() < 0.5, is_async=rng.random() < 0.5)]),
        )
        if rng.random() < 0.3:
            await exchange.clock.sleep(rng.uniform(0, 60))
            try:
                match rng.randrange(3):
                    case 0:
                        exchange.switchboard.redirect_call(sid, webhook=Webhook("http://app/picked"))
                    case 1:
                        exchange.switchboard.end_call(sid, "completed")
                    case _:
                        exchange.switchboard.end_call(sid, "canceled")
            except Fault as fault:
                assert fault.code == 21220

    for i in range(500):
        exchange.clock.spawn(one(f"+1415500{i:04d}"), f"caller {i}")
    await exchange.run(3000)


async def logs(seed: int) -> dict[str, list[Any]]:
    """Each call's log: moments and events, in order."""
    found: dict[str, list[Any]] = defaultdict(list)
    async with world(seed) as exchange:
        await thousand(exchange, seed)
        for entry in exchange.entries:
            found[entry.subject].append((entry.at, entry.event))
        calls = await exchange.database.rows.page("calls", limit=5000)
        assert len(calls) >= 1000
        assert {call["status"] for call in calls} <= {str(status) for status in FINAL}
        assert len({call["status"] for call in calls}) == len(FINAL)
        for call in calls:
            assert (call["duration"] is not None) == (call["answer_time"] is not None)
            assert not exchange.switchboard.is_live(call["sid"])
            assert bool(call["answered_by"]) == bool(call["machine_detection"] and call["answer_time"])
    return found


async def test_every_call_ends_and_two_runs_are_the_same(caplog):
    first, second = await logs(7), await logs(7)
    assert first.keys() == second.keys()
    for subject, log in first.items():
        assert log == second[subject]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
