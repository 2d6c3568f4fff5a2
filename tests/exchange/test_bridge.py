"""Who hears whose words in a room. Its sound is the plane's (tests/media/test_rooms.py)."""

import pytest

from hoyhoy.audio import tones
from hoyhoy.exchange.bridge import Bridge
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.media import Prompt, Track
from hoyhoy.exchange.sound import Tone
from hoyhoy.lines.simulated.leg import SimulatedLeg

from .world import stage


class Room:
    """A bridge, and legs of virtual phones that are answered."""

    def __init__(self) -> None:
        self.clock = clock = VirtualClock(0.0)
        self.board = stage(clock, SeededChance(1))
        self.bridge = Bridge(self.board)
        self.legs = [
            SimulatedLeg(clock, self.board.open("AC"), name, lambda event: None, outgoing=True) for name in "abc"
        ]
        for leg in self.legs:
            leg.pick_up()

    def heard(self, speaker: SimulatedLeg) -> str:
        """Who hears something that one of them says."""
        before = [len(leg.heard) for leg in self.legs]
        speaker._spoke("Hello")
        return "".join(leg.phone for leg, count in zip(self.legs, before, strict=True) if len(leg.heard) > count)


@pytest.mark.parametrize(
    ("how", "a_is_heard", "b_is_heard"),
    [({}, "bc", "ac"), ({"muted": True}, "", "ac"), ({"held": True}, "", "c")],
)
async def test_everybody_hears_the_others(how, a_is_heard, b_is_heard):
    room = Room()
    a, b, c = room.legs
    room.bridge.join(a, **how)
    room.bridge.join(b)
    room.bridge.join(c)
    assert (room.heard(a), room.heard(b), len(room.bridge)) == (a_is_heard, b_is_heard, 3)


async def test_who_coaches_is_heard_by_one_alone():
    room = Room()
    a, b, c = room.legs
    for leg in (b, c):
        room.bridge.join(leg)
    room.bridge.join(a, coaches=c)
    assert (room.heard(a), room.heard(b)) == ("c", "ac")


async def test_taking_part_changes():
    room = Room()
    a, b, _ = room.legs
    room.bridge.join(a, muted=True)
    room.bridge.join(b)
    assert room.heard(a) == ""
    room.bridge.join(a)
    assert room.heard(a) == "b" and list(room.bridge) == [a, b]


async def test_who_left_neither_hears_nor_is_heard():
    room = Room()
    a, b, c = room.legs
    for leg in room.legs:
        room.bridge.join(leg)
    room.bridge.leave(a)
    room.bridge.leave(a)
    assert (room.heard(a), room.heard(b), a.on_words, list(room.bridge)) == ("", "c", None, [b, c])


class Reel:
    """A tape in memory."""

    def __init__(self) -> None:
        self.sound = b""

    def write(self, sound: bytes) -> None:
        self.sound += sound


async def test_the_sound_goes_with_the_words():
    room = Room()
    a, b, c = room.legs
    reels = [Reel(), Reel()]
    for leg in room.legs:
        room.bridge.join(leg)
    for leg, reel in zip((b, c), reels, strict=True):
        leg.media.record(Track.TO, 1, reel)
    room.bridge.leave(c)
    room.clock.spawn(a.media.say(tones.beep()), "a")
    await room.clock.advance(2)
    assert [any(reel.sound) for reel in reels] == [True, False] and len(reels[1].sound) == 16000
    await room.clock.close()


async def test_who_hung_up_hears_nothing():
    room = Room()
    a, b, _ = room.legs
    for leg in room.legs:
        room.bridge.join(leg)
    b.put_down()
    assert room.heard(a) == "c"


async def test_announced_to_all_who_are_not_held():
    room = Room()
    a, b, c = room.legs
    reels = [Reel(), Reel(), Reel()]
    for leg, reel in zip(room.legs, reels, strict=True):
        room.bridge.join(leg, held=leg is b, muted=leg is c)
        leg.media.record(Track.TO, 1, reel)
    room.bridge.announce("AC", Prompt(Tone("beep"), tones.beep()))
    await room.clock.advance(2)
    assert [any(reel.sound) for reel in reels] == [True, False, True]
    assert [[one.text for one in leg.heard] for leg in (a, b, c)] == [["beep"], [], ["beep"]]
    await room.clock.close()
