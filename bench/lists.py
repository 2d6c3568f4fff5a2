"""A page of a list at one million rows against one thousand: `python bench/lists.py [rows]`.

Method: two exchanges beside each other, each with the messages of one account in its store, a hundred a day up to now.
Every page is asked for by turns of both on one connection each; the median of the waits is shown with their ratio.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import struct
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any
from urllib.parse import urlencode

from _serving import Served, exchange

SMALL, LARGE, ROUNDS = 1_000, 1_000_000, 101
A_DAY = 100
FIRST = 10_000_000
"""The `id` of the oldest message: above all that the exchange makes itself."""

FILL = """
INSERT INTO messages (id, sid, account_sid, "to", "from", body, status, direction, num_segments, num_media, media,
                      date_created, date_updated, date_sent, usage_category, price_unit)
WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :rows)
SELECT :first + n, printf('SM%032x', n), :account, printf('+1415555%04d', n * 7919 % 10), :number,
       'Your table for two at eight o''clock is booked: ' || n, 'delivered', 'outbound-api', 1 + n % 2, 0, '[]',
       moment, moment + 2, moment + 1, 'sms-outbound-longcode', 'USD'
FROM (SELECT n, :now - 86400.0 / :a_day * (:rows - n) AS moment FROM counted)
"""


def fill(served: Served, rows: int) -> float:
    """Seconds that it took."""
    began = time.monotonic()
    with sqlite3.connect(served.folder / "hoyhoy.db") as database:
        values = {
            "rows": rows,
            "first": FIRST,
            "account": served.account,
            "number": served.number,
            "now": time.time(),
            "a_day": A_DAY,
        }
        database.execute(FILL, values)
    database.close()
    return time.monotonic() - began


def date(days_ago: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400 * days_ago))


def pages(rows: int) -> dict[str, tuple[str, dict[str, str], Callable[[Any], bool]]]:
    """What is asked for, and whether an answer is what it should be."""
    days = rows / A_DAY
    recipient = "+14155550007"

    def full(body: Any) -> bool:
        return len(body["messages"]) == 50

    def found(body: Any) -> bool:
        return bool(body["messages"])

    def token(last: int) -> str:
        """Of the page below that message."""
        return f"PASM{last:016x}"

    def place(days_ago: float) -> str:
        """A message of then in a list ordered by date: its moment, and an id."""
        return struct.pack(">d", time.time() - 86400 * days_ago).hex() + f"{FIRST:016x}"

    return {
        "the first page": ("Messages", {}, full),
        "one recipient's": ("Messages", {"To": recipient}, found),
        "the last page, by its token": ("Messages", {"PageToken": token(FIRST + 50), "Page": "9"}, full),
        "a page half way, by its token": ("Messages", {"PageToken": token(FIRST + rows // 2), "Page": "9"}, full),
        "one day's, long ago": ("Messages", {"DateSent": date(days * 0.9)}, full),
        "since half the time": ("Messages", {"DateSent>": date(days / 2)}, full),
        "before half the time": ("Messages", {"DateSent<": date(days / 2)}, full),
        "since half the time, the last page": (
            "Messages",
            {"DateSent>": date(days / 2), "PageToken": "PCSM" + place(days / 2 - 1), "Page": "9"},
            full,
        ),
        "before half the time, by its token": (
            "Messages",
            {"DateSent<": date(days / 2), "PageToken": "PCSM" + place(days * 0.9), "Page": "9"},
            full,
        ),
        "back from there": (
            "Messages",
            {"DateSent<": date(days / 2), "PageToken": "PDSM" + place(days * 0.9), "Page": "9"},
            full,
        ),
        "one recipient's before half the time": ("Messages", {"DateSent<": date(days / 2), "To": recipient}, found),
        "nobody's before half the time": (
            "Messages",
            {"DateSent<": date(days / 2), "To": "+14155559999"},
            lambda body: body["messages"] == [],
        ),
        "usage of today": ("Usage/Records/Today", {"Category": "sms"}, lambda body: bool(body["usage_records"])),
        "usage by day, all categories": (
            "Usage/Records/Daily",
            {"StartDate": date(days + 1)},
            lambda body: len(body["usage_records"]) == 50,
        ),
        "usage of all time": (
            "Usage/Records/AllTime",
            {"Category": "sms", "StartDate": date(days + 1)},
            lambda body: body["usage_records"][0]["count"] == str(rows),
        ),
    }


class Client:
    """One keep-alive connection."""

    def __init__(self, served: Served, rows: int) -> None:
        self.served, self.pages = served, pages(rows)
        self.connection = http.client.HTTPConnection("127.0.0.1", served.port)

    def ask(self, name: str) -> float:
        """Seconds until the whole answer is there."""
        resource, query, is_right = self.pages[name]
        path = f"/2010-04-01/Accounts/{self.served.account}/{resource}.json?{urlencode(query)}"
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.served.headers)
        answer = self.connection.getresponse().read()
        seconds = time.perf_counter() - began
        if not is_right(json.loads(answer)):
            raise SystemExit(f"{name}: {answer[:500].decode()}")
        return seconds


def main(large: int) -> None:
    """Print one row a page."""
    with exchange() as one, exchange() as other:
        clients = []
        for served, rows in ((one, SMALL), (other, large)):
            took = fill(served, rows)
            print(f"{rows:>9,} messages put into the store in {took:.1f} s", flush=True)
            clients.append(Client(served, rows))
        print(f"{'milliseconds until a page of 50 is there':42}{SMALL:>10,}{large:>12,}{'ratio':>8}")
        for name in clients[0].pages:
            waits = [[client.ask(name)] for client in clients]
            rounds = ROUNDS if waits[1][0] < 0.1 else 5
            for _ in range(rounds):
                for client, wait in zip(clients, waits, strict=True):
                    wait.append(client.ask(name))
            few, many = (median(wait[1:]) * 1e3 for wait in waits)
            print(f"{name:42}{few:10.2f}{many:12.2f}{many / few:8.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE)
