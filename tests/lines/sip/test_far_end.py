"""What is asked of a far end, and which way that goes (RFC 3261 12.2.1, 13.2.2.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hoyhoy.lines.sip.far_end import SPARE, FarEnd
from hoyhoy.wire.sip.address import parse
from hoyhoy.wire.sip.authentication import Gate, Login, Verdict
from hoyhoy.wire.sip.dialog import Dialog, Stage
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Response
from hoyhoy.wire.sip.uri import Uri

from .office import Office, Phone, opened
from .wires import HOST


@pytest.fixture
async def office():
    async with opened() as made:
        yield made


def far_end(office: Office, phone: Phone, **more) -> FarEnd:
    dialog = Dialog(
        "call", parse(f"<sip:hoy@{HOST}>;tag=us"), parse("<sip:bob@home>;tag=bob"), phone.contact.uri,
        stage=Stage.CONFIRMED, **more,
    )  # fmt: skip
    return FarEnd(office.equipment, dialog, user="hoy")


async def test_it_asks_and_hears(office: Office) -> None:
    phone = await office.phone()
    far = far_end(office, phone)
    asking = office.clock.spawn(far.ask("UPDATE", prepare=lambda request: request.headers.add("X-A", "1")), "ask")
    update = await phone.request("UPDATE")
    assert (str(update.uri), update.headers.get("X-A"), update.cseq.number) == (phone.address, "1", 1)
    assert update.contacts[0].uri == Uri.sip("hoy", HOST, office.target.port)
    ok = update.respond(200)
    ok.headers.add("Allow", "INVITE, Update")
    phone.send(ok)
    assert isinstance(await asking, Response)
    assert far.allows == {"invite", "update"}


async def test_requests_go_through_the_route(office: Office) -> None:
    proxy, phone = await office.phone(), await office.phone()
    far = far_end(office, phone, routes=(parse(f"<sip:{HOST}:{proxy.wire.port};lr>"),))
    far.place = phone.wire.target  # a proxy that wants to stay on the way comes first
    asking = office.clock.spawn(far.ask("BYE"), "ask")
    bye = await proxy.request("BYE")
    assert (str(bye.uri), bye.routes[0].uri.port) == (phone.address, proxy.wire.port)
    proxy.send(bye.respond(200))
    assert (await asking).status == 200


async def test_requests_go_where_it_is_known_to_be(office: Office) -> None:
    phone, other = await office.phone(), await office.phone()
    far = far_end(office, other)
    far.place = phone.wire.target
    asking = office.clock.spawn(far.ask("BYE"), "ask")
    phone.send((await phone.request("BYE")).respond(200))
    await asking
    await other.is_silent()


async def test_requests_follow_a_far_end_that_moves(office: Office) -> None:
    one, two = await office.phone(), await office.phone()
    far = far_end(office, one)
    for phone in (one, two):
        far.dialog.target = phone.contact.uri
        asking = office.clock.spawn(far.ask("INFO"), "ask")
        phone.send((await phone.request("INFO")).respond(200))
        await asking


async def test_a_reinvite_is_confirmed(office: Office) -> None:
    phone = await office.phone()
    far = far_end(office, phone)
    asking = office.clock.spawn(far.ask("INVITE"), "ask")
    invite = await phone.request("INVITE")
    with pytest.raises(SipError):  # 14.1: one at a time
        await far.ask("INVITE")
    phone.send(invite.respond(200))
    ack = await phone.request("ACK")
    assert (await asking).status == 200
    assert (ack.cseq.number, ack.via.branch != invite.via.branch) == (invite.cseq.number, True)
    phone.send(invite.respond(200))
    assert bytes(await phone.next(repeats=True)) == bytes(ack)


async def test_acks_that_are_kept_are_few(office: Office) -> None:
    phone = await office.phone()
    far = far_end(office, phone)
    for _ in range(SPARE + 3):
        asking = office.clock.spawn(far.ask("INVITE"), "ask")
        phone.send((await phone.request("INVITE")).respond(200))
        await phone.request("ACK")
        await asking
    assert len(far._acks) == SPARE


async def test_there_is_no_way(office: Office) -> None:
    phone = await office.phone()
    far = far_end(office, phone)
    far.dialog.target = Uri("tel", opaque="+1")
    with pytest.raises(SipError) as refused:
        await far.ask("BYE")
    assert refused.value.status == 416


@pytest.mark.parametrize(("password", "asked"), [("secret", 2), ("wrong", 2)])
async def test_a_challenge_in_the_dialog(office: Office, password: str, asked: int) -> None:
    """RFC 3261 22.2: it is answered once, with the dialog's next number."""
    phone = await office.phone()
    far = far_end(office, phone)
    far.login, far.login_at = Login("hoy", password), phone.wire.target
    gate = Gate("home", b"secret")
    asking = office.clock.spawn(far.ask("INVITE"), "ask")
    for number in range(1, asked + 1):
        invite = await phone.request("INVITE")
        assert invite.cseq.number == far.dialog.inviting == number
        verdict = gate.judge(gate.presented(invite), invite, "secret", now=office.clock.now())
        if verdict is Verdict.GRANTED:
            phone.send(invite.respond(200))
        else:
            phone.send(gate.challenge(invite, now=office.clock.now(), salt="salt"))
        await phone.request("ACK")
    assert (await asking).status == (200 if password == "secret" else 401)
    assert (far.dialog.number, far.dialog.inviting) == (2, None)
    await phone.is_silent()


