import pytest

from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.lines.sip.refusal import TOLD, Complaints, Refused

from .town import ask


def test_a_refusal_tells_its_code():
    asked = ask("INVITE", "sip:bob@h", from_="sip:a@h")
    response = asked.refuse(Refused(32209, "Use TLS."))
    assert (response.status, response.headers.get("X-Twilio-Error")) == (403, "32209 Use TLS.")
    response = asked.refuse(Refused(32008, "Too many.", 503, retry_after=1))
    assert (response.status, response.headers.get("Retry-After")) == (503, "1")
    assert Refused(32008, "Too many.").code == 32008


@pytest.mark.asyncio
async def test_strangers_do_not_fill_a_log():
    told = []
    clock = VirtualClock(0)
    complaints = Complaints(clock, lambda *words: told.append(words))
    for _ in range(100):
        complaints.tell("AC1", 32202, "Wrong.")
    assert told == [("AC1", 32202, "Wrong.")] * TOLD
    complaints.tell("AC1", 32201, "Elsewhere.")
    complaints.tell("AC2", 32202, "Wrong.")
    assert len(told) == TOLD + 2
    await clock.advance(60)
    complaints.tell("AC1", 32202, "Wrong.")
    assert len(told) == TOLD + 3
