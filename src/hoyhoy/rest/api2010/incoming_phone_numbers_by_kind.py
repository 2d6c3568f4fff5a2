"""The numbers of an account that are local, mobile or toll-free: lists of their own, and bought as such (voice 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hoyhoy.rest.kit import CREATE, LIST, Context, computed, text
from hoyhoy.rest.kit.resource import Act
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.inventory import Kind, sold_as

from .incoming_phone_numbers import NUMBERS, IncomingPhoneNumber


class IncomingPhoneNumberOfKind(IncomingPhoneNumber):
    """A number of the account, found among those of its kind. Fetched, changed and released like every other."""

    path = f"{NUMBERS}/{Kind.LOCAL}"
    also = (f"{NUMBERS}/{Kind.MOBILE}", f"{NUMBERS}/{Kind.TOLL_FREE}")
    element = "IncomingPhoneNumber"
    offers = (LIST, CREATE)
    rehearses = False

    area_code: str = computed(shown=False)
    type: str = text(default="local", shown=False)

    @classmethod
    def routes(cls) -> Iterable[tuple[str, Mapping[str, Act]]]:
        return ()

    @classmethod
    def kind_at(cls, ctx: Context) -> Kind:
        return Kind(ctx.pattern.rpartition("/")[2])

    def _chosen(self, ctx: Context) -> str:
        if "AreaCode" in ctx.form:
            raise Fault(21457)
        number = super()._chosen(ctx)
        if sold_as(number) is not self.kind_at(ctx):
            raise Fault(21458, f"{number} is not a {self.kind_at(ctx)} number.")
        return number
