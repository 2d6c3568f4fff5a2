"""Power failures: a start that never came to its end, and a database whose log is cut anywhere.

SQLite's log grows at its end and every 201 waits for it to be on the disk, so a power failure leaves
the database and some first part of the log: at least what it was when the last 201 was answered.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from .processes import Exchanges, Serve

LOG = "hoyhoy.db-wal"
TEXTS = 25


def kill_at_first_start(exchanges: Exchanges, data: Path, moment: str) -> None:
    """Kill as soon as the file or folder `moment` is there."""
    served = exchanges.start(data)
    while not (data / moment).exists():
        assert served.ended(0.001) is None, served.said()
    served.kill()


def cut_log(exchanges: Exchanges, folder: Path, chance: random.Random, cuts: int) -> None:
    """Cut the log of a killed exchange at `cuts` places; each remainder starts, is sound, and holds what it must."""
    data = folder / "data"
    served = exchanges.serve(data)
    promised: list[tuple[int, str]] = []
    for _ in range(TEXTS):
        sid = served.api("POST", "/Messages.json", _text(served)).json["sid"]
        promised.append(((data / LOG).stat().st_size, sid))
    served.kill()
    size = (data / LOG).stat().st_size
    assert promised[-1][0] <= size, "the log was begun anew, so its length tells nothing: send fewer texts"
    first = promised[0][0]
    places = [chance.randrange(first) if turn % 3 == 2 else chance.randrange(first, size) for turn in range(cuts)]
    for turn, place in enumerate(places):
        copy = folder / f"cut-{turn}"
        shutil.copytree(data, copy)
        (copy / "hoyhoy.db-shm").unlink(missing_ok=True)  # shared memory is gone after a power failure
        with (copy / LOG).open("r+b") as log:
            log.truncate(place)
        started = exchanges.serve(copy)
        works(started)
        assert started.stop() == 0
        assert "Traceback" not in started.said()
        with closing(sqlite3.connect(copy / "hoyhoy.db")) as base:
            assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            kept = {sid for (sid,) in base.execute("SELECT sid FROM messages")}
        assert [sid for mark, sid in promised if mark <= place and sid not in kept] == [], f"cut at {place} of {size}"
        shutil.rmtree(copy)


def _text(served: Serve) -> dict[str, str]:
    return {"To": "+14155550123", "From": served.number, "Body": "Hi"}


def works(served: Serve) -> None:
    sent = served.api("POST", "/Messages.json", _text(served))
    assert sent.status == 201, sent.body
    moved = served.expect("MessageMoved", subject=sent.json["sid"], status="delivered", within=20)
    assert moved is not None
