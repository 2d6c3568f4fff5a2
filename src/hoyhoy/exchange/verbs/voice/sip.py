from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from hoyhoy.exchange.verbs.nouns import Detecting, Dialler, Pair, pairs
from hoyhoy.exchange.verbs.verb import Notice, Verb, text, whole
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.preference import ordered

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.dialling import Invitation
    from hoyhoy.exchange.verbs.verb import Family
    from hoyhoy.wire.twiml import Element

LONGEST_URI, LONGEST_HEADERS = 254, 1023

_SIP = re.compile(r"(?i:sips?):")
_UNFIT = re.compile(r"[\s<>\"\x00-\x20\x7f]")


class Sip(Detecting):
    """A SIP address to be called (voice reference 2.7.5). Its line reads the header fields behind `?`."""

    takes = ("Uri", "Headers")

    username: str = text(code=13249)
    password: str = text(code=13249)
    method: str = http_method(code=13241)
    status_callback_method: str = http_method(code=13241)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        sip = super().read(element, family, notice)
        if sip.body and sip._uris:
            notice(12200, f"Line {element.line}: <Sip>: the text beside its <Uri> is ignored.")
        return sip

    @property
    def _uris(self) -> list[Uri]:
        return [one for one in self.nested if isinstance(one, Uri)]

    def invitations(self, call: Call, dial: Dialler) -> Sequence[Invitation]:
        """With several `<Uri>` the one of least priority number is called first, by chance among equals."""
        below = call.facilities.chance.below
        found = ordered(self._uris, lambda one: one.priority, lambda one: one.weight, below)
        if not found:
            return [self._at(call, dial, self.body, self.username, self.password)]
        return [
            self._at(call, dial, one.body, one.username or self.username, one.password or self.password)
            for one in found
        ]

    def _at(self, call: Call, dial: Dialler, written: str, username: str, password: str) -> Invitation:
        address = written if _SIP.match(written) else f"sip:{written}"
        uri, _, headers = address.partition("?")
        if not uri.partition(":")[2] or _UNFIT.search(address) or len(uri) > LONGEST_URI:
            raise Fault(13243, f"{written[:80]!r} is not a SIP URI of less than {LONGEST_URI + 1} characters.")
        headers = "&".join(part for part in (headers, self._headers()) if part)
        if len(headers) > LONGEST_HEADERS:
            raise Fault(13253, f"The headers of {uri} have {len(headers)} characters; {LONGEST_HEADERS} is the most.")
        return self.at(
            call,
            f"{uri}?{headers}" if headers else uri,
            code=13246,
            called=uri,
            caller=dial.shown_to_sip(call),
            username=username,
            password=password,
            detect=self.detection(call),
        )

    def _headers(self) -> str:
        """Those of `<Headers>`, as they stand behind a URI."""
        inside = [pair for one in self.nested if isinstance(one, Headers) for pair in pairs(one)]
        return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in inside)


class Uri(Verb):
    """One of several places, the lowest priority first; among equals by weight."""

    priority: int = whole(0, least=0, most=65535, code=12200)
    weight: int = whole(1, least=0, most=65535, code=12200)
    username: str = text(code=13249)
    password: str = text(code=13249)


class Headers(Verb):
    """Header fields of the INVITE, each in a `<Header>`."""

    takes = ("Header",)


class Header(Pair):
    """A header field: an `X-` name, or one of those that may be sent besides."""
