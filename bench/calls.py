"""What calls cost and how long they wait: `python bench/calls.py [virtual|answered|heard|memory...]`.

The exchange, the app and SIPp are processes of their own, on the cores of one machine, SQLite on disk; sound goes to
sockets that take the kernel's arrival times. Every call asks the app, plays a kept prompt of a second, and tells one
status callback; `gather` presses a key meanwhile and asks the app twice.

- virtual: whole simulated IVR calls in virtual time: two webhooks, a key, four callbacks each. `together`: all answer
  at the same instants; `scattered`: each at its own, so that commits and jumps are shared by none.
- answered: SIP calls at fixed rates up to the first at which less than 99 % are answered within half a second, then
  twice the last one that was kept. Beside it, in the same run, the bare endpoint of `sip.py`: no exchange, no sound.
- heard: from the app's answer to the first packet of the prompt, and from sending a REST order to the first packet that
  it changes, one call at a time.
- memory: resident octets of both processes for each of 500 calls that go on.

With other work on the machine the best of some runs is what is told; CPU seconds tell more than rates then.
"""

from __future__ import annotations

import http.client
import random
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import sip
from _caller import App, Phone
from _calling import HOST, Exchange, Outcome, calls
from _calling import exchange as with_sip
from _ears import Ears, Heard
from _serving import app, cpu_seconds, exchange, load

from hoyhoy.lab.client import Lab

CALLS = 640
RATES = (50, 100, 150, 200, 250, 300, 350, 400)
SECONDS = 6
SOON = 0.5
"""Seconds in which an INVITE should have its 200."""
KEPT = 0.99
TRIES = 3
"""A rate is kept when it is once: other work on the machine is not on its bill."""
ORDERS, LISTENED = 100, 200
ON = 500


# In virtual time -----------------------------------------------------------------------------


