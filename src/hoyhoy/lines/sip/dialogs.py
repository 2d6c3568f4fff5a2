"""Who takes part in which dialog: requests that come inside one find their leg here."""

from __future__ import annotations

from typing import Protocol

from hoyhoy.wire.sip.message import Request

from .inbound import Inbound


class Participant(Protocol):
    """One of ours, with all the dialogs that have its tag."""

    def receive(self, inbound: Inbound) -> None:
        """Take a request. SipError says how to refuse it."""


class Dialogs:
    """By Call-ID and our tag: forks of one INVITE of ours share both, and are told apart by whoever sent it."""

    def __init__(self) -> None:
        self._participants: dict[tuple[str, str], Participant] = {}

    def add(self, call_id: str, tag: str, participant: Participant) -> None:
        self._participants[call_id, tag] = participant

    def drop(self, call_id: str, tag: str) -> None:
        self._participants.pop((call_id, tag), None)

    def find(self, request: Request) -> Participant | None:
        return self._participants.get((request.call_id, request.to.tag))

    def __len__(self) -> int:
        return len(self._participants)
