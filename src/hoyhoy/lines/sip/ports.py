"""What the SIP line needs of others: who may call in, where registered phones are, which trunks lead out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from hoyhoy.exchange.events import Params
from hoyhoy.exchange.ports import Callee
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.uri import Uri

from .inbound import Inbound
from .target import Target


class Admitted(Protocol):
    """A call that is let in: for whom, as whom, and what is told of it in every webhook besides. `twiml` is performed
    instead of what the callee says."""

    @property
    def callee(self) -> Callee: ...
    @property
    def caller(self) -> str: ...
    @property
    def called(self) -> str: ...
    @property
    def params(self) -> Params: ...
    @property
    def twiml(self) -> str: ...
    @property
    def direction(self) -> str: ...


class Admission(Protocol):
    """Who may call in."""

    def admit(self, inbound: Inbound) -> Admitted | None:
        """None when the call was refused; its answer is sent by then."""


class Registrar(Protocol):
    """Takes REGISTER requests, and answers them."""

    def receive(self, inbound: Inbound) -> None: ...


class Binding(Protocol):
    """Where one registered phone is. `target` is the way its registration came, which leads through its NAT; `path`
    are the proxies on it (RFC 3327)."""

    @property
    def uri(self) -> Uri: ...
    @property
    def target(self) -> Target: ...
    @property
    def path(self) -> tuple[Address, ...]: ...


class Locations(Protocol):
    """Where registered phones are."""

    def locations(self, aor: str) -> Sequence[Binding]:
        """All phones of an address of record, `sip:user@domain`, the preferred first."""


class Hop(Protocol):
    """One way out by a trunk. `release` gives back what the trunk counts; it is called once, however the hop ends.
    `on_full` is called when the call must end, as there are no minutes left."""

    on_full: Callable[[], object] | None

    @property
    def uri(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def caller(self) -> str: ...
    def release(self) -> None: ...


class Trunks(Protocol):
    """The ways out to telephone numbers."""

    def reaches(self, number: str) -> bool:
        """Does any trunk lead there? Takes nothing."""

    def candidates(self, number: str, caller: str, account: str) -> Sequence[Hop]:
        """The ways for one call, the first to be tried first; none when the call may not be made."""
