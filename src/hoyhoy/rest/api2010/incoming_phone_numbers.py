"""The telephone numbers an account owns, and where their calls and messages are answered (voice reference 9).

Numbers are bought from the simulated network, where any number that nobody owns can be had. One that is
bought without saying where it leads greets whoever calls or writes, as the numbers of the first start do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any

from hoyhoy.exchange.notices import notify
from hoyhoy.rest.kit import (
    BOTH,
    CREATE,
    LIST,
    UPDATE,
    Answer,
    Context,
    Resource,
    boolean,
    choice,
    computed,
    constant,
    not_found,
    text,
)
from hoyhoy.rest.kit.addresses import part_of_number
from hoyhoy.rest.kit.auth import admit
from hoyhoy.rest.kit.conventions import Listing
from hoyhoy.rest.kit.description import answers
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn
from hoyhoy.rest.kit.purchase import chosen_number, number_in
from hoyhoy.rest.kit.resource import Act
from hoyhoy.rest.kit.sids import sid_of
from hoyhoy.rest.kit.steering import steering_method, steering_url
from hoyhoy.wire import inventory
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault, Level
from hoyhoy.wire.inventory import WELCOME_SMS, WELCOME_VOICE, Kind

NUMBERS = "/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers"

AT_ONCE = 500
"""Rows that are read at once when a list is chosen by what only the number itself tells."""

APPLICATIONS = ("voice_application_sid", "sms_application_sid")
ADDRESSES = ("address_sid", "emergency_address_sid")
NAMED = (*APPLICATIONS, *ADDRESSES, "trunk_sid", "identity_sid", "bundle_sid")
"""Properties that name something else which the account owns."""


class OwnedNumber(Resource):
    """What a number tells by itself, wherever it is listed."""

    prefix = "PN"

    phone_number: str = text()
    address_requirements: str = computed()
    capabilities: dict[str, bool] = computed()

    def show_address_requirements(self, ctx: Context) -> str:
        return inventory.address_requirement_of(self.phone_number)

    def show_capabilities(self, ctx: Context) -> dict[str, bool]:
        return asdict(inventory.capabilities_of(self.phone_number))

    def address(self, ctx: Context) -> str:
        """Where its account has it: not at the list it was found in, nor at the account it has just left."""
        return f"{NUMBERS.format(account_sid=self.account_sid)}/{self.sid}"


class IncomingPhoneNumber(OwnedNumber):
    """A number of the account."""

    path, key = NUMBERS, "incoming_phone_numbers"
    below = {"assigned_add_ons": "AssignedAddOns"}
    indexes = (("account_sid", "trunk_sid"),)
    rehearses = True

    account_sid: str = text(on=(UPDATE,))
    """Moves the number to another account of the family."""
    friendly_name: str = text(64, on=BOTH, error=20002, find="=")
    phone_number: str = text(on=(CREATE,), find="like", search_as=part_of_number)
    area_code: str = computed(on=(CREATE,), shown=False)
    """Any number there will do; North America only."""
    voice_url: str = steering_url(BOTH)
    voice_method: str = steering_method(BOTH)
    voice_fallback_url: str = steering_url(BOTH)
    voice_fallback_method: str = steering_method(BOTH)
    voice_caller_id_lookup: bool = boolean(default=False, on=BOTH, idle=True)
    voice_receive_mode: str = choice("voice", "fax", default="voice", on=BOTH, idle=True)
    voice_application_sid: str = text(on=BOTH)
    status_callback: str = steering_url(BOTH)
    status_callback_method: str = steering_method(BOTH)
    sms_url: str = steering_url(BOTH)
    sms_method: str = steering_method(BOTH)
    sms_fallback_url: str = steering_url(BOTH)
    sms_fallback_method: str = steering_method(BOTH)
    sms_application_sid: str = text(on=BOTH)
    address_requirements: str = computed()
    address_sid: str = sid_of("AD", on=BOTH)
    beta: bool = boolean(default=False, on=(LIST,))
    capabilities: dict[str, bool] = computed()
    identity_sid: str = sid_of("RI", on=BOTH, idle=True)
    bundle_sid: str = sid_of("BU", on=BOTH, idle=True)
    emergency_status: str = choice("Active", "Inactive", default="Inactive", on=BOTH, idle=True)
    emergency_address_sid: str = sid_of("AD", on=BOTH, idle=True)
    emergency_address_status: str = constant("unregistered")
    trunk_sid: str = sid_of("TK", on=BOTH)
    api_version: str = choice("2010-04-01", "2008-08-01", default="2010-04-01", on=BOTH, idle=True)
    origin: str = constant("twilio", on=(LIST,))
    status: str = constant("in-use")
    type: str = text(default="local")

    def show_beta(self, ctx: Context) -> bool:
        return inventory.is_beta(self.phone_number)

    def show_type(self, ctx: Context) -> str:
        return inventory.type_of(self.phone_number)

    # Lists -----------------------------------------------------------------------------------

    @classmethod
    def kind_at(cls, ctx: Context) -> Kind | None:
        """The only kind of numbers that is found at this path, None = every."""
        return None

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        """What only the number itself tells is not in the row, so such a list reads rows until a page is full."""
        kind, beta = cls.kind_at(ctx), ctx.asked.get("beta")
        if ctx.asked.get("origin", "twilio") != "twilio":
            return []
        if kind is None and beta is None:
            return await super().page(ctx, wanted, turn)
        found: list[dict[str, Any]] = []
        before, since, where = turn.before, turn.since, [*cls.where(ctx), *wanted]
        while len(found) <= turn.offset + turn.size:
            rows = await ctx.services.rows.page(cls.table_name, where, before=before, since=since, limit=AT_ONCE)
            fitting = [
                row
                for row in rows
                if (kind is None or inventory.sold_as(row["phone_number"]) is kind)
                and (beta is None or inventory.is_beta(row["phone_number"]) is beta)
            ]
            found = found + fitting if since is None else fitting + found
            if len(rows) < AT_ONCE:
                break
            before, since = (rows[-1]["id"], None) if since is None else (None, rows[0]["id"] + 1)
        return found[turn.offset : turn.offset + turn.size + 1] if since is None else found[-turn.size - 1 :]

    # Buying ----------------------------------------------------------------------------------

    async def on_create(self, ctx: Context) -> None:
        self.sid = self.new_sid(ctx)
        if self.voice_fallback_url and not self.voice_url:
            raise Fault(21405)
        await _check_addresses(ctx, vars(self), ctx.account.sid)
        # Nothing is awaited from here until the number is written down: the first of two buyers has it, and
        # nobody buys for an account that was closed meanwhile.
        _check_open(ctx, ctx.account.sid)
        _check_applications(ctx, vars(self), ctx.account.sid)
        _check_trunk(ctx, vars(self), ctx.account.sid)
        if self.trunk_sid:
            self.__dict__.pop("voice_application_sid", None)  # a trunk comes first (9)
        self._greet(ctx)
        if "ApiVersion" not in ctx.form:
            self.api_version = ctx.pattern.split("/")[1]
        self.phone_number = self._chosen(ctx)
        self.friendly_name = self.friendly_name or numbers.national(self.phone_number)
        self.type, self.beta = inventory.type_of(self.phone_number), inventory.is_beta(self.phone_number)
        if inventory.address_requirement_of(self.phone_number) != "none" and not self.address_sid:
            self._tell_address(ctx)

    def _greet(self, ctx: Context) -> None:
        """What leads nowhere by the will of nobody greets: `VoiceUrl=` is somebody's will."""
        if "VoiceUrl" not in ctx.form and not self.voice_application_sid and not self.trunk_sid:
            self.voice_url = WELCOME_VOICE
        if "SmsUrl" not in ctx.form and not self.sms_application_sid:
            self.sms_url = WELCOME_SMS

    def _chosen(self, ctx: Context) -> str:
        if self.phone_number:
            return chosen_number(ctx, self.phone_number)
        if self.area_code:
            return number_in(ctx, self.area_code)
        raise Fault(21421, "One of 'PhoneNumber' and 'AreaCode' is required.")

    def _tell_address(self, ctx: Context) -> None:
        notify(
            ctx.services.journal,
            ctx.services.chance,
            ctx.now,
            account=ctx.account.sid,
            subject=self.sid,
            code=21480,
            level=Level.WARNING,
            message=f"{self.phone_number} was bought without an AddressSid; "
            f"the platform wants one ({inventory.address_requirement_of(self.phone_number)}).",
        )

    # Changing --------------------------------------------------------------------------------

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("voice_fallback_url") and not changed.get("voice_url", self.voice_url):
            raise Fault(21405)
        if changed.get("friendly_name") == "":
            changed["friendly_name"] = numbers.national(self.phone_number)
        for name in NAMED:
            if changed.get(name) == "":
                changed[name] = None
        self._move(ctx, changed)
        account = changed.get("account_sid", self.account_sid)
        await _check_addresses(ctx, changed, account)
        # Nothing is awaited from here until the change is written down.
        _check_open(ctx, account)
        _check_applications(ctx, changed, account)
        _check_trunk(ctx, changed, account)
        if changed.get("trunk_sid"):
            changed["voice_application_sid"] = None  # a trunk deletes the application and vice versa (9)
        elif changed.get("voice_application_sid"):
            changed["trunk_sid"] = None

    def _move(self, ctx: Context, changed: dict[str, Any]) -> None:
        """To another account of the family, by the main account alone (messaging reference 3.1).

        What the number named stays with the account it leaves.
        """
        target = changed.pop("account_sid", "")
        if target in ("", self.account_sid):
            return
        if ctx.caller.owner not in ("", ctx.caller.sid):
            raise Fault(21474, "Only the main account moves numbers between its accounts.")
        account = ctx.services.directory.account(target)
        if account is None or ctx.caller.sid not in (account.sid, account.owner):
            raise Fault(21471, f"There is no account {target[:40]} among yours.")
        if account.status != "active":
            raise Fault(21472, f"The account {target} is {account.status}.")
        changed["account_sid"] = target
        for name in NAMED:
            if getattr(self, name):
                changed.setdefault(name, None)

    # Add-ons ---------------------------------------------------------------------------------

    @classmethod
    def routes(cls) -> Iterable[tuple[str, Mapping[str, Act]]]:
        yield NUMBERS + "/{sid}/AssignedAddOns", {"GET": cls.assigned_add_ons}

    @classmethod
    @answers(200, "An empty list.", {"type": "object"})
    async def assigned_add_ons(cls, ctx: Context) -> Answer:
        """None: this exchange has no marketplace."""
        row = await cls.find(ctx, ctx.sid)
        if row is None or not cls.sees(ctx, row):
            raise not_found(ctx.path)
        here = f"{ctx.path}?PageSize=50&Page=0"
        nothing = Listing("assigned_add_ons", "AssignedAddOn", [], 0, 50, here, here, None, None, cls.style, ctx.base)
        return Answer(200, nothing)


