"""Every error and warning the exchange can tell, with its code, level and HTTP status.

A `Fault` carries its own verdict: raised anywhere, it becomes an HTTP answer at the REST edge, a
Notification on a call, or both. Codes and levels: twilio-voice.md section 17,
twilio-messaging-and-rest.md section 6; the sentences are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .error_codes import TABLES

DOCS = "https://www.twilio.com/docs/errors/"


class Level(StrEnum):
    """How bad it is; the wire form of a Notification's `log` is 0 for errors and 1 for warnings."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the catalogue: `status` is the HTTP status when it is a REST answer."""

    code: int
    level: Level
    status: int
    gist: str


class Fault(Exception):
    """Something the customer must be told, with Twilio's code and a sentence that helps."""

    def __init__(self, code: int, message: str = "", *, status: int | None = None) -> None:
        entry = lookup(code)
        self.code = code
        self.message = message or entry.gist
        self.level = entry.level
        self.status = status or entry.status
        super().__init__(f"{code}: {self.message}")

    @property
    def more_info(self) -> str:
        return f"{DOCS}{self.code}"


def lookup(code: int) -> Entry:
    """The catalogue's row for `code`; an unknown code is a general error with status 400."""
    return CATALOGUE.get(code) or Entry(code, Level.ERROR, 400, "Error")


def _read(line: str) -> Entry:
    code, level, status, gist = line.split(" ", 3)
    return Entry(int(code), Level.WARNING if level == "W" else Level.ERROR, int(status), gist)


CATALOGUE: dict[int, Entry] = {
    entry.code: entry for table in TABLES for entry in map(_read, table.strip().splitlines())
}
