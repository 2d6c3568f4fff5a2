"""Whatever browsers say, in whatever order, and whatever the exchange does: nothing fails, and nothing is left."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.lines.webrtc.device import HOLDS

from .booth import SID, Booth, Browser, booth, described

NAMES = ("alice", "alice", "bob")
STEPS = 60

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = ("listen", "register", "invite", "answer", "reject", "hangup", "reinvite", "dtmf", "message")
FIELDS = ("callsid", "sdp", "token", "browserinfo", "media", "twilio", "reconnect", "dtmf", "content", "voiceeventsid")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WORDS), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6))
def test_no_frame_is_too_strange(word: str, payload: dict[str, Any]) -> None:
    async def story() -> None:
        async with booth() as line:
            browser = line.browser("alice")
            browser.device.hear(json.dumps({"type": word, "payload": payload}))
            await line.turn()
            assert not any(told.get("error", {}).get("code") == 31000 for _, told in browser.said)

    asyncio.run(story())


@pytest.mark.parametrize("seed", range(40))
async def test_calls_of_chance(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    async with booth() as line:
        crowd = Crowd(line, random.Random(seed))
        for _ in range(STEPS):
            await crowd.step()
        await crowd.leave()
        assert not line.line.equipment.legs and len(line.line.equipment.presence) == 0
        assert all(sound.is_closed for sound in line.plane.sounds)
        assert all(leg.is_released for leg in crowd.legs)
    assert not caplog.records


class Crowd:
    """Browsers that do what they please, and an exchange that does too."""

    def __init__(self, line: Booth, chance: random.Random) -> None:
        self.line, self.chance = line, chance
        self.browsers: list[Browser] = [line.browser(name) for name in NAMES]
        self.passes = ["0" * 32]
        self.dialled = 0
        self.legs: list[Any] = []

    async def step(self) -> None:
        acts = (self.call, self.dial, self.say, self.say, self.say, self.lose, self.exchange, self.sound, self.wait)
        await self.chance.choice(acts)()
        await self.line.turn()
        for browser in self.browsers:
            self.passes += [told["reconnect"] for _, told in browser.said[-2:] if told.get("reconnect")]
        self.legs += [came.leg for came in self.line.exchange.calls if came.leg not in self.legs]

    def somebody(self) -> Browser:
        return self.chance.choice(self.browsers)

    def some_call(self) -> str:
        known = [*self.line.line.equipment.legs, SID, "TJS1", "TJS2", "CA" + "0" * 32]
        return self.chance.choice(known)

    async def call(self) -> None:
        label = f"TJS{self.chance.randrange(4)}"
        self.somebody().send("invite", callsid=label, sdp=described(), twilio={"params": "To=client%3Abob"})

    async def dial(self) -> None:
        if SID not in self.line.line.equipment.legs:
            self.legs.append(await self.line.dial(self.chance.choice(NAMES)))

    async def say(self) -> None:
        word = self.chance.choice(("answer", "answer", "reject", "hangup", "reinvite", "dtmf", "back", "register"))
        call, sdp = self.some_call(), described(self.chance.choice(("them", "anew", "other")), setup="active")
        match word:
            case "back":
                shown = self.chance.choice(self.passes[-6:])
                self.somebody().send("invite", callsid=call, sdp=sdp, reconnect=shown, twilio={})
            case "register":
                self.somebody().send("register", media={"audio": self.chance.random() < 0.7})
            case _:
                self.somebody().send(word, callsid=call, sdp=sdp, dtmf="12#")

    async def lose(self) -> None:
        place = self.chance.randrange(len(self.browsers))
        self.browsers[place].device.lost()
        self.browsers[place] = self.line.browser(NAMES[place])

    async def exchange(self) -> None:
        legs = list(self.line.line.equipment.legs.values())
        if legs:
            leg = self.chance.choice(legs)
            if self.chance.random() < 0.5 and leg.state is LegState.RINGING:
                self.line.clock.spawn(self.chance.choice((leg.answer, leg.hears_early))(), "exchange")
            elif self.chance.random() < 0.3:
                await leg.hang_up(self.chance.choice(list(Cause)))

    async def sound(self) -> None:
        sounds = [one for one in self.line.plane.sounds if not one.is_closed and one.visitors]
        if sounds:
            sound = self.chance.choice(sounds)
            act = self.chance.choice(("connected", "connected", "connected", "failed", "lost", "key"))
            given = {"failed": ("nobody came",), "key": ("5",)}.get(act, ())
            if heard := getattr(sound, f"on_{act}"):
                heard(*given)

    async def wait(self) -> None:
        await self.line.clock.advance(self.chance.choice((0.1, 1.0, HOLDS)))

    async def leave(self) -> None:
        for leg in list(self.line.line.equipment.legs.values()):
            if self.chance.random() < 0.5:
                await leg.hang_up()
        for browser in self.browsers:
            browser.device.lost()
        await self.line.clock.advance(HOLDS + 1)
        for leg in list(self.line.line.equipment.legs.values()):  # what rings is given up by whoever dialled
            assert leg.call == SID and leg.state is LegState.RINGING
            await leg.hang_up(Cause.CANCELED)
        await self.line.turn()
