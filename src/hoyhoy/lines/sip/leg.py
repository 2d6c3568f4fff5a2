"""A leg that speaks SIP, called or calling: the exchange's Leg on one side, a dialog and a stream on the other.

How a call comes about has files of its own: `hunt` and `invitation` for those we make, `reception` for those that
come. Once there is a `talk`, both are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hoyhoy.exchange.events import Params
from hoyhoy.exchange.leg import Cause, Leg, LegState, Referral
from hoyhoy.exchange.media import NoRoom, Quality, Stream, Terms
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.sip import causes
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.referral import with_fields

from . import refusal
from .agreement import Agreement, Sound
from .custom_headers import REFERRED, custom, foreign
from .destination import called, dialled
from .equipment import Equipment
from .hunt import Group, Hunt
from .invitation import Refused
from .key_signals import Once
from .reception import Reception
from .talk import Talk, never

SESSIONS = 2**62
"""Numbers for the o= lines of SDP are below."""

Plan = Callable[[], Sequence[Group]]
"""Finds where a call may ring. SipError when there is nowhere."""


class SipLeg(Leg):
    """`on_released` is called once when the leg is over."""

    media: Stream

    def __init__(self, equipment: Equipment, state: LegState) -> None:
        super().__init__(state)
        self.equipment = equipment
        self.on_released: Callable[[], None] | None = None
        self._once = Once(equipment.clock.now)
        self._hunt: Hunt | None = None
        self._reception: Reception | None = None
        self._talk: Talk | None = None
        self._stream: Stream | None = None
        self._forget: Callable[[], None] | None = None  # takes its dialogs off the table

    # A call of ours --------------------------------------------------------------------------

    def call(
        self, account: str, headers: Params, plan: Plan, passed: Callable[[int], None] = lambda number: None
    ) -> None:
        """Ring at the places of the plan; `passed` is told the number of each group that is not needed (any more)."""
        self.equipment.clock.spawn(self._call(account, headers, plan, passed), "SIP call")

    async def _call(self, account: str, headers: Params, plan: Plan, passed: Callable[[int], None]) -> None:
        try:
            if self.is_released:
                return
            groups = plan()
            self._take(await self.equipment.plane.open_stream(account, Terms()))
            if not self.is_released:
                await self._ring(groups, headers, passed)
        except NoRoom:
            self._fail(503)
        except SipError as error:
            self._complain(account, error)
            self._fail(error.status)
        except Refused as refused:
            self._complain(account, refused.error)
            self._fail(refused.status, refused.response)
        except BaseException:
            self._release(Cause.FAILED)
            raise

    async def _ring(self, groups: Sequence[Group], headers: Params, passed: Callable[[int], None]) -> None:
        assert self._stream
        sound = Sound(self._stream)

        def agreement() -> Agreement:
            return Agreement(sound, "", self.equipment.chance.below(SESSIONS), permits=self.equipment.permits_sound)

        self._hunt = Hunt(self.equipment, headers, agreement, self._rings, self._early, refers=self.may_refer)
        answered = await self._hunt.run(groups, passed)
        if self.is_released:  # it was hung up between the answer and here
            await answered.talk.hang_up(causes.reason_of(Cause.NORMAL))
            answered.invitation.close()
            return
        self._forget = answered.invitation.close
        self._join(answered.talk)
        answered.talk.agreement.apply()
        self._tell(answered.response.status, answered.response)
        self._become(LegState.ANSWERED)
        if answered.talk.is_over:  # it hung up before we came to listen
            self._release(Cause.NORMAL)

    def _rings(self) -> None:
        self._become(LegState.RINGING)

    def _early(self, agreement: Agreement) -> None:
        agreement.apply()
        self._become(LegState.RINGING)
        self._sounds_early()

    def _complain(self, account: str, error: SipError | None) -> None:
        if isinstance(error, refusal.Refused) and not self.is_released:
            self.equipment.complain(account, error.code, error.reason)

    def _fail(self, status: int, response: Response | None = None) -> None:
        if self.is_released:
            return
        self._tell(status, response)
        self._release(Cause(causes.cause_of(status)))

    def _tell(self, status: int, response: Response | None) -> None:
        call_id = response.call_id if response else self._hunt.call_id if self._hunt else ""
        self.told = (
            *((("SipCallId", call_id),) if call_id else ()),
            ("SipResponseCode", str(status)),
            *(foreign(response) if response else ()),
        )

    # A call that came ------------------------------------------------------------------------

    def receive(self, reception: Reception, stream: Stream, forget: Callable[[], None]) -> None:
        """Take a call that is to be answered or refused; `ring` says that it is."""
        self._reception, self._forget = reception, forget
        self._take(stream)
        self._join(reception.talk)
        reception.inbound.on_cancel = self._canceled

    def ring(self) -> None:
        if self._reception and not self.is_released:
            self._reception.ring(lambda: self._release(Cause.FAILED))

    async def answer(self) -> None:
        reception = self._reception
        if reception is None or not self._become(LegState.ANSWERED):
            return
        reception.answer()
        self._reception = None  # nothing of the INVITE is needed any more
        if reception.waits:  # nobody knows where to send before the ACK says it
            await reception.talk.confirmed()

    def _canceled(self, cancel: Request) -> None:
        if self._reception and not self._reception.is_over:
            self._reception.refuse(487)
            self._release(Cause.NORMAL)

    # The end -----------------------------------------------------------------------------------

    @property
    def is_released(self) -> bool:
        return self.state is LegState.RELEASED

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        self._release(cause)

    def _lost(self) -> None:
        self._release(Cause.FAILED)

    def _left(self, cause: Cause) -> None:
        """The far end hung up, or is gone."""
        if self._reception and not self._reception.is_over:
            self._reception.refuse(487)  # it hung up before we answered (RFC 3261 15.1.2)
        self._release(cause)

    def _release(self, cause: Cause) -> None:
        """End it here at once; the far end is told in whatever time that takes."""
        was = self.state
        if not self._become(LegState.RELEASED, cause):
            return
        if self._stream is not None:
            self._stream.close()
            self._stream.on_key = self._stream.on_lost = None
        if self._hunt is not None and was is not LegState.ANSWERED:
            if not self.told:
                self._tell(487, None)  # what a call that is cancelled comes to (voice reference 10.3)
            self._hunt.cancel(causes.reason_of(cause))
        if self._reception is not None:
            self._reception.refuse(causes.refusal_of(cause))
        if self._talk is not None and was is LegState.ANSWERED:
            self.equipment.clock.spawn(self._wind_up(self._talk, cause), "SIP BYE")
        elif self._forget:
            self._forget()
        if self.on_released:
            self.on_released()

    async def _wind_up(self, talk: Talk, cause: Cause) -> None:
        try:
            await talk.hang_up(causes.reason_of(cause))
        finally:
            talk.on_key = talk.on_end = talk.on_refer = None
            talk.may_refer = never
            if self._forget:
                self._forget()

    # Sound -------------------------------------------------------------------------------------

    def _take(self, stream: Stream) -> None:
        self.media = self._stream = stream
        if self.is_released:
            stream.close()
            return
        stream.on_key = lambda key: self._pressed(key, "RTP")
        stream.on_lost = self._lost
        stream.on_quality = self._measured

    def _pressed(self, key: str, way: str) -> None:
        if self._once.hear(key, way):
            self._key(key)

    def _measured(self, quality: Quality) -> None:
        super()._measured(quality)
        if self.is_released and self._stream is not None:
            self._stream.on_quality = None

    def _join(self, talk: Talk) -> None:
        self._talk = talk
        talk.on_key = lambda key: self._pressed(key, "INFO")
        talk.on_end = self._left
        talk.on_refer = lambda transfer: self.on_refer is not None and self.on_refer(transfer)
        talk.may_refer = lambda: self.may_refer

    # Elsewhere ---------------------------------------------------------------------------------

    async def refer(self, address: str, referral: Referral) -> None:
        """By REFER (RFC 3515). Of the header fields behind `?` those go along that voice reference 2.12 names."""
        try:
            uri = dialled(address)
        except SipError as error:
            raise Fault(13243, f"{address[:80]!r} is no SIP URI: {error.reason}.") from None
        fields, refused = custom(uri, REFERRED)
        referral.left_out = refused
        if self._talk is not None and not self.is_released:
            await self._talk.refer(with_fields(called(uri), fields), referral)
