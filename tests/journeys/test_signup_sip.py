"""The sign-up story with a SIP phone as the person's phone: its number is reached by a trunk that leads to it.

Once with baresip, whose keys are events of RFC 4733, and once with a phone that knows none and whose keys are tones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from hoyhoy.audio import tones
from hoyhoy.lines.sip.trunk_settings import trunks
from hoyhoy.terminal.demo import Browser, running_app
from hoyhoy.testing.local import LocalExchange

from .baresip import Baresip
from .hearing import HEARD, shared, spoken
from .office import real_time
from .processes import PATIENCE
from .soft_phone import SoftPhone

pytestmark = pytest.mark.journey

HELLO = "Hello, this is Tin Can."
EVENTS, TONES = "+14155550123", "+442079460123"


@dataclass
class Street:
    """Two telephones, and the site whose exchange has a provider for each."""

    baresip: Baresip
    soft: SoftPhone
    exchange: LocalExchange
    browser: Callable[[str], Browser]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    account = f"<sip:{EVENTS}@127.0.0.1>;regint=0"
    with ExitStack() as rest:
        baresip = rest.enter_context(Baresip(tmp_path_factory.mktemp("street") / "phone", account))
        soft = rest.enter_context(SoftPhone())
        roads = [
            {"name": name, "hosts": [f"127.0.0.1:{phone.port}"], "prefixes": [prefix]}
            for name, phone, prefix in (("events", baresip, "+1"), ("tones", soft, "+44"))
        ]
        exchange = rest.enter_context(LocalExchange(real_time(trunks=trunks(roads))))
        app = rest.enter_context(running_app(exchange))
        yield Street(baresip, soft, exchange, lambda name: Browser(app, name))


def expect_hello(exchange: LocalExchange, after: int) -> None:
    """Wait until the app has said who it is; keys then interrupt its question."""
    match = {"kinds": ["SoundPlayed"], "where": {"text": HELLO}}
    assert exchange.lab.expect(match, after=after, within=PATIENCE), "the app does not greet"


def test_with_a_phone_that_tells_its_keys_as_events(street: Street) -> None:
    phone, browser, after = street.baresip, street.browser("ada"), street.exchange.lab.position()
    code = browser.sign_up(EVENTS)
    phone.expect_ringing()
    phone.do("accept")
    phone.expect("CALL_ESTABLISHED")
    expect_hello(street.exchange, after)
    phone.press(f"{code}#")
    phone.expect("CALL_CLOSED")
    assert browser.outcome() == "confirmed"
    assert shared(phone.heard(), spoken(HELLO)) > HEARD


def test_with_a_phone_whose_keys_are_tones(street: Street) -> None:
    phone, browser, after = street.soft, street.browser("charles"), street.exchange.lab.position()
    code = browser.sign_up(TONES)
    phone.expect_call()
    phone.answer()
    expect_hello(street.exchange, after)
    phone.say(tones.keys(f"{code}#"))
    assert browser.outcome() == "confirmed"
    phone.hang_up()
    assert shared(phone.sound.heard(), spoken(HELLO)) > HEARD
