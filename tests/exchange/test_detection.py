"""voice 5.4: a call whose answerer is found out"""

import pytest

from hoyhoy.audio import FRAME, FRAME_SECONDS, RATE, tones
from hoyhoy.audio.answerer import Answerer
from hoyhoy.exchange.detection import Detection, columns_of, order_of
from hoyhoy.exchange.events import AnswererDetected, CallMoved, Noticed, PhoneHeard, WebhookAnswered
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.media import Track
from hoyhoy.exchange.orders import Detect
from hoyhoy.exchange.ports import Webhook
from tests.audio.voices import line, voice
from tests.media.stage import Reel

from .test_recovery import restarted
from .world import PHONE, World, world

CALLBACK = "http://app/amd"
PAGE = '<Response><Say>Hello there</Say><Pause length="60"/></Response>'
LONG = "Hello, you have reached Ada Lovelace. I am not here at the moment. Please leave a message after the tone."

ANSWERS = {
    ("human", False): "human",
    ("human", True): "human",
    ("voicemail", False): "machine_start",
    ("voicemail", True): "machine_end_beep",
    ("fax", False): "fax",
    ("fax", True): "fax",
    ("silent", False): "unknown",
    ("silent", True): "unknown",
    ("answer", False): "unknown",
    ("manual", True): "",
}

LASTS = {
    ("human", False): 0.4 + 1.2,
    ("human", True): 0.4 + 1.2,
    ("voicemail", False): 2.4,
    ("voicemail", True): 2.53 + 0.3,
    ("fax", False): 0.3,
    ("fax", True): 0.3,
    ("silent", False): 5.0,
    ("silent", True): 5.0,
    ("answer", False): 5.0,
}
"""A person is known when he waits, a machine when it speaks on, and its message begins after the beep."""


def place(exchange: World, page: str = PAGE, **detect) -> str:
    exchange.app.pages.setdefault("http://app/start", page)
    return exchange.place(detect=Detect(**detect), timeout=30)


async def begun(exchange: World, sid: str) -> Detection:
    """Of a call that was answered just now."""
    await exchange.until(CallMoved, status="in-progress")
    return exchange.switchboard.facilities.calls[sid].detection


def amd(exchange: World) -> list[dict[str, str]]:
    """What callbacks told of who answered."""
    return [dict(one.params) for one in exchange.callbacks if one.url == CALLBACK]


def completed(exchange: World, sid: str) -> dict[str, str]:
    return dict([one for one in exchange.callbacks if one.url == "http://app/status" and one.subject == sid][-1].params)


def found(exchange: World, sid: str) -> list[str]:
    return [event.answered_by for event in exchange.events(AnswererDetected, sid)]


@pytest.mark.parametrize("is_async", [False, True])
async def test_whoever_answers(exchange, is_async):
    """All of them at once."""
    callback = CALLBACK if is_async else ""
    sids = {}
    for number, (answering, to_end) in enumerate(ANSWERS):
        phone = exchange.phone(f"+141555502{number:02}", answering=answering).number
        url = f"http://app/{number}"
        exchange.app.pages[url] = PAGE
        detect = Detect(to_end=to_end, is_async=is_async, callback=callback)
        sids[exchange.place(url, phone, detect=detect, timeout=30)] = url, ANSWERS[answering, to_end], answering, to_end
    await exchange.run()
    for sid, (url, answered_by, answering, to_end) in sids.items():
        row = await exchange.row("calls", sid)
        told = [dict(one.params + one.extra) for one in exchange.app.asked if one.url == url]
        callbacks = [one for one in amd(exchange) if one["CallSid"] == sid]
        assert found(exchange, sid) == ([answered_by] if answered_by else []), (answering, to_end)
        assert row["answered_by"] == (answered_by or None) == completed(exchange, sid).get("AnsweredBy")
        if not answered_by:
            assert (row["status"], told, callbacks) == ("no-answer", [], [])
            continue
        after = {
            type(one.event): one.at - row["answer_time"]
            for one in exchange.entries
            if one.subject == sid and isinstance(one.event, AnswererDetected | WebhookAnswered)
        }
        decided, asked = after[AnswererDetected], after[WebhookAnswered]
        if is_async:
            assert asked == 0 and "AnsweredBy" not in told[0]
            lasted = callbacks[0].pop("MachineDetectionDuration")
            assert callbacks == [{"CallSid": sid, "AccountSid": row["account_sid"], "AnsweredBy": answered_by}]
        else:
            assert asked == decided and callbacks == []
            assert (told[0]["AnsweredBy"], told[0]["CallStatus"]) == (answered_by, "in-progress")
            lasted = told[0]["MachineDetectionDuration"]
        assert int(lasted) == pytest.approx(decided * 1000, abs=120)
        assert int(lasted) == pytest.approx(LASTS[answering, to_end] * 1000, abs=100)


