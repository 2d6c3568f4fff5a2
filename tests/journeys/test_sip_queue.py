"""A queue with two agents on SIP phones: who came first is served first, after a word in his ear (voice 2.9, 2.7.6)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .baresip import Baresip
from .hearing import HEARD, belongs, shared, spoken, voice
from .office import DOMAIN, Office

pytestmark = pytest.mark.journey

TALK = 1.2
"""Real seconds that are talked for the sake of the talk: nothing is waited for."""

POSITION, WHISPER = "You are number {}.", "Here comes {}."
CALLERS, AGENTS = ("ann", "ben"), ("cleo", "dan")
VOICES = {name: voice(seed) for seed, name in enumerate((*CALLERS, *AGENTS))}


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as office:
        yield office


def test_two_agents_serve_two_callers_in_their_order(office: Office, tmp_path: Path) -> None:
    office.app.pages |= {
        "/voice": lambda form: (
            '<Response><Dial><Queue url="/whisper">help</Queue></Dial></Response>'
            if "agent" in form["To"]
            else '<Response><Enqueue waitUrl="/wait" action="/served">help</Enqueue></Response>'
        ),
        "/wait": lambda form: (
            f"<Response><Say>{POSITION.format(form['QueuePosition'])}</Say><Pause length='30'/></Response>"
        ),
        "/whisper": lambda form: f"<Response><Say>{WHISPER.format(serves[form['From']])}</Say></Response>",
        "/served": "<Response><Hangup/></Response>",
    }
    pairs = dict(zip(AGENTS, CALLERS, strict=True))
    serves = {office.address(caller): agent for agent, caller in pairs.items()}
    with ExitStack() as rest:
        phones = {name: rest.enter_context(office.phone(tmp_path, name, says=VOICES[name])) for name in VOICES}
        for phone in phones.values():
            phone.expect_registered()
        for place, name in enumerate(CALLERS, 1):
            phones[name].do("dial", f"sip:help@{DOMAIN}")
            assert office.asked("/wait", From=office.address(name))["QueuePosition"] == str(place)
        for place in (1, 2):
            office.happened("SoundPlayed", text=POSITION.format(place))
        for agent, caller in pairs.items():
            asks_for_the_next(office, phones[agent], agent, caller)
        time.sleep(TALK)
        for agent, caller in pairs.items():
            phones[agent].do("hangup")
            phones[caller].expect("CALL_CLOSED")
        for place, (agent, caller) in enumerate(pairs.items(), 1):
            heard = phones[caller].heard()
            for text in (POSITION.format(place), WHISPER.format(agent)):
                assert shared(heard, spoken(text)) > HEARD, text
            assert belongs(heard[-len(heard) // 8 :], VOICES[agent]) > HEARD
            assert belongs(phones[agent].heard()[-8000:], VOICES[caller]) > HEARD
            assert office.asked("/served", From=office.address(caller))["QueueResult"] == "bridged"


def asks_for_the_next(office: Office, phone: Baresip, agent: str, caller: str) -> None:
    """An agent does, and it must be this one."""
    phone.do("dial", f"sip:agent@{DOMAIN}")
    sid = office.asked("/voice", From=office.address(agent))["CallSid"]
    assert office.asked("/whisper", DequeingCallSid=sid)["From"] == office.address(caller)
    office.happened("CallBridged", sid)
