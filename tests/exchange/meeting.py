"""Phones that call a number of ours and are led into a conference: what tests of conferences share."""

from __future__ import annotations

from typing import Any

import numpy as np

from hoyhoy.exchange.conference import Conference
from hoyhoy.exchange.events import Noticed, ParticipantJoined
from hoyhoy.exchange.media import Track
from hoyhoy.exchange.orders import Attend, Record
from hoyhoy.exchange.participant import Participant
from hoyhoy.exchange.ports import Webhook
from hoyhoy.lines.simulated.phone import PhoneCall

from .talking import ANN, BOB, EVE, heard, on, says
from .world import ACCOUNT, NUMBER, World

TOM = "+14155550400"
TELLING = 'statusCallback="/told" statusCallbackEvent="start end join leave mute hold modify announcement"'


class Meeting:
    """Whoever calls performs a document of his own: a Dial to a conference, and a goodbye behind it."""

    def __init__(self, exchange: World, **pages: Any) -> None:
        self.exchange = exchange
        self._documents: dict[str, str] = {}
        exchange.app.pages |= {f"http://app/{name}": page for name, page in pages.items()}
        exchange.app.pages |= {
            "http://app/in": lambda webhook: self._documents[dict(webhook.params)["From"]],
            "http://app/over": "<Response><Say>It is over</Say></Response>",
        }
        exchange.own(NUMBER, voice_url="http://app/in")

    async def comes(self, phone: str, noun: str = "", *, dial: str = "", name: str = "Room") -> PhoneCall:
        """A phone calls, and a second passes. `noun` and `dial` are attributes."""
        self._documents[phone] = (
            f"<Response><Dial {dial}><Conference {noun}>{name}</Conference></Dial><Say>Goodbye then</Say></Response>"
        )
        exchange = self.exchange
        call = exchange.network.place_call(exchange.phone(phone, keeps_sound=False), NUMBER)
        await exchange.run(1)
        return call

    @property
    def conference(self) -> Conference:
        """The one that goes on."""
        (one,) = self.exchange.switchboard.facilities.conferences.values()
        return one

    def of(self, phone: str) -> Participant:
        return self.conference.participants[self.exchange.network.phone(phone).calls[-1].sid]

    def told(self, url: str = "http://app/told") -> list[dict[str, str]]:
        """The callbacks, in order."""
        return [dict(one.params) for one in self.exchange.callbacks if one.url == url]

    def stories(self) -> list[str]:
        """Of each callback the event, and of whom: by the end of his number."""
        names = {ANN: "Ann", BOB: "Bob", EVE: "Eve", TOM: "Tom"}
        phones = {call.sid: names[number] for number in names for call in self.exchange.network.phone(number).calls}
        return [
            " ".join([one["StatusCallbackEvent"], *([phones[one["CallSid"]]] if "CallSid" in one else [])])
            for one in self.told()
        ]

    def codes(self) -> list[int]:
        return [one.code for one in self.exchange.events(Noticed)]

    def joined(self) -> int:
        return len(self.exchange.events(ParticipantJoined))


class Ear:
    """What a phone hears from now on, as sound."""

    def __init__(self, exchange: World, phone: str, seconds: float = 30) -> None:
        self._sound = b""
        on(exchange, phone).media.record(Track.TO, seconds, self)

    def write(self, sound: bytes) -> None:
        self._sound += sound

    @property
    def samples(self) -> np.ndarray:
        return np.frombuffer(self._sound, np.int16)

    def has(self, sound: np.ndarray) -> bool:
        """Whether it is in there, whole and unchanged."""
        said, got = np.trim_zeros(sound), np.trim_zeros(self.samples)
        starts = np.flatnonzero(got[: len(got) - len(said) + 1] == said[0]) if len(got) >= len(said) else []
        return any(np.array_equal(got[at : at + len(said)], said) for at in starts)


def conference(exchange: World, name: str = "Room") -> Conference | None:
    return exchange.switchboard.facilities.conferences.find(ACCOUNT, name)


def at(path: str) -> Webhook:
    return Webhook(f"http://app/{path}")


def calls(exchange: World, to: str, name: str = "Room", *, record: Record | None = None, **attend) -> str:
    """What the participants resource does."""
    order = Attend(name=name, **attend)
    return exchange.place("", to, attend=order, record=record, timeout=20, twiml="")


async def who_hears(exchange: World, speaker: str) -> list[str]:
    """Something is said, and it takes two seconds."""
    before = {phone: len(heard(exchange, phone, "speech")) for phone in (ANN, BOB, EVE, TOM)}
    says(exchange, speaker, "Can you hear me?")
    await exchange.run(2)
    return [phone for phone in before if "Can you hear me?" in heard(exchange, phone, "speech")[before[phone] :]]
