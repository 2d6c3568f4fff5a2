"""The conferences that are not over, by sid and by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conference import Conference


class Rooms(Mapping[str, "Conference"]):
    """By sid. Of an account there is one of a name at a time (voice reference 2.8)."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Conference] = {}
        self._by_name: dict[tuple[str, str], Conference] = {}

    def __getitem__(self, sid: str) -> Conference:
        return self._by_sid[sid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_sid)

    def __len__(self) -> int:
        return len(self._by_sid)

    def __repr__(self) -> str:
        return f"Rooms({', '.join(name for _, name in self._by_name)})"

    def find(self, account: str, sid_or_name: str) -> Conference | None:
        """One of the account."""
        by_sid = self._by_sid.get(sid_or_name)
        if by_sid is not None:
            return by_sid if by_sid.account == account else None
        return self._by_name.get((account, sid_or_name))

    def open(self, one: Conference) -> None:
        self._by_sid[one.sid] = self._by_name[one.account, one.name] = one

    def close(self, one: Conference) -> None:
        """From this moment on the next one may have its name."""
        del self._by_sid[one.sid], self._by_name[one.account, one.name]
