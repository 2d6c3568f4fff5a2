import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.events import PhonePressed, PhoneReleased
from hoyhoy.exchange.leg import Cause, LegState, UserMessage
from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.sound import Speech
from hoyhoy.lines.simulated.leg import KEPT_MESSAGES, SimulatedLeg
from hoyhoy.speech.placeholder import murmur
from hoyhoy.wire.errors import Fault
from tests.exchange.world import stage


@pytest.fixture
async def clock():
    made = VirtualClock(0.0)
    yield made
    await made.close()


@pytest.fixture
async def media(clock):
    return stage(clock, SeededChance(1)).open("AC")


async def test_what_it_hears_is_kept_with_times(clock, media):
    told = []
    leg = SimulatedLeg(clock, media, "+14155550123", told.append, outgoing=True)
    assert leg.pick_up()
    clock.spawn(leg.play(Prompt(Speech("Hello there", ""), murmur("Hello there"))), "play")
    await clock.advance(10)
    assert [(heard.kind, heard.text, heard.at, heard.seconds) for heard in leg.heard] == [
        ("speech", "Hello there", 0.0, 0.73)
    ]


async def test_keys_arrive_a_quarter_of_a_second_apart(clock, media):
    told = []
    leg = SimulatedLeg(clock, media, "+14155550123", told.append, outgoing=True)
    leg.pick_up()
    moments = []
    leg.on_key = lambda key: moments.append((clock.now(), key))
    clock.spawn(leg.press("12w3"), "press")
    await clock.advance(10)
    assert moments == [(0, "1"), (0.25, "2"), (0.75, "3")]
    assert [leg.keys.get_nowait() for _ in range(3)] == ["1", "2", "3"]
    assert PhonePressed(phone="+14155550123", keys="12w3") in told


async def test_a_released_leg_takes_nothing_more(clock, media):
    told = []
    leg = SimulatedLeg(clock, media, "+14155550123", told.append, outgoing=True)
    leg.pick_up()
    assert leg.put_down()
    assert not leg.put_down() and not leg.pick_up()
    await leg.hang_up(Cause.FAILED)
    await leg.press("1")
    assert leg.keys.empty() and leg.state is LegState.RELEASED and leg.cause is Cause.NORMAL
    assert [type(event) for event in told].count(PhoneReleased) == 1


async def test_an_incoming_leg_is_answered_by_the_exchange_only(clock, media):
    leg = SimulatedLeg(clock, media, "+14155550123", lambda event: None, outgoing=False)
    assert leg.state is LegState.RINGING and not leg.pick_up()
    await leg.answer()
    assert await leg.reached(LegState.ANSWERED) is LegState.ANSWERED


async def test_the_program_of_a_client_takes_and_sends_messages(clock, media):  # voice 13.3
    leg = SimulatedLeg(clock, media, "client:alice", lambda event: None, outgoing=True)
    said, takes = [], True
    leg.on_message = lambda message: said.append(message.content) or takes
    leg.ring()
    assert not leg.send_message("early")
    leg.pick_up()
    assert leg.send_message("{}") and said == ["{}"]
    takes = False
    with pytest.raises(Fault, match="32705"):
        leg.send_message("{}")
    for number in range(KEPT_MESSAGES + 1):
        leg.tell(UserMessage(f"KX{number:032x}", str(number)))
    assert [one.content for one in leg.messages] == [str(number) for number in range(1, KEPT_MESSAGES + 1)]
    leg.put_down()
    assert not leg.send_message("late")


async def test_the_program_that_calls_sends_messages_while_it_rings(clock, media):  # voice 13.3
    leg = SimulatedLeg(clock, media, "client:alice", lambda event: None, outgoing=False)
    assert not leg.send_message("{}")  # no call of the exchange's takes it yet
    leg.on_message = lambda message: True
    assert leg.send_message("{}")


async def test_a_telephone_has_no_program(clock, media):
    leg = SimulatedLeg(clock, media, "+14155550123", lambda event: None, outgoing=True)
    leg.pick_up()
    assert not leg.has_program
    with pytest.raises(Fault, match="32704"):
        leg.tell(UserMessage("KX", "{}"))
    with pytest.raises(Fault, match="32704"):
        leg.send_message("{}")
