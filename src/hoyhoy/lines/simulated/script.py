"""What a virtual phone does by itself: its behaviour, and the steps of a script (design, the simulated network).

A behaviour is plain JSON on the lab's wire and a frozen struct here, so that tests in any
language, the terminal and `hoyhoy.testing` say it the same way.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0, le=366 * 86400.0)]
"""Of the exchange's clock; a year at most."""

Keys = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-D*#wW]*\Z")]
"""What a hand presses: keys, and pauses between them."""


Code = Annotated[int, msgspec.Meta(ge=0, le=99999)]
"""Of an error, as they are listed (messaging reference 6); 0 is none."""


class Answering(StrEnum):
    """What happens when the phone rings. Whoever answers, of himself or by a hand, then performs the script."""

    ANSWER = "answer"  # after `answer_after` seconds
    RING_OUT = "ring-out"  # nobody ever answers
    BUSY = "busy"
    DECLINE = "decline"  # rings, then is refused
    UNREACHABLE = "unreachable"  # switched off: refused without ringing; messages are undelivered
    VOICEMAIL = "voicemail"  # answers after `answer_after`, speaks a greeting, beeps
    HUMAN = "human"  # answers and says hello; who is to let the other one speak first has a script that hears him
    SILENT = "silent"  # answers and says nothing of himself
    FAX = "fax"  # answers with a fax tone
    MANUAL = "manual"  # rings and waits for a person or a test


GREETINGS = {Answering.HUMAN: "Hello?", Answering.VOICEMAIL: "Please leave a message after the tone."}
"""What is said when nothing else is told to be."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a script: first wait for what is set (`hear`, then `wait`), then do what is set.

    `hear`: text that must sound, compared without case. `wait`: seconds. `press`: keys, `w` pauses
    half a second. `say`: words. `hang_up`: end the call.
    """

    hear: str = ""
    wait: Seconds = 0.0
    press: Keys = ""
    say: str = ""
    hang_up: bool = False


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a phone behaves. Times in seconds of the exchange's clock."""

    answering: Answering = Answering.ANSWER
    ring_after: Seconds = 0.2
    answer_after: Seconds = 2.0
    script: tuple[Step, ...] = ()
    in_band: bool = False
    """Keys are tones in its sound and nothing else, as with the oldest telephones."""

    keeps_sound: bool = False
    """What it hears is kept as sound too, ten minutes of each call."""

    greeting: str = ""
    """What a person says who answers, and voicemail before its beep; empty: what these usually say."""

    delivery: Literal["delivered", "undelivered", "failed"] = "delivered"
    """What becomes of messages to it."""

    error_code: Code = 0
    """The 3xxxx code of messages that are not delivered; 0 chooses a fitting one."""

    delivery_after: Seconds = 0.5
    opted_out: tuple[str, ...] = ()
    """Numbers whose messages this phone's owner has stopped."""

    @property
    def words(self) -> str:
        """What it says by itself when it answers."""
        return self.greeting or GREETINGS.get(self.answering, "")


MANUAL = Behaviour(answering=Answering.MANUAL)
