"""Who is who, in memory (exchange.ports.Directory).

Read from the tables of `KEPT` when the exchange starts, and brought up to date by the journal in
the same turn of the loop in which a change is recorded: a number bought over REST can be called at
once, before it is even durable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from hoyhoy.exchange.events import Entry
from hoyhoy.exchange.ports import (
    Account,
    Application,
    Domain,
    Key,
    Number,
    Row,
    Sender,
    Service,
    SipTrunk,
    Steering,
)
from hoyhoy.wire.inventory import capabilities_of
from hoyhoy.wire.number import SHORT_CODE_COUNTRY, is_short_code, region_of

from . import dialing_directory, sip_directory
from .dialing_directory import DialingDirectory
from .sip_directory import TRUNKS, SipDirectory

ACCOUNTS = "accounts"
NUMBERS = "incoming_phone_numbers"
SHORT_CODES = "short_codes"
APPLICATIONS = "applications"
KEYS = "keys"
CALLER_IDS = "outgoing_caller_ids"
SERVICES = "messaging_services"
ALPHA_SENDERS = "alpha_senders"
POOLED = {NUMBERS: "service_phone_numbers", SHORT_CODES: "service_short_codes"}
"""By the table of what is owned: which of it, by sid, sends for which messaging service."""

KEPT = (
    ACCOUNTS, NUMBERS, SHORT_CODES, APPLICATIONS, KEYS, CALLER_IDS, SERVICES, ALPHA_SENDERS, *POOLED.values(),
    *sip_directory.KEPT, *dialing_directory.KEPT,
)  # fmt: skip
OWNED = {NUMBERS: "phone_number", SHORT_CODES: "short_code"}
"""The tables of what can be called or written to, and the column that holds its address."""

STEERED_BY = ("voice_application_sid", "sms_application_sid", "trunk_sid")
"""The columns in which a number names applications, and a trunk."""

_ELSEWHERE = (*sip_directory.KEPT, *dialing_directory.KEPT)
"""What the parts of the directory keep."""

_GROUPED = dict.fromkeys(OWNED, "account_sid") | dict.fromkeys((*POOLED.values(), ALPHA_SENDERS), "service_sid")
"""Rows that are asked for together, by table: those that have a value of this column in common."""

Values = dict[str, Any]


class Directory:
    """Implements exchange.ports.Directory; `heard` is a listener of the journal."""

    def __init__(self, rows: Mapping[str, Iterable[Mapping[str, Any]]] | None = None) -> None:
        """Rows by table, with their `sid`, oldest first, secrets revealed."""
        self._rows: dict[str, dict[str, Values]] = {table: {} for table in KEPT if table not in _ELSEWHERE}
        self._sip = SipDirectory()
        self._dialing = DialingDirectory()
        self._accounts: dict[str, Account] = {}
        self._holders: dict[str, tuple[str, str]] = {}
        self._numbers: dict[str, Number] = {}
        self._named: dict[str, set[str]] = {}
        self._groups: dict[str, dict[str, dict[str, int]]] = {table: {} for table in _GROUPED}
        self._made = 0
        self._verified: dict[tuple[str, str], dict[str, None]] = {}
        self._services: dict[str, Service] = {}
        for table, found in (rows or {}).items():
            for row in found:
                self._take(Row(table, row["sid"], row, new=True))

    def account(self, sid: str) -> Account | None:
        return self._accounts.get(sid)

    def accounts(self) -> Sequence[Account]:
        """All accounts, oldest first."""
        return tuple(self._accounts.values())

    def number(self, number: str) -> Number | None:
        holder = self._holders.get(number)
        return self._owned(*holder) if holder else None

    def numbers(self, account: str, limit: int | None = None) -> Sequence[Number]:
        sids = chain.from_iterable(((table, sid) for sid in self._group(table, account)) for table in OWNED)
        return [self._owned(table, sid) for table, sid in islice(sids, limit)]

    def application(self, sid: str) -> Application | None:
        values = self._rows[APPLICATIONS].get(sid)
        return _application(sid, values) if values else None

    def service(self, sid: str) -> Service | None:
        if sid not in self._services and (values := self._rows[SERVICES].get(sid)):
            self._services[sid] = _service(sid, values, self._senders(sid, _text(values, "account_sid")))
        return self._services.get(sid)

    def service_of(self, number: Number) -> Service | None:
        """One of another account, which owned the number before, is not meant."""
        for pool in POOLED.values():
            if member := self._rows[pool].get(number.sid):
                service = self.service(_text(member, "service_sid"))
                return service if service and service.account == number.account else None
        return None

    def key(self, sid: str) -> Key | None:
        values = self._rows[KEYS].get(sid)
        if values is None:
            return None
        return Key(
            sid=sid,
            account=_text(values, "account_sid"),
            secret=_text(values, "secret"),
            kind=_text(values, "kind", "standard"),
            policy=_text(values, "policy"),
        )

    def is_verified(self, account: str, number: str) -> bool:
        return (account, number) in self._verified

    def caller_id(self, account: str, number: str) -> str:
        return next(reversed(self._verified.get((account, number), {})), "")

    def permits_from(self, account: str) -> str:
        found = self._accounts.get(account)
        return found.owner if found and found.owner and self._dialing.inherits(account) else account

    def may_call(self, account: str, number: str) -> bool:
        return self._dialing.may_call(self.permits_from(account), number)

    def domain(self, name: str) -> Domain | None:
        return self._sip.domain(name)

    def domain_of(self, sid: str) -> Domain | None:
        return self._sip.domain_of(sid)

    def domains(self) -> Sequence[Domain]:
        return self._sip.domains()

    def trunk(self, sid: str) -> SipTrunk | None:
        return self._sip.trunk(sid)

    def trunk_at(self, name: str) -> SipTrunk | None:
        return self._sip.trunk_at(name)

    def password(self, lists: Sequence[str], username: str) -> str | None:
        return self._sip.password(lists, username)

    def admits(self, lists: Sequence[str], address: str) -> bool:
        return self._sip.admits(lists, address)

    def heard(self, entry: Entry, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.table in self._rows or row.table in _ELSEWHERE:
                self._take(row)

    # Following the journal -----------------------------------------------------------------

    def _take(self, row: Row) -> None:
        if row.table in sip_directory.KEPT:
            self._sip.take(row)
            if row.table == TRUNKS:
                self._forget_steered_by(row.sid)
            return
        if row.table in dialing_directory.KEPT:
            self._dialing.take(row)
            return
        known = self._rows[row.table]
        before = dict(known[row.sid]) if row.sid in known else None
        if row.values is None:
            known.pop(row.sid, None)
        elif row.new:
            known[row.sid] = dict(row.values)
        elif row.sid in known:
            known[row.sid].update(row.values)
        now = known.get(row.sid)
        if row.table in _GROUPED:
            self._regroup(row.table, row.sid, before, now)
        if row.table == ACCOUNTS:
            self._set_account(row.sid, now)
        elif row.table in OWNED:
            self._set_holder(row.table, row.sid, before, now)
            self._forget_service(self._rows[POOLED[row.table]].get(row.sid))
        elif row.table == APPLICATIONS:
            self._forget_steered_by(row.sid)
        elif row.table == SERVICES:
            self._services.pop(row.sid, None)
        elif row.table == CALLER_IDS:
            self._set_verified(row.sid, before, now)

    def _regroup(self, table: str, sid: str, before: Values | None, now: Values | None) -> None:
        """A group stands in the order in which its rows were made, as after a restart."""
        groups, column = self._groups[table], _GROUPED[table]
        left, joined = (_text(values, column) if values else None for values in (before, now))
        if column == "service_sid":
            self._forget_service(before)
            self._forget_service(now)
        if left == joined:
            return
        made = None
        if left is not None:
            made = groups[left].pop(sid)
            if not groups[left]:
                del groups[left]
        if joined is not None:
            if made is None:
                self._made = made = self._made + 1
            group = groups.setdefault(joined, {})
            is_last = not group or made > next(reversed(group.values()))
            group[sid] = made
            if not is_last:
                groups[joined] = dict(sorted(group.items(), key=lambda one: one[1]))

    def _group(self, table: str, value: str) -> Iterable[str]:
        return self._groups[table].get(value, ())

    def _forget_service(self, member: Values | None) -> None:
        """It is made anew when it is next asked for."""
        if member:
            self._services.pop(_text(member, "service_sid"), None)

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
                secondary_token=_text(values, "secondary_token"),
            )

    def _set_holder(self, table: str, sid: str, before: Values | None, now: Values | None) -> None:
        self._numbers.pop(sid, None)
        if before and self._holders.get(_text(before, OWNED[table])) == (table, sid):
            del self._holders[_text(before, OWNED[table])]
        if now:
            self._holders[_text(now, OWNED[table])] = (table, sid)
        for values, is_named in ((before, False), (now, True)):
            for application in {_text(values, column) for column in STEERED_BY} - {""} if values else ():
                self._name(application, sid, is_named)

    def _forget_steered_by(self, sid: str) -> None:
        """The numbers that an application or a trunk steers are made anew when they are next asked for."""
        for number in self._named.get(sid, ()):
            self._numbers.pop(number, None)

    def _name(self, application: str, number: str, is_named: bool) -> None:
        """Remember which numbers an application or a trunk steers."""
        if is_named:
            self._named.setdefault(application, set()).add(number)
        elif application in self._named:
            self._named[application].discard(number)
            if not self._named[application]:
                del self._named[application]

    def _set_verified(self, sid: str, before: Values | None, now: Values | None) -> None:
        """A number may have been verified twice, and stays so while one of its rows is left."""
        was, is_now = (
            (_text(values, "account_sid"), _text(values, "phone_number")) if values else None
            for values in (before, now)
        )
        if was == is_now:
            return
        if was:
            del self._verified[was][sid]
            if not self._verified[was]:
                del self._verified[was]
        if is_now:
            self._verified.setdefault(is_now, {})[sid] = None

    # Views of rows ---------------------------------------------------------------------------

    def _owned(self, table: str, sid: str) -> Number:
        """Made when it is first asked for; forgotten when it, or an application or trunk that it names, changes."""
        number = self._numbers.get(sid)
        if number is None:
            number = self._numbers[sid] = self._steered(sid, self._rows[table][sid], OWNED[table])
        return number

    def _steered(self, sid: str, values: Values, address: str) -> Number:
        """The status callback of a number is about its calls; messages bring their own."""
        voice = self._application_of(values, "voice_application_sid")
        messaging = self._application_of(values, "sms_application_sid")
        return Number(
            sid=sid,
            account=_text(values, "account_sid"),
            number=_text(values, address),
            voice=voice.voice if voice else _with_callback(_steering(values, "voice"), values, "status_callback"),
            messaging=messaging.messaging if messaging else _steering(values, "sms"),
            trunk=self._trunk_of(values),
        )

    def _senders(self, service: str, account: str) -> list[Sender]:
        """Of a messaging service, oldest first: numbers, short codes, names. Those no longer owned are left out."""
        senders = []
        for table, pool in POOLED.items():
            for sid in self._group(pool, service):
                owned = self._rows[table].get(sid)
                if owned and _text(owned, "account_sid") == account:
                    senders.append(_sender(sid, _text(owned, OWNED[table])))
        for sid in self._group(ALPHA_SENDERS, service):
            senders.append(Sender(sid, _text(self._rows[ALPHA_SENDERS][sid], "alpha_sender"), mms=False))
        return senders

    def _application_of(self, values: Values, column: str) -> Application | None:
        """The application that a row names; another account's steers nobody."""
        named = self.application(_text(values, column))
        return named if named and named.account == _text(values, "account_sid") else None

    def _trunk_of(self, values: Values) -> str:
        """The trunk that a row names; another account's gets none of its calls."""
        named = self.trunk(_text(values, "trunk_sid"))
        return named.sid if named and named.account == _text(values, "account_sid") else ""


