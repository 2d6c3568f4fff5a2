"""One connection of an SDK: who it is, what it asks for, which calls' signalling goes over it (official-clients B4).

Nothing here waits: what it hears changes legs and is answered by `say`. A token that does not hold is answered by an
error and `close`, never by dropping the connection: that would be taken for a broken line, and the SDK would come back
at once, again and again (B9).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from hoyhoy.exchange.events import Params
from hoyhoy.exchange.leg import Cause, LegState, UserMessage
from hoyhoy.exchange.media import NoRoom
from hoyhoy.exchange.ports import Application
from hoyhoy.wire.client import SCHEME
from hoyhoy.wire.softphone import heard, said
from hoyhoy.wire.softphone.place import Place
from hoyhoy.wire.tokens import Grant, TokenRefused
from hoyhoy.wire.webrtc import sdp

from .equipment import Equipment
from .leg import SoftphoneLeg

if TYPE_CHECKING:
    from .admission import Admission

ANONYMOUS = SCHEME + "Anonymous"
"""Who calls with a token that names nobody (voice reference 14.2)."""

HOLDS = 15.0
"""Seconds for which a call waits at least for its signalling to come back: so long an SDK tries hardest (B10)."""

MOST_CALLS = 32
"""Of one connection at the same time."""

MOST_FAULTS = 50
"""Messages that nobody understands, after which a connection is closed."""

NO_TOKEN, NOT_PERMITTED, NO_APPLICATION = 31102, 31403, 31001
EXPIRED, RATE, MALFORMED, NO_CALL = 31205, 31206, 31100, 31209
FAILED = 31000
BUSY = 31486


log = logging.getLogger(__name__)


class CallRefused(Exception):
    """Why a client may not call: a code of the SDK's, and a sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Device:
    """`say` sends one frame; `address` is where the connection comes from; `place`, how it was asked for."""

    def __init__(
        self, equipment: Equipment, admission: Admission, address: str, place: Place, say: Callable[[str], None]
    ) -> None:
        self.equipment, self.admission, self.address, self.place = equipment, admission, address, place
        self.grant: Grant | None = None
        self.holds = HOLDS
        """Seconds for which its calls wait for it when the connection is lost."""
        self.knows_early_sound = False
        """Does its SDK tell sound before the answer from the answer?"""
        self.is_open = True
        self.legs: set[SoftphoneLeg] = set()
        """Those whose signalling goes over it."""
        self._send = say
        self._labels: dict[str, SoftphoneLeg] = {}
        """By the SDK's own names for calls that it made."""
        self._is_registered = False
        self._is_expired = False
        self._faults = 0

    def say(self, frame: str) -> None:
        if self.is_open:
            self._send(frame)

    def is_there(self) -> bool:
        """Whether its token still holds."""
        return self.grant is not None and self.grant.expires > self.equipment.clock.now()

    # What it hears ---------------------------------------------------------------------------

    def hear(self, frame: str) -> None:
        """One frame of the SDK's; nothing once the connection is over."""
        if not self.is_open:
            return
        try:
            self._obey(heard.read(frame))
        except heard.Malformed as why:
            self._blame()
            if why.call and not why.sid and self._leg(why.call) not in self.legs:
                self.say(said.hangup(why.call, why.code, str(why)))  # else it would be waited for without end
            else:
                self.say(said.error(why.code, str(why), call=why.call, sid=why.sid))
        except Exception:  # a mistake of ours, by which the connection's other calls must not end
            log.exception("a softphone's message was not taken")
            self.say(said.error(FAILED, "The exchange failed at this message; its own log says how."))

    def _blame(self) -> None:
        self._faults += 1
        if self._faults > MOST_FAULTS:
            self.say(said.close())
            self.lost()

    def _obey(self, message: heard.Message) -> None:
        match message:
            case heard.Listen():
                self._listen(message)
            case heard.Register(audio=audio):
                self._register(audio)
            case heard.Invite():
                self._invited(message)
            case heard.Reattach(call=call, reconnect=shown, sdp=text):
                leg = self.equipment.leg(call, self.grant)
                if leg is None or not leg.back(self, shown, _description(call, text)):
                    self.say(said.hangup(call, NO_CALL, "The call is over, or is not yours."))
            case heard.Answer(call=call, sdp=text):
                if leg := self.equipment.leg(call, self.grant):
                    leg.taken(self, _description(call, text))
                else:
                    self.say(said.hangup(call))  # it was over before this came
            case heard.Reject(call=call):
                if leg := self._leg(call):
                    leg.refused(self)
            case heard.Hangup(call=call):
                if leg := self._leg(call):
                    leg.left(self)
            case heard.Reinvite(call=call, sdp=text):
                if leg := self._leg(call):
                    leg.moved(self, _description(call, text))
            case heard.Keys(call=call, keys=keys):
                if leg := self._leg(call):
                    leg.pressed(keys)
            case heard.UserMessage():
                self._told(message)
            case _:
                pass  # a beat of the heart, or a word that other versions may know

    def _leg(self, call: str) -> SoftphoneLeg | None:
        return self._labels.get(call) or self.equipment.leg(call, self.grant)

    # Who it is -------------------------------------------------------------------------------

    def _listen(self, message: heard.Listen) -> None:
        try:
            grant = self.admission.admit(message.token, self.address)
        except TokenRefused as why:
            self.say(said.error(why.signalling, str(why)))
            if self.grant is None:  # who has shown a good one keeps it, until that is over
                self.say(said.close())
            return
        was, self.grant, self._is_expired = self._name, grant, False
        if was != self._name:
            self.equipment.presence.drop(was, self)
        self.knows_early_sound = not message.version.startswith("1.")
        self.holds = max(HOLDS, message.holds or 0.0)
        ttl = max(1, int(grant.expires - self.equipment.clock.now()))
        self.say(
            said.connected(grant.identity, ttl, edge=self.place.edge, home=self.place.home, region=self.place.region)
        )
        if self._is_registered:
            self._be_found()

    @property
    def _name(self) -> tuple[str, str]:
        return (self.grant.account, self.grant.identity) if self.grant else ("", "")

    def _register(self, audio: bool) -> None:
        if self.grant is None:
            self.say(said.error(NO_TOKEN, "Who registers shows a token first."))
            self.say(said.close())
        elif not audio:
            self._unregister()
            self.say(said.offline())
        elif self.is_there():
            self._is_registered = True
            self._be_found()
            self.say(said.ready())
        else:
            self.beat()

    def _be_found(self) -> None:
        """Only who may be called is; others are registered all the same, as far as they know."""
        if self.grant and self.grant.incoming and self.grant.identity:
            self.equipment.presence.add(self._name, self)
        else:
            self.equipment.presence.drop(self._name, self)

    def _unregister(self) -> None:
        self._is_registered = False
        self.equipment.presence.drop(self._name, self)

    def beat(self) -> None:
        """Now and then: a token that has come to its end is told of once. Calls go on without it (14.1)."""
        if self.grant is not None and not self._is_expired and not self.is_there():
            self._is_expired = True
            self.equipment.presence.drop(self._name, self)
            self.say(said.error(EXPIRED, "The token is over: bring another one."))

    def lost(self) -> None:
        """The connection is gone."""
        if self.is_open:
            self.is_open = False
            self._unregister()
            for leg in list(self.legs):
                self.legs.discard(leg)
                leg.cut(self)

    def forget(self, leg: SoftphoneLeg, label: str) -> None:
        """A leg is over."""
        self.legs.discard(leg)
        self._labels.pop(label, None)

    # Its calls -------------------------------------------------------------------------------

    def _invited(self, message: heard.Invite) -> None:
        try:
            grant, application = self._permitted(message)
            theirs = _description(message.call, message.sdp)
        except CallRefused as why:
            self.say(said.hangup(message.call, why.code, str(why)))
        else:
            leg = SoftphoneLeg(self.equipment, LegState.RINGING, grant.account, grant.identity)
            leg.come(self, message.call, theirs)
            self._labels[message.call] = leg
            self.equipment.clock.spawn(self._call(leg, message.params, grant, application), "softphone calls")

    def _permitted(self, message: heard.Invite) -> tuple[Grant, Application]:
        grant = self.grant
        if grant is None:
            raise CallRefused(NO_TOKEN, "Who calls shows a token first.")
        if not self.is_there():
            raise CallRefused(EXPIRED, "The token is over: bring another one.")
        if not grant.application:
            raise CallRefused(NOT_PERMITTED, "The token does not permit calls: it names no application.")
        if self.equipment.drains:
            raise CallRefused(BUSY, "This exchange is being stopped and takes no more calls.")
        if message.call in self._labels or len(self.legs) >= MOST_CALLS:
            raise CallRefused(BUSY, f"One connection has {MOST_CALLS} calls at most, each with a name of its own.")
        if not self.admission.may_call(self.address):
            raise CallRefused(RATE, "Too many calls in too short a time.")
        application = self.equipment.directory.application(grant.application)
        if application is None or application.account != grant.account:
            sentence = f"There is no application {grant.application} in the account of the token."
            self.equipment.complain(grant.account, 21218, sentence)
            raise CallRefused(NO_APPLICATION, sentence)
        return grant, application

    async def _call(self, leg: SoftphoneLeg, params: Params, grant: Grant, application: Application) -> None:
        try:
            if not await leg.has_stream():
                return
            told = _told_of(grant, params)
            taken = self.equipment.exchange.incoming(
                leg,
                caller=SCHEME + grant.identity if grant.identity else ANONYMOUS,
                called=dict(told).get("To", ""),
                callee=application,
                params=told,
            )
        except NoRoom:
            await leg.hang_up(Cause.BUSY)
            return
        except BaseException:
            await leg.hang_up(Cause.FAILED)
            raise
        if taken is None:
            sentence = f"The application {application.sid} does not answer: it has no VoiceUrl."
            self.equipment.complain(grant.account, 21205, sentence)
        else:
            leg.named(taken.sid)

    def _told(self, message: heard.UserMessage) -> None:
        """What a program tells the app beside the sound (voice reference 13.3), whoever listens there."""
        leg = self._leg(message.call)
        if leg is None or leg.device is not self or leg.on_message is None:
            self.say(said.error(NO_CALL, "There is no such call.", call=message.call, sid=message.sid))
        elif leg.on_message(UserMessage(message.sid, message.content, message.content_type)):
            self.say(said.acknowledge(message.call, message.sid))
        else:
            sentence = "Too many messages in too short a time: this one was not taken."
            self.say(said.error(RATE, sentence, call=message.call, sid=message.sid))


def _description(call: str, text: str) -> sdp.Description:
    """Malformed for one that nothing can be agreed on with."""
    try:
        return sdp.read(text)
    except sdp.Unfit as why:
        refused = heard.Malformed(MALFORMED, f"The description of the sound is unfit: {why}")
        refused.call = call
        raise refused from None


def _told_of(grant: Grant, chosen: Params) -> Params:
    """What the app is told of a call: what the token says comes before what the page says."""
    fixed = {name for name, _ in grant.parameters}
    return (*grant.parameters, *(one for one in chosen if one[0] not in fixed))
