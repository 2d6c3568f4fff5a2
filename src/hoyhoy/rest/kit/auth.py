"""Who asks, and whose resources they may touch (messaging reference 3.2).

HTTP Basic with an account's sid and one of its tokens, or with an API key's sid and its secret. A main
account reaches what its subaccounts own by naming them in the path. In development an account sid
nobody knows is adopted with its token.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode
from binascii import Error as NotBase64
from typing import NamedTuple

from hoyhoy.exchange.ports import Account, Key
from hoyhoy.wire.errors import Fault

from .services import Services

CHALLENGE = (b"www-authenticate", b'Basic realm="Twilio API"')

ADOPTABLE = re.compile(r"AC[0-9A-Za-z]{32}", re.ASCII)
"""What may be adopted: sids, and the AC and 32 times X that tutorials print in their place."""


class Caller(NamedTuple):
    """Whose credentials a request bears; `key` when they are an API key's."""

    account: Account
    key: Key | None = None


def authenticate(header: bytes, services: Services, *, from_page: bool = False, from_afar: bool = False) -> Caller:
    """The account whose credentials these are. Fault 20003 without, with unknown or with wrong ones.

    What a web page asks (`from_page`) adopts nobody: any site open in the developer's browser could
    else make up credentials, and have the exchange fetch and show what only this machine can reach. Nor may
    a page from elsewhere (`from_afar`) use what a program had adopted: those credentials are often the ones
    printed in tutorials, and can be guessed (docs/decisions/0004-web-pages.md).
    """
    scheme, _, token = header.strip().partition(b" ")
    if scheme.lower() != b"basic" or not token.strip():
        raise Fault(20003, "Authentication Error - No credentials provided")
    try:
        user, _, password = b64decode(token.strip(), validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        raise Fault(20003, "Authentication Error - invalid username") from None
    caller = _caller(user, password, services, may_adopt=not from_page)
    if from_afar and caller.key is None and not _has_random_token(caller.account, services):
        raise Fault(20003, "Authentication Error - web pages from elsewhere cannot use an adopted account")
    return caller


def _caller(user: str, password: str, services: Services, *, may_adopt: bool) -> Caller:
    directory = services.directory
    if (account := directory.account(user)) is not None:
        if not _is_one_of(password, account.auth_token, account.secondary_token):
            raise Fault(20003, "Authenticate")
        return Caller(account)
    if (key := directory.key(user)) is not None and (account := directory.account(key.account)) is not None:
        if not _is_one_of(password, key.secret):
            raise Fault(20003, "Authenticate")
        return Caller(account, key)
    if may_adopt and not services.settings.strict and password and ADOPTABLE.fullmatch(user):
        adopted = services.adopt(user, password)
        if adopted is not None:
            return Caller(adopted)
    raise Fault(20003, "Authentication Error - invalid username")


def _is_one_of(password: str, *secrets: str) -> bool:
    return any(secret and hmac.compare_digest(secret.encode(), password.encode()) for secret in secrets)


def _has_random_token(account: Account, services: Services) -> bool:
    """The first account and its subaccounts got their tokens here; a program brought any other with it."""
    first = services.directory.accounts()[0].sid
    return first in (account.sid, account.owner)


def authorise(caller: Account, sid: str, services: Services) -> Account:
    """The account named in the path, if `caller` may act for it. Fault 20003 when not."""
    if sid == caller.sid:
        return caller
    named = services.directory.account(sid)
    if named is None or named.owner != caller.sid:
        raise Fault(20003, "Authentication Error - these credentials are not for this account")
    return named


def admit(account: Account, *, writes: bool) -> None:
    """Fault 20005 when the account is closed, or suspended and would change something (3.1)."""
    if account.status == "closed" or (writes and account.status != "active"):
        raise Fault(20005, f"The account is {account.status}.")
