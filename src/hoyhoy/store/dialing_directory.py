"""Which countries accounts let calls go to, in memory: a part of the directory (voice reference 10.1)."""

from __future__ import annotations

from typing import Any

from hoyhoy.exchange.ports import Row
from hoyhoy.wire.destinations import destination_of, is_costly

PERMISSIONS = "dialing_permissions"
SETTINGS = "voice_settings"

KEPT = (PERMISSIONS, SETTINGS)

INHERITS = "dialing_permissions_inheritance"
COSTLY, OTHERS = "high_risk_special_numbers_enabled", "low_risk_numbers_enabled"
"""The columns that say whether those numbers of a country may be called; unset means yes."""

Values = dict[str, Any]


class DialingDirectory:
    """What the directory knows of permissions. `take` brings it up to date."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Values]] = {table: {} for table in KEPT}

    def take(self, row: Row) -> None:
        known = self._rows[row.table]
        if row.values is None:
            known.pop(row.sid, None)
        elif row.new:
            known[row.sid] = dict(row.values)
        elif row.sid in known:
            known[row.sid].update(row.values)

    def inherits(self, account: str) -> bool:
        """Whether a subaccount has the permissions of its main account."""
        return bool(self._rows[SETTINGS].get(account, {}).get(INHERITS, True))

    def may_call(self, account: str, number: str) -> bool:
        if not (permissions := self._rows[PERMISSIONS]):
            return True
        values = permissions.get(f"{account}.{destination_of(number)}")
        return values is None or bool(values.get(COSTLY if is_costly(number) else OTHERS, True))
