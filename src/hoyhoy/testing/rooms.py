"""Conferences and queues as tests look at them: who is in, how, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hoyhoy.lab.client import Lab, LabError

from .log import NotHeard, pages
from .phones import Phone, PhoneCall
from .recorded import Recorded, recordings

Who = Phone | PhoneCall | str
"""A phone, its call, or a call's sid, a number or a label."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a conference, or on his way there: then `is_in` is false. `coaches` is the sid of the call that alone
    hears him."""

    call: str
    phone: str
    label: str
    status: str
    muted: bool
    held: bool
    coaches: str

    @property
    def is_in(self) -> bool:
        return self.status == "connected"

    def __str__(self) -> str:
        how = [name for name, is_so in (("muted", self.muted), ("on hold", self.held)) if is_so]
        return " ".join([self.label or self.phone, *([] if self.is_in else [f"({self.status})"]), *how])


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in a queue; `waited` in seconds."""

    call: str
    phone: str
    position: int
    waited: int

    def __str__(self) -> str:
        return f"{self.phone} for {self.waited} s"


class Room:
    """A conference by its name, there or not; `account` is needed where several have one of that name."""

    kinds = ("ConferenceMoved", "ParticipantJoined", "ParticipantChanged", "ParticipantLeft")

    def __init__(self, lab: Lab, name: str, account: str = "") -> None:
        self.name, self._lab, self._account, self._sid = name, lab, account, ""

    @property
    def members(self) -> list[Member]:
        """Those in it, in the order in which they came; nobody when it is not there."""
        return [Member(**one) for one in self._state()["members"]]

    @property
    def status(self) -> str:
        """`init`, `in-progress`, or "" when it is not there."""
        return str(self._state()["status"])

    @property
    def recordings(self) -> list[Recorded]:
        """Of the one that is there, or was when this looked last."""
        self._state()
        return recordings(self._lab, conference=self._sid) if self._sid else []

    def expect_members(self, *who: Who, within: float = 30.0) -> list[Member]:
        """Wait until these are in it and nobody else; without any, until nobody is."""
        return self._expect("in it", who, within, lambda one: one.is_in)

    def expect_muted(self, *who: Who, within: float = 30.0) -> list[Member]:
        """Wait until these and no others are muted."""
        return self._expect("muted", who, within, lambda one: one.muted)

    def expect_held(self, *who: Who, within: float = 30.0) -> list[Member]:
        """Wait until these and no others are on hold."""
        return self._expect("on hold", who, within, lambda one: one.held)

    def expect_status(self, status: str, within: float = 30.0) -> None:
        """Wait until it is `init`, `in-progress` or `completed`: that is when it is not there any more."""
        wanted = "" if status == "completed" else status
        until(self._lab, self.kinds, within, lambda: self.status == wanted, lambda: f"{status}. It is {self}")

    def __str__(self) -> str:
        members = ", ".join(map(str, self.members)) or "nobody in it"
        return f"conference {self.name!r} ({self.status or 'not there'}): {members}"

    def _expect(self, how: str, who: Sequence[Who], within: float, counts: Callable[[Member], bool]) -> list[Member]:
        def is_so() -> bool:
            return is_exactly([one for one in self.members if counts(one)], who)

        until(self._lab, self.kinds, within, is_so, lambda: f"{named(who)} {how}. There is the {self}")
        return [one for one in self.members if counts(one)]

    def _state(self) -> dict[str, Any]:
        found = looked_up(self._lab, f"/conferences/{quoted(self.name)}", self._account)
        self._sid = found["sid"] if found else self._sid
        return found or {"members": [], "status": ""}


class Line:
    """A queue by its name, there or not; `account` as of a Room."""

    kinds = ("CallEnqueued", "CallDequeued")

    def __init__(self, lab: Lab, name: str, account: str = "") -> None:
        self.name, self._lab, self._account = name, lab, account

    @property
    def waiting(self) -> list[Waiting]:
        """Those who wait, the head first."""
        found = looked_up(self._lab, f"/queues/{quoted(self.name)}", self._account)
        return [Waiting(**one) for one in found["waiting"]] if found else []

    def expect_waiting(self, *who: Who, within: float = 30.0) -> list[Waiting]:
        """Wait until these are in it, in this order; without any, until nobody is."""

        def is_so() -> bool:
            there = self.waiting
            return len(there) == len(who) and all(is_one(one, each) for one, each in zip(there, who, strict=True))

        until(self._lab, self.kinds, within, is_so, lambda: f"{named(who)} in this order. There is the {self}")
        return self.waiting

    def __str__(self) -> str:
        return f"queue {self.name!r}: {', '.join(map(str, self.waiting)) or 'nobody in it'}"


def until(lab: Lab, kinds: Sequence[str], within: float, is_so: Callable[[], bool], wanted: Callable[[], str]) -> None:
    """Wait until something is so, which only events of these kinds can change. NotHeard with `wanted`."""
    from hoyhoy.terminal.timeline import lines

    began = after = lab.position()
    deadline = lab.get("/clock")["now"] + within
    while not is_so():
        left = max(0.0, deadline - lab.get("/clock")["now"])
        found = lab.expect({"kinds": list(kinds)}, after=after, within=left)
        if found is None:
            if is_so():
                return
            happened = [f"  {line}" for one in pages(lab, began, kind=",".join(kinds)) for line in lines(one)]
            raise NotHeard(
                f"Expected within {within:g} s of the exchange's clock: {wanted()}\nMeanwhile:\n"
                + ("\n".join(happened) or "  nothing")
            )
        after = int(found["position"])


def is_one(one: Member | Waiting, who: Who) -> bool:
    match who:
        case Phone():
            return one.phone == who.number
        case PhoneCall():
            return one.call == who.sid
    return who in (one.call, one.phone, getattr(one, "label", "") or None)


def is_exactly(there: Sequence[Member], who: Sequence[Who]) -> bool:
    """These and no others, in any order."""
    left = list(there)
    for each in who:
        found = next((one for one in left if is_one(one, each)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def named(who: Sequence[Who]) -> str:
    return ", ".join(
        one.number if isinstance(one, Phone) else one if isinstance(one, str) else one.phone for one in who
    ) or ("nobody")


def looked_up(lab: Lab, path: str, account: str) -> dict[str, Any] | None:
    """None when it is not there. LabError when several accounts have it and none was said."""
    try:
        found: dict[str, Any] = lab.get(path, **({"account": account} if account else {}))
    except LabError as error:
        if error.status != 404:
            raise
        return None
    return found


def quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")
