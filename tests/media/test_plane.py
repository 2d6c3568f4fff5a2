import numpy as np
import pytest

from hoyhoy.audio import FRAME, tones
from hoyhoy.media.announcements import Announcement
from hoyhoy.media.arena import Arena
from hoyhoy.media.plane import (
    MOST_AT_ONCE,
    MOST_UNHEARD,
    Announced,
    FellSilent,
    Plane,
    PlaneFull,
    Played,
    Pressed,
    Recorded,
    Said,
    Spoke,
    Tapped,
)
from hoyhoy.media.recordings import Recording, Track


@pytest.fixture
def plane():
    return Plane(8, Arena(2000))


def run(plane, frames):
    """What every leg hears [rows, samples] in that many frames, and what happened, with the frame it was told after."""
    parts, events, done = [], [], 0
    while done < frames:
        k = min(plane.quiet(), frames - done, MOST_AT_ONCE)
        heard, told = plane.step(frames=k)
        done += k
        parts.append(np.zeros((plane.rows, k * FRAME), np.int16))
        parts[-1][plane.used] = heard.reshape(-1, k * FRAME)
        events += [(done, event) for event in told]
    return np.concatenate(parts, axis=1), events


def test_a_leg_hears_what_is_played(plane):
    row, sound = plane.open(), tones.tone(0.5, 440)
    plane.to_legs.play(row, plane.arena.load(sound), order=3)
    heard, events = run(plane, 40)
    assert (heard[row][: len(sound)] == sound).all() and not heard[row][len(sound) :].any()
    assert events == [(25, Played(row, 3))]


def test_two_in_a_room_hear_one_another_and_what_is_played_to_each(plane):
    one, two = plane.open(), plane.open()
    plane.rooms.join(one, 1)
    plane.rooms.join(two, 1)
    said, prompt = tones.tone(0.2, 300), tones.tone(0.1, 900)
    plane.from_legs.play(one, plane.arena.load(said))
    plane.to_legs.play(two, plane.arena.load(prompt))
    heard, events = run(plane, 10)
    assert events == [(5, Played(two, 0)), (10, Said(one, 0))]
    both = said.astype(int)
    both[: len(prompt)] += prompt
    assert (heard[two] == both).all() and not heard[one].any()


def test_keys_are_heard_in_the_sound(plane):
    deaf, row = plane.open(), plane.open()
    plane.listens[row] = True
    for one in (deaf, row):
        plane.from_legs.play(one, plane.arena.load(tones.keys("42#")))
    events = run(plane, 40)[1]
    assert [one for one in events if isinstance(one[1], Pressed)] == [
        (2, Pressed(row, "4")),
        (12, Pressed(row, "2")),
        (22, Pressed(row, "#")),
    ]


def test_silence_is_told_once(plane):
    row = plane.open()
    plane.from_legs.play(row, plane.arena.load(tones.tone(0.4, 500)))
    plane.tell_silence(row, 50)
    assert run(plane, 300)[1] == [(20, Said(row, 0)), (70, FellSilent(row))]
    plane.tell_silence(row, 10)
    plane.tell_silence(row, 0)
    assert run(plane, 100)[1] == []


def test_a_recording_holds_what_was_said_at_its_true_length(plane):
    row = plane.open()
    said, told = tones.tone(1.0, 300), tones.tone(0.6, 700)
    plane.from_legs.play(row, plane.arena.load(said))
    plane.to_legs.play(row, plane.arena.load(told), order=1)
    recording = Recording(5, row, Track.DUAL, most=75)
    plane.recordings.start(recording)
    events = run(plane, 200)[1]
    assert events == [
        (30, Played(row, 1)),
        (50, Said(row, 0)),
        (50, Recorded(recording, False)),
        (75, Recorded(recording, True)),
    ]
    sound = recording.taken()
    assert len(sound) == 75 * FRAME
    assert (sound[: len(said), 0] == said).all() and (sound[: len(told), 1] == told).all()


