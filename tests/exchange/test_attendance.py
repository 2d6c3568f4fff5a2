"""voice 2.8, 6: the ways into a conference: what a Dial and the API may ask for, and calls that are made to come into
one."""

import pytest

from hoyhoy.exchange.conference import ConferenceStatus
from hoyhoy.exchange.events import ConferenceMoved
from hoyhoy.exchange.orders import Record, Telling
from hoyhoy.wire.errors import Fault

from .away import with_away
from .meeting import TELLING, Meeting, at, calls, conference, who_hears
from .talking import ANN, BOB, EVE, heard, on, says

# Labels, names -------------------------------------------------------------------------------


async def test_a_label_is_had_by_one(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, f'{TELLING} participantLabel="guest"')
    await meeting.comes(BOB, 'participantLabel="guest"')
    await exchange.run(3)
    assert meeting.codes() == [16025] and heard(exchange, BOB) == ["Goodbye then"]
    assert meeting.told()[0]["ParticipantLabel"] == "guest"
    on(exchange, ANN).put_down()
    await exchange.run(1)
    await meeting.comes(BOB, 'participantLabel="guest"')
    assert meeting.of(BOB).label == "guest"


@pytest.mark.parametrize("label", ["a/b", "x" * 129, "CA" + "0" * 32])
async def test_unlawful_labels(exchange, label):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, f'participantLabel="{label}"')
    assert meeting.codes() == [16023] and conference(exchange) is None


async def test_the_longest_name_and_no_name(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, name="x" * 128)
    await meeting.comes(BOB, name="x" * 129, dial='action="/over"')
    assert exchange.app.params()["DialCallStatus"] == "failed"
    await meeting.comes(EVE, name="  ")
    assert meeting.codes() == [13237, 13237] and meeting.conference.name == "x" * 128


# Called for it -------------------------------------------------------------------------------


async def test_called_to_take_part(exchange):
    meeting = Meeting(exchange)
    telling = Telling(callback="http://app/told", events=("start", "end", "join", "leave"))
    exchange.phone(BOB, answer_after=3)
    sid = calls(exchange, BOB, telling=telling, label="guest")
    bob = meeting.conference.participants[sid]
    assert bob.status == "queued" and meeting.conference.status is ConferenceStatus.INIT
    await exchange.run(0.1)
    assert bob.status == "connecting"
    await exchange.run(1)
    assert bob.status == "ringing"
    await exchange.run(3)
    assert bob.status == "connected" and heard(exchange, BOB, "tone") == ["music"]
    await meeting.comes(ANN)
    assert await who_hears(exchange, ANN) == [BOB]
    meeting.conference.end()
    await exchange.run(3)
    assert (await exchange.row("calls", sid))["status"] == "completed" and bob.status == "complete"
    assert meeting.stories()[-1] == "conference-end" and "http://app/start" not in [
        one.url for one in exchange.app.asked
    ]


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        ({"answering": "busy"}, "busy"),
        ({"answering": "ring-out"}, "no-answer"),
        ({"answering": "unreachable"}, "failed"),
    ],
)
async def test_who_does_not_answer(exchange, behaviour, status):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, TELLING)
    exchange.phone(BOB, **behaviour)
    sid = calls(exchange, BOB, ends=True)
    bob = meeting.conference.participants[sid]
    await exchange.run(60)
    assert bob.status == "failed" and list(meeting.conference.participants.values()) == [meeting.of(ANN)]
    left = meeting.told()[-1]
    assert (
        left
        | {
            "StatusCallbackEvent": "participant-leave",
            "CallSid": sid,
            "ParticipantCallStatus": status,
            "ReasonParticipantLeft": "participant_add_failed",
        }
        == left
    )


async def test_nobody_answers_and_nobody_is_there(exchange):
    exchange.phone(BOB, answering="busy")
    calls(exchange, BOB)
    await exchange.run(10)
    assert [one.status for one in exchange.events(ConferenceMoved)] == ["init", "completed"]
    assert conference(exchange) is None


