"""What virtual phones do when they ring (design, the simulated network)."""

import pytest

from hoyhoy.exchange.events import PhoneAnswered, PhoneHeard, PhonePressed, PhoneReleased, PhoneSaid
from hoyhoy.exchange.leg import LegState
from tests.exchange.world import NUMBER, PHONE, World

LONG = '<Response><Say>Welcome to the menu</Say><Pause length="30"/></Response>'


async def ring(exchange: World, *steps: dict, **behaviour) -> str:
    exchange.app.pages["http://app/start"] = LONG
    exchange.phone(PHONE, *steps, **behaviour)
    return exchange.place(timeout=30)


@pytest.mark.parametrize(
    ("behaviour", "answered", "cause", "by"),
    [
        ({}, True, "normal", "exchange"),
        ({"answering": "ring-out"}, False, "canceled", "exchange"),
        ({"answering": "busy"}, False, "busy", "phone"),
        ({"answering": "decline"}, False, "rejected", "phone"),
        ({"answering": "unreachable"}, False, "unreachable", "phone"),
        ({"answering": "manual"}, False, "canceled", "exchange"),
        ({"answering": "fax"}, True, "normal", "exchange"),
        ({"answering": "voicemail"}, True, "normal", "exchange"),
    ],
)
async def test_behaviours(exchange, behaviour, answered, cause, by):
    await ring(exchange, **behaviour)
    await exchange.run()
    assert bool(exchange.events(PhoneAnswered)) is answered
    (released,) = exchange.events(PhoneReleased)
    assert (released.cause, released.by) == (cause, by)


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ({"answering": "voicemail", "greeting": "Ada is out"}, ["Ada is out", "(beep)"]),
        ({"answering": "voicemail"}, ["Please leave a message after the tone.", "(beep)"]),
        ({"answering": "human"}, ["Hello?"]),
        ({"answering": "human", "greeting": "Lovelace"}, ["Lovelace"]),
        ({"answering": "silent", "greeting": "Hello?"}, []),
        ({"answering": "fax"}, ["fax tone"]),
    ],
)
async def test_what_it_says_by_itself_and_then(exchange, behaviour, said):
    await ring(exchange, {"hear": "menu", "wait": 4, "say": "that was all"}, {"hang_up": True}, **behaviour)
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneSaid)] == [*said, "that was all"]
    (released,) = exchange.events(PhoneReleased)
    assert released.by == "phone"


async def test_a_script_hears_waits_presses_speaks_and_hangs_up(exchange):
    await ring(
        exchange, {"hear": "MENU", "wait": 3, "press": "1w2"}, {"say": "thank you"}, {"wait": 1, "hang_up": True}
    )
    await exchange.run()
    at = {type(entry.event): entry.at - exchange.entries[0].at for entry in exchange.entries}
    assert at[PhonePressed] == pytest.approx(2.2 + 3)
    assert [event.keys for event in exchange.events(PhonePressed)] == ["1w2"]
    assert [event.text for event in exchange.events(PhoneSaid)] == ["thank you"]
    (released,) = exchange.events(PhoneReleased)
    assert released.by == "phone"


async def test_a_person_says_hello_before_anything_else(exchange):
    await ring(exchange, {"hear": "menu", "say": "one, please"}, {"hang_up": True}, answering="human")
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneSaid)] == ["Hello?", "one, please"]
    (released,) = exchange.events(PhoneReleased)
    assert released.by == "phone"


async def test_a_call_goes_on_as_it_began(exchange):
    phone = exchange.phone(PHONE, {"say": "as before"}, answer_after=10)
    called = exchange.place(timeout=30, twiml=LONG)
    exchange.own(NUMBER, voice_url="http://app/in")
    exchange.app.pages["http://app/in"] = LONG
    exchange.network.place_call(phone, NUMBER)
    await exchange.run(1)
    exchange.phone(PHONE, {"say": "from the next call on"})
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneSaid)] == ["as before"] * 2
    assert exchange.events(PhoneSaid, called)


async def test_a_script_that_never_hears_its_word_ends_with_the_call(exchange):
    await ring(exchange, {"hear": "something else", "press": "1"})
    await exchange.run()
    assert not exchange.events(PhonePressed)
    assert not [task for task in exchange.clock._tasks if "script" in task.get_name()]


async def test_a_person_answers_a_manual_phone(exchange):
    sid = await ring(exchange, answering="manual")
    await exchange.run(5)
    found = exchange.network.call(sid)
    assert found
    call = found[1]
    assert call.leg.state is LegState.RINGING and call.leg.pick_up()
    assert not call.leg.pick_up()
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Welcome to the menu"]


async def test_it_remembers_its_last_hundred_calls_and_texts(exchange):
    exchange.app.pages["http://app/start"] = "<Response/>"
    phone = exchange.phone()
    for _ in range(105):
        exchange.place()
        exchange.send()
    await exchange.run()
    for _ in range(10):
        exchange.place()
        await exchange.run()
    assert (len(phone.calls), len(phone.texts)) == (100, 100)


async def test_it_forgets_no_call_that_lasts(exchange):
    exchange.app.pages["http://app/start"] = '<Response><Pause length="100"/></Response>'
    phone = exchange.phone()
    sids = [exchange.place() for _ in range(120)]
    await exchange.run(20)
    assert all(exchange.network.call(sid) for sid in sids) and len(phone.calls) == 120


async def test_a_voicemail_that_came_too_late_says_nothing(exchange):
    exchange.phone(answering="voicemail", answer_after=10)
    exchange.place(timeout=5)
    await exchange.run()
    assert not exchange.events(PhoneSaid)
