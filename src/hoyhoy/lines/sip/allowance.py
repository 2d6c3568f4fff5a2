"""How many messages an address may send: one token bucket for each, and as many buckets as there is room for."""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import IPv6Address


class Allowance:
    """`rate` messages per second in the long run, `burst` at once. Addresses heard longest ago are forgotten."""

    def __init__(self, rate: float, burst: float, most: int) -> None:
        self._rate, self._burst, self._most = rate, burst, most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted

    def take(self, address: str, now: float) -> bool:
        """Is one more message all right at `now` seconds?"""
        key = _network(address) if ":" in address else address
        tokens, since = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + max(0.0, now - since) * self._rate)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return allowed

    def __len__(self) -> int:
        return len(self._buckets)


def _network(address: str) -> str:
    """The /64 that one IPv6 host has for itself (RFC 6177): its addresses are not so many hosts."""
    return str(int(IPv6Address(address.partition("%")[0])) >> 64)
