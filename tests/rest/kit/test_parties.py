"""Who calls whom (voice reference 5.1, 17.3)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from hoyhoy.rest.kit.parties import parties, shown_caller, sid_of_caller
from hoyhoy.wire.errors import Fault

MINE, VERIFIED, THEIRS, FAR = "+14155550100", "+14155550101", "+14155550199", "+14155550123"
CLOSED = "+442071838750"


class Directory:
    def number(self, number: str) -> Any:
        owner = {MINE: "AC1", THEIRS: "AC2"}.get(number)
        return owner and SimpleNamespace(sid="PN1", account=owner)

    def is_verified(self, account: str, number: str) -> bool:
        return number == VERIFIED

    def caller_id(self, account: str, number: str) -> str:
        return "PN2" if number == VERIFIED else ""

    def may_call(self, account: str, number: str) -> bool:
        return number != CLOSED


@pytest.fixture
def ctx() -> Any:
    services = SimpleNamespace(directory=Directory(), settings=SimpleNamespace(strict=True))
    return SimpleNamespace(services=services, account=SimpleNamespace(sid="AC1"))


@pytest.mark.parametrize(
    ("to", "caller", "found"),
    [
        (FAR, MINE, (FAR, MINE)),
        ("(415) 555-0123", " 1 415 555 0100", (FAR, MINE)),
        (FAR, VERIFIED, (FAR, VERIFIED)),
        (" client:alice", "whoever", ("client:alice", "whoever")),
        ("sip:a@example.com", MINE, ("sip:a@example.com", MINE)),
    ],
)
def test_allowed(ctx: Any, to: str, caller: str, found: tuple[str, str]) -> None:
    assert parties(ctx, to, caller, "") == found


@pytest.mark.parametrize(
    ("to", "caller", "shown", "code"),
    [
        (FAR, THEIRS, "", 21210),
        (FAR, MINE, THEIRS, 21210),
        (FAR, "client:me", "", 21210),
        (FAR, "abc", "", 21212),
        ("client:alice", "me\r\nX: y", "", 21212),
        ("abc", MINE, "", 21211),
        ("client:", MINE, "", 21211),
        (CLOSED, MINE, "", 21215),
        ("+15005550001", MINE, "", 21217),
        (FAR, "+15005550001", "", 21212),
    ],
)
def test_refused(ctx: Any, to: str, caller: str, shown: str, code: int) -> None:
    with pytest.raises(Fault) as refused:
        parties(ctx, to, caller, shown)
    assert refused.value.code == code


def test_a_caller_that_is_vouched_for(ctx: Any) -> None:
    assert parties(ctx, FAR, THEIRS, "", THEIRS) == (FAR, THEIRS)
    with pytest.raises(Fault):
        parties(ctx, FAR, THEIRS, "", FAR)


def test_who_is_shown() -> None:
    assert shown_caller(None) == "" and shown_caller("415 555 0100") == MINE and shown_caller("Alice") == "Alice"
    with pytest.raises(Fault):
        shown_caller("Alice\r\nX: y")


def test_sids(ctx: Any) -> None:
    assert [sid_of_caller(ctx, one) for one in (MINE, VERIFIED, THEIRS, "client:a")] == ["PN1", "PN2", None, None]
