"""Transfers with real SIP phones: by REFER from either of two who talk, by REFER to one, and by way of a conference
(voice 2.7.7, 2.12, 2.8, 6)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hoyhoy.audio import RATE
from hoyhoy.audio.g711 import Samples

from .baresip import Baresip
from .hearing import HEARD, belongs, voice
from .office import DOMAIN, Office

pytestmark = pytest.mark.journey

TALK = 1.0
"""Real seconds that are talked for the sake of the talk: nothing is waited for."""

ANN, BEN, CLEO = voice(1), voice(2), voice(3)
TO_BEN = f'<Response><Dial action="/dialled" referUrl="/refer"><Sip>sip:ben@{DOMAIN}</Sip></Dial></Response>'

Phones = Callable[..., list[Baresip]]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as office:
        yield office


@pytest.fixture
def ann_ben_cleo(office: Office, tmp_path: Path) -> Iterator[tuple[Baresip, Baresip, Baresip]]:
    """Three phones, all registered."""
    office.app.asked.clear()
    says = {"ann": ANN, "ben": BEN, "cleo": CLEO}
    made = [office.phone(tmp_path, name, says=sound) for name, sound in says.items()]
    try:
        for one in made:
            one.__enter__()
        for one in made:
            one.expect_registered()
        ann, ben, cleo = made
        yield ann, ben, cleo
    finally:
        for one in made:
            one.__exit__(None, None, None)


def last_second(heard: Samples) -> Samples:
    return heard[-RATE:]


def takes(phone: Baresip) -> None:
    phone.expect_ringing()
    phone.do("accept")
    phone.expect("CALL_ESTABLISHED")


@pytest.mark.parametrize("who", ["called", "caller"])
def test_one_of_two_transfers_the_other(
    office: Office, ann_ben_cleo: tuple[Baresip, Baresip, Baresip], who: str
) -> None:
    """Ann has called Ben, and one of them sends the other to Cleo."""
    ann, ben, cleo = ann_ben_cleo
    office.app.pages |= {
        "/voice": TO_BEN,
        "/dialled": "<Response/>",
        "/refer": lambda form: f"<Response><Dial><Sip>{form['ReferTransferTarget']}</Sip></Dial></Response>",
    }
    ann.do("dial", f"sip:ben@{DOMAIN}")
    takes(ben)
    sid = office.asked("/voice")["CallSid"]
    office.happened("CallBridged", sid)
    leaves, stays, said = (ben, ann, ANN) if who == "called" else (ann, ben, BEN)
    leaves.do("transfer", f"sip:cleo@{DOMAIN}")
    leaves.expect("CALL_CLOSED")
    takes(cleo)
    asked = office.asked("/refer")
    assert asked["ReferTransferTarget"].startswith(f"sip:cleo@{DOMAIN}")
    assert (asked["CallSid"] == sid) is (who == "called")
    time.sleep(TALK)
    cleo.do("hangup")
    stays.expect("CALL_CLOSED")
    assert belongs(last_second(stays.heard()), CLEO) > HEARD
    assert belongs(last_second(cleo.heard()), said) > HEARD
    assert {office.over(one.sid).status for one in office.client.calls.list(limit=3)} == {"completed"}
    assert not office.client.calls(asked["CallSid"]).notifications.list()


def test_a_transfer_that_nobody_sees_to(office: Office, ann_ben_cleo: tuple[Baresip, Baresip, Baresip]) -> None:
    ann, ben, _ = ann_ben_cleo
    office.app.pages |= {"/voice": TO_BEN.replace(' referUrl="/refer"', ""), "/dialled": "<Response/>"}
    ann.do("dial", f"sip:ben@{DOMAIN}")
    takes(ben)
    office.happened("CallBridged", office.asked("/voice")["CallSid"])
    ben.do("transfer", f"sip:cleo@{DOMAIN}")
    assert "603" in ben.expect("TRANSFER_FAILED")["param"]
    assert office.happened("Noticed", code=13802)["level"] == "error"
    ben.do("hangup")
    ann.expect("CALL_CLOSED")
    assert office.asked("/dialled")["DialCallStatus"] == "completed"


@pytest.mark.parametrize("answers", [True, False])
def test_a_phone_is_asked_to_call_another(
    office: Office, ann_ben_cleo: tuple[Baresip, Baresip, Baresip], answers: bool
) -> None:
    """Her phone makes the new call by itself; here it takes that to the exchange again."""
    ann, _, cleo = ann_ben_cleo
    refer = f'<Refer action="/referred"><Sip>sip:cleo@{DOMAIN}</Sip></Refer>'
    dial = f'<Dial answerOnBridge="true"><Sip>sip:cleo@{DOMAIN}</Sip></Dial>'
    office.app.pages |= {
        "/voice": lambda form: f"<Response>{refer if 'menu' in form['To'] else dial}</Response>",
        "/referred": "<Response><Hangup/></Response>",
    }
    ann.do("dial", f"sip:menu@{DOMAIN}")
    cleo.expect_ringing()
    cleo.do("accept" if answers else "hangup")
    told = office.asked("/referred")
    assert (told["ReferSipResponseCode"], told["NotifySipResponseCode"], told["ReferCallStatus"]) == (
        ("202", "200", "in-progress") if answers else ("202", "486", "busy")
    )
    assert office.over(told["CallSid"]).status == "completed"
    if answers:
        cleo.do("hangup")
        ann.expect("CALL_CLOSED")


def test_an_agent_brings_in_another_and_leaves(office: Office, ann_ben_cleo: tuple[Baresip, Baresip, Baresip]) -> None:
    """The warm transfer: all three talk in a conference for a while, and the first agent is not missed."""
    ann, ben, cleo = ann_ben_cleo
    room = '<Conference beep="false" waitUrl="" endConferenceOnExit="true">case</Conference>'
    office.app.pages["/voice"] = f"<Response><Dial>{room}</Dial></Response>"
    ann.do("dial", f"sip:help@{DOMAIN}")
    sid = office.asked("/voice")["CallSid"]
    conference = office.client.conferences(office.happened("ParticipantJoined", sid)["conference"])
    for agent, name in ((ben, "ben"), (cleo, "cleo")):
        added = conference.participants.create(from_=office.numbers[0], to=office.address(name), beep="false")
        takes(agent)
        office.happened("ParticipantJoined", added.call_sid)
        time.sleep(TALK)
    assert len(conference.participants.list()) == 3
    ben.do("hangup")
    ben.expect("CALL_CLOSED")
    office.until(lambda: len(conference.participants.list()) == 2, lambda: "Ben is still there")
    time.sleep(1.5 * TALK)
    ann.do("hangup")
    cleo.expect("CALL_CLOSED")
    assert belongs(ben.heard()[: RATE // 2], ANN) > HEARD
    assert belongs(last_second(ann.heard()), CLEO) > HEARD
    assert belongs(last_second(cleo.heard()), ANN) > HEARD
    assert conference.fetch().status == "completed"
