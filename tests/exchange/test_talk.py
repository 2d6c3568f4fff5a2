"""voice 2.7: two calls that are put through to one another."""

from hoyhoy.exchange.bridge import Bridge
from hoyhoy.exchange.events import CallBridged
from hoyhoy.exchange.talk import pass_keys, talking

from .talking import ANN, BOB, application, calls_in, heard, notices, on, presses, says
from .waiting_room import call_of, facilities, furnish, waits


async def two(exchange):
    furnish(exchange, 'waitUrl=""')
    await waits(exchange, ANN, BOB)
    return [facilities(exchange).calls[call_of(exchange, phone)] for phone in (ANN, BOB)]


async def test_they_hear_one_another_inside_of_it_and_not_after(exchange):
    ann, bob = await two(exchange)
    async with talking(ann, bob, Bridge(facilities(exchange).plane)):
        says(exchange, ANN, "Hello")
        says(exchange, BOB, "Good day")
        await exchange.run(1)
    says(exchange, ANN, "Bob?")
    await exchange.run(1)
    assert (heard(exchange, BOB), heard(exchange, ANN)) == (["Hello"], ["Good day"])
    assert [one.other for one in exchange.events(CallBridged)] == [bob.sid, ann.sid]


async def test_keys_of_before_are_for_nobody(exchange):
    ann, bob = await two(exchange)
    presses(exchange, BOB, "7")
    await exchange.run(1)
    async with talking(ann, bob, Bridge(facilities(exchange).plane)):
        presses(exchange, BOB, "8")
        await exchange.run(1)
    assert heard(exchange, ANN) == ["8"]


async def test_who_is_out_of_the_bridge_before_stays_out(exchange):
    ann, bob = await two(exchange)
    bridge, other = Bridge(facilities(exchange).plane), Bridge(facilities(exchange).plane)
    async with talking(ann, bob, bridge):
        bridge.leave(bob.line)
        other.join(bob.line)
    assert list(bridge) == [] and list(other) == [bob.line]


async def test_keys_go_to_whoever_he_talks_with_then(exchange):
    ann, bob = await two(exchange)
    partner = None
    passing = ann.spawn(pass_keys(ann, lambda: partner, star_ends=True), "keys")
    presses(exchange, ANN, "1")
    await exchange.run(1)
    partner = bob
    presses(exchange, ANN, "2")
    await exchange.run(1)
    assert heard(exchange, BOB) == ["2"] and not passing.done()
    presses(exchange, ANN, "*")
    await exchange.run(1)
    assert heard(exchange, BOB) == ["2"] and passing.done()


async def test_a_star_is_a_key_like_any_other_where_it_ends_nothing(exchange):
    ann, bob = await two(exchange)
    passing = ann.spawn(pass_keys(ann, lambda: bob), "keys")
    presses(exchange, ANN, "*")
    await exchange.run(1)
    assert heard(exchange, BOB) == ["*"] and not passing.done()


async def test_a_key_that_is_no_sound_is_made_one(exchange):
    ann, bob = await two(exchange)
    on(exchange, ANN).sounds_keys = False
    passing = ann.spawn(pass_keys(ann, lambda: bob), "keys")
    presses(exchange, ANN, "5")
    await exchange.run(1)
    assert heard(exchange, BOB) == ["5"] and not passing.done()


async def test_talks_that_take_no_time_do_not_go_round_for_ever(exchange):
    """An application that answers and is gone at once, dialled by a document that leads to itself (2.11)."""
    gone = "<Response><Dial><Queue>nobody</Queue></Dial></Response>"
    sid = application(exchange, voice_url="http://app/app")
    dial = f'<Dial action="/in"><Application>{sid}</Application></Dial>'
    calls_in(exchange, dial, app=gone)
    await exchange.run(60)
    assert notices(exchange).count(11215) == 1 and not exchange.switchboard.facilities.calls
    assert len(exchange.app.asked) < 300
