"""SIP domains and trunks, and who is let in by them, in memory: a part of the directory (voice reference 10).

A list may serve several domains and trunks, by a row for each in `DOMAIN_LISTS` and `TRUNK_LISTS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from hoyhoy.exchange.ports import Domain, Origination, Row, SipTrunk, Steering

DOMAINS = "sip_domains"
TRUNKS = "trunks"
ORIGINATIONS = "origination_urls"
DOMAIN_LISTS = "sip_domain_lists"
TRUNK_LISTS = "trunk_lists"
CREDENTIALS = "sip_credentials"
ADDRESSES = "sip_ip_addresses"

KEPT = (DOMAINS, TRUNKS, ORIGINATIONS, DOMAIN_LISTS, TRUNK_LISTS, CREDENTIALS, ADDRESSES)

NAMED = {DOMAINS: "domain_name", TRUNKS: "domain_name"}
"""The tables of what is called at a domain name, and the column that holds it."""

CALL_CREDENTIALS, CALL_ADDRESSES, REGISTRATION_CREDENTIALS = "call-credentials", "call-addresses", "registrations"
"""What a list is mapped for (`purpose`); a trunk's lists are for calls."""

_OWNER = {
    DOMAIN_LISTS: "domain_sid",
    TRUNK_LISTS: "trunk_sid",
    ORIGINATIONS: "trunk_sid",
    CREDENTIALS: "credential_list_sid",
    ADDRESSES: "ip_access_control_list_sid",
}
"""By table: the column that names what its rows are part of."""

_PLACED = re.compile(r"\.(sip|pstn)\.[a-z0-9-]+\.twilio\.com$")
"""The end of a name that also says at which of the platform's places it is to be reached."""

Values = dict[str, Any]
Networks = dict[tuple[int, int], set[int]]
"""By the version of IP and how many bits at the end do not count: the other bits, as numbers. So a stranger's address
is looked up once for each length of a prefix, not compared with every network."""


