from types import SimpleNamespace

from hoyhoy.exchange.events import CallBridged, Entry, SoftphoneWarned
from hoyhoy.rest.kit import logged as module
from hoyhoy.rest.kit.logged import LAST, logged
from hoyhoy.rest.kit.paging import Mark, Turn

CALL = "CA" + "1" * 32


def warned(name):
    return SoftphoneWarned(group="connection", name=name, level="INFO")


class Log:
    """Each third entry is one of the kind; `asked` are the positions after which it was read."""

    def __init__(self, entries):
        kinds = [warned(str(n)) if n % 3 == 0 else CallBridged(other=CALL) for n in range(1, entries + 1)]
        self.entries = [Entry(n, float(n), CALL, "AC", event) for n, event in enumerate(kinds, 1)]
        self.asked = []

    async def events(self, subject, after, limit):
        assert subject == CALL
        self.asked.append(after)
        return [entry for entry in self.entries if entry.position > after][:limit]


async def names(log, turn):
    ctx = SimpleNamespace(services=SimpleNamespace(events=log.events))
    rows = await logged(ctx, CALL, SoftphoneWarned, turn)
    assert all(row["call_sid"] == CALL and row["timestamp"] == LAST - row["id"] for row in rows)
    return [row["event"].name for row in rows], rows


async def test_events_of_one_kind_the_oldest_first(monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 4)
    log = Log(20)
    assert (await names(log, Turn(0, 50)))[0] == ["3", "6", "9", "12", "15", "18"]
    assert log.asked == [0, 4, 8, 12, 16, 20]


async def test_a_page_and_the_one_behind_it():
    """One more than a page has says that another follows; a place holds although the log grows."""
    log = Log(20)
    found, rows = await names(log, Turn(0, 2))
    assert found == ["3", "6", "9"]
    assert (await names(log, Turn(1, 2, upper=Mark(None, rows[1]["id"]))))[0] == ["9", "12", "15"]
    assert (await names(log, Turn(2, 2, offset=4)))[0] == ["15", "18"]
    assert (await names(Log(2), Turn(0, 2)))[0] == []
