from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from hoyhoy.exchange.verbs.nouns import Dialler, Noun, body_of, pairs
from hoyhoy.exchange.verbs.verb import Verb, boolean, checked
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.dialling import Invitation

LONGEST_CUSTOMER = 256


def customer(raw: str) -> str:
    """Who asks an application; ValueError says what is lawful."""
    if len(raw) > LONGEST_CUSTOMER:
        raise ValueError(f"a text of at most {LONGEST_CUSTOMER} characters")
    return raw


class Application(Noun):
    """A TwiML application, whose own document performs on the far end (voice reference 2.7.5)."""

    takes = ("ApplicationSid", "Parameter")
    stands_alone: ClassVar[bool] = True

    customer_id: str = checked("", customer, code=12200)
    copy_parent_to: bool = boolean(False, code=12200)

    def invitations(self, call: Call, dial: Dialler) -> Sequence[Invitation]:
        sid = body_of(self, "ApplicationSid")
        found = call.facilities.directory.application(sid)
        if found is None or not found.may_be_called_by(call.account):
            raise Fault(21218, f"There is no application {sid[:40]!r} that this account may call.")
        if not found.voice.url:
            raise Fault(21205, f"The application {sid} has no VoiceUrl, so nobody answers there.")
        told = (
            *((f"Param_{name}", value) for name, value in pairs(self)),
            ("CustomerId", self.customer_id or call.account),
        )
        return [
            self.at(
                call,
                f"app:{sid}",
                code=21218,
                called=call.called if self.copy_parent_to else sid,
                caller=dial.shown_to_clients(call),
                parameters=told,
            )
        ]


class ApplicationSid(Verb):
    """The application's sid."""