def _application(sid: str, values: Values) -> Application:
    """The callback about messages has an older name, and is asked for by POST, always (messaging reference 1.7)."""
    told = "message_status_callback" if values.get("message_status_callback") else "sms_status_callback"
    return Application(
        sid=sid,
        account=_text(values, "account_sid"),
        voice=_with_callback(_steering(values, "voice"), values, "status_callback", sid),
        messaging=_with_callback(_steering(values, "sms"), values, told, sid),
        is_public=bool(values.get("public_application_connect_enabled")),
    )


def _sender(sid: str, address: str) -> Sender:
    """A short code belongs to one country, and nobody tells which: it is the one most of them are in."""
    if is_short_code(address):
        return Sender(sid, address, SHORT_CODE_COUNTRY)
    can = capabilities_of(address)
    return Sender(sid, address, region_of(address), sms=can.sms, mms=can.mms)


def _service(sid: str, values: Values, senders: Sequence[Sender]) -> Service:
    def is_on(column: str, unset: bool) -> bool:
        value = values.get(column)
        return unset if value is None else bool(value)

    return Service(
        sid=sid,
        account=_text(values, "account_sid"),
        inbound=Steering(
            url=_text(values, "inbound_request_url"),
            method=_text(values, "inbound_method", "POST"),
            fallback_url=_text(values, "fallback_url"),
            fallback_method=_text(values, "fallback_method", "POST"),
            status_callback=_text(values, "status_callback"),
        ),
        senders=tuple(senders),
        sticky=is_on("sticky_sender", True),
        geomatch=is_on("area_code_geomatch", True),
        smart_encoding=is_on("smart_encoding", True),
        validity_period=int(values.get("validity_period") or 36000),
        asks_numbers=is_on("use_inbound_webhook_on_number", False),
    )


def _with_callback(steering: Steering, values: Values, column: str, application: str = "") -> Steering:
    return replace(
        steering,
        application=application,
        status_callback=_text(values, column),
        status_callback_method=_text(values, f"{column}_method", "POST"),
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
