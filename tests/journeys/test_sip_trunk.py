"""An operator's trunk: calls to listed numbers leave by it with a proof, and come in by it (design 6)."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoyhoy.lines.sip.trunk_settings import trunks

from .baresip import free_port
from .office import Office
from .sipp import Sipp

pytestmark = pytest.mark.journey

USERNAME, PASSWORD = "hoyhoy", "Difference-Engine-1822"
LISTED, NOT_LISTED = "+14155550199", "+442079460123"
HELLO = "<Response><Say>Hello.</Say></Response>"


@pytest.fixture(scope="module")
def port() -> int:
    """Where the provider is."""
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture(scope="module")
def office(port: int) -> Iterator[Office]:
    with Office(trunks=trunk_at(port)) as office:
        yield office


def trunk_at(port: int) -> object:
    """As hoyhoy.toml has it."""
    north = {"name": "north", "hosts": [f"127.0.0.1:{port}"], "prefixes": ["+1"]}
    return trunks([north | {"username": USERNAME, "password": PASSWORD, "calls_per_second": 10}])


def provider(folder: Path, port: int, office: Office) -> Sipp:
    words = {"called": re.escape(LISTED), "shown": re.escape(office.numbers[0])}
    words |= {"username": USERNAME, "password": PASSWORD}
    return Sipp(folder, "provider", port=port, **words)


def test_a_call_to_a_listed_number_leaves_by_the_trunk(office: Office, port: int, tmp_path: Path) -> None:
    with provider(tmp_path, port, office) as sipp:
        call = office.client.calls.create(
            to=LISTED, from_=office.numbers[0], twiml=HELLO, status_callback=office.app.url("/status")
        )
        sipp.done()
    assert office.over(call.sid).status == "completed"
    assert office.asked("/status", CallSid=call.sid)["SipResponseCode"] == "200"


def test_a_call_to_another_number_rings_a_virtual_phone(office: Office) -> None:
    phone = office.exchange.phone(NOT_LISTED, answering="busy")
    call = office.client.calls.create(to=NOT_LISTED, from_=office.numbers[0], twiml=HELLO)
    assert phone.expect_call().sid == call.sid
    assert office.over(call.sid).status == "busy"


def test_without_the_lab_only_listed_numbers_are_called(port: int, tmp_path: Path) -> None:
    with Office(trunks=trunk_at(port), lab=False) as office:
        refused = office.client.calls.create(to=NOT_LISTED, from_=office.numbers[0], twiml=HELLO)
        office.until(lambda: office.client.calls(refused.sid).fetch().status == "failed", lambda: "it goes on")
        assert [one.error_code for one in office.client.calls(refused.sid).notifications.list()] == ["21214"]
        with provider(tmp_path, port, office) as sipp:
            call = office.client.calls.create(to=LISTED, from_=office.numbers[0], twiml=HELLO)
            sipp.done()
        office.until(lambda: office.client.calls(call.sid).fetch().status == "completed", lambda: "it goes on")


def test_a_call_from_the_provider_reaches_the_number(office: Office, port: int, tmp_path: Path) -> None:
    number = office.lead("/voice")
    office.app.pages["/voice"] = HELLO
    with Sipp(tmp_path, "load", to=office.exchange.sip, number=number, port=port) as sipp:
        sipp.done()
    came = office.asked("/voice")
    assert came["To"] == number and office.over(came["CallSid"]).status == "completed"
