"""A browser's leg as the exchange holds it (reference webrtc-leg.md 3)."""

import asyncio

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.media import NoRoom, Visitor
from hoyhoy.media import orders
from hoyhoy.media.board import Board

from .stage import stage
from .test_board import Post

PLACES = (("127.0.0.1", 10000), ("192.0.2.7", 10000))
THEM = Visitor("them", (("sha-256", "AB:CD"),), events=126)


class Call:
    """A leg of a board whose plane only listens."""

    def __init__(self, board, post, stream):
        self.board, self.post, self.stream = board, post, stream
        self.told = []
        stream.on_connected = lambda: self.told.append("connected")
        stream.on_failed = lambda why: self.told.append(f"failed: {why}")
        stream.on_lost = lambda: self.told.append("lost")
        stream.on_quality = lambda quality: self.told.append(quality.received)

    @property
    def last(self):
        return self.post.orders[-1]

    def hear(self, kind, **fields):
        self.post.hear(kind(leg=self.stream.number, **fields))


@pytest.fixture
async def call():
    clock = VirtualClock(0.0)
    board = Board(clock, SeededChance(1))
    post = board.add(Post)
    opening = clock.spawn(board.open_secure("AC"), "open")
    await clock.settle()
    [asked] = post.orders
    post.hear(orders.Opened(leg=asked.leg, port=0, fingerprint="AB", places=PLACES))
    yield Call(board, post, await opening)
    await clock.close()


async def test_its_door_is_known_when_it_is_there(call):
    [asked] = call.post.orders
    door = call.stream.door
    assert isinstance(asked, orders.OpenSecure) and asked.sequence < 2**15
    assert (door.ufrag, door.password, door.ssrc) == (asked.ufrag, asked.password, asked.ssrc)
    assert (door.fingerprint, door.places) == ("AB", PLACES)


async def test_credentials_are_long_enough_and_of_characters_that_browsers_take(call):
    """RFC 8839 5.4."""
    door = call.stream.door
    assert 4 <= len(door.ufrag) <= 256 and 22 <= len(door.password) <= 256
    assert (door.ufrag + door.password).isalnum() and (door.ufrag + door.password).isascii()


async def test_who_may_come_is_told_to_the_plane(call):
    call.stream.admit(THEM)
    assert call.last == orders.Admit(
        leg=call.stream.number, ufrag="them", fingerprints=(("sha-256", "AB:CD"),), is_active=True, events=126
    )
    call.stream.admit(Visitor("them", THEM.fingerprints, is_active=False))
    assert (call.last.is_active, call.last.events) == (False, -1)


async def test_another_door_differs_in_its_credentials_alone(call):
    before = call.stream.door
    after = call.stream.move()
    assert after is call.stream.door and after.ufrag != before.ufrag and after.password != before.password
    assert (after.fingerprint, after.places, after.ssrc) == (before.fingerprint, before.places, before.ssrc)
    assert call.last == orders.Move(leg=call.stream.number, ufrag=after.ufrag, password=after.password)
    call.stream.move(anew=True)
    assert call.last.anew


async def test_it_tells_when_its_far_end_has_come_and_when_that_is_gone(call):
    call.hear(orders.Connected)
    assert call.told == ["connected"] and not call.stream.is_closed
    call.hear(orders.Failed, why="gone")
    assert call.told == ["connected", "failed: gone", "lost"] and call.stream.is_closed
    assert call.last == orders.Close(leg=call.stream.number)
    call.hear(orders.Failed, why="gone")
    call.hear(orders.Closed, received=7)
    assert call.told == ["connected", "failed: gone", "lost", 7] and call.board.legs == 0


async def test_a_leg_is_given_up_even_if_nobody_takes_its_failure(call):
    def fails(why):
        raise RuntimeError(why)

    call.stream.on_failed = fails
    with pytest.raises(RuntimeError):
        call.hear(orders.Failed, why="gone")
    assert call.stream.is_closed and call.told == ["lost"]


async def test_after_it_was_closed_nothing_more_is_told_but_its_last_figures(call):
    call.stream.close()
    for kind, fields in ((orders.Connected, {}), (orders.Failed, {"why": "gone"}), (orders.Closed, {"received": 7})):
        call.hear(kind, **fields)
    assert call.told == [7]


async def test_what_it_hears_without_anybody_who_listens_is_no_error(call):
    call.stream.on_connected = call.stream.on_failed = call.stream.on_lost = None
    call.hear(orders.Connected)
    call.hear(orders.Failed, why="gone")
    assert call.stream.is_closed


async def test_a_plane_that_is_gone_is_no_failure_of_the_far_end(call):
    call.post.lost()
    assert call.told == ["lost"]


async def test_keys_are_played_to_a_browser_as_tones(call):
    """Browsers send telephone-events and play none."""
    call.stream.admit(THEM)
    sending = asyncio.ensure_future(call.stream.send_keys("1"))
    await asyncio.sleep(0)
    assert isinstance(call.last, orders.Play)
    sending.cancel()


async def test_without_a_network_there_is_no_such_leg():
    async with stage() as (clock, board, _):
        opening = clock.spawn(board.open_secure("AC"), "open")
        await clock.settle()
        with pytest.raises(NoRoom, match="needs a network, and this plane has no sockets"):
            opening.result()
        assert board.legs == 0
