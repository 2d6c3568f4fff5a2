"""Random documents, phones and orders: nothing of them stays unfinished, no callback is lost, no limit passed.

Whatever an app writes and whatever people do on their phones, at the end every call, leg, conference, queue,
recording and transcription is over, in memory and in its row, and each call was told of once at its end.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoyhoy.exchange.call import FINAL
from hoyhoy.exchange.conference import find as conference_of
from hoyhoy.exchange.events import CallEnqueued, ConferenceMoved, ParticipantJoined
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.orders import Attend
from hoyhoy.exchange.ports import FetchFailed, Webhook
from hoyhoy.exchange.recording import DELETED
from hoyhoy.exchange.recording import FINAL as RECORDED
from hoyhoy.lines.simulated.phone import PhoneCall
from hoyhoy.wire.errors import Fault

from .world import ACCOUNT, World, world

OWN = [f"+1415600{i:04d}" for i in range(4)]
PEOPLE = [f"+1415500{i:04d}" for i in range(8)]
PAGES = [f"/page{i}" for i in range(8)]
LONGEST = 120
"""Seconds after which whoever is left has had enough: an app may keep a caller for hours."""


class Author:
    """Writes documents by chance."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def some(self, *values: Any) -> Any:
        return self.rng.choice(values)

    def attributes(self, **each: list[Any]) -> str:
        """Some of these attributes, each with one of its values."""
        chosen = [name for name in each if self.rng.random() < 0.4]
        return "".join(f' {name}="{self.rng.choice(each[name])}"' for name in chosen)

    def where(self) -> str:
        return str(self.some(*PAGES, "/gone", "ftp://x", ""))

    def document(self) -> str:
        verbs = "".join(self.verb() for _ in range(self.rng.randrange(4)))
        if self.rng.random() < 0.1:
            return str(self.some("<Response>", ""))
        return f"<Response>{verbs}</Response>"

    def verb(self) -> str:
        kind = self.some(
            self.say, self.say, self.pause, self.gather, self.record, self.dial, self.dial, self.dial, self.enqueue,
            self.start, self.last,
        )  # fmt: skip
        return str(kind())

    def say(self) -> str:
        return str(self.some("<Say>Hello</Say>", '<Say loop="2">Go on</Say>', "<Play>/a.wav</Play>", "<Say/>",
                             '<Play digits="1w2"/>', "<Sms>Hi</Sms>", "<Play>/gone.wav</Play>"))  # fmt: skip

    def pause(self) -> str:
        return f'<Pause length="{self.rng.randrange(9)}"/>'

    def gather(self) -> str:
        attributes = self.attributes(
            action=[self.where()], numDigits=[1, 3], timeout=[1, 4], input=["dtmf", "speech", "dtmf speech"],
            finishOnKey=["", "#", "*"], actionOnEmptyResult=["true"], speechTimeout=["1", "auto"],
            partialResultCallback=["/status"],
        )  # fmt: skip
        return f"<Gather{attributes}>{self.some('', self.say(), self.pause())}</Gather>"

    def record(self) -> str:
        attributes = self.attributes(
            action=[self.where()], timeout=[0, 2], maxLength=[3, 20], playBeep=["false"], transcribe=["true"],
            transcribeCallback=["/status"], recordingStatusCallback=["/status"],
        )  # fmt: skip
        return f"<Record{attributes}/>"

    def dial(self) -> str:
        attributes = self.attributes(
            action=[self.where()], timeout=[5, 9], timeLimit=[4, 60], hangupOnStar=["true"], sequential=["true"],
            answerOnBridge=["true"], record=["true", "record-from-ringing-dual"], recordingStatusCallback=["/status"],
        )  # fmt: skip
        inside = self.some(self.numbers, self.numbers, self.conference, self.conference, self.queue, self.odd)()
        return f"<Dial{attributes}>{inside}</Dial>"

    def numbers(self) -> str:
        def one() -> str:
            attributes = self.attributes(url=[self.where()], sendDigits=["1w"], statusCallback=["/status"],
                                         machineDetection=["Enable"], amdStatusCallback=["/status"])  # fmt: skip
            return f"<Number{attributes}>{self.some(*PEOPLE, *PEOPLE, *OWN)}</Number>"

        return "".join(one() for _ in range(self.rng.randrange(1, 4)))

    def conference(self) -> str:
        attributes = self.attributes(
            muted=["true"], beep=["false", "onExit"], startConferenceOnEnter=["false"], endConferenceOnExit=["true"],
            waitUrl=[self.where()], maxParticipants=[2], participantLabel=["a", "b"], record=["record-from-start"],
            statusCallback=["/status"], statusCallbackEvent=["start end join leave mute hold modify announcement"],
            recordingStatusCallback=["/status"],
        )  # fmt: skip
        return f"<Conference{attributes}>{self.some('red', 'blue')}</Conference>"

    def queue(self) -> str:
        return f"<Queue{self.attributes(url=[self.where()])}>{self.some('front', 'back')}</Queue>"

    def odd(self) -> str:
        return str(self.some("<Client>ann</Client>", "<Sip>a@b</Sip>", "<Sim>x</Sim>", "nobody", "",
                             "<Application><ApplicationSid>AP1</ApplicationSid></Application>"))  # fmt: skip

    def enqueue(self) -> str:
        attributes = self.attributes(action=[self.where()], waitUrl=[self.where()], maxQueueSize=[1])
        return f"<Enqueue{attributes}>{self.some('front', 'back')}</Enqueue>"

    def start(self) -> str:
        begun = '<Start><Recording recordingStatusCallback="/status"/></Start>'
        return str(
            self.some(begun, "<Stop><Recording/></Stop>", "<Start><Stream/></Start>", "<Connect><Room/></Connect>")
        )

    def last(self) -> str:
        return str(self.some("<Hangup/>", "<Leave/>", "<Echo/>", f"<Redirect>{self.where()}</Redirect>",
                             '<Reject reason="busy"/>', '<Pay action="/page0"/>'))  # fmt: skip

    def steps(self) -> list[dict[str, Any]]:
        """What a person does on his phone."""
        rng = self.rng
        choices = [
            {"hear": "hello", "wait": rng.uniform(0, 3), "press": rng.choice(["1", "12#", "*"])},
            {"wait": rng.uniform(0, 30), "press": rng.choice("1*#")},
            {"wait": rng.uniform(0, 9), "say": "yes please"},
            {"wait": rng.uniform(0, 90), "hang_up": True},
        ]
        return rng.sample(choices, rng.randrange(4))