async def test_all_documents_that_follow_are_told_and_callbacks_of_progress_are_not(exchange):
    """Voice reference 3.1: standard when it ran synchronously; 3.2: of callbacks only the last has it."""
    exchange.phone(answering="human")
    exchange.app.pages["http://app/next"] = "<Response/>"
    sid = place(exchange, "<Response><Redirect>/next</Redirect></Response>")
    await exchange.run()
    assert [exchange.app.params(one)["AnsweredBy"] for one in (0, 1)] == ["human", "human"]
    told = [dict(one.params) for one in exchange.callbacks if one.subject == sid]
    assert [one.get("AnsweredBy") for one in told] == [None, None, None, "human"]
    assert all("MachineDetectionDuration" not in one for one in told)


async def test_a_document_does_not_disturb_it(exchange):
    """It hears what comes from the leg alone, though the leg hears words of ten seconds meanwhile."""
    exchange.phone(answering="human")
    sid = place(exchange, f"<Response><Say loop='3'>{LONG}</Say></Response>", is_async=True, callback=CALLBACK)
    await exchange.run()
    assert found(exchange, sid) == ["human"]


async def test_a_message_is_spoken_after_the_beep(exchange):
    phone = exchange.phone(answering="voicemail", greeting=LONG)
    sid = place(exchange, to_end=True)
    await exchange.until(CallMoved, status="in-progress")
    reel = Reel()
    phone.calls[0].leg.media.record(Track.DUAL, 30, reel)
    await exchange.run()
    assert found(exchange, sid) == ["machine_end_beep"]
    said, heard = (abs(reel.samples[one::2].astype(int)) > 100 for one in (0, 1))
    assert 0 <= heard.argmax() - (len(said) - said[::-1].argmax()) < 0.2 * 8000


async def test_the_parameters(exchange):
    who = "Who on earth is calling me at this hour?"
    wanted = (
        ("human", who, Detect(), "machine_start"),
        ("human", who, Detect(speech=4.0), "human"),
        ("human", "This is Ada Lovelace.", Detect(speech=1.0), "machine_start"),
        ("voicemail", LONG, Detect(to_end=True, seconds=3.0), "machine_end_other"),
        ("voicemail", LONG, Detect(seconds=2.0), "unknown"),
        ("silent", "", Detect(silence=2.0), "unknown"),
    )
    exchange.app.pages["http://app/start"] = "<Response/>"
    placed = {}
    for number, (answering, greeting, detect, answered_by) in enumerate(wanted):
        phone = exchange.phone(f"+141555503{number:02}", answering=answering, greeting=greeting)
        placed[exchange.place(to=phone.number, detect=detect)] = detect, answered_by
    await exchange.run()
    for sid, (detect, answered_by) in placed.items():
        (event,) = exchange.events(AnswererDetected, sid)
        assert event.answered_by == answered_by, detect
        if answered_by in ("unknown", "machine_end_other"):
            assert event.seconds == min(detect.seconds, detect.silence)


@pytest.mark.parametrize(("pause", "answered_by"), [(0.5, "machine_end_silence"), (2.0, "machine_end_beep")])
async def test_a_machine_whose_greeting_pauses(exchange, pause, answered_by):
    """A greeting goes on after a pause that is shorter than one that ends it."""
    phone = exchange.phone(answering="manual")
    sid = place(exchange, to_end=True, pause=pause)
    await exchange.run(5)
    leg = phone.calls[0].leg
    leg.pick_up()

    async def greet() -> None:
        await phone.say(leg, LONG)
        await exchange.clock.sleep(1.0)
        await phone.say(leg, "Thank you")
        await leg.media.say(tones.beep())

    exchange.clock.spawn(greet(), "greeting")
    await exchange.run()
    assert found(exchange, sid) == [answered_by]


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_far_end_that_hangs_up_before_it_is_known(exchange, is_async):
    """Nobody knows then; whoever waits for a callback is told so, and no document is asked for that waited."""
    phone = exchange.phone(answering="human")
    sid = place(exchange, to_end=True, is_async=is_async, callback=CALLBACK)
    await exchange.until(CallMoved, status="in-progress")
    await exchange.run(1)
    phone.calls[0].leg.put_down()
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert (row["status"], row["answered_by"]) == ("completed", "unknown")
    assert completed(exchange, sid)["AnsweredBy"] == "unknown"
    assert len(exchange.app.asked) == is_async
    told = [(one["AnsweredBy"], one["MachineDetectionDuration"]) for one in amd(exchange)]
    assert told == [("unknown", "1000")] * is_async


