from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hoyhoy.exchange.sound import MOST_KEYS
from hoyhoy.exchange.verbs.nouns import VENDORS, Detecting, Dialler
from hoyhoy.exchange.verbs.verb import checked
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.dialling import Invitation

_KEYS = re.compile(r"[0-9*#wW]+")


def keys(raw: str) -> str:
    """Keys and pauses; ValueError says what is lawful."""
    if len(raw) > MOST_KEYS or not _KEYS.fullmatch(raw):
        raise ValueError(f"a sequence of 0-9 * # w W, {MOST_KEYS} at most")
    return raw


class Number(Detecting):
    """A telephone number to be called (voice reference 2.7.4)."""

    unused = {"byoc": VENDORS}

    send_digits: str = checked("", keys, code=13222)
    method: str = http_method(code=13221)
    status_callback_method: str = http_method(code=13221)

    def invitations(self, call: Call, dial: Dialler) -> Sequence[Invitation]:
        try:
            number = numbers.parse(self.body, numbers.region_of(call.caller) or "US")
        except ValueError as why:
            code = 13226 if isinstance(why, numbers.UnknownCountry) else 13223
            raise Fault(code, f"{why} Nobody is called there.") from None
        if not call.facilities.directory.may_call(call.account, number):
            raise Fault(13227, f"The dialing permissions of the account do not allow calls to {number}.")
        shown, detect = dial.shown_to_numbers(call), self.detection(call)
        return [self.at(call, number, code=13224, caller=shown, send_digits=self.send_digits, detect=detect)]
