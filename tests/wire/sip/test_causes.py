import pytest

from hoyhoy.exchange.call import UNANSWERED, CallStatus
from hoyhoy.exchange.leg import Cause
from hoyhoy.wire.sip import causes
from hoyhoy.wire.sip.causes import FAILURES, cause_of, reason_of, refusal_of, status_of, told
from hoyhoy.wire.sip.reasons import REASONS
from hoyhoy.wire.sip.transaction import Failure


@pytest.mark.parametrize(
    ("status", "cause", "call"),  # voice 10.3
    [
        (200, "normal", "in-progress"),
        (486, "busy", "busy"), (600, "busy", "busy"),
        (408, "no-answer", "no-answer"), (480, "no-answer", "no-answer"), (487, "no-answer", "no-answer"),
        (603, "rejected", "busy"), (607, "rejected", "busy"), (403, "failed", "failed"),
        (404, "unreachable", "failed"), (410, "unreachable", "failed"),
        (484, "unreachable", "failed"),
        (500, "failed", "failed"), (503, "failed", "failed"), (502, "unreachable", "failed"),
        (699, "failed", "failed"), (302, "failed", "failed"),
    ],
)  # fmt: skip
def test_of_responses(status, cause, call):
    assert (cause_of(status), status_of(status)) == (cause, call)


def test_the_words_are_the_exchanges():
    words = {cause.value for cause in Cause}
    assert words == set(causes._STATUSES) == set(causes._REFUSALS) == set(causes._TOLD)
    assert {cause.value: status.value for cause, status in UNANSWERED.items()} == causes._STATUSES
    assert {cause_of(code) for code in range(200, 700)} <= words
    assert {status_of(code) for code in range(100, 700)} <= {status.value for status in CallStatus}
    assert status_of(100) == "queued" and status_of(183) == "ringing"


def test_refusals():  # voice 2.12
    assert (refusal_of("busy"), refusal_of("rejected"), refusal_of("?")) == (486, 404, 500)
    assert all(refusal_of(cause) in REASONS for cause in Cause)
    assert set(FAILURES) == set(Failure) and cause_of(FAILURES[Failure.TRANSPORT]) == "failed"


@pytest.mark.parametrize(
    ("value", "cause"),  # RFC 3326 2
    [
        ('Q.850 ;cause=16 ;text="Terminated"', "normal"),
        ('SIP ;cause=600 ;text="Busy Everywhere"', "busy"),
        ('SIP ;cause=200 ;text="Call completed elsewhere"', "normal"),
        ("preemption;cause=1, q.850;cause=34", "failed"),
        ("SIP;cause=99", None), ("Q.850", None), ("Q.850;cause=x", None),
        ("Q.850;cause=99999", None), ('SIP;text="', None), ("", None),
    ],
)  # fmt: skip
def test_reasons(value, cause):
    assert told([value]) == cause


def test_what_we_tell_is_understood():
    words = ["normal", "busy", "no-answer", "rejected", "unreachable", "failed"]
    assert [told([reason_of(cause)]) for cause in words] == words
