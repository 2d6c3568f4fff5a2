"""Documents for a caller who waits: in a queue, before a conference begins, on hold (voice reference 2.8, 2.9).

They are performed on his call while the verb that made him wait goes on; the document that holds that verb is there
again afterwards, as though nothing had been performed. What may stand in them the verb says (`Within`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from hoyhoy.wire.errors import Fault

from .events import Params, VerbStarted
from .performance import Performer, asking, verbs_of
from .playback import prompt_of, repeated
from .ports import FetchFailed, Webhook
from .program import Next, Source, Within
from .sound import Tone

if TYPE_CHECKING:
    from .call import Call


def _no_params() -> Params:
    return ()


def _nothing() -> None: ...


class Beside(Performer, Protocol):
    """Whoever performs documents that cannot leave what they are heard beside."""

    async def goes_on(self) -> None:
        """Return at once while the document is to go on."""


async def music(call: Call) -> None:
    """The exchange's own, until this is cancelled; silence to a far end that is not there."""
    await repeated(call, await prompt_of(call, Tone("music")))


async def wait_by(
    call: Call,
    first: Source,
    within: Within,
    *,
    again: bool = False,
    params: Callable[[], Params] = _no_params,
    begun: Callable[[], None] = _nothing,
) -> None:
    """Perform documents from `first` on; return when one ran out, or begin with the first `again`.

    Each request carries `params`, as they are then. `begun` is called when a document is there, before it is
    performed. What a verb cannot do is told and skipped: a sound that is not to be had ends no wait. Raises Left and
    End as verbs do, and Fault when a document cannot be had or read.
    """
    before = call.place, call.asked, call.page
    try:
        await follow(call, first, within, lambda source: asking(call, source, params()), again=again, begun=begun)
    finally:
        call.place, call.asked, call.page = before


def notice_failed(call: Call, asked: Source, fault: Fault) -> None:
    """Tell of a document that could not be had or read: what was asked for, and what was answered."""
    cause = fault.__cause__
    page = cause.page if isinstance(cause, FetchFailed) else None
    call.notice(fault.code, fault.message, webhook=asked if isinstance(asked, Webhook) else None, page=page)


def still_told(call: Call, before: int) -> None:
    """Documents beside something, which went round in circles, are over: what the app is told of it then is performed
    once, if it leads no further without a sound. `before` is how many without a sound had led there.

    They count with those, or a caller who waits in circles and begins again would ask the app a hundred times a
    hundred times.
    """
    most = call.facilities.rules.documents_without_sound - 1
    call.soundless_documents = max(before, min(call.soundless_documents, most))


async def follow(
    performer: Beside,
    first: Source,
    within: Within,
    asked: Callable[[Source], Source],
    *,
    again: bool = False,
    begun: Callable[[], None] = _nothing,
) -> None:
    """Perform documents from `first` on; `asked` says what the app is really asked for one."""
    source: Source | None = first
    while source is not None:
        source = await _performed(performer, asked(source), within, begun) or (first if again else None)


async def _performed(performer: Beside, source: Source, within: Within, begun: Callable[[], None]) -> Source | None:
    """One document; which comes next, None when it ran out."""
    verbs = await verbs_of(performer, source, within)
    begun()
    for verb in verbs:
        await performer.goes_on()
        words = verb.element.spoken()
        performer.record(VerbStarted(verb=verb.element.name, attributes=verb.element.attributes, text=words))
        try:
            await verb.run(performer)
        except Next as chosen:
            return chosen.webhook
        except Fault as fault:
            performer.notice(fault.code, fault.message)
    return None
