"""Participants: the calls in a conference, and those that are made to come into it (voice reference 6).

The conference is named by its sid, or by its friendly name while it goes on; the first call that is made for a name
makes the conference. A participant is named by the sid of its call, or by its label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.exchange.conference import Conference
from hoyhoy.exchange.conference_callbacks import EVENTS
from hoyhoy.exchange.orders import LONGEST_CALL, MOST_PARTICIPANTS, REGIONS, Attend, Detect, PlaceCall, Record, Telling
from hoyhoy.exchange.participant import Participant as Attendant
from hoyhoy.exchange.ports import Steering, Webhook
from hoyhoy.exchange.recording_rows import OUTBOUND_API
from hoyhoy.rest.kit import (
    BOTH,
    CREATE,
    UPDATE,
    Context,
    Resource,
    boolean,
    choice,
    detected,
    http_method,
    integer,
    is_one_line,
    not_found,
    place,
    spelled,
    text,
    web_url,
    words,
)
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn, cut
from hoyhoy.rest.kit.parties import parties, shown_caller, sid_of_caller, vouched_by
from hoyhoy.rest.kit.properties import Boolean, asked
from hoyhoy.rest.kit.recorded import events, record
from hoyhoy.rest.kit.sids import sid_of
from hoyhoy.wire.errors import Fault

APPLICATION = "app:"
CONFERENCE_API = "StartConferenceRecordingAPI"

OF_CALL = ("initiated", "ringing", "answered", "completed")
OF_RECORDING = ("started", "in-progress", "paused", "resumed", "stopped", "completed", "failed", "absent")
STATUSES = ("queued", "connecting", "ringing", "connected", "complete", "failed")


class Flag(Boolean):
    """True or not: every other word means false (6)."""

    def read_one(self, raw: str) -> bool:
        return bool(self.WORDS.get(raw.strip().lower()))


def _callback(**options: Any) -> Any:
    return asked(web_url(callback=True, on=(CREATE,), error=21609, shown=False, **options))


def _method(default: str = "POST", on: Sequence[str] = (CREATE,), **options: Any) -> Any:
    return asked(http_method(default, on=on, error=21209, shown=False, **options))


def _kept(longest: int = 255) -> Any:
    return asked(text(longest, on=(CREATE,), shown=False, idle=True))


class Participant(Resource):
    """A call that takes part in a conference, or is on its way there."""

    path, prefix, key = (
        "/2010-04-01/Accounts/{account_sid}/Conferences/{conference_sid}/Participants",
        "CA",
        "participants",
    )
    table_name = ""
    live = True

    call_sid: str = text(default="")
    label: str = text(on=(CREATE,))
    call_sid_to_coach: str = sid_of("CA", on=BOTH, error=13240)
    coaching: bool = boolean(default=False, on=BOTH, find="=")
    conference_sid: str = text(default="")
    end_conference_on_exit: bool = boolean(default=False, on=BOTH)
    muted: bool = Flag(default=False, on=BOTH, find="=")  # type: ignore[assignment]
    hold: bool = boolean(default=False, on=(UPDATE,), find="=")
    start_conference_on_enter: bool = boolean(default=True, on=(CREATE,))
    status: str = choice(*STATUSES)
    queue_time: int = integer(default=0, as_text=True)

    sid: str = text(shown=False)

    # Whom to call.
    from_: str = asked(text(on=(CREATE,), required=21213, shown=False))
    to: str = asked(text(on=(CREATE,), required=21201, shown=False))
    caller_id: str = asked(text(on=(CREATE,), shown=False))
    call_token: str = asked(text(4000, on=(CREATE,), shown=False))
    timeout: int = asked(integer(between=(5, 600), default=60, on=(CREATE,), error=21208, shown=False))
    time_limit: int = asked(integer(between=(1, 2**31 - 1), default=LONGEST_CALL, on=(CREATE,), shown=False))
    status_callback: str = _callback()
    status_callback_method: str = _method()
    status_callback_event: str = asked(words(*OF_CALL, splits=True, on=(CREATE,), default=("completed",), shown=False))
    sip_auth_username: str = asked(text(255, on=(CREATE,), error=21221, shown=False))
    sip_auth_password: str = asked(text(255, on=(CREATE,), error=21222, shown=False, secret=True))

    # How it takes part.
    beep: str = asked(choice("true", "false", "onEnter", "onExit", default="true", on=(CREATE,), shown=False))
    wait_url: str = asked(web_url(on=BOTH, shown=False))
    wait_method: str = _method(on=BOTH)
    max_participants: int = asked(
        integer(between=(2, MOST_PARTICIPANTS), default=MOST_PARTICIPANTS, on=(CREATE,), shown=False)
    )
    region: str = asked(choice(*REGIONS, default=REGIONS[0], on=(CREATE,), shown=False))
    hold_url: str = asked(web_url(on=(UPDATE,), shown=False))
    hold_method: str = _method("GET", on=(UPDATE,))
    announce_url: str = asked(web_url(on=(UPDATE,), shown=False))
    announce_method: str = _method(on=(UPDATE,))
    beep_on_exit: bool = asked(boolean(on=(UPDATE,), shown=False))

    # How it is recorded.
    record: bool = asked(boolean(default=False, on=(CREATE,), shown=False))
    recording_channels: str = asked(choice("mono", "dual", default="mono", on=(CREATE,), shown=False))
    recording_track: str = asked(
        choice("inbound", "outbound", "both", default="both", on=(CREATE,), error=13622, shown=False)
    )
    trim: str = asked(choice("trim-silence", "do-not-trim", default="trim-silence", on=(CREATE,), shown=False))
    recording_status_callback: str = _callback()
    recording_status_callback_method: str = _method()
    recording_status_callback_event: str = asked(
        words(*OF_RECORDING, splits=True, on=(CREATE,), default=("completed",), shown=False)
    )

    # Whom the conference tells and how it is recorded. Whoever comes first decides; of calls that are made for it, the
    # first that says something of either.
    conference_record: str = asked(
        choice("true", "false", "record-from-start", "do-not-record", default="false", on=(CREATE,), shown=False)
    )
    conference_trim: str = asked(
        choice("trim-silence", "do-not-trim", default="trim-silence", on=(CREATE,), error=13239, shown=False)
    )
    conference_status_callback: str = _callback()
    conference_status_callback_method: str = _method()
    conference_status_callback_event: str = asked(
        words(*EVENTS, splits=True, on=(CREATE,), default=("start", "end"), shown=False)
    )
    conference_recording_status_callback: str = _callback()
    conference_recording_status_callback_method: str = _method()
    conference_recording_status_callback_event: str = asked(
        words(*OF_RECORDING, splits=True, on=(CREATE,), default=("completed",), shown=False)
    )

    # Who answers.
    machine_detection: str = asked(detected.mode())
    machine_detection_timeout: int = asked(detected.seconds())
    machine_detection_speech_threshold: int = asked(detected.milliseconds(2400, 1000, 6000))
    machine_detection_speech_end_threshold: int = asked(detected.milliseconds(1200, 500, 5000))
    machine_detection_silence_timeout: int = asked(detected.milliseconds(5000, 2000, 10000))
    amd_status_callback: str = _callback()
    amd_status_callback_method: str = _method()

    # What has no effect.
    early_media: bool = asked(boolean(default=True, on=(CREATE,), shown=False, idle=True))
    jitter_buffer_size: str = asked(
        choice("small", "medium", "large", "off", default="large", on=(CREATE,), shown=False, idle=True)
    )
    byoc: str = sid_of("BY", on=(CREATE,), error=21300, shown=False, idle=True)
    call_reason: str = text(50, on=(CREATE,), shown=False, idle=True)
    passports: str = text(4000, on=(CREATE,), shown=False, idle=True)
    recording_configuration_id: str = text(255, on=(CREATE,), shown=False, idle=True)
    client_notification_url: str = web_url(on=(CREATE,), error=13806, shown=False, idle=True)
    caller_display_name: str = _kept()
    emergency_caller_position: str = _kept()
    emergency_caller_location: str = _kept()
    emergency_name: str = _kept()
    emergency_address: str = _kept()
    emergency_zip_code: str = _kept()
    emergency_city: str = _kept()
    emergency_state: str = _kept()
    emergency_country: str = _kept()

    # Which there are -------------------------------------------------------------------------

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        """Those who are in or on their way; of a conference that is over there are none."""
        conference = _conference(ctx)
        if conference is None:
            await _check_over(ctx)
            return []
        rows = [_row(one) for one in reversed(conference.participants.values())]
        return cut([row for row in rows if all(row[column] == value for column, _, value in wanted)], turn)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        participant = _participant(ctx, sid)
        return _row(participant) if participant else None

    def address(self, ctx: Context) -> str:
        return f"{place(ctx)}/{self.call_sid}"

    # Making one ------------------------------------------------------------------------------

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        shown = shown_caller(self.caller_id)
        vouched = await vouched_by(ctx, self.call_token)
        to, caller = _application(ctx, self.to, self.from_) or parties(ctx, self.to, self.from_, shown, vouched)
        facilities = ctx.services.switchboard.facilities
        row = ctx.services.switchboard.place_call(
            PlaceCall(
                account=ctx.account.sid,
                to=to,
                caller=caller,
                steering=Steering(
                    status_callback=self.status_callback or "", status_callback_method=self.status_callback_method
                ),
                events=tuple(self.status_callback_event) or ("completed",),
                # It rings a little longer than is asked for, as a Dial does (2.7).
                timeout=self.timeout + int(facilities.rules.dial_grace),
                time_limit=min(self.time_limit, LONGEST_CALL),
                caller_id=shown,
                detect=self._detect() if self.machine_detection else None,
                attend=self._attend(ctx),
                record=record(self, OUTBOUND_API) if self.record else None,
                username=self.sip_auth_username or "",
                password=self.sip_auth_password or "",
                stored={"phone_number_sid": sid_of_caller(ctx, caller), **self.kept_idle()},
            )
        )
        detected.misused(ctx, row["sid"], detected.ASYNC, "here detection is always beside the call.")
        if self.machine_detection and not self.amd_status_callback:
            detected.untold(ctx, row["sid"], "AmdStatusCallback")
        participant = _participant(ctx, row["sid"])
        assert participant is not None
        return _row(participant)

    def _detect(self) -> Detect:
        """Always beside the call, which is in the conference meanwhile (5.4)."""
        callback, method = self.amd_status_callback, self.amd_status_callback_method
        return detected.detect(self, is_async=True, callback=callback, method=method)

    def _attend(self, ctx: Context) -> Attend:
        return Attend(
            name=ctx.scope["conference_sid"],
            label=self.label or "",
            muted=self.muted,
            beeps=self.beep,
            starts=self.start_conference_on_enter,
            ends=self.end_conference_on_exit,
            wait_url="" if "WaitUrl" in ctx.form and not self.wait_url else self.wait_url,
            wait_method=self.wait_method,
            most=self.max_participants,
            coaches=_coached(vars(self), "") or "",
            region=self.region,
            telling=Telling(
                callback=self.conference_status_callback or "",
                method=self.conference_status_callback_method,
                events=tuple(self.conference_status_callback_event) or ("start", "end"),
            ),
            record=self._record_all(),
        )

    def _record_all(self) -> Record | None:
        """Of the whole conference, if it is recorded."""
        if self.conference_record in ("false", "do-not-record"):
            return None
        return Record(
            source=CONFERENCE_API,
            trim=self.conference_trim == "trim-silence",
            callback=self.conference_recording_status_callback or "",
            method=self.conference_recording_status_callback_method,
            events=events(self.conference_recording_status_callback_event),
        )

    # Orders ----------------------------------------------------------------------------------

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        """Both what is changed and what is announced, or neither."""
        participant = _there(ctx, self.call_sid)
        url = changed.get("announce_url")
        if url:
            participant.check_announce()
        participant.change(
            muted=changed.get("muted"),
            hold=changed.get("hold"),
            hold_url=changed.get("hold_url"),
            hold_method=changed.get("hold_method") or "GET",
            ends=changed.get("end_conference_on_exit"),
            beeps_on_exit=changed.get("beep_on_exit"),
            coaches=_coached(changed, participant.coaches),
            wait_url=changed.get("wait_url"),
            wait_method=changed.get("wait_method") or "POST",
        )
        if url:
            participant.announce(Webhook(url, changed.get("announce_method") or "POST"))

    async def on_delete(self, ctx: Context) -> None:
        _there(ctx, self.call_sid).kick()

    @classmethod
    def write(cls, ctx: Context, sid: str, change: str, values: Mapping[str, Any] | None, *, new: bool = False) -> None:
        """There is no row: what happens to participants is written by the exchange."""


def _conference(ctx: Context) -> Conference | None:
    """The one that goes on under the name or sid in the path; from now on the path has its sid."""
    conferences = ctx.services.switchboard.facilities.conferences
    found = conferences.find(ctx.account.sid, ctx.scope["conference_sid"])
    if found is not None:
        ctx.scope["conference_sid"] = found.sid
    return found


async def _check_over(ctx: Context) -> None:
    """Fault 20404 unless the path has the sid of a conference that is over."""
    row = await ctx.services.rows.fetch("conferences", ctx.scope["conference_sid"])
    if row is None or row["account_sid"] != ctx.account.sid:
        raise not_found(ctx.path)


def _participant(ctx: Context, sid: str) -> Attendant | None:
    """By the sid of its call, or its label."""
    conference = _conference(ctx)
    if conference is None:
        return None
    by_label = (one for one in conference.participants.values() if one.label == sid)
    return conference.participants.get(sid) or next(by_label, None)


def _there(ctx: Context, sid: str) -> Attendant:
    """Fault 20404 when it has left meanwhile."""
    if (participant := _participant(ctx, sid)) is None:
        raise not_found(ctx.path)
    return participant


def _application(ctx: Context, to: str, caller: str) -> tuple[str, str] | None:
    """Who is called, and who calls, when it is an application (`app:AP...?name=value`); None when it is not."""
    to, caller = to.strip(), spelled(caller)
    if not to.startswith(APPLICATION):
        return None
    sid = to.removeprefix(APPLICATION).partition("?")[0]
    found = ctx.services.directory.application(sid)
    if found is None or not found.may_be_called_by(ctx.account.sid) or not is_one_line(to):
        raise Fault(21218, f"There is no application {sid[:40]!r} that this account may call.")
    if not found.voice.url:
        raise Fault(21205, f"The application {sid} has no VoiceUrl, so nobody answers there.")
    if not is_one_line(caller):
        raise Fault(21212)
    return to, caller


def _coached(given: Mapping[str, Any], before: str) -> str | None:
    """The call that alone shall hear it, "" for none; None when nothing is said of that."""
    coaching, sid = given.get("coaching"), given.get("call_sid_to_coach")
    if coaching is False:
        return ""
    if coaching and not (sid or before):
        raise Fault(13240, "Whom shall it coach? CallSidToCoach is required where Coaching is true.")
    return sid


def _row(one: Attendant) -> dict[str, Any]:
    call = one.call
    waited = (call.started_at or call.clock.now()) - call.created_at
    return {
        "sid": call.sid,
        "account_sid": call.account,
        "call_sid": call.sid,
        "label": one.label or None,
        "conference_sid": one.conference.sid,
        "call_sid_to_coach": one.coaches or None,
        "coaching": bool(one.coaches),
        "end_conference_on_exit": one.ends,
        "start_conference_on_enter": one.starts,
        "muted": one.muted,
        "hold": one.held,
        "status": one.status,
        "queue_time": int(waited * 1000) if call.direction == "outbound-api" else 0,
        "date_created": one.created_at,
        "date_updated": one.changed_at,
    }
