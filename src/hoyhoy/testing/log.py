"""Reading the exchange's log as tests do: waiting for what comes next, and telling the story when it did not come."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any

from hoyhoy.lab.client import Lab
from hoyhoy.lab.match import TEXTS

Entry = dict[str, Any]

MOST_LINES = 40
LONGEST_PAGE = 1000
ALIKE = 0.6

WORDS = {
    "PhoneRang": "the phone to ring",
    "PhoneReleased": "the end of the call",
    "PhoneGotMessage": "a message",
    "UserMessageTold": "a message of the app's in the call",
    "CallMoved": "a status",
    "CallBridged": "a connection with another call",
    "RecordingMoved": "a recording",
    "Noticed": "a notice",
    "WebhookAnswered": "a request to the app",
}


class NotHeard(AssertionError):
    """What a test expected did not happen; the message shows what did."""


class Log:
    """A reading position in the exchange's log that only moves forward."""

    def __init__(self, lab: Lab, after: int, *, subject: str = "", where: dict[str, Any] | None = None) -> None:
        """`subject` and `where` hold for every expectation."""
        self.lab, self.after, self.subject, self.where = lab, after, subject, where or {}

    def expect(
        self,
        kinds: Sequence[str],
        within: float,
        *,
        contains: str = "",
        where: dict[str, Any] | None = None,
        matching: str = "",
    ) -> Entry:
        """The first entry that fits, and whose text the pattern `matching` is found in. NotHeard within no more than
        `within` seconds of the exchange's clock."""
        match = {
            "kinds": list(kinds),
            "subject": self.subject,
            "contains": contains,
            "where": self.where | (where or {}),
        }
        if matching:
            found = first(self.lab, match, self.after, within, lambda one: bool(search(matching, one)))
        else:
            found = self.lab.expect(match, after=self.after, within=within)
        if found is None:
            raise NotHeard(self._story(kinds, within, contains, where or {}, matching))
        self.after = int(found["position"])
        return found

    def expect_none(self, kinds: Sequence[str], within: float) -> None:
        """NotHeard as soon as one comes."""
        match = {"kinds": list(kinds), "subject": self.subject, "where": self.where}
        found = self.lab.expect(match, after=self.after, within=within)
        if found:
            raise NotHeard(f"Expected silence for {within:g} s of the exchange's clock. Instead:\n{self.story(found)}")

    def entries(self) -> list[Entry]:
        """All there are of the subject, or behind the position when there is none."""
        return pages(self.lab, 0 if self.subject else self.after, subject=self.subject)

    def story(self, last: Entry | None = None) -> str:
        """What happened, with seconds since the first of it; `>` stands before what came behind the position."""
        from hoyhoy.terminal.timeline import QUIET, lines

        entries = [one for one in self.entries() if last is None or one["position"] <= last["position"]]
        told = []
        for one in entries:
            if one["kind"] in QUIET:
                continue
            mark = ">" if self.subject and one["position"] > self.after else " "
            told += [f"{mark} {one['at'] - entries[0]['at']:8.2f} s  {line}" for line in lines(one)]
        left_out = [f"  ({len(told) - MOST_LINES} lines before)"] if len(told) > MOST_LINES else []
        return "\n".join([*left_out, *told[-MOST_LINES:]]) or "  nothing"

    def _story(self, kinds: Sequence[str], within: float, contains: str, where: dict[str, Any], matching: str) -> str:
        wanted = _wanted(kinds, contains, where, matching)
        text = f"Expected {wanted} within {within:g} s of the exchange's clock. Instead:\n{self.story()}"
        nearest = _nearest(self.entries(), kinds, contains, where, matching, self.after)
        return f"{text}\n{nearest}" if nearest else text


def first(lab: Lab, match: dict[str, Any], after: int, within: float, fits: Callable[[Entry], bool]) -> Entry | None:
    """The first entry behind `after` that the lab finds to match and that `fits`."""
    until = lab.get("/clock")["now"] + within
    while found := lab.expect(match, after=after, within=within):
        if fits(found):
            return found
        after, within = int(found["position"]), max(0.0, until - found["at"])
    return None


def pages(lab: Lab, after: int = 0, **filters: str) -> list[Entry]:
    """Every entry there is behind a position."""
    found: list[Entry] = []
    while page := lab.get("/events", after=after, limit=LONGEST_PAGE, **filters)["entries"]:
        found += page
        after = page[-1]["position"]
    return found


def text_of(entry: Entry) -> str:
    """What there is to read in an entry."""
    return next((str(entry["event"][name]) for name in TEXTS if entry["event"].get(name)), "")


def search(pattern: str, entry: Entry) -> re.Match[str] | None:
    return re.search(pattern, text_of(entry), re.IGNORECASE)


def _wanted(kinds: Sequence[str], contains: str, where: dict[str, Any], matching: str) -> str:
    kind = "/".join(kinds)
    named = str(where["kind"]) if kind == "PhoneHeard" and "kind" in where else WORDS.get(kind, kind)
    rest = {name: value for name, value in where.items() if name not in ("kind", "phone")}
    parts = [named, f"with {contains!r}" if contains else "", f"matching {matching!r}" if matching else ""]
    return " ".join(part for part in parts if part) + (f" {rest}" if rest else "")


def _nearest(
    entries: Sequence[Entry], kinds: Sequence[str], contains: str, where: dict[str, Any], matching: str, after: int
) -> str:
    """What came near: the very thing, only before; or words that are nearly those."""
    ours = [
        one
        for one in entries
        if one["kind"] in kinds and all(one["event"].get(name) == value for name, value in where.items())
    ]
    for one in ours:
        fits = contains.casefold() in text_of(one).casefold() and (not matching or search(matching, one))
        if fits and one["position"] <= after:
            at = one["at"] - entries[0]["at"]
            return f"It came at {at:.2f} s, before what was expected last: expectations go forward."
    if not contains:
        return ""
    best = max(ours, key=lambda one: _likeness(contains, text_of(one)), default=None)
    return f"Nearest: {text_of(best)!r}" if best and _likeness(contains, text_of(best)) >= ALIKE else ""


def _likeness(wanted: str, text: str) -> float:
    """How much of what is wanted stands there in this order, from 0 to 1."""
    wanted, text = wanted.casefold(), text.casefold()
    return sum(
        block.size for block in SequenceMatcher(None, wanted, text).get_matching_blocks() if block.size > 1
    ) / max(len(wanted), 1)
