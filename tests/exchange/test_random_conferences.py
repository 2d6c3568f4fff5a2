"""Random conferences in virtual time: whoever comes, goes, or is ordered about, all of them end, who hears whom is as
it is told, and callbacks are complete (design 4)."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from hoyhoy.exchange.conference_callbacks import EVENTS
from hoyhoy.exchange.orders import Attend, Record, Telling
from hoyhoy.exchange.ports import FetchFailed
from hoyhoy.wire.errors import Fault

from .meeting import at
from .world import World

ROOMS = ("North", "South")
NOUNS = (
    'statusCallback="/told" statusCallbackEvent="start end join leave mute hold modify speaker announcement"',
    'startConferenceOnEnter="false" waitUrl="/wait"',
    'endConferenceOnExit="true" waitUrl="/slow"',
    'muted="true" beep="false" maxParticipants="4"',
    'participantLabel="one" waitUrl="/down" record="true"',
    'waitUrl="" record="record-from-start"',
)
PAGES = {
    "http://app/wait": "<Response><Say>Wait</Say><Redirect>/slow</Redirect></Response>",
    "http://app/slow": "<Response><Pause length='3'/><Play>/song.mp3</Play></Response>",
    "http://app/down": FetchFailed(11200, "HTTP 500"),
    "http://app/news": "<Response><Say>News</Say><Pause length='2'/></Response>",
    "http://app/over": "<Response><Say>Over</Say></Response>",
}
MAY_BE_REFUSED = {16001, 16020, 16022, 16026, 16027, 16028, 16099, 21220}


def check(exchange: World) -> None:
    """Who is in the room of each conference is who hears the others."""
    for one in exchange.switchboard.facilities.conferences.values():
        mixed = {participant.call.line for participant in one.inside if participant.is_mixed}
        assert set(one.bridge) == mixed, one.name


def order(exchange: World, rng: random.Random) -> None:
    """Something that somebody may ask through REST."""
    going_on = list(exchange.switchboard.facilities.conferences.values())
    if not going_on:
        return
    meeting = rng.choice(going_on)
    one, other = (rng.choice(list(meeting.participants.values())) for _ in (0, 1))
    match rng.randrange(9):
        case 0:
            meeting.announce(at("news"))
        case 1:
            one.announce(at("news"))
        case 2:
            one.change(hold=rng.random() < 0.5, hold_url=rng.choice([None, "", "http://app/slow", "http://app/down"]))
        case 3:
            one.change(muted=rng.random() < 0.5, ends=rng.random() < 0.2)
        case 4:
            one.change(coaches=rng.choice(["", other.call.sid]))
        case 5:
            one.kick()
        case 6:
            exchange.switchboard.redirect_call(one.call.sid, webhook=at("over"))
        case 7:
            exchange.switchboard.end_call(one.call.sid, "completed")
        case 8 if rng.random() < 0.2:
            meeting.end()


async def evening(exchange: World, seed: int) -> None:
    """A hundred calls in five minutes, half of them made for a conference, and two hundred orders."""
    rng = random.Random(seed)
    exchange.app.pages |= PAGES
    numbers = [f"+1500555{i:04d}" for i in range(len(NOUNS) * len(ROOMS))]
    for number, (room, noun) in zip(numbers, [(room, noun) for room in ROOMS for noun in NOUNS], strict=True):
        exchange.app.pages[f"http://app/{number}"] = (
            f'<Response><Dial hangupOnStar="true" timeLimit="90" action="/over"><Conference {noun}>{room}</Conference>'
            "</Dial></Response>"
        )
        exchange.own(number, voice_url=f"http://app/{number}")

    async def one(i: int) -> None:
        await exchange.clock.sleep(rng.uniform(0, 300))
        steps = [
            {"wait": rng.uniform(0, 20), "say": "Hello"},
            {"wait": rng.uniform(0, 20), "press": rng.choice("1*")},
            {"wait": rng.uniform(0, 60), "hang_up": True},
        ]
        answering = rng.choice(["answer"] * 4 + ["busy", "decline"])
        phone = exchange.phone(f"+1415500{i:04d}", *rng.sample(steps, rng.randrange(4)), answering=answering)
        if rng.random() < 0.5:
            exchange.network.place_call(phone, rng.choice(numbers))
            return
        telling = Telling(callback="http://app/told", events=EVENTS)
        record = Record(source="Conference") if rng.random() < 0.5 else None
        attend = Attend(
            name=rng.choice(ROOMS), label=rng.choice(["", "", "two"]), starts=rng.random() < 0.7, telling=telling,
            wait_url=rng.choice([None, "", "http://app/wait"]), record=record, ends=rng.random() < 0.1,
        )  # fmt: skip
        try:
            exchange.place("", phone.number, twiml="", attend=attend, time_limit=rng.randrange(30, 120))
        except Fault as fault:
            assert fault.code in MAY_BE_REFUSED

    for i in range(100):
        exchange.clock.spawn(one(i), f"caller {i}")
    for _ in range(200):
        await exchange.run(rng.uniform(0, 3))
        check(exchange)
        try:
            order(exchange, rng)
        except Fault as fault:
            assert fault.code in MAY_BE_REFUSED
        check(exchange)
    await exchange.run(600)


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_conference_ends(exchange, caplog, seed):
    await evening(exchange, seed)
    facilities = exchange.switchboard.facilities
    assert not (facilities.conferences or facilities.calls or facilities.recordings)
    rows = await exchange.database.rows.page("conferences", limit=500)
    assert len(rows) > 5 and {row["status"] for row in rows} == {"completed"}
    assert len({row["reason_conference_ended"] for row in rows}) > 1
    told = defaultdict(list)
    for callback in exchange.callbacks:
        if callback.url == "http://app/told":
            told[callback.subject].append(dict(callback.params))
    assert told
    for callbacks in told.values():
        events = [one["StatusCallbackEvent"] for one in callbacks]
        assert [one["SequenceNumber"] for one in callbacks] == [str(i + 1) for i in range(len(callbacks))]
        assert events.count("conference-end") == 1 and events[-1] == "conference-end"
        came = [one["CallSid"] for one in callbacks if one["StatusCallbackEvent"] == "participant-join"]
        left = [one["CallSid"] for one in callbacks if one["StatusCallbackEvent"] == "participant-leave"]
        assert set(came) <= set(left)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
