"""A leg whose far end is a browser's SDK: the exchange's Leg on one side, signalling and a secure stream on the other.

A call to a client rings at all devices that have registered under its name, with one offer: who answers first has the
call, and only his browser is let in at the stream's door. Signalling may break off while sound flows: the leg then
waits for a device to come back with the pass it was given (official-clients B10).
"""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING

from hoyhoy.exchange.events import Params
from hoyhoy.exchange.leg import Cause, Leg, LegState, UserMessage
from hoyhoy.exchange.media import NoRoom, SecureStream
from hoyhoy.exchange.ports import Dialling
from hoyhoy.wire.client import SCHEME
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.softphone import said
from hoyhoy.wire.softphone.heard import USER_DEFINED
from hoyhoy.wire.webrtc.sdp import Description

from .description import answer, offer, visitor
from .equipment import Equipment

if TYPE_CHECKING:
    from .device import Device

SESSIONS = 2**62
"""Numbers for the o= lines of SDP are below."""

KEYS = frozenset("0123456789*#ABCD")

API_VERSION = "2010-04-01"
MEDIA_FAILED = 53405

REFUSALS = {
    Cause.BUSY: (31486, "The callee is busy."),
    Cause.REJECTED: (31603, "The call was declined."),
    Cause.UNREACHABLE: (31404, "Nobody is there to take the call."),
    Cause.FAILED: (31000, "The call failed; the exchange's notifications say why."),
}
"""What a caller is told whose call was not answered (official-clients B9); of other causes, only that it is over."""


