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
"""Seconds between two looks at what a recogniser makes of the speech so far."""

STABILITY = "0.9"
"""How likely it is that words stay what they are."""


async def tell_partly(call: Call, ear: Ear, wanted: Webhook, masked: Callable[[str], str]) -> None:
    """Ask `wanted` each time that more is understood, until cancelled."""
    told, number = "", 0
    while True:
        try:
            said = masked(await ear.so_far())
        except RecognitionFailed:
            return  # the end of what is said tells why
        if said and said != told:
            _tell(call, wanted, said, number)
            told, number = said, number + 1
        await call.clock.sleep(WORD if ear.has_words else LOOK)


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
