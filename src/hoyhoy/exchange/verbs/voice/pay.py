from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hoyhoy.exchange.program import Next
from hoyhoy.exchange.verbs.verb import Notice, Verb, url

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.verbs.verb import Family
    from hoyhoy.wire.twiml import Element

NOT_PAID = 64001
WITHOUT = "no card is asked for here."
SETTINGS = (
    "input", "bankAccountType", "statusCallback", "statusCallbackMethod", "timeout", "maxAttempts", "securityCode",
    "postalCode", "minPostalCodeLength", "paymentConnector", "paymentMethod", "tokenType", "chargeAmount", "currency",
    "description", "validCardTypes", "language",
)  # fmt: skip


class Pay(Verb):
    """Take a payment by card. Out of scope: an app is told what it is told when its connector fails (voice reference
    2.14)."""

    unused = dict.fromkeys(SETTINGS, WITHOUT)

    action: str | None = url()

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Pay:
        """One notice says it all."""
        told = tuple(pair for pair in element.attributes if pair[0] not in cls.unused)
        return super().read(replace(element, attributes=told, children=()), family, notice)

    async def run(self, call: Call) -> None:
        await call.answer()
        call.notice(NOT_PAID, f"Line {self.element.line}: <Pay>: card payments are out of scope; nothing is charged.")
        if self.action is not None:
            told = (("Result", "payment-connector-error"), ("PaymentError", "payments are out of scope"))
            raise Next(call.place.webhook(self.action, "POST", told))
