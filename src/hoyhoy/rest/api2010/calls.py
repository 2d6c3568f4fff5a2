"""Calls (voice reference 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hoyhoy.exchange.call import FINAL, CallStatus
from hoyhoy.exchange.notices import notify
from hoyhoy.exchange.orders import LONGEST_CALL, Detect, PlaceCall
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
    computed,
    constant,
    detected,
    http_method,
    integer,
    moment,
    spelled,
    text,
    web_url,
    words,
)
from hoyhoy.rest.kit.ended import check_deletable
from hoyhoy.rest.kit.parties import parties, shown_caller, sid_of_caller, vouched_by
from hoyhoy.rest.kit.recorded import record
from hoyhoy.rest.kit.sids import sid_of
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault

LONGEST_TWIML = 4000

_SEND_DIGITS = re.compile(r"[0-9A-Da-d#*wW]{1,32}")


class Call(Resource):
    """One call; its row is written by the exchange."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Calls", "CA", "calls"
    live = rehearses = True
    indexes = (("account_sid", "end_time", "usage_category", "minutes"),)  # usage is counted in it alone
    below = {
        "events": "Events",
        "notifications": "Notifications",
        "recordings": "Recordings",
        "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
        "user_defined_messages": "UserDefinedMessages",
    }

    parent_call_sid: str = text(find="=")
    account_sid: str = text()
    to: str = text(on=(CREATE,), required=21201, find="=", search_as=spelled)
    to_formatted: str = computed()
    from_: str = text(on=(CREATE,), required=21213, find="=", search_as=spelled)
    from_formatted: str = computed()
    phone_number_sid: str = text()
    status: str = choice("completed", "canceled", reached=tuple(CallStatus), on=(UPDATE,), find="=")
    start_time: float = moment(find="range")
    end_time: float = moment(find="range")
    duration: int = integer(as_text=True)
    price: str = text()
    price_unit: str = text(default="USD")
    direction: str = text()
    answered_by: str = text()
    api_version: str = constant("2010-04-01")
    forwarded_from: str = text()
    group_sid: str = text()
    caller_name: str = text()
    queue_time: int = integer(as_text=True)
    stir_verstat: str = text()
    trunk_sid: str = text()

    # What the exchange works with.
    url: str = web_url(on=BOTH, error=21205, shown=False)
    method: str = http_method(on=BOTH, error=21209, shown=False)
    twiml: str = text(on=BOTH, shown=False)
    application_sid: str = text(on=(CREATE,), shown=False)
    fallback_url: str = web_url(on=BOTH, error=21205, shown=False)
    fallback_method: str = http_method(on=BOTH, error=21209, shown=False)
    status_callback: str = web_url(callback=True, on=BOTH, error=21609, shown=False)
    status_callback_method: str = http_method(on=BOTH, error=21209, shown=False)
    status_callback_event: str = words(
        "initiated", "ringing", "answered", "completed", splits=True, on=(CREATE,), default=("completed",), shown=False
    )
    send_digits: str = text(on=(CREATE,), shown=False)
    timeout: int = integer(between=(1, 600), default=60, on=(CREATE,), error=21208, shown=False)
    time_limit: int = integer(between=(1, 2**31 - 1), default=LONGEST_CALL, on=BOTH, shown=False)
    caller_id: str = text(on=(CREATE,), shown=False)
    call_token: str = text(4000, on=(CREATE,), shown=False)
    answer_time: float = moment(shown=False)
    callback_sequence: int = integer(shown=False)
    validation: bool = boolean(shown=False)
    usage_category: str = text(shown=False)
    minutes: int = integer(shown=False)

    # How it is recorded.
    record: bool = boolean(default=False, on=(CREATE,), shown=False)
    recording_channels: str = choice("mono", "dual", default="mono", on=(CREATE,), shown=False)
    recording_track: str = choice("inbound", "outbound", "both", default="both", on=(CREATE,), shown=False)
    recording_status_callback: str = web_url(callback=True, on=(CREATE,), error=21609, shown=False)
    recording_status_callback_method: str = http_method(on=(CREATE,), error=21209, shown=False)
    recording_status_callback_event: str = words(
        "in-progress", "completed", "absent", splits=True, default=("completed",), on=(CREATE,), shown=False
    )
    trim: str = choice("trim-silence", "do-not-trim", default="trim-silence", on=(CREATE,), shown=False)

    sip_auth_username: str = text(255, on=(CREATE,), error=21221, shown=False)
    sip_auth_password: str = text(255, on=(CREATE,), error=21222, shown=False, secret=True)

    # Who answers.
    machine_detection: str = detected.mode()
    machine_detection_timeout: int = detected.seconds()
    machine_detection_speech_threshold: int = detected.milliseconds(2400, 1000, 6000)
    machine_detection_speech_end_threshold: int = detected.milliseconds(1200, 500, 5000)
    machine_detection_silence_timeout: int = detected.milliseconds(5000, 2000, 10000)
    async_amd: bool = boolean(default=False, on=(CREATE,), shown=False)
    async_amd_status_callback: str = web_url(callback=True, on=(CREATE,), error=21609, shown=False)
    async_amd_status_callback_method: str = http_method(on=(CREATE,), error=21209, shown=False)
    if_machine: str = choice("Continue", "Hangup", on=(CREATE,), error=21207, shown=False)

    # What is only kept.
    byoc: str = sid_of("BY", on=(CREATE,), error=21300, shown=False, idle=True)
    call_reason: str = text(50, on=(CREATE,), shown=False, idle=True)
    passports: str = text(4000, on=(CREATE,), shown=False, idle=True)
    recording_configuration_id: str = text(255, on=(CREATE,), shown=False, idle=True)
    client_notification_url: str = web_url(on=(CREATE,), error=13806, shown=False, idle=True)

    def show_to_formatted(self, ctx: Context) -> str | None:
        return self.to and numbers.national(self.to)

    def show_from_formatted(self, ctx: Context) -> str | None:
        return self.from_ and numbers.national(self.from_)

    # Create (5.1) --------------------------------------------------------------------------

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        shown = shown_caller(self.caller_id)
        to, caller = parties(ctx, self.to, self.from_, shown, await vouched_by(ctx, self.call_token))
        steering = self._steering(ctx)
        if self.send_digits and not _SEND_DIGITS.fullmatch(self.send_digits):
            raise Fault(21206)
        detect = self._detect()
        row = ctx.services.switchboard.place_call(
            PlaceCall(
                account=ctx.account.sid,
                to=to,
                caller=caller,
                steering=steering,
                twiml="" if steering.url else self.twiml or "",
                events=("completed",) if steering.application else tuple(self.status_callback_event) or ("completed",),
                send_digits=self.send_digits or "",
                timeout=self.timeout,
                time_limit=min(self.time_limit, LONGEST_CALL),
                caller_id=shown,
                detect=detect,
                record=record(self, OUTBOUND_API) if self.record else None,
                username=self.sip_auth_username or "",
                password=self.sip_auth_password or "",
                stored={
                    "phone_number_sid": sid_of_caller(ctx, caller),
                    "call_token": self.call_token,
                    **self.kept_idle(),
                },
            )
        )
        if self.url and self.twiml and not steering.application:
            notify(
                ctx.services.journal,
                ctx.services.chance,
                ctx.now,
                account=ctx.account.sid,
                subject=row["sid"],
                code=32019,
                message="Url and Twiml were both given; the call performs the document at Url.",
                url=self.url,
                method=self.method,
            )
        self._tell_of_detection(ctx, row["sid"], detect)
        return row

    def _detect(self) -> Detect | None:
        """IfMachine is an old name of the same, before there was more than one kind. Keys that are sent to whoever
        answers are for a machine that is known (5.1)."""
        if self.send_digits or not (self.machine_detection or self.if_machine):
            return None
        return detected.detect(
            self,
            is_async=self.async_amd,
            callback=self.async_amd_status_callback,
            method=self.async_amd_status_callback_method,
            hangs_up=self.if_machine == "Hangup",
        )

    def _tell_of_detection(self, ctx: Context, sid: str, detect: Detect | None) -> None:
        """What was asked of it in vain."""
        beside = detected.ASYNC if self.async_amd else detected.CALLBACK
        if detect is None and self.send_digits:
            why = "SendDigits is for a machine that is known, so nothing is detected."
            detected.misused(ctx, sid, ("MachineDetection", "IfMachine", *beside), why)
        elif detect is None:
            detected.misused(ctx, sid, beside, "without MachineDetection nothing is detected.")
        elif not self.async_amd:
            why = "without AsyncAmd=true the call waits until it is known who answered, and its document is told."
            detected.misused(ctx, sid, detected.CALLBACK, why)
        elif not self.async_amd_status_callback:
            detected.untold(ctx, sid, "AsyncAmdStatusCallback")

    def _steering(self, ctx: Context) -> Steering:
        """One of Url, Twiml and ApplicationSid says what the call does; the last one overrides every other (5.1)."""
        if self.application_sid:
            named = ctx.services.directory.application(self.application_sid)
            if named is None or named.account != ctx.account.sid:
                raise Fault(21218, f"There is no application {self.application_sid[:40]} in this account.")
            if not named.voice.url:
                raise Fault(21205, f"The application {named.sid} has no VoiceUrl: what shall the call do?")
            return named.voice
        if self.twiml and len(self.twiml) > LONGEST_TWIML:
            raise Fault(32018)
        if not self.url and not self.twiml:
            raise Fault(21205, "One of Url, Twiml and ApplicationSid is required: what shall the call do?")
        return Steering(
            url=self.url or "",
            method=self.method,
            fallback_url=self.fallback_url or "",
            fallback_method=self.fallback_method,
            status_callback=self.status_callback or "",
            status_callback_method=self.status_callback_method,
        )

    # Update and delete (5.3, 5.5) --------------------------------------------------------------

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if self.status in FINAL:
            raise Fault(21220, "Call is not in-progress. It has already ended.")
        if changed.get("url") and changed.get("twiml"):
            raise Fault(20001, "Url and Twiml exclude one another.")
        if len(changed.get("twiml") or "") > LONGEST_TWIML:
            raise Fault(32018)
        switchboard = ctx.services.switchboard
        if changed.get("status"):
            switchboard.end_call(self.sid, changed["status"])
        elif changed.get("url"):
            switchboard.redirect_call(self.sid, webhook=Webhook(changed["url"], changed.get("method") or "POST"))
        elif changed.get("twiml"):
            switchboard.redirect_call(self.sid, twiml=changed["twiml"])
        # Last, so that nothing of a refused order is done; the new document begins only after this turn of the loop.
        amended = {name: changed[name] for name in AMENDABLE if name in changed}
        if "time_limit" in amended:
            amended["time_limit"] = min(amended["time_limit"], LONGEST_CALL)
        if amended:
            switchboard.amend_call(self.sid, amended)

    async def on_delete(self, ctx: Context) -> None:
        check_deletable(self.status)


AMENDABLE = ("fallback_url", "fallback_method", "status_callback", "status_callback_method", "time_limit")
