from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from hoyhoy.exchange.events import CallbackDelivered, CallbackFailed, CallMoved, Entry, Event, MessageCreated
from hoyhoy.exchange.ports import Callback, Row
from hoyhoy.store.changes import Record, event_rows, fold, scrub
from hoyhoy.store.schema import OUTBOX

from .sample import call, callback, change, delete


def records(*rows: Row) -> list[Record]:
    return [
        Record(Entry(position, 5.0, "CA1", "AC1", CallMoved(status="x")), (row,), ())
        for position, row in enumerate(rows, 1)
    ]


def folded(*rows: Row) -> tuple[bool, int | None, dict[str, Any]]:
    fate = fold(records(*rows))["calls"]["CA1"]
    return fate.gone, fate.id, fate.values


def test_made_and_changed_is_one_insert_at_the_first_position() -> None:
    assert folded(
        call("CA1", status="queued", note="n"), change("CA1", status="ringing"), change("CA1", duration=3)
    ) == (False, 1, {"status": "ringing", "note": "n", "duration": 3})


def test_changes_are_merged() -> None:
    assert folded(change("CA1", status="a"), change("CA1", status="b", note=None)) == (
        False,
        None,
        {"status": "b", "note": None},
    )


def test_made_and_deleted_is_nothing() -> None:
    assert folded(call("CA1", status="a"), delete("CA1")) == (False, None, {})


def test_changed_and_deleted_is_one_delete() -> None:
    assert folded(change("CA1", status="a"), delete("CA1"), change("CA1", status="late")) == (True, None, {})


def test_deleted_and_made_again_is_both() -> None:
    assert folded(delete("CA1"), call("CA1", status="a")) == (True, 2, {"status": "a"})


def test_the_values_of_a_record_are_not_touched() -> None:
    made = call("CA1", status="a")
    folded(made, change("CA1", status="b"))
    assert made.values == {"status": "a"}


@given(
    st.lists(
        st.one_of(
            st.builds(lambda sid, status: call(sid, status=status), st.sampled_from("ab"), st.sampled_from("xyz")),
            st.builds(lambda sid, status: change(sid, status=status), st.sampled_from("ab"), st.sampled_from("xyz")),
            st.builds(lambda sid, note: change(sid, note=note), st.sampled_from("ab"), st.sampled_from("xyz")),
            st.builds(delete, st.sampled_from("ab")),
        ),
        max_size=12,
    ),
    st.sets(st.sampled_from("ab")),
)
def test_folding_ends_where_one_by_one_ends(rows: list[Row], before: set[str]) -> None:
    one_by_one: dict[str, dict[str, Any]] = {sid: {"status": "old", "id": 0} for sid in before}
    for position, row in enumerate(rows, 1):
        assume(not (row.new and row.sid in one_by_one))  # the unique sid refuses that
        if row.values is None:
            one_by_one.pop(row.sid, None)
        elif row.new:
            one_by_one[row.sid] = {**row.values, "id": position}
        elif row.sid in one_by_one:
            one_by_one[row.sid].update(row.values)
    at_once: dict[str, dict[str, Any]] = {sid: {"status": "old", "id": 0} for sid in before}
    for sid, fate in fold(records(*rows)).get("calls", {}).items():
        if fate.gone:
            at_once.pop(sid, None)
        if fate.id is not None:
            at_once[sid] = {**fate.values, "id": fate.id}
        elif sid in at_once:
            at_once[sid].update(fate.values)
    assert at_once == one_by_one


def outbox(*steps: Event | Callback) -> tuple[bool, int | None, dict[str, Any]]:
    made = []
    for position, step in enumerate(steps, 1):
        is_callback = isinstance(step, Callback)
        event = CallMoved(status="x") if isinstance(step, Callback) else step
        made.append(Record(Entry(position, 100.0, "CA1", "AC1", event), (), (step,) if is_callback else ()))
    fate = fold(made)[OUTBOX]["CB1"]
    return fate.gone, fate.id, fate.values


def failed(again_in: float | None) -> CallbackFailed:
    return CallbackFailed(sid="CB1", url="", params=(), code=11200, problem="", attempts=2, again_in=again_in)


def test_a_callback_is_due_at_once() -> None:
    gone, made, values = outbox(callback("CB1"))
    assert (gone, made, values["due_at"], values["attempts"]) == (False, 1, 100.0, 0)
    assert json.loads(values["params"]) == [["CallStatus", "ringing"], ["To", "+15005550006"]]


def test_a_delivered_callback_leaves_the_outbox() -> None:
    assert outbox(CallbackDelivered(sid="CB1", url="", params=(), status=200, attempts=1)) == (True, None, {})


def test_a_failed_callback_is_due_later_and_one_given_up_is_gone() -> None:
    assert outbox(failed(again_in=15)) == (False, None, {"due_at": 115.0, "attempts": 2})
    assert outbox(failed(again_in=None)) == (True, None, {})


def test_events_are_rows_of_json() -> None:
    [row] = event_rows(records(call("CA1")))
    assert row[:5] == (1, 5.0, "CA1", "AC1", "CallMoved")
    assert json.loads(row[5]) == {"status": "x", "cause": "", "duration": None}


def test_lone_surrogates_are_replaced_everywhere() -> None:
    event = MessageCreated(
        direction="inbound",
        sender="+1\ud83d",
        recipient="+2",
        body="\ud83d\ude00 \udfff",
        status="received",
        num_segments=1,
    )
    [(entry, [row], [told])] = scrub(
        [
            Record(
                Entry(7, 5.0, "SM\udfff", "AC1", event),
                [call("CA1", note="a\ud800b", more={"k\udfff": ["\udfff"]})],
                [
                    Callback(
                        sid="CB1", subject="SM1", account="AC1", url="u", method="POST", params=(("Body", "\ud800"),)
                    )
                ],
            )
        ]
    )
    assert (entry.position, entry.subject) == (7, "SM\ufffd")
    assert isinstance(entry.event, MessageCreated)
    assert (entry.event.sender, entry.event.body) == ("+1\ufffd", "\U0001f600 \ufffd")
    assert (row.table, row.new, row.values) == ("calls", True, {"note": "a\ufffdb", "more": {"k\ufffd": ["\ufffd"]}})
    assert told.params == (("Body", "\ufffd"),)
