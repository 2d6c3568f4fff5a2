"""Call set-ups per second and core: INVITE/200/ACK/BYE/200 over loopback UDP: `python bench/sip.py [rate...]`.

SIPp calls at a fixed rate, on one core; the responder has the other: our endpoint under uvloop with a line that says
yes to everything, then SIPp's own responder as the measure. A rate is kept when every call succeeds and less than
one in a hundred messages is sent twice. `per CPU s` is what one second of the responder's processor time sets up.
"""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop
from _serving import cpu_seconds

from hoyhoy.exchange.chance import TrueChance
from hoyhoy.exchange.clock import RealClock
from hoyhoy.lines.sip.endpoint import Endpoint
from hoyhoy.lines.sip.inbound import Inbound
from hoyhoy.lines.sip.target import Bind
from hoyhoy.wire.sip.inspection import Abilities

HOST = "127.0.0.1"
SECONDS = 8
RATES = (250, 500, 750, 1000, 1250, 1500, 2000, 3000, 4000)
SIPP = "/usr/bin/sipp"


async def respond() -> None:
    """Say 200 to whatever asks, and where we are."""
    endpoint = Endpoint(RealClock(), TrueChance(), abilities=Abilities(("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS")))

    def receive(inbound: Inbound) -> None:
        if inbound.request.method == "ACK":
            return
        response = inbound.request.respond(200, to_tag=inbound.tag)
        if inbound.request.method == "INVITE":
            response.headers.add("Contact", endpoint.contact(inbound.source, "bench"))
        inbound.respond(response)

    endpoint.receive = receive
    await endpoint.start([Bind("udp", HOST)])
    print(endpoint.ports["udp"], flush=True)
    await asyncio.Event().wait()


@contextmanager
def ours() -> Iterator[tuple[int, int]]:
    """Process id and port of our responder."""
    child = subprocess.Popen([sys.executable, __file__, "respond"], stdout=subprocess.PIPE, text=True)
    os.sched_setaffinity(child.pid, {0})
    assert child.stdout
    yield child.pid, int(child.stdout.readline())
    child.kill()
    child.wait()


@contextmanager
def sipps() -> Iterator[tuple[int, int]]:
    """Process id and port of SIPp's responder."""
    port = 15060
    with tempfile.TemporaryDirectory() as folder:
        child = subprocess.Popen(
            [SIPP, "-sn", "uas", "-i", HOST, "-p", str(port), "-nostdin"],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.sched_setaffinity(child.pid, {0})
        time.sleep(1)
        yield child.pid, port
        child.kill()
        child.wait()


def call(port: int, rate: int) -> tuple[bool, float]:
    """Were all calls set up, and the share of messages sent twice."""
    with tempfile.TemporaryDirectory() as folder:
        statistics = Path(folder) / "statistics.csv"
        done = subprocess.run(
            [
                SIPP, "-sn", "uac", f"{HOST}:{port}", "-i", HOST, "-r", str(rate), "-m", str(rate * SECONDS), "-d", "0",
                "-nostdin", "-l", "20000", "-trace_stat", "-stf", str(statistics), "-fd", "1", "-timeout", "60",
                "-timeout_error",
            ],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1}),
        )  # fmt: skip
        *_, last = csv.DictReader(statistics.open(), delimiter=";")
        return done.returncode == 0, int(last["Retransmissions(C)"]) / (3 * rate * SECONDS)


def main() -> None:
    """One line a responder and rate, up to the first that is not kept."""
    rates = [int(one) for one in sys.argv[1:]] or RATES
    for name, responder in (("hoyhoy", ours), ("SIPp", sipps)):
        with responder() as (pid, port):
            for rate in rates:
                before, began = cpu_seconds(pid), time.monotonic()
                well, again = call(port, rate)
                used, took = cpu_seconds(pid) - before, time.monotonic() - began
                kept = well and again < 0.01
                print(
                    f"{name:8}{rate:6}/s {'kept' if kept else 'NOT kept'}: {rate * SECONDS / used:6.0f} per CPU s, "
                    f"{used / took:4.0%} of a core, sent twice {again:.2%}",
                    flush=True,
                )
                if not kept:
                    break


if __name__ == "__main__":
    if sys.argv[1:] == ["respond"]:
        uvloop.run(respond())
    else:
        main()
