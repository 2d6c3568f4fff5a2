"""Credential lists: user names and passwords of SIP phones and exchanges (voice reference 10.1).

They open the domains and trunks that use the list. A password is never shown again.
"""

from __future__ import annotations

import re
from typing import Any

from hoyhoy.rest.kit import BOTH, CREATE, Context, Resource, not_found, text
from hoyhoy.rest.kit.parts import check_room, remove_all
from hoyhoy.rest.kit.sip import check_open, check_unused
from hoyhoy.wire.errors import Fault

LISTS = "/2010-04-01/Accounts/{account_sid}/SIP/CredentialLists"
MOST_LISTS = 100
"""Of one account."""
MOST = 1000
"""Credentials of one list."""
LONGEST_NAME, SHORTEST_PASSWORD, LONGEST_PASSWORD = 32, 12, 255

_NAME = re.compile(r'[^\x00-\x20\x7f"\\]+')
"""What can stand between quotes as it is (RFC 3261 25.1, quoted-string)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class SipCredentialList(Resource):
    """Users of the account that are let in together."""

    path, prefix, key = LISTS, "CL", "credential_lists"
    table_name, element = "sip_credential_lists", "CredentialList"
    below = {"credentials": "Credentials"}

    friendly_name: str = text(64, on=BOTH, required=21240, error=21240)

    async def on_create(self, ctx: Context) -> None:
        async with ctx.services.turns("accounts", ctx.account.sid):
            full = Fault(21239, f"An account has at most {MOST_LISTS} credential lists.")
            await check_room(ctx, self.table_name, [("account_sid", "=", ctx.account.sid)], MOST_LISTS, full)
        check_open(ctx)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("friendly_name") == "":
            raise Fault(21240, "Parameter 'FriendlyName' is required.")

    async def on_delete(self, ctx: Context) -> None:
        await check_unused(ctx, self.sid, Fault(21241, "A SIP domain or a trunk uses this credential list."))
        where = [("account_sid", "=", ctx.account.sid), ("credential_list_sid", "=", self.sid)]
        await remove_all(ctx, "sip_credentials", where)


class SipCredential(Resource):
    """A user on the list."""

    path, prefix, key = LISTS + "/{credential_list_sid}/Credentials", "CR", "credentials"
    table_name, element = "sip_credentials", "Credential"
    within = {"credential_list_sid": "sip_credential_lists"}

    credential_list_sid: str = text()
    username: str = text(on=(CREATE,), required=21243)
    password: str = text(on=BOTH, required=21243, secret=True, shown=False)

    async def on_create(self, ctx: Context) -> None:
        _check_name(self.username)
        _check_password(self.password)
        sid, rows = ctx.scope["credential_list_sid"], ctx.services.rows
        async with ctx.services.turns("sip_credential_lists", sid):
            where = [("account_sid", "=", ctx.account.sid), ("credential_list_sid", "=", sid)]
            full = Fault(21242, f"A credential list has at most {MOST} credentials.")
            await check_room(ctx, self.table_name, where, MOST, full)
            if await rows.fetch("sip_credential_lists", sid) is None:
                raise not_found(ctx.path)
        if ctx.services.directory.password([sid], self.username) is not None:
            raise Fault(21243, f"{self.username} is on this credential list already.")

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if "password" in changed:
            _check_password(changed["password"])


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise Fault(
            21243, f"A Username has at most {LONGEST_NAME} characters, and no blanks, quotes or backslashes in it."
        )


def _check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or _CONTROL.search(password):
        raise Fault(21243, f"A Password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    for is_one, what in ((str.isdigit, "a digit"), (str.isupper, "a capital"), (str.islower, "a small letter")):
        if not any(map(is_one, password)):
            raise Fault(21243, f"A Password must have {what} in it.")
