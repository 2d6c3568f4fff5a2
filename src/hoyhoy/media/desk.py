"""Where orders become changes of the plane, and what the plane tells becomes events.

One tick is `obey` for what has come in, then `tick`. A desk knows nothing of processes and clocks: it
stands in the media process, beside real sockets, and in the exchange itself under the virtual clock.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

from hoyhoy.audio.g711 import Law

from . import orders, plane
from .announcements import Announcement
from .arena import ArenaFull, Clip
from .loading import Loading
from .orders import Event, Order
from .plane import Plane, PlaneFull
from .players import ENDLESS, Players
from .ports import PortsExhausted
from .recordings import Recording, RecordingsFull, Track
from .reports import Reported
from .rooms import NOWHERE
from .secure import Connected, Failed
from .streams import Description, Statistics, Streams, Told

COPIED = 1 << 18
"""Samples of long clips that are copied in one tick, half a minute, while others wait for their sound."""

NOT_HELD = "the media plane has no room for this sound"

log = logging.getLogger(__name__)


class Desk:
    """The legs, clips and recordings of one plane, by the exchange's numbers."""

    def __init__(self, plane: Plane, streams: Streams | None = None) -> None:
        self.plane, self.streams = plane, streams
        self._row: dict[int, int] = {}
        self._leg: dict[int, int] = {}
        self._clips: dict[int, Clip] = {}
        self._loading: dict[int, Loading] = {}
        self._awaiting: dict[tuple[type, int], orders.Play | orders.Say | orders.Announce] = {}
        """Orders for clips that are not whole yet."""
        self._next: dict[tuple[type, int], orders.Play | orders.Say] = {}
        """What follows at the end of what each leg is played, or says."""
        self._may_copy = COPIED
        self._players: Counter[int] = Counter()
        """Of each clip: how many play it, or will next."""
        self._dropped: set[int] = set()
        self._playing: dict[int, int] = {}
        self._saying: dict[int, int] = {}
        self._announcing: dict[int, int] = {}
        self._events: list[Event] = []

    @property
    def legs(self) -> int:
        return len(self._row)

    def obey(self, order: Order) -> None:
        """Do what is ordered; whom it concerns may be gone already, which is no error. One order that makes no sense
        is refused: it must not end everybody's calls."""
        try:
            _check(order)
            self._obey(order)
        except Exception as why:
            if not isinstance(why, (ValueError, OverflowError)):  # a mistake of ours
                log.exception("the media plane fails at an order: %s", type(order).__name__)
            self._events.append(orders.refusal(order, str(why) or type(why).__name__))

    def _obey(self, order: Order) -> None:
        match order:
            case orders.Open() | orders.OpenStream() | orders.OpenSecure():
                self._open(order)
            case orders.Load():
                self._load(order)
            case orders.Drop(clip=clip):
                self._dropped.add(clip)
                if clip in self._loading and not (self._loading[clip].clip and self._is_wanted(clip)):
                    self._loading[clip].abandon()
                    self._no_longer_loading(clip)
                self._let_go(clip)
            case orders.Announce():
                self._announce(order)
            case orders.Record():
                self._record(order)
            case orders.Pause() | orders.StopRecording():
                self._change_recording(order)
            case _:
                row = self._row.get(order.leg)
                if row is not None:
                    self._obey_on(row, order)

    def tick(self, frames: int = 1) -> list[Event]:
        """Let `frames` frames pass: packets in, sound mixed, packets out; what happened since the last tick."""
        streams = self.streams
        self._may_copy = COPIED
        for clip in [clip for clip, loading in self._loading.items() if loading.clip is not None]:
            self._go_on_copying(clip)
        spoken = arrived = None
        if streams is not None:
            for pressed in streams.receive():
                self._tell(pressed)
            spoken = streams.frames(self.plane.used, self.plane.heeded())[:, None, :]
            arrived = streams.arrived(self.plane.used)
        heard, happened = self.plane.step(spoken, frames, arrived)
        for one in happened:
            self._tell(one)
        if streams is not None:
            streams.send(self.plane.used, heard[:, 0])
            for came in streams.work():
                self._tell(came)
        return self.told()

    def told(self) -> list[Event]:
        """What happened and was not told yet, without a tick."""
        events, self._events = self._events, []
        return events

    # Legs ------------------------------------------------------------------------------------

    def _open(self, order: orders.Open | orders.OpenStream | orders.OpenSecure) -> None:
        leg = order.leg
        if leg in self._row:
            raise ValueError("there is a leg of this number")
        try:
            row = self.plane.open()
            opened = self._opened(row, order)
        except (PlaneFull, PortsExhausted) as why:
            self._events.append(orders.Refused(order="open", of=leg, why=str(why)))
            return
        self._row[leg], self._leg[row] = row, leg
        self._events.append(opened)

    def _opened(self, row: int, order: orders.Open | orders.OpenStream | orders.OpenSecure) -> orders.Opened:
        """Give a row its way into the network; the row is free again when there is none."""
        opened = orders.Opened(leg=order.leg, port=NOWHERE)
        try:
            if isinstance(order, orders.OpenStream):
                description = _description(order)
                opened.port = self._network().open(row, description)
            elif isinstance(order, orders.OpenSecure):
                how = (order.ssrc, order.sequence, order.timestamp, order.ufrag, order.password)
                opened.fingerprint, opened.places = self._network().open_secure(row, *how)
                opened.port = int(self._network().port[row])
        except Exception:
            if self.streams is not None:
                self.streams.close(row)
            self.plane.close(row)
            raise
        return opened

    def _network(self) -> Streams:
        if self.streams is None:
            raise ValueError("this leg needs a network, and this plane has no sockets")
        return self.streams

    def _obey_on(self, row: int, order: Order) -> None:
        match order:
            case orders.Close(leg=leg):
                self._close(leg, row)
            case orders.ChangeStream():
                self._change(row, order)
            case orders.Admit() | orders.Move() if self.streams is not None and self.streams.secure.is_secure[row]:
                self._direct(self.streams, row, order)
            case orders.Play() | orders.Say():
                self._play(row, order)
            case orders.Stop():
                self._stop(row, order)
            case orders.Dial(leg=leg, keys=keys):
                if self.streams is None or not self.streams.dial(row, keys):
                    self._events.append(orders.Refused(order="dial", of=leg, why="the far end knows no events"))
            case orders.Listen(keys=keys, silence=silence, levels=levels):
                self.plane.listens[row] = keys
                if silence is not None:
                    self.plane.tell_silence(row, silence)
                self.plane.levels.ask(row, levels)
            case orders.Tap(track=track):
                self.plane.tap(row, track)
            case orders.Untap(track=track):
                self.plane.tap(row, track, wanted=False)
            case orders.Echo(on=on):
                self.plane.echo(row, on)
            case orders.Join():
                coaches = NOWHERE if order.coaches is None else self._row.get(order.coaches, NOWHERE)
                whispers_to_nobody = order.coaches is not None and coaches == NOWHERE
                muted = order.muted or whispers_to_nobody
                self.plane.rooms.join(row, order.room, muted=muted, held=order.held, coaches=coaches)
            case orders.Leave():
                self.plane.rooms.leave(row)
            case orders.Loop(other=other) if other in self._row:
                self.plane.loops.connect(row, self._row[other])

    def _close(self, leg: int, row: int) -> None:
        for recording in [one for one in self.plane.recordings.under_way.values() if one.row == row]:
            if recording.track is not Track.ROOM:
                self._hand_out(self.plane.recordings.stop(recording.number), is_last=True)
        closed = orders.Closed(leg=leg)
        if self.streams is not None and self.streams.port[row] != NOWHERE:
            closed = orders.Closed(leg=leg, **_figures(self.streams.statistics(row)))
            self.streams.close(row)
        self.plane.close(row)
        self._ended(self._playing, row)
        self._ended(self._saying, row)
        for kind in (orders.Play, orders.Say):
            self._awaiting.pop((kind, leg), None)
            self._forget_next((kind, leg))
        del self._row[leg], self._leg[row]
        self._events.append(closed)

    def _change(self, row: int, order: orders.ChangeStream) -> None:
        if self.streams is None or self.streams.port[row] == NOWHERE or self.streams.secure.is_secure[row]:
            return
        try:
            self.streams.change(row, _description(order))
        except PortsExhausted as why:
            self._events.append(orders.Refused(order="change", of=order.leg, why=str(why)))

    def _direct(self, streams: Streams, row: int, order: orders.Admit | orders.Move) -> None:
        """How a secure leg's far end comes."""
        if isinstance(order, orders.Move):
            streams.move(row, order.ufrag, order.password, anew=order.anew)
        else:
            streams.admit(row, order.ufrag, order.fingerprints, is_active=order.is_active, events=order.events)

    # Clips -----------------------------------------------------------------------------------

    def _load(self, order: orders.Load) -> None:
        if order.clip in self._clips:
            raise ValueError("there is a clip of this number")
        loading = self._loading.setdefault(order.clip, Loading(self.plane.arena))
        try:
            loading.take(order.sound, more=order.more)
        except (ArenaFull, ValueError) as why:
            self._events.append(orders.Refused(order="load", of=order.clip, why=str(why)))
        if not order.more:
            self._go_on_copying(order.clip)

    def _go_on_copying(self, clip: int) -> None:
        loading = self._loading[clip]
        self._may_copy -= loading.copy(self._may_copy if self.streams is not None else ENDLESS)
        if loading.is_over:
            if loading.clip is not None:
                self._clips[clip] = loading.clip
            self._no_longer_loading(clip)
            self._let_go(clip)

    def _no_longer_loading(self, clip: int) -> None:
        """It is whole, or will never be: who waited for it need not wait any more."""
        del self._loading[clip]
        for key, order in [(key, order) for key, order in self._awaiting.items() if order.clip == clip]:
            del self._awaiting[key]
            if isinstance(order, orders.Announce):
                self._announce(order)
            else:
                self._begin(self._row[order.leg], order)

    def _is_wanted(self, clip: int) -> bool:
        """Whether anybody waits for a clip, of which all pieces have come."""
        return self._players[clip] > 0 or any(order.clip == clip for order in self._awaiting.values())

    def _is_awaited(self, order: orders.Play | orders.Say | orders.Announce, of: int) -> bool:
        """Whether a clip is not whole yet: the order is obeyed when it is, unless another takes its place."""
        key = type(order), of
        self._awaiting.pop(key, None)
        if order.clip in self._loading:
            self._awaiting[key] = order
        return key in self._awaiting

    def _play(self, row: int, order: orders.Play | orders.Say) -> None:
        key = type(order), order.leg
        self._forget_next(key)
        playing = self._playing if isinstance(order, orders.Play) else self._saying
        if order.follows and (row in playing or key in self._awaiting):
            self._next[key] = order
            self._players[order.clip] += 1
        else:
            self._begin(row, order)

    def _begin(self, row: int, order: orders.Play | orders.Say) -> None:
        """Instead of whatever the leg is played, or says."""
        players, playing = self._side(type(order))
        self._ended(playing, row)
        if self._is_awaited(order, order.leg):
            players.stop(row)
        elif (clip := self._clips.get(order.clip)) is not None:
            times = order.times if isinstance(order, orders.Play) else 1
            players.play(row, clip, times=times, order=order.order)
            self._begun(playing, row, order.clip)
        else:  # it was refused when it was loaded, or dropped before it was whole
            players.stop(row)
            answer = orders.Played if isinstance(order, orders.Play) else orders.Said
            self._events.append(answer(leg=order.leg, order=order.order, why=NOT_HELD))
            self._go_on(type(order), order.leg)

    def _go_on(self, kind: type, leg: int) -> None:
        """What followed begins."""
        if (order := self._next.get((kind, leg))) is not None:
            self._players[order.clip] += 1  # it is not let go between waiting and being played
            self._forget_next((kind, leg))
            self._begin(self._row[leg], order)
            self._one_less(order.clip)

    def _stop(self, row: int, order: orders.Stop) -> None:
        if order.what == "dial":
            if self.streams is not None:
                self.streams.dialling.stop(row)
            return
        kind = orders.Play if order.what == "play" else orders.Say
        players, playing = self._side(kind)
        players.stop(row)
        self._ended(playing, row)
        self._awaiting.pop((kind, order.leg), None)
        self._forget_next((kind, order.leg))

    def _side(self, kind: type) -> tuple[Players, dict[int, int]]:
        if kind is orders.Play:
            return self.plane.to_legs, self._playing
        return self.plane.from_legs, self._saying

    def _announce(self, order: orders.Announce) -> None:
        if self._is_awaited(order, order.order):
            return
        if (clip := self._clips.get(order.clip)) is not None:
            announcement = Announcement(order.room, clip, order.order)
            self.plane.announcements.start(announcement)
            self._announcing[id(announcement)] = order.clip
            self._players[order.clip] += 1
        else:
            self._events.append(orders.Announced(room=order.room, order=order.order))

    def _begun(self, where: dict[int, int], row: int, clip: int) -> None:
        where[row] = clip
        self._players[clip] += 1

    def _ended(self, where: dict[int, int], row: int) -> None:
        clip = where.pop(row, None)
        if clip is not None:
            self._one_less(clip)

    def _forget_next(self, key: tuple[type, int]) -> None:
        if (order := self._next.pop(key, None)) is not None:
            self._one_less(order.clip)

    def _one_less(self, clip: int) -> None:
        self._players[clip] -= 1
        if not self._players[clip]:
            del self._players[clip]
            self._let_go(clip)

    def _let_go(self, clip: int) -> None:
        if clip in self._dropped and clip not in self._loading and not self._players[clip]:
            self._dropped.discard(clip)
            if (place := self._clips.pop(clip, None)) is not None:
                self.plane.arena.drop(place)

    # Recordings ------------------------------------------------------------------------------

    def _record(self, order: orders.Record) -> None:
        track = Track(order.track)
        if order.recording in self.plane.recordings.under_way:
            raise ValueError("there is a recording of this number")
        of = order.of if track is Track.ROOM else self._row.get(order.of)
        if of is None or order.frames <= 0:
            self._events.append(orders.Recorded(recording=order.recording, sound=b"", channels=1, is_last=True))
            return
        try:
            self.plane.recordings.start(Recording(order.recording, of, track, order.frames))
        except RecordingsFull as why:
            self._events.append(orders.Refused(order="record", of=order.recording, why=str(why)))

    def _change_recording(self, order: orders.Pause | orders.StopRecording) -> None:
        recording = self.plane.recordings.under_way.get(order.recording)
        if recording is None:
            return
        if isinstance(order, orders.Pause):
            self.plane.recordings.pause(recording.number, order.paused)
        else:
            self._hand_out(self.plane.recordings.stop(recording.number), is_last=True)

    def _hand_out(self, recording: Recording | None, *, is_last: bool) -> None:
        if recording is not None:
            self._events.append(
                orders.Recorded(
                    recording=recording.number,
                    sound=recording.taken().tobytes(),
                    channels=recording.channels,
                    is_last=is_last,
                )
            )

    # What happened ---------------------------------------------------------------------------

    def _tell(self, happened: plane.Event | Told) -> None:
        match happened:
            case plane.Played(row=row, order=order):
                self._ended(self._playing, row)
                self._events.append(orders.Played(leg=self._leg[row], order=order))
                self._go_on(orders.Play, self._leg[row])
            case plane.Said(row=row, order=order):
                self._ended(self._saying, row)
                self._events.append(orders.Said(leg=self._leg[row], order=order))
                self._go_on(orders.Say, self._leg[row])
            case plane.Pressed(row=row, key=key):
                self._events.append(orders.Pressed(leg=self._leg[row], key=key))
            case Reported(row=row) if self.streams is not None:
                figures = _figures(self.streams.statistics(row))
                self._events.append(orders.Reported(leg=self._leg[row], **figures))
            case Connected(row=row):
                self._events.append(orders.Connected(leg=self._leg[row]))
            case Failed(row=row, why=why):
                self._events.append(orders.Failed(leg=self._leg[row], why=why))
            case plane.FellSilent(row=row):
                self._events.append(orders.FellSilent(leg=self._leg[row]))
            case plane.Announced(announcement=one):
                self._ended(self._announcing, id(one))
                self._events.append(orders.Announced(room=one.room, order=one.order))
            case plane.Spoke(row=row, speaking=speaking, frames=frames):
                self._events.append(orders.Spoke(leg=self._leg[row], speaking=speaking, frames=frames))
            case plane.Tapped(row=row, track=track, sound=sound):
                self._events.append(orders.Tapped(leg=self._leg[row], track=track, sound=sound.tobytes()))
            case plane.Recorded(recording=recording, is_last=is_last):
                self._hand_out(recording, is_last=is_last)


def _check(order: Order) -> None:
    """OverflowError for a number that the plane's arrays do not take: found halfway, it would leave half of an order
    done."""
    for name in order.__struct_fields__:
        if isinstance(number := getattr(order, name), int) and not -ENDLESS <= number <= ENDLESS:
            raise OverflowError(f"{name} is larger than any number of a plane")


def _description(order: orders.OpenStream | orders.ChangeStream) -> Description:
    return Description(
        remote=order.remote,
        law=Law(order.law),
        events=order.events,
        ssrc=getattr(order, "ssrc", 0),
        sequence=getattr(order, "sequence", 0),
        timestamp=getattr(order, "timestamp", 0),
        hosts=order.hosts,
        sends=order.sends,
        hears=order.hears,
        reports=order.rtcp,
    )


def _figures(found: Statistics) -> dict[str, Any]:
    far = found.far
    return {
        "sent": found.sent,
        "octets_sent": found.octets_sent,
        "received": found.received,
        "octets_received": found.octets_received,
        "lost": found.lost,
        "late": found.late,
        "concealed": found.concealed,
        "jitter": found.jitter,
        "far_lost": far.lost,
        "far_jitter": far.jitter,
        "far_left": far.has_left,
        "round_trip": far.round_trip,
    }
