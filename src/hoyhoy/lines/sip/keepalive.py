"""Phones behind a NAT are asked now and then whether they are there: it keeps their way open, and finds the dead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hoyhoy.exchange.chance import Chance
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.composition import compose
from hoyhoy.wire.sip.message import Response
from hoyhoy.wire.sip.transaction import Failure
from hoyhoy.wire.sip.uri import Uri

from .alarm import Alarm, Clockwork
from .asking import Sending, Sent
from .bindings import Binding

EVERY = 30.0
"""Seconds between two questions: NATs forget a UDP mapping after some 30 s to 2 min (RFC 4787 4.3)."""

PATIENCE = 3
"""Questions in a row without any answer, after which a phone is gone."""


@dataclass(slots=True)
class _Watched:
    binding: Binding
    silent: int = 0
    waits: bool = False


class Keepalive:
    """`gone` is told the number of a binding that says nothing any more."""

    def __init__(self, endpoint: Sending, alarm: Alarm, chance: Chance, gone: Callable[[int], None]) -> None:
        self._endpoint, self._chance, self._gone = endpoint, chance, gone
        self._watched: dict[int, _Watched] = {}
        self._due: Clockwork[int, str] = Clockwork(alarm, self._ask)

    def watch(self, binding: Binding) -> None:
        """From now on, at the place where it is now. Whoever registers has shown that it lives."""
        is_known = binding.number in self._watched
        self._watched[binding.number] = _Watched(binding)
        if not is_known:
            # A thousand phones that registered in one second are not to be asked in one second.
            self._due.set(binding.number, "ask", EVERY * (0.5 + self._chance.below(500) / 1000))

    def forget(self, number: int) -> None:
        if self._watched.pop(number, None):
            self._due.forget(number)

    def stop(self) -> None:
        self._due.stop()
        self._watched.clear()

    @property
    def count(self) -> int:
        """How many are asked."""
        return len(self._watched)

    def _ask(self, number: int, _: str) -> None:
        watched = self._watched.get(number)
        if watched is None:
            return
        self._due.set(number, "ask", EVERY)
        if watched.waits:  # the last question lives for 32 s (RFC 3261 17.1.2.2)
            return
        binding, watched.waits = watched.binding, True
        target = binding.target
        sent: list[Sent] = []

        def hear(response: Response) -> None:
            if response.status >= 200:
                self._heard(number, watched, sent[0].failure)

        here = self._endpoint.local(target)
        us = Address(Uri.sip("", here.host)).tagged(self._chance.hex(16))
        request = compose(
            "OPTIONS", binding.uri, self._endpoint.via(target), us, Address(binding.uri.bare()),
            self._chance.hex(32), 1, routes=binding.path,
        )  # fmt: skip
        sent.append(self._endpoint.send(request, [target], hear))

    def _heard(self, number: int, watched: _Watched, failure: object | None) -> None:
        """Any answer will do: a phone that does not know OPTIONS is there as well."""
        watched.waits = False
        watched.silent = watched.silent + 1 if failure is not None else 0
        # By a connection that is gone nothing will ever come.
        is_cut_off = failure is Failure.TRANSPORT and watched.binding.target.flow != 0
        if (watched.silent >= PATIENCE or is_cut_off) and self._watched.get(number) is watched:
            self.forget(number)
            self._gone(number)
