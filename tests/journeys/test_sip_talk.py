"""Two real phones talk through the exchange, and a real one with a virtual one: both hear each other (voice 2.7)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hoyhoy.audio import RATE, wav
from hoyhoy.audio.g711 import Samples

from .baresip import Baresip
from .hearing import FOREIGN, HEARD, belongs, longest_silence, shared, spoken, voice
from .office import DOMAIN, Office

pytestmark = pytest.mark.journey


TALK = 1.0
"""Real seconds that are talked for the sake of the talk: nothing is waited for."""

ANN, BEN, CLEO = voice(1), voice(2), voice(3)
TO_BEN = f'<Response><Dial action="/dialled"><Sip>sip:ben@{DOMAIN}</Sip></Dial></Response>'


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as office:
        yield office


@contextmanager
def phones(office: Office, folder: Path, **voices: Samples) -> Iterator[list[Baresip]]:
    """Phones of these people, all registered."""
    made: list[Baresip] = []
    try:
        for name, says in voices.items():
            made.append(office.phone(folder, name, says=says).__enter__())
        for one in made:
            one.expect_registered()
        yield made
    finally:
        for one in made:
            one.__exit__(None, None, None)


def test_a_phone_calls_a_phone_and_puts_it_on_hold(office: Office, tmp_path: Path) -> None:
    record = f'record="record-from-answer-dual" recordingStatusCallback="{office.app.url("/kept")}"'
    office.app.pages |= {"/voice": TO_BEN.replace("<Dial", f"<Dial {record}"), "/dialled": "<Response/>"}
    with phones(office, tmp_path, ann=ANN, ben=BEN) as (ann, ben):
        ann.do("dial", f"sip:ben@{DOMAIN}")
        ben.expect_ringing()
        ben.do("accept")
        ben.expect("CALL_ESTABLISHED")
        office.happened("CallBridged", office.asked("/voice")["CallSid"])
        for command in ("", "hold", "resume"):
            if command:
                ann.do(command)
            time.sleep(TALK)
        ann.do("hangup")
        ben.expect("CALL_CLOSED")
        assert belongs(ann.heard(), BEN) > HEARD
        assert belongs(ben.heard(), ANN) > HEARD
        assert longest_silence(ben.heard()) > 0.6  # while it was held
    told = office.asked("/dialled")
    assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "true")
    assert int(told["DialCallDuration"]) >= 3
    kept = office.asked("/kept", CallSid=told["CallSid"])
    assert kept["RecordingChannels"] == "2"
    of_ann, of_ben = office.download(kept["RecordingSid"], channels=2)
    assert belongs(of_ann, ANN) > HEARD and longest_silence(of_ann) > 0.6
    assert belongs(of_ben, BEN) > HEARD and len(of_ben) > 2.5 * RATE


def test_the_caller_hangs_up_while_it_rings(office: Office, tmp_path: Path) -> None:
    office.app.asked.clear()
    office.app.pages |= {"/voice": TO_BEN, "/dialled": "<Response/>"}
    with phones(office, tmp_path, ann=ANN, ben=BEN) as (ann, ben):
        ann.do("dial", f"sip:ben@{DOMAIN}")
        ben.expect_ringing()
        ann.do("hangup")
        ben.expect("CALL_CLOSED")
    told = office.asked("/dialled")
    assert told["DialCallStatus"] == "canceled"
    assert office.over(told["CallSid"]).status == "completed"  # it was answered, to hear the ringing
    [dialled] = office.client.calls.list(parent_call_sid=told["CallSid"])
    assert office.over(dialled.sid).status == "canceled"


def test_a_phone_talks_with_a_virtual_phone(office: Office, tmp_path: Path) -> None:
    office.app.asked.clear()
    virtual, words = office.exchange.phone("+14155550177", keeps_sound=True), "Hello, who is there?"
    dial = f'<Dial action="/dialled" callerId="{office.numbers[0]}">{virtual.number}</Dial>'
    office.app.pages |= {"/voice": f"<Response>{dial}</Response>", "/dialled": "<Response/>"}
    with phones(office, tmp_path, ann=ANN) as (ann,):
        ann.do("dial", f"sip:{virtual.number}@{DOMAIN}")
        call = virtual.expect_call()
        call.answer()
        office.happened("CallBridged", office.asked("/voice")["CallSid"])
        call.say(words)
        office.happened("PhoneSaid", call.sid)
        time.sleep(2 * TALK)
        call.hang_up()
        ann.expect("CALL_CLOSED")
        heard = wav.read(call.sound())
        assert shared(ann.heard(), spoken(words)) > HEARD
    assert belongs(heard, ANN) > HEARD
    assert office.asked("/dialled")["DialCallStatus"] == "completed"


def test_two_phones_of_one_address_call_at_once_and_hear_their_own(office: Office, tmp_path: Path) -> None:
    office.app.asked.clear()
    words = {f"sip:ann@{DOMAIN}": "You are Ann, I believe.", f"sip:cleo@{DOMAIN}": "Here speaks the office of Cleo."}
    office.app.pages |= {
        "/voice": lambda form: (
            f"<Response><Say>{words[form['From']]}</Say>"
            '<Record action="/recorded" maxLength="2" timeout="0" playBeep="false" trim="do-not-trim"/></Response>'
        ),
        "/recorded": "<Response><Hangup/></Response>",
    }
    with phones(office, tmp_path, ann=ANN, cleo=CLEO) as both:
        for one in both:
            one.do("dial", f"sip:menu@{DOMAIN}")
        for one, (address, own), voice, other in zip(both, words.items(), (ANN, CLEO), (CLEO, ANN), strict=True):
            one.expect("CALL_CLOSED")
            assert shared(one.heard(), spoken(own)) > HEARD
            recorded = office.download(office.asked("/recorded", From=address)["RecordingSid"])
            assert belongs(recorded, voice) > HEARD
            assert belongs(recorded, other) < FOREIGN
