"""What the vendor's documents may hold and this exchange does not perform."""

from __future__ import annotations

from typing import ClassVar

from hoyhoy.exchange.verbs.verb import Foreign

SOCKETS = "this version opens no WebSocket to an application."
RECOGNITION = "this version does not transcribe calls while they go on."
HOSTED = "it is a service of the vendor's own machines, which has no counterpart here."
PAYMENTS = "card payments are out of scope."


class Stream(Foreign):
    """Sound to and from a WebSocket (voice reference 11)."""

    why: ClassVar[str] = SOCKETS


class ConversationRelay(Foreign):
    """Text to and from a WebSocket (voice reference 12)."""

    why: ClassVar[str] = SOCKETS


class ConversationRelaySession(Foreign):
    why: ClassVar[str] = HOSTED


class Transcription(Foreign):
    """Words as they are spoken (voice reference 13.1)."""

    why: ClassVar[str] = RECOGNITION


class Siprec(Foreign):
    """Sound to a SIPREC recorder (voice reference 13.2)."""

    why: ClassVar[str] = "this version forks no sound to SIPREC recorders."


class VirtualAgent(Foreign):
    why: ClassVar[str] = HOSTED
    code: ClassVar[int] = 32600


class Conversation(Foreign):
    why: ClassVar[str] = HOSTED


class Room(Foreign):
    why: ClassVar[str] = "video is out of scope."


class Autopilot(Foreign):
    why: ClassVar[str] = "the vendor has retired it."


class AiSession(Foreign):
    why: ClassVar[str] = HOSTED


class Sim(Foreign):
    """A SIM card of the vendor's (voice reference 2.7.5)."""

    why: ClassVar[str] = "the vendor's SIM cards are not reached from here, so nobody is called there."
    code: ClassVar[int] = 13258


class WhatsApp(Foreign):
    """A WhatsApp user (voice reference 2.7.5)."""

    why: ClassVar[str] = "WhatsApp is not reached from here, so nobody is called there."


class Prompt(Foreign):
    """What a Pay says (voice reference 2.14)."""

    why: ClassVar[str] = PAYMENTS

    async def run(self, on: object) -> None:
        """Nothing: it was told of when the document was read."""