async def test_it_ends_while_somebody_is_called(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN)
    exchange.phone(BOB, answering="ring-out")
    sid = calls(exchange, BOB)
    await exchange.run(3)
    meeting.conference.end()
    await exchange.run(3)
    assert (await exchange.row("calls", sid))["status"] == "canceled"


async def test_removed_while_he_is_called(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, TELLING)
    exchange.phone(BOB, answering="ring-out")
    sid = calls(exchange, BOB)
    meeting.conference.participants[sid].kick()
    await exchange.run(3)
    assert (await exchange.row("calls", sid))["status"] == "canceled"
    assert meeting.told()[-1]["ReasonParticipantLeft"] == "participant_updated_via_api"


async def test_removed_when_he_was_called(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN)
    exchange.phone(BOB)
    sid = calls(exchange, BOB)
    await exchange.run(5)
    meeting.conference.participants[sid].kick()
    await exchange.run(3)
    assert (await exchange.row("calls", sid))["status"] == "completed" and heard(exchange, BOB) == []


async def test_who_was_called_is_sent_elsewhere(exchange):
    meeting = Meeting(exchange, elsewhere="<Response><Say>Elsewhere</Say></Response>")
    await meeting.comes(ANN)
    exchange.phone(BOB)
    sid = calls(exchange, BOB)
    await exchange.run(5)
    exchange.switchboard.redirect_call(sid, webhook=at("elsewhere"))
    await exchange.run(5)
    assert heard(exchange, BOB) == ["Elsewhere"] and len(meeting.conference.participants) == 1
    assert (await exchange.row("calls", sid))["status"] == "completed"


async def test_orders_that_come_before_he_answers(exchange, caplog):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'beep="false"')
    exchange.phone(BOB)
    sid = calls(exchange, BOB, beeps="false")
    meeting.conference.participants[sid].change(hold=True, muted=True)
    await exchange.run(5)
    assert heard(exchange, BOB, "tone") == ["music"] and await who_hears(exchange, ANN) == []
    meeting.conference.participants[sid].change(hold=False)
    assert await who_hears(exchange, ANN) == [BOB] and await who_hears(exchange, BOB) == []
    assert not caplog.records


async def test_his_leg_is_recorded(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'beep="false"')
    exchange.phone(BOB)
    sid = calls(exchange, BOB, beeps="false", record=Record(source="OutboundAPI"))
    await exchange.run(5)
    says(exchange, BOB, "Hello, is this recorded?")
    await exchange.run(3)
    on(exchange, BOB).put_down()
    await exchange.run(5)
    (row,) = await exchange.database.rows.page("recordings")
    assert (row["call_sid"], row["status"], row["conference_sid"]) == (sid, "completed", None)


@pytest.mark.parametrize(
    ("attend", "code"),
    [
        ({"label": "boss"}, 16026),
        ({"label": "a/b"}, 16024),
        ({"coaches": "CA" + "1" * 32}, 16028),
        ({"most": 1}, 16020),
        ({"name": "CF" + "1" * 32}, 16022),
        ({"name": ""}, 13237),
    ],
)
async def test_what_the_api_may_not_ask(exchange, attend, code):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'participantLabel="boss"')
    with pytest.raises(Fault) as refused:
        calls(exchange, BOB, **attend)
    assert refused.value.code == code
    assert len(await exchange.database.rows.page("calls")) == 1 and len(meeting.conference.participants) == 1


async def test_a_sid_of_none(exchange):
    # 2.8: in a Dial it has a code of its own
    meeting = Meeting(exchange)
    await meeting.comes(ANN, name="CF" + "1" * 32)
    assert meeting.codes() == [13236] and heard(exchange, ANN) == ["Goodbye then"] and conference(exchange) is None


@pytest.mark.parametrize("refused", ["CallCreated", "ConferenceMoved"])
async def test_a_call_that_the_store_refuses_leaves_nobody_there(exchange, refused):
    store = with_away(exchange)
    with store.for_(refused), pytest.raises(Fault):
        calls(exchange, EVE)
    await exchange.run(100)
    facilities = exchange.switchboard.facilities
    assert not facilities.conferences and not facilities.calls and not exchange.switchboard._attending
    calls(exchange, EVE)
    assert len(facilities.conferences) == 1
