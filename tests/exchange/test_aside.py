"""voice 2.8, 2.9: documents beside a wait. What may stand in them where is tested with those who wait."""

import asyncio

import pytest

from hoyhoy.exchange.aside import music, wait_by
from hoyhoy.exchange.events import CallMoved, SoundPlayed, VerbStarted
from hoyhoy.exchange.ports import FetchFailed
from hoyhoy.exchange.program import Within
from hoyhoy.wire.errors import Fault

from .meeting import at
from .talking import heard
from .world import PHONE, World

WITHIN = Within(("Say", "Play", "Pause", "Redirect"), 13238)


class Waiting:
    """A call that pauses for an hour, while documents are performed beside that; `ends` is what came of them."""

    def __init__(self, exchange: World) -> None:
        self.exchange = exchange
        self.ends: list[str] = []
        self.begun = 0

    async def starts(self, within: Within = WITHIN, **how) -> None:
        exchange = self.exchange
        exchange.app.pages["http://app/start"] = "<Response><Pause length='3600'/></Response>"
        exchange.phone()
        sid = exchange.place()
        await exchange.until(CallMoved, status="in-progress")
        await exchange.run(1)
        self.call = exchange.switchboard.facilities.calls[sid]
        self.work = exchange.clock.spawn(self._wait(within, how), "wait")

    async def _wait(self, within: Within, how) -> None:
        try:
            await wait_by(self.call, at("wait"), within, begun=self._begin, **how)
            self.ends.append("ran out")
        except Fault as fault:
            self.ends.append(str(fault.code))

    def _begin(self) -> None:
        self.begun += 1


async def test_documents_one_after_another(exchange):
    waiting = Waiting(exchange)
    exchange.app.pages |= {
        "http://app/wait": "<Response><Say>One</Say><Redirect method='GET'>/next</Redirect><Say>Never</Say></Response>",
        "http://app/next": "<Response><Say>Two</Say></Response>",
    }
    await waiting.starts(params=lambda: (("QueuePosition", str(1 + waiting.begun)),))
    await exchange.run(5)
    assert heard(exchange, PHONE) == ["One", "Two"] and waiting.ends == ["ran out"] and waiting.begun == 2
    asked = [(one.method, dict(one.params)) for one in exchange.app.asked[1:]]
    assert [(method, params["QueuePosition"]) for method, params in asked] == [("POST", "1"), ("GET", "2")]
    assert asked[0][1] | {"CallSid": waiting.call.sid, "CallStatus": "in-progress"} == asked[0][1]
    assert waiting.call.place.url == "http://app/start" and waiting.call.asked.url == "http://app/start"


async def test_again(exchange):
    waiting = Waiting(exchange)
    exchange.app.pages["http://app/wait"] = "<Response><Say>Hold on</Say><Pause length='9'/></Response>"
    await waiting.starts(again=True)
    await exchange.run(25)
    assert len(heard(exchange, PHONE)) == waiting.begun == 3 and waiting.ends == []


async def test_again_and_again_without_a_sound_ends(exchange):
    waiting = Waiting(exchange)
    exchange.app.pages["http://app/wait"] = "<Response/>"
    await waiting.starts(again=True)
    await exchange.run(1)
    assert waiting.ends == ["11215"]


@pytest.mark.parametrize(("page", "code"), [(None, "11200"), ("<Response>", "12100"), ("", "12100")])
async def test_a_document_that_cannot_be_had_or_read(exchange, page, code):
    waiting = Waiting(exchange)
    if page is not None:
        exchange.app.pages["http://app/wait"] = page
    await waiting.starts()
    await exchange.run(1)
    assert waiting.ends == [code] and waiting.begun == 0
    assert waiting.call.place.url == "http://app/start"


async def test_a_sound_that_is_not_there_ends_nothing(exchange):
    waiting = Waiting(exchange)
    exchange.app.pages |= {
        "http://app/wait": "<Response><Play>/gone.mp3</Play><Say>Never mind</Say></Response>",
        "http://app/gone.mp3": FetchFailed(11200, "HTTP 404"),
    }
    await waiting.starts()
    await exchange.run(5)
    assert heard(exchange, PHONE) == ["Never mind"] and waiting.ends == ["ran out"]


async def test_a_cancelled_wait_leaves_the_call_as_it_was(exchange):
    waiting = Waiting(exchange)
    exchange.app.pages["http://app/wait"] = "<Response><Say>A long speech that nobody hears to its end</Say></Response>"
    await waiting.starts()
    await exchange.run(0.5)
    waiting.work.cancel()
    await asyncio.gather(waiting.work, return_exceptions=True)
    assert waiting.call.place.url == "http://app/start"
    assert [one.whole for one in exchange.events(SoundPlayed)] == [False]
    assert [one.verb for one in exchange.events(VerbStarted)] == ["Pause", "Say"]


async def test_music(exchange):
    waiting = Waiting(exchange)
    exchange.app.pages["http://app/wait"] = "<Response/>"
    await waiting.starts()
    await exchange.run(1)
    work = exchange.clock.spawn(music(waiting.call), "music")
    await exchange.run(100)
    assert heard(exchange, PHONE, "tone") == ["music", "music"]
    work.cancel()
    await exchange.run(1)
    assert [(one.text, one.seconds) for one in exchange.events(SoundPlayed)] == [("music", 100.0)]
