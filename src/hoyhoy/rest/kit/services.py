"""What the REST floor may use of the exchange; app.py fills it in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Entry, Event
from hoyhoy.exchange.ports import Account, Directory, Journal, Key, Number, Rows
from hoyhoy.exchange.switchboard import Switchboard
from hoyhoy.exchange.turns import Turns

OnRequest = Callable[[str, str, int, float, int], None]
"""Method, path, HTTP status, seconds, code of the fault (0 without): for the live log of `serve`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`strict`: unknown accounts and From numbers are refused, not adopted. `concurrency`: requests of one account
    that may be answered at the same time; one more gets 429 (messaging reference 4.9). `tariff`: what usage costs,
    in US dollars for each unit by category; what it does not name is free. `credit`: the dollars an account began with.
    `sip_domain` and `trunk_domain`: what the names of SIP domains and trunks end in.
    `ice_servers`: addresses (`stun:`, `turn:`, `turns:`) for browsers; `turn_secret` is what the TURN servers share."""

    strict: bool = False
    concurrency: int = 100
    tariff: Mapping[str, Decimal] = field(default_factory=dict)
    credit: Decimal = Decimal(100)
    sip_domain: str = "sip.twilio.com"
    trunk_domain: str = "pstn.twilio.com"
    ice_servers: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)


def _adopt_nobody(sid: str, token: str) -> Account | None:
    return None


def _adopt_no_key(sid: str, secret: str, account: str) -> Key | None:
    return None


def _adopt_no_number(account: str, number: str) -> Number | None:
    return None


async def _nothing_happened(subject: str, after: int, limit: int) -> Sequence[Entry]:
    return ()


async def _never_happened(subject: str, kind: type[Event]) -> Entry | None:
    return None


def _tell_nobody(method: str, path: str, status: int, seconds: float, code: int) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Clock, chance and memory, the switchboard, and what to do about strangers.

    `adopt` takes an account sid nobody knows (or whose token nobody knows) and the token it came with;
    `adopt_key` a key's sid and secret and the account it was used on ("" when the request named none), also
    for an adopted key that is now used on another account; `adopt_number` an account and an E.164 number
    nobody owns. Each records what it made and returns it, or None to refuse. `events` reads the log: at
    most `limit` entries of one subject after a position, oldest first. `last_event` is the last one of a kind.
    """

    clock: Clock
    chance: Chance
    journal: Journal
    rows: Rows
    directory: Directory
    switchboard: Switchboard
    settings: Settings = field(default_factory=Settings)
    adopt: Callable[[str, str], Account | None] = _adopt_nobody
    adopt_key: Callable[[str, str, str], Key | None] = _adopt_no_key
    adopt_number: Callable[[str, str], Number | None] = _adopt_no_number
    events: Callable[[str, int, int], Awaitable[Sequence[Entry]]] = _nothing_happened
    last_event: Callable[[str, type[Event]], Awaitable[Entry | None]] = _never_happened
    on_request: OnRequest = _tell_nobody
    turns: Turns = field(default_factory=Turns)
