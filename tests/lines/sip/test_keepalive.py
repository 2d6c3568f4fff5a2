from dataclasses import replace

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.lines.sip.alarm import ClockAlarm
from hoyhoy.lines.sip.bindings import Binding
from hoyhoy.lines.sip.keepalive import EVERY, Keepalive
from hoyhoy.lines.sip.target import Target
from hoyhoy.wire.sip import address
from hoyhoy.wire.sip.transaction import Failure

from .town import PHONE, PostOffice

BINDING = Binding(
    7,
    address.parse("<sip:alice@10.0.0.5;ob>"),
    PHONE,
    (address.parse("<sip:edge.example.com;lr>"),),
    "call",
    1,
    600.0,
)


@pytest.fixture
async def clock():
    made = VirtualClock(1000)
    yield made
    await made.close()


@pytest.fixture
def post() -> PostOffice:
    return PostOffice()


@pytest.fixture
def gone() -> list[int]:
    return []


@pytest.fixture
def keepalive(clock, post, gone):
    made = Keepalive(post, ClockAlarm(clock), SeededChance(1), gone.append)
    yield made
    made.stop()


async def test_it_asks_where_the_phone_was_last(keepalive, clock, post):
    keepalive.watch(BINDING)
    await clock.advance(EVERY)
    (letter,) = post.sent
    assert letter.targets == [PHONE]
    asked = letter.request
    assert (asked.method, str(asked.uri)) == ("OPTIONS", "sip:alice@10.0.0.5;ob")
    assert asked.headers.all("Route") == ["<sip:edge.example.com;lr>"]
    assert str(asked.to) == "<sip:alice@10.0.0.5>"
    assert asked.from_.tag


async def test_whatever_answers_is_there(keepalive, clock, post, gone):
    keepalive.watch(BINDING)
    for status in (200, 404, 405, 481, 500, 503):
        await clock.advance(EVERY)
        post.sent[-1].hear(post.sent[-1].request.respond(100))
        post.sent[-1].answer(status)
    assert (len(post.sent), gone) == (6, [])


async def test_three_silences(keepalive, clock, post, gone):
    keepalive.watch(BINDING)
    for answered in (False, False, True, False, False, False):
        assert gone == []
        await clock.advance(EVERY)
        post.sent[-1].answer(200) if answered else post.sent[-1].get_lost()
    assert gone == [7]
    assert keepalive.count == 0
    await clock.advance(10 * EVERY)
    assert len(post.sent) == 6


async def test_a_connection_that_is_gone(keepalive, clock, post, gone):
    keepalive.watch(BINDING)
    keepalive.watch(replace(BINDING, number=8, target=Target("tcp", "198.51.100.7", 41000, flow=3)))
    await clock.advance(EVERY)
    for letter in post.sent:
        letter.get_lost(Failure.TRANSPORT)
    assert gone == [8]


async def test_one_question_at_a_time(keepalive, clock, post):
    keepalive.watch(BINDING)
    await clock.advance(3 * EVERY)
    assert len(post.sent) == 1
    post.sent[0].get_lost()
    await clock.advance(EVERY)
    assert len(post.sent) == 2


async def test_who_registers_anew_has_shown_that_it_lives(keepalive, clock, post, gone):
    keepalive.watch(BINDING)
    for _ in range(4):
        for _ in range(2):
            await clock.advance(EVERY)
            post.sent[-1].get_lost()
        keepalive.watch(BINDING)
    assert gone == []
    assert len(post.sent) == 8, "asking goes on at its own pace"


async def test_a_late_silence_is_of_the_binding_before(keepalive, clock, post, gone):
    keepalive.watch(BINDING)
    for _ in range(2):
        await clock.advance(EVERY)
        post.sent[-1].get_lost()
    await clock.advance(EVERY)
    keepalive.watch(BINDING)
    post.sent[-1].get_lost()
    assert gone == []


async def test_forgotten(keepalive, clock, post, gone):
    keepalive.watch(BINDING)
    keepalive.forget(7)
    keepalive.forget(7)
    await clock.advance(EVERY)
    assert post.sent == []


async def test_a_crowd_is_not_asked_at_once(keepalive, clock, post):
    for number in range(50):
        keepalive.watch(Binding(number, BINDING.contact, PHONE, (), "call", 1, 600.0))
    counts = []
    for _ in range(5):
        await clock.advance(EVERY / 10)
        counts.append(len(post.sent))
    assert counts[-1] == 0
    for _ in range(5):
        await clock.advance(EVERY / 10)
        counts.append(len(post.sent) - sum(counts[5:]))
    assert all(2 <= count <= 20 for count in counts[5:]), counts
    assert sum(counts) == 50
