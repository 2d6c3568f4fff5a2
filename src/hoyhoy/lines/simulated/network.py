"""The simulated network: finds phones, brings their calls and messages to the exchange and the exchange's to them.

A phone has a number, or it is a virtual client: `client:alice`, as a program with an SDK would register. Numbers and
applications of the exchange's own lead back into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

import msgspec

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Event, Params, PhoneGotMessage, PhoneRang, PhoneSentMessage
from hoyhoy.exchange.leg import Leg
from hoyhoy.exchange.media import MediaPlane, NoRoom, Studio
from hoyhoy.exchange.ports import Callee, Dialling, Directory, Journal, Receipt, Text
from hoyhoy.lines import ports as lines
from hoyhoy.wire.client import SCHEME, parted
from hoyhoy.wire.errors import Fault

from .kept import Shelf
from .loop import pair
from .phone import Phone, PhoneCall, PhoneText
from .phonebook import Phonebook
from .script import Answering, Behaviour

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
APPLICATION = "app:"

MAGIC = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
"""Numbers that refuse messages, as with test credentials (messaging reference 1.15)."""


class Exchange(lines.Exchange, Protocol):
    """The switchboard, as far as the network needs it: it takes messages too."""

    def receive(self, *, sender: str, recipient: str, body: str, media: tuple[str, ...] = ()) -> str | None: ...


class Network:
    """A Line and a Carrier at once; `exchange` is set when the switchboard stands."""

    exchange: Exchange

    def __init__(
        self,
        clock: Clock,
        journal: Journal,
        directory: Directory,
        plane: MediaPlane,
        studio: Studio,
        default: Behaviour | None = None,
        *,
        has_phones: bool = True,
    ) -> None:
        """Without phones only the numbers that accounts own are reached: nobody else is called by make-believe."""
        self.clock, self.journal, self.directory = clock, journal, directory
        self.plane, self.studio = plane, studio
        self.default = default or Behaviour()
        self._has_phones = has_phones
        self._book = Phonebook(partial(self._phone, Shelf()), self.default)

    # Phones --------------------------------------------------------------------------------

    def phone(self, number: str) -> Phone:
        """The phone of this number, or the virtual client of this name; it comes into being when first asked for."""
        return self._book.phone(number)

    def has(self, number: str) -> bool:
        """Whether somebody asked for it before: a client is called from then on."""
        return number in self._book

    def phones(self) -> Iterator[Phone]:
        return iter(self._book)

    def call(self, sid: str) -> tuple[Phone, PhoneCall] | None:
        """The phone that takes part in a call of the exchange, and its side of it; None when it was forgotten too."""
        return self._book.call(sid)

    def _phone(self, shelf: Shelf, number: str) -> Phone:
        """A client stays as long as one that was told how to behave: gone, it would not be there to be called."""
        how = msgspec.structs.replace(self.default) if number.startswith(SCHEME) else self.default
        return Phone(number, self.clock, self.studio, how, shelf)

    def place_call(self, phone: Phone, to: str) -> PhoneCall:
        """A person dials `to` on `phone`. Fault 21214 when that is no number of this exchange."""
        owner = self.directory.number(to)
        call = self._come_in(phone, to, owner)
        if call is None:
            raise Fault(21214, f"{to} is not a number of this exchange with a voice URL, so nobody answers there.")
        return call

    def call_application(self, client: Phone, application: str, to: str = "", parameters: Params = ()) -> PhoneCall:
        """A virtual client calls, as an SDK does, through the application that its token names (3.1): that is told the
        `parameters`, and `to` as one of them. Faults 21218, 21205."""
        found = self.directory.application(application)
        if found is None:
            raise Fault(21218, f"There is no application {application[:40]!r}.")
        call = self._come_in(client, to or dict(parameters).get("To", ""), found, parameters)
        if call is None:
            said = f"The application {application} does not answer: it has no VoiceUrl, or its account is not active."
            raise Fault(21205, said)
        return call

    def _come_in(self, phone: Phone, to: str, callee: Callee | None, parameters: Params = ()) -> PhoneCall | None:
        said: list[Event] = []
        leg = phone.leg(self.plane.open(callee.account if callee else ""), said.append, outgoing=False)
        call = self.exchange.incoming(leg, caller=phone.number, called=to, callee=callee, params=parameters)
        if call is None:
            return None
        leg.record = self._recorder(call.sid, call.account)
        placed = PhoneCall(call.sid, to, True, leg, self.clock.now(), parameters)
        self._book.begin(phone, placed)
        phone.calling(leg, call.sid)
        return placed

    def send_text(self, phone: Phone, to: str, body: str, media: tuple[str, ...] = ()) -> str:
        """A person sends a message from `phone`; return its sid. Fault 21612 when nobody has that number."""
        sid = self.exchange.receive(sender=phone.number, recipient=to, body=body, media=media)
        if sid is None:
            raise Fault(21612, f"{to} is not a number of this exchange that takes messages.")
        phone.got(PhoneText(to, True, body, media, self.clock.now()))
        owner = self.directory.number(to)
        sent = PhoneSentMessage(phone=phone.number, recipient=to, body=body, media=media)
        self.journal.record(sid, owner.account if owner else "", sent)
        return sid

    # Line ----------------------------------------------------------------------------------

    def reaches(self, address: str, account: str = "") -> bool:
        """As a Line, and without an account as a Carrier. A client is there when somebody made it, and it is not
        switched off."""
        if address.startswith(SCHEME):
            client, _ = parted(address)
            there = self._has_phones and self.has(client)
            return there and self.phone(client).behaviour.answering != Answering.UNREACHABLE
        if address.startswith(APPLICATION):
            return self.directory.application(parted(address)[0].removeprefix(APPLICATION)) is not None
        if E164.fullmatch(address) is None:
            return False
        return self._has_phones or self.directory.number(address) is not None

    def dial(self, dialling: Dialling) -> Leg:
        if dialling.address.startswith(APPLICATION):
            return self._application(dialling)
        if number := self.directory.number(dialling.address):
            return self._loop(dialling, number, dialling.address)
        address, query = parted(dialling.address)
        phone = self.phone(address)
        record = self._recorder(dialling.call, dialling.account)
        record(PhoneRang(phone=phone.number, caller=dialling.caller))
        media = self.plane.open(dialling.account)
        leg = phone.leg(media, record, outgoing=True)
        told = dialling.parameters + query
        self._book.begin(phone, PhoneCall(dialling.call, dialling.caller, False, leg, self.clock.now(), told))
        phone.ringing(leg, dialling.call)
        return leg

    def _application(self, dialling: Dialling) -> Leg:
        """An application answers by its own document: one of another account only if that permits it (2.7.5)."""
        address, query = parted(dialling.address)
        sid = address.removeprefix(APPLICATION)
        found = self.directory.application(sid)
        if found is None or not found.may_be_called_by(dialling.account):
            return self._loop(dialling, None, "")
        told = dialling.parameters or (*((f"Param_{n}", v) for n, v in query), ("CustomerId", dialling.account))
        return self._loop(dialling, found, dialling.called or sid, told)

    def _loop(self, dialling: Dialling, callee: Callee | None, called: str, params: Params = ()) -> Leg:
        """Back into the exchange: one call out, another in, each in the rooms of its own account."""
        outgoing = self.plane.open(dialling.account)
        try:
            coming = self.plane.open(callee.account if callee else dialling.account, loop=outgoing)
        except NoRoom as why:
            raise Fault(12400, f"The call cannot lead to another account here: {why} (--media-processes).") from why
        near, far = pair(self.clock, outgoing, coming, dialling)
        if self.exchange.incoming(far, caller=dialling.caller, called=called, callee=callee, params=params):
            near.rings()
        return near

    # Carrier -------------------------------------------------------------------------------

    async def submit(self, text: Text) -> None:
        if code := MAGIC.get(text.recipient):
            raise Fault(code)
        phone = self.phone(text.recipient)
        if text.sender in phone.behaviour.opted_out:
            raise Fault(21610)
        if phone.behaviour.delivery == "failed":
            raise Fault(phone.behaviour.error_code or 30007)

    async def receipt(self, text: Text) -> Receipt:
        if self.directory.number(text.recipient):
            self.exchange.receive(sender=text.sender, recipient=text.recipient, body=text.body, media=text.media)
            return Receipt("delivered")
        how = self.phone(text.recipient).behaviour
        await self.clock.sleep(how.delivery_after)
        if how.delivery == "undelivered" or how.answering == Answering.UNREACHABLE:
            return Receipt("undelivered", how.error_code or 30003)
        phone = self.phone(text.recipient)  # it may have been forgotten meanwhile
        got = PhoneGotMessage(phone=phone.number, sender=text.sender, body=text.body, media=text.media)
        self.journal.record(text.sid, text.account, got)  # first: when it is refused, the receipt is asked for again
        phone.got(PhoneText(text.sender, False, text.body, text.media, self.clock.now()))
        return Receipt("delivered")

    def _recorder(self, call: str, account: str) -> Callable[[Event], object]:
        return partial(self.journal.record, call, account)
