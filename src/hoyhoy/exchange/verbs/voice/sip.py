from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hoyhoy.exchange.dialling import Invitation
from hoyhoy.exchange.verbs.nouns import DETECTING, DETECTION, Dialler, Noun, events, line_to, screening, steering
from hoyhoy.exchange.verbs.verb import checked, text
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.exchange.verbs.verb import url as web_url
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call

LONGEST_URI, LONGEST_HEADERS = 254, 1023

_SIP = re.compile(r"(?i:sips?):")
_UNFIT = re.compile(r"[\s<>\"\x00-\x20\x7f]")


class Sip(Noun):
    """A SIP address to be called (voice reference 2.7.5). Its line reads the header fields behind `?`."""

    unused = dict.fromkeys(DETECTING, DETECTION)

    username: str = text(code=13249)
    password: str = text(code=13249)
    url: str | None = web_url()
    method: str = http_method(code=13241)
    status_callback: str | None = web_url()
    status_callback_method: str = http_method(code=13241)
    status_callback_event: tuple[str, ...] = checked(("completed",), events, code=12200)

    def invitation(self, call: Call, dial: Dialler) -> Invitation:
        """How to call it. Fault when it cannot be called, or not so."""
        address = self.body if _SIP.match(self.body) else f"sip:{self.body}"
        uri, _, headers = address.partition("?")
        if not uri.partition(":")[2] or _UNFIT.search(address) or len(uri) > LONGEST_URI:
            raise Fault(13243, f"{self.body[:80]!r} is not a SIP URI of less than {LONGEST_URI + 1} characters.")
        if len(headers) > LONGEST_HEADERS:
            raise Fault(13253, f"The headers of {uri} have {len(headers)} characters; {LONGEST_HEADERS} is the most.")
        return Invitation(
            line=line_to(call, address, 13246),
            address=address,
            called=uri,
            caller=dial.shown_to_sip(call),
            screening=screening(self, call),
            username=self.username,
            password=self.password,
            steering=steering(self, call),
            events=self.status_callback_event,
        )
