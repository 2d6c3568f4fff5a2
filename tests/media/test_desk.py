"""Orders in, events out: the whole plane as the exchange sees it."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, g711, tones
from hoyhoy.media import orders
from hoyhoy.media.arena import Arena
from hoyhoy.media.datagrams import open_socket
from hoyhoy.media.desk import NOT_HELD, Desk
from hoyhoy.media.orders import (
    Announced,
    Closed,
    Connected,
    Failed,
    Opened,
    Played,
    Pressed,
    Recorded,
    Refused,
    Said,
    Spoke,
    Tapped,
)
from hoyhoy.media.plane import Plane
from hoyhoy.media.streams import Streams
from hoyhoy.wire.rtp import rtcp

from .browsers import OURS, THEIRS, Browser, plane_of, tables
from .memory import use
from .test_streams import EVENTS, Far


@pytest.fixture
def desk():
    made = Desk(Plane(8, Arena(1000)))
    tell(made, orders.Open(leg=101), orders.Open(leg=102), orders.Open(leg=103))
    return made


def tell(desk, *told, ticks=1):
    for order in told:
        desk.obey(order)
    return [event for _ in range(ticks) for event in desk.tick()]


def load(desk, clip, sound):
    return tell(desk, orders.Load(clip=clip, sound=sound.tobytes()))


def recorded(events, number):
    parts = [event for event in events if isinstance(event, Recorded) and event.recording == number]
    assert [part.is_last for part in parts[:-1]] == [False] * (len(parts) - 1)
    sound = np.frombuffer(b"".join(part.sound for part in parts), np.int16)
    return sound.reshape(-1, 2) if parts[0].channels == 2 else sound


def test_legs_come_and_go(desk):
    assert desk.legs == 3
    assert tell(desk, orders.Open(leg=104)) == [Opened(leg=104, port=-1)]
    assert tell(desk, orders.Close(leg=102), orders.Close(leg=102), orders.Stop(leg=102)) == [Closed(leg=102)]
    assert desk.legs == 3


def test_a_full_plane_refuses(desk):
    made = tell(desk, *(orders.Open(leg=n) for n in range(5)))
    assert made == [Opened(leg=n, port=-1) for n in range(5)]
    [refused] = tell(desk, orders.Open(leg=9))
    assert (refused.order, refused.of) == ("open", 9) and "8 legs" in refused.why
    tell(desk, orders.Close(leg=3))
    assert tell(desk, orders.Open(leg=9)) == [Opened(leg=9, port=-1)]


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (orders.Open(leg=101), "a leg of this number"),
        (orders.OpenStream(leg=9, remote=1, law=0, events=-1, ssrc=1, sequence=1, timestamp=1), "no sockets"),
        (orders.OpenStream(leg=9, remote=1, law=3, events=-1, ssrc=1, sequence=1, timestamp=1), "3 is not a valid"),
        (orders.Load(clip=1, sound=b"odd"), "half a sample"),
        (orders.Record(recording=1, of=101, track="sideways", frames=1), "sideways"),
    ],
)
def test_an_order_that_makes_no_sense_ends_no_call(desk, order, why):
    [refused] = tell(desk, order)
    assert isinstance(refused, Refused) and why in refused.why
    assert desk.legs == 3 and tell(desk, orders.Open(leg=9)) == [Opened(leg=9, port=-1)]


HUGE = 2**64 - 1
"""The largest number that an order can be packed with; no array of a plane takes it."""


@pytest.mark.parametrize("number", [2**63, HUGE, 10**30])
@pytest.mark.parametrize(
    "order",
    [
        lambda number: orders.Listen(leg=102, keys=True, silence=number),
        lambda number: orders.Join(leg=102, room=number),
        lambda number: orders.Play(leg=102, clip=1, order=number),
        lambda number: orders.Play(leg=102, clip=1, times=number),
        lambda number: orders.Say(leg=102, clip=1, order=number),
        lambda number: orders.Announce(room=number, clip=1, order=number),
        lambda number: orders.Record(recording=number, of=102, track="both", frames=number),
        lambda number: orders.Record(recording=5, of=number, track="room", frames=number),
    ],
)
def test_a_number_that_no_plane_takes_ends_no_call(desk, order, number):
    load(desk, 1, tones.tone(0.1, 440))
    heard = tell(desk, orders.Play(leg=101, clip=1, order=7), order(number), ticks=6)
    assert Played(leg=101, order=7) in heard
    assert all(event.why for event in heard if isinstance(event, Played | Said) and event.leg == 102)
    assert tell(desk, orders.Close(leg=102))[-1:] == [Closed(leg=102)]
    assert tell(desk, orders.Open(leg=104), orders.Play(leg=104, clip=1, order=8), ticks=6)[-1] == Played(
        leg=104, order=8
    )


def test_who_waits_for_a_sound_that_is_refused_is_told(desk):
    load(desk, 1, tones.tone(0.1, 440))
    [refused] = tell(desk, orders.Play(leg=102, clip=1, order=HUGE))
    assert refused.order == HUGE and refused.why
    [refused] = tell(desk, orders.Record(recording=5, of=102, track="both", frames=HUGE))
    assert (refused.order, refused.of) == ("record", 5)
    tell(desk, orders.Record(recording=6, of=102, track="to", frames=5), ticks=4)
    assert not recorded(tell(desk), 6).any()  # nothing is played


def test_a_stream_that_is_refused_leaves_its_row_and_its_port_free():
    far, near = Far(), [open_socket("127.0.0.1")]
    try:
        desk = Desk(Plane(1, Arena(100)), Streams(1, near))
        for number in (HUGE, -1):
            [refused] = tell(
                desk,
                orders.OpenStream(leg=5, remote=far.source, law=0, events=EVENTS, ssrc=number, sequence=1, timestamp=1),
            )
            assert (refused.order, refused.of) == ("open", 5) and desk.legs == 0
        good = orders.OpenStream(leg=6, remote=far.source, law=0, events=EVENTS, ssrc=1, sequence=1, timestamp=1)
        assert tell(desk, good) == [Opened(leg=6, port=0)]
    finally:
        for one in (far.socket, *near):
            one.close()


def test_a_mistake_of_ours_at_one_order_is_logged_and_ends_no_call(desk, monkeypatch, caplog):
    monkeypatch.setattr(desk.plane, "echo", lambda row, on: {}[row])
    [refused] = tell(desk, orders.Echo(leg=101))
    assert (refused.order, refused.of) == ("echo", 101) and "fails at an order: Echo" in caplog.text
    assert desk.legs == 3


def test_numbers_are_not_used_twice(desk):
    free = desk.plane.arena.free
    load(desk, 1, tones.tone(0.1, 440))
    [refused] = load(desk, 1, tones.tone(0.1, 440))
    assert refused.of == 1 and desk.plane.arena.free == free - 5
    record = orders.Record(recording=4, of=101, track="from", frames=100)
    [refused] = tell(desk, record, record)
    assert refused.of == 4


def test_playing(desk):
    load(desk, 1, tones.tone(0.1, 440))
    assert tell(desk, orders.Play(leg=101, clip=1, order=7), ticks=4) == []
    assert tell(desk) == [Played(leg=101, order=7)]
    tell(desk, orders.Play(leg=101, clip=1, order=8), orders.Stop(leg=101))
    assert tell(desk, ticks=20) == []
    assert tell(desk, orders.Play(leg=101, clip=99, order=3)) == [Played(leg=101, order=3, why=NOT_HELD)]


def test_a_dropped_clip_goes_when_nobody_plays_it(desk):
    free = desk.plane.arena.free
    load(desk, 1, tones.tone(0.1, 440))
    tell(desk, orders.Play(leg=101, clip=1), orders.Say(leg=102, clip=1), orders.Drop(clip=1))
    assert desk.plane.arena.free == free - 5
    assert set(map(type, tell(desk, ticks=6))) == {Played, Said} and desk.plane.arena.free == free
    load(desk, 2, tones.tone(0.1, 440))
    tell(desk, orders.Play(leg=101, clip=2, times=0), orders.Drop(clip=2), ticks=10)
    assert desk.plane.arena.free == free - 5
    tell(desk, orders.Close(leg=101))
    assert desk.plane.arena.free == free
    load(desk, 3, tones.tone(0.1, 440))
    tell(desk, orders.Drop(clip=3), orders.Drop(clip=3))
    assert desk.plane.arena.free == free


def test_no_room_for_a_sound(desk):
    [refused] = load(desk, 1, tones.silence(60))
    assert (refused.order, refused.of) == ("load", 1)


def pieces(clip, sound, size):
    cut = [sound[at : at + size] for at in range(0, len(sound), size)]
    return [orders.Load(clip=clip, sound=one.tobytes(), more=n < len(cut) - 1) for n, one in enumerate(cut)]


def test_a_long_sound_comes_in_pieces_and_is_played_when_it_is_whole(desk):
    sound = tones.tone(0.2, 440)
    first, second, *rest = pieces(1, sound, 500)
    record = orders.Record(recording=9, of=101, track="to", frames=1000)
    play, say = orders.Play(leg=101, clip=1, order=7), orders.Say(leg=102, clip=1, order=8)
    announce = orders.Announce(room=4, clip=1, order=9)
    assert tell(desk, first, record, play, say, announce, second, ticks=5) == []
    events = tell(desk, *rest, ticks=10)
    assert len(events) == 3
    for one in (Played(leg=101, order=7), Said(leg=102, order=8), orders.Announced(room=4, order=9)):
        assert one in events
    heard = recorded(tell(desk, orders.StopRecording(recording=9)), 9)
    assert not heard[: 5 * FRAME].any() and (heard[5 * FRAME :][: len(sound)] == sound).all()


def test_who_waits_for_a_sound_may_change_its_mind(desk):
    *begun, last = pieces(1, tones.tone(0.1, 440), 300)
    load(desk, 2, tones.tone(0.02, 800))
    tell(desk, *begun, *(orders.Play(leg=leg, clip=1, order=leg) for leg in (101, 102, 103)))
    told = tell(desk, orders.Play(leg=101, clip=2, order=5), orders.Stop(leg=102), orders.Close(leg=103))
    assert told == [Closed(leg=103), Played(leg=101, order=5)]
    assert tell(desk, last, ticks=10) == [], "the others wanted it no more"


def test_a_sound_that_never_becomes_whole_keeps_nobody_waiting(desk):
    free = desk.plane.arena.free
    *begun, _ = pieces(1, tones.tone(0.1, 440), 300)
    tell(desk, *begun, orders.Play(leg=101, clip=1, order=5))
    assert tell(desk, orders.Drop(clip=1)) == [Played(leg=101, order=5, why=NOT_HELD)]
    too_long = pieces(2, tones.silence(60), 80_000)
    told = tell(desk, too_long[0], orders.Play(leg=101, clip=2, order=6), *too_long[1:])
    assert [type(event) for event in told] == [Refused, Played] and told[0].of == 2 and told[1].why == NOT_HELD
    tell(desk, orders.Drop(clip=2))
    assert desk.plane.arena.free == free and not desk._loading and not desk._awaiting
    [refused] = tell(desk, orders.Load(clip=3, sound=b"odd", more=True), orders.Load(clip=3, sound=b"even"))
    assert "half a sample" in refused.why and NOT_HELD in tell(desk, orders.Play(leg=101, clip=3))[0].why


@pytest.mark.parametrize("is_said", [False, True])
def test_what_follows_begins_at_the_end_of_what_was_before(desk, is_said):
    order, told, track = (orders.Say, Said, "from") if is_said else (orders.Play, Played, "to")
    free = desk.plane.arena.free
    sounds = {clip: np.full(3 * FRAME, clip, np.int16) for clip in (1, 2, 3, 4)}
    for clip in (1, 2, 3):
        load(desk, clip, sounds[clip])
    tell(desk, orders.Record(recording=9, of=101, track=track, frames=1000))
    told_of = desk.plane.recordings.under_way[9].frames
    first, second, instead = (order(leg=101, clip=clip, order=clip, follows=clip > 1) for clip in (1, 2, 3))
    events = tell(desk, first, second, instead, *(orders.Drop(clip=clip) for clip in (1, 2, 3)), ticks=7)
    assert [event for event in events if isinstance(event, told)] == [told(leg=101, order=1), told(leg=101, order=3)]
    sound = recorded([*events, *tell(desk, orders.StopRecording(recording=9))], 9)[told_of:]
    heard = sound[np.flatnonzero(sound)[0] :]
    assert (heard[: 6 * FRAME] == np.concatenate([sounds[1], sounds[3]])).all() and not heard[6 * FRAME :].any()
    assert desk.plane.arena.free == free and not desk._next and not desk._players


@pytest.mark.parametrize("instead", [orders.Stop(leg=101), orders.Close(leg=101), orders.Play(leg=101, clip=1)])
def test_what_follows_may_not_be_wanted_any_more(desk, instead):
    free = desk.plane.arena.free
    for clip in (1, 2):
        load(desk, clip, tones.tone(0.1, 440))
    play, follows = orders.Play(leg=101, clip=1, order=1), orders.Play(leg=101, clip=2, order=2, follows=True)
    tell(desk, play, follows, orders.Drop(clip=2), ticks=2)
    assert desk.plane.arena.free == free - 10
    assert not [event for event in tell(desk, instead, ticks=20) if isinstance(event, Played) and event.order]
    assert desk.plane.arena.free == free - 5 and not desk._next


def test_what_follows_a_sound_that_is_not_whole_waits_for_it(desk):
    *begun, last = pieces(1, tones.tone(0.1, 440), 300)
    *others, end = pieces(2, tones.tone(0.1, 800), 300)
    follows = orders.Play(leg=101, clip=2, order=2, follows=True)
    assert tell(desk, *begun, *others, orders.Play(leg=101, clip=1, order=1), follows, ticks=3) == []
    assert tell(desk, last, ticks=9) == [Played(leg=101, order=1)]
    third = orders.Play(leg=101, clip=99, order=3, follows=True)
    told = tell(desk, end, third, ticks=9)
    assert told == [Played(leg=101, order=2), Played(leg=101, order=3, why=NOT_HELD)]
    none = orders.Play(leg=101, clip=98, order=4, follows=True)
    assert [one.order for one in tell(desk, none, follows, ticks=9)] == [4, 2], "nothing to wait for"


def test_a_sound_that_was_refused_does_not_keep_the_next_one_waiting(desk):
    load(desk, 2, tones.tone(0.1, 800))
    *begun, last = pieces(1, tones.silence(60), 80_000)
    follows = orders.Play(leg=101, clip=2, order=2, follows=True)
    told = tell(desk, begun[0], orders.Play(leg=101, clip=1, order=1), follows, *begun[1:], last, ticks=6)
    assert [type(event) for event in told] == [Refused, Played, Played]
    assert [(one.order, bool(one.why)) for one in told[1:]] == [(1, True), (2, False)]


def test_what_is_said_is_stopped_and_nothing_more_of_it_is_told(desk):
    load(desk, 1, tones.tone(0.2, 440))
    tell(desk, orders.Record(recording=9, of=101, track="dual", frames=1000))
    say, play = orders.Say(leg=101, clip=1, order=1), orders.Play(leg=101, clip=1, order=2)
    events = tell(desk, say, play, ticks=2) + tell(desk, orders.Stop(leg=101, what="say"), ticks=20)
    assert [event for event in events if not isinstance(event, Recorded)] == [Played(leg=101, order=2)]
    sound = recorded([*events, *tell(desk, orders.StopRecording(recording=9))], 9)
    frames = np.abs(sound.reshape(-1, FRAME, 2)).max(axis=1) > 0
    assert frames.sum(axis=0).tolist() == [2, 10]


def test_two_announcements_wait_for_their_sounds(desk):
    *begun, last = pieces(1, np.full(FRAME, 50, np.int16), 100)
    tell(desk, *begun, *(orders.Announce(room=1, clip=1, order=order) for order in (6, 7)))
    assert tell(desk, last, ticks=2) == [Announced(room=1, order=6), Announced(room=1, order=7)]


def test_listening_for_keys_does_not_change_what_silence_is_waited_for(desk):
    tell(desk, orders.Listen(leg=101, keys=False, silence=10), ticks=6)
    assert tell(desk, orders.Listen(leg=101, keys=True), ticks=4) == [orders.FellSilent(leg=101)]
    tell(desk, orders.Listen(leg=101, keys=True, silence=10), ticks=6)
    assert tell(desk, orders.Listen(leg=101, keys=True, silence=0), ticks=20) == []


def test_a_far_end_that_sends_nothing_is_not_silent():
    """Voice reference 2.6: no RTP at all is not silence."""
    near, far = [open_socket("127.0.0.1")], Far()
    try:
        desk = Desk(Plane(4, Arena(100)), Streams(4, near))
        stream = orders.OpenStream(leg=1, remote=far.source, law=0, events=EVENTS, ssrc=1, sequence=0, timestamp=0)
        tell(desk, stream, orders.Open(leg=2))
        waits = [orders.Listen(leg=leg, keys=False, silence=10) for leg in (1, 2)]
        assert tell(desk, *waits, ticks=50) == [orders.FellSilent(leg=2)], "a virtual phone needs no packets"
        told = []
        for _ in range(20):
            far.send(near[0].getsockname(), b"\xff" * FRAME)
            told += tell(desk)
        assert told == [orders.FellSilent(leg=1)]
    finally:
        for sock in (*near, far.socket):
            sock.close()


def test_keys_to_the_far_end_are_stopped():
    near, far = [open_socket("127.0.0.1")], Far()
    try:
        desk = Desk(Plane(4, Arena(100)), Streams(4, near))
        stream = orders.OpenStream(leg=1, remote=far.source, law=0, events=EVENTS, ssrc=1, sequence=0, timestamp=0)
        tell(desk, stream, orders.Dial(leg=1, keys="123"), ticks=2)
        assert tell(desk, orders.Stop(leg=1, what="dial"), ticks=40) == []
        keys = [packet[5] for packet in far.got() if packet[0] == EVENTS]
        assert {key[0] for key in keys} == {1} and keys[-1][1] & 0x80, "it is ended"
        desk.obey(orders.Open(leg=2))
        desk.obey(orders.Stop(leg=2, what="dial"))
    finally:
        for sock in (*near, far.socket):
            sock.close()


def test_a_call_between_two_phones_is_recorded_on_two_channels(desk):
    said, answered = tones.tone(0.4, 300), tones.tone(0.2, 800)
    load(desk, 1, said)
    load(desk, 2, answered)
    tell(desk, orders.Join(leg=101, room=5), orders.Join(leg=102, room=5))
    events = tell(
        desk,
        orders.Record(recording=9, of=101, track="dual", frames=10_000),
        orders.Say(leg=101, clip=1, order=1),
        orders.Say(leg=102, clip=2, order=2),
        ticks=130,
    )
    assert [event for event in events if isinstance(event, Said)] == [Said(leg=102, order=2), Said(leg=101, order=1)]
    assert [len(event.sound) for event in events if isinstance(event, Recorded)] == [50 * FRAME * 4] * 2
    sound = recorded([*events, *tell(desk, orders.StopRecording(recording=9))], 9)
    assert len(sound) == 130 * FRAME, "a stop is done at once, before the tick"
    assert (sound[: len(said), 0] == said).all() and (sound[: len(answered), 1] == answered).all()
    assert not sound[len(said) :].any()


def test_a_paused_recording_keeps_nothing(desk):
    tell(desk, orders.Record(recording=1, of=101, track="from", frames=100), ticks=10)
    tell(desk, orders.Pause(recording=1, paused=True), ticks=500)
    tell(desk, orders.Pause(recording=1, paused=False), ticks=10)
    assert len(recorded(tell(desk, orders.StopRecording(recording=1)), 1)) == 20 * FRAME
    assert tell(desk, orders.StopRecording(recording=1), orders.Pause(recording=1, paused=True)) == []


def test_a_recording_ends_with_its_leg_or_when_it_is_full(desk):
    tell(desk, orders.Record(recording=1, of=101, track="from", frames=20))
    tell(desk, orders.Record(recording=2, of=101, track="both", frames=1000))
    events = tell(desk, ticks=25)
    assert len(recorded(events, 1)) == 20 * FRAME and events[-1].is_last
    assert len(recorded(tell(desk, orders.Close(leg=101)), 2)) == 26 * FRAME
    assert recorded(tell(desk, orders.Record(recording=3, of=101, track="from", frames=5)), 3).tolist() == []


def test_a_room_of_five_each_hears_the_four_others(desk):
    for leg in (104, 105):
        tell(desk, orders.Open(leg=leg))
    levels = {leg: 2 ** (leg - 98) * 10 for leg in range(101, 106)}
    for leg, level in levels.items():
        load(desk, leg, np.full(FRAME * 5, level, np.int16))
        tell(desk, orders.Join(leg=leg, room=1))
    told = []
    for leg in levels:
        told += [orders.Record(recording=leg, of=leg, track="to", frames=5), orders.Say(leg=leg, clip=leg)]
    told.append(orders.Record(recording=1, of=1, track="room", frames=5))
    events = tell(desk, *told, ticks=5)
    for leg, level in levels.items():
        assert (recorded(events, leg) == sum(levels.values()) - level).all()
    assert (recorded(events, 1) == sum(levels.values())).all()


def test_hold_mute_and_coach(desk):
    for leg in (101, 102, 103):
        load(desk, leg, np.full(FRAME, leg, np.int16))
        tell(desk, orders.Join(leg=leg, room=1))

    def hears(leg):
        told = [orders.Say(leg=one, clip=one) for one in (101, 102, 103)]
        events = tell(desk, orders.Record(recording=hears.n, of=leg, track="to", frames=1), *told)
        hears.n += 1
        return int(recorded(events, hears.n - 1)[0])

    hears.n = 1000
    assert hears(101) == 102 + 103
    tell(desk, orders.Join(leg=103, room=1, coaches=101))
    assert hears(101) == 102 + 103 and hears(102) == 101
    tell(desk, orders.Join(leg=103, room=1, muted=True))
    assert hears(101) == 102
    tell(desk, orders.Join(leg=102, room=1, held=True))
    assert hears(101) == 0 == hears(102)
    tell(desk, orders.Leave(leg=102), orders.Join(leg=103, room=1))
    assert hears(101) == 103


def test_keys_in_the_sound(desk):
    load(desk, 1, tones.keys("5"))
    tell(desk, orders.Listen(leg=102, keys=True), orders.Say(leg=101, clip=1), orders.Say(leg=102, clip=1))
    assert [event for event in tell(desk, ticks=20) if isinstance(event, Pressed)] == [Pressed(leg=102, key="5")]


def test_a_long_sound_is_copied_by_and_by_while_others_wait_for_theirs(monkeypatch):
    monkeypatch.setattr("hoyhoy.media.desk.COPIED", 2000)
    near = [open_socket("127.0.0.1")]
    try:
        desk = Desk(Plane(4, Arena(100)), Streams(4, near))
        sound = tones.tone(1.0, 440)
        record = orders.Record(recording=9, of=1, track="to", frames=1000)
        tell(desk, orders.Open(leg=1), record, *pieces(1, sound, 500), orders.Play(leg=1, clip=1, order=3), ticks=1)
        tell(desk, orders.Say(leg=1, clip=1, order=4), orders.Load(clip=2, sound=b"ab"), orders.Drop(clip=2))
        events = tell(desk, ticks=60)
        assert [event for event in events if isinstance(event, Played)] == [Played(leg=1, order=3)]
        heard = recorded([*events, *tell(desk, orders.StopRecording(recording=9))], 9)
        begun = int(np.flatnonzero(heard)[0]) // FRAME * FRAME
        assert 2 * FRAME <= begun <= 5 * FRAME and (heard[begun:][: len(sound)] == sound).all()
        free = desk.plane.arena.free
        assert tell(desk, *pieces(5, sound, 500), orders.Drop(clip=5)) == [] and desk.plane.arena.free == free
        told = tell(desk, *pieces(6, sound, 500), orders.Play(leg=1, clip=6, order=6), orders.Drop(clip=6), ticks=60)
        assert told == [Played(leg=1, order=6)] and desk.plane.arena.free == free, "it was waited for, and is played"
        follows = orders.Play(leg=1, clip=7, order=8, follows=True)
        tell(desk, *pieces(7, sound, 500), orders.Play(leg=1, clip=1, order=7), follows, orders.Drop(clip=7))
        told = [event for event in tell(desk, ticks=110) if isinstance(event, Played)]
        assert told == [Played(leg=1, order=7), Played(leg=1, order=8)] and desk.plane.arena.free == free
        waits = orders.Play(leg=1, clip=8, order=9)
        assert tell(desk, *pieces(8, sound, 500), waits, orders.Drop(clip=8), orders.Stop(leg=1), ticks=60) == []
        assert desk.plane.arena.free == free, "nobody waits for it any more"
        assert not desk._dropped and not desk._loading and not desk._players
    finally:
        near[0].close()


def test_with_sockets():
    near, far, other = [open_socket("127.0.0.1")], Far(), Far(ssrc=1)
    try:
        desk = Desk(Plane(4, Arena(100)), Streams(4, near))
        opened = [
            orders.OpenStream(
                leg=leg, remote=end.source, law=0, events=EVENTS, ssrc=leg, sequence=0, timestamp=0, hosts=hosts
            )
            for leg, end, hosts in ((1, far, ()), (2, other, (0x0A000009,)))  # the second is behind a NAT
        ]
        assert tell(desk, opened[0]) == [Opened(leg=1, port=0)]
        [refused] = tell(desk, opened[1])
        assert (refused.order, refused.of) == ("open", 2), "both could still come from that host"
        sound = g711.decode(g711.encode(tones.tone(0.1, 440)))
        far.send(near[0].getsockname(), bytes(160))
        tell(desk)
        far.got()
        load(desk, 1, sound)
        far.got()
        events = tell(desk, opened[1], orders.Play(leg=1, clip=1, order=3), ticks=5)
        assert events == [Opened(leg=2, port=0), Played(leg=1, order=3)]
        heard = b"".join(packet[5] for packet in far.got())
        assert (g711.decode(np.frombuffer(heard, np.uint8)) == sound).all()
        assert tell(desk, orders.Dial(leg=1, keys="1")) == [] and far.got()[0][0] == EVENTS
        [changed] = tell(desk, orders.ChangeStream(leg=1, remote=other.source, law=0, events=-1))
        assert isinstance(changed, Refused) and changed.order == "change"
        other.send(near[0].getsockname(), bytes(160))
        tell(desk)
        third = Far()
        tell(desk, orders.ChangeStream(leg=1, remote=third.source, law=8, events=-1))
        assert third.got()[-1][0] == 8
        third.socket.close()
        assert isinstance(tell(desk, orders.Dial(leg=1, keys="1"))[0], Refused)
        [closed] = tell(desk, orders.Close(leg=1))
        assert (closed.leg, closed.received, closed.lost) == (1, 1, 0)
    finally:
        for sock in (*near, far.socket, other.socket):
            sock.close()


def test_an_announcement_and_its_clip(desk):
    free = desk.plane.arena.free
    for leg in (101, 102):
        tell(desk, orders.Join(leg=leg, room=1))
    load(desk, 1, np.full(3 * FRAME, 50, np.int16))
    load(desk, 2, np.full(3 * FRAME, 8, np.int16))
    told = [orders.Record(recording=n, of=n, track="to", frames=3) for n in (101, 102, 103)]
    tell(desk, orders.Play(leg=102, clip=2, order=4), *told, orders.Announce(room=1, clip=1, order=6))
    tell(desk, orders.Drop(clip=1))
    events = tell(desk)
    assert Announced(room=1, order=6) in events and Played(leg=102, order=4) in events, "neither interrupts the other"
    assert [recorded(events, n)[0] for n in (101, 102, 103)] == [50, 58, 0]
    tell(desk, orders.Drop(clip=2))
    assert desk.plane.arena.free == free
    assert tell(desk, orders.Announce(room=1, clip=99, order=7)) == [Announced(room=1, order=7)], "no such clip"
    load(desk, 3, np.full(FRAME, 8, np.int16))
    assert tell(desk, orders.Announce(room=77, clip=3, order=8)) == [Announced(room=77, order=8)], "nobody is there"


def test_music_on_hold(desk):
    load(desk, 1, np.full(2 * FRAME, 70, np.int16))
    load(desk, 2, np.full(9 * FRAME, 5, np.int16))
    tell(desk, orders.Join(leg=101, room=1, held=True), orders.Join(leg=102, room=1))
    told = [orders.Record(recording=n, of=n, track="to", frames=9) for n in (101, 102)]
    events = tell(desk, *told, orders.Play(leg=101, clip=1, times=0), orders.Say(leg=102, clip=2), ticks=9)
    assert (recorded(events, 101) == 70).all() and not recorded(events, 102).any()
    told = [orders.Stop(leg=101), orders.Join(leg=101, room=1), orders.Say(leg=102, clip=2)]
    assert (
        recorded(tell(desk, orders.Record(recording=1, of=101, track="to", frames=2), *told, ticks=2), 1) == 5
    ).all()


def test_a_rooms_recording_ends_when_it_is_told_to(desk):
    load(desk, 1, np.full(5 * FRAME, 5, np.int16))
    tell(desk, orders.Join(leg=101, room=1), orders.Record(recording=9, of=1, track="room", frames=10_000))
    events = tell(desk, orders.Say(leg=101, clip=1), ticks=10)
    events += tell(desk, orders.Close(leg=101), ticks=60)
    events += tell(desk, orders.Join(leg=102, room=1), orders.Say(leg=102, clip=1), ticks=4)
    sound = recorded([*events, *tell(desk, orders.StopRecording(recording=9))], 9)
    assert len(sound) == 75 * FRAME, "an empty room is recorded too"
    assert np.flatnonzero(np.diff(sound)).tolist() == [FRAME - 1, 6 * FRAME - 1, 71 * FRAME - 1]


def test_too_many_recordings_are_refused(desk):
    told = [orders.Record(recording=n, of=101, track="from", frames=1000) for n in range(17)]
    [refused] = tell(desk, *told)
    assert (refused.order, refused.of) == ("record", 16) and "16 recordings" in refused.why


def test_whoever_joins_leaves_where_he_was(desk):
    load(desk, 1, np.full(9 * FRAME, 5, np.int16))
    for leg, room in ((101, 1), (102, 1), (103, 2)):
        tell(desk, orders.Join(leg=leg, room=room))
    tell(desk, orders.Join(leg=101, room=2))
    told = [orders.Record(recording=n, of=n, track="to", frames=1) for n in (102, 103)]
    events = tell(desk, *told, orders.Say(leg=101, clip=1))
    assert [recorded(events, n)[0] for n in (102, 103)] == [0, 5]


def test_a_tap(desk):
    sound = np.arange(3 * FRAME).astype(np.int16)
    load(desk, 1, sound)
    told = [orders.Tap(leg=101, track="from"), orders.Tap(leg=102, track="to"), orders.Say(leg=101, clip=1)]
    events = tell(desk, *told, ticks=3)
    taps = [event for event in events if isinstance(event, Tapped)]
    assert [(one.leg, one.track, len(one.sound)) for one in taps] == [(101, "from", 320), (102, "to", 320)] * 3
    assert b"".join(one.sound for one in taps if one.leg == 101) == sound.tobytes()
    tell(desk, orders.Untap(leg=101, track="from"), orders.Untap(leg=102, track="to"))
    assert tell(desk) == []
    [refused] = tell(desk, orders.Tap(leg=101, track="room"))
    assert refused.of == 101


def test_who_speaks(desk):
    load(desk, 1, np.concatenate([tones.silence(0.2), tones.tone(0.5, 500)]))
    tell(desk, orders.Listen(leg=101, keys=False, levels=True), orders.Say(leg=101, clip=1))
    spoke = [event for event in tell(desk, ticks=60) if isinstance(event, Spoke)]
    assert spoke == [Spoke(leg=101, speaking=True, frames=10), Spoke(leg=101, speaking=False, frames=25)]
    tell(desk, orders.Listen(leg=101, keys=False), orders.Say(leg=101, clip=1))
    assert [event for event in tell(desk, ticks=60) if isinstance(event, Spoke)] == []


def test_an_outgoing_call_has_its_port_before_the_far_end_has_an_address():
    near, far = [open_socket("127.0.0.1")], Far()
    try:
        desk = Desk(Plane(300, Arena(100)), Streams(300, near))
        ring = [
            orders.OpenStream(leg=leg, remote=0, law=0, events=-1, ssrc=leg, sequence=0, timestamp=0)
            for leg in range(1, 251)
        ]
        assert tell(desk, *ring) == [Opened(leg=leg, port=0) for leg in range(1, 251)], "all ring on one port"
        answer = orders.ChangeStream(leg=1, remote=far.source, law=8, events=EVENTS)
        assert tell(desk, answer) == [] and [packet[0] for packet in far.got()] == [8]
        [refused] = tell(desk, orders.ChangeStream(leg=2, remote=far.source, law=8, events=EVENTS))
        assert (refused.order, refused.of) == ("change", 2) and "another leg" in refused.why
        held = orders.ChangeStream(leg=1, remote=far.source, law=8, events=EVENTS, sends=False)
        tell(desk, held, ticks=3)
        assert len(far.got()) == 1, "what the far end was sent in the tick of the refusal"
    finally:
        for sock in (*near, far.socket):
            sock.close()


def secure_desk(monkeypatch):
    use(monkeypatch)
    plane = plane_of(rows=4)
    return plane, Desk(Plane(4, Arena(100)), plane.streams)


def open_secure(leg=7, ufrag="ours"):
    return orders.OpenSecure(leg=leg, ssrc=5, sequence=9, timestamp=0, ufrag=ufrag, password="a password of ours")


def test_a_browser_comes_by_orders(monkeypatch):
    """Connected, its key, what it says recorded, its goodbye and its figures."""
    plane, desk = secure_desk(monkeypatch)
    [opened] = tell(desk, open_secure())
    assert (opened.leg, opened.port, opened.fingerprint) == (7, 0, OURS.fingerprint)
    assert opened.places[0] == ("127.0.0.1", 4000)
    browser = Browser(plane.network.socket("10.0.0.1", 50000), opened.places[0], ("ours", "a password of ours"))
    prints = (("sha-256", THEIRS.fingerprint),)
    tell(desk, orders.Admit(leg=7, ufrag="them", fingerprints=prints, events=126))
    browser.check()
    browser.begin()
    events = []
    for _ in range(8):
        events += tell(desk)
        browser.take()
    assert events == [Connected(leg=7)]
    tell(desk, orders.Record(recording=1, of=7, track="from", frames=10))
    browser.send(browser.packet(bytes([5, 10, 0, 160]), 126))
    events = []
    for _ in range(10):
        browser.say()
        events += tell(desk)
    assert events[0] == Pressed(leg=7, key="5") and recorded(events, 1).any()
    assert tell(desk, orders.ChangeStream(leg=7, remote=1 << 20, law=8, events=-1)) == []
    assert tell(desk, orders.Dial(leg=7, keys="1"))[0].order == "dial"
    tell(desk, orders.Move(leg=7, ufrag="moved", password="another"))
    browser.leave()
    assert tell(desk) == [Failed(leg=7, why="")]
    [closed] = tell(desk, orders.Close(leg=7))
    assert (closed.received, closed.lost) == (11, 0) and closed.sent > 10
    assert tables(plane.streams) == 0


def test_what_makes_no_sense_of_a_browser_is_refused_and_leaves_nothing(monkeypatch):
    plane, desk = secure_desk(monkeypatch)
    [opened, refused] = tell(desk, open_secure(), open_secure(leg=8))
    assert opened.fingerprint and (refused.order, refused.of) == ("open", 8) and "ufrag" in refused.why
    [refused] = tell(desk, orders.OpenSecure(leg=8, ssrc=-1, sequence=0, timestamp=0, ufrag="u", password="p"))
    assert (refused.order, refused.of) == ("open", 8)
    for leg in range(10, 14):
        refused = tell(desk, open_secure(leg, f"u{leg}"))[0]
    assert "all 4 legs" in refused.why and desk.legs == 4
    assert tell(desk, orders.Move(leg=7, ufrag="u10", password="p")) == [
        Failed(leg=7, why="there is a leg with this ufrag")
    ]
    tell(desk, *(orders.Close(leg=leg) for leg in (7, 8, 10, 11, 12, 13)))
    assert desk.legs == 0 and tables(plane.streams) == 0


def test_only_a_browsers_leg_is_told_of_browsers(desk):
    admit = orders.Admit(leg=101, ufrag="them", fingerprints=())
    assert tell(desk, admit, orders.Move(leg=101, ufrag="u", password="p")) == []
    [refused] = tell(desk, open_secure())
    assert refused.why == "this leg needs a network, and this plane has no sockets" and desk.legs == 3


def test_what_the_far_end_reports_and_what_a_leg_was_like():
    near, far = [open_socket("127.0.0.1")], Far()
    try:
        desk = Desk(Plane(4, Arena(100)), Streams(4, near))
        tell(
            desk,
            orders.OpenStream(leg=7, remote=far.source, law=0, events=-1, ssrc=5, sequence=0, timestamp=0),
            ticks=3,
        )
        far.send(near[0].getsockname(), bytes(160))
        block = rtcp.Block(ssrc=5, fraction=0, lost=1, highest=2, jitter=80)
        report = rtcp.write(rtcp.Report(77, None, (block,)), "far", is_leaving=True)
        far.socket.sendto(report, near[0].getsockname())
        [reported] = tell(desk)
        assert (reported.leg, reported.far_lost, reported.far_jitter, reported.round_trip) == (7, 1, 0.01, None)
        [closed] = tell(desk, orders.Close(leg=7))
        assert closed == Closed(
            leg=7,
            sent=4,
            octets_sent=640,
            received=1,
            octets_received=160,
            far_lost=1,
            far_jitter=0.01,
            far_left=True,
        )
        tell(desk, orders.Open(leg=8))
        assert tell(desk, orders.Close(leg=8)) == [Closed(leg=8)]
    finally:
        for sock in (*near, far.socket):
            sock.close()


def test_a_leg_hears_itself_until_it_shall_not(desk):
    load(desk, 1, np.full(2 * FRAME, 7, np.int16))
    told = [orders.Echo(leg=101), orders.Record(recording=1, of=101, track="to", frames=4), orders.Say(leg=101, clip=1)]
    events = tell(desk, *told)
    events += tell(desk, orders.Echo(leg=101, on=False), ticks=3)
    assert recorded(events, 1)[::FRAME].tolist() == [7, 0, 0, 0]
