"""Reliable provisional responses (RFC 3262): RSeq, RAck, and who waits for whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from .error import SipError
from .grammar import TOKEN, number
from .message import SEQUENCE_LIMIT, Request, Response

RSEQ_LIMIT = 2**32 - 1


@dataclass(frozen=True, slots=True)
class RAck:
    """Which response is confirmed: its RSeq, and the CSeq of its request."""

    rseq: int
    number: int
    method: str

    def __str__(self) -> str:
        return f"{self.rseq} {self.number} {self.method}"


def rack(text: str) -> RAck:
    words = text.split()
    if len(words) != 3 or not TOKEN.fullmatch(words[2]):
        raise SipError("malformed RAck")
    return RAck(number(words[0], RSEQ_LIMIT, "RAck"), number(words[1], SEQUENCE_LIMIT, "RAck"), words[2])


def rseq(response: Response) -> int | None:
    """The RSeq of a provisional response that wants PRACK; None for one that does not (4)."""
    if not 100 < response.status < 200 or "100rel" not in response.headers.tokens("Require"):
        return None
    return number(response.headers.get("RSeq") or "", RSEQ_LIMIT, "RSeq")


@dataclass(slots=True)
class Sender:
    """Our side of an INVITE that came. `last` starts with chance below 2**31 (3).

    One response at a time waits for its PRACK, which is simpler than the RFC allows and what it advises;
    repeat it as `repetition` says, and refuse the INVITE with 5xx when nobody confirms.
    """

    last: int
    waiting: Response | None = field(default=None)

    def prepare(self, response: Response) -> None:
        """Make a provisional response reliable."""
        if self.waiting:
            raise SipError("a provisional response still waits for PRACK", 500)
        self.last += 1
        response.headers.set("Require", *response.headers.values("Require"), "100rel")
        response.headers.set("RSeq", self.last)
        self.waiting = response

    def confirm(self, prack: Request) -> Response:
        """The response that a PRACK confirms; SipError 481 when it confirms none (3)."""
        named = prack.headers.read("RAck", rack)
        waiting = self.waiting
        if not waiting or named != RAck(self.last, waiting.cseq.number, waiting.cseq.method):
            raise SipError("no such provisional response", 481)
        self.waiting = None
        return waiting


@dataclass(slots=True)
class Receiver:
    """Our side of an INVITE we sent, one for each early dialog."""

    last: int | None = None

    def confirm(self, response: Response) -> RAck | None:
        """What a PRACK must say; None when the response needs none, came before, or came too early (4)."""
        now = rseq(response)
        if now is None or (self.last is not None and now != self.last + 1):
            return None
        self.last = now
        return RAck(now, response.cseq.number, response.cseq.method)
