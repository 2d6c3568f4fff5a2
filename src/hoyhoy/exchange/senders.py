"""Which sender of its messaging service a message leaves from (messaging reference 1.12).

1. The one that wrote to this recipient before, when the service is sticky and still has it.
2. Else the nearest kind: a short code of the recipient's country, a long code, a toll-free number, a name,
   at last a number from abroad.
3. Among long codes of North America the recipient's area code, then its city, then its state.
4. Else whichever has sent the least.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict

from hoyhoy.wire.errors import Fault
from hoyhoy.wire.line_type import sold_as
from hoyhoy.wire.number import is_alphanumeric_sender, is_e164, is_short_code, place_of, region_of

from .facilities import Facilities
from .message import Message, obfuscated
from .ports import Sender, Service

REMEMBERED = 50_000
"""Pairs of a service and a recipient that are kept in memory; older ones are looked up."""

NORTH_AMERICA = ("US", "CA")

CHOSEN = ("queued", "sending", "sent", "delivered", "undelivered", "failed")
"""Statuses of messages whose sender was chosen, or could not be."""


class Senders:
    """Chooses, and remembers what it chose. How often each has sent is known since the start only.

    Senders of one service are chosen in the order they are asked for, whichever look-up is answered first: two runs
    of one seed are alike.
    """

    def __init__(self, facilities: Facilities) -> None:
        self._facilities = facilities
        self._sent: Counter[tuple[str, str]] = Counter()
        self._last: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._asked: dict[str, asyncio.Event] = {}
        """By service: set when who asked last has chosen."""

    async def choose(self, message: Message) -> str:
        """The address to send from. Fault 21701, 21704 or 21703: no service, no senders, none that can."""
        service = self._facilities.directory.service(message.terms.service)
        if service is None or service.account != message.account:
            raise Fault(21701)
        before, chosen = self._asked.get(service.sid), asyncio.Event()
        self._asked[service.sid] = chosen
        try:
            try:
                last = await self._last_sender(service, message) if service.sticky and not message.text.sender else ""
            finally:
                if before:
                    await before.wait()
            sender = message.text.sender or self._chosen(service, message, last)
        finally:
            if self._asked[service.sid] is chosen:
                del self._asked[service.sid]
            chosen.set()
        self._sent[service.sid, sender] += 1
        self._remember(service.sid, message.text.recipient, sender)
        return sender

    def _chosen(self, service: Service, message: Message, last: str) -> str:
        if not service.senders:
            raise Fault(21704)
        recipient = message.text.recipient
        able = [one for one in service.senders if _can_send(one, recipient, is_mms=message.is_mms)]
        if not able:
            raise Fault(21703)
        if service.sticky:
            last = self._last.get((service.sid, recipient), last)  # chosen for another message meanwhile
            if last in [one.address for one in able]:
                return last

        def distance(one: Sender) -> tuple[int, ...]:
            return *_distance(one, recipient, service.geomatch), self._sent[service.sid, one.address]

        return min(able, key=distance).address  # of equal ones the oldest in the pool

    async def _last_sender(self, service: Service, message: Message) -> str:
        """Empty when the service never wrote to this recipient.

        Of a number that was not kept whole only its block is known: who wrote to it last is then taken for the one.
        """
        recipient, rows = message.text.recipient, self._facilities.rows
        known = self._last.get((service.sid, recipient))
        if known is not None or rows is None:
            return known or ""
        with self._facilities.clock.busy(f"the last sender of {service.sid}"):
            for kept in (recipient, obfuscated(recipient)):
                where = [
                    ("account_sid", "=", service.account),
                    ("to", "=", kept),
                    ("messaging_service_sid", "=", service.sid),
                    ("status", "in", CHOSEN),
                ]
                if found := await rows.page("messages", where, limit=1):
                    return found[0]["from"] or ""
        return ""

    def _remember(self, service: str, recipient: str, sender: str) -> None:
        self._last[service, recipient] = sender
        self._last.move_to_end((service, recipient))
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)


def _can_send(sender: Sender, recipient: str, *, is_mms: bool) -> bool:
    """Short codes reach their own country only, names everywhere but North America (7)."""
    if sender.address == recipient or not (sender.mms if is_mms else sender.sms):
        return False
    if is_short_code(sender.address):
        return sender.country == region_of(recipient)
    if is_alphanumeric_sender(sender.address):
        return not recipient.startswith("+1")
    return is_e164(sender.address)


def _distance(sender: Sender, recipient: str, geomatch: bool) -> tuple[int, int]:
    """Kind and, for long codes at home, place: the smaller, the nearer."""
    if is_short_code(sender.address):
        return 0, 0
    if is_alphanumeric_sender(sender.address):
        return 3, 0
    region = region_of(recipient)
    if sender.country != region:
        return 4, 0
    if sold_as(sender.address) == "tollfree":
        return 2, 0
    return 1, _apart(sender.address, recipient) if geomatch and region in NORTH_AMERICA else 0


def _apart(sender: str, recipient: str) -> int:
    if sender[:5] == recipient[:5]:
        return 0
    ours, theirs = place_of(sender), place_of(recipient)
    if theirs.city and ours == theirs:
        return 1
    return 2 if ours.state == theirs.state else 3