async def _check_addresses(ctx: Context, given: Mapping[str, Any], account: str) -> None:
    """Addresses that are named must be the account's own. Fault 20001.

    A change of one that is under way is waited for. Giving up the turn lets nobody run yet: who is not made to
    wait before the number is written has written it before the address can be deleted.
    """
    async with AsyncExitStack() as turns:
        for sid in sorted({given[name] for name in ADDRESSES if given.get(name)}):
            await turns.enter_async_context(ctx.services.turns("addresses", sid))
            row = await ctx.services.rows.fetch("addresses", sid)
            if row is None or row["account_sid"] != account:
                raise Fault(20001, f"There is no address {sid[:40]} in this account.")


def _check_applications(ctx: Context, given: Mapping[str, Any], account: str) -> None:
    """Applications that are named must be the account's own. Fault 21420."""
    for name in APPLICATIONS:
        if sid := given.get(name):
            application = ctx.services.directory.application(sid)
            if application is None or application.account != account:
                raise Fault(21420, f"There is no application {sid[:40]} in this account.")


def _check_trunk(ctx: Context, given: Mapping[str, Any], account: str) -> None:
    """A trunk that is named must be the account's own. Fault 20001."""
    if sid := given.get("trunk_sid"):
        trunk = ctx.services.directory.trunk(sid)
        if trunk is None or trunk.account != account:
            raise Fault(20001, f"There is no trunk {sid} in this account.")


def _check_open(ctx: Context, account: str) -> None:
    """Fault 20005 when the account has been closed or suspended since the request came in."""
    named = ctx.services.directory.account(account)
    if named is not None:
        admit(named, ctx.services.directory, writes=True)
