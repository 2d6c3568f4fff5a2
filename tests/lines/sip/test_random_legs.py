"""Far ends that do whatever they like, in any order: every leg ends, and nothing of it is left (bad inputs 5, 8)."""

from __future__ import annotations

import logging
import random

import pytest

from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.wire.sip.authentication import Gate
from hoyhoy.wire.sip.dialog import Dialog
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.media import Direction
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.transaction import ack, cancel

from .office import Office, Phone, Registered, Talking, opened
from .wires import HOST, turns

AOR = "sip:bob@acme.sip.twilio.com"
STEPS = 25


class Wild:
    """A phone without manners."""

    def __init__(self, office: Office, phone: Phone, chance: random.Random) -> None:
        self.office, self.phone, self.chance = office, phone, chance
        self.invites: list[Request] = []
        self.theirs: list[Request] = []
        self.talks: list[Talking] = []
        self.number = 1

    def body(self) -> bytes:
        self.phone.negotiation.withdraw()
        direction = self.chance.choice(list(Direction))
        port = self.chance.choice((0, 9, 40000))
        whole = self.phone.offer(direction=direction, port=port)
        return self.chance.choice((whole, whole, whole, b"", b"v=0\r\nnonsense", whole.replace(b"audio", b"video")))

    async def step(self) -> None:
        self.listen()
        self.chance.choice(
            (self.reply, self.reply, self.reply, self.call, self.ask, self.ask, self.confirm, self.give_up)
        )()
        await turns(self.chance.choice((0, 1, 5)))
        if self.chance.random() < 0.2:
            await self.office.clock.advance(self.chance.choice((0.6, 5, 33, 61)))

    def listen(self) -> None:
        from hoyhoy.wire.sip.message import parse

        while self.phone.wire.came:
            found = parse(self.phone.wire.came.pop(0))
            if isinstance(found, Request):
                if found.method != "ACK":
                    self.theirs.append(found)
            elif found.cseq.method == "INVITE" and found.to.tag and found.status < 300:
                invite = next((one for one in self.invites if one.call_id == found.call_id), None)
                if invite is not None and found.contacts:
                    self.talks.append(Talking(self.phone, Dialog.answered(invite, found), invite))

    def reply(self) -> None:
        if not self.theirs:
            return
        request = self.chance.choice(self.theirs)
        status = self.chance.choice((100, 180, 183, 199, 200, 200, 200, 302, 401, 407, 422, 481, 486, 491, 503, 600))
        tag = self.chance.choice(("one", "two", "three", ""))
        if status in (401, 407):
            gate = Gate("home", b"secret")
            response = gate.challenge(request, now=self.office.clock.now(), salt="salt", proxy=status == 407)
        else:
            response = request.respond(status, to_tag=tag, body=self.body())
        for name, value in (
            ("Contact", f"<sip:bob@{HOST}:{self.phone.wire.port}>"), ("Content-Type", "application/sdp"),
            ("Require", "100rel"), ("RSeq", str(self.chance.randrange(3))), ("Session-Expires", "90;refresher=uac"),
            ("Min-SE", "200"), ("Allow", "UPDATE"), ("Record-Route", f"<sip:{HOST}:{self.phone.wire.port};lr>"),
        ):  # fmt: skip
            if self.chance.random() < 0.6:
                response.headers.set(name, value)
        self.phone.send(response)
        if request.method == "INVITE" and status < 300:
            try:
                self.talks.append(Talking(self.phone, Dialog.opened(request, tag), request))
            except SipError:
                pass

    def call(self) -> None:
        if len(self.invites) < 2:
            self.phone.negotiation.withdraw()
            require = self.chance.choice(({}, {"Require": "100rel"}, {"Session_Expires": "90", "Supported": "timer"}))
            self.invites.append(self.phone.invite(body=self.chance.choice((b"", self.phone.offer())), **require))

    def ask(self) -> None:
        if not self.talks:
            return
        talking = self.chance.choice(self.talks)
        method = self.chance.choice(("INVITE", "INVITE", "UPDATE", "INFO", "OPTIONS", "PRACK", "REFER", "BYE"))
        talking.dialog.inviting = talking.dialog.invited = None
        talking.dialog.number = self.number = max(self.number, talking.dialog.number) + 1
        request = talking.say(method, body=self.body() if method in ("INVITE", "UPDATE") else b"")
        if method == "INVITE":
            talking.invites[request.cseq.number] = request

    def confirm(self) -> None:
        if self.talks:
            talking = self.chance.choice(self.talks)
            invite = self.chance.choice([talking.invite, *talking.invites.values()])
            talking.confirm(invite, self.body())

    def give_up(self) -> None:
        if self.invites:
            invite = self.chance.choice(self.invites)
            self.phone.send(self.chance.choice((cancel(invite), ack(invite, Response(486)))))


@pytest.mark.parametrize("seed", range(24))
async def test_every_leg_comes_to_its_end(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(seed)
    async with opened() as office:
        wild = [Wild(office, await office.phone(), chance) for _ in range(2)]
        office.around.bindings[AOR] = [Registered(one.phone.contact.uri, one.phone.wire.target) for one in wild]
        legs = [
            office.dial(wild[0].phone.address, username="hoy", password="secret"), office.dial(wild[1].phone.address),
            office.dial(AOR),
        ]  # fmt: skip
        for _ in range(STEPS):
            await chance.choice(wild).step()
            while office.exchange.calls:
                legs.append(office.exchange.calls.pop().leg)
            leg = chance.choice(legs)
            match chance.randrange(12):
                case 0:
                    await leg.hang_up(chance.choice(list(Cause)))
                case 1 | 2 if leg.state is LegState.RINGING:
                    office.clock.spawn(leg.answer(), "answer")
                case 3 if leg.state is not LegState.TRYING and leg._stream and not leg._stream.is_closed:  # type: ignore[attr-defined]
                    leg._stream.on_lost()  # type: ignore[misc]
        for leg in legs:
            await leg.hang_up(Cause.CANCELED)
        await turns(20)
        legs += [came.leg for came in office.exchange.calls]
        for leg in legs:
            await leg.hang_up(Cause.CANCELED)
        assert {leg.state for leg in legs} == {LegState.RELEASED}
        await office.clock.advance(150)
        await office.is_quiet()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
