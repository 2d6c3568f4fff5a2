"""The twimlets: each with telephones, in virtual time (voice reference 15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hoyhoy.callbacks import documents
from hoyhoy.callbacks.target import redirected
from hoyhoy.exchange.events import (
    CallBridged,
    ConferenceMoved,
    ParticipantJoined,
    PhoneHeard,
    PhoneRang,
    RecordingMoved,
)
from hoyhoy.exchange.ports import Page, Webhook

from .exchange.world import NUMBER, PHONE, World, world

ANN, BOB, EVE = PHONE, "+14155550200", "+14155550300"
HOME = "http://twimlets.com"


class Web(dict[str, Any]):
    """Pages by URL, with the twimlets at their own address and redirects followed."""

    def get(self, url: str, default: Any = None) -> Any:
        return self._ask if url.startswith(HOME) else super().get(url, default)

    def _ask(self, webhook: Webhook) -> Page:
        url, params = webhook.url, webhook.params + webhook.extra
        for _ in range(10):
            page = documents.answer(webhook.method, url, params)
            if page is None:
                return Page(url, 200, "text/xml", self[url].encode())
            if page.status != 302:
                return page
            url, params = redirected(url, dict(page.headers)["Location"]), webhook.params
        raise AssertionError(f"{webhook.url} leads round and round")


@pytest.fixture
async def exchange() -> AsyncIterator[World]:
    async with world() as made:
        made.app.pages = Web({"http://app/else": "<Response><Say>Nobody is there</Say></Response>"})
        yield made


async def calls(exchange: World, twimlet: str, *steps: dict[str, Any], seconds: float = 300) -> None:
    """Ann calls a number whose voice URL is a twimlet."""
    exchange.own(NUMBER, voice_url=f"{HOME}/{twimlet}")
    exchange.network.place_call(exchange.phone(ANN, *steps), NUMBER)
    await exchange.run(seconds)


def heard(exchange: World, phone: str) -> list[str]:
    """What was said to it."""
    return [e.text for e in exchange.events(PhoneHeard) if e.phone == phone and e.kind == "speech"]


def rang(exchange: World) -> list[str]:
    return [e.phone for e in exchange.events(PhoneRang)]


def has_talked(exchange: World) -> bool:
    return bool(exchange.events(CallBridged))


async def test_message(exchange):
    await calls(exchange, "message?Message[0]=Hello&Message[1]=Bye")
    assert heard(exchange, ANN) == ["Hello", "Bye"]


async def test_echo(exchange):
    await calls(exchange, "echo?Twiml=%3CResponse%3E%3CSay%3EHi%3C/Say%3E%3C/Response%3E")
    assert heard(exchange, ANN) == ["Hi"]


async def test_forward(exchange):
    exchange.phone(BOB, {"wait": 3, "hang_up": True})
    await calls(exchange, f"forward?PhoneNumber=415-555-0200&FailUrl=http://app/else&AllowedCallers[0]={ANN[2:]}")
    assert has_talked(exchange) and rang(exchange) == [BOB] and heard(exchange, ANN) == []


async def test_forward_to_somebody_who_is_busy(exchange):
    exchange.phone(BOB, answering="busy")
    await calls(exchange, "forward?PhoneNumber=415-555-0200&FailUrl=http://app/else")
    assert heard(exchange, ANN) == ["Nobody is there"]


async def test_forward_for_a_restricted_caller(exchange):
    await calls(exchange, "forward?PhoneNumber=415-555-0200&AllowedCallers[0]=415-555-9999")
    assert heard(exchange, ANN) == ["Sorry, you are calling from a restricted number. Good bye."]
    assert rang(exchange) == []


async def test_simulring_rings_ten_and_the_first_who_presses_a_key_talks(exchange):
    numbers = [f"+1415555030{i}" for i in range(10)]
    for number in numbers:
        exchange.phone(number, answering="ring-out")
    exchange.phone(numbers[7], {"wait": 2, "press": "1"}, {"wait": 5, "hang_up": True})
    query = "&".join(f"PhoneNumbers[{i}]={number[2:]}" for i, number in enumerate(numbers))
    await calls(exchange, f"simulring?{query}&Message=The+door")
    assert sorted(rang(exchange)) == numbers and heard(exchange, numbers[7]) == ["The door"]
    assert has_talked(exchange)


async def test_simulring_when_nobody_answers(exchange):
    for number in (BOB, EVE):
        exchange.phone(number, answering="ring-out")
    await calls(exchange, f"simulring?PhoneNumbers[]={BOB[2:]}&PhoneNumbers[]={EVE[2:]}&FailUrl=http://app/else")
    assert heard(exchange, ANN) == ["Nobody is there"] and not has_talked(exchange)


async def test_callme_tells_who_calls(exchange):
    exchange.phone(BOB, {"wait": 20, "hang_up": True})
    await calls(exchange, f"callme?PhoneNumber={BOB[2:]}")
    assert heard(exchange, BOB)[0].startswith("You are receiving a call from 1 4 1 5 5 5 5 0 1 2 3.")
    assert has_talked(exchange), "whoever does nothing is put through"


async def test_findme_goes_on_from_one_who_is_no_person_to_one_who_presses_a_key(exchange):
    exchange.phone(BOB, {"wait": 60})
    exchange.phone(EVE, {"wait": 2, "press": "5"}, {"wait": 9, "hang_up": True})
    await calls(exchange, f"findme?PhoneNumbers[0]={BOB[2:]}&PhoneNumbers[1]={EVE[2:]}&FailUrl=http://app/else")
    assert rang(exchange) == [BOB, EVE] and has_talked(exchange) and heard(exchange, ANN) == []


async def test_findme_until_none_is_left(exchange):
    numbers = [f"+1415555030{i}" for i in range(10)]
    for number in numbers:
        exchange.phone(number, answering="busy")
    query = "&".join(f"PhoneNumbers[{i}]={number[2:]}" for i, number in enumerate(numbers))
    await calls(exchange, f"findme?{query}&FailUrl=http://app/else")
    assert len(exchange.app.asked) == 11 and heard(exchange, ANN) == ["Nobody is there"]


async def test_menu(exchange):
    exchange.app.pages["http://app/sales"] = "<Response><Say>Sales</Say></Response>"
    query = "Message=Choose&Options[1]=http://app/sales"
    await calls(exchange, f"menu?{query}", {"wait": 9, "press": "3"}, {"wait": 9, "press": "1"})
    assert heard(exchange, ANN)[0] == "Choose" and heard(exchange, ANN)[-1] == "Sales"
    assert "I'm sorry, that wasn't a valid option." in heard(exchange, ANN)


async def test_voicemail(exchange):
    await calls(
        exchange,
        "voicemail?Message=Speak",
        {"wait": 4, "say": "It is Ann, and I have a long story to tell you about a parcel"},
        {"wait": 1, "hang_up": True},
    )
    assert heard(exchange, ANN) == ["Speak"]
    assert "completed" in [e.status for e in exchange.events(RecordingMoved)]


async def test_holdmusic_goes_on_until_the_caller_leaves(exchange):
    await calls(exchange, "holdmusic?Message=Please+hold", {"wait": 20, "hang_up": True})
    assert heard(exchange, ANN).count("Please hold") >= 3


def statuses(exchange: World) -> list[str]:
    return [e.status for e in exchange.events(ConferenceMoved)]


async def test_conference_starts_with_the_second(exchange):
    exchange.own(NUMBER, voice_url=f"{HOME}/conference?Message=Welcome&Music=rock")
    for phone in (ANN, BOB):
        assert "in-progress" not in statuses(exchange)
        exchange.network.place_call(exchange.phone(phone, {"wait": 60, "hang_up": True}), NUMBER)
        await exchange.run(10)
    assert statuses(exchange)[-1] == "in-progress" and heard(exchange, BOB) == ["Welcome"]
    music = [e.text for e in exchange.events(PhoneHeard) if e.phone == ANN and e.kind == "audio"]
    assert music and set(music) == {"http://com.twilio.music.rock.s3.amazonaws.com/piece.wav"}
    await exchange.run(120)
    assert statuses(exchange)[-1] == "completed"


async def test_conference_waits_for_a_moderator(exchange):
    exchange.own(NUMBER, voice_url=f"{HOME}/conference?Name=Tea&Moderators[0]={EVE[2:]}")
    for phone in (ANN, BOB, EVE):
        assert "in-progress" not in statuses(exchange)
        exchange.network.place_call(exchange.phone(phone, {"wait": 60, "hang_up": True}), NUMBER)
        await exchange.run(10)
    assert statuses(exchange)[-1] == "in-progress"


@pytest.mark.parametrize(
    ("keys", "is_in", "last"),
    [(["1234"], True, 1), (["9999", "1234"], True, 2), (["9999"] * 3, False, 3), ([], False, 1)],
)
async def test_conference_with_a_password(exchange, keys, is_in, last):
    steps = [{"hear": "Please enter", "wait": 1, "press": pressed} for pressed in keys]
    await calls(exchange, "conference?Password=1234", *steps, {"wait": 30, "hang_up": True})
    assert bool(exchange.events(ParticipantJoined)) is is_in
    assert sum("Please enter" in said for said in heard(exchange, ANN)) == last
    assert is_in or heard(exchange, ANN)[-1].endswith("Good bye.")
