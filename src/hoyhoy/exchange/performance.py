"""Performing one voice document on a call: fetch, read, run its verbs; fall back or apologise when that fails.

Voice reference 1.1 to 1.4 and 3.6.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Protocol

from hoyhoy.wire.errors import Fault, Level
from hoyhoy.wire.twiml import Element, parse

from .call import CALL, Call, CallStatus, Perform
from .events import Event, Params, VerbStarted, WebhookAnswered
from .facilities import Facilities
from .leg import Cause
from .ports import FetchFailed, Page, Session, Webhook
from .program import (
    ERROR_PROMPT,
    End,
    Inline,
    Left,
    Next,
    Place,
    Source,
    Within,
    check_url,
    read_page,
    read_root,
    with_error,
)
from .progress import standard, token
from .sound import Keys, Speech
from .verbs import voice
from .verbs.verb import Family, Verb, family


@cache
def known_verbs() -> Family:
    """All verbs and nouns of calls. Not read before somebody asks: some of them perform documents themselves."""
    return family(voice)


VERBS_AT_ONCE = 200


async def perform(call: Call, source: Source) -> Source | None:
    """Perform `source` on `call`; return what comes next, None when the program is over."""
    is_last = source is call.fallback  # nothing follows a fallback that fails itself (3.6)
    call.ran_out, call.farewell = False, None
    source = asking(call, source)
    try:
        verbs = await verbs_of(call, source)
        if CALL.is_final(call.status):  # the answer to a farewell
            return None
        for number, verb in enumerate(verbs, 1):
            if number % VERBS_AT_ONCE == 0:  # thousands of verbs that take no time must not outrun the disk
                await call.facilities.journal.settled()
            await call.goes_on()
            call.verbs_begun += 1
            call.record(
                VerbStarted(verb=verb.element.name, attributes=verb.element.attributes, text=verb.element.spoken())
            )
            with suppress(Left):  # nobody waits in a queue here
                await verb.run(call)
        await call.goes_on()
        call.ran_out = True
    except Next as chosen:
        return chosen.webhook
    except End:
        return None
    except Fault as fault:
        return await _failed(call, source, fault, is_last=is_last or _in_circles(call))
    return None


def after_digits(digits: str, performing: Perform = perform) -> Perform:
    """`performing`, with keys sent before the first document (5.1 SendDigits)."""
    left = [Keys(digits)] if digits else []

    async def sending(call: Call, source: Source) -> Source | None:
        if left:
            await call.play(left.pop())
        return await performing(call, source)

    return sending


class Performer(Protocol):
    """Whoever performs documents: a call, or an announcement that is heard beside calls."""

    facilities: Facilities
    account: str
    session: Session
    place: Place
    asked: Webhook | None
    page: Page | None
    soundless_documents: int

    def notice(self, code: int, message: str) -> None: ...

    def record(self, event: Event) -> None: ...


def _in_circles(call: Performer) -> bool:
    return call.soundless_documents > call.facilities.rules.documents_without_sound


def asking(call: Call, source: Source, params: Params = ()) -> Source:
    """What the app is really asked: with the standard parameters (3.1), and `params` besides."""
    if isinstance(source, Inline):
        return source
    besides = (*token(call), *call.detected, *source.params, *params)
    return replace(source, params=standard(call, str(call.status), besides, source.extra))


async def verbs_of(call: Performer, source: Source, within: Within | None = None) -> tuple[Verb, ...]:
    """Fetch a document that the call performs from here on, as `asking` says; and read it. Fault when that fails."""
    call.soundless_documents += 1
    if _in_circles(call):
        raise Fault(
            11215,
            f"{call.soundless_documents - 1} documents in a row without a sound or a pause: "
            "the call is going round in circles.",
        )
    call.asked = call.page = None
    if isinstance(source, Inline):
        call.place = Place(None)
        return read_root(parse(source.twiml), known_verbs(), call.notice, within)
    page = await ask(call.facilities, source, call.account, call.session, call.record)
    call.place, call.asked, call.page = Place(page.url, source.method), source, page
    if not page.body.strip():
        raise Fault(12100, "The answer is empty. A document needs at least <Response/>.")
    return read_page(page, known_verbs(), call.notice, plain=_say, audio=_play, within=within)


async def ask(
    facilities: Facilities, request: Webhook, account: str, session: Session, record: Callable[[Event], None]
) -> Page:
    """The app's answer to `request`, for calls and messages alike; `record` is told how it went.

    Fault when there is no usable answer.
    """
    check_url(request.url)
    try:
        page = await facilities.fetcher.fetch(request, account=account, session=session)
    except FetchFailed as failed:
        record(_answered(request, failed.page or Page(request.url, 0, "", b""), failed.code, failed.message))
        raise Fault(failed.code, failed.message) from failed
    record(_answered(request, page))
    return page


def _answered(request: Webhook, page: Page, code: int = 0, problem: str = "") -> WebhookAnswered:
    return WebhookAnswered(
        url=request.url,
        method=request.method,
        params=request.params + request.extra,
        status=page.status,
        content_type=page.content_type,
        body=page.body.decode("utf-8", "replace"),
        seconds=page.seconds,
        attempts=page.attempts,
        code=code,
        problem=problem,
    )


async def _failed(call: Call, source: Source, fault: Fault, *, is_last: bool) -> Source | None:
    """Notice the fault; then the fallback document, or an apology if there is none or this `is_last` (3.6)."""
    request = source if isinstance(source, Webhook) else None
    cause = fault.__cause__
    page = cause.page if isinstance(cause, FetchFailed) else call.page
    call.notice(fault.code, fault.message, webhook=request, page=page)
    call.farewell = None
    assert fault.level is Level.ERROR, f"a warning ended a document: {fault}"
    if call.steering.fallback_url and not is_last:
        asked = Webhook(call.steering.fallback_url, call.steering.fallback_method)
        call.fallback = with_error(asked, request.url if request else "", fault.code)
        return call.fallback
    if CALL.is_final(call.status):
        return None
    if call.status is CallStatus.IN_PROGRESS:
        await call.play(Speech(ERROR_PROMPT, ERROR_PROMPT))
    else:
        call.order_end(Cause.FAILED)
    return None


def _say(text: str) -> Element:
    return Element("Say", (), text, (), "", 1)


def _play(url: str) -> Element:
    return Element("Play", (), url, (), "", 1)
