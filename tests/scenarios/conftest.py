"""Small apps as their authors would write them, unmodified, each under `hoyhoy run` against one exchange."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.program import Program

HERE = Path(__file__).parent

Started = Callable[..., Program]


@pytest.fixture
def running(exchange: LocalExchange) -> Started:
    """`running("ivr", OFFICE="+1...")` starts the app of that name with these variables, and leads the first number's
    calls and texts to it."""

    def start(name: str, **environ: str) -> Program:
        hoyhoy = [sys.executable, "-m", "hoyhoy", "run", "--data", str(exchange.folder), "--"]
        app = exchange.start(*hoyhoy, sys.executable, str(HERE / f"{name}.py"), environ=environ)
        exchange.point(voice=app.url("/voice"), sms=app.url("/sms"))
        return app

    return start
