"""voice 2.12"""

import numpy as np

from hoyhoy.audio import FRAME, RATE
from hoyhoy.exchange.events import PhoneHeard, VerbStarted
from hoyhoy.exchange.leg import LegState
from hoyhoy.exchange.media import Track
from hoyhoy.exchange.ports import Webhook
from hoyhoy.speech.placeholder import murmur
from tests.media.stage import Reel


async def test_the_caller_hears_himself_until_he_hangs_up(exchange):
    exchange.app.pages["http://app/start"] = "<Response><Echo/><Say>never</Say></Response>"
    phone = exchange.phone(
        "+14155550123", {"wait": 1.0, "say": "Hello myself"}, {"wait": 20.0, "say": "Still here"}, {"hang_up": True}
    )
    sid = exchange.place()
    await exchange.until(VerbStarted)
    heard, said = Reel(), Reel()
    leg = phone.calls[0].leg
    leg.media.record(Track.TO, 60, heard)
    leg.media.record(Track.FROM, 60, said)
    await exchange.run()
    assert (await exchange.row("calls", sid))["status"] == "completed"
    words = murmur("Hello myself")
    first = int(np.flatnonzero(words)[0])
    began, back = (int(np.flatnonzero(reel.samples)[0]) - first for reel in (said, heard))
    assert 0 <= back - began <= FRAME and abs(began - RATE) <= 2 * FRAME
    assert np.array_equal(said.samples[began:][: len(words)], words)
    assert np.array_equal(heard.samples[back:][: len(words)], words)
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Hello myself", "Still here"]
    assert [event.verb for event in exchange.events(VerbStarted)] == ["Echo"]


async def test_an_order_ends_it_and_the_caller_hears_himself_no_more(exchange):
    exchange.app.pages |= {
        "http://app/start": "<Response><Echo/></Response>",
        "http://app/next": '<Response><Pause length="10"/></Response>',
    }
    phone = exchange.phone("+14155550123", {"wait": 10.0, "say": "Is anybody there?"})
    sid = exchange.place()
    await exchange.until(VerbStarted)
    heard = Reel()
    phone.calls[0].leg.media.record(Track.TO, 60, heard)
    await exchange.run(5)
    exchange.switchboard.redirect_call(sid, webhook=Webhook("http://app/next"))
    await exchange.run()
    assert heard.seconds > 10 and not heard.samples.any()
    assert not exchange.events(PhoneHeard)


async def test_echoes_at_both_ends_of_a_call(exchange):
    """What one says comes back to the other once, and does not go round for ever."""
    exchange.app.pages["http://app/in"] = "<Response><Echo/></Response>"
    exchange.own(voice_url="http://app/in")
    exchange.place(to="+15005550006", twiml="<Response><Echo/></Response>")
    await exchange.run(5)
    ends = [call.line for call in exchange.switchboard.facilities.calls.values()]
    told = []
    for end in ends:
        before = end.on_words
        end.on_words = lambda words, before=before: (told.append(words), before(words))
    ends[0]._spoke("Hello")
    await exchange.run(5)
    assert len(ends) == 2 and told == ["Hello"] * 3  # it said so, there and back
    assert ends[0].state is LegState.ANSWERED


async def test_it_answers_a_caller(exchange):
    exchange.app.pages["http://app/in"] = "<Response><Echo/></Response>"
    exchange.own(voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone("+14155550123", {"wait": 3.0, "hang_up": True}), "+15005550006")
    await exchange.run()
    row = await exchange.row("calls", call.sid)
    assert row["status"] == "completed" and row["duration"] == 3
