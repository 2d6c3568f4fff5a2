"""What is said, told while it goes on (voice 2.4); Gather's own tests have the whole of it."""

from hoyhoy.exchange.partly import LOOK, tell_partly
from hoyhoy.exchange.ports import RecognitionFailed, Webhook

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