def test_a_row_is_used_again_as_new(plane):
    rows = [plane.open() for _ in range(8)]
    with pytest.raises(PlaneFull):
        plane.open()
    gone = rows[3]
    plane.rooms.join(gone, 1)
    plane.listens[gone] = True
    plane.tell_silence(gone, 5)
    plane.to_legs.play(gone, plane.arena.load(tones.tone(1, 440)))
    plane.from_legs.play(gone, plane.arena.load(tones.keys("1")))
    plane.close(gone)
    assert plane.open() == gone
    heard, events = run(plane, 60)
    assert events == [] and not heard.any() and plane.rooms.members(1) == []


def test_nothing_is_told_of_a_leg_that_is_gone(plane):
    row = plane.open()
    plane.tell_silence(row, 5)
    plane.close(row)
    assert run(plane, 20)[1] == []


def test_frames_from_outside_and_from_virtual_phones_are_one(plane):
    one, two = plane.open(), plane.open()
    plane.rooms.join(one, 1)
    plane.rooms.join(two, 1)
    plane.from_legs.play(one, plane.arena.load(np.full(FRAME, 200, np.int16)))
    spoken = np.zeros((2, 1, FRAME), np.int16)
    spoken[0] = 1000
    heard, _ = plane.step(spoken)
    assert (heard[1] == 1200).all() and not heard[0].any()


def test_when_nothing_happens_time_passes_in_large_steps(plane):
    row = plane.open()
    plane.to_legs.play(row, plane.arena.load(tones.tone(1, 440)), times=0)
    assert plane.quiet() == MOST_UNHEARD
    plane.rooms.join(row, 1)
    plane.recordings.start(Recording(1, row, Track.TO, most=10_000))
    assert plane.quiet() == MOST_AT_ONCE
    plane.recordings.pause(1, True)
    assert plane.quiet() == MOST_UNHEARD
    plane.to_legs.play(row, plane.arena.load(tones.tone(0.3, 440)))
    assert plane.quiet() == 15
    plane.tell_silence(row, 7)
    assert plane.quiet() == 7
    plane.listens[row] = True
    plane.from_legs.play(row, plane.arena.load(tones.keys("1")))
    assert plane.quiet() == 1


def test_only_legs_there_are_cost_anything(plane):
    assert plane.step(frames=50)[0].shape == (0, 50, FRAME)
    rows = [plane.open() for _ in range(6)]
    for row in rows[:2] + rows[3:5]:
        plane.close(row)
    assert plane.used.tolist() == [rows[2], rows[5]] and plane.used is plane.used
    plane.to_legs.play(rows[5], plane.arena.load(np.full(FRAME, 9, np.int16)))
    plane.listens[rows[2]] = True
    heard, events = plane.step(np.zeros((2, 1, FRAME), np.int16))
    assert heard[:, 0, 0].tolist() == [0, 9] and events == [Played(rows[5], 0)]


def test_an_announcement_is_heard_beside_everything_else(plane):
    talker, listener, held, elsewhere = (plane.open() for _ in range(4))
    plane.rooms.join(talker, 1)
    plane.rooms.join(listener, 1)
    plane.rooms.join(held, 1, held=True)
    voice, prompt, music, words = (np.full(4 * FRAME, level, np.int16) for level in (1000, 200, 30, 4))
    plane.from_legs.play(talker, plane.arena.load(voice))
    plane.to_legs.play(listener, plane.arena.load(prompt))
    plane.to_legs.play(held, plane.arena.load(music))
    announcement = Announcement(1, plane.arena.load(words[: 3 * FRAME]), order=8)
    plane.announcements.start(announcement)
    recording = Recording(5, 1, Track.ROOM, most=100)
    plane.recordings.start(recording)
    heard, events = run(plane, 4)
    assert [one for one in events if isinstance(one[1], Announced)] == [(3, Announced(announcement))]
    assert heard[[talker, listener, held, elsewhere], 3 * FRAME - 1].tolist() == [4, 1204, 30, 0]
    assert heard[[talker, listener, held, elsewhere], 3 * FRAME].tolist() == [0, 1200, 30, 0]
    assert plane.recordings.stop(5).taken()[:: 3 * FRAME].tolist() == [1004, 1000], "the room's recording has it too"


