"""The phones of the simulated network by number, and their calls by sid; what nobody uses is forgotten.

A phone comes into being when its number is first asked for. One that has nothing going on is kept only while it is
among the last that were used: of those whose behaviour was set, which are in somebody's hand, more than of the others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial

from .phone import KEPT, Phone, PhoneCall
from .script import Behaviour

MOST_IDLE = 1000
"""Phones with nothing going on that nobody told how to behave."""

MOST_TOLD = 10_000
"""Those that somebody told, and clients, which are there because somebody made them."""

MOST_OVER = 10_000
"""Calls that are over, of all phones; the exchange's own log keeps everything."""


class Phonebook:
    """Every phone there is."""

    def __init__(self, make: Callable[[str], Phone], default: Behaviour) -> None:
        """`make` makes the phone of a number, with this very `default`."""
        self._make, self._default = make, default
        self._phones: dict[str, Phone] = {}
        self._idle: OrderedDict[str, None] = OrderedDict()
        """Phones with nothing going on, the least recently used first."""
        self._told: OrderedDict[str, None] = OrderedDict()
        """Those of them that were told how to behave."""
        self._calls: dict[str, tuple[Phone, PhoneCall]] = {}
        self._over: OrderedDict[str, Phone] = OrderedDict()
        """The phones of calls that are over, as they ended."""

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._phones.values())

    def __contains__(self, number: str) -> bool:
        return number in self._phones

    def phone(self, number: str) -> Phone:
        phone = self._phones.get(number)
        if phone is None:
            phone = self._phones[number] = self._make(number)
            self._rest(phone)
        elif not phone.live:
            self._rest(phone)
        return phone

    def call(self, sid: str) -> tuple[Phone, PhoneCall] | None:
        return self._calls.get(sid)

    def begin(self, phone: Phone, call: PhoneCall) -> None:
        """The phone takes part in a call; it stays while that lasts."""
        self._phones[phone.number] = phone  # somebody may have held it in the hand for long
        self._idle.pop(phone.number, None)
        self._told.pop(phone.number, None)
        self._calls[call.sid] = phone, call
        phone.begin(call)
        call.when_over(partial(self._end, phone, call))

    def _end(self, phone: Phone, call: PhoneCall) -> None:
        self._over[call.sid] = phone
        phone.end(call)
        if phone.over > KEPT:
            self._forget(phone.forget())
        if len(self._over) > MOST_OVER:  # who was the first of all to end was so on its phone
            self._forget(next(iter(self._over.values())).forget())
        if not phone.live:
            self._rest(phone)

    def _rest(self, phone: Phone) -> None:
        """It has nothing going on, and is used."""
        is_told = phone.behaviour is not self._default
        if is_told:
            self._idle.pop(phone.number, None)
        kept = self._told if is_told else self._idle
        kept[phone.number] = None
        kept.move_to_end(phone.number)
        while len(self._idle) > MOST_IDLE:
            number, _ = self._idle.popitem(last=False)
            if self._phones[number].behaviour is self._default:
                self._drop(number)
            else:
                self._told[number] = None
        while len(self._told) > MOST_TOLD:
            self._drop(self._told.popitem(last=False)[0])

    def _drop(self, number: str) -> None:
        for call in self._phones.pop(number).calls:
            self._forget(call)

    def _forget(self, call: PhoneCall) -> None:
        self._calls.pop(call.sid, None)
        self._over.pop(call.sid, None)
        call.give_up()
