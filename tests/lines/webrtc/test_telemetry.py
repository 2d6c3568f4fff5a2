"""telemetry.py: what browser phones tell of their calls, and what of that goes into the log (official-clients B12).

The posts are of the form in which @twilio/voice-sdk 2.18.5 and twilio-client 1.12.5 make them.
"""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.jwt.client import ClientCapabilityToken

from hoyhoy.exchange.events import Event, SoftphoneSampled, SoftphoneWarned
from hoyhoy.lines.webrtc.telemetry import (
    ADDRESS_TIMES,
    EVENTS,
    KINDS,
    LARGEST,
    LOGGED_TIMES,
    METRICS,
    TOKEN_TIMES,
    Refused,
    Telemetry,
    read,
)
from hoyhoy.store.journal import NotStored
from hoyhoy.terminal.timeline import describe
from tests.rest.world import ACCOUNT, OTHER, START, world

CALL, THEIRS, GONE = "CA" + "1" * 32, "CA" + "2" * 32, "CA" + "3" * 32
SUB, AUTH_TOKEN = "AC" + "5" * 32, "5" * 32
HOST = "192.0.2.7"


def sample(**changed):
    return {
        "audio_codec": "PCMU",
        "audio_level_in": 120,
        "audio_level_out": 5000,
        "bytes_received": 8000,
        "bytes_sent": 8000,
        "call_sid": CALL,
        "call_volume_input": 0.2,
        "call_volume_output": 0.4,
        "direction": "OUTGOING",
        "dscp": True,
        "jitter": 4,
        "mos": 4.4,
        "packets_lost": 0,
        "packets_lost_fraction": 0,
        "packets_received": 50,
        "rtt": 20,
        "sdk_version": "2.18.5",
        "timestamp": "2026-01-01T00:00:01.000Z",
        "total_bytes_received": 16000,
        "total_bytes_sent": 16100,
        "total_packets_lost": 0,
        "total_packets_received": 100,
        "total_packets_sent": 101,
    } | changed


def metrics(*samples):
    return post("quality-metrics-samples", "metrics-sample", list(samples))


def post(group, name, payload, level="INFO"):
    return {
        "group": group,
        "level": level,
        "name": name,
        "payload": payload,
        "payload_type": "application/json",
        "private": False,
        "publisher": "twilio-js-sdk",
        "publisher_metadata": {},
        "timestamp": "2026-01-01T00:00:01.000Z",
    }


def event(group, name, level="INFO", **payload):
    return post(group, name, {"call_sid": CALL, "platform": "WebRTC", **payload}, level)


def octets(said):
    return said if isinstance(said, bytes) else json.dumps(said).encode()


def capability(account, secret):
    made = ClientCapabilityToken(account, secret, nbf=int(START))
    made.valid_until = int(START) + 3600
    made.allow_client_incoming("bob")
    return made.to_jwt()


class Phone:
    """A browser with a token of the account, and what the exchange's log has of its call."""

    def __init__(self, exchange):
        self.exchange = exchange
        self.telemetry = Telemetry(
            exchange.clock, exchange.database.directory, exchange.database.journal, exchange.database.rows
        )
        key = exchange.provisioning.key(ACCOUNT, "browsers")
        made = AccessToken(
            ACCOUNT, key.sid, key.secret, identity="alice", nbf=int(START), valid_until=int(START) + 3600
        )
        made.add_grant(VoiceGrant(incoming_allow=True))
        self.token = made.to_jwt()
        exchange.write("calls", CALL, account_sid=ACCOUNT, status="in-progress")
        exchange.write("calls", THEIRS, account_sid=OTHER, status="in-progress")

    async def tell(self, kind, said, token=None, address=HOST):
        await self.telemetry.hear(kind, self.token if token is None else token, octets(said), address)

    async def logged(self, call=CALL):
        entries = await self.exchange.database.events(0, subject=call)
        return [one.event for one in entries if isinstance(one.event, SoftphoneSampled | SoftphoneWarned)]


@pytest.fixture
async def phone():
    async with world() as exchange:
        yield Phone(exchange)


# Measurements ------------------------------------------------------------------------------


