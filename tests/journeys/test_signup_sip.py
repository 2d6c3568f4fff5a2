"""The sign-up story with a SIP phone as the person's phone: its number is reached by a trunk that leads to it.

Once with baresip, whose keys are events of RFC 4733, and once with a phone that knows none and whose keys are tones.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hoyhoy.audio import tones
from hoyhoy.lines.sip.trunk_settings import trunks
from hoyhoy.terminal.demo import PHONE, Browser, running_app
from hoyhoy.testing.local import LocalExchange

from .baresip import Baresip, free_port
from .hearing import HEARD, shared, spoken
from .office import real_time
from .processes import PATIENCE
from .soft_phone import SoftPhone

pytestmark = pytest.mark.journey

HELLO = "Hello, this is Tin Can."


@contextmanager
def site(port: int) -> Iterator[tuple[LocalExchange, Browser]]:
    """The app, and an exchange whose provider for the whole of the United States is one telephone."""
    provider = trunks([{"name": "street", "hosts": [f"127.0.0.1:{port}"], "prefixes": ["+1"]}])
    with LocalExchange(real_time(trunks=provider)) as exchange, running_app(exchange) as app:
        yield exchange, Browser(app)


def expect_hello(exchange: LocalExchange) -> None:
    """Wait until the app has said who it is; keys then interrupt its question."""
    match = {"kinds": ["SoundPlayed"], "where": {"text": HELLO}}
    assert exchange.lab.expect(match, after=0, within=PATIENCE), "the app does not greet"


def test_with_a_phone_that_tells_its_keys_as_events(tmp_path: Path) -> None:
    with (
        Baresip(tmp_path / "phone", f"<sip:{PHONE}@127.0.0.1>;regint=0") as phone,
        site(phone.port) as (exchange, browser),
    ):
        code = browser.sign_up(PHONE)
        phone.expect_ringing()
        phone.do("accept")
        phone.expect("CALL_ESTABLISHED")
        expect_hello(exchange)
        phone.press(f"{code}#")
        phone.expect("CALL_CLOSED")
        assert browser.outcome() == "confirmed"
        assert shared(phone.heard(), spoken(HELLO)) > HEARD


def test_with_a_phone_whose_keys_are_tones() -> None:
    with SoftPhone(f"sip:127.0.0.1:{free_port(socket.SOCK_DGRAM)}") as phone, site(phone.port) as (exchange, browser):
        code = browser.sign_up(PHONE)
        phone.expect_call()
        phone.answer()
        expect_hello(exchange)
        phone.say(tones.keys(f"{code}#"))
        phone.expect_hangup()
        assert browser.outcome() == "confirmed"
        assert shared(phone.sound.heard(), spoken(HELLO)) > HEARD
