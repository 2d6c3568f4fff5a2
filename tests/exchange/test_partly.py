"""What is said, told while it goes on (voice 2.4); Gather's own tests have the whole of it."""

import asyncio

from hoyhoy.exchange import partly
from hoyhoy.exchange.partly import LOOK, tell_partly
from hoyhoy.exchange.ports import RecognitionFailed, Webhook
from hoyhoy.speech import asking

from .test_recording import talking


class Hearing:
    """An ear that has understood one text more at each look."""

    has_words = False

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)

    async def so_far(self) -> str:
        if not self.texts:
            raise RecognitionFailed("Nobody is there.")
        return self.texts.pop(0)


async def test_each_result_is_told_once_and_numbered(exchange):
    sid = await talking(exchange)
    call = exchange.switchboard.facilities.calls[sid]
    began = exchange.clock.now()
    ear = Hearing("", "one", "one", "one two", "three")
    work = call.spawn(tell_partly(call, ear, Webhook("http://app/part", "GET"), str.upper), "partial results")
    await exchange.run(20)
    assert work.done()  # with the recogniser
    told = [dict(one.params) for one in exchange.callbacks if one.url == "http://app/part"]
    names = ("SequenceNumber", "UnstableSpeechResult", "StableSpeechResult", "CallSid", "CallStatus")
    assert [tuple(one[name] for name in names) for one in told] == [
        ("0", "ONE", "", sid, "in-progress"),
        ("1", "ONE TWO", "ONE", sid, "in-progress"),
        ("2", "THREE", "", sid, "in-progress"),
    ]
    at = [e.at - began for e in exchange.entries if type(e.event).__name__ == "SpeechHeard"]
    assert at == [LOOK, 3 * LOOK, 4 * LOOK]


WANTED = Webhook("http://app/part", "GET")


class Timed:
    """An ear that notes when it is looked at, and does not answer before it may."""

    has_words = False

    def __init__(self, clock) -> None:
        self.clock, self.looks, self.may = clock, [], asyncio.Event()
        self.may.set()

    async def so_far(self) -> str:
        self.looks.append(self.clock.now())
        await self.may.wait()
        return f"{len(self.looks)}"


async def test_the_longer_the_speech_the_rarer_the_looks(exchange):
    """Each gives all that was heard to the recogniser: a minute of speech is not a minute's square of it."""
    call = exchange.switchboard.facilities.calls[await talking(exchange)]
    ear, began = Timed(exchange.clock), exchange.clock.now()
    call.spawn(tell_partly(call, ear, WANTED, str), "partial results")
    await exchange.run(60)
    heard = [at - began for at in ear.looks]
    assert heard[:6] == [0, 1, 2, 3, 4, 5] and 10 < len(heard) < 20
    assert sum(heard) < 60 * (partly.LATER + 1)


async def test_most_of_a_recogniser_is_for_those_who_have_finished(exchange, monkeypatch):
    monkeypatch.setattr(partly, "AT_ONCE", 2)
    calls = [exchange.switchboard.facilities.calls[await talking(exchange)] for _ in range(3)]
    ears = [Timed(exchange.clock) for _ in calls]
    for ear in ears:
        ear.may.clear()
    work = [call.spawn(tell_partly(call, ear, WANTED, str), "") for call, ear in zip(calls, ears, strict=True)]
    await exchange.run(5)
    assert [len(ear.looks) for ear in ears] == [1, 1, 0], "nor does one call look twice at once"
    work[0].cancel()
    await exchange.run(3)
    assert [len(ear.looks) for ear in ears] == [1, 1, 1]
    assert calls[0].facilities.looks == {calls[1].sid, calls[2].sid}


def test_a_recogniser_takes_more_than_looks():
    assert partly.AT_ONCE <= asking.CONNECTIONS // 2
