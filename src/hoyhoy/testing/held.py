"""An exchange as a test holds it, wherever that runs: all it takes is the address of its lab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hoyhoy.lab.client import Lab, LabError, Unreachable

from .asked import Asked, Webhooks
from .log import NotHeard, first, pages
from .phones import Phone, PhoneCall
from .recorded import Recorded, recordings
from .rooms import Line, Room

FAILING = ("", "error", "warning")


@dataclass(frozen=True, slots=True)
class Notice:
    """An error or a warning about a call, a message or an account, which `subject` is the sid of."""

    code: int
    level: str
    message: str
    url: str
    subject: str
    at: float

    def __str__(self) -> str:
        return f"{self.level.upper()} {self.code}: {self.message}"


class HeldClock:
    """The exchange's clock. Virtual, it moves only while a test expects something or advances it."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return float(self._lab.get("/clock")["now"])

    @property
    def is_virtual(self) -> bool:
        return bool(self._lab.get("/clock")["virtual"])

    def advance(self, seconds: float) -> None:
        """Let virtual time pass. LabError in real time."""
        self._lab.post("/clock/advance", seconds=seconds)

    @contextmanager
    def held(self, why: str = "") -> Iterator[None]:
        """Stop virtual time while something goes on outside that the exchange cannot see."""
        hold = self._lab.post("/clock/holds", why=why)["id"]
        try:
            yield
        finally:
            self._lab.request("DELETE", f"/clock/holds/{hold}")


class HeldExchange:
    """What every test can ask of an exchange. `HeldExchange("http://127.0.0.1:8980")` holds one that runs by itself."""

    def __init__(self, url: str) -> None:
        self.hold(url)

    def hold(self, url: str) -> None:
        """Take it into the hand."""
        self.url, self.lab = url, Lab(url)
        self.clock = HeldClock(self.lab)
        self._webhooks = Webhooks(self.lab)
        self._since = 0
        try:
            self._since = self.lab.position()
        except LabError as error:  # one that serves no lab can be held, and asked nothing
            if isinstance(error, Unreachable):
                raise
        self._allowed: set[int] = set()
        self._found: set[int] = set()

    def phone(self, number: str, **behaviour: Any) -> Phone:
        """A virtual phone in the test's hand: it rings and waits. `behaviour` as in Phone.behave."""
        return Phone(self.lab, number, **behaviour)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.clock.advance(seconds)

    def conference(self, name: str, account: str = "") -> Room:
        """The conference of this name, whether or not it is there; of an account's sid, where several have one."""
        return Room(self.lab, name, account)

    def queue(self, name: str, account: str = "") -> Line:
        """The queue of this name, whether or not it is there; of an account's sid, where several have one."""
        return Line(self.lab, name, account)

    def recordings(self, call: PhoneCall | str = "") -> list[Recorded]:
        """What was recorded of a call, or at all."""
        sid = call.sid if isinstance(call, PhoneCall) else call
        return recordings(self.lab, **({"call": sid} if sid else {}))

    # What apps were asked --------------------------------------------------------------------

    def webhooks(self, url: str = "", call: PhoneCall | str = "", **params: str) -> list[Asked]:
        """What apps were asked so far, documents and callbacks, in order: at addresses that contain `url`, about a
        call (or the sid of a message), with these parameters."""
        return self._webhooks.all(url, _sid(call), params)

    def expect_webhook(self, url: str = "", call: PhoneCall | str = "", within: float = 30.0, **params: str) -> Asked:
        """Wait until an app was asked so, if it was not yet; each request is found once."""
        return self._webhooks.expect(url, _sid(call), params, within)

    # What went wrong -------------------------------------------------------------------------

    @property
    def notices(self) -> list[Notice]:
        """Errors and warnings since the exchange was taken into the hand."""
        return [_notice(one) for one in pages(self.lab, self._since, kind="Noticed")]

    def expect_notice(self, code: int, within: float = 30.0) -> Notice:
        """Wait until there is such an error or warning, if there was none; each is found once, and expected then."""
        fits = lambda one: one["position"] not in self._found  # noqa: E731
        found = first(self.lab, {"kinds": ["Noticed"], "where": {"code": code}}, self._since, within, fits)
        if found is None:
            there = "\n".join(f"  {one}" for one in self.notices) or "  none"
            raise NotHeard(f"Expected a notice {code} within {within:g} s of the exchange's clock. There are:\n{there}")
        self._found.add(int(found["position"]))
        self._allowed.add(code)
        return _notice(found)

    def allow(self, *codes: int) -> None:
        """These errors and warnings do not make the test fail."""
        self._allowed.update(codes)

    def unexpected(self, level: str = "error") -> list[Notice]:
        """The errors, with `warning` the warnings as well, that were neither expected nor allowed."""
        levels = ("error", "warning") if level == "warning" else ("error",)
        return [one for one in self.notices if one.level in levels and one.code not in self._allowed]


def _sid(call: PhoneCall | str) -> str:
    return call.sid if isinstance(call, PhoneCall) else call


def _notice(entry: dict[str, Any]) -> Notice:
    event = entry["event"]
    names = ("code", "level", "message", "url")
    return Notice(**{name: event[name] for name in names}, subject=entry["subject"], at=entry["at"])
