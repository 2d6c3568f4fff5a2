"""Who asks, and whose resources they may touch (messaging reference 3.2).

HTTP Basic with an account's sid and one of its tokens, or with an API key's sid and its secret. A main
account reaches what its subaccounts own by naming them in the path. In development an account sid
nobody knows is adopted with its token, and a key nobody knows with its secret, into the account that the
path names (docs/decisions/0004-web-pages.md says what web pages may not do with them).
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import NamedTuple

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.ports import Account, Directory, Key
from hoyhoy.wire.errors import Fault

from .permissions import allows
from .services import Services

CHALLENGE = (b"www-authenticate", b'Basic realm="Twilio API"')

ADOPTABLE = re.compile(r"AC[0-9A-Za-z]{32}", re.ASCII)
"""What may be adopted: sids, and the AC and 32 times X that tutorials print in their place."""
ADOPTABLE_KEY = re.compile(r"SK[0-9A-Za-z]{32}", re.ASCII)
NAMED = re.compile(r"/[0-9-]+/Accounts/(AC[0-9A-Za-z]{32})(?![0-9A-Za-z])", re.ASCII)

MAIN, RESTRICTED, ADOPTED = "main", "restricted", "adopted"
"""Kinds of keys besides standard ones; an adopted one may do what a standard one may."""

TEST = "test"
"""The status of an account whose credentials only rehearse (messaging reference 1.15)."""

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Caller(NamedTuple):
    """Whose credentials a request bears; `key` when they are an API key's."""

    account: Account
    key: Key | None = None


def new_secret(chance: Chance) -> str:
    """The secret of a new API key: 32 letters and digits."""
    return "".join(BASE62[chance.below(len(BASE62))] for _ in range(32))


async def authenticate(
    header: bytes, services: Services, *, path: str = "", from_page: bool = False, from_afar: bool = False
) -> Caller:
    """The account whose credentials these are. Fault 20003 without, with unknown or with wrong ones.

    What a web page asks (`from_page`) adopts nobody: any site open in the developer's browser could
    else make up credentials, and have the exchange fetch and show what only this machine can reach. Nor may
    a page from elsewhere (`from_afar`) use what a program had adopted: those credentials are often the ones
    printed in tutorials, and can be guessed.
    """
    scheme, _, token = header.strip().partition(b" ")
    if scheme.lower() != b"basic" or not token.strip():
        raise Fault(20003, "Authentication Error - No credentials provided")
    try:
        user, _, password = b64decode(token.strip(), validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        raise Fault(20003, "Authentication Error - invalid username") from None
    may_adopt = not from_page and not services.settings.strict and bool(password)
    if user.startswith("SK"):
        caller = await _with_key(user, password, services, path if may_adopt else None)
    else:
        caller = _with_token(user, password, services, may_adopt=may_adopt)
    if from_afar and not _has_random_secret(caller, services):
        raise Fault(20003, "Authentication Error - web pages from elsewhere cannot use adopted credentials")
    return caller


def _with_token(user: str, password: str, services: Services, *, may_adopt: bool) -> Caller:
    """An account that came with a key only has no token yet; the first that a program brings becomes its own."""
    account = services.directory.account(user)
    if account is not None and account.auth_token:
        if not _is_one_of(password, account.auth_token, account.secondary_token):
            raise Fault(20003, "Authenticate")
        return Caller(account)
    adopted = services.adopt(user, password) if may_adopt and ADOPTABLE.fullmatch(user) else None
    if adopted is None:
        raise Fault(20003, "Authentication Error - invalid username")
    return Caller(adopted)


async def _with_key(user: str, password: str, services: Services, path: str | None) -> Caller:
    """`path` is None when nothing may be adopted. An adopted key follows the account that is named with it.

    A key that was known once and is no more was deleted: it stays so.
    """
    directory = services.directory
    match = NAMED.match(path) if path else None
    named = match[1] if match else ""
    if path is not None and directory.key(user) is None and ADOPTABLE_KEY.fullmatch(user):
        was_deleted = await services.events(user, 0, 1)
        if not was_deleted and directory.key(user) is None:
            services.adopt_key(user, password, named)
    key = directory.key(user)
    if key is None:
        raise Fault(20003, "Authentication Error - invalid username")
    if not _is_one_of(password, key.secret):
        raise Fault(20003, "Authenticate")
    account = directory.account(key.account)
    if key.kind == ADOPTED and named and not (account and reaches(account, named, directory)):
        key = services.adopt_key(user, password, named) or key
        account = directory.account(key.account)
    if account is None:
        raise Fault(20003, "Authentication Error - invalid username")
    return Caller(account, key)


def _is_one_of(password: str, *secrets: str) -> bool:
    return any(secret and hmac.compare_digest(secret.encode(), password.encode()) for secret in secrets)


def _has_random_secret(caller: Caller, services: Services) -> bool:
    """The first account and its subaccounts got their tokens here; a program brought any other with it."""
    if caller.key is not None:
        return caller.key.kind != ADOPTED
    first = services.directory.accounts()[0].sid
    return first in (caller.account.sid, caller.account.owner)


def reaches(caller: Account, sid: str, directory: Directory) -> bool:
    """Whether credentials of `caller` may name the account `sid`: its own, or a subaccount's."""
    named = directory.account(sid)
    return sid == caller.sid or (named is not None and named.owner == caller.sid)


def authorise(caller: Account, sid: str, services: Services) -> Account:
    """The account named in the path, if `caller` may act for it. Fault 20003 when not."""
    named = services.directory.account(sid)
    if named is None or not reaches(caller, sid, services.directory):
        raise Fault(20003, "Authentication Error - these credentials are not for this account")
    return named


def admit(account: Account, directory: Directory, *, writes: bool) -> None:
    """Fault 20005 when the account or its parent is closed, or suspended and would change something (3.1)."""
    for one in (account, directory.account(account.owner)):
        if one is not None and (one.status == "closed" or (writes and one.status == "suspended")):
            raise Fault(20005, f"The account {one.sid} is {one.status}.")


def allowed_to(key: Key) -> Sequence[str]:
    """The permissions of a restricted key."""
    allowed: Sequence[str] = json.loads(key.policy or "{}").get("allow", ())
    return allowed


def permit(key: Key, permission: str, *, needs_token: bool) -> None:
    """Whether an API key may do this: 20003 for what only tokens may, 70051 for what its policy leaves out (3.2).

    `permission` is what a restricted key must have been given, "" when none opens this.
    """
    if key.kind == RESTRICTED:
        if not permission:
            raise Fault(70051, "Authorization Error: no permission of restricted keys opens this")
        if not allows(allowed_to(key), permission):
            raise Fault(70051, f"Authorization Error: required permission {permission[1:]} is missing")
    elif needs_token and key.kind != MAIN:
        raise Fault(20003, "Authentication Error - an API key does not reach accounts and keys")
