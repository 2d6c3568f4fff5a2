from __future__ import annotations

import pytest

from hoyhoy.wire.sip import address, via
from hoyhoy.wire.sip.dialog import FORK_LIMIT, Dialog, Forks, Stage, dialog_id
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, Response, parse

from .messages import INVITE, request, response

VIA = via.parse("SIP/2.0/UDP us.example.com;branch=z9hG4bKus")
US = address.parse("<sip:us@us.example.com>")


def answer(
    status: int, asked: Request, tag: str = "314", contact: str = "<sip:bob@192.0.2.4>", **changes: str
) -> Response:
    read = asked.respond(status, to_tag=tag)
    if contact:
        read.headers.set("Contact", contact)
    for name, value in changes.items():
        read.headers.set(name.replace("_", "-"), value)
    return read


def theirs(method: str, number: int, contact: str = "") -> Request:
    """A request of the other end inside the dialog."""
    return request(
        INVITE.replace("INVITE", method), CSeq=f"{number} {method}", To="<sip:bob@biloxi.example.com>;tag=us",
        **({"Contact": contact} if contact else {}),
    )  # fmt: skip


def uas(**changes: str) -> Dialog:
    return Dialog.opened(request(**changes), "us", number=10)


def uac(**changes: str) -> Dialog:
    asked = request()
    return Dialog.answered(asked, answer(200, asked, **changes))


def test_of_a_request_that_came():  # RFC 3261 12.1.1
    dialog = uas(Record_Route="<sip:p1;lr>, <sip:p2;lr>")
    assert dialog.id == ("a84b4c76e66710@pc33.atlanta.example.com", "us", "1928301774")
    assert (str(dialog.target), dialog.remote_number, dialog.stage) == (
        "sip:alice@pc33.atlanta.example.com",
        314159,
        Stage.EARLY,
    )
    assert [str(route.uri) for route in dialog.routes] == ["sip:p1;lr", "sip:p2;lr"]
    made = dialog.request("BYE", VIA)
    assert bytes(made).decode() == (
        "BYE sip:alice@pc33.atlanta.example.com SIP/2.0\r\n"
        "Via: SIP/2.0/UDP us.example.com;branch=z9hG4bKus\r\n"
        "Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\n"
        "Max-Forwards: 70\r\n"
        "From: Bob <sip:bob@biloxi.example.com>;tag=us\r\n"
        "To: Alice <sip:alice@atlanta.example.com>;tag=1928301774\r\n"
        "Call-ID: a84b4c76e66710@pc33.atlanta.example.com\r\n"
        "CSeq: 11 BYE\r\nContent-Length: 0\r\n\r\n"
    )
    assert str(dialog.next_hop) == "sip:p1;lr"
    assert dialog_id(theirs("BYE", 1)) == dialog.id
    assert isinstance(parse(bytes(made)), Request)


def test_of_a_response_that_came():  # RFC 3261 12.1.2
    dialog = uac(Record_Route="<sip:p2;lr>, <sip:p1;lr>")
    assert (dialog.id, dialog.stage) == (
        ("a84b4c76e66710@pc33.atlanta.example.com", "1928301774", "314"),
        Stage.CONFIRMED,
    )
    assert [str(route.uri) for route in dialog.routes] == ["sip:p1;lr", "sip:p2;lr"]
    made = dialog.request("UPDATE", VIA, contact=US, body=b"v=0", content_type="application/sdp")
    assert (str(made.uri), str(made.cseq), made.from_.tag, made.to.tag) == (
        "sip:bob@192.0.2.4",
        "314160 UPDATE",
        "1928301774",
        "314",
    )
    assert (made.contacts, made.content_type, made.body) == ((US,), "application/sdp", b"v=0")
    assert dialog_id(dialog_response(made, 200)) == dialog.id


def dialog_response(made: Request, status: int, contact: str = "") -> Response:
    return answer(status, made, "", contact)


