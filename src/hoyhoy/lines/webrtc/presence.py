"""Who is there: the devices that have registered under each client's name, of each account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

MOST_DEVICES = 10
"""That ring together for one name (voice reference 2.7.5): those that registered last."""

Name = tuple[str, str]
"""Account and identity: two accounts may each have an Alice."""


class Present(Protocol):
    """A device, as far as it is to be found."""

    def is_there(self) -> bool:
        """Whether its token still holds."""


D = TypeVar("D", bound=Present)


class Presence(Generic[D]):
    """Registered devices by name, in the order in which they registered."""

    def __init__(self) -> None:
        self._devices: dict[Name, dict[D, None]] = {}

    def __len__(self) -> int:
        return sum(len(devices) for devices in self._devices.values())

    def __iter__(self) -> Iterator[Name]:
        """The names under which anybody is there."""
        return (name for name in self._devices if self.of(name))

    def add(self, name: Name, device: D) -> None:
        """A device registers, perhaps again: it stays where it stood."""
        self._devices.setdefault(name, {})[device] = None

    def drop(self, name: Name, device: D) -> None:
        """It is gone, or never was there."""
        devices = self._devices.get(name, {})
        devices.pop(device, None)
        if not devices:
            self._devices.pop(name, None)

    def of(self, name: Name) -> Sequence[D]:
        """Those that ring when this name is called."""
        return [one for one in self._devices.get(name, ()) if one.is_there()][-MOST_DEVICES:]
