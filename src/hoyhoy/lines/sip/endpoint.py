"""The SIP endpoint: messages become requests and responses that somebody waits for, once each (RFC 3261 17, 18).

What comes goes through these gates, cheapest first: the rate of its address, the reader, the transaction it
belongs to, what we can do at all, how much is going on. What stops at a gate is answered without a
transaction (8.2.7), or not at all: nothing of it stays in memory.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
from collections import Counter
from collections.abc import Callable, Sequence

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import Params, written_host
from hoyhoy.wire.sip.inspection import Abilities
from hoyhoy.wire.sip.matching import Key, canceled_key, client_key, merged_key, server_key
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.transaction import (
    PATIENCE,
    Ended,
    Failed,
    Failure,
    Input,
    Output,
    PassUp,
    Send,
    SendCancel,
    SetTimer,
    State,
    Transaction,
)
from hoyhoy.wire.sip.uri import Uri
from hoyhoy.wire.sip.via import Via

from .alarm import Alarm, Clockwork, alarm_of
from .inbound import Inbound, Served
from .notices import Notices
from .outgoing import Asked, Hear, Outgoing
from .resolver import Resolver
from .target import Bind, Limits, Target
from .transport import Found, Origin, Trace, Transports

log = logging.getLogger(__name__)

COOKIE = "z9hG4bK"
STATELESS = "0-"
"""How the To tags begin that we give without a transaction, so that their ACKs are known."""
RETRY_AFTER = "5"
# These are for ourselves even when they may go no further.
_FOR_US = ("OPTIONS", "REGISTER")


class Endpoint:
    """`receive` gets each request that begins a transaction, and each ACK for a 2xx. Call from the event loop only.

    `client_tls` is for connections we open; without it, the machine's authorities must know the peer.
    """

    def __init__(
        self,
        clock: Clock,
        chance: Chance,
        *,
        abilities: Abilities,
        limits: Limits | None = None,
        client_tls: ssl.SSLContext | None = None,
        alarm: Alarm | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.abilities = abilities
        self.receive: Callable[[Inbound], None] = _nobody
        self.is_congested: Callable[[], bool] = lambda: False
        """Whether one more call is refused for the sake of those that there are."""
        self._beginning: set[Served] = set()
        self.on_lost: Callable[[Target], object] = lambda target: None
        """Called when a connection is gone."""
        self._chance = chance
        self._secret = chance.hex(32).encode()
        alarm = alarm or alarm_of(clock)
        self._notices = Notices(alarm.now)
        self._timers: Clockwork[Served | Asked, Input] = Clockwork(alarm, self._fire)
        self._transports = Transports(
            clock, alarm, self.limits, self._notices, self._arrive, self._lost, client_tls
        )  # fmt: skip
        self._resolver = Resolver(clock, self.limits, self._transports.families)
        self._served: dict[Key, Served] = {}
        self._merged: dict[Key, Served] = {}
        self._asked: dict[Key, Asked] = {}
        self._by_target: dict[Target, set[Asked]] = {}  # those that wait for a connection's answer

    async def start(self, binds: Sequence[Bind]) -> None:
        """Listen. OSError with a sentence when a place cannot be had."""
        await self._transports.start(binds)

    async def close(self) -> None:
        """Say nothing more and hear nothing more. Whoever still waits for a response gets none."""
        self._timers.stop()
        for table in (self._served, self._merged, self._asked, self._by_target, self._beginning):
            table.clear()
        await self._transports.close()

    @property
    def ports(self) -> dict[str, int]:
        """The port of each transport, of the first place where there are several."""
        return self._transports.ports

    @property
    def counts(self) -> Counter[str]:
        """What was dropped, refused or closed, by kind."""
        return self._notices.counts

    @property
    def transactions(self) -> tuple[int, int]:
        """How many run: theirs, ours."""
        return len(self._served), len(self._asked)

    @property
    def beginning(self) -> int:
        """How many calls that came wait for their final response."""
        return len(self._beginning)

    @property
    def on_wire(self) -> Trace | None:
        """Called with "in" or "out", the other end and the octets, for all that passes."""
        return self._transports.on_wire

    @on_wire.setter
    def on_wire(self, trace: Trace | None) -> None:
        self._transports.on_wire = trace

    @property
    def is_needed(self) -> Callable[[Target], bool]:
        """Asked before a connection that was idle for long is closed."""
        return self._transports.is_needed

    @is_needed.setter
    def is_needed(self, asked: Callable[[Target], bool]) -> None:
        self._transports.is_needed = asked

    # Where we are, and where others are ------------------------------------------------------

    def via(self, target: Target) -> Via:
        """Our Via towards a target, with a branch of its own; it asks for the response where it comes from."""
        here = self.local(target)
        params = Params((("rport", None), ("branch", COOKIE + self._chance.hex(16))))
        return Via(target.transport.upper(), written_host(here.host), here.port or None, params)

    def contact(self, target: Target, user: str = "") -> Address:
        """How that target reaches us: by its own transport, or by UDP where we do not listen by that one."""
        here = self.local(target)
        if not here.port and "udp" in self.ports:
            here = self.local(target.by("udp"))
        parameters = {} if here.transport == "udp" else {"transport": here.transport}
        return Address(Uri.sip(user, here.host, here.port or None, **parameters))

    def local(self, target: Target) -> Target:
        """Our place as that target reaches it."""
        return self._transports.local(target)

    async def resolve(self, uri: Uri) -> list[Target]:
        """The targets of a URI, to be tried in order. SipError 416, 404 or 503 when there is none."""
        return await self._resolver.resolve(uri)

    # Requests of ours ------------------------------------------------------------------------

    def send(self, request: Request, targets: Sequence[Target], hear: Hear) -> Outgoing:
        """Send a request, which is the endpoint's from then on, in a client transaction.

        Its topmost Via is set anew for each target. A target that cannot be reached, says nothing (408) or is out of
        service (503) makes way for the next, unless it has said that it works on it. `hear` gets provisional and
        final responses, never before this returns; where all targets failed, one of our own making.
        ValueError without a target, SipError for a request that cannot be written down.
        """
        if not targets:
            raise ValueError("a request needs a target")
        outgoing = Outgoing(self, request, targets, hear)
        outgoing.start()
        return outgoing

    def send_ack(self, ack: Request, target: Target) -> None:
        """Send the ACK for a 2xx (RFC 3261 13.2.2.4), as often as the 2xx comes. It has its Via, by `via`."""
        self._transports.send(bytes(ack), target, _nothing)

    def ask(
        self,
        request: Request,
        target: Target,
        heard: Hear | None,
        failed: Callable[[Failure], None] | None,
    ) -> Asked | None:
        """One client transaction; None when there are too many."""
        if len(self._asked) >= self.limits.client_transactions:
            self._notices.note("requests of ours beyond the limit failed")
            if failed:
                self._transports.later(lambda: failed(Failure.TRANSPORT))
            return None
        asked = Asked(Transaction.client(request, reliable=target.reliable), client_key(request), target, heard, failed)
        asked.written(request)  # what cannot be written shall not run
        self._asked[asked.key] = asked
        if target.reliable:
            self._by_target.setdefault(target, set()).add(asked)
        self._drive(asked, asked.tx.start())
        return asked

    def give_up(self, asked: Asked, reason: str) -> None:
        """CANCEL it as soon as that may be."""
        asked.reason = reason
        self._drive(asked, asked.tx.cancel())

    def _cancel(self, asked: Asked, cancel: Request) -> None:
        if asked.reason:
            cancel.headers.add("Reason", asked.reason)
        self.ask(cancel, asked.target, None, None)

    # What comes in ---------------------------------------------------------------------------

    def _arrive(self, found: Found, origin: Origin) -> None:
        """One message, or what is wrong with it. Whatever it holds, the next one is read."""
        try:
            match found:
                case Request():
                    found.arrived(origin.source.host, origin.source.port)
                    self._request(found, origin)
                case Response():
                    self._response(found)
                case SipError():
                    self._unreadable(found, origin)
        except SipError as error:  # a header field that only we looked into
            self._notices.note("messages that make no sense dropped")
            if isinstance(found, Request) and found.method != "ACK":
                self._turn_away(found, origin, error)
        except Exception:
            if not self._notices.counts["messages we failed at"]:
                log.exception("SIP: a message could not be worked on")
            self._notices.note("messages we failed at")

    def _unreadable(self, error: SipError, origin: Origin) -> None:
        request = error.request
        if request is None:
            self._notices.note("what is no SIP dropped")
            return
        self._notices.note("malformed requests refused")
        request.arrived(origin.source.host, origin.source.port)
        self._turn_away(request, origin, error)

    def _request(self, request: Request, origin: Origin) -> None:
        key = server_key(request)
        served = self._served.get(key)
        if request.method == "ACK":
            self._ack(request, origin, served)
        elif request.method == "CANCEL":
            self._canceled(request, origin)
        elif served is not None:
            self._drive(served, served.tx.receive(request))
        else:
            self._begin(request, origin, key)

    def _ack(self, request: Request, origin: Origin, served: Served | None) -> None:
        if served is not None:
            if served.tx.state is State.ACCEPTED:  # the branch of RFC 2543
                self._up(Inbound(self, None, request, origin.source, self._seen(origin), ""))
            else:
                self._drive(served, served.tx.receive(request))
            return
        tag = request.to.tag
        if not tag or (tag.startswith(STATELESS) and tag == self._stateless_tag(request)):
            self._notices.counts["ACKs for refusals dropped"] += 1
            return
        self._up(Inbound(self, None, request, origin.source, self._seen(origin), ""))

    def _canceled(self, request: Request, origin: Origin) -> None:
        """Answered as often as it comes, without a transaction: there is nothing to it but the answer (9.2)."""
        served = self._served.get(canceled_key(request))
        if served is None:
            self._turn_away(request, origin, SipError("nothing to cancel", 481))
            return
        self._reply(request.respond(200, to_tag=served.tag), request, origin)
        if served.canceled is not None or served.final:
            return
        served.canceled = request
        if served.on_cancel is not None:
            served.on_cancel(request)
        else:
            self.answer(served, served.tx.request.respond(487, to_tag=served.tag))

    def _begin(self, request: Request, origin: Origin, key: Key) -> None:
        """A request that is not known yet."""
        merged = merged_key(request)
        try:
            if request.max_forwards == 0 and not request.to.tag and request.method not in _FOR_US:
                raise SipError("too many hops", 483)
            self.abilities.inspect(request)
            if merged is not None and merged in self._merged:
                raise SipError("loop detected", 482)  # it came before by another way (8.2.2.2)
            self._make_room(request)
        except SipError as error:
            self._notices.note(f"requests refused with {error.status}")
            self._turn_away(request, origin, error)
            return
        tag = self._chance.hex(16)
        served = Served(
            Transaction.server(request, reliable=origin.source.reliable), key, merged, origin,
            self._back(request, origin), _spare(request, origin), tag, None,
        )  # fmt: skip
        self._served[key] = served
        if request.method == "INVITE" and not request.to.tag:
            self._beginning.add(served)
        if merged is not None:
            self._merged[merged] = served
        inbound = Inbound(self, served, request, origin.source, self._seen(origin), tag)
        served.up = lambda _: self._up(inbound)
        if request.method != "INVITE":
            self._timers.set(served, Input.J, PATIENCE)  # until it has an answer
        self._drive(served, served.tx.start())

    def _make_room(self, request: Request) -> None:
        most = self.limits.server_transactions
        if not request.to.tag:  # what is going on goes on
            most = most * 8 // 10 if request.method == "INVITE" else most * 9 // 10
        is_new_call = request.method == "INVITE" and not request.to.tag
        if len(self._served) >= most or (is_new_call and self.is_congested()):
            raise SipError("too much at once", 503, headers=(("Retry-After", RETRY_AFTER),))

    def _up(self, inbound: Inbound) -> None:
        try:
            self.receive(inbound)
        except SipError as error:
            inbound.refuse(error)
        except Exception:
            log.exception("SIP: a request could not be worked on")
            if not inbound.is_answered:
                inbound.refuse(SipError("server internal error", 500))

    def _response(self, response: Response) -> None:
        if len(response.headers.values("Via")) != 1:
            self._notices.note("responses for others dropped")  # 8.1.3.3
            return
        asked = self._asked.get(client_key(response))
        if asked is None:
            self._notices.counts["responses that nobody waits for dropped"] += 1
            return
        self._drive(asked, asked.tx.receive(response))

    def _seen(self, origin: Origin) -> Target:
        return self._transports.local(origin.source, origin.way)

    # Answers ---------------------------------------------------------------------------------

    def answer(self, served: Served, response: Response) -> None:
        """Send a response of a server transaction."""
        if served.tx.ended or (served.final and served.tx.state is not State.ACCEPTED):
            return
        if response.status > 100 and not _is_tagged(response):
            response.headers.set("To", response.to.tagged(served.tag))
        served.written(response)  # what cannot be written changes nothing
        served.final = served.final or response.status >= 200
        self._drive(served, served.tx.respond(response))
        if served.final:
            self._beginning.discard(served)
            served.shrink()
        if response.status >= 300:
            self._unmerge(served)  # one that was refused may be tried again by another way, in whatever haste

    def _turn_away(self, request: Request, origin: Origin, error: SipError) -> None:
        self._reply(request.refuse(error, to_tag=self._stateless_tag(request)), request, origin)

    def _reply(self, response: Response, request: Request, origin: Origin) -> None:
        """Answer without a transaction: the same request gets the same answer as often as it comes (8.2.7)."""
        self._transports.send(bytes(response), self._back(request, origin), _nothing, origin.way)

    def _stateless_tag(self, request: Request) -> str:
        """The same for a request that comes again, and for the ACK of its refusal."""
        number = (request.headers.get("CSeq") or "").partition(" ")[0]
        of = "\n".join((request.headers.get("Call-ID") or "", request.headers.get("From") or "", number))
        return STATELESS + hashlib.blake2s(of.encode(), key=self._secret, digest_size=8).hexdigest()

    @staticmethod
    def _back(request: Request, origin: Origin) -> Target:
        if origin.source.transport != "udp":
            return origin.source
        return Target("udp", *request.via.response_place)

    # Transactions ----------------------------------------------------------------------------

    def _drive(self, of: Served | Asked, outputs: list[Output]) -> None:
        """Do what a transaction asks for; its user hears last, and may do what he likes then."""
        at_once: list[Input] = []
        later: list[PassUp | Failed] = []
        for output in outputs:
            match output:
                case Send(message):
                    self._put(of, of.written(message))
                case SetTimer(name, seconds) if seconds > 0:
                    self._timers.set(of, name, seconds)
                case SetTimer(name, _):
                    at_once.append(name)
                case SendCancel(cancel) if isinstance(of, Asked):
                    self._cancel(of, cancel)
                case Ended():
                    self._forget(of)
                case PassUp() | Failed():
                    later.append(output)
        for name in at_once:
            self._drive(of, of.tx.fire(name))
        for output in later:
            self._tell(of, output)

    def _put(self, of: Served | Asked, octets: bytes) -> None:
        def broke() -> None:
            if (self._served if isinstance(of, Served) else self._asked).get(of.key) is of:
                self._drive(of, of.tx.broke())

        if isinstance(of, Served) and of.spare is not None and not of.origin.is_open:
            self._transports.send(octets, of.spare, broke)
        elif isinstance(of, Served):
            self._transports.send(octets, of.back, broke, of.origin.way)
        else:
            self._transports.send(octets, of.target, broke)

    def _tell(self, of: Served | Asked, output: PassUp | Failed) -> None:
        match of, output:
            case Served(), PassUp(Request() as request) if of.up is not None:
                up, of.up = of.up, None
                up(request)
            case Served(), Failed(why) if of.on_failure is not None:
                of.on_failure(why)
            case Asked(), PassUp(Response() as response) if of.heard is not None:
                of.heard(response)
            case Asked(), Failed(why) if of.failed is not None:
                of.failed(why)

    def _forget(self, of: Served | Asked) -> None:
        self._timers.forget(of)
        if isinstance(of, Served):
            self._served.pop(of.key, None)
            self._beginning.discard(of)
            self._unmerge(of)
            return
        self._asked.pop(of.key, None)
        if of.target.reliable and (waiting := self._by_target.get(of.target)):
            waiting.discard(of)
            if not waiting:
                del self._by_target[of.target]

    def _unmerge(self, served: Served) -> None:
        if served.merged is not None and self._merged.get(served.merged) is served:
            del self._merged[served.merged]

    def _fire(self, of: Served | Asked, name: Input) -> None:
        try:
            if isinstance(of, Served) and name is Input.J and not of.final:
                self._notices.note("requests that nobody answered forgotten")  # their sender waits no more (timer F)
                self._forget(of)
                return
            self._drive(of, of.tx.fire(name))
        except Exception:
            log.exception("SIP: a timer could not be worked on")

    def _lost(self, target: Target) -> None:
        """A connection is gone: whoever waits for a response by it need not wait the whole time."""
        for asked in list(self._by_target.get(target, ())):
            self._drive(asked, asked.tx.broke())
        self.on_lost(target)


def _is_tagged(response: Response) -> bool:
    to = response.headers.get("To") or ""
    return "tag" in to.rpartition(">")[2].lower() and bool(response.to.tag)  # most have none: that is seen at a glance


def _spare(request: Request, origin: Origin) -> Target | None:
    return Target("tcp", *request.via.response_place) if origin.source.transport == "tcp" else None


def _nothing() -> None:
    """Nobody minds."""


def _nobody(inbound: Inbound) -> None:
    raise SipError("nobody is at home", 503)
