"""One INVITE of ours, with all that may become of it before it is answered for good (RFC 3261 13.2, 8.1.3).

It is challenged and sent again, redirected, told to want a longer session; proxies fork it, so that several far
ends ring and answer. The first answer wins; every other is confirmed and ended at once. What comes
after nobody wants it any more is wound up here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from hoyhoy.exchange.events import Params
from hoyhoy.exchange.leg import Cause
from hoyhoy.wire.sip import causes, prack, sdp, session_timer
from hoyhoy.wire.sip.authentication import Attempt
from hoyhoy.wire.sip.composition import compose
from hoyhoy.wire.sip.dialog import Dialog, Forks
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, Response

from . import names, refusal
from .agreement import Agreement, description
from .destination import Destination, called, caller_of
from .equipment import Equipment
from .far_end import FarEnd
from .inbound import Inbound
from .outgoing import Outgoing
from .talk import Talk, agreed, introduce
from .target import Target
from .way import way_on

NOWHERE = 13254
REDIRECTIONS = 5
"""Places that are tried because others named them."""


@dataclass(frozen=True, slots=True)
class Answered:
    """`response` is the 2xx; the stream has still to follow what `talk.agreement` says."""

    invitation: Invitation
    talk: Talk
    response: Response


class Refused(Exception):
    """Nobody answered. `failed` says that no far end said so: it is of our own making."""

    def __init__(
        self, status: int, response: Response | None = None, *, failed: bool = False, error: SipError | None = None
    ) -> None:
        super().__init__(f"{status}")
        self.status, self.response, self.failed, self.error = status, response, failed, error


@dataclass(slots=True)
class Branch:
    """One far end of the INVITE. `is_agreed`: has a description of it been taken?"""

    talk: Talk
    receiver: prack.Receiver = field(default_factory=prack.Receiver)
    is_agreed: bool = False
    is_answered: bool = False


class Invitation:
    """`on_ringing` is called when it rings somewhere, `on_early` when sound comes from there before the answer."""

    def __init__(
        self,
        equipment: Equipment,
        destination: Destination,
        headers: Params,
        agreement: Agreement,
        on_ringing: Callable[[], None],
        on_early: Callable[[Agreement], None],
        *,
        refers: bool = False,
    ) -> None:
        self.equipment, self.destination, self._refers = equipment, destination, refers
        self.call_id, self.tag = equipment.call_id(), equipment.tag()
        self._headers, self._offered = headers, agreement
        self._on_ringing, self._on_early = on_ringing, on_early
        self._ended: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._outgoing: Outgoing | None = None
        self._branches: dict[str, Branch] = {}  # by the far end's tag
        self._attempt: Attempt | None = None
        self._interval, self._least = equipment.session, session_timer.LEAST
        self._is_longer = False
        self._canceled = False
        self._number = 0
        self._visited: list[str] = []
        self._places: list[Destination] = []

    # What the leg does -----------------------------------------------------------------------

    async def run(self) -> Answered:
        """Ring until somebody answers. Refused when nobody does."""
        ended = self._ended
        self.equipment.dialogs.add(self.call_id, self.tag, self)
        self._places = [self.destination]
        try:
            await self._try_next()
        except SipError as error:
            raise Refused(error.status, failed=True, error=error) from None
        finally:
            if self._outgoing is None:  # there was nowhere to go, or nobody wants it any more
                self.close()
        return await ended

    def cancel(self, reason: str) -> None:
        """Nobody wants it any more. What still comes is seen to."""
        self._canceled = True
        if not self._ended.done():
            self._ended.set_exception(Refused(487))
            self._ended.exception()  # nobody need ask
        if self._outgoing is not None:
            self._outgoing.cancel(reason)

    def close(self) -> None:
        """No request of its dialogs is taken any more. Its transaction stays for half a minute, the leg need not."""
        self.equipment.dialogs.drop(self.call_id, self.tag)
        if self._ended.done():
            self._on_ringing, self._on_early = _nobody, _nobody
            self._ended = asyncio.get_running_loop().create_future()
            self._ended.cancel()

    def receive(self, inbound: Inbound) -> None:
        """A request in one of its dialogs."""
        branch, method = self._branches.get(inbound.request.from_.tag), inbound.request.method
        if method == "ACK" and branch is None:
            return
        if branch is None or (method not in ("ACK", "BYE") and self._is_out(branch)):
            raise SipError("no such dialog", 481)
        branch.talk.receive(inbound)

    @property
    def _is_lost(self) -> bool:
        """Is it over without a winner?"""
        ended = self._ended
        return self._canceled or (ended.done() and (ended.cancelled() or ended.exception() is not None))

    def _is_out(self, branch: Branch) -> bool:
        """Has another far end won, or nobody?"""
        return self._is_lost or (self._ended.done() and self._ended.result().talk is not branch.talk)

    # Sending ---------------------------------------------------------------------------------

    async def _try_next(self) -> None:
        """Send it to the next place that may be rung. SipError when there is none that can be reached."""
        problem = SipError("nowhere to go", 480)
        while self._places and not self._canceled:
            self.destination = self._places.pop(0)
            self._visited.append(str(self.destination.uri))
            self._is_longer = False
            try:
                targets = self._trusted(await self._targets(self.destination))
            except SipError as error:
                problem = error
                continue
            self._attempt = Attempt(self.destination.login) if self.destination.login else None
            if not self._canceled:
                self._send(self._compose(self.destination, targets[0]), targets)
            return
        if not self._canceled:
            raise problem

    async def _targets(self, destination: Destination) -> Sequence[Target]:
        if destination.place is not None:
            return [destination.place]
        if not destination.is_chosen:
            return await self.equipment.endpoint.resolve(destination.uri)
        host = destination.uri.host
        if names.is_under_suffix(host):
            raise refusal.Refused(32002, f"{host} is no SIP domain of this exchange.", 404)
        try:
            found = await self.equipment.endpoint.resolve(destination.uri)
        except SipError as error:
            raise refusal.Refused(NOWHERE, f"{host} cannot be called: {error.reason}.", error.status) from None
        permits = self.equipment.permits
        if not (permitted := [one for one in found if permits(replace(one, name=one.name or host))]):
            raise refusal.Refused(NOWHERE, f"Calls to {host} are not permitted: its address is on no list.")
        return permitted

    def _trusted(self, targets: Sequence[Target]) -> Sequence[Target]:
        """Where the password may go of a place that another named: only where it was asked for before."""
        if self._outgoing is None or self.destination.login is None:
            return targets
        before = self._outgoing.target
        if same := [one for one in targets if one == before]:
            return same
        self.destination = replace(self.destination, login=None)
        return targets

    def _compose(self, destination: Destination, target: Target) -> Request:
        endpoint = self.equipment.endpoint
        here = endpoint.local(target)
        self._offered.host = self._offered.host or self.equipment.sdp_host(here.host)
        from_ = caller_of(destination.caller, here.host, here.port or None).tagged(self.tag)
        self._number += 1
        request = compose(
            "INVITE", called(destination.uri), endpoint.via(target), from_, destination.to(), self.call_id,
            self._number, routes=destination.routes,
            contact=self.equipment.contact(target, from_.uri.user, secure=destination.uri.secure),
            body=self._offer(), content_type=sdp.CONTENT_TYPE,
        )  # fmt: skip
        for name, value in (*self._headers, *destination.headers):
            request.headers.add(name, value)
        introduce(self.equipment, request, refers=self._refers)
        session_timer.ask(request, self._interval, self._least)
        return request

    def _offer(self) -> bytes:
        offered = self._offered.negotiation.offered
        return bytes(offered[0]) if offered else self._offered.offer()

    def _send(self, request: Request, targets: Sequence[Target]) -> None:
        forks = Forks(request)
        self._branches = {}
        self._outgoing = self.equipment.endpoint.send(request, targets, partial(self._hear, forks))

    # Hearing ---------------------------------------------------------------------------------

    def _hear(self, forks: Forks, response: Response) -> None:
        if response.status < 200:
            self._provisional(forks, response)
        elif response.status < 300:
            self._succeeded(forks, response)
        else:
            forks.heard(response)
            try:
                self._failed(response)
            except SipError:  # what it asks for cannot be done
                self._refuse(Refused(response.status, response))

    def _provisional(self, forks: Forks, response: Response) -> None:
        if response.status == 100 or self._ended.done():
            return
        try:
            branch = self._branch(forks, response)
            if branch is not None and prack.rseq(response) is not None:
                rack = branch.receiver.confirm(response)
                if rack is None:
                    return  # it came before, or too early (RFC 3262 4)
                self.equipment.clock.spawn(self._confirm_early(branch.talk.far, rack), "SIP PRACK")
            if branch is not None and self._agree(branch, response):
                self._on_early(branch.talk.agreement)
                return
        except SipError:
            pass  # what cannot be read of it will be said again in the answer
        if response.status == 180:
            self._on_ringing()

    async def _confirm_early(self, far: FarEnd, rack: prack.RAck) -> None:
        try:
            await far.ask("PRACK", prepare=lambda request: request.headers.add("RAck", rack))
        except SipError:
            pass

    def _succeeded(self, forks: Forks, response: Response) -> None:
        try:
            branch = self._branch(forks, response)
        except SipError:
            for name in ("Contact", "Record-Route"):  # they cannot be read: it is ended where we called
                response.headers.set(name)
            branch = self._branch(forks, response)
        assert branch  # a 2xx opens a dialog whatever it lacks
        invite, talk = forks.invite, branch.talk
        if branch.is_answered:  # it comes again
            self._spawn_confirm(talk, invite)
            return
        branch.is_answered = True
        if self._ended.done():
            self._wind_up(talk, invite)
            return
        try:
            if not self._agree(branch, response) and not branch.is_agreed:
                raise SipError("the answer is missing", 488)
        except SipError as error:
            self._wind_up(talk, invite)
            self._ended.set_exception(Refused(error.status, failed=True))
            return
        talk.watch(agreed(response))
        if self._outgoing is not None:
            talk.follow(self._outgoing.target)
        self._spawn_confirm(talk, invite)
        self._ended.set_result(Answered(self, talk, response))

    def _wind_up(self, talk: Talk, invite: Request) -> None:
        """Confirm and end an answer that nobody wants (RFC 3261 13.2.2.4, 9.1)."""

        async def work() -> None:
            await _confirm(talk.far, invite)
            await talk.hang_up(causes.reason_of(Cause.NORMAL))
            if self._is_lost:
                self.close()

        self.equipment.clock.spawn(work(), "SIP answer too late")

    def _spawn_confirm(self, talk: Talk, invite: Request) -> None:
        self.equipment.clock.spawn(_confirm(talk.far, invite), "SIP ACK")

    def _failed(self, response: Response) -> None:
        assert self._outgoing
        if self._ended.done():
            if self._canceled:
                self.close()
            return
        if response.status in (401, 407) and self._attempt:
            again = self._attempt.retry(
                self._outgoing.request, response, branch="", cnonce=self.equipment.tag(), number=self._number + 1
            )
            if again is not None:
                self._number += 1
                self._send(again, [self._outgoing.target])
                return
        elif (longer := session_timer.longer(response)) and longer > self._least and not self._is_longer:
            self._is_longer = True  # once: whoever wants it longer each time would be called without end
            self._interval = max(self._interval, longer)
            self._least = longer
            self._send(self._compose(self.destination, self._outgoing.target), [self._outgoing.target])
            return
        elif 300 <= response.status < 400 and self.destination.may_move:
            self._redirected(response)
        failed = self._outgoing.failure is not None
        if self._places and response.status < 600:
            self.equipment.clock.spawn(self._go_on(response), "SIP redirection")
            return
        self._refuse(Refused(response.status, response, failed=failed))

    def _redirected(self, response: Response) -> None:
        """Those places first that are liked best; none twice, and not many (RFC 3261 8.1.3.4)."""
        try:
            contacts = sorted(response.contacts, key=lambda contact: -contact.q)
        except SipError:
            return
        for contact in contacts:
            known = [*self._visited, *(str(place.uri) for place in self._places)]
            if contact.uri.is_sip and str(contact.uri) not in known and len(known) <= REDIRECTIONS:
                self._places.append(self.destination.moved(contact.uri))

    async def _go_on(self, response: Response) -> None:
        try:
            await self._try_next()
        except SipError:
            self._refuse(Refused(response.status, response))
        if self._canceled:
            self.close()  # nothing is on its way any more that would bring an end

    def _refuse(self, refused: Refused) -> None:
        if not self._ended.done():
            self._ended.set_exception(refused)
        self.close()

    def _branch(self, forks: Forks, response: Response) -> Branch | None:
        """The far end that gave a response; None when it opens no dialog."""
        dialog = forks.heard(response)
        if dialog is None:
            return None
        tag = dialog.remote.tag
        if tag not in self._branches:
            self._branches[tag] = Branch(self._talk(dialog, response))
        branch = self._branches[tag]
        branch.talk.far.learn(response)
        return branch

    def _talk(self, dialog: Dialog, response: Response) -> Talk:
        assert self._outgoing
        target = self._outgoing.target
        place = self.destination.place or way_on(response, target)
        far = FarEnd(
            self.equipment, dialog, place, self.destination.login, target, dialog.local.uri.user,
            source=self.destination.place or target,
        )  # fmt: skip
        return Talk(self.equipment, far, self._offered.fork(target.host))

    def _agree(self, branch: Branch, response: Response) -> bool:
        """Take the description of a response, if it has one; each far end may describe itself anew until it answers."""
        answer = description(response)
        if answer is None:
            return False
        assert self._outgoing
        fresh = self._offered.fork(self._outgoing.target.host)
        fresh.accept(answer)
        if fresh.negotiation.agreed is None:
            raise SipError("no sound was agreed on", 488)
        branch.talk.agreement, branch.is_agreed = fresh, True
        return True


def _nobody(*_: object) -> None:
    """Nobody listens any more."""


async def _confirm(far: FarEnd, invite: Request) -> None:
    try:
        await far.confirm(invite)
    except SipError:
        pass  # there is no way to it: nobody can hear the ACK
