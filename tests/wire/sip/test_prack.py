import pytest

from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.prack import RAck, Receiver, Sender, rack, rseq

from .messages import INVITE, request


def prack(named: str):
    return request(INVITE.replace("INVITE", "PRACK"), RAck=named)


def test_both_sides():  # RFC 3262 3, 4
    asked, sender, receiver = request(), Sender(last=988788), Receiver()
    ringing = asked.respond(180, to_tag="t")
    assert (rseq(ringing), receiver.confirm(ringing)) == (None, None)
    sender.prepare(ringing)
    assert (ringing.headers.get("RSeq"), ringing.headers.get("Require")) == ("988789", "100rel")
    with pytest.raises(SipError):
        sender.prepare(asked.respond(183, to_tag="t"))
    named = receiver.confirm(ringing)
    assert named == RAck(988789, 314159, "INVITE") == rack(str(named))
    assert receiver.confirm(ringing) is None  # it came again
    assert sender.confirm(prack(str(named))) is ringing
    with pytest.raises(SipError) as raised:
        sender.confirm(prack(str(named)))
    assert raised.value.status == 481
    progress = asked.respond(183, to_tag="t")
    sender.prepare(progress)
    with pytest.raises(SipError):
        sender.confirm(prack(str(named)))
    assert receiver.confirm(progress) == RAck(988790, 314159, "INVITE")


def test_out_of_order():  # RFC 3262 4: not confirmed, as what lies between may still come
    receiver, asked = Receiver(last=5), request()
    for number, wanted in ((7, None), (6, 6), (5, None), (7, 7)):
        late = asked.respond(183, to_tag="t")
        late.headers.add("Require", "100rel")
        late.headers.add("RSeq", number)
        named = receiver.confirm(late)
        assert (named.rseq if named else None) == wanted


@pytest.mark.parametrize(
    "text", ["", "1 2", "1 2 INVITE x", "x 2 INVITE", "1 -2 INVITE", "4294967296 1 INVITE", "1 2 IN(VITE"]
)
def test_malformed(text):
    with pytest.raises(SipError):
        rack(text)


def test_a_reliable_response_without_number():
    broken = request().respond(183, to_tag="t")
    broken.headers.add("Require", "100rel")
    with pytest.raises(SipError):
        rseq(broken)
