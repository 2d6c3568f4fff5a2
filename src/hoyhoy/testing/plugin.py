"""The pytest plug-in of hoyhoy: an exchange in virtual time for every test that asks for one.

    def test_sign_up(exchange, signup_app):
        phone = exchange.phone("+14155550123")
        signup_app.post("/signup", data={"phone": phone.number})
        call = phone.expect_call(within=5)
        call.answer()
        call.expect_speech("passcode")
        call.press("1234#")
        call.expect_hangup()

While a test has the exchange, this process's own Twilio traffic goes there: the variables that
the official client reads are set, so an app imported into the test needs no change either.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .local import LocalExchange

FIXTURES = ("exchange", "live_exchange")
MOST_SHOWN = 8000
"""Characters of what an app printed, beneath a failure."""

LEVELS = ("nothing", "error", "warning")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "hoyhoy_fail_on",
        "which notices of the exchange fail a test: nothing, error, or warning (both)",
        default="nothing",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "hoyhoy(fail_on, allow): which notices of the exchange fail this test, and codes that do not"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test that passed fails for an error or a warning that it did not expect, if that is asked for."""
    try:
        result = yield
    except BaseException:
        for name in FIXTURES:
            running = getattr(item, "funcargs", {}).get(name)  # somebody else's fixture may have that name
            for program in getattr(running, "programs", ()):
                item.add_report_section("call", "app", program.said[-MOST_SHOWN:])
        raise
    marks: dict[str, object] = {}
    for mark in reversed(list(item.iter_markers("hoyhoy"))):  # the nearest last
        marks |= mark.kwargs
    level = str(marks.get("fail_on", item.config.getini("hoyhoy_fail_on")))
    if level not in LEVELS:
        raise pytest.UsageError(f"hoyhoy_fail_on is {level!r}; it is one of {', '.join(LEVELS)}.")
    allowed = marks.get("allow", ())
    codes = (
        {allowed} if isinstance(allowed, int) else set(allowed) if isinstance(allowed, list | tuple | set) else set()
    )
    for name in FIXTURES:
        running = getattr(item, "funcargs", {}).get(name)
        if running is None or level == "nothing":
            continue
        if wrong := [one for one in running.unexpected(level) if one.code not in codes]:
            listed = "\n".join(f"  {one}" for one in wrong)
            pytest.fail(f"The test passed, but the exchange has something to say:\n{listed}", pytrace=False)
    return result


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalExchange]:
    """A fresh exchange in memory, in virtual time, to which this process's Twilio clients lead."""
    yield from _running(monkeypatch, virtual_time=True)


@pytest.fixture
def live_exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalExchange]:
    """The same in real time, for apps that wait for themselves."""
    yield from _running(monkeypatch, virtual_time=False)


def _running(monkeypatch: pytest.MonkeyPatch, *, virtual_time: bool) -> Iterator[LocalExchange]:
    # pytest starts without an exchange until a test asks for one
    from hoyhoy.settings import Settings
    from hoyhoy.testing.local import LocalExchange

    with LocalExchange(Settings(port=0, proxy_port=0, virtual_time=virtual_time)) as running:
        # Not the credentials of whoever runs the tests: they go with the exchange's own numbers.
        account = {"TWILIO_ACCOUNT_SID": running.account.sid, "TWILIO_AUTH_TOKEN": running.account.auth_token}
        for name, value in (running.environment(os.environ) | account).items():
            if os.environ.get(name) != value:
                monkeypatch.setenv(name, value)
        _lead_aiohttp(monkeypatch)
        yield running


def _lead_aiohttp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let aiohttp, which carries the official client's asynchronous half, ask the environment as well. It was imported
    before there was anything to ask; programs that are started here get it from their start-up hook (official-clients
    A4).
    """
    import ssl

    from aiohttp import ClientSession, TCPConnector

    trusting = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    for kind, name, value in ((ClientSession, "trust_env", True), (TCPConnector, "ssl", trusting)):
        defaults = kind.__init__.__kwdefaults__ or {}
        if name in defaults:
            monkeypatch.setitem(defaults, name, value)
