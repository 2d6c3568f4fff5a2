"""Who takes part in which dialog: requests that come inside one find their leg here."""

from __future__ import annotations

from typing import Protocol

from hoyhoy.wire.sip.message import Request

from .inbound import Inbound
from .target import Target


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


class Following(Protocol):
    """Whoever wants to know when a connection is gone."""

    def lost(self, flow: Target) -> None: ...


class Flows:
    """Who hangs on which connection (RFC 5626 4.2): one that is lost concerns them, and nobody else is asked."""

    def __init__(self) -> None:
        self._by_flow: dict[Target, dict[Following, None]] = {}

    def follow(self, flow: Target, who: Following) -> None:
        self._by_flow.setdefault(flow, {})[who] = None

    def leave(self, flow: Target, who: Following) -> None:
        if following := self._by_flow.get(flow):
            following.pop(who, None)
            if not following:
                del self._by_flow[flow]

    def lost(self, flow: Target) -> None:
        """It is gone: tell them, who follow it no more."""
        for who in self._by_flow.pop(flow, {}):
            who.lost(flow)

    def __contains__(self, flow: Target) -> bool:
        """Does anybody hang on it?"""
        return flow in self._by_flow

    def clear(self) -> None:
        """Nobody is told any more."""
        self._by_flow.clear()

    def __len__(self) -> int:
        return len(self._by_flow)
