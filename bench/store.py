"""What a record costs: `python bench/store.py [records]`.

Clients post one after another: each records an event with a row of a message (24 columns, two
indexes), waits until it is durable, and goes on. CPU is of the whole process (loop, writer thread
and the clients themselves), first with a file of SQLite, then with a server of PostgreSQL on this
machine, whose own CPU is told beside it. Where the event loop is busy with other work it is told how
long a record waits for its commit; `row by row` is the same with rows written one by one.
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
from _serving import cpu_seconds

from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.events import MessageCreated
from hoyhoy.exchange.ports import Callback, Column, Row, Table
from hoyhoy.store import statements
from hoyhoy.store.database import Database, open_database

sys.path.append(str(Path(__file__).parents[1]))
from tests.store.postgres import Server, programs
from tests.store.postgres import server as postgresql

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


async def run(
    clients: int, count: int, *, callback: bool = False, busy: bool = False, server: Server | None = None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = server.empty("bench") if server else ""
        database = await open_database(Path(folder), [TABLE], RealClock(), url=url)
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
        far = cpu_of_server(server)
        cpu, start = time.process_time(), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(client())
        cpu, wall = time.process_time() - cpu, time.perf_counter() - start
        far = cpu_of_server(server) - far
        if worker:
            worker.cancel()
        await database.close()
        waits.sort()
        cost = "" if busy else f"{cpu / count * 1e6:6.1f} us CPU per record, "
        if server and not busy:
            cost += f"the server {far / count * 1e6:.1f} us, "
        print(
            f"{clients:4d} clients{', callback' * callback}{', busy loop' * busy}: {cost}{count / wall:8.0f} "
            f"per second, wait median {median(waits) * 1e3:.1f} ms, p99 {waits[int(len(waits) * 0.99)] * 1e3:.1f} ms",
            flush=True,
        )


def cpu_of_server(server: Server | None) -> float:
    """CPU seconds of a server and of all it has started and not yet ended; 0 without one."""
    if server is None:
        return 0.0
    family = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return sum(cpu_seconds(int(pid)) for pid in [str(server.pid), *family])


async def pages(sizes: tuple[int, ...], server: Server | None = None) -> None:
    """Pages of 50 of one account's messages, from random places, in small and large tables."""
    with tempfile.TemporaryDirectory() as folder:
        url = server.empty("bench") if server else ""
        database = await open_database(Path(folder), [TABLE], RealClock(), url=url)
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
    print("SQLite:")
    await measure(count)
    statements.WIDEST["sqlite"] = 1
    print("SQLite, row by row:")
    await run(32, count)
    await run(32, count // 50, busy=True)
    if programs() is None:
        print("no PostgreSQL: apt-get install postgresql")
        return
    with postgresql(fsync="on", full_page_writes="on", autovacuum="on") as server:
        print("PostgreSQL:")
        await measure(count, server)


async def measure(count: int, server: Server | None = None) -> None:
    for clients in (1, 8, 32, 128):
        await run(clients, count // 10 if clients == 1 else count, server=server)
    await run(32, count, callback=True, server=server)
    await run(32, count // 5, busy=True, server=server)
    await pages((1_000, 10 * count), server)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
