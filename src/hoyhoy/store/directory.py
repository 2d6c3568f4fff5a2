"""Who is who, in memory (exchange.ports.Directory).

Read from the tables `accounts` and `incoming_phone_numbers` when the exchange starts, and brought
up to date by the journal in the same turn of the loop in which a change is recorded: a number
bought over REST can be called at once, before it is even durable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hoyhoy.exchange.events import Entry
from hoyhoy.exchange.ports import Account, Number, Row, Steering

ACCOUNTS = "accounts"
NUMBERS = "incoming_phone_numbers"

Values = dict[str, Any]


class Directory:
    """Implements exchange.ports.Directory; `heard` is a listener of the journal."""

    def __init__(self, accounts: Iterable[Mapping[str, Any]] = (), numbers: Iterable[Mapping[str, Any]] = ()) -> None:
        """Both as rows with their `sid`, oldest first, secrets revealed."""
        self._rows: dict[str, dict[str, Values]] = {ACCOUNTS: {}, NUMBERS: {}}
        self._accounts: dict[str, Account] = {}
        self._numbers: dict[str, Number] = {}
        self._by_number: dict[str, Number] = {}
        for table, rows in ((ACCOUNTS, accounts), (NUMBERS, numbers)):
            for row in rows:
                self._take(Row(table, row["sid"], row, new=True))

    def account(self, sid: str) -> Account | None:
        return self._accounts.get(sid)

    def accounts(self) -> Sequence[Account]:
        """All accounts, oldest first."""
        return tuple(self._accounts.values())

    def number(self, number: str) -> Number | None:
        return self._by_number.get(number)

    def numbers(self, account: str) -> Sequence[Number]:
        return [number for number in self._numbers.values() if number.account == account]

    def heard(self, entry: Entry, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.table in self._rows:
                self._take(row)

    def _take(self, row: Row) -> None:
        known = self._rows[row.table]
        if row.values is None:
            known.pop(row.sid, None)
        elif row.new:
            known[row.sid] = dict(row.values)
        elif row.sid in known:
            known[row.sid].update(row.values)
        values = known.get(row.sid)
        if row.table == ACCOUNTS:
            self._set_account(row.sid, values)
        else:
            self._set_number(row.sid, values)

    def _set_account(self, sid: str, values: Values | None) -> None:
        if values is None:
            self._accounts.pop(sid, None)
        else:
            self._accounts[sid] = Account(
                sid=sid,
                auth_token=_text(values, "auth_token"),
                status=_text(values, "status"),
                owner=_text(values, "owner_account_sid"),
                friendly_name=_text(values, "friendly_name"),
            )

    def _set_number(self, sid: str, values: Values | None) -> None:
        before = self._numbers.get(sid)
        if before and self._by_number.get(before.number) is before:
            del self._by_number[before.number]
        if values is None:
            self._numbers.pop(sid, None)
        else:
            number = self._numbers[sid] = _number(sid, values)
            self._by_number[number.number] = number


def _number(sid: str, values: Values) -> Number:
    """The status callback of a number is about its calls; messages bring their own."""
    voice = _steering(values, "voice")
    return Number(
        sid=sid,
        account=_text(values, "account_sid"),
        number=_text(values, "phone_number"),
        voice=replace(
            voice,
            status_callback=_text(values, "status_callback"),
            status_callback_method=_text(values, "status_callback_method", "POST"),
        ),
        messaging=_steering(values, "sms"),
    )


def _steering(values: Values, product: str) -> Steering:
    return Steering(
        url=_text(values, f"{product}_url"),
        method=_text(values, f"{product}_method", "POST"),
        fallback_url=_text(values, f"{product}_fallback_url"),
        fallback_method=_text(values, f"{product}_fallback_method", "POST"),
    )


def _text(values: Values, column: str, unset: str = "") -> str:
    return values.get(column) or unset
