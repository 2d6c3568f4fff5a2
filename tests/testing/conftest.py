"""An exchange in virtual time that the tests of a session share; each test takes phones nobody else has."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.phones import Phone

from .webapp import WebApp

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def standing() -> Iterator[LocalExchange]:
    """This process's Twilio clients are led there while a test has `led`."""
    with LocalExchange() as running:
        yield running


@pytest.fixture
def led(standing: LocalExchange, monkeypatch: pytest.MonkeyPatch) -> LocalExchange:
    for name, value in standing.environment(os.environ).items():
        monkeypatch.setenv(name, value)
    return standing


@pytest.fixture
def new_phone(standing: LocalExchange) -> Callable[[], Phone]:
    return lambda: standing.phone(f"+1415555{next(_numbers):04d}")


@pytest.fixture
def phone(new_phone: Callable[[], Phone]) -> Phone:
    return new_phone()


@pytest.fixture
def app() -> Iterator[WebApp]:
    with WebApp() as app:
        yield app
