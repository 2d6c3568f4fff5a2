from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hoyhoy.exchange.events import Params
from hoyhoy.exchange.verbs.nouns import Dialler, Noun, body_of, pairs, told_at
from hoyhoy.exchange.verbs.verb import Verb
from hoyhoy.exchange.verbs.verb import url as web_url
from hoyhoy.wire import client as clients
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.dialling import Invitation

MOST_PARAMETERS = 800
"""Bytes of all names and values (2.7.5)."""


class Client(Noun):
    """Somebody who telephones with an SDK, by his name (voice reference 2.7.5)."""

    takes = ("Identity", "Parameter")

    client_notification_url: str | None = web_url(code=13806)

    def invitations(self, call: Call, dial: Dialler) -> Sequence[Invitation]:
        try:
            name = clients.identity(body_of(self, "Identity"))
        except ValueError as why:
            raise Fault(31105, f"{why} Nobody is called there.") from None
        where = f"Line {self.element.line}: <Client>"
        if told_at(self.element, "clientNotificationUrl", self.client_notification_url, call, code=13806):
            call.notice(
                12200, f"{where}: nothing is sent to the clientNotificationUrl: no sleeping device is woken here."
            )
        caller, parameters = dial.shown_to_clients(call), self._parameters(call)
        return [self.at(call, clients.SCHEME + name, code=13224, caller=caller, parameters=parameters)]

    def _parameters(self, call: Call) -> Params:
        """Those that fit."""
        found, room = [], MOST_PARAMETERS
        for name, value in pairs(self):
            room -= len(f"{name}{value}".encode())
            if room < 0:
                call.notice(
                    12200,
                    f"Line {self.element.line}: <Client>: its parameters have more than {MOST_PARAMETERS} bytes; "
                    f"from {name[:40]!r} on they are left out.",
                )
                break
            found.append((name, value))
        return tuple(found)


class Identity(Verb):
    """The name of a client."""