def test_a_strict_router():  # RFC 3261 12.2.1.1, 16.12.1.2
    dialog = uas(Record_Route="<sip:strict;method=z>;p, <sip:p2;lr>")
    made = dialog.request("BYE", VIA)
    assert str(made.uri) == "sip:strict"
    assert [str(route) for route in made.routes] == ["<sip:p2;lr>", "<sip:alice@pc33.atlanta.example.com>"]
    assert str(dialog.next_hop) == "sip:strict;method=z"


def test_an_ack_has_the_number_and_credentials_of_its_invite():  # RFC 3261 13.2.2.4, 22.1
    asked = request(Authorization='Digest username="a"')
    dialog = Dialog.answered(asked, answer(200, asked))
    made = dialog.ack(asked, VIA)
    assert (str(made.cseq), str(made.uri), made.headers.get("Authorization")) == (
        "314159 ACK",
        "sip:bob@192.0.2.4",
        'Digest username="a"',
    )
    assert dialog.number == 314159


def test_early_and_confirmed():  # RFC 3261 13.2.2.4: the 2xx counts
    asked = request()
    ringing = answer(180, asked, Record_Route="<sip:far;lr>, <sip:near;lr>", contact="<sip:bob@early>")
    dialog = Dialog.answered(asked, ringing)
    assert (dialog.stage, str(dialog.target), str(dialog.next_hop)) == (Stage.EARLY, "sip:bob@early", "sip:near;lr")
    dialog.heard(answer(200, asked, contact="<sip:bob@late>"))
    assert (dialog.stage, str(dialog.target), dialog.routes, dialog.inviting) == (
        Stage.CONFIRMED,
        "sip:bob@late",
        (),
        None,
    )
    dialog = Dialog.answered(asked, answer(183, asked, contact=""))
    assert dialog.target == asked.uri
    dialog.heard(answer(486, asked))
    assert dialog.stage is Stage.TERMINATED


def test_what_we_answer():
    asked = request()
    dialog = Dialog.opened(asked, "us")
    ringing = dialog.respond(asked, 180, contact=US)
    assert (ringing.to.tag, ringing.contacts, dialog.stage) == ("us", (US,), Stage.EARLY)
    accepted = dialog.respond(asked, 200, contact=US, body=b"v=0", content_type="application/sdp")
    assert (accepted.content_type, accepted.body, dialog.stage, dialog.invited) == (
        "application/sdp",
        b"v=0",
        Stage.CONFIRMED,
        None,
    )
    refused = Dialog.opened(asked, "us")
    assert "Contact" not in refused.respond(asked, 486, contact=US).headers
    assert refused.stage is Stage.TERMINATED


def test_sequence_numbers():  # RFC 3261 12.2.2
    dialog = uas()
    dialog.invited = None
    dialog.receive(theirs("INFO", 314161))  # gaps are lawful
    for number in (314161, 314160, 1):
        with pytest.raises(SipError) as raised:
            dialog.receive(theirs("INFO", number))
        assert raised.value.status == 500
    dialog.receive(theirs("ACK", 314159))
    dialog.receive(theirs("BYE", 314162))
    assert dialog.stage is Stage.TERMINATED
    fresh = uac()
    fresh.receive(theirs("INFO", 1))  # the first one of a callee may have any number
    assert [fresh.request("INFO", VIA).cseq.number for _ in range(3)] == [314160, 314161, 314162]
    fresh.number = 2**31 - 1
    with pytest.raises(SipError):
        fresh.request("INFO", VIA)


def test_the_target_moves():  # RFC 3261 12.2.1.2, 12.2.2; RFC 3311
    dialog = uac()
    dialog.receive(theirs("INVITE", 1, "<sip:bob@one;method=x>"))
    assert str(dialog.target) == "sip:bob@one"
    dialog.respond(theirs("INVITE", 1), 200)
    dialog.receive(theirs("INFO", 2, "<sip:bob@no>"))
    assert str(dialog.target) == "sip:bob@one"
    made = dialog.request("UPDATE", VIA)
    dialog.heard(dialog_response(made, 200, "<sip:bob@two>"))
    dialog.heard(dialog_response(dialog.request("UPDATE", VIA), 488, "<sip:bob@three>"))
    dialog.heard(dialog_response(dialog.request("UPDATE", VIA), 200, "<tel:+1>"))
    assert str(dialog.target) == "sip:bob@two"