class SipDirectory:
    """What the directory knows of SIP. `take` brings it up to date."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Values]] = {table: {} for table in KEPT}
        self._parts: dict[str, dict[str, dict[str, None]]] = {table: {} for table in _OWNER}
        self._at: dict[str, dict[str, str]] = {table: {} for table in NAMED}
        self._passwords: dict[str, dict[str, str]] = {}
        self._networks: dict[str, Networks] = {}
        self._domains: dict[str, Domain] = {}
        self._trunks: dict[str, SipTrunk] = {}
        self._all: tuple[Domain, ...] | None = None

    def domain(self, name: str) -> Domain | None:
        return self.domain_of(self._at[DOMAINS].get(_plain(name), ""))

    def domain_of(self, sid: str) -> Domain | None:
        if sid not in self._domains and (values := self._rows[DOMAINS].get(sid)):
            self._domains[sid] = self._domain(sid, values)
        return self._domains.get(sid)

    def domains(self) -> Sequence[Domain]:
        if self._all is None:
            self._all = tuple(domain for sid in self._rows[DOMAINS] if (domain := self.domain_of(sid)))
        return self._all

    def trunk(self, sid: str) -> SipTrunk | None:
        if sid not in self._trunks and (values := self._rows[TRUNKS].get(sid)):
            self._trunks[sid] = self._trunk(sid, values)
        return self._trunks.get(sid)

    def trunk_at(self, name: str) -> SipTrunk | None:
        return self.trunk(self._at[TRUNKS].get(_plain(name), ""))

    def password(self, lists: Sequence[str], username: str) -> str | None:
        for sid in lists:
            if (password := self._passwords_of(sid).get(username)) is not None:
                return password
        return None

    def admits(self, lists: Sequence[str], address: str) -> bool:
        try:
            ip = ip_address(address)
        except ValueError:
            return False
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped:  # as a socket for both families writes it
            ip = ip.ipv4_mapped
        bits = int(ip)
        return any(
            bits >> spare in networks
            for sid in lists
            for (version, spare), networks in self._networks_of(sid).items()
            if version == ip.version
        )

    # Following the journal -----------------------------------------------------------------

    def take(self, row: Row) -> None:
        known = self._rows[row.table]
        before = known.get(row.sid)
        if row.values is None:
            known.pop(row.sid, None)
        elif row.new:
            known[row.sid] = dict(row.values)
        elif before is not None:
            known[row.sid] = {**before, **row.values}
        now = known.get(row.sid)
        if row.table in NAMED:
            self._name(row.table, row.sid, before, now)
            self._forget(row.sid)
        else:
            self._regroup(row.table, row.sid, before, now)

    def _name(self, table: str, sid: str, before: Values | None, now: Values | None) -> None:
        """Two of the same name there are only by mistake; the latest has it."""
        names = self._at[table]
        if before and names.get(was := _text(before, NAMED[table]).lower()) == sid:
            del names[was]
        if now and (name := _text(now, NAMED[table]).lower()):
            names[name] = sid

    def _regroup(self, table: str, sid: str, before: Values | None, now: Values | None) -> None:
        parts, column = self._parts[table], _OWNER[table]
        left, joined = (_text(values, column) if values else "" for values in (before, now))
        if left and left != joined:
            del parts[left][sid]
            if not parts[left]:
                del parts[left]
        if joined:
            parts.setdefault(joined, {})[sid] = None
        self._forget(left)
        self._forget(joined)

    def _forget(self, owner: str) -> None:
        """It is made anew when it is next asked for."""
        self._domains.pop(owner, None)
        self._all = None
        self._trunks.pop(owner, None)
        self._passwords.pop(owner, None)
        self._networks.pop(owner, None)

    # Views of rows ---------------------------------------------------------------------------

    def _parts_of(self, table: str, owner: str) -> Iterable[Values]:
        """Oldest first."""
        rows = self._rows[table]
        return [rows[sid] for sid in self._parts[table].get(owner, ())]

    def _lists_of(self, table: str, owner: str, purpose: str) -> tuple[str, ...]:
        mapped = self._parts_of(table, owner)
        return tuple(_text(one, "list_sid") for one in mapped if one.get("purpose") == purpose)

    def _passwords_of(self, sid: str) -> dict[str, str]:
        if sid not in self._passwords:
            found = self._parts_of(CREDENTIALS, sid)
            if not found:
                return {}
            self._passwords[sid] = {_text(one, "username"): _text(one, "password") for one in found}
        return self._passwords[sid]

    def _networks_of(self, sid: str) -> Networks:
        """An address within a network stands for all of it."""
        if sid not in self._networks:
            found = self._parts_of(ADDRESSES, sid)
            if not found:
                return {}
            networks = self._networks[sid] = {}
            for one in found:
                address, length = _text(one, "ip_address"), one.get("cidr_prefix_length", 32)
                network = ip_network((address, length), strict=False)
                spare = network.max_prefixlen - network.prefixlen
                networks.setdefault((network.version, spare), set()).add(int(network.network_address) >> spare)
        return self._networks[sid]

    def _domain(self, sid: str, values: Values) -> Domain:
        return Domain(
            sid=sid,
            account=_text(values, "account_sid"),
            name=_text(values, "domain_name").lower(),
            voice=Steering(
                url=_text(values, "voice_url"),
                method=_text(values, "voice_method", "POST"),
                fallback_url=_text(values, "voice_fallback_url"),
                fallback_method=_text(values, "voice_fallback_method", "POST"),
                status_callback=_text(values, "voice_status_callback_url"),
                status_callback_method=_text(values, "voice_status_callback_method", "POST"),
            ),
            registers=bool(values.get("sip_registration")),
            secure=bool(values.get("secure")),
            call_credentials=self._lists_of(DOMAIN_LISTS, sid, CALL_CREDENTIALS),
            call_addresses=self._lists_of(DOMAIN_LISTS, sid, CALL_ADDRESSES),
            registration_credentials=self._lists_of(DOMAIN_LISTS, sid, REGISTRATION_CREDENTIALS),
        )

    def _trunk(self, sid: str, values: Values) -> SipTrunk:
        originations = [
            Origination(
                url=_text(one, "sip_url"),
                priority=one.get("priority") or 0,
                weight=one.get("weight") or 0,
                enabled=bool(one.get("enabled")),
            )
            for one in self._parts_of(ORIGINATIONS, sid)
        ]
        return SipTrunk(
            sid=sid,
            account=_text(values, "account_sid"),
            name=_text(values, "friendly_name"),
            domain=_text(values, "domain_name").lower(),
            credentials=self._lists_of(TRUNK_LISTS, sid, CALL_CREDENTIALS),
            addresses=self._lists_of(TRUNK_LISTS, sid, CALL_ADDRESSES),
            originations=tuple(sorted(originations, key=lambda one: one.priority)),
            disaster=Steering(
                url=_text(values, "disaster_recovery_url"),
                method=_text(values, "disaster_recovery_method", "POST"),
            ),
            secure=bool(values.get("secure")),
            transfer_mode=_text(values, "transfer_mode", "disable-all"),
            transfer_caller_id=_text(values, "transfer_caller_id", "from-transferee"),
            recording_mode=_text(values, "mode", "do-not-record"),
            recording_trim=_text(values, "trim", "do-not-trim"),
        )


def _plain(name: str) -> str:
    """In small letters, without the dot of the root, and without the place."""
    name = name.lower().removesuffix(".")
    return _PLACED.sub(r".\1.twilio.com", name)


def _text(values: Values, column: str, unset: str = "") -> str:
    return values.get(column) or unset
