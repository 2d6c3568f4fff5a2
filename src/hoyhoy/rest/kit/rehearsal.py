"""What test credentials do: everything is checked and answered, nothing is stored, nobody is called (reference 1.15).

The same resources run over services that keep nothing: no number is owned but the magic one, the
journal is deaf, and the switchboard makes calls and messages without letting them live.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hoyhoy.exchange.call import Call
from hoyhoy.exchange.events import Entry, Event
from hoyhoy.exchange.message import Message
from hoyhoy.exchange.orders import PlaceCall
from hoyhoy.exchange.ports import (
    Account,
    Application,
    Callback,
    Directory,
    Domain,
    Key,
    Number,
    Row,
    Service,
    SipTrunk,
)
from hoyhoy.exchange.switchboard import Switchboard

from .services import Services, Settings


def rehearsed(services: Services) -> Services:
    """Services for one request that only pretends."""
    directory = _NobodysNumbers(services.directory)
    journal = _DeafJournal()
    return Services(
        clock=services.clock,
        chance=services.chance,
        journal=journal,
        rows=services.rows,
        directory=directory,
        switchboard=_Rehearsal(replace(services.switchboard.facilities, journal=journal, directory=directory)),
        settings=Settings(strict=True, concurrency=services.settings.concurrency),
    )


class _Rehearsal(Switchboard):
    """Calls are not dialled, messages not sent."""

    def resume_call(self, call: Call, order: PlaceCall) -> None:
        return None

    def resume_message(self, message: Message) -> None:
        return None


class _DeafJournal:
    """Implements exchange.ports.Journal."""

    def record(
        self, subject: str, account: str, event: Event, rows: Sequence[Row] = (), callbacks: Sequence[Callback] = ()
    ) -> Entry:
        return Entry(0, 0.0, subject, account, event)

    async def settled(self) -> None:
        return None

    def is_durable(self, position: int) -> bool:
        return True


class _NobodysNumbers:
    """Implements exchange.ports.Directory: who is who, except that nobody owns any number."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def account(self, sid: str) -> Account | None:
        return self._directory.account(sid)

    def accounts(self) -> Sequence[Account]:
        return self._directory.accounts()

    def number(self, number: str) -> Number | None:
        return None

    def numbers(self, account: str, limit: int | None = None) -> Sequence[Number]:
        return ()

    def application(self, sid: str) -> Application | None:
        return self._directory.application(sid)

    def service(self, sid: str) -> Service | None:
        return None

    def service_of(self, number: Number) -> Service | None:
        return None

    def key(self, sid: str) -> Key | None:
        return None

    def is_verified(self, account: str, number: str) -> bool:
        return False

    def caller_id(self, account: str, number: str) -> str:
        return ""

    def permits_from(self, account: str) -> str:
        return self._directory.permits_from(account)

    def may_call(self, account: str, number: str) -> bool:
        return self._directory.may_call(account, number)

    def domain(self, name: str) -> Domain | None:
        return None

    def domain_of(self, sid: str) -> Domain | None:
        return None

    def domains(self) -> Sequence[Domain]:
        return ()

    def trunk(self, sid: str) -> SipTrunk | None:
        return None

    def trunk_at(self, name: str) -> SipTrunk | None:
        return None

    def password(self, lists: Sequence[str], username: str) -> str | None:
        return None

    def admits(self, lists: Sequence[str], address: str) -> bool:
        return False
