"""The browsers' line with an exchange and a plane that only note what they are told; time stands still unless moved."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.leg import Leg
from hoyhoy.exchange.media import Door, NoRoom, Quality, Visitor
from hoyhoy.exchange.ports import Account, Application, Dialling, Key, Steering
from hoyhoy.lines.webrtc.device import Device
from hoyhoy.lines.webrtc.equipment import Equipment
from hoyhoy.lines.webrtc.leg import SoftphoneLeg
from hoyhoy.lines.webrtc.line import SoftphoneLine
from hoyhoy.wire.softphone.place import Place
from hoyhoy.wire.webrtc import sdp

START = 1_800_000_000.0
ACCOUNT, TOKEN = "AC" + "a" * 32, "t" * 32
KEY, SECRET = "SK" + "b" * 32, "s" * 32
APPLICATION, SID = "AP" + "c" * 32, "CA" + "d" * 32
FINGERPRINT = ":".join(["AB"] * 32)
HOME = "192.0.2.7"


class Sound:
    """A secure stream that only notes what it is told."""

    def __init__(self, number: int) -> None:
        self.door = Door(f"door{number}", "p" * 24, FINGERPRINT, (("127.0.0.1", 10000),), 7000 + number)
        self.visitors: list[Visitor] = []
        self.is_closed = self.is_anew = False
        self.on_key: Any = None
        self.on_lost: Any = None
        self.on_quality: Any = None
        self.on_connected: Any = None
        self.on_failed: Any = None

    def admit(self, visitor: Visitor) -> None:
        assert not self.is_closed
        self.visitors.append(visitor)

    def move(self, *, anew: bool = False) -> Door:
        self.is_anew = anew
        self.door = replace(self.door, ufrag=self.door.ufrag + "x")
        return self.door

    def close(self) -> None:
        self.is_closed = True
        if self.on_quality:
            self.on_quality(Quality(received=1))


class Plane:
    """A media plane without sound."""

    def __init__(self) -> None:
        self.sounds: list[Sound] = []
        self.is_full = False
        self.gate: asyncio.Event | None = None
        """When it is there, no stream is opened before it is set."""

    async def open_secure(self, account: str) -> Sound:
        if self.gate is not None:
            await self.gate.wait()
        if self.is_full:
            raise NoRoom
        self.sounds.append(Sound(len(self.sounds)))
        return self.sounds[-1]


class Directory:
    def __init__(self) -> None:
        self.applications = {APPLICATION: Application(APPLICATION, ACCOUNT, Steering("http://app/voice"), Steering())}
        self.accounts = {ACCOUNT: Account(ACCOUNT, TOKEN, "active", ACCOUNT, "Main")}
        self.keys = {KEY: Key(KEY, ACCOUNT, SECRET)}

    def key(self, sid: str) -> Key | None:
        return self.keys.get(sid)

    def account(self, sid: str) -> Account | None:
        return self.accounts.get(sid)

    def application(self, sid: str) -> Application | None:
        return self.applications.get(sid)


@dataclass
class Came:
    leg: SoftphoneLeg
    told: dict[str, Any]
    sid: str
    account: str = ACCOUNT


class Switchboard:
    """Takes each call under a sid of its own, unless it takes none: then it refuses the leg."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.calls: list[Came] = []
        self.refuses: Any = None

    def incoming(self, leg: Leg, **told: Any) -> Came | None:
        assert isinstance(leg, SoftphoneLeg)
        if self.refuses is not None:
            self.clock.spawn(leg.hang_up(self.refuses), "refuse")
            return None
        self.calls.append(Came(leg, told, f"CA{len(self.calls):032x}"))
        return self.calls[-1]


class Browser:
    """One connection: what it was told is in `said`, as the type and the payload of each frame."""

    def __init__(self, line: SoftphoneLine, address: str) -> None:
        self.frames: list[str] = []
        self.device: Device = line.device(address, Place(), self.frames.append)

    @property
    def said(self) -> list[tuple[str, dict[str, Any]]]:
        read = [json.loads(frame) for frame in self.frames if frame.strip()]
        return [(one["type"], one.get("payload", {})) for one in read]

    @property
    def types(self) -> list[str]:
        return [kind for kind, _ in self.said]

    def last(self, kind: str = "") -> dict[str, Any]:
        return [payload for one, payload in self.said if one == kind or not kind][-1]

    def send(self, kind: str, **payload: Any) -> None:
        self.device.hear(json.dumps({"type": kind, "version": "1.6", "payload": payload}))

    def listen(self, token: str, **more: Any) -> None:
        info = {"p": "browser", "v": more.pop("v", "2.18.5"), "plugin": "rtc", "browser": {}}
        self.send("listen", token=token, browserinfo=info, **more)

    def register(self, token: str) -> None:
        self.listen(token)
        self.send("register", media={"audio": True})


class Booth:
    """The line and all around it."""

    def __init__(self) -> None:
        self.clock, self.chance = VirtualClock(START), SeededChance(1)
        self.plane, self.directory = Plane(), Directory()
        self.exchange = Switchboard(self.clock)
        self.complaints: list[tuple[str, int]] = []
        equipment = Equipment(
            self.clock, self.chance, self.plane, self.directory,  # type: ignore[arg-type]
            lambda account, code, sentence: self.complaints.append((account, code)),
        )  # fmt: skip
        equipment.exchange = self.exchange
        self.line = SoftphoneLine(equipment)

    def browser(self, identity: str = "", address: str = HOME, **more: Any) -> Browser:
        """A connection, with a name: one that has registered."""
        browser = Browser(self.line, address)
        if identity:
            browser.register(self.token(identity, **more))
        return browser

    def token(
        self,
        identity: str = "alice",
        *,
        ttl: int = 3600,
        application: str = APPLICATION,
        incoming: bool = True,
        params: dict[str, str] | None = None,
        account: str = ACCOUNT,
        key: str = KEY,
        secret: str = SECRET,
    ) -> str:
        token = AccessToken(account, key, secret, identity=identity, ttl=ttl, nbf=int(self.clock.now()))
        token.valid_until = int(self.clock.now()) + ttl
        token.add_grant(
            VoiceGrant(incoming, outgoing_application_sid=application or None, outgoing_application_params=params)
        )
        return str(token.to_jwt())

    async def turn(self) -> None:
        """Whatever can happen now happens."""
        await self.clock.advance(0)

    async def dial(self, to: str = "alice", **more: Any) -> SoftphoneLeg:
        leg = self.line.dial(Dialling(SID, ACCOUNT, f"client:{to}", "+14155550100", **more))
        await self.turn()
        return leg

    async def call(self, browser: Browser, label: str = "TJSone", **more: Any) -> Came:
        """A browser calls; the call that the exchange got."""
        browser.send("invite", callsid=label, sdp=described(), twilio={"params": more.pop("params", "To=%2B1555")})
        await self.turn()
        return self.exchange.calls[-1]


@asynccontextmanager
async def booth() -> AsyncIterator[Booth]:
    made = Booth()
    try:
        yield made
    finally:
        await made.clock.close()


def described(
    ufrag: str = "them", *, setup: str = "actpass", events: int | None = 126, fingerprint: str = FINGERPRINT
) -> str:
    """What a browser says of itself."""
    return sdp.write(
        ufrag=ufrag,
        password="q" * 24,
        fingerprint=fingerprint,
        places=[("192.0.2.7", 9)],
        ssrc=1,
        session=1,
        version=1,
        setup=setup,
        events=events,
    )
