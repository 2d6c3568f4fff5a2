"""Twilio's own command line, unmodified, under `hoyhoy run`: an app is provisioned with it as its tutorials say.

Every command is a process of its own, so they are few; reference: official-clients A2, voice 9, messaging 3.5.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .processes import Exchanges, Serve, exchanges
from .test_clients import CLIENTS, node, run

pytestmark = [pytest.mark.journey, pytest.mark.patient]

PROGRAMS = CLIENTS / "node_modules" / ".bin"
APP = "https://app.example"
"""The command line refuses addresses of this machine; `--map` leads this name to a port of it (design 5)."""


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    for made in exchanges():
        assert isinstance(made, Exchanges)
        yield made.serve(tmp_path_factory.mktemp("cli") / "data", "--map", f"{APP}=http://localhost:1")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command line keeps profiles and caches in the user's home."""
    return tmp_path_factory.mktemp("home")


def asked(exchange: Serve, home: Path, *words: str, warning: str = "") -> Any:
    """What the command line prints as JSON."""
    places = {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    # It starts itself by its name, and it would ask the npm registry for a newer version of itself.
    path = os.pathsep.join([str(PROGRAMS), *{str(Path(one).parent) for one in node()}, os.environ["PATH"]])
    more = places | {"PATH": path, "TWILIO_SKIP_NEW_VERSION_CHECK": "true"}
    return json.loads(run(exchange.data, "twilio", *words, "-o", "json", warning=warning, **more))


def test_an_app_is_provisioned(exchange: Serve, home: Path) -> None:
    def twilio(*words: str, warning: str = "") -> Any:
        return asked(exchange, home, *words, warning=warning)

    found = twilio(
        "api:core:available-phone-numbers:local:list",
        *("--country-code", "US", "--area-code", "510", "--voice-enabled", "--limit", "3"),
    )
    assert len(found) == 3 and all(one["phoneNumber"].startswith("+1510") for one in found)
    number = found[0]["phoneNumber"]
    [bought] = twilio("api:core:incoming-phone-numbers:create", "--phone-number", number)
    assert bought["phoneNumber"] == number and bought["sid"].startswith("PN")

    [application] = twilio(
        *("api:core:applications:create", "--friendly-name", "Softphone", "--voice-url", f"{APP}/outgoing")
    )
    [updated] = twilio(
        "api:core:applications:update", *("--sid", application["sid"], "--voice-url", f"{APP}/elsewhere")
    )
    assert updated["voiceUrl"] == f"{APP}/elsewhere"
    [fetched] = twilio("api:core:applications:fetch", "--sid", application["sid"])
    assert (fetched["friendlyName"], fetched["voiceUrl"]) == ("Softphone", f"{APP}/elsewhere")

    [changed] = twilio(*("phone-numbers:update", number, "--voice-url", f"{APP}/incoming", "--sms-url", f"{APP}/sms"))
    assert (changed["voiceUrl"], changed["smsUrl"]) == (f"{APP}/incoming", f"{APP}/sms")
    listed = {one["phoneNumber"]: one for one in twilio("phone-numbers:list")}
    assert listed[number]["voiceUrl"] == f"{APP}/incoming"

    exchange.behave("+14155553001", delivery_after=0)
    [message] = twilio(
        *("api:core:messages:create", "--from", number, "--to", "+14155553001", "--body", "Sent from a terminal")
    )
    assert message["status"] == "queued"
    assert exchange.expect("PhoneGotMessage", subject=message["sid"], body="Sent from a terminal")

    call = exchange.lab("POST", "/phones/+14155553001/calls", {"to": number}).json
    assert exchange.expect("Noticed", subject=call["sid"], code=11205), "nobody listens at the app's address"
    old_name = "alerts is deprecated. Use v1.alerts instead."
    alerts = twilio("debugger:logs:list", "--log-level", "error", warning=old_name)
    assert [alert["errorCode"] for alert in alerts if alert["resourceSid"] == call["sid"]][:1] == ["11205"]