async def test_one_that_is_over_before_anybody_answers_finds_nothing_out(exchange):
    exchange.phone(answering="busy")
    sid = place(exchange, is_async=True, callback=CALLBACK)
    await exchange.run()
    assert (await exchange.row("calls", sid))["answered_by"] is None
    assert not amd(exchange) and "AnsweredBy" not in completed(exchange, sid)


async def test_a_call_that_is_ended_or_sent_elsewhere_while_its_document_waits(exchange):
    exchange.phone(answering="silent")
    exchange.app.pages["http://app/other"] = "<Response><Say>Elsewhere</Say><Pause length='30'/></Response>"
    ended, moved = place(exchange), place(exchange)
    await exchange.run(4)
    exchange.switchboard.end_call(ended, "completed")
    exchange.switchboard.redirect_call(moved, webhook=Webhook("http://app/other"))
    await exchange.run(0.1)
    assert [one.url for one in exchange.app.asked] == ["http://app/other"]
    assert "AnsweredBy" not in exchange.app.params(0), "it is not known yet, and not waited for"
    await exchange.run()
    assert found(exchange, ended) == found(exchange, moved) == ["unknown"]
    assert [one.text for one in exchange.events(PhoneHeard)] == ["Elsewhere"]


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_machine_is_hung_up_on(exchange, is_async):
    """The old IfMachine=Hangup (5.1)."""
    talks = {"voicemail": False, "fax": False, "human": True, "silent": True}
    placed = {}
    for number, answering in enumerate(talks):
        url = f"http://app/{answering}"
        exchange.app.pages[url] = PAGE
        phone = exchange.phone(f"+141555504{number:02}", answering=answering).number
        placed[answering] = exchange.place(url, phone, detect=Detect(hangs_up=True, is_async=is_async))
    await exchange.run()
    for answering, sid in placed.items():
        row = await exchange.row("calls", sid)
        assert row["status"] == "completed" and (row["duration"] > 50) is talks[answering]
    asked = {one.url.rpartition("/")[2] for one in exchange.app.asked}
    assert asked == {answering for answering in talks if is_async or talks[answering]}


async def test_a_plane_that_says_nothing_is_not_waited_for(exchange):
    exchange.phone(answering="human")
    sid = place(exchange, seconds=5.0)
    (await begun(exchange, sid))._answerer.hear = lambda frames: None
    await exchange.run()
    assert found(exchange, sid) == ["unknown"] and len(exchange.app.asked) == 1


async def test_five_frames_are_listened_to_at_once(exchange):
    """A spectrum of each frame by itself costs four times as much, and all calls are served by the same loop."""
    exchange.phone(answering="silent")
    detection = await begun(exchange, place(exchange))
    frame = tones.silence(FRAME_SECONDS)
    for _ in range(4):
        detection._hear(frame)
    assert detection._answerer.seconds == 0
    detection._hear(frame)
    assert detection._answerer.seconds == 0.1
    detection._hear(tones.silence(0.24))
    assert detection._answerer.seconds == 0.34


async def test_what_came_before_the_end_counts(exchange):
    exchange.phone(answering="silent")
    sid = place(exchange)
    detection = await begun(exchange, sid)
    answerer, sound = Answerer(), line(voice(0.6), tones.silence(2))
    answerer.hear(sound)
    known = round(answerer.seconds * RATE)
    detection._hear(sound[: known - FRAME])
    detection._hear(sound[known - FRAME : known])
    assert not detection.known.done()
    detection.end()
    assert detection.known.result() == "human"
    (event,) = exchange.events(AnswererDetected, sid)
    assert event.seconds == answerer.seconds


async def test_it_leaves_nothing_behind(exchange):
    phone = exchange.phone(answering="human")
    place(exchange, is_async=True)
    await exchange.until(AnswererDetected)
    taps = phone.calls[0].leg.media._taps._open
    assert not any(taps.values())
    await exchange.clock.settle()
    assert not [task for task in exchange.clock._tasks if "detection" in task.get_name()]


