"""Where sound is made, as a running exchange has it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from hoyhoy.audio import wav
from hoyhoy.settings import Settings
from hoyhoy.speech.placeholder import murmur
from hoyhoy.stage import Stage
from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.phones import PhoneCall


def heard(exchange: LocalExchange, within: float) -> tuple[PhoneCall, np.ndarray]:
    """What a phone hears when it calls a number that speaks, as sound."""
    phone = exchange.phone("+14155550123", keeps_sound=True)
    call = phone.call(exchange.numbers[0])
    call.expect_speech(within=within)
    call.expect_hangup(within=within)
    return call, wav.read(call.sound())


@pytest.mark.parametrize("virtual", [True, False])
def test_what_is_said_is_heard_in_virtual_time_and_by_a_media_process(virtual: bool) -> None:
    with LocalExchange(
        Settings(port=0, proxy_port=0, media_port=0, sip=False, speech="none", virtual_time=virtual)
    ) as exchange:
        call, sound = heard(exchange, 60)
        expected = np.concatenate([murmur(words) for words in call.heard])
        first = int(np.flatnonzero(sound)[0]) - int(np.flatnonzero(expected)[0])
        assert first >= 0 and np.array_equal(sound[first:][: len(murmur(call.heard[0]))], murmur(call.heard[0]))


def test_an_engine_that_cannot_be_had_is_named() -> None:
    exchange = LocalExchange(Settings(port=0, proxy_port=0, virtual_time=True, speech="parrot"))
    with pytest.raises(ValueError, match="no speech engine 'parrot'"), exchange:
        pass


def test_a_recogniser_that_cannot_be_had_is_named() -> None:
    exchange = LocalExchange(Settings(port=0, proxy_port=0, virtual_time=True, recogniser="parrot"))
    with pytest.raises(ValueError, match="no recogniser 'parrot'"), exchange:
        pass


def test_processes_have_pools_that_do_not_overlap() -> None:
    settings = Settings(media_port=20000, media_ports=4)
    pools = [settings.media_pool(number) for number in range(2)]
    assert pools == [(20000, 20002, 20004, 20006), (20008, 20010, 20012, 20014)]
    assert Settings(media_port=0, media_ports=2).media_pool(1) == (0, 0)


def test_browsers_are_told_the_address_that_phones_are_told() -> None:
    settings = Settings(media_host="0.0.0.0", sip_advertised="203.0.113.9")
    process = Stage._process(cast(Stage, SimpleNamespace(clock=None)), settings, 0)(print, print)
    assert (process.host, process._advertised) == ("0.0.0.0", "203.0.113.9")
