"""The SIP line: calls of the exchange to SIP phones, registered or not, and by trunks; calls of both to the exchange.

It is the way out (`dial`) and the user of the endpoint (`receive`): each request finds its leg, the admission or the
registrar here, or is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Params
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.media import MediaPlane, NoRoom
from hoyhoy.exchange.ports import Dialling, Directory, Domain
from hoyhoy.lines.ports import Exchange
from hoyhoy.wire.sip import session_timer
from hoyhoy.wire.sip.authentication import Login
from hoyhoy.wire.sip.dialog import Dialog
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.session_timer import Session
from hoyhoy.wire.sip.uri import Uri

from .agreement import Agreement, Sound, expected
from .custom_headers import HOPS, custom, hops
from .destination import Destination, dialled
from .endpoint import Endpoint
from .equipment import Equipment, is_ipv4
from .far_end import FarEnd
from .hunt import Group
from .inbound import Inbound
from .leg import SESSIONS, SipLeg
from .ports import Admission, Admitted, Hop, Locations, Registrar, Trunks
from .reception import Reception
from .refusal import Refused
from .talk import introduce
from .target import Target

API_VERSION = "2010-04-01"
NUMBER = re.compile(r"\+?[0-9*#]{2,32}")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
NOT_SENT = "Only X- names that are not the platform's own, and four others, may be sent in a SIP call. Left out: "
BUSY = (("Retry-After", "5"),)
DRAINING = (("Retry-After", "30"),)
LAST = 2.0
"""Seconds in which the far ends of calls that a stop ended may answer."""


class SipLine:
    """A Line; `exchange` is set when the switchboard stands.

    `permits` says whether a program may call a place, `media_host` which address SDP tells where it is not the one
    that signalling shows, `session` after how many seconds both ends must show that they are there. `complain` tells an
    account, by code and sentence, why a call of its program went nowhere.
    """

    exchange: Exchange

    def __init__(
        self,
        clock: Clock,
        chance: Chance,
        endpoint: Endpoint,
        plane: MediaPlane,
        directory: Directory,
        *,
        admission: Admission,
        registrar: Registrar,
        locations: Locations,
        trunks: Trunks,
        permits: Callable[[Target], bool] = lambda target: True,
        media_host: str = "",
        session: int = session_timer.USUAL,
        complain: Callable[[str, int, str], object] = lambda account, code, sentence: None,
    ) -> None:
        self.equipment = Equipment(clock, chance, endpoint, plane, media_host, session, permits, complain)
        self._directory, self._admission, self._registrar = directory, admission, registrar
        self._locations, self._trunks = locations, trunks
        self._draining = False
        endpoint.receive = self.receive
        endpoint.is_needed = self.equipment.flows.__contains__

    @property
    def dialogs(self) -> int:
        """How many go on, those included that are being ended."""
        return len(self.equipment.dialogs)

    # Calls out -------------------------------------------------------------------------------

    def reaches(self, address: str, account: str) -> bool:
        """SIP URIs, with or without scheme, and the numbers that a trunk leads to."""
        if address.lower().startswith(("sip:", "sips:")):
            return True
        if NUMBER.fullmatch(address):
            return self._directory.number(address) is None and self._trunks.reaches(address)
        return "@" in address and not SCHEME.match(address)

    def dial(self, dialling: Dialling) -> SipLeg:
        """Call a SIP URI, all phones registered at an address of record, or a number by its trunks."""
        leg = SipLeg(self.equipment, LegState.TRYING)
        leg.may_refer = dialling.may_refer
        if NUMBER.fullmatch(dialling.address):
            ways: dict[int, Hop] = {}

            def release(number: int) -> None:
                if way := ways.pop(number, None):
                    way.release()

            def release_all() -> None:
                for number in list(ways):
                    release(number)

            def end() -> None:
                self.equipment.clock.spawn(leg.hang_up(Cause.NORMAL), "SIP minutes are over")

            leg.on_released = release_all
            leg.call(dialling.account, (), lambda: self._by_trunk(dialling, ways, end), release)
        else:
            headers = (
                *(((HOPS, str(dialling.hops)),) if dialling.hops else ()),
                ("X-Twilio-AccountSid", dialling.account),
                ("X-Twilio-CallSid", dialling.call),
                ("X-Twilio-ApiVersion", API_VERSION),
            )
            leg.call(dialling.account, headers, lambda: self._by_uri(dialling))
        return leg

    def _by_trunk(self, dialling: Dialling, ways: dict[int, Hop], end: Callable[[], object]) -> Sequence[Group]:
        ways.update(enumerate(self._trunks.candidates(dialling.address, dialling.caller, dialling.account)))
        if not ways:
            raise SipError("no trunk leads there", 404)
        for hop in ways.values():
            hop.on_full = end
        return [
            [
                Destination(
                    dialled(hop.uri),
                    hop.caller or dialling.caller,
                    is_chosen=False,
                    login=_login(hop.username, hop.password),
                )
            ]
            for hop in ways.values()
        ]

    def _by_uri(self, dialling: Dialling) -> Sequence[Group]:
        try:
            uri = dialled(dialling.address)
        except SipError as error:
            raise Refused(32106, f"This is no SIP URI: {error.reason}.", error.status) from None
        headers, refused = custom(uri)
        if refused:
            self.equipment.complain(dialling.account, 13252, NOT_SENT + ", ".join(refused)[:200])
        if (uri.params.get("secure") or "").lower() == "true":
            raise Refused(13255, "Calls with secure=true need sound that is encrypted, which this line cannot do.", 488)
        if domain := self._directory.domain(uri.host):
            return [self._registered(dialling, uri, domain, headers)]
        login = _login(dialling.username, dialling.password)
        return [[Destination(uri, dialling.caller, headers=headers, login=login)]]

    def _registered(self, dialling: Dialling, uri: Uri, domain: Domain, headers: Params) -> Group:
        """All phones of one user; an address of another account is nobody's (voice reference 2.7.5)."""
        if domain.account != dialling.account:
            raise Refused(32214, f"{domain.name} is not a SIP domain of this account.", 404)
        if not uri.user:
            raise Refused(32223, f"The address called at {domain.name} has no user part.", 404)
        aor = Uri.sip(uri.user, domain.name)
        bindings = self._locations.locations(str(aor))
        if not bindings:
            raise Refused(32009, f"No phone is registered at {domain.name} for the user that was called.", 480)
        return [
            Destination(
                one.uri, dialling.caller, place=one.target, routes=one.path, aor=aor, headers=headers, is_chosen=False
            )
            for one in bindings
        ]

    # What comes in ---------------------------------------------------------------------------

    def receive(self, inbound: Inbound) -> None:
        """Each request and each ACK of the endpoint. SipError says how the endpoint refuses it."""
        request = inbound.request
        if request.to.tag:
            participant = self.equipment.dialogs.find(request)
            if participant is not None:
                participant.receive(inbound)
            elif request.method != "ACK":
                raise SipError("no such dialog", 481)
            return
        match request.method:
            case "INVITE":
                self._invited(inbound)
            case "REGISTER":
                self._registrar.receive(inbound)
            case "OPTIONS":
                self._tell(inbound)
            case "NOTIFY" if request.headers.get("Event") == "keep-alive":
                inbound.respond(request.respond(200))  # phones keep a NAT open so
            case "ACK":
                pass
            case _:
                raise SipError("no such dialog", 481)

    def lost(self, flow: Target) -> None:
        """A connection is gone, of which the endpoint tells."""
        self.equipment.flows.lost(flow)

    def drain(self) -> None:
        """Take no more calls; those that go on go on."""
        self._draining = True

    async def close(self) -> None:
        """Wait until the far ends of ended calls know it, but not long."""
        self.drain()
        left = LAST
        while self.dialogs and left > 0:
            await self.equipment.clock.sleep(0.05)
            left -= 0.05
        self.equipment.flows.clear()

    def _tell(self, inbound: Inbound) -> None:
        """What we can do (RFC 3261 11.2)."""
        if self._draining:
            raise SipError("no more calls", 503, headers=DRAINING)
        response = inbound.request.respond(200)
        introduce(self.equipment, response)
        response.headers.set("Accept", ", ".join(self.equipment.endpoint.abilities.bodies))
        inbound.respond(response)

    def _invited(self, inbound: Inbound) -> None:
        if self._draining:
            raise SipError("no more calls", 503, headers=DRAINING)
        admitted = self._admission.admit(inbound)
        if admitted is None:
            return
        dialog = Dialog.opened(inbound.request, inbound.tag)
        session = session_timer.agree(inbound.request, ours=self.equipment.session)
        self.equipment.clock.spawn(self._take(inbound, admitted, dialog, session), "SIP call that came")

    async def _take(self, inbound: Inbound, admitted: Admitted, dialog: Dialog, session: Session) -> None:
        try:
            leg = await self._leg(inbound, admitted, dialog, session)
        except SipError as error:
            inbound.refuse(error)
            return
        except BaseException:
            inbound.refuse(SipError("server internal error", 500))
            raise
        if leg is None:
            return
        try:
            taken = self.exchange.incoming(
                leg,
                caller=admitted.caller,
                called=admitted.called,
                callee=admitted.callee,
                params=admitted.params,
                twiml=admitted.twiml,
                direction=admitted.direction,
            )
        except BaseException:
            await leg.hang_up(Cause.FAILED)
            raise
        if taken is not None:
            leg.ring()

    async def _leg(self, inbound: Inbound, admitted: Admitted, dialog: Dialog, session: Session) -> SipLeg | None:
        """None when the caller has given up meanwhile."""
        equipment, source = self.equipment, inbound.source
        host = equipment.sdp_host(inbound.local.host)
        hosts = (source.host,) if is_ipv4(source.host) else ()
        terms = expected(inbound.request, hosts, equipment.permits_sound)
        try:
            stream = await equipment.plane.open_stream(admitted.callee.account, terms)
        except NoRoom:
            raise SipError("no room for one more call", 503, headers=BUSY) from None
        try:
            if inbound.is_answered:
                stream.close()
                return None
            session_number, permits = equipment.chance.below(SESSIONS), equipment.permits_sound
            agreement = Agreement(Sound(stream), host, session_number, hosts, permits=permits)
            far = FarEnd(equipment, dialog, user=inbound.request.uri.user)
            far.moves(inbound.request, source)
            far.learn(inbound.request)
            reception = Reception(equipment, inbound, far, agreement, session)
        except BaseException:
            stream.close()
            raise
        call_id, tag, _ = dialog.id
        equipment.dialogs.add(call_id, tag, reception.talk)
        leg = SipLeg(equipment, LegState.RINGING)
        leg.hops = hops(inbound.request)
        leg.receive(reception, stream, lambda: equipment.dialogs.drop(call_id, tag))
        return leg


def _login(username: str, password: str) -> Login | None:
    return Login(username, password) if username else None
