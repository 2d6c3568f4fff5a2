import itertools

import numpy as np

from hoyhoy.media.clips import Clips
from hoyhoy.media.orders import Drop, Load


def test_a_sound_is_sent_once_and_the_one_not_played_for_longest_makes_room():
    told = []
    clips = Clips(told.append, itertools.count(1), most=3)
    sounds = [np.full(160, i, np.int16) for i in range(4)]
    assert [clips.number(sound) for sound in (*sounds[:3], sounds[0])] == [1, 2, 3, 1]
    assert [type(order) for order in told] == [Load, Load, Load]
    assert clips.number(sounds[3]) == 4
    assert told[3:] == [Drop(clip=2), Load(clip=4, sound=sounds[3].tobytes())]
    assert clips.number(sounds[1]) == 5  # it is loaded anew, under a number of its own


def test_equal_sounds_of_different_making_are_different_clips():
    clips = Clips(lambda order: None, itertools.count(1), most=10)
    assert clips.number(np.zeros(160, np.int16)) != clips.number(np.zeros(160, np.int16))


def test_one_sound_may_be_longer_than_all_that_is_held():
    told = []
    clips = Clips(told.append, itertools.count(1), most=3)
    clips.number(np.zeros(160 * 9, np.int16))
    assert [type(order) for order in told] == [Load]


def test_parts_of_a_sound_are_clips_of_their_own_and_the_same_for_everybody():
    told = []
    clips = Clips(told.append, itertools.count(1), most=3)
    sound = np.arange(480, dtype=np.int16)
    assert [clips.number(sound, *part) for part in ((0, 160), (160, 480), (0, 160))] == [1, 2, 1]
    assert b"".join(order.sound for order in told) == sound.tobytes()
    assert clips.number(sound, 320, 480) == 3 and told[2] == Drop(clip=2)


def test_a_sound_the_plane_refused_is_sent_again():
    told = []
    clips = Clips(told.append, itertools.count(1), most=2)
    sound = np.zeros(320, np.int16)
    clips.refused(clips.number(sound))
    clips.refused(1)
    assert clips.number(sound) == 2 and [type(order) for order in told] == [Load, Load], "it took no room"


def test_after_the_plane_is_gone_everything_is_sent_again():
    told = []
    clips = Clips(told.append, itertools.count(1), most=3)
    sound = np.zeros(160, np.int16)
    clips.number(sound)
    clips.forget()
    assert clips.number(sound) == 2
