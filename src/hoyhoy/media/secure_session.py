"""The exchange's end of a browser's leg: doors for its far end, and whether it has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hoyhoy.exchange.media import Door, Visitor

from . import orders
from .session import NetworkSession

if TYPE_CHECKING:
    from .board import Board, Seat

UFRAG, PASSWORD = 8, 32
"""Characters of credentials; at least 4 and 22, with 24 and 128 bits of chance (RFC 8839 5.4)."""


class SecureSession(NetworkSession):
    """A leg with SRTP; implements the exchange's SecureStream."""

    def __init__(self, board: Board, seat: Seat) -> None:
        super().__init__(board, seat)
        self.on_connected: Callable[[], None] | None = None
        self.on_failed: Callable[[str], None] | None = None
        self.door = self._door("", ())

    def start(self) -> None:
        """Ask for a row; when it is there, `door` says how it is reached."""
        self.tell(
            orders.OpenSecure(
                leg=self.number,
                ssrc=self.ssrc,
                sequence=self.board.chance.below(2**15),
                timestamp=self.board.chance.below(2**31),
                ufrag=self.door.ufrag,
                password=self.door.password,
            )
        )

    def admit(self, visitor: Visitor) -> None:
        self.tell(
            orders.Admit(
                leg=self.number,
                ufrag=visitor.ufrag,
                fingerprints=visitor.fingerprints,
                is_active=visitor.is_active,
                events=-1 if visitor.events is None else visitor.events,
            )
        )

    def move(self, *, anew: bool = False) -> Door:
        self.door = self._door(self.door.fingerprint, self.door.places)
        self.tell(orders.Move(leg=self.number, ufrag=self.door.ufrag, password=self.door.password, anew=anew))
        return self.door

    def hear(self, event: orders.Event) -> None:
        match event:
            case orders.Opened(fingerprint=fingerprint, places=places):
                ours = self.door
                self.door = Door(ours.ufrag, ours.password, fingerprint, places, self.ssrc)
                if not self.opened.done():
                    self.opened.set_result(None)
            case orders.Connected():
                if self.on_connected and not self.is_closed:
                    self.on_connected()
            case orders.Failed(why=why):
                self._failed(why)
            case _:
                super().hear(event)

    def _failed(self, why: str) -> None:
        """Its row is of no use any more."""
        if self.is_closed:
            return
        try:
            if self.on_failed:
                self.on_failed(why)
        finally:
            self.tell(orders.Close(leg=self.number))
            self.lost()

    def _door(self, fingerprint: str, places: tuple[tuple[str, int], ...]) -> Door:
        """With credentials that nobody has seen yet."""
        chance = self.board.chance
        return Door(chance.hex(UFRAG), chance.hex(PASSWORD), fingerprint, places, self.ssrc)
