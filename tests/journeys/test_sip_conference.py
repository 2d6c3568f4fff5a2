"""A conference of five SIP phones: each hears the four others, and whoever is muted or on hold is not heard (voice 2.8,
6)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hoyhoy.audio import RATE
from hoyhoy.audio.g711 import Samples

from .hearing import FOREIGN, HEARD, belongs, together, voice
from .office import DOMAIN, Office
from .soft_phone import SoftPhone

pytestmark = pytest.mark.journey

LOUD = 4
"""A voice is so many times softer than one that talks alone: four of them together do not clip."""

TALK = 1.0
"""Real seconds of each scene."""
SETTLED = 0.3
"""Real seconds until what was ordered has come through a phone's buffer."""

ROOM = '<Response><Dial><Conference beep="false" waitUrl="">standup</Conference></Dial></Response>'
NAMES = ("ben", "cleo", "dan", "eve")


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as office:
        yield office


def next_scene(phones: list[SoftPhone]) -> list[Samples]:
    """What each of them hears from here on, for a while."""
    time.sleep(SETTLED)
    starts = [_length(phone) for phone in phones]
    time.sleep(TALK)
    return [phone.sound.heard()[start : _length(phone)] for phone, start in zip(phones, starts, strict=True)]


def _length(phone: SoftPhone) -> int:
    """Samples that came so far."""
    return len(phone.sound.heard()) - RATE


def test_five_hear_one_another_and_who_is_muted_or_held_is_not_heard(office: Office, tmp_path: Path) -> None:
    office.app.pages["/voice"] = ROOM
    number = office.lead("/voice")
    ann_says, *others = [voice(seed, 30) // LOUD for seed in range(5)]
    with ExitStack() as rest:
        ann = rest.enter_context(office.phone(tmp_path, "ann", says=ann_says))
        phones = [rest.enter_context(SoftPhone(office.exchange.sip, DOMAIN, name)) for name in NAMES]
        ann.expect_registered()
        ann.do("dial", f"sip:room@{DOMAIN}")
        ann.expect("CALL_ESTABLISHED")
        sids = []
        for phone, says in zip(phones, others, strict=True):
            phone.dial(f"{number}@{office.exchange.sip.removeprefix('sip:')}")
            phone.say(says)
            sids.append(office.app.forms("/voice")[-1]["CallSid"])
            joined = office.happened("ParticipantJoined", sids[-1])

        def missing(*silent: Samples) -> list[Samples]:
            """All that are not silent hear all others that are not; what was heard."""
            scene = next_scene(phones)
            for own, heard in zip(others, scene, strict=True):
                if any(own is one for one in silent):
                    continue
                there = [one for one in (ann_says, *others) if one is not own and not any(one is s for s in silent)]
                assert together(heard, there) > HEARD
            return scene

        for own, heard in zip(others, missing(), strict=True):
            assert together(heard, [one for one in others if one is not own]) < 1 - HEARD  # without Ann it is not that
        conference = office.client.conferences(joined["conference"])
        conference.participants(sids[0]).update(muted=True)
        missing(others[0])
        conference.participants(sids[0]).update(muted=False, hold=True)
        ann.do("hold")  # by re-INVITE
        held, *_ = missing(others[0], ann_says)
        assert max(belongs(held, one) for one in (ann_says, *others)) < FOREIGN  # but the music of the exchange
        conference.participants(sids[0]).update(hold=False)
        ann.do("resume")
        missing()
        ann.do("hangup")
        ann.expect("CALL_CLOSED")
        heard = ann.heard()
        seconds = [heard[at : at + RATE] for at in range(0, len(heard) - RATE, RATE)]
        assert any(together(one, others) > HEARD for one in seconds)  # there was a time for that
        for sid in sids:
            office.client.calls(sid).update(status="completed")
            assert office.over(sid).status == "completed"
        assert office.client.conferences(joined["conference"]).fetch().status == "completed"
