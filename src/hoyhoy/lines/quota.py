"""How often something may happen: so many times in so many seconds, for each name by itself."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from ipaddress import AddressValueError, IPv6Address


class Quota:
    """`times` at once, and as many again in every `seconds`. Names that were used longest ago are forgotten."""

    def __init__(self, times: int, seconds: float, most: int = 10_000) -> None:
        self._times, self._rate, self._most = times, times / seconds, most
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()  # how often more, and when that was

    def has(self, name: Hashable, now: float) -> bool:
        """May it happen once more? Asking costs nothing."""
        return self._count(name, now) >= 1

    def take(self, name: Hashable, now: float) -> bool:
        """It happens, if it may."""
        left = self._count(name, now)
        allowed = left >= 1
        self._left[name] = (left - 1 if allowed else left), now
        self._left.move_to_end(name)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return allowed

    def _count(self, name: Hashable, now: float) -> float:
        left, since = self._left.get(name, (float(self._times), now))
        return min(float(self._times), left + max(0.0, now - since) * self._rate)

    def __len__(self) -> int:
        return len(self._left)


def network(address: str) -> str:
    """An IPv4 address as it is; of IPv6 the /64 that one host has for itself (RFC 6177)."""
    try:
        six = IPv6Address(address.partition("%")[0])
    except AddressValueError:
        return address
    return str(six.ipv4_mapped) if six.ipv4_mapped else f"{int(six) >> 64:x}::/64"