@pytest.mark.parametrize("changes", [{"host": "192.0.2.1"}, {"port": 9}, {"transport": "tls"}])
async def test_proofs_of_a_password_go_nowhere_else(office: Office, changes) -> None:
    """CVE-2021-41158: a called party challenges requests that came past the provider whose password it is."""
    phone = await office.phone()
    far = far_end(office, phone)
    far.login, far.login_at = Login("hoy", "secret"), replace(phone.wire.target, **changes)
    asking = office.clock.spawn(far.ask("BYE"), "ask")
    bye = await phone.request("BYE")
    phone.send(Gate("home", b"secret").challenge(bye, now=office.clock.now(), salt="salt"))
    await phone.is_silent()
    assert (await asking).status == 401
    bye.headers.set("Proxy-Authorization", "Digest x")
    await far.confirm(bye)
    assert "Proxy-Authorization" not in (await phone.request("ACK")).headers


@pytest.mark.parametrize("way", ["Contact", "Record-Route"])
async def test_a_far_end_opens_no_doors_for_us(office: Office, way: str) -> None:
    """RFC 3261 12.2.1.1 as far as a stranger may be followed: it names hosts of our own network."""
    phone, inside = await office.phone(), await office.phone()
    named = f"sip:{HOST}:{inside.wire.port};transport=udp;lr"
    far = far_end(office, phone, **({"routes": (parse(f"<{named}>"),)} if way == "Record-Route" else {}))
    if way == "Contact":
        far.dialog.target = inside.contact.uri
    far.source = phone.wire.target
    office.equipment.permits = lambda target: False
    asking = office.clock.spawn(far.ask("BYE"), "ask")
    phone.send((await phone.request("BYE")).respond(200))
    assert (await asking).status == 200
    await inside.is_silent()
    office.equipment.permits = lambda target: True
    asking = office.clock.spawn(far.ask("INFO"), "ask")
    inside.send((await inside.request("INFO")).respond(200))
    assert (await asking).status == 200


async def test_a_far_end_shows_where_it_is(office: Office) -> None:
    phone = await office.phone()
    far = far_end(office, phone)
    invite = phone.opening("INVITE")
    far.moves(invite, phone.wire.target)
    assert (far.place, far.source) == (None, phone.wire.target)
    invite.headers.set("Contact")
    far.moves(invite, phone.wire.target)
    assert far.place == phone.wire.target