async def test_ten_measurements_are_one_line_of_the_log(phone):
    """Milliseconds become seconds; each is kept as mean and most, and quality as its least too."""
    seconds = [sample() for _ in range(7)] + [
        sample(jitter=24, rtt=120, mos=3.1, packets_lost=5, packets_lost_fraction=10, packets_received=45),
        sample(audio_level_in=920, audio_level_out=9000),
        sample(total_packets_received=495, total_packets_lost=5, total_packets_sent=501, total_bytes_sent=80000),
    ]
    await phone.tell(METRICS, metrics(*seconds))
    assert await phone.logged() == [
        SoftphoneSampled(
            samples=10,
            received=495,
            lost=5,
            most_lost=0.1,
            jitter=0.006,
            most_jitter=0.024,
            round_trip=0.03,
            most_round_trip=0.12,
            mos=4.27,
            least_mos=3.1,
            most_mos=4.4,
            microphone=200,
            most_microphone=920,
            speaker=5400,
            most_speaker=9000,
            all_received=495,
            all_lost=5,
            all_sent=501,
            all_bytes_received=16000,
            all_bytes_sent=80000,
            codec="PCMU",
            direction="outgoing",
            version="2.18.5",
        )
    ]
    assert phone.telemetry.counts == {"sampled": 1}


async def test_what_was_not_measured_is_not_known(phone):
    """The first second has no round trip and no quality (rtc/mos.js); what a browser cannot count is null."""
    first = sample(rtt=None, mos=None, jitter=None, audio_codec=None)
    del first["audio_level_in"], first["audio_level_out"], first["total_packets_sent"]
    await phone.tell(METRICS, metrics(first))
    [heard] = await phone.logged()
    assert (heard.samples, heard.received, heard.codec, heard.all_sent) == (1, 50, "", 0)
    for name in ("jitter", "round_trip", "most_round_trip", "mos", "least_mos", "most_mos", "microphone", "speaker"):
        assert getattr(heard, name) is None, name
    assert describe("SoftphoneSampled", msgspec.to_builtins(heard)) == ["browser heard 50 packets, 0 lost"]


async def test_what_seemed_lost_may_come_after_all(phone):
    """A browser's count of lost packets falls again (W3C webrtc-stats, packetsLost)."""
    await phone.tell(METRICS, metrics(sample(packets_lost=3), sample(packets_lost=-2), sample(packets_lost=0)))
    await phone.tell(METRICS, metrics(sample(packets_lost=-2, total_packets_lost=-1)))
    assert [(one.lost, one.all_lost) for one in await phone.logged()] == [(1, 0), (0, 0)]


async def test_one_line_as_people_read_it(phone):
    await phone.tell(METRICS, metrics(sample(packets_lost=1)))
    [heard] = await phone.logged()
    words = ["browser heard 50 packets, 1 lost, jitter 4 ms, round trip 20 ms, quality 4.4"]
    assert describe("SoftphoneSampled", msgspec.to_builtins(heard)) == words


# Events ------------------------------------------------------------------------------------

RAISED, CLEARED = "network-quality-warning-raised", "network-quality-warning-cleared"


@pytest.mark.parametrize(
    ("said", "kept", "words"),
    [
        (
            event(RAISED, "high-rtt", "WARNING", data={"threshold": 400, "values": [10, 450.5, 500, 417]}),
            SoftphoneWarned(group=RAISED, name="high-rtt", level="WARNING", value=417.0, threshold=400.0),
            f"browser: {RAISED} high-rtt 417 (threshold 400)",
        ),
        (
            event(CLEARED, "low-mos", data={"threshold": 3, "value": 3.9}),
            SoftphoneWarned(group=CLEARED, name="low-mos", level="INFO", value=3.9, threshold=3.0),
            f"browser: {CLEARED} low-mos 3.9 (threshold 3)",
        ),
        (
            event("audio-level-warning-raised", "constant-audio-input-level", "warning", data={"value": 10}),
            SoftphoneWarned(
                group="audio-level-warning-raised", name="constant-audio-input-level", level="WARNING", value=10.0
            ),
            "browser: audio-level-warning-raised constant-audio-input-level 10",
        ),
        (
            event("connection", "accepted-by-remote"),
            SoftphoneWarned(group="connection", name="accepted-by-remote", level="INFO"),
            "browser: connection accepted-by-remote",
        ),
        (
            event("connection", "error", "ERROR", code=53405, message="Media connection failed."),
            SoftphoneWarned(
                group="connection", name="error", level="ERROR", code=53405, message="Media connection failed."
            ),
            "browser: connection error ERROR 53405: Media connection failed.",
        ),
        (
            event("feedback", "received", quality_score=2, issue_name="one-way-audio"),
            SoftphoneWarned(group="feedback", name="received", level="INFO", value=2.0, message="one-way-audio"),
            "browser: feedback received 2: one-way-audio",
        ),
        (
            event("ice-connection-state", "failed", "ERROR"),
            SoftphoneWarned(group="ice-connection-state", name="failed", level="ERROR"),
            "browser: ice-connection-state failed",
        ),
    ],
)
async def test_what_helps_to_understand_a_call_is_kept(phone, said, kept, words):
    await phone.tell(EVENTS, said)
    assert await phone.logged() == [kept]
    assert describe("SoftphoneWarned", msgspec.to_builtins(kept)) == [words]


