"""What is said, told while it goes on: partialResultCallback (voice reference 2.4). Answers steer nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .chance import new_sid
from .events import SpeechHeard
from .ports import Callback, RecognitionFailed, Webhook
from .progress import standard
from .recognition import WORD, Ear

if TYPE_CHECKING:
    from .call import Call

LOOK = 1.0
"""Seconds between two looks at what a recogniser makes of the speech so far, at first."""

LATER = 4
"""After so many times LOOK the pause is as long a part of what was heard: each look gives all of it to the recogniser,
which so gets a few times as much as is said, and not its square."""

AT_ONCE = 8
"""Looks of all calls at one time: a recogniser is free for those who have finished (`speech.asking.CONNECTIONS`)."""

STABILITY = "0.9"
"""How likely it is that words stay what they are."""


async def tell_partly(call: Call, ear: Ear, wanted: Webhook, masked: Callable[[str], str]) -> None:
    """Ask `wanted` each time that more is understood, until cancelled."""
    began, told, number = call.clock.now(), "", 0
    while True:
        try:
            said = masked(await _look(call, ear))
        except RecognitionFailed:
            return  # the end of what is said tells why
        if said and said != told:
            _tell(call, wanted, said, number)
            told, number = said, number + 1
        await call.clock.sleep(WORD if ear.has_words else max(LOOK, (call.clock.now() - began) / LATER))


async def _look(call: Call, ear: Ear) -> str:
    """What was said so far; "" where a recogniser is wanted that looks for enough others."""
    looks = call.facilities.looks
    if ear.has_words:
        return await ear.so_far()
    if len(looks) >= AT_ONCE:
        return ""
    looks.add(call.sid)
    try:
        return await ear.so_far()
    finally:
        looks.remove(call.sid)


def _tell(call: Call, wanted: Webhook, said: str, number: int) -> None:
    besides = (
        ("UnstableSpeechResult", said),
        ("StableSpeechResult", said.rpartition(" ")[0]),  # the last word may still become another one
        ("Stability", STABILITY),
        ("SequenceNumber", str(number)),
    )
    params = standard(call, str(call.status), besides)
    sid = new_sid(call.facilities.chance, "CB")
    callback = Callback(sid, call.sid, call.account, wanted.url, wanted.method, params)
    call.facilities.journal.record(call.sid, call.account, SpeechHeard(text=said, number=number), callbacks=(callback,))
