"""Jitter rings against a far end in memory: loss, order, doubles, jitter, drift, packet lengths, silence gaps."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, g711
from hoyhoy.media.jitter import DELAY, FULLEST, Jitter

ROW = np.array([1], np.intp)
LAW = g711.Law.ALAW


def speech(seconds=2.0, seed=1):
    """Something that is nowhere like itself, companded once so that it can come back exactly."""
    noise = np.random.default_rng(seed).normal(0, 4000, round(seconds * RATE)).clip(-30000, 30000).astype(np.int16)
    return g711.decode(g711.encode(noise, LAW), LAW)


def packets(sound, length=160, start=1000):
    """(Sending time in samples, timestamp, octets) of each packet."""
    octets = g711.encode(sound, LAW)
    return [
        (at + length, (start + at) % 2**32, octets[at : at + length])
        for at in range(0, len(octets) - length + 1, length)
    ]


def play(arriving, frames, jitter=None):
    """What is heard in so many frames; `arriving` holds (time of arrival in samples, timestamp, octets)."""
    jitter = jitter or Jitter(3)
    waiting = sorted(arriving, key=lambda one: one[0])
    heard = []
    for tick in range(frames):
        while waiting and waiting[0][0] <= (tick + 1) * FRAME:
            _, timestamp, octets = waiting.pop(0)
            jitter.put(ROW, np.array([timestamp]), octets[None, :], LAW)
        out = jitter.take(np.arange(3))
        assert not out[0].any() and not out[2].any(), "other legs hear nothing of it"
        heard.append(out[1])
    return np.concatenate(heard), jitter


def found(sound, heard):
    """Where `sound` lies in what was heard, exactly; -1 when it does not."""
    first = sound[:40].tobytes()
    at = heard.tobytes().find(first)
    return at // 2 if at >= 0 and (heard[at // 2 : at // 2 + len(sound)] == sound).all() else -1


@pytest.mark.parametrize("length", [80, 160, 240, 320, 480])
def test_packets_of_any_length(length):
    sound = speech(1.2)[: 480 * 20]
    heard, jitter = play(packets(sound, length), 80)
    assert 0 <= found(sound, heard) <= DELAY + 480
    assert jitter.late[1] == 0


def test_timestamps_may_begin_anywhere_and_wrap():
    sound = speech(1.0)
    for start in (0, 2**32 - 3 * 160, 2**31 - 400, 7):
        assert found(sound, play(packets(sound, start=start), 60)[0]) >= 0


def test_jitter_within_the_delay_is_not_heard():
    random, sound = np.random.default_rng(3), speech(4.0)
    late = [(at + int(random.integers(0, DELAY - FRAME)), *rest) for at, *rest in packets(sound)]
    late[0] = packets(sound)[0]
    heard, jitter = play(late, 210)
    assert found(sound, heard) >= 0 and jitter.late[1] == 0


def test_out_of_order_and_doubled():
    sound, order = speech(1.0), packets(speech(1.0))
    for i in range(4, len(order) - 1, 5):
        (one, *first), (two, *second) = order[i], order[i + 1]
        order[i], order[i + 1] = (one, *second), (two, *first)
    assert found(sound, play([*order, *order[::3]], 60)[0]) >= 0


def test_a_lost_packet_is_concealed_and_nothing_moves():
    sound, sent = speech(1.0), packets(speech(1.0))
    del sent[20]
    heard, jitter = play(sent, 60)
    start = found(sound[: 20 * FRAME], heard)
    gap = heard[start + 20 * FRAME : start + 21 * FRAME]
    assert (gap == sound[19 * FRAME : 20 * FRAME] // 2).all(), "the last frame again, fainter"
    assert (heard[start + 21 * FRAME : start + 50 * FRAME] == sound[21 * FRAME :]).all()
    assert jitter.concealed[1] >= 1


def test_a_long_gap_becomes_silence_and_speech_comes_back_at_once():
    one, two = speech(0.5, 1), speech(0.5, 2)
    for gap in (0.2, 0.4, 0.7, 3.0, 60.0):
        quiet = round(gap * RATE / FRAME) * FRAME
        later = [(at + len(one) + quiet, (ts + len(one) + quiet) % 2**32, octets) for at, ts, octets in packets(two)]
        heard, _ = play([*packets(one), *later], (2 * len(one) + quiet) // FRAME + 10)
        first, second = found(one, heard), found(two, heard)
        assert first >= 0 and second >= 0, gap
        assert abs(second - first - len(one) - quiet) <= 2 * FRAME, "no delay is added"


def test_a_new_stream_begins_at_once():
    one, two = speech(0.5, 1), speech(0.5, 2)
    later = [(at + len(one), ts, octets) for at, ts, octets in packets(two, start=3_000_000_000)]
    heard, _ = play([*packets(one), *later], 60)
    assert found(two, heard) >= 0


@pytest.mark.parametrize("faster", [1.001, 0.999])
def test_the_far_clock_may_be_off(faster):
    """60 s at 1,000 parts in a million, ten times what a bad crystal does: a frame is lost or made up now and then."""
    sound = speech(60.0)
    sound[(np.arange(len(sound)) // RATE) % 2 == 1] = 0  # every other second is silence, where frames may go
    heard, jitter = play([(at / faster, ts, octets) for at, ts, octets in packets(sound)], 3000)
    assert jitter.late[1] + jitter.concealed[1] < 40
    assert int(jitter._newest[1] - jitter._pointer[1]) <= 2 * FULLEST
    seconds = [found(sound[n * RATE + 800 : n * RATE + 4000], heard) for n in range(0, 58, 2)]
    assert sum(at >= 0 for at in seconds) > 20, "most words are whole"


def test_always_late_packets_are_heard_after_all():
    """The path became slower by 300 ms in the middle."""
    sound = speech(2.0)
    slow = [(at if i < 30 else at + 2400, ts, octets) for i, (at, ts, octets) in enumerate(packets(sound))]
    heard, jitter = play(slow, 130)
    assert found(sound[50 * FRAME :], heard) >= 0 and jitter.late[1] < 40


def test_half_a_frame_that_was_lost_is_not_old_sound():
    loud = np.full(8000, 8000, np.int16)
    sent = packets(loud, 80)
    del sent[61]
    later = [(at + len(loud), ts + len(loud), np.full_like(octets, 0xD5)) for at, ts, octets in packets(loud, 80)]
    del later[1]  # where this half lies in the ring, something loud lay 640 ms ago
    heard, _ = play([*sent, *later], 110)
    quiet = heard[len(loud) + DELAY + 400 :]
    assert np.abs(quiet).max() < 100


def test_a_late_double_after_the_last_word_repeats_nothing():
    sound, sent = speech(0.4), packets(speech(0.4))
    heard, _ = play([*sent, (len(sound) + 10 * FRAME, *sent[-8][1:])], 60)
    start = found(sound, heard)
    assert start >= 0
    after = heard[start + len(sound) + 3 * FRAME :]
    assert not after.any()


def test_odd_packets_keep_frames_whole():
    """Packets of 100 samples, which no slot begins with, cost nobody else anything and are heard."""
    sound = speech(1.0)
    heard, jitter = play(packets(sound, 100), 60)
    assert not (jitter._pointer % 80).any()
    assert np.abs(heard).mean() > 1000


def test_forgotten_means_silent():
    jitter = Jitter(3)
    play(packets(speech(0.2)), 5, jitter)
    jitter.forget(1)
    assert not jitter.take(np.arange(3)).any()


def test_what_nobody_wants_is_not_decoded_and_time_passes_all_the_same():
    sound, jitter = speech(0.4), Jitter(3)
    play(packets(sound)[:4], 4, jitter)
    for _, timestamp, octets in packets(sound)[4:8]:
        jitter.put(ROW, np.array([timestamp]), octets[None, :], LAW)
        assert not jitter.take(np.arange(3), np.zeros(3, np.bool_)).any()
    heard = [jitter.take(np.array([1, 2]), np.array([True, False])) for _ in range(3)]
    assert not np.stack(heard)[:, 1].any()
    assert (heard[0][0] == sound[6 * FRAME : 7 * FRAME]).all() and (heard[1][0] == sound[7 * FRAME : 8 * FRAME]).all()
    assert (heard[2][0] == heard[1][0] // 2).all() and jitter.concealed[1] == 3, "two before the first packet's turn"


def test_both_laws_in_one_frame():
    sound, jitter = speech(0.2), Jitter(2)
    for n, law in enumerate((g711.Law.ULAW, g711.Law.ALAW) * 8):
        octets = g711.encode(sound[n * 80 : n * 80 + 80], law)[None, :]
        jitter.put(ROW, np.array([n * 80]), octets, law)
    heard = np.concatenate([jitter.take(np.arange(2))[1] for _ in range(8)])[FRAME:]  # so much at once hurries it
    laws = np.arange(len(heard)) // 80 % 2
    for law, is_it in ((g711.Law.ULAW, laws == 0), (g711.Law.ALAW, laws == 1)):
        there = g711.decode(g711.encode(sound[: len(heard)], law), law)
        assert (heard[is_it] == there[is_it]).all()


def test_which_frames_came_is_known_and_one_made_up_for_a_lost_one_counts():
    jitter, came = Jitter(3), []
    sent = packets(speech(0.2))
    del sent[4]
    for tick in range(20):
        for _, timestamp, octets in (one for one in sent if one[0] == (tick + 1) * FRAME):
            jitter.put(ROW, np.array([timestamp]), octets[None, :], LAW)
        jitter.take(np.arange(3))
        assert not jitter.arrived[[0, 2]].any()
        came.append(bool(jitter.arrived[1]))
    first = came.index(True)
    assert all(came[first : first + 10]) and not any(came[-3:])
