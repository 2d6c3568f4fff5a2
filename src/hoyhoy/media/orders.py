"""What the exchange tells a media plane, and what the plane tells the exchange.

Small messages, packed as arrays; sound is bytes of 16 bits at 8,000 Hz. Legs, clips, rooms and
recordings are numbers that the exchange gives and never uses twice, so an order that comes too late
finds nothing and changes nothing.
"""

from __future__ import annotations

import msgspec


class Message(msgspec.Struct, tag=True, array_like=True, kw_only=True):
    """Base of orders and events."""


# Orders ------------------------------------------------------------------------------------


class Open(Message):
    """Make a leg that has no socket: a virtual phone's."""

    leg: int


class OpenStream(Message):
    """Make a leg that sends and receives RTP; answered by Opened or Refused.

    `remote` is host and port as one number, `hosts` where else packets may come from, `law` 0 or 8,
    `events` the payload type of RFC 4733 or -1. `remote` 0 reserves a port for a leg whose far end has not told its
    address: `hosts` are then those it will probably name. `sends` False: the far end is sent nothing; `hears` False:
    nobody listens to it. `rtcp` is where reports go, host and port as one number; 0 where sound goes (RFC 5761), -1
    nowhere.
    """

    leg: int
    remote: int
    law: int
    events: int
    ssrc: int
    sequence: int
    timestamp: int
    hosts: tuple[int, ...] = ()
    sends: bool = True
    hears: bool = True
    rtcp: int = 0


class ChangeStream(Message):
    """What the answer to our offer, or a re-INVITE, agreed on. Without a host in `remote` the address stays what it
    was, and nothing is sent there. Answered by Refused, and nothing is changed, when another leg on the port has that
    address or could be taken for this one."""

    leg: int
    remote: int
    law: int
    events: int
    hosts: tuple[int, ...] = ()
    sends: bool = True
    hears: bool = True
    rtcp: int = 0


class OpenSecure(Message):
    """Make a leg that sends and receives SRTP, always PCMU; its far end comes by ICE with `ufrag` and `password`, once
    it is admitted. Answered by Opened, with `fingerprint` and `places`, or Refused."""

    leg: int
    ssrc: int
    sequence: int
    timestamp: int
    ufrag: str
    password: str


class Admit(Message):
    """Let the far end with this ufrag and certificate in: `fingerprints` are pairs of hash function and value. If it
    `is_active` it opens the DTLS association, else we do. `events` is the payload type of RFC 4733 in what it sends, or
    -1. Answered by Connected or Failed. Again after Move, by Failed if it is another one."""

    leg: int
    ufrag: str
    fingerprints: tuple[tuple[str, str], ...]
    is_active: bool = True
    events: int = -1


class Move(Message):
    """The far end is to find its way anew, with these credentials, when it is admitted again: an ICE restart. Sound
    goes on the way it went until then. With `anew` another far end takes the leg over: the one that is there is told
    that it is over, and nothing of it holds for the next."""

    leg: int
    ufrag: str
    password: str
    anew: bool = False


class Close(Message):
    """The leg is over; answered by Closed."""

    leg: int


class Load(Message):
    """Keep a sound for playing. Answered by Refused when there is no room for it.

    A long one comes in pieces, each with `more` but the last, so that no tick has to take all of it. Playing begins
    when it is whole. After a Drop no piece may follow.
    """

    clip: int
    sound: bytes
    more: bool = False


class Drop(Message):
    """A clip is not needed any more; it goes when nobody plays it."""

    clip: int


class Play(Message):
    """To a leg, instead of what it is being played; 0 times is for ever. Answered by Played at its end.

    One that `follows` begins at the end of what the leg is being played, without a gap, and instead of another one that
    waits for this.
    """

    leg: int
    clip: int
    times: int = 1
    order: int = 0
    follows: bool = False


class Say(Message):
    """What a virtual phone says, as Play; answered by Said at its end."""

    leg: int
    clip: int
    order: int = 0
    follows: bool = False


class Stop(Message):
    """No more of what a leg is being played ("play"), or of what it says ("say"); neither Played nor Said follows. Or
    no more keys to the far end ("dial"): the one that was begun is ended."""

    leg: int
    what: str = "play"


class Dial(Message):
    """Send keys to the far end, after those that are being sent. Answered by Refused when it understands no events:
    play them as tones."""

    leg: int
    keys: str


class Listen(Message):
    """What to listen for in a leg's sound, instead of what was listened for before: for keys; until nothing was heard
    for `silence` frames from here on, once (0: do not; None: count on, if that was asked for); with `levels` for each
    change between speech and silence (Spoke)."""

    leg: int
    keys: bool
    silence: int | None = None
    levels: bool = False


class Tap(Message):
    """Hand a leg's frames over as they pass (Tapped): `track` is `from` the leg or `to` it."""

    leg: int
    track: str


class Untap(Message):
    leg: int
    track: str


class Echo(Message):
    """Let a leg hear what comes from it, beside all else it hears; or no more."""

    leg: int
    on: bool = True


class Join(Message):
    """Into a room, out of any other; `coaches` is the only leg that hears this one, nobody does when that is gone."""

    leg: int
    room: int
    muted: bool = False
    held: bool = False
    coaches: int | None = None


class Leave(Message):
    leg: int