@pytest.mark.parametrize(
    "said",
    [
        event("ice-candidate", "ice-candidate", "DEBUG", candidate_type="host", ip="192.0.2.1"),
        event("signaling-state", "stable", "DEBUG"),
        event("settings", "codec", selected_codec="PCMU"),
        event("connection", "outgoing") | {"payload": {"temp_call_sid": "TJS123"}},
        event("connection", "outgoing") | {"payload": {"call_sid": "TJS123"}},
        event("connection", "outgoing") | {"payload": {"call_sid": THEIRS}},
        event("connection", "outgoing") | {"payload": {"call_sid": GONE}},
    ],
    ids=["candidate", "state", "settings", "no sid yet", "not a sid", "another account's call", "no such call"],
)
async def test_all_else_is_counted_and_dropped(phone, said):
    await phone.tell(EVENTS, said)
    assert phone.telemetry.counts == {"dropped": 1}
    assert [await phone.logged(call) for call in (CALL, THEIRS, GONE)] == [[], [], []]


async def test_a_call_of_which_nobody_knew_may_begin_later(phone):
    await phone.tell(METRICS, metrics(sample(call_sid=GONE)))
    phone.exchange.write("calls", GONE, account_sid=ACCOUNT, status="completed")
    await phone.tell(METRICS, metrics(sample(call_sid=GONE)))
    assert len(await phone.logged(GONE)) == 1


# Who may tell ------------------------------------------------------------------------------


async def test_a_capability_token_is_as_good(phone):
    """Phones of the first generation have one (voice reference 14.2)."""
    phone.exchange.add_account(SUB, AUTH_TOKEN, ACCOUNT)
    phone.exchange.write("calls", GONE, account_sid=SUB, status="in-progress")
    await phone.tell(METRICS, metrics(sample(call_sid=GONE, sdk_version="1.12.5")), capability(SUB, AUTH_TOKEN))
    assert [one.version for one in await phone.logged(GONE)] == ["1.12.5"]


async def test_without_a_good_token_nothing_is_heard(phone):
    for token in ("", "x", phone.token[:-3] + "AAA", capability(ACCOUNT, AUTH_TOKEN)):
        with pytest.raises(Refused, match=r"refused \(20") as refused:
            await phone.tell(METRICS, metrics(sample()), token)
        assert refused.value.status == 401
    await phone.exchange.clock.advance(3601)
    with pytest.raises(Refused, match="20104"):
        await phone.tell(METRICS, metrics(sample()))
    assert await phone.logged() == [] and phone.telemetry.counts == {"refused": 5}


async def test_a_phone_that_tells_without_end_is_stopped_and_heard_again(phone):
    small = event("signaling-state", "stable", "DEBUG")
    for _ in range(TOKEN_TIMES):
        await phone.tell(EVENTS, small)
    with pytest.raises(Refused) as refused:
        await phone.tell(EVENTS, small)
    assert (refused.value.status, refused.value.wait) == (429, 1)
    await phone.tell(EVENTS, small, address="192.0.2.8")
    await phone.exchange.clock.advance(1)
    await phone.tell(EVENTS, small)


async def test_strangers_of_one_address_are_stopped_before_their_tokens_are_read(phone):
    for _ in range(ADDRESS_TIMES):
        with pytest.raises(Refused, match="20101"):
            await phone.tell(EVENTS, b"", token="x")
    with pytest.raises(Refused, match="this address") as refused:
        await phone.tell(EVENTS, b"", token="x")
    assert (refused.value.status, refused.value.wait) == (429, 1)