def played(app_port: int, scattered: bool) -> tuple[float, float]:
    """Calls per second of the clock and per CPU second of the exchange."""
    with exchange("--virtual-time") as served:
        lab = Lab(f"http://127.0.0.1:{served.port}", patience=600)
        numbers = [f"+1415600{i:04d}" for i in range(CALLS if scattered else 64)]
        for i, number in enumerate(numbers):
            lab.put(
                lab.phone(number),
                answer_after=1 + (i * 0.0137 if scattered else 0),
                script=[{"hear": "press", "wait": 1, "press": "5"}],
            )
        url = f"http://127.0.0.1:{app_port}"
        before, began = cpu_seconds(served.pid), time.monotonic()
        for number in numbers:
            request = served.request(
                "Calls", To=number, From=served.number, Url=url + "/voice", StatusCallback=url + "/status"
            )
            request = request.replace(
                b"StatusCallback=",
                b"StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&"
                b"StatusCallbackEvent=answered&StatusCallbackEvent=completed&StatusCallback=",
            )
            head, _, body = request.partition(b"\r\n\r\n")
            head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length"))
            request = head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            load(served.port, request, CALLS // len(numbers), CALLS // len(numbers))
        lab.post("/clock/advance", seconds=120)
        wall, cpu = time.monotonic() - began, cpu_seconds(served.pid) - before
        over = served.get("Calls", Status="completed", PageSize="1000")["calls"]
        assert len(over) == CALLS, f"{len(over)} of {CALLS} calls were completed"
        return CALLS / wall, CALLS / cpu


def virtual() -> None:
    print(f"{'':38}{'per CPU s':>10}{'per s':>8}")
    with app() as port:
        for name, scattered in (("IVR calls, together", False), ("IVR calls, scattered", True)):
            per_second, per_cpu = played(port, scattered)
            print(f"{name:38}{per_cpu:10.0f}{per_second:8.0f}", flush=True)


# By SIP ----------------------------------------------------------------------------------------


def at_rate(served: Exchange, ears: Ears, scenario: str, rate: int) -> Outcome:
    """Some seconds of calls, told in one line."""
    ears.forget()
    count = rate * SECONDS
    before = cpu_seconds(served.pid), cpu_seconds(served.media)
    outcome = calls(served, scenario, ears.places, rate=rate, count=count)
    control, media = (
        (cpu_seconds(pid) - was) / count for pid, was in zip((served.pid, served.media), before, strict=True)
    )
    print(
        f"{scenario:7}{rate:5}/s: {len(outcome.answered) / count:4.0%} answered, {outcome.within(SOON):4.0%} in time, "
        f"{len(outcome.refused) / count:4.0%} refused, {outcome.failed} failed; "
        f"answered after {outcome.percentile(0.5) * 1e3:.0f} ms, p99 {outcome.percentile(0.99) * 1e3:.0f}; "
        f"CPU per call {control * 1e3:.1f} ms + media {media * 1e3:.1f}; {_sound(ears.heard())}",
        flush=True,
    )
    return outcome


def _sound(heard: Heard) -> str:
    return f"{heard.missing} of {heard.packets} packets lost, jitter p99 {heard.jitter * 1e3:.1f} ms"


def answered(rates: Sequence[int] = RATES) -> None:
    with sip.ours() as (pid, port):
        before = cpu_seconds(pid)
        sip.call(port, rates[0])
        bare = (cpu_seconds(pid) - before) / (rates[0] * sip.SECONDS)
        print(f"bare endpoint: CPU per call {bare * 1e3:.2f} ms", flush=True)
    with app() as app_port, with_sip() as served, Ears() as ears:
        for scenario, page in (("say", "said"), ("gather", "voice")):
            url = f"http://{HOST}:{app_port}"
            served.answer_with(f"{url}/{page}", StatusCallback=f"{url}/status")
            calls(served, scenario, ears.places, rate=20, count=40)
            kept = 0
            for rate in rates:
                if not any(at_rate(served, ears, scenario, rate).within(SOON) >= KEPT for _ in range(TRIES)):
                    break
                kept = rate
            if kept:
                at_twice = max(len(at_rate(served, ears, scenario, 2 * kept).answered) for _ in range(TRIES))
                print(f"{scenario}: {kept}/s kept; at twice the load {at_twice / SECONDS / kept:.0%} of that served")


def heard() -> None:
    chance = random.Random(1)
    pages = {"/said": "<Response><Say>Thank you very much.</Say></Response>"}
    pages["/idle"] = '<Response><Pause length="600"/></Response>'
    pages["/answered"] = pages["/said"].replace("</Say>", '</Say><Pause length="600"/>')
    app = App(pages)
    with with_sip() as served:
        phone = Phone(served)
        served.answer_with(app.url("/said"))
        waits = []
        for _ in range(LISTENED + 3):
            time.sleep(chance.random() * 0.02)  # anywhere between two ticks
            phone.call()
            waits.append(next(one.at for one in phone.packets() if one.level) - app.answered)
            phone.hang_up()
        _told("app's answer to first packet", waits[3:])
        served.answer_with(app.url("/answered"))
        phone.call()
        sounds = phone.packets()
        for _ in zip(range(100), sounds, strict=False):  # two seconds, after which nothing is said
            pass
        [sid] = [one["sid"] for one in served.get("Calls", Status="in-progress")["calls"]]
        rest, waits = http.client.HTTPConnection(HOST, served.port), []
        for number in range(ORDERS):
            time.sleep(chance.random() * 0.02)
            is_loud = number % 2 == 0
            body = urlencode({"Twiml": pages["/said" if is_loud else "/idle"]})
            began = time.time()
            rest.request(
                "POST", f"/2010-04-01/Accounts/{served.account}/Calls/{sid}.json", body,
                served.headers | {"Content-Type": "application/x-www-form-urlencoded"},
            )  # fmt: skip
            rest.getresponse().read()
            waits.append(next(one.at for one in sounds if one.at > began and bool(one.level) is is_loud) - began)
        phone.hang_up()
        _told("REST order to first changed packet", waits)


def _told(what: str, waits: list[float]) -> None:
    ordered = sorted(waits)
    p50, p99 = (ordered[int(share * len(ordered))] * 1e3 for share in (0.5, 0.99))
    print(f"{what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {len(waits)} times", flush=True)


def resident(pid: int) -> float:
    """Octets."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


def memory() -> None:
    with app() as app_port, with_sip() as served, Ears() as ears:
        url = f"http://{HOST}:{app_port}"
        served.answer_with(f"{url}/said", StatusCallback=f"{url}/status")
        calls(served, "say", ears.places, rate=60, count=2 * ON)
        served.answer_with(f"{url}/idle", StatusCallback=f"{url}/status")
        pids = {"control": served.pid, "media": served.media}
        for again in ("first", "second"):
            before = {name: resident(pid) for name, pid in pids.items()}
            calling = threading.Thread(
                target=calls, args=(served, "say", ears.places), kwargs={"rate": ON / 8, "count": ON}
            )
            calling.start()
            while len(served.get("Calls", Status="in-progress", PageSize="1000")["calls"]) < ON:
                time.sleep(0.5)
            during = {name: resident(pid) for name, pid in pids.items()}
            calling.join()
            time.sleep(1)
            for name, pid in pids.items():
                on, over = ((one - before[name]) / ON / 1024 for one in (during[name], resident(pid)))
                print(f"{name:8} {again}: {on:5.1f} KiB for each of {ON} calls, {over:5.1f} KiB when they are over")


PARTS = {"virtual": virtual, "answered": answered, "heard": heard, "memory": memory}


def main() -> None:
    """Each part, or those that are named."""
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
