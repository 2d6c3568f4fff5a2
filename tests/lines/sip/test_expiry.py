"""Session timers (RFC 4028 10)."""

import pytest

from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.lines.sip.expiry import Expiry, Refreshed
from hoyhoy.wire.sip.session_timer import Refresher, Session

OURS = Session(100, Refresher.UAC, True)
THEIRS = Session(100, Refresher.UAS, False)


class Watched:
    def __init__(self, clock: VirtualClock, *answers: Refreshed) -> None:
        self.clock, self.answers, self.log = clock, list(answers), []
        self.expiry = Expiry(clock, self.refresh, lambda: self.log.append(("expired", clock.now())))

    async def refresh(self) -> Refreshed:
        self.log.append(("refresh", self.clock.now()))
        answer = self.answers.pop(0)
        if answer is Refreshed.DONE:
            self.expiry.set(OURS)
        return answer


@pytest.fixture
async def clock():
    made = VirtualClock(0.0)
    yield made
    await made.close()


async def test_theirs_expires_shortly_before_its_end(clock):
    watched = Watched(clock)
    watched.expiry.set(THEIRS)
    await clock.advance(50)
    watched.expiry.set(THEIRS)
    await clock.advance(200)
    assert [(what, round(when)) for what, when in watched.log] == [("expired", 118)]  # 50 + 100 - 32


async def test_ours_is_refreshed_at_half_its_time(clock):
    watched = Watched(clock, Refreshed.DONE, Refreshed.DONE, Refreshed.GONE)
    watched.expiry.set(OURS)
    await clock.advance(500)
    assert watched.log == [("refresh", 50), ("refresh", 100), ("refresh", 150), ("expired", 150)]


async def test_a_refresh_that_fails_is_tried_again_until_the_end(clock):
    watched = Watched(clock, *[Refreshed.LATER] * 9)
    watched.expiry.set(OURS)
    await clock.advance(500)
    assert watched.log == [*(("refresh", when) for when in (50, 60, 70, 80, 90)), ("expired", 100)]


async def test_a_refresh_that_is_never_answered_ends_with_the_session(clock):
    """A 100 and then silence: nothing in the transaction ends that (RFC 3261 17.1.1.2)."""
    log = []

    async def refresh() -> Refreshed:
        log.append(("refresh", clock.now()))
        await clock.sleep(10_000)
        return Refreshed.DONE

    Expiry(clock, refresh, lambda: log.append(("expired", clock.now()))).set(OURS)
    await clock.advance(500)
    assert log == [("refresh", 50), ("expired", 100)]


async def test_stopped_it_says_nothing(clock):
    watched = Watched(clock)
    watched.expiry.set(THEIRS)
    watched.expiry.stop()
    watched.expiry.set(None)
    await clock.advance(500)
    assert watched.log == [] and watched.expiry.session is None
