from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hoyhoy.exchange.dialling import Invitation
from hoyhoy.exchange.verbs.nouns import (
    DETECTING,
    DETECTION,
    VENDORS,
    Dialler,
    Noun,
    events,
    line_to,
    screening,
    steering,
)
from hoyhoy.exchange.verbs.verb import checked
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.exchange.verbs.verb import url as web_url
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call

_KEYS = re.compile(r"[0-9*#wW]+")


def keys(raw: str) -> str:
    """Keys and pauses; ValueError says what is lawful."""
    if not _KEYS.fullmatch(raw):
        raise ValueError("a sequence of 0-9 * # w W")
    return raw


class Number(Noun):
    """A telephone number to be called (voice reference 2.7.4)."""

    unused = {**dict.fromkeys(DETECTING, DETECTION), "byoc": VENDORS}

    send_digits: str = checked("", keys, code=13222)
    url: str | None = web_url()
    method: str = http_method(code=13221)
    status_callback: str | None = web_url()
    status_callback_method: str = http_method(code=13221)
    status_callback_event: tuple[str, ...] = checked(("completed",), events, code=12200)

    def invitation(self, call: Call, dial: Dialler) -> Invitation:
        """How to call it. Fault when it cannot be called, or not so."""
        try:
            number = numbers.parse(self.body, numbers.region_of(call.caller) or "US")
        except ValueError as why:
            raise Fault(13223, f"{why} Nobody is called there.") from None
        return Invitation(
            line=line_to(call, number, 13224),
            address=number,
            called=number,
            caller=dial.shown_to_numbers(call),
            screening=screening(self, call),
            send_digits=self.send_digits,
            steering=steering(self, call),
            events=self.status_callback_event,
        )
