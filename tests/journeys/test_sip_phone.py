"""A real SIP phone on a customer's domain: it registers, calls, hears, keys, is recorded, is called (voice 10.1)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .hearing import HEARD, shared, spoken, voice
from .office import DOMAIN, Office

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as office:
        yield office


def test_it_calls_the_app_of_its_domain_hears_it_keys_and_is_recorded(office: Office, tmp_path: Path) -> None:
    menu, thanks = "Key in three digits.", "Thank you."
    office.app.pages |= {
        "/voice": f'<Response><Gather numDigits="3" action="/keyed"><Say>{menu}</Say></Gather></Response>',
        "/keyed": f'<Response><Say>{thanks}</Say><Record action="/recorded" maxLength="2" timeout="0"/></Response>',
        "/recorded": "<Response><Say>Goodbye.</Say></Response>",
    }
    said = voice(1)
    with office.phone(tmp_path, "ann", says=said) as ann:
        ann.expect_registered()
        ann.do("dial", f"sip:menu@{DOMAIN}")
        ann.expect("CALL_ESTABLISHED")
        sid = office.asked("/voice")["CallSid"]
        office.happened("SoundPlayed", sid, text=menu)
        ann.press("407")
        assert office.asked("/keyed", CallSid=sid)["Digits"] == "407"
        ann.expect("CALL_CLOSED")
        heard = ann.heard()
    came = office.asked("/voice", CallSid=sid)
    assert (came["From"], came["To"]) == (f"sip:ann@{DOMAIN}", f"sip:menu@{DOMAIN}")
    assert came["SipDomain"] == DOMAIN and came["SipSourceIp"] == "127.0.0.1"
    for text in (menu, thanks, "Goodbye."):
        assert shared(heard, spoken(text)) > HEARD, text
    recording = office.asked("/recorded", CallSid=sid)
    assert recording["RecordingDuration"] == "2"
    kept = office.download(recording["RecordingSid"])
    assert shared(said, kept) > HEARD
    assert office.over(sid).status == "completed"


def test_with_a_wrong_password_it_neither_registers_nor_calls(office: Office, tmp_path: Path) -> None:
    office.app.asked.clear()
    with office.phone(tmp_path, "ben", password="Not-the-Engine-1843") as ben:
        ben.expect_refused(403)
        ben.do("dial", f"sip:menu@{DOMAIN}")
        assert "403" in ben.expect("CALL_CLOSED")["param"]
    assert not office.app.asked
    call = office.client.calls.create(to=office.address("ben"), from_=office.numbers[0], twiml="<Response/>")
    assert office.over(call.sid).status == "no-answer"
