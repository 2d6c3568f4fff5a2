from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from hoyhoy.exchange.events import CallReferred, Params
from hoyhoy.exchange.leg import Referral
from hoyhoy.exchange.program import leave_to, report
from hoyhoy.exchange.verbs.verb import Verb, address
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.wire.errors import Fault, Level

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.verbs.verb import Family, Notice
    from hoyhoy.wire.twiml import Element

CANCELED = "canceled"


class Refer(Verb):
    """Ask the far end, a SIP phone or trunk, to call somebody else instead (voice reference 2.12)."""

    takes = ("Sip",)

    action: str | None = address()
    method: str = http_method(code=12200)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Refer:
        """Its noun is an address and nothing else."""
        for child in element.children:
            if child.name in cls.takes and child.attributes:
                named = ", ".join(name for name, _ in child.attributes)[:80]
                notice(12200, f"Line {child.line}: <{child.name}> in <Refer> has no attributes; ignored: {named}.")
        bare = tuple(replace(one, attributes=()) if one.name in cls.takes else one for one in element.children)
        refer = super().read(replace(element, children=bare), family, notice)
        refer.element = element
        if len(refer.nested) != 1 or not refer.nested[0].body:
            notice(12200, f"Line {element.line}: <Refer> needs one <Sip> with an address.")
        return refer

    async def run(self, call: Call) -> None:
        action = call.place.action(self.action, self.method)
        target = self.nested[0].body if self.nested else ""
        referral, began = Referral(), call.clock.now()
        await call.answer()
        if action:
            call.farewell = partial(report, action, partial(_told, referral))
        try:
            await self._refer(call, target, referral)
        finally:
            call.record(CallReferred(target=target, status=_status(referral)))
        call.lasted_since(began)
        await call.goes_on()
        leave_to(action, await _told(referral))

    async def _refer(self, call: Call, target: str, referral: Referral) -> None:
        """What is wrong with the address is no reason to end the call."""
        try:
            if target:
                await call.line.refer(target, referral)
            referral.is_over = True
        except Fault as fault:
            referral.is_over = True
            if fault.level is Level.ERROR:
                raise
            call.notice(fault.code, f"Line {self.element.line}: <Refer>: {fault.message}")
        if referral.left_out:
            left_out = ", ".join(referral.left_out)[:200]
            where = f"Line {self.element.line}: <Refer>"
            call.notice(13252, f"{where} sends on X- names and User-to-User alone. Left out: {left_out}")


def _status(referral: Referral) -> str:
    """What the end of the call makes of it."""
    return referral.status if referral.is_over else CANCELED


async def _told(referral: Referral) -> Params:
    return (
        ("ReferCallStatus", _status(referral)),
        *((("ReferSipResponseCode", str(referral.answer)),) if referral.answer else ()),
        *((("NotifySipResponseCode", str(referral.progress)),) if referral.progress else ()),
    )
