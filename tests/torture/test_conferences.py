"""Conferences under random orders by REST: no answer is a failure of the exchange, and nothing is left behind (6)."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from hoyhoy.exchange import recording_rows
from hoyhoy.exchange.call import FINAL
from hoyhoy.lines.simulated.script import Behaviour, Step
from tests.rest.world import BASE, NUMBER, World, world

pytestmark = pytest.mark.torture

SEEDS, ORDERS = 100, 60
ODDS = {"call": 35, "change": 25, "kick": 8, "room": 4, "tape": 6, "lead": 6, "wait": 16}
ROOMS, LABELS = ("Kitchen", "Garden"), ("ann", "bob")
PHONES = tuple(f"+1415555010{digit}" for digit in range(1, 7))
DOCUMENT = "<Response><Say>Hello there</Say></Response>"

Forms = Mapping[str, Callable[[], str]]


class Chaos:
    """One run: whom it called, and the conferences that came of it."""

    def __init__(self, exchange: World, seed: int) -> None:
        self.exchange, self.chance = exchange, random.Random(seed)
        self.calls: list[str] = []
        self.conferences: list[str] = []
        for phone in PHONES:
            answering = self.chance.choice(("answer", "answer", "ring-out", "busy"))
            script = (Step(wait=self.chance.random() * 20, say="I say something"),)
            exchange.network.phone(phone).behaviour = Behaviour(answering=answering, script=script)

    def one_of(self, *words: str) -> Callable[[], str]:
        return lambda: self.chance.choice(words)

    def call(self) -> str:
        return self.chance.choice(self.calls or ["CA" + "0" * 32])

    def room(self) -> str:
        return self.chance.choice([*ROOMS, *self.conferences])

    def some(self, forms: Forms) -> dict[str, str]:
        return {name: value() for name, value in forms.items() if self.chance.random() < 0.25}

    async def ask(self, method: str, path: str, **form: str) -> dict[str, Any]:
        answer = await self.exchange.request(method, BASE + path, data=form)
        assert answer.status_code < 500, (method, path, form, answer.text)
        return answer.json() if answer.status_code == 201 else {}

    async def order(self) -> None:
        """Something of what REST may ask, or nothing for a while."""
        either = self.one_of("true", "false")
        match self.chance.choices(("call", "change", "kick", "room", "tape", "lead", "wait"), (35, 25, 8, 4, 6, 6, 16))[
            0
        ]:
            case "call":
                made = await self.ask(
                    "POST",
                    f"/Conferences/{self.room()}/Participants.json",
                    From=NUMBER,
                    To=self.chance.choice(PHONES),
                    **self.some(
                        {
                            "Label": self.one_of(*LABELS),
                            "Muted": either,
                            "Beep": either,
                            "Record": either,
                            "ConferenceRecord": either,
                            "EndConferenceOnExit": either,
                            "StartConferenceOnEnter": either,
                            "WaitUrl": self.one_of("", "http://app/wait"),
                            "MaxParticipants": self.one_of("3"),
                            "TimeLimit": self.one_of("1", "10", "40"),
                            "Timeout": self.one_of("6"),
                            "CallSidToCoach": self.call,
                            "MachineDetection": self.one_of("Enable", "DetectMessageEnd"),
                            "ConferenceStatusCallback": self.one_of("http://app/told"),
                        }
                    ),
                )
                if made:
                    self.calls.append(made["call_sid"])
                    self.conferences.append(made["conference_sid"])
            case "change":
                sid = self.chance.choice([*LABELS, self.call()])
                forms: Forms = {
                    "Muted": either,
                    "Hold": either,
                    "HoldUrl": self.one_of("", "http://app/hold"),
                    "AnnounceUrl": self.one_of("http://app/announce"),
                    "WaitUrl": self.one_of("", "http://app/wait"),
                    "BeepOnExit": either,
                    "EndConferenceOnExit": either,
                    "Coaching": either,
                    "CallSidToCoach": self.call,
                }
                await self.ask("POST", f"/Conferences/{self.room()}/Participants/{sid}.json", **self.some(forms))
            case "kick":
                await self.ask("DELETE", f"/Conferences/{self.room()}/Participants/{self.call()}.json")
            case "room":
                form = self.chance.choice(({"Status": "completed"}, {"AnnounceUrl": "http://app/announce"}))
                await self.ask("POST", f"/Conferences/{self.room()}.json", **form)
            case "tape":
                path = f"/Conferences/{self.room()}/Recordings/Twilio.CURRENT.json"
                await self.ask("POST", path, Status=self.chance.choice(("paused", "in-progress", "stopped")))
            case "lead":
                room = "<Response><Dial><Conference>Garden</Conference></Dial></Response>"
                form = self.chance.choice(({"Status": "completed"}, {"Twiml": room}, {"Twiml": DOCUMENT}))
                await self.ask("POST", f"/Calls/{self.call()}.json", **form)
            case _:
                await self.exchange.run(self.chance.choice((0.05, 0.5, 3, 10)))
        await self.ask("GET", f"/Conferences/{self.room()}/Participants.json")

    async def end(self) -> None:
        """All conferences, and all who were sent into one meanwhile."""
        while live := list(self.exchange.switchboard.facilities.conferences):
            for sid in live:
                await self.ask("POST", f"/Conferences/{sid}.json", Status="completed")
            await self.exchange.run(60)
        await self.exchange.run(700)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_random_orders(seed: int) -> None:
    async with world() as exchange:
        exchange.app.document = DOCUMENT
        chaos = Chaos(exchange, seed)
        for _ in range(ORDERS):
            await chaos.order()
        await chaos.end()
        facilities, rows = exchange.switchboard.facilities, exchange.database.rows
        assert not facilities.conferences and not facilities.calls and not facilities.recordings
        assert all(row["status"] == "completed" for row in await rows.page("conferences", limit=500))
        assert all(row["status"] in FINAL for row in await rows.page("calls", limit=500))
        assert all(row["status"] in recording_rows.FINAL for row in await rows.page("recordings", limit=500))
