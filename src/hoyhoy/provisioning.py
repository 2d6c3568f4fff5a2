"""What an exchange owns from its first start, and what it adopts from tutorials (design, the face it shows)."""

from __future__ import annotations

from hoyhoy.exchange.chance import Chance, new_sid
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.notices import notify
from hoyhoy.exchange.ports import Account, Directory, Journal, Number, Row
from hoyhoy.wire import number
from hoyhoy.wire.errors import Level

WELCOME_VOICE = "https://demo.twilio.com/welcome/voice/"
WELCOME_SMS = "https://demo.twilio.com/welcome/sms/reply/"
AREA_CODES = ("415", "212", "312")


class Provisioning:
    """Makes accounts and numbers; every one is recorded, so it is durable and in the directory at once."""

    def __init__(self, clock: Clock, chance: Chance, journal: Journal, directory: Directory) -> None:
        self._clock, self._chance, self._journal, self._directory = clock, chance, journal, directory

    def first_start(self) -> Account:
        """An account with a random token and a few numbers that greet whoever calls or writes."""
        account = self.account(new_sid(self._chance, "AC"), self._chance.hex(32), "hoyhoy")
        for area_code in AREA_CODES:
            subscriber = f"{self._chance.below(8) + 2}{self._chance.below(10**6):06d}"
            self.number(account.sid, f"+1{area_code}{subscriber}")
        return account

    def account(self, sid: str, token: str, name: str) -> Account:
        now = self._clock.now()
        self._record(
            "accounts",
            sid,
            sid,
            {
                "friendly_name": name,
                "type": "Full",
                "status": "active",
                "auth_token": token,
                "owner_account_sid": sid,
                "date_created": now,
                "date_updated": now,
            },
        )
        account = self._directory.account(sid)
        assert account is not None
        return account

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
        account = self.account(sid, token, "Adopted from a program's own credentials")
        self._note(
            sid,
            sid,
            f"Account {sid} was not known here; it was adopted with the token it came with. "
            "--strict refuses strangers.",
        )
        return account

    def adopt_number(self, account: str, e164: str) -> Number:
        """Take in a From number that nobody owns; it leads where the exchange's first number leads.

        An app that names its own number in its source is then reached by what `hoyhoy run --sms` was told.
        """
        first = self._directory.accounts()[0]
        like = next(iter(self._directory.numbers(first.sid)), None)
        owned = self.number(account, e164, like.voice.url, like.messaging.url) if like else self.number(account, e164)
        self._note(
            account,
            owned.sid,
            f"{e164} was used as From and nobody owned it; it now belongs to {account}. --strict refuses such numbers.",
        )
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

    def _record(self, table: str, sid: str, account: str, values: dict[str, object]) -> None:
        event = ResourceChanged(table=table, change="created")
        self._journal.record(sid, account, event, (Row(table, sid, values, new=True),))
