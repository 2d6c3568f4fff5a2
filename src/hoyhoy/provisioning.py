"""What an exchange owns from its first start, and what it adopts from tutorials (design, the face it shows)."""

from __future__ import annotations

from hoyhoy.exchange.chance import Chance, new_sid
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.notices import notify
from hoyhoy.exchange.ports import Account, Directory, Journal, Key, Number, Row
from hoyhoy.rest.kit.auth import ADOPTED, TEST, new_secret
from hoyhoy.wire import number
from hoyhoy.wire.errors import Level
from hoyhoy.wire.inventory import WELCOME_SMS, WELCOME_VOICE

AREA_CODES = ("415", "212", "312")
BROUGHT = "Adopted from a program's own credentials"


class Provisioning:
    """Makes accounts, keys and numbers; every one is recorded, so it is durable and in the directory at once."""

    def __init__(self, clock: Clock, chance: Chance, journal: Journal, directory: Directory) -> None:
        self._clock, self._chance, self._journal, self._directory = clock, chance, journal, directory

    def first_start(self) -> Account:
        """An account with a random token, its test credentials, and a few numbers that greet who calls or writes."""
        account = self.account(new_sid(self._chance, "AC"), self._chance.hex(32), "hoyhoy")
        self.account(new_sid(self._chance, "AC"), self._chance.hex(32), "Test credentials", TEST, owner=account.sid)
        for area_code in AREA_CODES:
            subscriber = f"{self._chance.below(8) + 2}{self._chance.below(10**6):06d}"
            self.number(account.sid, f"+1{area_code}{subscriber}")
        return account

    def account(self, sid: str, token: str, name: str, status: str = "active", *, owner: str = "") -> Account:
        """A main account unless it has an `owner`; with the status `test` its credentials only rehearse."""
        now = self._clock.now()
        self._record(
            "accounts",
            sid,
            sid,
            {
                "friendly_name": name,
                "type": "Full",
                "status": status,
                "auth_token": token,
                "owner_account_sid": owner or sid,
                "date_created": now,
                "date_updated": now,
            },
        )
        return self._account(sid)

    def key(self, account: str, name: str, *, sid: str = "", secret: str = "", kind: str = "standard") -> Key:
        """An API key; its sid and secret are made here unless a program brought them."""
        now = self._clock.now()
        sid = sid or new_sid(self._chance, "SK")
        self._record(
            "keys",
            sid,
            account,
            {
                "account_sid": account,
                "friendly_name": name,
                "secret": secret or new_secret(self._chance),
                "kind": kind,
                "date_created": now,
                "date_updated": now,
            },
        )
        key = self._directory.key(sid)
        assert key is not None
        return key

    def number(self, account: str, e164: str, voice: str = WELCOME_VOICE, sms: str = WELCOME_SMS) -> Number:
        now = self._clock.now()
        self._record(
            "incoming_phone_numbers",
            new_sid(self._chance, "PN"),
            account,
            {
                "account_sid": account,
                "phone_number": e164,
                "friendly_name": number.national(e164),
                "voice_url": voice,
                "voice_method": "POST",
                "voice_fallback_method": "POST",
                "sms_url": sms,
                "sms_method": "POST",
                "sms_fallback_method": "POST",
                "status_callback_method": "POST",
                "date_created": now,
                "date_updated": now,
            },
        )
        owned = self._directory.number(e164)
        assert owned is not None
        return owned

    def adopt_account(self, sid: str, token: str) -> Account:
        """Take in an account that a program brings with it; its token signs its webhooks from now on."""
        if self._directory.account(sid) is None:
            account = self.account(sid, token, BROUGHT)
            what = f"Account {sid} was not known here; it was adopted with the token it came with."
        else:
            self._change("accounts", sid, sid, {"auth_token": token})
            account = self._account(sid)
            what = f"Account {sid} had come with a key only; the token it now came with signs its webhooks."
        self._note(sid, sid, f"{what} --strict refuses strangers.")
        return account

    def adopt_key(self, sid: str, secret: str, named: str) -> Key:
        """Take in an API key that a program brings with it; its secret verifies access tokens from now on.

        It belongs to the account `named` with it, which is adopted too when nobody knows it; to the first
        account when none was named. A key adopted before moves to the account it is now used on.
        """
        account = named or self._directory.accounts()[0].sid
        if self._directory.account(account) is None:
            self.account(account, "", BROUGHT)
        if self._directory.key(sid) is None:
            self.key(account, BROUGHT, sid=sid, secret=secret, kind=ADOPTED)
            what = f"API key {sid} was not known here; it was adopted with its secret into account {account}."
        else:
            self._change("keys", sid, account, {"account_sid": account})
            what = f"API key {sid}, which a program brought with it, is now used on account {account} and moved there."
        self._note(account, sid, f"{what} --strict refuses strangers.")
        key = self._directory.key(sid)
        assert key is not None
        return key

    def adopt_number(self, account: str, e164: str) -> Number:
        """Take in a From number or short code that nobody owns; it leads where the exchange's first number leads.

        An app that names its own number in its source is then reached by what `hoyhoy run --sms` was told.
        """
        first = self._directory.accounts()[0]
        like = next(iter(self._directory.numbers(first.sid, 1)), None)
        voice, sms = (like.voice.url, like.messaging.url) if like else (WELCOME_VOICE, WELCOME_SMS)
        is_short = number.is_short_code(e164)
        owned = self._short_code(account, e164, sms) if is_short else self.number(account, e164, voice, sms)
        self._note(
            account,
            owned.sid,
            f"{e164} was used as From and nobody owned it; it now belongs to {account}. --strict refuses such numbers.",
        )
        return owned

    def _short_code(self, account: str, code: str, sms: str) -> Number:
        now = self._clock.now()
        self._record(
            "short_codes",
            new_sid(self._chance, "SC"),
            account,
            {
                "account_sid": account,
                "short_code": code,
                "friendly_name": code,
                "sms_url": sms,
                "sms_method": "POST",
                "sms_fallback_method": "POST",
                "date_created": now,
                "date_updated": now,
            },
        )
        owned = self._directory.number(code)
        assert owned is not None
        return owned

    def _note(self, account: str, subject: str, message: str) -> None:
        notify(
            self._journal,
            self._chance,
            self._clock.now(),
            account=account,
            subject=subject,
            code=20001,
            level=Level.WARNING,
            message=message,
        )

    def _account(self, sid: str) -> Account:
        account = self._directory.account(sid)
        assert account is not None
        return account

    def _change(self, table: str, sid: str, account: str, values: dict[str, object]) -> None:
        event = ResourceChanged(table=table, change="updated", names=tuple(values))
        row = Row(table, sid, {**values, "date_updated": self._clock.now()})
        self._journal.record(sid, account, event, (row,))

    def _record(self, table: str, sid: str, account: str, values: dict[str, object]) -> None:
        event = ResourceChanged(table=table, change="created")
        self._journal.record(sid, account, event, (Row(table, sid, values, new=True),))