def test_a_tap_hands_over_what_passes(plane):
    row, other = plane.open(), plane.open()
    said, told = np.arange(20 * FRAME).astype(np.int16), np.full(20 * FRAME, 7, np.int16)
    plane.from_legs.play(row, plane.arena.load(said))
    plane.to_legs.play(row, plane.arena.load(told))
    plane.tap(row, "from")
    plane.tap(row, "to")
    plane.tap(other, "to")
    taps = [event for _, event in run(plane, 20)[1] if isinstance(event, Tapped)]
    kept = {key: [one.sound for one in taps if (one.row, one.track) == key] for key in ((row, "from"), (row, "to"))}
    assert all(len(sounds) == 4 for sounds in kept.values()), "not a second at once: who listens may want to answer"
    assert (np.concatenate(kept[row, "from"]).ravel() == said).all()
    assert (np.concatenate(kept[row, "to"]).ravel() == told).all()
    plane.tap(row, "from", wanted=False)
    plane.close(other)
    assert {event.track for _, event in run(plane, 5)[1]} == {"to"}
    with pytest.raises(ValueError, match="sideways"):
        plane.tap(row, "sideways")


def test_speech_and_silence_are_told_at_their_time(plane):
    row = plane.open()
    plane.levels.ask(row, True)
    sound = np.concatenate([tones.silence(0.5), tones.tone(1.0, 500), tones.silence(0.1), tones.tone(0.4, 500)])
    plane.from_legs.play(row, plane.arena.load(sound))
    told = [one for one in run(plane, 500)[1] if isinstance(one[1], Spoke)]
    assert told == [(28, Spoke(row, True, 25)), (110, Spoke(row, False, 75))]
    assert plane.quiet() > 1, "when nobody speaks any more, time passes in large steps"


def test_frames_that_did_not_arrive_are_not_silence(plane):
    """Voice reference 2.6: no RTP at all is not silence."""
    row = plane.open()
    plane.tell_silence(row, 10)
    nothing, there = np.zeros((1, 1, FRAME), np.int16), np.array([True])
    for arrived, frames, told in ((there, 6, []), (~there, 50, []), (there, 4, [FellSilent(row)])):
        assert [event for _ in range(frames) for event in plane.step(nothing, 1, arrived)[1]] == told


def test_what_goes_through_a_loop_is_not_made_while_nobody_hears_it(plane):
    """A call from the exchange to itself that is played music, beside one that is recorded."""
    near, far, friend, other = (plane.open() for _ in range(4))
    plane.loops.connect(near, far)
    plane.to_legs.play(near, plane.arena.load(tones.tone(0.2, 440)), times=0)
    for row in (other, friend):
        plane.rooms.join(row, 1)
    assert plane.quiet() == MOST_UNHEARD
    plane.recordings.start(Recording(1, other, Track.DUAL, most=10_000))
    assert plane.quiet() == MOST_AT_ONCE
    plane.step(frames=MOST_AT_ONCE)
    plane.recordings.start(Recording(2, near, Track.TO, most=10_000))
    assert plane.quiet() == MOST_AT_ONCE, "it hears its music, the other end says nothing"


@pytest.mark.parametrize("who", ["voice", "ear", "room", "listens", "silence", "levels", "tap from", "tap to", "echo"])
def test_what_goes_through_a_loop_is_made_for_whoever_hears_it(plane, who):
    near, far, friend = (plane.open() for _ in range(3))
    plane.loops.connect(near, far)
    plane.to_legs.play(near, plane.arena.load(tones.tone(0.2, 440)), times=0)
    for row in (far, friend):
        plane.rooms.join(row, 1)
    match who:
        case "voice":
            plane.recordings.start(Recording(1, far, Track.FROM, most=10_000))
        case "ear":
            plane.recordings.start(Recording(1, friend, Track.BOTH, most=10_000))
        case "room":
            plane.recordings.start(Recording(1, 1, Track.ROOM, most=10_000))
        case "listens":
            plane.listens[far] = True
        case "silence":
            plane.tell_silence(far, 9999)
        case "levels":
            plane.levels.ask(far, True)
        case "tap from":
            plane.tap(far, "from")
        case "tap to":
            plane.tap(friend, "to")
        case "echo":
            plane.rooms.leave(far)
            plane.echo(far, True)
            plane.tap(far, "to")
    assert plane.quiet() == 1


