"""testing/recorded.py. What a recording sounds like is tested in test_phones.py."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from hoyhoy.lab.client import LabError
from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.phones import Phone
from hoyhoy.testing.recorded import recordings


def test_one_under_way_has_no_sound_yet(led: LocalExchange, phone: Phone) -> None:
    Client().calls.create(to=phone.number, from_=led.numbers[0], twiml="<Response><Record/></Response>")
    call = phone.expect_call()
    call.answer()
    call.expect_tone("beep")
    led.advance(1)
    (one,) = recordings(led.lab, call=call.sid)
    assert (one.status, one.seconds, one.source, one.channels, one.conference) == (
        "in-progress",
        None,
        "RecordVerb",
        1,
        "",
    )
    with pytest.raises(LabError, match="once that is completed"):
        one.sound()
    call.hang_up()
