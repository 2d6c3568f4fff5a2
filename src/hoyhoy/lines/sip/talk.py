"""One dialog in use: what either end may ask for between its first answer and BYE.

Re-INVITE and UPDATE (hold, another codec, RFC 3261 14, RFC 3311), INFO keys, REFER, session timers, BYE. A request
that cannot be served leaves everything as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hoyhoy.exchange.leg import Cause, Referral, Transfer
from hoyhoy.wire.sip import causes, sdp, session_timer
from hoyhoy.wire.sip import referral as referrals
from hoyhoy.wire.sip.dialog import Stage
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Message, Request, Response
from hoyhoy.wire.sip.session_timer import Refresher, Session
from hoyhoy.wire.sip.uri import Uri

from . import key_signals
from .agreement import Agreement, description
from .confirmation import Confirmation
from .equipment import Equipment, is_ipv4
from .expiry import Expiry, Refreshed
from .far_end import FarEnd
from .inbound import Inbound
from .referral import Referring, Taken
from .target import Target

LATER = (("Retry-After", "2"),)
TRIES = 3
"""Times one refresh is sent when the far end is busy with the session itself, or wants it longer."""

COMES_BACK = 8.0
"""Seconds in which the far end must be found again whose connection is gone."""
SEEK_AGAIN = 2.0
"""Seconds between two tries to find it."""


class Talk:
    """`on_key` gets keys of INFO; `on_end` is called once when the far end has left or is gone."""

    def __init__(self, equipment: Equipment, far: FarEnd, agreement: Agreement) -> None:
        self.equipment, self.far, self.agreement = equipment, far, agreement
        self.on_key: Callable[[str], None] | None = None
        self.on_end: Callable[[Cause], None] | None = None
        self.on_prack: Callable[[Request], None] | None = None
        self.on_refer: Callable[[Transfer], bool] | None = None
        """Asked with what a REFER wants; True takes it."""
        self.may_refer: Callable[[], bool] = never
        """Is the far end told that we know REFER?"""
        self.is_over = False
        """Was BYE sent or received?"""
        self._expiry = Expiry(equipment.clock, self._refresh, self._gone)
        self._interval = equipment.session
        self._least = session_timer.LEAST
        self._unconfirmed: dict[int, Confirmation] = {}  # by CSeq number
        self._flow: Target | None = None
        self._seeking: asyncio.Task[None] | None = None
        self._taken: Taken | None = None
        self._referring: Referring | None = None

    # What we do ------------------------------------------------------------------------------

    def watch(self, session: Session | None) -> None:
        """Keep the session timer that was agreed on. A far end that knows none is asked all the same, at half the time
        that we would have wished for: a re-INVITE is understood by all (RFC 4028 7.2)."""
        self._expiry.set(session or Session(self.equipment.session, Refresher.UAC, is_ours=True))

    def answer(self, inbound: Inbound, body: bytes, session: Session | None, *, is_first: bool, waits: bool) -> None:
        """The 200 to an INVITE, until its ACK comes, which brings the answer if it `waits` for one."""
        request = inbound.request
        response = self._respond(inbound, 200, body)
        if session:
            session.stamp(response, request)
        self.watch(session)
        self.follow(inbound.source)
        confirmation = Confirmation(self.equipment.clock, inbound, response)
        number = request.cseq.number
        self._unconfirmed[number] = confirmation
        confirmation.ended.add_done_callback(lambda done: self._confirmed(number, done.result(), is_first, waits))

    async def confirmed(self) -> None:
        """Return when every answer of ours has its ACK, or will have none."""
        if waiting := [confirmation.ended for confirmation in self._unconfirmed.values()]:
            await asyncio.wait(waiting)

    async def hang_up(self, reason: str) -> None:
        """Send BYE, as soon as that may be: not before the ACK (RFC 3261 15). Return when it is answered."""
        if self.is_over:
            return
        self._close()
        await self.confirmed()
        if self._taken is not None:
            await self._taken.end()
        if self.far.dialog.stage is Stage.TERMINATED:
            return
        try:
            await self.far.ask("BYE", prepare=lambda request: request.headers.add("Reason", reason))
        except SipError:
            pass  # there is no way to it any more

    async def refer(self, to: Uri, referral: Referral) -> None:
        """Ask the far end to call somebody else, and follow what it tells of that."""
        self._referring = Referring(self.equipment.clock, self.far, referral)
        try:
            await self._referring.run(to)
        finally:
            self._referring = None

    def _close(self) -> None:
        self.is_over = True
        self._expiry.stop()
        self.follow(None)
        self._is_found()

    def _gone(self) -> None:
        """Nobody is there any more; BYE may still reach whoever keeps count."""
        if self.is_over:
            return
        self.equipment.clock.spawn(self.hang_up(causes.reason_of(Cause.FAILED)), "SIP BYE")
        if self.on_end:
            self.on_end(Cause.FAILED)

    # What comes ------------------------------------------------------------------------------

    def receive(self, inbound: Inbound) -> None:
        request = inbound.request
        if request.method == "ACK":
            if confirmation := self._unconfirmed.get(request.cseq.number):
                confirmation.confirm(request)
            return
        try:
            if self.is_over and request.method != "BYE":
                raise SipError("the call is over", 481)
            self.far.dialog.receive(request)
            if self._seeking is not None:
                self._came_back(inbound)
            self._take(inbound, request)
        except SipError as error:
            self._refuse(inbound, error)

    def _take(self, inbound: Inbound, request: Request) -> None:
        match request.method:
            case "BYE":
                inbound.respond(self._respond(inbound, 200))
                self._left(request)
            case "INVITE":
                self._reinvited(inbound, request)
            case "UPDATE":
                self._updated(inbound, request)
            case "INFO":
                if "Info-Package" in request.headers:
                    raise SipError("no such package", 469, headers=(("Recv-Info", ""),))  # RFC 6086 4.2.2
                inbound.respond(self._respond(inbound, 200))
                if (key := key_signals.key_of(request)) and self.on_key:
                    self.on_key(key)
            case "PRACK" if self.on_prack:
                self.on_prack(request)
                inbound.respond(self._respond(inbound, 200))
            case "PRACK":
                raise SipError("no such provisional response", 481)
            case "REFER":
                self._referred(inbound, request)
            case "NOTIFY" if referrals.is_about_refer(request):
                if self._referring is None:
                    raise SipError("nobody listens", 481)  # RFC 6665 4.1.3
                self._referring.hear(request)
                inbound.respond(self._respond(inbound, 200))
            case _:  # OPTIONS, and any other NOTIFY, which tells nothing we asked for
                inbound.respond(self._respond(inbound, 200))

    def _left(self, request: Request) -> None:
        was_over = self.is_over
        self._close()
        for confirmation in list(self._unconfirmed.values()):
            confirmation.stop()
        if self.on_end and not was_over:
            self.on_end(Cause(causes.told(request.headers.all("Reason")) or Cause.NORMAL))

    def _reinvited(self, inbound: Inbound, request: Request) -> None:
        session = self._agree(request)
        offer = description(request)
        body = self.agreement.offer() if offer is None else self.agreement.answer(offer, _hosts(inbound))
        self._moved(inbound, request)
        if offer is not None:
            self.agreement.apply()
        for confirmation in list(self._unconfirmed.values()):
            confirmation.confirm(request)  # whoever goes on has heard our last answer: its ACK was lost
        self.answer(inbound, body, session, is_first=False, waits=offer is None)

    def _updated(self, inbound: Inbound, request: Request) -> None:
        is_watched = "Session-Expires" in request.headers and self.far.dialog.stage is Stage.CONFIRMED
        session = self._agree(request) if is_watched else None
        offer, body = description(request), b""
        if offer is not None:
            if not self.agreement.is_made:
                raise SipError("an offer waits for its answer", 491 if self._has_offered else 500, headers=LATER)
            body = self.agreement.answer(offer, _hosts(inbound))
        self._moved(inbound, request)
        if offer is not None:
            self.agreement.apply()
        response = self._respond(inbound, 200, body)
        if session:
            session.stamp(response, request)
            self.watch(session)
        inbound.respond(response)

    @property
    def _has_offered(self) -> bool:
        return self.agreement.negotiation.offered is not None

    def _agree(self, request: Request) -> Session:
        return session_timer.agree(request, ours=self.equipment.session)

    def _moved(self, inbound: Inbound, request: Request) -> None:
        self.far.moves(request, inbound.source)
        self.follow(inbound.source)
        self.agreement.hosts = _hosts(inbound) or self.agreement.hosts  # a phone may have moved to another network
        self.far.learn(request)

    def _referred(self, inbound: Inbound, request: Request) -> None:
        """Whoever is asked says at once whether he takes it (RFC 3515 2.4.2)."""
        if self._taken is not None:
            raise SipError("another REFER is pending", 491, headers=LATER)
        target = referrals.target(request)
        if self.on_refer is None or not self.on_refer(Transfer(str(target), referrals.replaces(target))):
            raise SipError("declined", 603)
        response, is_told = self._respond(inbound, 202), referrals.is_told(request)
        if not is_told:
            response.headers.add("Refer-Sub", "false")  # RFC 4488 4.1
        inbound.respond(response)
        self._taken = Taken(self.equipment.clock, self.far, request.cseq.number, is_told=is_told)

    def _confirmed(self, number: int, ack: Request | None, is_first: bool, waits: bool) -> None:
        """An answer of ours has its ACK, or nobody will ever confirm it (RFC 3261 13.3.1.4)."""
        self._unconfirmed.pop(number, None)
        if self.is_over:
            return
        if ack is None:
            self._gone()
        elif waits:
            try:
                answer = description(ack)
                if answer is None:
                    raise SipError("the answer is missing")
                self.agreement.accept(answer)
                self.agreement.apply()
            except SipError:
                self.agreement.negotiation.withdraw()
                if is_first:
                    self._gone()

    # The session timer -----------------------------------------------------------------------

    async def _refresh(self) -> Refreshed:
        for _ in range(TRIES):
            try:
                response = await self._ask_refresh()
            except SipError:
                return Refreshed.LATER
            if 200 <= response.status < 300:
                return self._goes_on(response)
            if longer := session_timer.longer(response):
                self._interval = self._least = longer
            elif response.status == 491:
                fraction = self.equipment.chance.below(1000) / 1000
                await self.equipment.clock.sleep(self.far.dialog.glare_wait(fraction))
            elif response.status in (408, 481):
                return Refreshed.GONE
            elif response.status == 503:
                return Refreshed.LATER
            else:  # it does not like it, but it is there
                return self._goes_on()
        return Refreshed.LATER

    def _goes_on(self, response: Response | None = None) -> Refreshed:
        """Count anew, by what it says or else as before: who knows no timers is asked for a sign of life as well."""
        session = agreed(response) if response else None
        self.watch(session or self._expiry.session)
        return Refreshed.DONE

    async def _ask_refresh(self) -> Response:
        """By UPDATE where the far end knows it: it needs no description (RFC 4028 7.4)."""

        def prepare(request: Request) -> None:
            session_timer.ask(request, self._interval, self._least, Refresher.UAC)
            self._introduce(request)

        if "update" in self.far.allows:
            return await self.far.ask("UPDATE", prepare=prepare)
        body = self.agreement.offer()
        try:
            response = await self.far.ask("INVITE", body=body, content_type=sdp.CONTENT_TYPE, prepare=prepare)
            answer = description(response)
            if 200 <= response.status < 300 and answer is not None:
                self.agreement.accept(answer)
                self.agreement.apply()
            return response
        finally:
            self.agreement.negotiation.withdraw()

    # Its connection --------------------------------------------------------------------------

    def follow(self, way: Target | None) -> None:
        """Notice when the connection by which it is reached is gone; a datagram's way never is."""
        flows = self.equipment.flows
        if self._flow is not None:
            flows.leave(self._flow, self)
        self._flow = way if way is not None and way.reliable and not self.is_over else None
        if self._flow is not None:
            flows.follow(self._flow, self)

    def lost(self, flow: Target) -> None:
        """The connection is gone. That is the end only where the far end neither comes back by another, as phones
        do (RFC 5626 4.2.1), nor can be reached by one of ours."""
        self._flow = None
        if self.far.place == flow:
            self.far.place = None  # there is only what its Contact says
        if not self.is_over and self._seeking is None:
            self._seeking = self.equipment.clock.spawn(self._seek(), "SIP connection lost")

    async def _seek(self) -> None:
        is_there = False
        try:
            async with self.equipment.clock.timeout(COMES_BACK):
                while (found := await self._ask_whether_there()) is Refreshed.LATER:
                    await self.equipment.clock.sleep(SEEK_AGAIN)
                is_there = found is Refreshed.DONE
        except TimeoutError:
            pass
        self._seeking = None
        if not is_there:
            self._gone()

    async def _ask_whether_there(self) -> Refreshed:
        """By OPTIONS, which changes nothing. Who answers keeps the call, and the session timer looks after it: the
        connection of the answer is not followed, since whoever closes it each time would be asked for ever."""
        try:
            response = await self.far.ask("OPTIONS", prepare=self._introduce)
        except SipError:
            return Refreshed.LATER
        match response.status:
            case 408 | 503:
                return Refreshed.LATER
            case 481:
                return Refreshed.GONE
        return Refreshed.DONE

    def _came_back(self, inbound: Inbound) -> None:
        """It speaks in the dialog by another connection."""
        self._is_found()
        self.far.moves(inbound.request, inbound.source)
        self.follow(inbound.source)

    def _is_found(self) -> None:
        if self._seeking is not None:
            self._seeking.cancel()
            self._seeking = None

    # Answers ---------------------------------------------------------------------------------

    def _respond(self, inbound: Inbound, status: int, body: bytes = b"") -> Response:
        response = self.far.dialog.respond(
            inbound.request,
            status,
            contact=self.far.contact(inbound.source),
            body=body,
            content_type=sdp.CONTENT_TYPE,
        )
        if inbound.request.method in ("INVITE", "UPDATE", "OPTIONS"):
            self._introduce(response)
        return response

    def _introduce(self, message: Message) -> None:
        introduce(self.equipment, message, refers=self.may_refer())

    def _refuse(self, inbound: Inbound, error: SipError) -> None:
        response = self.far.dialog.respond(inbound.request, error.status)
        for name, value in error.headers:
            response.headers.add(name, value)
        inbound.respond(response)


def never() -> bool:
    """Not told."""
    return False


def _hosts(inbound: Inbound) -> tuple[str, ...]:
    return (inbound.source.host,) if is_ipv4(inbound.source.host) else ()


def agreed(response: Response) -> Session | None:
    """The session timer of a 2xx; None where it names none, or nothing that can be read."""
    try:
        return session_timer.agreed(response)
    except SipError:
        return None


def introduce(equipment: Equipment, message: Message, *, refers: bool = False) -> None:
    """Say what we can do (RFC 3261 13.2.1, 11.2). Most calls take no REFER: a phone that is not told of it (`refers`)
    connects its people in its own way, instead of asking in vain."""
    abilities = equipment.endpoint.abilities
    methods = [method for method in abilities.methods if refers or method != "REFER"]
    message.headers.set("Allow", ", ".join(methods))
    tags = dict.fromkeys([*abilities.extensions, *message.headers.values("Supported")])
    message.headers.set("Supported", ", ".join(tags))