def test_what_a_loop_brings_is_not_missed_because_nobody_is_played_anything(plane):
    """An end that hears itself, and is told something."""
    near, far = plane.open(), plane.open()
    plane.loops.connect(near, far)
    plane.tap(near, "from")
    plane.echo(far, True)
    assert plane.quiet() > 1
    plane.from_legs.play(far, plane.arena.load(np.full(3 * FRAME, 9, np.int16)))
    assert plane.quiet() == 1
    taps = [event.sound for _, event in run(plane, 10)[1] if isinstance(event, Tapped)]
    assert np.concatenate(taps)[:5, 0].tolist() == [0, 9, 9, 9, 0]


def test_a_leg_hears_itself(plane):
    row, other = plane.open(), plane.open()
    for one in (row, other):
        plane.rooms.join(one, 1)
        plane.echo(one, one == row)
    for one, level in ((row, 30000), (other, 5)):
        plane.from_legs.play(one, plane.arena.load(np.full(4 * FRAME, level, np.int16)))
    plane.to_legs.play(row, plane.arena.load(np.full(3 * FRAME, 9000, np.int16)))
    recording = Recording(1, row, Track.TO, most=10)
    plane.recordings.start(recording)
    heard = run(plane, 4)[0]
    assert heard[[row, other]][:, [0, 3 * FRAME]].tolist() == [[32767, 30005], [30000, 30000]]
    assert plane.recordings.stop(1).taken()[:: 3 * FRAME].tolist() == [32767, 30005], "its recording has it too"
    plane.echo(row, True)
    plane.echo(row, False)
    plane.echo(row, False)
    assert plane._echoing == 0
    plane.echo(row, True)
    plane.close(row)
    assert plane._echoing == 0 and plane.heeded().tolist() == [True]


def test_what_was_long_ago_does_not_come_out_of_a_loop(plane):
    near, far = plane.open(), plane.open()
    plane.loops.connect(near, far)
    plane.to_legs.play(near, plane.arena.load(np.full(200 * FRAME, 9, np.int16)), order=4)
    plane.step()
    assert plane.quiet() == 199 and plane.step(frames=199)[1] == [Played(near, 4)]
    recording = Recording(1, far, Track.FROM, most=2)
    plane.recordings.start(recording)
    run(plane, 2)
    assert not recording.taken().any()


def test_whose_voice_matters(plane):
    rows = [plane.open() for _ in range(8)]
    plane.close(rows[0])
    assert not plane.heeded().any()
    plane.echo(plane.open(), True)
    plane.listens[rows[1]] = True
    plane.levels.ask(rows[2], True)
    plane.tell_silence(rows[3], 5)
    plane.tap(rows[4], "from")
    plane.tap(rows[7], "to")
    plane.rooms.join(rows[5], 1)
    plane.recordings.start(Recording(1, rows[6], Track.DUAL, most=10))
    plane.recordings.start(Recording(2, rows[7], Track.TO, most=10))
    assert plane.heeded().tolist() == [True] * 7 + [False]


def test_what_nobody_hears_passes_at_once(plane):
    """Half an hour of hold music takes milliseconds."""
    row, talker = plane.open(), plane.open()
    for one in (row, talker):
        plane.rooms.join(one, 1)
    music = plane.arena.load(np.arange(3 * FRAME).astype(np.int16))
    plane.to_legs.play(row, music, times=0)
    plane.from_legs.play(talker, plane.arena.load(np.zeros(900 * FRAME, np.int16)), order=3)
    announcement = Announcement(1, plane.arena.load(np.zeros(700 * FRAME, np.int16)), order=4)
    plane.announcements.start(announcement)
    steps, done, told = 0, 0, []
    while done < 90_000:
        k = min(plane.quiet(), 90_000 - done)
        heard, events = plane.step(frames=k)
        steps, done = steps + 1, done + k
        told += [(done, event) for event in events]
    assert steps == 3 and told == [(700, Announced(announcement)), (900, Said(talker, 3))]
    assert heard.shape == (2, 0, FRAME)
    plane.to_legs.play(talker, plane.arena.load(np.zeros(FRAME, np.int16)), order=9)
    heard, events = plane.step()
    assert events == [Played(talker, 9)]
    assert (heard[0].ravel() == np.arange(FRAME)).all(), "the music is where it would be: it has three frames"
