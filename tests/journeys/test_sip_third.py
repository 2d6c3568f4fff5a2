"""A third implementation of SIP, `aiosipua`: both sides of calls, digest, keys by INFO and by tones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hoyhoy.audio import tones

from .hearing import HEARD, shared, spoken
from .office import DOMAIN, PASSWORD, Office
from .soft_phone import SoftPhone

pytestmark = pytest.mark.journey

MENU, BYE = "Please key in four digits.", "Thank you, goodbye."


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as office:
        yield office


def test_it_calls_hears_and_keys_by_info_and_by_tones(office: Office) -> None:
    office.app.pages |= {
        "/voice": f'<Response><Gather numDigits="4" action="/keyed"><Say>{MENU}</Say></Gather></Response>',
        "/keyed": f"<Response><Say>{BYE}</Say></Response>",
    }
    number = office.lead("/voice")
    with SoftPhone(office.exchange.sip, DOMAIN, "ann") as phone:
        phone.dial(f"{number}@{office.exchange.sip.removeprefix('sip:')}")
        came = office.asked("/voice")
        office.happened("SoundPlayed", came["CallSid"], text=MENU)
        phone.update()
        for key in "12":
            phone.inform(key)
            office.happened("KeyPressed", came["CallSid"], key=key)
        phone.say(tones.keys("38"))
        assert office.asked("/keyed")["Digits"] == "1238"
        phone.expect_hangup()
        for text in (MENU, BYE):
            assert shared(phone.sound.heard(), spoken(text)) > HEARD
    assert office.over(came["CallSid"]).status == "completed"


def test_it_is_called_and_hangs_up(office: Office) -> None:
    with SoftPhone(office.exchange.sip, DOMAIN, "ben", PASSWORD) as phone:
        assert 60 <= phone.register() <= 600
        call = office.client.calls.create(
            to=office.address("ben"),
            from_=office.numbers[0],
            twiml=f"<Response><Say>{MENU}</Say><Pause length='60'/></Response>",
        )
        assert office.numbers[0] in phone.expect_call()
        phone.answer()
        office.happened("SoundPlayed", call.sid, text=MENU)
        phone.hang_up()
        assert office.over(call.sid).status == "completed"
        assert shared(phone.sound.heard(), spoken(MENU)) > HEARD


def test_a_wrong_password_opens_nothing(office: Office) -> None:
    office.app.asked.clear()
    with SoftPhone(office.exchange.sip, DOMAIN, "ann", PASSWORD + "!") as phone:
        with pytest.raises(RuntimeError, match="403"):
            phone.dial(f"menu@{DOMAIN}")
        with pytest.raises(AssertionError, match="403"):
            phone.register()
    assert not office.app.asked
