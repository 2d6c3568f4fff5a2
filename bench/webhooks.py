"""CPU of one webhook: guarded, signed, bounded and read, beside a bare aiohttp POST of the same body.

Method: a raw server in a process of its own answers every request with a small document; this process asks it with 20
requests in flight on uvloop and counts its own CPU time, best of 5 rounds each.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import aiohttp
import uvloop
from _serving import app

from hoyhoy.callbacks.fetch import AppFetcher
from hoyhoy.exchange.chance import TrueChance
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.ports import Webhook

REQUESTS, AT_ONCE, ROUNDS = 4000, 20, 5
PARAMS = (("CallSid", "CA" + "0" * 32), *((f"Parameter{i}", f"value {i}") for i in range(24)))


async def cpu_of_one(ask: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of this process's CPU time for one request."""

    async def lane() -> None:
        for _ in range(REQUESTS // AT_ONCE):
            await ask()

    best = float("inf")
    for _ in range(ROUNDS):
        before = time.process_time()
        await asyncio.gather(*(lane() for _ in range(AT_ONCE)))
        best = min(best, time.process_time() - before)
    return best / REQUESTS * 1e6


async def measure(port: int) -> tuple[float, float]:
    url = f"http://127.0.0.1:{port}/voice"
    fetcher = AppFetcher(clock=RealClock(), chance=TrueChance(), token_of=lambda sid: "0" * 32)
    await fetcher.start()
    session, webhook = fetcher.session(), Webhook(url, "POST", PARAMS)
    ours = await cpu_of_one(lambda: fetcher.fetch(webhook, account="AC" + "0" * 32, session=session))
    await fetcher.close()
    body = urlencode(PARAMS).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with aiohttp.ClientSession() as client:

        async def bare() -> bytes:
            async with client.post(url, data=body, headers=headers) as answer:
                return await answer.read()

        return ours, await cpu_of_one(bare)


def main() -> None:
    """Print one row a kind of request."""
    with app() as port:
        ours, bare = uvloop.run(measure(port))
    print(f"{'':38}{'us CPU':>10}{'of bare':>9}")
    print(f"{'webhook, signed and guarded':38}{ours:10.0f}{ours / bare:9.0%}")
    print(f"{'bare aiohttp POST':38}{bare:10.0f}{1:9.0%}")


if __name__ == "__main__":
    main()