class SoftphoneLeg(Leg):
    """A call of `identity`, "" for a client without a name."""

    media: SecureStream
    has_program = True

    def __init__(self, equipment: Equipment, state: LegState, account: str, identity: str) -> None:
        super().__init__(state)
        self.equipment, self.account, self.identity = equipment, account, identity
        self.call = ""
        """The sid of its call, once that is known."""
        self.device: Device | None = None
        """The connection that its signalling goes over; None while it rings, or is broken off."""
        self._label = ""
        """What its SDK called it before the sid was known."""
        self._offered: dict[Device, str] = {}
        """Where it rings, and the pass that each was given."""
        self._stream: SecureStream | None = None
        self._theirs: Description | None = None
        self._is_admitted = False
        """Is their browser let in?"""
        self._session, self._version = equipment.chance.below(SESSIONS), 1
        self._passes: list[str] = []
        """The last and the one before: that holds until the last was used, whose message may have been lost."""
        self._through: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when sound can flow, or never will."""
        self._hold: asyncio.Task[None] | None = None

    # A call to a client ----------------------------------------------------------------------

    def ring(self, dialling: Dialling, parameters: Params) -> None:
        """Ring at all devices of the name; `parameters` are what their programs read as the call's own."""
        self.call = dialling.call
        self.equipment.legs[self.call] = self
        told = {
            "CallSid": dialling.call,
            "AccountSid": self.account,
            "From": dialling.caller,
            "To": SCHEME + self.identity,
            "ApiVersion": API_VERSION,
            "Direction": "inbound",
            "CallStatus": "ringing",
            **({"Params": said.custom(parameters)} if parameters else {}),
        }
        self.equipment.clock.spawn(self._ring(told), "softphone rings")

    async def _ring(self, told: dict[str, str]) -> None:
        try:
            door = (await self._open()).door
        except NoRoom:
            self._release(Cause.FAILED)
            return
        if self.is_released:
            return
        ours = offer(door, self._session)
        for device in self.equipment.presence.of((self.account, self.identity)):
            self._offered[device] = self._new_pass()
            device.say(said.invite(self.call, ours, told, self._offered[device]))
        if self._offered:
            self._become(LegState.RINGING)
        else:  # the last one has left since the line was asked
            self._release(Cause.UNREACHABLE)

    def taken(self, device: Device, theirs: Description) -> None:
        """A device answers. All others are told that the call is not for them."""
        if self.device is device:
            return
        if self.device is not None or self._stream is None or self.is_released:
            device.say(said.hangup(self.call))  # another one was faster
            return
        self._join(device)
        if device in self._offered:
            self._passes = [self._offered.pop(device)]
        else:  # it came back by another connection than that which rang, and may still show the pass it got there
            self._passes = [given for one, given in self._offered.items() if not one.is_open]
            device.say(said.answer(self.call, reconnect=self._next_pass()))
        self._cancel(device)
        self._admit(theirs)
        self.equipment.clock.spawn(self._take_up(), "softphone answers")

    async def _take_up(self) -> None:
        await self._sound()
        self._become(LegState.ANSWERED)

    def refused(self, device: Device) -> None:
        """A device does not want the call; when no other one rings, it is declined."""
        if self.device is None:
            self._offered = {one: given for one, given in self._offered.items() if one is not device and one.is_open}
            if not self._offered:
                self._release(Cause.REJECTED)

    # A call of a client ----------------------------------------------------------------------

    def come(self, device: Device, label: str, theirs: Description) -> None:
        """A device calls, and may give up from here on."""
        self._label, self._theirs = label, theirs
        self._join(device)

    async def has_stream(self) -> bool:
        """Open one. False when the device has given up meanwhile. NoRoom."""
        await self._open()
        return not self.is_released

    def named(self, sid: str) -> None:
        """The exchange has taken the call: it has a sid, and rings."""
        if not self.is_released:
            self.call = sid
            self.equipment.legs[sid] = self
            self._say(said.ringing(sid))

    async def answer(self) -> None:
        if self._stream is None or self._theirs is None or not self._become(LegState.ANSWERED):
            return
        ours = ""
        if not self._is_admitted:
            self._admit(self._theirs)
            ours = answer(self._stream.door, self._theirs, self._session)
        self._say(said.answer(self.call, ours, self._next_pass()))
        await self._sound()

    @property
    def hears(self) -> bool:
        return self._is_admitted and self._through.done() and not self.is_released

    async def hears_early(self) -> bool:
        """Sound before the answer: the SDK is told by another `ringing` (B5). Older ones take that for the answer."""
        if self._stream is None or self._theirs is None or self.device is None or not self.device.knows_early_sound:
            return False
        if not self._is_admitted:
            self._admit(self._theirs)
            self._say(said.ringing(self.call, answer(self._stream.door, self._theirs, self._session)))
        await self._sound()
        return self.hears

    def tell(self, message: UserMessage) -> None:
        """While it rings, at all devices. Fault 32706 as long as its signalling is broken off."""
        devices = [self.device] if self.device is not None else [one for one in self._offered if one.is_open]
        if not devices:
            raise Fault(32706, "The program cannot be told now: its connection is lost, or it does not ring yet.")
        frame = said.message(self.call, message.content, message.content_type, USER_DEFINED, message.sid)
        for device in devices:
            device.say(frame)

    # While it lasts --------------------------------------------------------------------------

    def pressed(self, keys: str) -> None:
        """Keys that came as a message, from a browser that cannot send them as events."""
        for key in keys.upper():
            if key in KEYS:
                self._key(key)

    def moved(self, device: Device, theirs: Description) -> None:
        """The browser has lost its way and offers another one (B4, `reinvite`)."""
        if device is self.device and self._is_admitted and not self.is_released:
            device.say(said.answer(self.call, self._moved(theirs)))

    def back(self, device: Device, shown: str, theirs: Description) -> bool:
        """A device comes with a pass, after its connection was lost. Whether it is let in; then it gets the next one.

        Its description is the one we know, or that of a browser which begins anew (`connectToken`).
        """
        if self.is_released or not any(hmac.compare_digest(shown.encode(), one.encode()) for one in self._passes):
            return False
        self._passes = [shown]  # those before it are used up
        self._stop_waiting()
        if self.device is not None:
            self.device.legs.discard(self)
        self._join(device)
        is_known = self._theirs is not None and theirs.ufrag == self._theirs.ufrag
        ours = "" if is_known else self._moved(theirs)
        device.say(said.answer(self.call, ours, self._next_pass()))
        return True

    def cut(self, device: Device) -> None:
        """A connection is gone. A call of that device which was not answered is over: its SDK has given it up too."""
        if self.device is not device:
            return
        self.device = None
        if self.state is LegState.ANSWERED or self._passes:
            self._hold = self.equipment.clock.spawn(self._wait_for(device.holds), "softphone comes back")
        else:
            self._release(Cause.NORMAL, is_told=True)

    async def _wait_for(self, seconds: float) -> None:
        await self.equipment.clock.sleep(seconds)
        self._hold = None
        self._release(Cause.NORMAL, is_told=True)

    def _stop_waiting(self) -> None:
        if self._hold is not None:
            self._hold.cancel()
            self._hold = None

    # The end ---------------------------------------------------------------------------------

    @property
    def is_released(self) -> bool:
        return self.state is LegState.RELEASED

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        code, sentence = REFUSALS.get(cause, (0, "")) if self._label and self.state is LegState.RINGING else (0, "")
        self._release(cause, code, sentence)

    def left(self, device: Device) -> None:
        """The device hangs up, perhaps by another connection than it had. One that only rang does not want the call."""
        if self.device is device or (self.device is None and not self._offered):
            self._release(Cause.NORMAL, is_told=True)
        else:
            self.refused(device)

    def _lost(self) -> None:
        self._release(Cause.FAILED, MEDIA_FAILED, "The sound of the call is lost: a process of the exchange ended.")

    def _failed(self, why: str) -> None:
        if not why:  # it hung up, and says so by signalling too
            self._release(Cause.NORMAL)
            return
        self.equipment.complain(
            self.account, MEDIA_FAILED, f"The browser of a call ({self.call}) is not heard: {why}.{self._advice()}"
        )
        self._release(Cause.FAILED, MEDIA_FAILED, f"No sound: {why}.")

    def _advice(self) -> str:
        """For a machine without a network, where browsers look for no way at all (official-clients B14)."""
        places = self._stream.door.places if self._stream else ()
        if all(host.startswith("127.") for host, _ in places):
            return (
                " This machine has no address but 127.0.0.1, which browsers leave out: start Chromium with "
                "--allow-loopback-in-peer-connection, or bring any network interface up."
            )
        return ""

    def _release(self, cause: Cause, code: int = 0, sentence: str = "", *, is_told: bool = False) -> None:
        """`is_told`: the far end knows already."""
        if not self._become(LegState.RELEASED, cause):
            return
        self._stop_waiting()
        self._settle()
        if self._stream is not None:
            self._stream.on_key = self._stream.on_lost = self._stream.on_failed = self._stream.on_connected = None
            self._stream.close()
        if self.device is None:
            self._cancel(None)
        else:
            if not is_told:
                self.device.say(said.hangup(self.call or self._label, code, sentence))
            self.device.forget(self, self._label)
        self.device = None
        self.equipment.legs.pop(self.call, None)

    # Parts -----------------------------------------------------------------------------------

    async def _open(self) -> SecureStream:
        stream = await self.equipment.plane.open_secure(self.account)
        if self.is_released:
            stream.close()
            return stream
        self.media = self._stream = stream
        stream.on_key = self._key
        stream.on_lost = self._lost
        stream.on_failed = self._failed
        stream.on_connected = self._settle
        stream.on_quality = self._measured
        return stream

    def _admit(self, theirs: Description) -> None:
        assert self._stream is not None
        self._theirs, self._is_admitted = theirs, True
        self._stream.admit(visitor(theirs))

    def _moved(self, theirs: Description) -> str:
        """A new door, and how it is reached. Who has another certificate is another browser."""
        assert self._stream is not None and self._theirs is not None
        door = self._stream.move(anew=theirs.fingerprints != self._theirs.fingerprints)
        self._admit(theirs)
        self._version += 1
        return answer(door, theirs, self._session, self._version)

    def _join(self, device: Device) -> None:
        self.device = device
        device.legs.add(self)

    def _cancel(self, taker: Device | None) -> None:
        """Wherever it rings it rings no more; also where a device has come back by another connection."""
        rings = {**self._offered, **dict.fromkeys(self.equipment.presence.of((self.account, self.identity)), "")}
        for device in rings if self._offered else ():
            if device is not taker:
                device.say(said.cancel(self.call))
        self._offered = {}

    async def _sound(self) -> None:
        """Return when sound can flow, or never will. Who waits may be stopped; others go on."""
        await asyncio.shield(self._through)

    def _settle(self) -> None:
        if not self._through.done():
            self._through.set_result(None)

    def _say(self, text: str) -> None:
        if self.device is not None:
            self.device.say(text)

    def _new_pass(self) -> str:
        return self.equipment.chance.hex(32)

    def _next_pass(self) -> str:
        self._passes.append(self._new_pass())
        return self._passes[-1]