@pytest.mark.parametrize("is_async", [False, True])
async def test_of_one_call_too_many_nobody_knows(is_async):
    """The loop that serves all calls cannot listen to any number of them; whoever hangs up makes room."""
    async with world(rules=Rules(detections=2)) as exchange:
        exchange.app.pages["http://app/start"] = PAGE
        behaviours = ("silent", "silent", "human", "human")
        phones = [exchange.phone(f"+141555506{n:02}", answering=one) for n, one in enumerate(behaviours)]
        how = Detect(is_async=is_async, callback=CALLBACK, hangs_up=True, silence=10.0)
        sids = [exchange.place(to=phone.number, detect=how) for phone in phones[:3]]
        await exchange.until(AnswererDetected)
        phones[0].calls[0].leg.put_down()
        await exchange.run(1)
        sids.append(exchange.place(to=phones[3].number, detect=how))
        await exchange.until(AnswererDetected, answered_by="human")
        assert [found(exchange, sid) for sid in sids] == [["unknown"], [], ["unknown"], ["human"]]
        await exchange.run()
        (event,) = exchange.events(AnswererDetected, sids[2])
        (noticed,) = [one for one in exchange.entries if isinstance(one.event, Noticed)]
        assert (event.seconds, noticed.subject, noticed.event.code) == (0, sids[2], 20429)
        row = await exchange.row("calls", sids[2])
        assert (row["status"], row["answered_by"]) == ("completed", "unknown") and row["duration"] > 50
        assert completed(exchange, sids[2])["AnsweredBy"] == "unknown"
        told = {one["CallSid"]: (one["AnsweredBy"], one["MachineDetectionDuration"]) for one in amd(exchange)}
        assert told.get(sids[2]) == (("unknown", "0") if is_async else None)
        assert not exchange.switchboard.facilities.detections


@pytest.mark.parametrize("screened", [False, True])
async def test_whom_a_dial_calls_is_found_out_beside_the_talk(exchange, screened):
    """On nouns it is always asynchronous: they are put through at once (2.7.4)."""
    url = ' url="http://app/screen"' if screened else ""
    noun = f'<Number machineDetection="DetectMessageEnd" amdStatusCallback="{CALLBACK}"{url}>{PHONE}</Number>'
    exchange.app.pages |= {
        "http://app/start": f"<Response><Dial>{noun}</Dial></Response>",
        "http://app/screen": "<Response/>",
    }
    exchange.phone("+14155550199")
    exchange.phone(answering="voicemail")
    parent = exchange.place(to="+14155550199")
    await exchange.run(60)
    ((child, answered_by),) = [
        (one.subject, one.event.answered_by) for one in exchange.entries if isinstance(one.event, AnswererDetected)
    ]
    assert child != parent and answered_by == "machine_end_beep"
    ((callback),) = amd(exchange)
    assert callback["CallSid"] == child and callback["AnsweredBy"] == "machine_end_beep"
    assert (await exchange.row("calls", child))["answered_by"] == "machine_end_beep"
    assert (await exchange.row("calls", parent))["answered_by"] is None
    heard = [one.event.text for one in exchange.entries if isinstance(one.event, PhoneHeard)]
    assert "(beep)" in heard, "he was put through from the beginning"


# Over a restart -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order",
    [
        None,
        Detect(),
        Detect(
            to_end=True, seconds=9, speech=1.5, pause=0.7, silence=3, is_async=True, callback=CALLBACK, method="GET"
        ),
        Detect(hangs_up=True),
    ],
)
def test_an_order_survives_in_the_row(order):
    row = dict.fromkeys(columns_of(Detect())) | columns_of(order)
    assert order_of(row) == order


async def test_a_waiting_call_is_found_out_about_after_a_restart(exchange, tmp_path):
    exchange.app.pages["http://app/start"] = PAGE
    exchange.phone()
    sid = exchange.place(detect=Detect(silence=3.0), delay=30)
    async with restarted(exchange, tmp_path / "data") as again:
        assert found(again, sid) == ["unknown"]
        (event,) = again.events(AnswererDetected, sid)
        assert event.seconds == 3.0 and exchange.app.params()["AnsweredBy"] == "unknown"


@pytest.mark.parametrize("seconds", [1.0, 60.0])
async def test_what_was_not_known_when_the_exchange_died_never_will_be(exchange, tmp_path, seconds):
    exchange.phone(answering="human")
    sid = place(exchange, is_async=True, callback=CALLBACK)
    await exchange.until(CallMoved, status="in-progress")
    await exchange.run(seconds)
    known = "human" if seconds > 2 else "unknown"
    assert len(amd(exchange)) == (known == "human")
    async with restarted(exchange, tmp_path / "data") as again:
        assert (await again.row("calls", sid))["answered_by"] == known
        assert completed(again, sid)["AnsweredBy"] == known
        assert [one["AnsweredBy"] for one in amd(again)] == (["unknown"] if known == "unknown" else [])


async def test_a_voicemail_that_is_an_app_of_ours(exchange):
    """A call from the exchange to itself: what comes from the leg is what the other end is played."""
    exchange.own("+15005550009", voice_url="http://app/voicemail")
    exchange.app.pages["http://app/voicemail"] = f"<Response><Say>{LONG}</Say><Record timeout='5'/></Response>"
    exchange.app.pages["http://app/start"] = PAGE
    sid = exchange.place(to="+15005550009", detect=Detect(to_end=True))
    await exchange.run()
    assert found(exchange, sid) == ["machine_end_beep"]
