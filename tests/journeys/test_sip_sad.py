"""Far ends that do wrong or unusual things, played by SIPp; and many calls at once (RFC 3261, voice 10.3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .office import Office
from .sipp import Sipp

pytestmark = pytest.mark.journey

ANSWERED = "<Response><Say>One moment.</Say><Pause length='30'/></Response>"
RINGS = "<Response><Pause length='30'/><Say>Hello.</Say></Response>"
SHORT = "<Response><Say>Hi.</Say></Response>"


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as office:
        office.lead("/voice")
        yield office


def calling(office: Office, folder: Path, scenario: str, document: str = ANSWERED, **more: Any) -> Sipp:
    """SIPp calls the first number, which performs `document`."""
    office.app.asked.clear()
    office.app.pages["/voice"] = document
    with Sipp(folder, scenario, to=office.exchange.sip, number=office.numbers[0], **more) as sipp:
        return sipp.done()


@pytest.mark.parametrize("scenario", ["cancel_late", "again", "refer", "short_session"])
def test_a_call_is_one_call_and_is_completed(office: Office, tmp_path: Path, scenario: str) -> None:
    calling(office, tmp_path, scenario)
    [form] = office.app.forms("/voice")
    assert office.over(form["CallSid"]).status == "completed"


def test_without_ack_the_answer_comes_again_until_the_far_end_hangs_up(office: Office, tmp_path: Path) -> None:
    sipp = calling(office, tmp_path, "no_ack")
    assert sipp.messages.count("SIP/2.0 200 OK") >= 4  # at once, after 500 ms and 1.5 s (RFC 3261 13.3.1.4); for BYE
    assert office.over(office.asked("/voice")["CallSid"]).status == "completed"


@pytest.mark.parametrize("scenario", ["cancel", "bye_early"])
def test_a_caller_gives_up(office: Office, tmp_path: Path, scenario: str) -> None:
    after = office.lab.position()
    calling(office, tmp_path, scenario, RINGS)
    created = office.lab.expect({"kinds": ["CallCreated"]}, after=after, within=0)
    assert created and office.over(created["subject"]).status == "canceled"


def test_an_offer_that_comes_late(office: Office, tmp_path: Path) -> None:
    calling(office, tmp_path, "late_offer", SHORT)
    assert office.over(office.asked("/voice")["CallSid"]).status == "completed"


def test_no_description_at_all(office: Office, tmp_path: Path) -> None:
    calling(office, tmp_path, "no_sdp")
    assert office.over(office.asked("/voice")["CallSid"]).status == "completed"  # it was answered, and then ended


@pytest.mark.parametrize("scenario", ["unknown_codec", "broken_sdp", "asked"])
def test_what_cannot_be_is_refused_and_no_app_is_asked(office: Office, tmp_path: Path, scenario: str) -> None:
    calling(office, tmp_path, scenario)
    assert not office.app.asked


# Calls to such far ends ----------------------------------------------------------------------


def called(office: Office, to: str, **more: Any) -> str:
    status = office.app.url("/status")
    call = office.client.calls.create(
        to=f"sip:somebody@{to}", from_=office.numbers[0], twiml=SHORT, status_callback=status, **more
    )
    return str(call.sid)


@pytest.mark.parametrize(
    ("code", "status"),
    [(404, "failed"), (480, "no-answer"), (486, "busy"), (500, "failed"), (503, "failed"), (600, "busy"),
     (603, "busy"), (606, "failed")],
)  # fmt: skip
def test_a_far_end_refuses(office: Office, tmp_path: Path, code: int, status: str) -> None:
    with Sipp(tmp_path, "refuses", status=str(code)) as sipp:
        sid = called(office, sipp.place)
        sipp.done()
    assert office.over(sid).status == status
    told = office.asked("/status", CallSid=sid)
    assert (told["CallStatus"], told["SipResponseCode"]) == (status, str(code))


def test_a_far_end_has_moved(office: Office, tmp_path: Path) -> None:
    with Sipp(tmp_path / "there", "answers") as there, Sipp(tmp_path, "moved", elsewhere=there.place) as moved:
        sid = called(office, moved.place)
        moved.done()
        there.done()
    assert office.over(sid).status == "completed"


def test_a_far_end_answers_while_it_is_cancelled(office: Office, tmp_path: Path) -> None:
    with Sipp(tmp_path, "crossed") as sipp:
        sid = called(office, sipp.place)
        office.moved(sid, "ringing")
        office.client.calls(sid).update(status="canceled")
        sipp.done()
    assert office.over(sid).status == "canceled"


def test_a_far_end_answers_without_a_description(office: Office, tmp_path: Path) -> None:
    with Sipp(tmp_path, "answers_nothing") as sipp:
        sid = called(office, sipp.place)
        sipp.done()
    assert office.over(sid).status == "failed"


# Load ----------------------------------------------------------------------------------------


def test_a_hundred_calls_in_five_seconds_are_answered_with_a_webhook_each(office: Office, tmp_path: Path) -> None:
    calling(office, tmp_path, "load", SHORT, options=("-r", "20", "-m", "100"))
    sids = {form["CallSid"] for form in office.app.forms("/voice")}
    assert len(office.app.asked) == len(sids) == 100
    assert {form["SipHeader_X-Order"] for form in office.app.forms("/voice")} == {f"A-{one + 1}" for one in range(100)}
    assert {office.over(sid).status for sid in sids} == {"completed"}


def test_calls_beyond_the_ports_are_refused_and_those_that_were_taken_go_on(tmp_path: Path) -> None:
    """All of them listen at one address and port, so no two can share a port of ours (design, the media plane)."""
    document = "<Response><Pause length='2'/></Response>"
    with Office(media_ports=4) as office:
        office.lead("/voice")
        sipp = calling(office, tmp_path, "crowd", document, options=("-r", "50", "-m", "6"))
        assert sipp.messages.count("SIP/2.0 503") == 2
        sids = {form["CallSid"] for form in office.app.forms("/voice")}
        assert len(sids) == 4 and {office.over(sid).status for sid in sids} == {"completed"}
        calling(office, tmp_path / "again", "load", SHORT)
