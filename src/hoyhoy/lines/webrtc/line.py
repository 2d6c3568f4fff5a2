"""The browsers' line: calls to clients that have registered, and a place for all connections of SDKs."""

from __future__ import annotations

from collections.abc import Callable

from hoyhoy.exchange.leg import LegState
from hoyhoy.exchange.ports import Dialling
from hoyhoy.wire.client import SCHEME, parted
from hoyhoy.wire.softphone.place import Place

from .admission import Admission
from .device import Device
from .equipment import Equipment
from .leg import SoftphoneLeg


class SoftphoneLine:
    """A Line; `equipment.exchange` is set when the switchboard stands."""

    def __init__(self, equipment: Equipment) -> None:
        self.equipment = equipment
        self.admission = Admission(equipment.clock, equipment.directory)

    def device(self, address: str, place: Place, say: Callable[[str], None]) -> Device:
        """A connection has come in."""
        return Device(self.equipment, self.admission, address, place, say)

    def reaches(self, address: str, account: str) -> bool:
        """A client is reached where a device has registered under its name."""
        if not address.startswith(SCHEME):
            return False
        name, _ = parted(address)
        return bool(self.equipment.presence.of((account, name.removeprefix(SCHEME))))

    def dial(self, dialling: Dialling) -> SoftphoneLeg:
        name, query = parted(dialling.address)
        leg = SoftphoneLeg(self.equipment, LegState.TRYING, dialling.account, name.removeprefix(SCHEME))
        leg.ring(dialling, dialling.parameters + query)
        return leg

    def drain(self) -> None:
        """Take no more calls; those that go on go on."""
        self.equipment.drains = True
