from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.program import leave_to
from hoyhoy.exchange.verbs.verb import Verb, address

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call

NOT_PAID = 64001
WITHOUT = "no card is asked for here."
SETTINGS = (
    "input", "bankAccountType", "statusCallback", "statusCallbackMethod", "timeout", "maxAttempts", "securityCode",
    "postalCode", "minPostalCodeLength", "paymentConnector", "paymentMethod", "tokenType", "chargeAmount", "currency",
    "description", "validCardTypes", "language", "Prompt", "Parameter",
)  # fmt: skip


class Pay(Verb):
    """Take a payment by card. Out of scope: an app is told what it is told when its connector fails (voice reference
    2.14)."""

    unused = dict.fromkeys(SETTINGS, WITHOUT)

    action: str | None = address()

    async def run(self, call: Call) -> None:
        await call.answer()
        call.notice(NOT_PAID, f"Line {self.element.line}: <Pay>: card payments are out of scope; nothing is charged.")
        told = (("Result", "payment-connector-error"), ("PaymentError", "payments are out of scope"))
        leave_to(call.place.action(self.action, "POST"), told)