async def orders(exchange: World, sid: str, author: Author) -> None:
    """What REST may ask for while it lasts."""
    rng, switchboard = author.rng, exchange.switchboard
    await exchange.clock.sleep(rng.uniform(0, 90))
    try:
        match rng.randrange(6):
            case 0:
                switchboard.redirect_call(sid, webhook=Webhook("http://app" + rng.choice(PAGES)))
            case 1:
                switchboard.end_call(sid, rng.choice(["completed", "canceled"]))
            case 2:
                exchange.place(
                    to=rng.choice(PEOPLE), time_limit=LONGEST, twiml="", attend=Attend(name=rng.choice(["red", "blue"]))
                )
            case _:
                if conference := conference_of(switchboard.facilities, ACCOUNT, rng.choice(["red", "blue"])):
                    one = rng.choice(list(conference.participants.values()))
                    rng.choice(
                        [
                            lambda: one.change(muted=True),
                            lambda: one.change(hold=True),
                            lambda: conference.announce(Webhook("http://app" + rng.choice(PAGES))),
                            one.kick,
                            conference.end,
                        ]
                    )()
    except Fault as fault:
        assert fault.code in (21220, 20404, 16001, 16003, 16020, 16022), fault


async def lose_patience(exchange: World, call: PhoneCall) -> None:
    await exchange.clock.sleep(LONGEST)
    if call.leg:
        call.leg.put_down()


async def live(exchange: World, seed: int) -> None:
    """Twenty people call and are called within two minutes."""
    author = Author(random.Random(seed))
    rng = author.rng
    exchange.app.pages |= {f"http://app{page}": author.document() for page in PAGES}
    exchange.app.pages["http://app/gone.wav"] = FetchFailed(11200, "HTTP 404")
    for number in OWN:
        exchange.own(number, voice_url="http://app" + rng.choice(PAGES), status_callback="http://app/status")

    async def one() -> None:
        await exchange.clock.sleep(rng.uniform(0, 120))
        behaviour = rng.choice(["answer"] * 5 + ["busy", "ring-out", "decline", "voicemail", "fax", "human", "silent"])
        phone = exchange.phone(
            rng.choice(PEOPLE), *author.steps(), answering=behaviour, answer_after=rng.uniform(0, 9)
        )  # fmt: skip
        if rng.random() < 0.4:
            placed = exchange.network.place_call(phone, rng.choice(OWN))
            exchange.clock.spawn(lose_patience(exchange, placed), "patience")
            sid = placed.sid
        else:
            sid = exchange.place("http://app" + rng.choice(PAGES), phone.number, time_limit=LONGEST)
        if rng.random() < 0.5:
            await orders(exchange, sid, author)

    for i in range(20):
        exchange.clock.spawn(one(), f"somebody {i}")
    await exchange.run(2 * 3600)


async def finished(exchange: World) -> None:
    """Nothing is under way, and everything was told."""
    facilities = exchange.switchboard.facilities
    assert not facilities.calls and not facilities.recordings
    assert not facilities.conferences and not facilities.queues
    rows = exchange.database.rows
    calls = await rows.page("calls", limit=5000)
    assert {call["status"] for call in calls} <= {str(status) for status in FINAL}
    assert {one["status"] for one in await rows.page("recordings", limit=5000)} <= {*map(str, RECORDED), DELETED}
    assert {one["status"] for one in await rows.page("conferences", limit=5000)} <= {"completed"}
    assert {one["status"] for one in await rows.page("transcriptions", limit=5000)} <= {"completed", "failed"}
    assert all(phone.live == 0 for phone in exchange.network.phones())

    told = [dict(one.params) for one in exchange.callbacks if one.url == "http://app/status"]
    ends = Counter(one["CallSid"] for one in told if one.get("CallStatus") in FINAL and "SequenceNumber" in one)
    assert set(ends.values()) <= {1}
    asked = {call["sid"] for call in calls if call["status_callback"] and call["start_time"] is not None}
    assert asked == set(ends)
    for sid in asked:
        counted = [int(one["SequenceNumber"]) for one in told if one.get("CallSid") == sid and "CallbackSource" in one]
        assert counted == list(range(len(counted)))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_nothing_stays_unfinished(caplog, seed):
    caplog.clear()  # of the example before
    async with world(seed, Rules(ring_limit=60)) as exchange:
        await live(exchange, seed)
        await finished(exchange)
    assert not [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


async def test_what_is_written_reaches_what_it_is_about():
    """The chance is such that there are conferences and queues at all."""
    async with world(3, Rules(ring_limit=60)) as exchange:
        for seed in range(3):
            await live(exchange, seed)
        for kind in (ConferenceMoved, ParticipantJoined, CallEnqueued):
            assert exchange.events(kind), kind
