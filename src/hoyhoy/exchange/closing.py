"""What putting an account to rest takes with it (messaging reference 3.1).

A suspended account's calls end. A closed one also gives back its numbers and the names of its SIP domains and trunks,
and does not send what it had scheduled.
Each step may be taken again: what a stop or a full disk cut short is finished by the next request or the next start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from hoyhoy.wire.errors import Fault

from .call import FINAL, CallStatus
from .events import ResourceChanged
from .message import MessageStatus
from .ports import Account, Directory, Journal, Row, Rows
from .switchboard import Switchboard

CLOSED = "closed"
LIVE = tuple(status for status in CallStatus if status not in FINAL)

SIP = ("sip_domains", "trunks", "sip_domain_lists", "trunk_lists", "origination_urls")
"""The tables of SIP domains and trunks, and of what is only a part of them."""

PORTION = 1000
"""Rows that are changed before all of them must be durable: the journal keeps room for what others record."""


class Closing:
    """Ends what accounts have under way. Their status is written before, so that nothing new begins meanwhile."""

    def __init__(self, journal: Journal, rows: Rows, directory: Directory, switchboard: Switchboard) -> None:
        self._journal, self._rows, self._directory, self._switchboard = journal, rows, directory, switchboard

    async def take_up(self) -> None:
        """After a restart: finish what was begun. Calls of accounts at rest are not dialled anyway."""
        closed = [account.sid for account in self._directory.accounts() if account.status == CLOSED]
        for account in closed:
            await self._release_numbers(account)
        for begin in range(0, len(closed), PORTION):
            await self._remove_sip(closed[begin : begin + PORTION])
            await self._cancel_messages(closed[begin : begin + PORTION])

    async def rest(self, account: Account) -> None:
        """Do what the account's status asks for; return when it is durable. NotStored when it cannot be."""
        if account.status == CLOSED:
            await self._release_numbers(account.sid)
            await self._remove_sip([account.sid])
        await self._end_calls(account.sid)
        if account.status == CLOSED:
            await self._cancel_messages([account.sid])
        await self._journal.settled()

    async def _release_numbers(self, account: str) -> None:
        while numbers := self._directory.numbers(account, PORTION):
            for number in numbers:
                table = "short_codes" if number.sid.startswith("SC") else "incoming_phone_numbers"
                event = ResourceChanged(table=table, change="deleted")
                self._journal.record(number.sid, account, event, (Row(table, number.sid, None),))
            await self._journal.settled()

    async def _remove_sip(self, accounts: Sequence[str]) -> None:
        for table in SIP:
            while rows := await self._rows.page(table, [("account_sid", "in", accounts)], limit=PORTION):
                for row in rows:
                    event = ResourceChanged(table=table, change="deleted")
                    self._journal.record(row["sid"], row["account_sid"], event, (Row(table, row["sid"], None),))

    async def _end_calls(self, account: str) -> None:
        """Its messages that are still waiting fail when their turn comes (30002)."""
        async for sid in self._found("calls", [account], LIVE):
            with suppress(Fault):  # it has ended by itself meanwhile
                self._switchboard.end_call(sid, CallStatus.COMPLETED)

    async def _cancel_messages(self, accounts: Sequence[str]) -> None:
        async for sid in self._found("messages", accounts, (MessageStatus.SCHEDULED,)):
            with suppress(Fault):
                self._switchboard.cancel_message(sid)

    async def _found(self, table: str, accounts: Sequence[str], statuses: Sequence[str]) -> AsyncIterator[str]:
        """Sids of rows of the accounts in these statuses. Each page is read when the last one's changes are durable."""
        conditions = [("account_sid", "in", accounts), ("status", "in", statuses)]
        before: int | None = None
        while rows := await self._rows.page(table, conditions, before=before, limit=PORTION):
            before = rows[-1]["id"]
            for row in rows:
                yield row["sid"]
