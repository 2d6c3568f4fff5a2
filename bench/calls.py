"""Whole simulated IVR calls per second in virtual time: two webhooks to a real app, a key, four status callbacks each.

Method: `hoyhoy serve --virtual-time` and the app are processes of their own; this process orders the calls by REST,
then drives the clock by one long poll until all are over. `together`: all calls answer at the same instants;
`scattered`: each at its own, so that commits and jumps are shared by none.
"""

from __future__ import annotations

import time

from _serving import app, cpu_seconds, exchange, load

from hoyhoy.lab.client import Lab

CALLS = 640


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


def main() -> None:
    """Print one row a workload."""
    print(f"{'':38}{'per CPU s':>10}{'per s':>8}")
    with app() as port:
        for name, scattered in (("IVR calls, together", False), ("IVR calls, scattered", True)):
            per_second, per_cpu = played(port, scattered)
            print(f"{name:38}{per_cpu:10.0f}{per_second:8.0f}")


if __name__ == "__main__":
    main()