class Loop(Message):
    """Two legs are the ends of a call from the exchange to itself: each says what the other hears, until one closes."""

    leg: int
    other: int


class Announce(Message):
    """Once to everybody in a room who is not held, beside what each hears. Answered by Announced at its end, also when
    the room is empty."""

    room: int
    clip: int
    order: int = 0


class Record(Message):
    """Record a leg, or a room when `track` is room; at most `frames`. Sound comes in Recorded, about every second.

    A leg's recording ends with the leg. A room's ends by StopRecording alone: an empty room is recorded as silence.
    """

    recording: int
    of: int
    track: str
    frames: int


class Pause(Message):
    recording: int
    paused: bool


class StopRecording(Message):
    """Answered by the last Recorded."""

    recording: int


Order = (
    Open | OpenStream | ChangeStream | OpenSecure | Admit | Move | Close | Load | Drop | Play | Say | Stop | Dial
    | Listen | Tap | Untap | Echo | Join | Leave | Loop | Announce | Record | Pause | StopRecording
)  # fmt: skip

# Events ------------------------------------------------------------------------------------


class Ready(Message):
    """The media process listens, on these ports of its pool in order."""

    ports: tuple[int, ...]


class Measured(Message):
    """The last second: legs there are, seconds the latest tick came late, part of a core that was used."""

    legs: int
    late: float
    busy: float


class Opened(Message):
    """A leg's stream has this port of the pool. A secure leg's certificate has this SHA-256 `fingerprint`, and these
    are the `places` where its far end may find it, numeric hosts and ports, the likeliest first."""

    leg: int
    port: int
    fingerprint: str = ""
    places: tuple[tuple[str, int], ...] = ()


class Connected(Message):
    """A secure leg's far end has come, and is who it should be: sound can flow."""

    leg: int


class Failed(Message):
    """A secure leg's far end did not come, is somebody else, or is gone; `why` is "" when it has said goodbye.
    Nothing more is sent to it."""

    leg: int
    why: str


class Refused(Message):
    """An order could not be done: `of` is its leg, clip or recording."""

    order: str
    of: int
    why: str


class Played(Message):
    """At its end, or at once: `why` is then the reason why it was not played."""

    leg: int
    order: int
    why: str = ""


class Said(Message):
    """As Played."""

    leg: int
    order: int
    why: str = ""


class Pressed(Message):
    leg: int
    key: str


class FellSilent(Message):
    leg: int


class Spoke(Message):
    """A leg speaks, since SPEECH frames ago, or is silent, since SILENCE frames ago (`audio/levels.py`); what was
    before lasted `frames`."""

    leg: int
    speaking: bool
    frames: int


class Tapped(Message):
    """The next frames of a tapped leg: one with sockets, a few under the virtual clock."""

    leg: int
    track: str
    sound: bytes


class Announced(Message):
    """An announcement has ended."""

    room: int
    order: int


class Recorded(Message):
    """The next part of a recording, and whether it was the last."""

    recording: int
    sound: bytes
    channels: int
    is_last: bool


class Figures(Message):
    """What a leg's stream was like so far: packets, octets of payload, frames that were made up; `jitter` in seconds.

    What begins with `far`, and the `round_trip` in seconds, the far end reports: packets of ours that it lost, jitter,
    and whether it said goodbye. None is what it has not told.
    """

    leg: int
    sent: int = 0
    octets_sent: int = 0
    received: int = 0
    octets_received: int = 0
    lost: int = 0
    late: int = 0
    concealed: int = 0
    jitter: float = 0.0
    far_lost: int | None = None
    far_jitter: float | None = None
    far_left: bool = False
    round_trip: float | None = None


class Reported(Figures):
    """A report of the far end has come; at most one is told in five seconds."""


class Closed(Figures):
    """A leg is gone."""


Event = (
    Ready | Measured | Opened | Connected | Failed | Refused | Played | Said | Pressed | FellSilent | Spoke | Tapped
    | Announced | Recorded | Reported | Closed
)  # fmt: skip


def refusal(order: Order, why: str) -> Event:
    """What an order is answered with that is not obeyed, so that nobody waits for what it would have led to."""
    match order:
        case Play(leg=leg, order=number):
            return Played(leg=leg, order=number, why=why)
        case Say(leg=leg, order=number):
            return Said(leg=leg, order=number, why=why)
        case Announce(room=room, order=number):
            return Announced(room=room, order=number)
        case Close(leg=leg):
            return Closed(leg=leg)
        case Open(leg=leg) | OpenStream(leg=leg) | OpenSecure(leg=leg):
            return Refused(order="open", of=leg, why=why)
        case Admit(leg=leg) | Move(leg=leg):
            return Failed(leg=leg, why=why)
        case ChangeStream(leg=leg):
            return Refused(order="change", of=leg, why=why)
        case Record(recording=recording) | StopRecording(recording=recording):
            return Refused(order="record", of=recording, why=why)
        case Pause(recording=recording):
            return Refused(order="pause", of=recording, why=why)
        case Load(clip=clip) | Drop(clip=clip):
            return Refused(order=type(order).__name__.lower(), of=clip, why=why)
        case _:
            return Refused(order=type(order).__name__.lower(), of=order.leg, why=why)


pack = msgspec.msgpack.Encoder().encode
read_orders = msgspec.msgpack.Decoder(list[Order]).decode
read_events = msgspec.msgpack.Decoder(list[Event]).decode