def test_glare():  # RFC 3261 14.1, 14.2
    dialog = uac()
    made = dialog.request("INVITE", VIA)
    with pytest.raises(SipError) as raised:
        dialog.receive(theirs("INVITE", 1))
    assert raised.value.status == 491
    with pytest.raises(SipError):
        dialog.request("INVITE", VIA)
    dialog.heard(dialog_response(made, 100))
    assert dialog.inviting == made.cseq.number
    dialog.heard(dialog_response(made, 491))
    assert dialog.stage is Stage.CONFIRMED
    dialog.receive(theirs("INVITE", 2))
    with pytest.raises(SipError) as raised:
        dialog.receive(theirs("INVITE", 3))
    assert (raised.value.status, raised.value.headers) == (500, (("Retry-After", "5"),))
    with pytest.raises(SipError):
        dialog.request("INVITE", VIA)
    dialog.respond(theirs("INVITE", 2), 488)
    assert dialog.stage is Stage.CONFIRMED
    dialog.request("INVITE", VIA)
    assert [round(uac().glare_wait(chance), 2) for chance in (0, 0.5, 1)] == [2.1, 3.05, 4.0]
    assert [round(uas().glare_wait(chance), 2) for chance in (0, 0.5, 1)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("status", "stage"), [(481, Stage.TERMINATED), (408, Stage.TERMINATED), (500, Stage.CONFIRMED)]
)
def test_an_end_that_knows_us_no_more(status, stage):  # RFC 3261 12.2.1.2
    dialog = uac()
    dialog.heard(dialog_response(dialog.request("OPTIONS", VIA), status))
    assert dialog.stage is stage


def test_bye_ends_it_whatever_is_answered():
    dialog = uac()
    dialog.heard(dialog_response(dialog.request("BYE", VIA), 500))
    assert dialog.stage is Stage.TERMINATED


def test_what_opens_none():
    with pytest.raises(SipError):
        uas(Contact="*")
    with pytest.raises(SipError):
        Dialog.opened(request(INVITE.replace("INVITE sip:", "INVITE sips:")), "us")


def test_forks():  # RFC 3261 13.2.2.4
    asked = request()
    forks = Forks(asked)
    assert forks.heard(answer(100, asked, "")) is None
    assert forks.heard(response(bytes(asked.respond(180)).decode().replace("\r\n", "\n"))) is None  # RFC 2543: no tag
    one, two = forks.heard(answer(180, asked, "1")), forks.heard(answer(183, asked, "2"))
    assert one is not two and forks.heard(answer(180, asked, "1")) is one and forks.winner is None
    assert forks.heard(answer(200, asked, "2")) is two is forks.winner
    late = forks.heard(answer(200, asked, "3"))
    assert late is not forks.winner and late.stage is Stage.CONFIRMED  # to be confirmed and ended
    assert forks.heard(answer(200, asked, "2")) is two
    assert one.stage is Stage.EARLY


def test_a_refusal_ends_all_early_dialogs():
    asked = request()
    forks = Forks(asked)
    early = [forks.heard(answer(180, asked, str(tag))) for tag in range(3)]
    assert forks.heard(answer(486, asked, "9")) is None
    assert {dialog.stage for dialog in early} == {Stage.TERMINATED}


def test_a_flood_of_early_dialogs():
    asked = request()
    forks = Forks(asked)
    for tag in range(1000):
        forks.heard(answer(180, asked, str(tag)))
    assert len(forks.dialogs) == FORK_LIMIT
    assert forks.heard(answer(200, asked, "777")) is forks.winner is not None
