"""testing/rooms.py: conferences and queues (voice reference 2.8, 2.9, 6, 7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from twilio.rest import Client

from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.log import NotHeard
from hoyhoy.testing.phones import Phone, PhoneCall


def into(exchange: LocalExchange, phone: Phone, twiml: str) -> PhoneCall:
    Client().calls.create(to=phone.number, from_=exchange.numbers[0], twiml=f"<Response>{twiml}</Response>")
    call = phone.expect_call()
    call.answer()
    return call


def test_who_is_in_a_conference_and_how(led: LocalExchange, new_phone: Callable[[], Phone]) -> None:
    ann, bob = new_phone(), new_phone()
    room = led.conference(f"team of {ann.number}")
    room.expect_members()
    assert room.status == "" and room.members == [] and room.recordings == []
    first = into(led, ann, f"<Dial><Conference participantLabel='ann'>{room.name}</Conference></Dial>")
    room.expect_members(ann)
    assert room.status == "init"
    second = into(led, bob, f"<Dial><Conference>{room.name}</Conference></Dial>")
    for who in ((ann, bob), (second, first), ("ann", bob.number), (first.sid, second.sid)):
        assert {one.phone for one in room.expect_members(*who)} == {ann.number, bob.number}
    room.expect_status("in-progress")
    first.say("Good morning everybody")
    second.expect_speech("morning")

    sid = Client().conferences.list(friendly_name=room.name)[0].sid
    part = Client().conferences(sid).participants(second.sid)
    part.update(muted=True)
    (muted,) = room.expect_muted(bob)
    assert muted.is_in and str(muted) == f"{bob.number} muted"
    part.update(muted=False, hold=True)
    room.expect_held(bob)
    room.expect_muted()

    first.hang_up()
    second.hang_up()
    room.expect_status("completed")


def test_who_is_not_in_it_is_said_with_who_is(led: LocalExchange, new_phone: Callable[[], Phone]) -> None:
    ann, bob = new_phone(), new_phone()
    room = led.conference(f"team of {ann.number}")
    # She joins when time goes on, which is when it is waited for.
    call = into(led, ann, f"<Pause/><Dial><Conference>{room.name}</Conference></Dial>")
    with pytest.raises(NotHeard) as failure:
        room.expect_members(ann, bob, within=5)
    told = str(failure.value)
    assert f"{ann.number}, {bob.number} in it" in told and f"(init): {ann.number}" in told
    assert f"joins the conference {room.name}" in told
    with pytest.raises(NotHeard, match=r"nobody in it. There is the conference(.|\n)*nothing"):
        room.expect_members(within=5)
    call.hang_up()


def test_who_waits_in_a_queue_and_in_which_order(led: LocalExchange, new_phone: Callable[[], Phone]) -> None:
    ann, bob = new_phone(), new_phone()
    line = led.queue(f"for {ann.number}")
    line.expect_waiting()
    calls = [into(led, phone, f"<Enqueue>{line.name}</Enqueue>") for phone in (ann, bob)]
    head, behind = line.expect_waiting(ann, bob)
    assert (head.position, behind.position, head.call) == (1, 2, calls[0].sid)
    led.advance(10)
    assert line.waiting[0].waited >= 10 and str(line.waiting[1]).startswith(f"{bob.number} for 1")
    with pytest.raises(NotHeard, match=r"in this order\. There is the queue"):
        line.expect_waiting(bob, ann, within=1)
    calls[0].hang_up()
    line.expect_waiting(calls[1])
    calls[1].hang_up()
    line.expect_waiting()


def test_what_was_said_in_a_conference_is_recorded(led: LocalExchange, new_phone: Callable[[], Phone]) -> None:
    phones = [new_phone(), new_phone()]
    room = led.conference(f"team of {phones[0].number}")
    noun = f"<Conference record='record-from-start' beep='false'>{room.name}</Conference>"
    calls = [into(led, phone, f"<Dial>{noun}</Dial>") for phone in phones]
    room.expect_status("in-progress")
    calls[0].say("Good morning everybody, this is a long sentence that is worth to be kept.")
    led.advance(6)
    for call in calls:
        call.hang_up()
    room.expect_status("completed")
    led.advance(1)
    (recorded,) = room.recordings
    assert recorded.status == "completed" and recorded.conference.startswith("CF") and recorded.sound()[:4] == b"RIFF"
