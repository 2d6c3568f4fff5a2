"""What is to be found out about who answers a call, as parameters say it (voice reference 5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from hoyhoy.exchange.notices import notify
from hoyhoy.exchange.orders import Detect

from .properties import CREATE, choice, integer
from .request import Context

CALLBACK = ("AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod")
ASYNC = ("AsyncAmd", *CALLBACK)
"""What has no meaning where detection is always beside the call."""

MODES = ("Enable", "DetectMessageEnd")


def mode() -> Any:
    return choice(*MODES, on=(CREATE,), error=21234, shown=False)


def seconds() -> Any:
    """3 to 60, as with nouns (18 row 7)."""
    return integer(between=(3, 60), default=30, on=(CREATE,), error=21234, shown=False)


def milliseconds(default: int, least: int, most: int) -> Any:
    return integer(between=(least, most), default=default, on=(CREATE,), error=21234, shown=False)


class Detected(Protocol):
    """A resource with these parameters."""

    @property
    def machine_detection(self) -> str | None: ...
    @property
    def machine_detection_timeout(self) -> int: ...
    @property
    def machine_detection_speech_threshold(self) -> int: ...
    @property
    def machine_detection_speech_end_threshold(self) -> int: ...
    @property
    def machine_detection_silence_timeout(self) -> int: ...


def detect(asked: Detected, *, is_async: bool, callback: str | None, method: str, hangs_up: bool = False) -> Detect:
    """Whether there is a callback does not decide whether the call waits."""
    return Detect(
        to_end=asked.machine_detection == "DetectMessageEnd",
        seconds=asked.machine_detection_timeout,
        speech=asked.machine_detection_speech_threshold / 1000,
        pause=asked.machine_detection_speech_end_threshold / 1000,
        silence=asked.machine_detection_silence_timeout / 1000,
        is_async=is_async,
        callback=(callback or "") if is_async else "",
        method=method,
        hangs_up=hangs_up,
    )


def misused(ctx: Context, call: str, names: Sequence[str], why: str) -> None:
    """Tell of those of these parameters that were given, though they have no effect here (21263)."""
    if given := [name for name in names if name in ctx.form]:
        _notice(ctx, call, 21263, f"{', '.join(given)}: {why}")


def untold(ctx: Context, call: str, parameter: str) -> None:
    """Tell that nobody will be told who answered: the call does not wait for it, and there is no callback (21262)."""
    _notice(ctx, call, 21262, f"{parameter} is missing: only the call itself says who answered.")


def _notice(ctx: Context, call: str, code: int, message: str) -> None:
    services = ctx.services
    notify(
        services.journal, services.chance, ctx.now, account=ctx.account.sid, subject=call, code=code, message=message
    )
