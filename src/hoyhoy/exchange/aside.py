"""Documents for a caller who waits: in a queue, before a conference begins, on hold (voice reference 2.8, 2.9).

They are performed on his call while the verb that made him wait goes on; the document that holds that verb is there
again afterwards, as though nothing had been performed. What may stand in them the verb says (`Within`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hoyhoy.wire.errors import Fault

from .events import Params, VerbStarted
from .performance import asking, verbs_of
from .program import Next, Source, Within

if TYPE_CHECKING:
    from .call import Call


def _nothing() -> Params:
    return ()


async def wait_by(
    call: Call, first: Source, within: Within, *, again: bool = False, params: Callable[[], Params] = _nothing
) -> None:
    """Perform documents from `first` on; return when one ran out, or begin with the first `again`.

    Each request carries `params`, as they are then. What a verb cannot do is told and skipped: a sound that is not to
    be had ends no wait. Raises Left and End as verbs do, and Fault when a document cannot be had or read.
    """
    before = call.place, call.asked, call.page
    source: Source | None = first
    try:
        while source is not None:
            source = await _performed(call, asking(call, source, params()), within) or (first if again else None)
    finally:
        call.place, call.asked, call.page = before


async def _performed(call: Call, source: Source, within: Within) -> Source | None:
    """One document; which comes next, None when it ran out."""
    for verb in await verbs_of(call, source, within):
        await call.goes_on()
        call.record(VerbStarted(verb=verb.element.name, attributes=verb.element.attributes, text=verb.element.spoken()))
        try:
            await verb.run(call)
        except Next as chosen:
            return chosen.webhook
        except Fault as fault:
            call.notice(fault.code, fault.message)
    return None
