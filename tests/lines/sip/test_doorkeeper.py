"""RFC 7616 3.3, 5.4; bad-inputs 9: nobody learns who is there, and nobody is locked out by others."""

from __future__ import annotations

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.lines.quota import Quota
from hoyhoy.lines.sip.doorkeeper import Challenged, Doorkeeper, Wrong
from hoyhoy.lines.sip.target import Target
from hoyhoy.wire.sip.authentication import Gate
from hoyhoy.wire.sip.message import Request

from .town import PASSWORD, PHONE, ask, prove

URI = "sip:acme.sip.twilio.com"
OTHER = "Another-horse-2"
ELSEWHERE = Target("udp", "198.51.100.8", 40000)


class Door:
    def __init__(self) -> None:
        self.clock = VirtualClock(1_700_000_000)
        self.users = {"alice": [("acme", PASSWORD)], "ann": [("acme", PASSWORD), ("rival", OTHER)]}
        self.tries = Quota(3, 60.0)
        self.gate = Gate("r", b"secret")
        self.doorkeeper = Doorkeeper(self.clock, SeededChance(1), self.gate, self.tries)
        self.looked_up: list[str] = []

    def asked(self) -> Request:
        return ask("REGISTER", URI, from_=URI)

    def known(self, username: str) -> list[tuple[str, str]]:
        self.looked_up.append(username)
        return self.users.get(username, [])

    def answer(self, request: Request, source: Target = PHONE) -> str:
        """Whose user it is, else what is answered."""
        try:
            return self.doorkeeper.ask(request, source, self.known)[1]
        except Challenged as challenged:
            stale = "stale=true" in (challenged.response.headers.get("WWW-Authenticate") or "")
            return "stale" if stale else "401"
        except Wrong as wrong:
            assert wrong.status == 403 or dict(wrong.headers)["Retry-After"] == "60"
            return str(wrong.status)

    def proven(self, username: str, password: str = PASSWORD, source: Target = PHONE) -> Request:
        asked = self.asked()
        with pytest.raises(Challenged) as challenged:
            self.doorkeeper.ask(asked, source, self.known)
        return prove(asked, challenged.value.response, username, password)

    def enters(self, username: str, password: str = PASSWORD, source: Target = PHONE) -> str:
        return self.answer(self.proven(username, password, source), source)


@pytest.fixture
def door() -> Door:
    return Door()


def test_whoever_proves_it_is_let_in(door):
    assert door.answer(door.asked()) == "401"
    assert door.enters("alice") == "acme"
    assert door.enters("alice", "wrong") == door.enters("nobody") == door.enters("nobody", "") == "403"


def test_nonces_that_are_not_ours_lock_nobody_out_and_tell_nothing(door):
    """Spoofed packets with an invented nonce; right and wrong guesses are alike."""
    strange = Gate("r", b"other")
    for password in (PASSWORD, "wrong"):
        for _ in range(10):
            asked = door.asked()
            challenge = strange.challenge(asked, now=1_700_000_000, salt="s")
            assert door.answer(prove(asked, challenge, "alice", password)) == "stale"
    assert (door.looked_up, len(door.tries)) == ([], 0)
    assert door.enters("alice", "wrong") == "403"


def test_a_nonce_is_for_one_source(door):
    """Whoever gets one for his own address cannot use it with another's."""
    for _ in range(10):
        assert door.answer(door.proven("alice", "wrong"), ELSEWHERE) == "stale"
    assert len(door.tries) == 0
    assert door.answer(door.proven("alice"), Target("tcp", PHONE.host, 5, flow=1)) == "acme", "of its host"


def test_guesses_are_counted_by_user_and_address(door):
    assert [door.enters("alice", f"{at}") for at in range(5)] == ["403"] * 3 + ["503"] * 2
    assert door.enters("ann", "wrong") == "403"
    assert door.enters("alice", "wrong", ELSEWHERE) == "403"
    assert door.enters("alice") == "acme", "whoever knows it passes, whatever others tried"
    assert door.answer(door.asked()) == "401"


def test_names_that_are_counted_by_are_short(door):
    for at in range(4):
        door.enters("a" * 64 + str(at), "wrong")
    assert len(door.tries) == 1


def test_the_password_says_which_of_two_is_meant(door):
    assert [door.enters("ann", one) for one in (PASSWORD, OTHER, "wrong")] == ["acme", "rival", "403"]
    assert len(door.tries) == 1, "only the wrong one counts"
    door.users["ann"].append(("third", OTHER))
    assert [door.enters("ann", OTHER) for _ in range(5)] == ["403"] * 5, "two have the same"
    assert door.enters("ann") == "acme"


async def test_old_nonces(door):
    old, wrong = door.proven("alice"), door.proven("alice", "wrong")
    await door.clock.advance(301)
    assert (door.answer(old), door.answer(wrong)) == ("stale", "403")
    used = door.proven("alice")
    assert [door.answer(used), door.answer(used)] == ["acme", "stale"]
