"""Random documents, phones and orders: nothing of them stays unfinished, no callback is lost, no limit passed.

Whatever an app writes and whatever people do on their phones, at the end every call, leg, conference, queue,
recording and transcription is over, in memory and in its row, and each call was told of once at its end.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoyhoy.exchange.call import FINAL
from hoyhoy.exchange.conference import Conference
from hoyhoy.exchange.conference_callbacks import EVENTS
from hoyhoy.exchange.events import CallDequeued, CallEnqueued, ConferenceMoved, ParticipantJoined, ResourceChanged
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.orders import Attend, Detect, Record, Telling
from hoyhoy.exchange.ports import FetchFailed, Row, Webhook
from hoyhoy.exchange.queue import Member, QueueResult
from hoyhoy.exchange.recording_rows import DELETED
from hoyhoy.exchange.recording_rows import FINAL as RECORDED
from hoyhoy.lines.simulated.phone import PhoneCall
from hoyhoy.wire.errors import Fault

from .world import ACCOUNT, World, world

OWN = [f"+1415600{i:04d}" for i in range(4)]
PEOPLE = [f"+1415500{i:04d}" for i in range(8)]
PAGES = [f"/page{i}" for i in range(8)]
MAY_BE_REFUSED = {16001, 16003, 16020, 16022, 16026, 16027, 16028, 16099, 16108, 16114, 20404, 21220}
ROOMS, QUEUES = ["red", "blue"], ["front", "back"]
CLIENT, APPLICATION = "client:ann", "AP" + "1" * 32
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

    def page(self) -> Webhook:
        return Webhook("http://app" + self.rng.choice(PAGES))

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
            statusCallback=["/told"], statusCallbackEvent=[" ".join(EVENTS)], recordingStatusCallback=["/status"],
            coach=["CA1"], waitMethod=["GET"], recordingStatusCallbackEvent=["in-progress completed absent"],
        )  # fmt: skip
        return f"<Conference{attributes}>{self.some(*ROOMS)}</Conference>"

    def queue(self) -> str:
        return f"<Queue{self.attributes(url=[self.where()])}>{self.some(*QUEUES)}</Queue>"

    def odd(self) -> str:
        told = "".join('<Parameter name="a" value="b"/>' for _ in range(self.rng.randrange(3)))
        url = self.attributes(url=[self.where()], statusCallback=["/status"])
        known = f"<Application><ApplicationSid>{APPLICATION}</ApplicationSid>{told}</Application>"
        ann = f"<Client{url}><Identity>ann</Identity>{told}</Client>"
        return str(self.some(ann, ann, ann + known, known, known + "<Number>+14155000001</Number>",
                             "<Client>x</Client>", "<Sip>a@b</Sip>", "<Sim>x</Sim>", "nobody", "",
                             "<Application><ApplicationSid>AP1</ApplicationSid></Application>"))  # fmt: skip

    def enqueue(self) -> str:
        attributes = self.attributes(action=["/over"], waitUrl=[self.where()], maxQueueSize=[1])
        return f"<Enqueue{attributes}>{self.some(*QUEUES)}</Enqueue>"

    def start(self) -> str:
        begun = '<Start><Recording recordingStatusCallback="/status"/></Start>'
        refer = f"<Refer{self.attributes(action=[self.where()])}><Sip>sip:a@b</Sip></Refer>"
        return str(
            self.some(
                begun, "<Stop><Recording/></Stop>", "<Start><Stream/></Start>", "<Connect><Room/></Connect>", refer
            )
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
    """What REST may ask for while it lasts, now and then two things in one instant."""
    rng = author.rng
    await exchange.clock.sleep(rng.uniform(0, 90))
    for _ in range(rng.choice([1, 1, 2, 5])):
        try:
            order(exchange, sid, author)
        except Fault as fault:
            assert fault.code in MAY_BE_REFUSED, fault
        if rng.random() < 0.5:
            await exchange.clock.sleep(rng.uniform(0, 9))


def order(exchange: World, sid: str, author: Author) -> None:
    rng, switchboard = author.rng, exchange.switchboard
    match rng.randrange(11):
        case 0:
            switchboard.redirect_call(sid, webhook=author.page())
        case 1:
            switchboard.end_call(sid, rng.choice(["completed", "canceled"]))
        case 2 | 3:
            attend = Attend(
                name=rng.choice(ROOMS), label=rng.choice(["", "", "c"]), starts=rng.random() < 0.7,
                ends=rng.random() < 0.2, wait_url=rng.choice([None, "", "http://app/page0"]),
                telling=Telling(callback="http://app/told", events=EVENTS), most=rng.choice([2, 250]),
                record=rng.choice([None, Record(source="Conference", callback="http://app/status")]),
                coaches=rng.choice(["", "", sid]),
            )  # fmt: skip
            to = rng.choice([*PEOPLE, *OWN, CLIENT])
            exchange.place(to=to, time_limit=LONGEST, twiml="", attend=attend, detect=rng.choice([None, Detect()]))
        case 4 | 5:
            if waiting := [one for queue in switchboard.facilities.queues for one in queue if one.is_there]:
                dequeue(rng.choice(waiting), author.page())
        case 6:
            record = Record(source="StartCallRecordingAPI", callback="http://app/status", channels=rng.choice([1, 2]))
            switchboard.record_call(sid, record)
        case 7:
            if recordings := list(switchboard.facilities.recordings):
                status = rng.choice(["paused", "in-progress", "stopped"])
                switchboard.change_recording(rng.choice(recordings), status, silence=rng.random() < 0.5)
        case 8:  # somebody else: a child, whoever was called for a conference, the other one of a queue
            other = rng.choice(list(switchboard.facilities.calls) or [sid])
            switchboard.redirect_call(other, webhook=author.page())
        case _:
            if conference := switchboard.facilities.conferences.find(ACCOUNT, rng.choice(ROOMS)):
                moderate(conference, author)


def dequeue(member: Member, to: Webhook) -> None:
    """As REST does it."""
    member.queue.remove(member, QueueResult.REDIRECTED)
    member.call.redirect(to)


def moderate(conference: Conference, author: Author) -> None:
    rng = author.rng
    one, other = (rng.choice(list(conference.participants.values())) for _ in range(2))
    rng.choice(
        [
            lambda: one.change(muted=rng.random() < 0.5, ends=rng.random() < 0.3, beeps_on_exit=True),
            lambda: one.change(hold=True, hold_url=rng.choice([None, "", "http://app/page1"])),
            lambda: one.change(hold=False, wait_url=rng.choice(["", "http://app/page2"])),
            lambda: one.change(coaches=rng.choice(["", other.call.sid])),
            lambda: conference.announce(author.page()),
            lambda: one.announce(author.page()),
            one.kick,
            conference.end,
        ]
    )()


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
    exchange.app.pages["http://app/over"] = author.document()
    exchange.app.pages["http://app/app"] = f"<Response>{author.gather()}{author.some('', author.enqueue())}</Response>"
    values = {"account_sid": ACCOUNT, "friendly_name": "", "voice_url": "http://app/app"}
    made = Row("applications", APPLICATION, values, new=True)
    exchange.database.journal.record(made.sid, ACCOUNT, ResourceChanged(table=made.table, change="created"), (made,))
    exchange.phone(CLIENT, *author.steps(), answer_after=2)
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
    await exchange.run(1200)
    known = {call.leg for phone in exchange.network.phones() for call in phone.calls if call.leg}
    for leg in known:  # also of those who were called, whom no limit of an order reaches
        leg.put_down()
    await exchange.run(1200)
    facilities = exchange.switchboard.facilities
    assert all(one.leg not in known for one in facilities.calls.values()), "whoever hung up is gone"
    for sid in list(facilities.calls):  # two documents that talk with one another
        exchange.switchboard.end_call(sid, "completed")
    await exchange.run(600)


async def finished(exchange: World) -> None:
    """Nothing is under way, and everything was told."""
    facilities = exchange.switchboard.facilities
    assert facilities.plane.legs == 0 and not facilities.plane._recorders
    assert {task.get_name() for task in exchange.clock._tasks} <= {"media plane"}
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
    conferences_told(exchange)
    queues_told(exchange)


def conferences_told(exchange: World) -> None:
    """Callbacks of a conference are counted without gaps, the last is its end, and whoever came in has left."""
    told = defaultdict(list)
    for callback in exchange.callbacks:
        if callback.url == "http://app/told":
            told[callback.subject].append(dict(callback.params))
    for callbacks in told.values():
        events = [one["StatusCallbackEvent"] for one in callbacks]
        assert [int(one["SequenceNumber"]) for one in callbacks] == [i + 1 for i in range(len(callbacks))]
        assert events.index("conference-end") == len(events) - 1
        who = [
            Counter(one["CallSid"] for one in callbacks if one["StatusCallbackEvent"] == f"participant-{what}")
            for what in ("join", "leave")
        ]
        assert who[0] <= who[1], "also who never came in is told to have left"


def queues_told(exchange: World) -> None:
    """Whoever went into a queue went out of it, and the action was asked at most once for each time."""
    stays: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for entry in exchange.entries:
        match entry.event:
            case CallEnqueued():
                inside[entry.subject] += 1
                stays[entry.subject] += 1
            case CallDequeued():
                inside[entry.subject] -= 1
        assert inside[entry.subject] in (0, 1)
    assert not +inside
    asked = [dict(one.params + one.extra) for one in exchange.app.asked if one.url == "http://app/over"]
    assert Counter(one["CallSid"] for one in asked if {"QueueResult", "QueueTime"} <= one.keys()) <= stays


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
