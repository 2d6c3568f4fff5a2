"""What a record costs: `python bench/store.py [records]`.

Clients post one after another: each records an event with a row of a message (24 columns, two
indexes), waits until it is durable, and goes on. CPU is of the whole process (loop, writer thread
and the clients themselves). The last lines keep the event loop busy with other work and measure
how long a record waits for its commit; beside them the same with rows written one by one.
"""

from __future__ import annotations

import asyncio
import random
import socket
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import uvloop

from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.events import MessageCreated
from hoyhoy.exchange.ports import Callback, Column, Row, Table
from hoyhoy.store import statements
from hoyhoy.store.database import Database, open_database

NAMES = (
    "account_sid",
    "sender",
    "recipient",
    "body",
    "status",
    "direction",
    "num_segments",
    "num_media",
    "price",
    "price_unit",
    "error_code",
    "error_message",
    "messaging_service_sid",
    "date_created",
    "date_updated",
    "date_sent",
    "api_version",
    "status_callback",
    "uri",
    "media",
    "tags",
    "risk",
    "feedback",
    "carrier",
)
TABLE = Table("messages", tuple(Column(name) for name in NAMES), (("account_sid",), ("account_sid", "recipient")))
URL = "http://localhost:5000/status"


async def post(database: Database, number: int, callback: bool) -> None:
    sid = f"SM{number:032x}"
    values = dict.fromkeys(NAMES, "a value of usual length") | {"account_sid": "AC" + "0" * 32}
    callbacks = (
        [
            Callback(
                sid=f"CB{number:032x}",
                subject=sid,
                account="AC1",
                url=URL,
                method="POST",
                params=(("MessageSid", sid), ("MessageStatus", "queued")),
            )
        ]
        if callback
        else []
    )
    database.journal.record(
        sid,
        "AC1",
        MessageCreated(
            direction="outbound-api",
            sender="+15005550006",
            recipient="+15005550001",
            body="Your code is 123456",
            status="queued",
            num_segments=1,
        ),
        [Row("messages", sid, values, new=True)],
        callbacks,
    )
    await database.journal.settled()


async def run(clients: int, count: int, *, callback: bool = False, busy: bool = False) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(Path(folder), [TABLE], RealClock())
        waits: list[float] = []
        left = iter(range(count))

        async def client() -> None:
            for number in left:
                start = time.perf_counter()
                await post(database, number, callback)
                waits.append(time.perf_counter() - start)

        async def work() -> None:
            """Other work of the exchange without end: a little arithmetic, a packet, a turn of the loop."""
            with (
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink,
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as source,
            ):
                sink.bind(("127.0.0.1", 0))
                source.connect(sink.getsockname())
                while True:
                    for _ in range(3):
                        for _ in range(1000):
                            pass
                        source.send(b"x")
                    await asyncio.sleep(0)

        worker = asyncio.create_task(work()) if busy else None
        cpu, start = time.process_time(), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(client())
        cpu, wall = time.process_time() - cpu, time.perf_counter() - start
        if worker:
            worker.cancel()
        await database.close()
        waits.sort()
        cost = "" if busy else f"{cpu / count * 1e6:6.1f} us CPU per record, "
        print(
            f"{clients:4d} clients{', callback' * callback}{', busy loop' * busy}: {cost}{count / wall:8.0f} "
            f"per second, wait median {median(waits) * 1e3:.1f} ms, p99 {waits[int(len(waits) * 0.99)] * 1e3:.1f} ms",
            flush=True,
        )


async def pages(sizes: tuple[int, ...]) -> None:
    """Pages of 50 of one account's messages, from random places, in small and large tables."""
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(Path(folder), [TABLE], RealClock())
        made = 0
        for size in sizes:
            while made < size:
                await asyncio.gather(*(post(database, number, False) for number in range(made, min(made + 1000, size))))
                made = min(made + 1000, size)
            times = []
            for _ in range(300):
                start = time.perf_counter()
                await database.rows.page(
                    "messages", [("account_sid", "=", "AC" + "0" * 32)], before=random.randrange(51, made + 1)
                )
                times.append(time.perf_counter() - start)
            start = time.perf_counter()
            await database.unfinished("messages", "status", ["a value of usual length"])
            print(
                f"{made:8d} rows: a page in {median(times) * 1e3:.2f} ms, what is unfinished in "
                f"{(time.perf_counter() - start) * 1e3:.1f} ms",
                flush=True,
            )
        await database.close()


async def main(count: int) -> None:
    for clients in (1, 8, 32, 128):
        await run(clients, count // 10 if clients == 1 else count)
    await run(32, count, callback=True)
    await run(32, count // 5, busy=True)
    await pages((1_000, 10 * count))
    statements.WIDEST = 1
    print("row by row:")
    await run(32, count)
    await run(32, count // 50, busy=True)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