async def test_a_log_takes_so_much_of_one_call_and_no_more(phone):
    """Whoever has a token could else fill the disk."""
    for _ in range(LOGGED_TIMES + 20):
        await phone.tell(METRICS, metrics(sample()))
    assert len(await phone.logged()) == LOGGED_TIMES
    assert phone.telemetry.counts == {"sampled": LOGGED_TIMES, "dropped": 20}


class Full:
    """Rows of a database whose disk is full."""

    async def fetch(self, table, sid):
        raise NotStored("the disk is full")


async def test_a_store_that_keeps_nothing_is_no_breakdown(phone):
    """The phone is told to wait, the sentence says why."""
    await phone.tell(METRICS, metrics(sample()))
    journal = phone.exchange.database.journal
    await journal.close()
    full = Telemetry(phone.exchange.clock, phone.exchange.database.directory, journal, Full())
    for telemetry in (phone.telemetry, full):
        with pytest.raises(Refused, match="cannot store") as refused:
            await telemetry.hear(METRICS, phone.token, octets(metrics(sample())), HOST)
        assert (refused.value.status, refused.value.wait) == (503, 10)


# What no SDK sends -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said", "status"),
    [
        (EVENTS, b"", 400),
        (EVENTS, b"\xff", 400),
        (EVENTS, b"[]", 400),
        (EVENTS, b"null", 400),
        (EVENTS, b'{"group": ' + b"[" * 50_000, 400),
        (EVENTS, b'{"group": 1e999}', 400),
        (EVENTS, b" " * (LARGEST + 1), 413),
        (EVENTS, {}, 400),
        (EVENTS, post("connection", "error", []), 400),
        (EVENTS, post("", "error", {}), 400),
        (EVENTS, post("connection", 7, {}), 400),
        (EVENTS, post("connection", "error", {}, "FATAL"), 400),
        (METRICS, event("connection", "error"), 400),
        (METRICS, metrics(7), 400),
        (METRICS, metrics(*[sample()] * 11), 400),
        (METRICS, metrics(sample(), sample(call_sid=THEIRS)), 400),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(kind, said, status):
    with pytest.raises(Refused) as refused:
        read(kind, octets(said))
    assert refused.value.status == status and str(refused.value).endswith(".")


def test_no_measurements_are_nothing():
    assert read(METRICS, octets(metrics())) == ("", None)


WRONG = ("7", [], {}, True, -1, 1e12, "x" * 1000, None)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: repr(one)[:10])
def test_values_of_no_use_are_taken_for_missing(wrong):
    _, heard = read(METRICS, octets(metrics(sample(**{name: wrong for name in sample() if name != "call_sid"}))))
    assert isinstance(heard, SoftphoneSampled)
    assert (heard.jitter, heard.round_trip, heard.mos, heard.most_lost) == (None, None, None, 0.0)
    assert len(heard.codec) <= 64
    _, told = read(EVENTS, octets(event("connection", "error", code=wrong, message=wrong, data=wrong)))
    assert isinstance(told, SoftphoneWarned) and (told.code, told.value, len(told.message) <= 250) == (0, None, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [*sample(), "group", "level", "name", "payload", "data", "values", "threshold", "code", "message"]
)
LIKELY = st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=5), max_size=8)
SAID = LIKELY | st.builds(
    lambda payload, level: post("connection", "error", payload, level),
    LIKELY | st.lists(LIKELY, max_size=11),
    st.sampled_from(["ERROR", "info"]),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.binary(max_size=60) | SAID.map(octets))
def test_whatever_is_sent_is_read_or_refused(kind, body):
    """And what is read can be kept: no number without end, no text without form."""
    try:
        call, heard = read(kind, body)
    except Refused as why:
        assert 400 <= why.status < 500
        return
    assert isinstance(call, str) and len(call) <= 64
    if heard is not None:
        assert isinstance(heard, Event)
        kept = msgspec.json.encode(heard)
        assert len(kept) < 4000 and msgspec.json.decode(kept, type=type(heard)) == heard
        assert all(line.isprintable() for line in describe(type(heard).__name__, msgspec.json.decode(kept)))
