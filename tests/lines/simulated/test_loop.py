from hoyhoy.audio import tones
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.events import CallBridged, InputGathered, KeyPressed, PhoneReleased
from hoyhoy.exchange.leg import Cause, Hearsay, LegState
from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.ports import Dialling
from hoyhoy.exchange.sound import Keys, Speech, Tone
from hoyhoy.exchange.tree import Tree
from hoyhoy.lines.simulated.loop import pair
from tests.exchange.talking import heard
from tests.exchange.world import NUMBER, PHONE, World, stage

SECOND, THIRD, BOB = "+15005550007", "+15005550008", "+14155550200"
HELLO = {"wait": 5.0, "say": "hello"}
FIVE = {"wait": 5.0, "press": "5"}


async def test_two_ends_of_one_call():
    clock = VirtualClock(0.0)
    board = stage(clock, SeededChance(1))
    outgoing = board.open("AC")
    tree = Tree(clock)
    dialling = Dialling("CA", "AC", NUMBER, PHONE, hops=3, tree=tree)
    near, far = pair(clock, outgoing, board.open("AC", loop=outgoing), dialling)
    assert (near.tree, far.tree) == (None, tree)
    assert (near.state, far.state, near.hops, far.hops) == (LegState.TRYING, LegState.RINGING, 0, 3)
    near.rings()
    assert near.state is LegState.RINGING
    await far.answer()
    assert near.state is far.state is LegState.ANSWERED
    words = []
    far.on_words = near.on_words = words.append
    near.overhear("said by somebody else in the call of the near end")
    clock.spawn(near.play(Prompt(Keys("1w2"), tones.keys("1w2"))), "keys")
    played = clock.spawn(near.play(Prompt(Tone("beep"), tones.beep())), "tone")
    said = clock.spawn(far.play(Prompt(Speech("Hello", "Hello"), tones.beep())), "speech")
    await clock.advance(5)
    assert played.done() and said.done() and len(words) == 2 and words[1] == "Hello"
    assert [far.keys.get_nowait() for _ in range(2)] == ["1", "2"]
    await near.hang_up(Cause.NORMAL)
    assert far.state is LegState.RELEASED and far.cause is Cause.NORMAL
    await clock.close()


async def test_a_key_that_was_told_on_is_sent_no_more():
    clock = VirtualClock(0.0)
    board = stage(clock, SeededChance(1))
    outgoing = board.open("AC")
    near, far = pair(clock, outgoing, board.open("AC", loop=outgoing), Dialling("CA", "AC", NUMBER, PHONE))
    await far.answer()
    key = Hearsay.of("5")
    for _ in range(2):
        clock.spawn(near.play(Prompt(Keys(key), tones.keys(key))), "key")
        await clock.advance(5)
        near.overhear_key(key)
    assert far.keys.get_nowait() is key and far.keys.empty() and not far.sounds_keys
    await clock.close()


# Calls that lead back to where they came from ---------------------------------------------------


def room(name: str) -> str:
    return f"<Response><Dial><Conference beep='false' waitUrl=''>{name}</Conference></Dial></Response>"


def leads(exchange: World, pages: dict[str, str]) -> None:
    """Numbers of the account and what they do."""
    for number, page in pages.items():
        exchange.app.pages[f"http://app/{number}"] = page
        exchange.own(number, voice_url=f"http://app/{number}")


def calls(exchange: World, *steps: dict, to: str = NUMBER) -> None:
    exchange.network.place_call(exchange.phone(PHONE, *steps, {"wait": 5.0, "hang_up": True}), to)


async def test_a_room_that_is_led_back_into_itself(exchange):
    leads(exchange, {NUMBER: room("a"), SECOND: room("a")})
    exchange.place(to=SECOND, twiml=room("a"))
    calls(exchange, HELLO, FIVE)
    await exchange.run(60)
    assert heard(exchange, PHONE) == ["hello"] * 2 + ["5"] * 2  # as it comes back, from each end
    assert len(exchange.events(KeyPressed)) == 3  # the phone's, and both ends'
    (released,) = exchange.events(PhoneReleased)
    assert released.by == "phone"


async def test_two_rooms_between_which_two_calls_lead(exchange):
    leads(exchange, {NUMBER: room("a"), SECOND: room("b"), THIRD: room("b")})
    for number in (SECOND, THIRD):
        exchange.place(to=number, twiml=room("a"))
    exchange.place(to=BOB, twiml=room("b"))
    calls(exchange, HELLO, FIVE)
    await exchange.run(60)
    assert heard(exchange, BOB) == ["hello"] * 2 + ["5"] * 2  # by each of the two
    assert heard(exchange, PHONE) == ["hello"] * 2 + ["5"] * 2
    assert len(exchange.events(KeyPressed)) == 5


async def test_many_calls_that_lead_back_into_one_room(exchange):
    leads(exchange, {NUMBER: room("a"), SECOND: room("a")})
    for _ in range(120):
        exchange.place(to=SECOND, twiml=room("a"))
    calls(exchange, HELLO, FIVE)
    await exchange.run(60)
    assert heard(exchange, PHONE) == ["hello"] * 240 + ["5"] * 240


async def test_a_conference_behind_a_number(exchange):
    """One call leads on: everybody hears everybody, once."""
    leads(exchange, {NUMBER: f"<Response><Dial>{SECOND}</Dial></Response>", SECOND: room("a")})
    exchange.phone(BOB, {"wait": 20.0, "say": "goodbye"}, {"press": "6"})
    exchange.place(to=BOB, twiml=room("a"))
    calls(exchange, {"wait": 5.0}, HELLO, FIVE, {"wait": 30.0})
    await exchange.run(90)
    assert heard(exchange, BOB) == ["hello", "5"] and heard(exchange, PHONE) == ["goodbye", "6"]


async def test_keys_and_words_by_three_numbers(exchange):
    gather = "<Gather input='dtmf speech' numDigits='2' action='/done'/>"
    leads(
        exchange,
        {
            NUMBER: f"<Response><Dial>{SECOND}</Dial></Response>",
            SECOND: f"<Response><Dial>{THIRD}</Dial></Response>",
            THIRD: f"<Response>{gather}</Response>",
        },
    )
    exchange.app.pages["http://app/done"] = f"<Response>{gather}</Response>"
    calls(exchange, {"wait": 2.0, "press": "55"}, {"wait": 2.0, "say": "hello"}, {"wait": 5.0})
    await exchange.run(60)
    first, second = exchange.events(InputGathered)[:2]
    assert (first.digits, second.speech) == ("55", "hello")


async def test_a_call_that_is_led_back_to_its_own_beginning(exchange):
    """By two numbers of the account, to a room that the caller is in."""
    leads(
        exchange,
        {NUMBER: room("a"), SECOND: f"<Response><Dial>{THIRD}</Dial></Response>", THIRD: room("a")},
    )
    exchange.place(to=SECOND, twiml=room("a"))
    calls(exchange, HELLO, FIVE)
    await exchange.run(60)
    assert exchange.events(CallBridged)
    assert heard(exchange, PHONE) == ["hello"] * 2 + ["5"] * 2
