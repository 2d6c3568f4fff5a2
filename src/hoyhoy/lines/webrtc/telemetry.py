"""What browser phones tell of their calls: the gateway of their events and measurements (official-clients B12).

    EndpointEvents    one event: a warning raised or cleared, a step of the call, an error, many small things besides
    EndpointMetrics   up to ten measurements of a second each

A page's token says whose calls it may speak of. What helps to understand a call goes into its log: a post of
measurements as one `SoftphoneSampled`, what is in `TOLD` or grave as one `SoftphoneWarned`. All else is counted and
dropped. A browser is a stranger: what it sends is read like a stranger's, value by value, and bounded.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Event, SoftphoneSampled, SoftphoneWarned
from hoyhoy.exchange.ports import Directory, Journal, Rows
from hoyhoy.lines.quota import Quota
from hoyhoy.wire import tokens
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.sid import is_sid

from .admission import Directories, counted

log = logging.getLogger(__name__)

EVENTS, METRICS = "EndpointEvents", "EndpointMetrics"
KINDS = (EVENTS, METRICS)

LARGEST = 64 * 1024
"""Bytes of a post; ten measurements are 6 kB."""

MOST_SAMPLES = 10

ADDRESS_TIMES, ADDRESS_SECONDS = 2000, 10.0
TOKEN_TIMES, TOKEN_SECONDS = 300, 30.0
"""Posts at once, and as many again in so many seconds: of one network, in which there may be many people, and of one
phone, which sends 150 in the liveliest half minute (B12)."""

LOGGED_TIMES, LOGGED_SECONDS = 60, 60.0
"""What the log of one call takes: a busy call has one line in ten seconds and some at each end."""

LATEST_CALLS = 1000
"""Calls whose account is remembered."""

TOLD = ("connection", "feedback", "get-user-media")
"""Groups of events that go into the log, beside warnings and what is grave."""
WARNINGS = ("warning-raised", "warning-cleared")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
GRAVE = ("WARNING", "ERROR")

LONGEST_WORD, LONGEST_TEXT = 64, 250
"""Characters of a name, and of a sentence."""

MOST_COUNTED = 2.0**53
"""Where whole numbers end in a browser."""


class Refused(Exception):
    """A post is not taken: the HTTP `status`, a sentence, and in how many seconds the next may be, 0 = never."""

    def __init__(self, status: int, sentence: str, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.wait = status, wait


class Telemetry:
    """`counts` says what became of all posts: sampled, warned, dropped, refused."""

    def __init__(self, clock: Clock, directory: Directory, journal: Journal, rows: Rows) -> None:
        self._clock, self._journal, self._rows = clock, journal, rows
        self._secrets = Directories(directory)
        self._addresses = Quota(ADDRESS_TIMES, ADDRESS_SECONDS)
        self._phones = Quota(TOKEN_TIMES, TOKEN_SECONDS)
        self._logged = Quota(LOGGED_TIMES, LOGGED_SECONDS)
        self._accounts: OrderedDict[str, str] = OrderedDict()
        self.counts: Counter[str] = Counter()

    async def hear(self, kind: str, token: str, body: bytes, address: str) -> None:
        """Take one post of a `kind`; `address` is where it came from. Refused; what is not worth keeping is not."""
        try:
            told = await self._judged(kind, self._account(token, address), body)
        except Refused:
            self.counts["refused"] += 1
            raise
        self.counts[told] += 1

    def _account(self, token: str, address: str) -> str:
        """The account whose phone this is."""
        now, where = self._clock.now(), counted(address)
        if where and not self._addresses.take(where, now):
            raise Refused(429, "Too much is told from this address.", 1)
        try:
            grant = tokens.read(token, self._secrets, now)
        except tokens.TokenRefused as why:
            raise Refused(401, f"The token in X-Twilio-Token is refused ({why.code}): {why}") from None
        if not self._phones.take((grant.account, grant.identity, where), now):
            raise Refused(429, "Too much is told by this phone.", 1)
        return grant.account

    async def _judged(self, kind: str, account: str, body: bytes) -> str:
        """What became of a post."""
        call, event = read(kind, body)
        if event is None or not is_sid(call, "CA") or await self._owner(call) != account:
            return "dropped"
        if not self._logged.take(call, self._clock.now()):
            return "dropped"
        try:
            self._journal.record(call, account, event)
        except Fault as why:
            raise _unable(why) from None
        return "sampled" if kind == METRICS else "warned"

    async def _owner(self, call: str) -> str:
        """The account of a call, "" when there is no such call."""
        known = self._accounts.get(call)
        if known is None:
            try:
                row = await self._rows.fetch("calls", call)
            except Fault as why:
                raise _unable(why) from None
            if row is None:
                return ""
            known = self._accounts[call] = str(row["account_sid"])
            if len(self._accounts) > LATEST_CALLS:
                self._accounts.popitem(last=False)
        return known


def _unable(why: Fault) -> Refused:
    log.warning("what a browser phone tells cannot be kept: %s", why.message)
    return Refused(503, why.message, 10)


# Reading ---------------------------------------------------------------------------------


def read(kind: str, body: bytes) -> tuple[str, Event | None]:
    """The sid of the call that a post is about, "" when it names none, and what it says; None for what is not worth
    keeping. Refused for what no SDK sends."""
    said = _object(body)
    return _measured(said) if kind == METRICS else _event(said)


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST:
        raise Refused(413, f"A post may have {LARGEST} bytes.")
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
        raise Refused(400, f"This is no JSON: {why}.") from None
    if not isinstance(said, dict):
        raise Refused(400, "This is no JSON object.")
    return said


def _event(said: Mapping[str, Any]) -> tuple[str, SoftphoneWarned | None]:
    """Numbers stand in the payload itself, or, those of warnings, in its `data`; a warning may have the last values
    instead of one."""
    payload = said.get("payload")
    if not isinstance(payload, dict):
        raise Refused(400, "An event has an object as its payload.")
    group, name, level = (_word(said, key) for key in ("group", "name", "level"))
    level = level.upper()
    if not group or not name or level not in LEVELS:
        raise Refused(400, "An event has a group, a name, and one of the levels DEBUG, INFO, WARNING and ERROR.")
    call = _word(payload, "call_sid")
    if group not in TOLD and not group.endswith(WARNINGS) and level not in GRAVE:
        return call, None
    data = payload.get("data")
    data = data if isinstance(data, dict) else {}
    values = data.get("values")
    latest = {"value": values[-1]} if isinstance(values, list) and values else data
    value = _number(latest, "value", least=-MOST_COUNTED)
    score = _number(payload, "quality_score")
    return call, SoftphoneWarned(
        group=group,
        name=name,
        level=level,
        value=score if value is None else value,
        threshold=_number(data, "threshold", least=-MOST_COUNTED),
        code=round(_number(payload, "code", most=99_999) or 0),
        message=_word(payload, "message", LONGEST_TEXT) or _word(payload, "issue_name", LONGEST_TEXT),
    )


def _measured(said: Mapping[str, Any]) -> tuple[str, Event | None]:
    """All measurements of a post are of one call."""
    payload = said.get("payload")
    if not isinstance(payload, list) or not all(isinstance(one, dict) for one in payload):
        raise Refused(400, "Measurements have a list of objects as their payload.")
    if len(payload) > MOST_SAMPLES:
        raise Refused(400, f"At most {MOST_SAMPLES} measurements are posted at once.")
    calls = {_word(one, "call_sid") for one in payload}
    if len(calls) != 1:
        if not calls:
            return "", None
        raise Refused(400, "The measurements of a post are of one call.")
    return calls.pop(), _together(payload)


def _together(samples: Sequence[Mapping[str, Any]]) -> SoftphoneSampled:
    """Milliseconds become seconds, percent a share. What seemed lost may come after all: then less than none was."""

    def each(key: str, most: float = MOST_COUNTED, least: float = 0.0) -> list[float]:
        return [value for one in samples if (value := _number(one, key, least=least, most=most)) is not None]

    jitter, round_trip, mos = each("jitter", 60_000), each("rtt", 60_000), each("mos", 5)
    microphone, speaker = each("audio_level_in", 32_767), each("audio_level_out", 32_767)
    last = samples[-1]
    return SoftphoneSampled(
        samples=len(samples),
        received=round(sum(each("packets_received"))),
        lost=max(0, round(sum(each("packets_lost", least=-MOST_COUNTED)))),
        most_lost=max(each("packets_lost_fraction", 100), default=0.0) / 100,
        jitter=_mean(jitter, 1000),
        most_jitter=_most(jitter, 1000),
        round_trip=_mean(round_trip, 1000),
        most_round_trip=_most(round_trip, 1000),
        mos=_mean(mos),
        least_mos=min(mos, default=None),
        most_mos=_most(mos),
        microphone=_mean(microphone),
        most_microphone=_most(microphone),
        speaker=_mean(speaker),
        most_speaker=_most(speaker),
        all_received=_count(last, "total_packets_received"),
        all_lost=_count(last, "total_packets_lost"),
        all_sent=_count(last, "total_packets_sent"),
        all_bytes_received=_count(last, "total_bytes_received"),
        all_bytes_sent=_count(last, "total_bytes_sent"),
        codec=_word(last, "audio_codec"),
        direction=_word(last, "direction").lower(),
        version=_word(last, "sdk_version"),
    )


def _word(said: Mapping[str, Any], key: str, longest: int = LONGEST_WORD) -> str:
    """Text of this key, cut; "" for what is none."""
    value = said.get(key)
    return value[:longest] if isinstance(value, str) else ""


def _number(said: Mapping[str, Any], key: str, *, least: float = 0.0, most: float = MOST_COUNTED) -> float | None:
    """A number of this key within bounds; None for what is none."""
    value = said.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if least <= value <= most else None


def _count(said: Mapping[str, Any], key: str) -> int:
    return round(_number(said, key) or 0)


def _mean(values: Sequence[float], unit: float = 1.0) -> float | None:
    return round(sum(values) / len(values) / unit, 6) if values else None


def _most(values: Iterable[float], unit: float = 1.0) -> float | None:
    most = max(values, default=None)
    return None if most is None else most / unit
