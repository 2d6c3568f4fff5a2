"""What conferences, queues and a phone tree cost in virtual time: `python bench/voice.py [conferences|queues|tree]`.

The exchange and the app are processes of their own, on the cores of one machine, SQLite on disk; every phone is a
virtual one. Time is virtual, so a rate says what one exchange can do at most. CPU seconds are the exchange's, with its
database and its sound. Beside each row, in the same run, stand plain calls that are answered and end by themselves.

- conferences: calls that come into rooms of ten and leave; then one participant after the other muted by REST.
- queues: callers who wait, and agents who take them one after the other.
- tree: the phone tree of a small office: a menu, a department that rings and answers, or a mailbox that records; four
  requests to the app and a status callback a call.
"""

from __future__ import annotations

import sys
import time

from _serving import Served, app, cpu_seconds, exchange, load

from hoyhoy.lab.client import Lab

CALLS = 600
ROOM = 10
MUTES = 2000


class Bench:
    """An exchange in virtual time, and what its calls have cost."""

    def __init__(self, served: Served) -> None:
        self.served, self.lab = served, Lab(f"http://127.0.0.1:{served.port}", patience=600)
        self._cpu, self._began = 0.0, 0.0

    def begin(self) -> None:
        self._cpu, self._began = cpu_seconds(self.served.pid), time.monotonic()

    def told(self, what: str, count: int) -> float:
        """One line; CPU seconds of each."""
        wall, cpu = time.monotonic() - self._began, cpu_seconds(self.served.pid) - self._cpu
        print(f"{what:44}{count / cpu:10.0f}{count / wall:8.0f}{cpu / count * 1e3:10.2f}", flush=True)
        return cpu / count

    def place(self, number: str, times: int = 1, **form: str) -> None:
        """So many calls from the exchange to a phone."""
        request = self.served.request("Calls", To=number, From=self.served.number, **form)
        load(self.served.port, request, times, times)

    def phones(self, count: int, prefix: str = "+1415600", **behaviour: object) -> list[str]:
        numbers = [f"{prefix}{i:04d}" for i in range(count)]
        for i, number in enumerate(numbers):
            self.lab.put(self.lab.phone(number), answer_after=1 + i * 0.0137, **behaviour)
        return numbers

    def plain(self) -> None:
        """Calls that are answered and end: what the other rows stand beside."""
        numbers = self.phones(CALLS, "+1415700")
        self.begin()
        for number in numbers:
            self.place(number, Twiml='<Response><Pause length="60"/></Response>')
        self.lab.post("/clock/advance", seconds=120)
        self.told("plain calls of a minute", CALLS)


def conferences() -> None:
    with exchange("--virtual-time") as served:
        bench = Bench(served)
        bench.plain()
        numbers = bench.phones(CALLS)
        bench.begin()
        for i, number in enumerate(numbers):
            room = f'<Dial><Conference waitUrl="" beep="false">room {i // ROOM}</Conference></Dial>'
            bench.place(number, Twiml=f"<Response>{room}</Response>")
        bench.lab.post("/clock/advance", seconds=30)
        rooms = served.get("Conferences", Status="in-progress", PageSize="1000")["conferences"]
        assert len(rooms) == CALLS // ROOM, f"{len(rooms)} rooms"
        members = {one["sid"]: served.get(f"Conferences/{one['sid']}/Participants")["participants"] for one in rooms}
        assert sum(map(len, members.values())) == CALLS
        bench.told(f"calls that come into rooms of {ROOM}", CALLS)

        bench.begin()
        orders = [(room, one["call_sid"]) for room, several in members.items() for one in several]
        for i in range(MUTES):
            room, call = orders[i % len(orders)]
            muted = "false" if i // len(orders) % 2 else "true"
            load(served.port, served.request(f"Conferences/{room}/Participants/{call}", Muted=muted), 1, 1)
        bench.told("participants muted or heard again by REST", MUTES)

        bench.begin()
        for room in members:
            load(served.port, served.request(f"Conferences/{room}", Status="completed"), 1, 1)
        bench.lab.post("/clock/advance", seconds=10)
        left = served.get("Calls", Status="in-progress")["calls"]
        assert not left, f"{len(left)} calls go on"
        bench.told("and leave, the conference being ended", CALLS)


def queues() -> None:
    with exchange("--virtual-time") as served:
        bench = Bench(served)
        bench.plain()
        callers, agents = bench.phones(CALLS), bench.phones(CALLS, "+1415800", script=[{"wait": 30, "hang_up": True}])
        bench.begin()
        for number in callers:
            bench.place(number, Twiml='<Response><Enqueue waitUrl="">line</Enqueue></Response>')
        bench.lab.post("/clock/advance", seconds=30)
        [line] = served.get("Queues")["queues"]
        assert line["current_size"] == CALLS, line
        bench.told("callers who come into a queue", CALLS)
        bench.begin()
        for number in agents:
            bench.place(number, Twiml="<Response><Dial><Queue>line</Queue></Dial></Response>")
        bench.lab.post("/clock/advance", seconds=120)
        assert not served.get("Calls", Status="in-progress")["calls"]
        bench.told("and are taken by agents, and talk", CALLS)


def tree() -> None:
    with app() as port, exchange("--virtual-time") as served:
        bench = Bench(served)
        bench.plain()
        url = f"http://127.0.0.1:{port}"
        number = served.get("IncomingPhoneNumbers")["incoming_phone_numbers"][0]
        steering = {"VoiceUrl": url + "/tree", "StatusCallback": url + "/status"}
        load(served.port, served.request(f"IncomingPhoneNumbers/{number['sid']}", **steering), 1, 1)
        lab = bench.lab
        lab.put(lab.phone("+14159990001"), answer_after=2, script=[{"wait": 20, "hang_up": True}])
        leaves = [{"hear": "message", "wait": 2, "say": "Please call me back soon"}, {"wait": 4, "press": "#"}]
        steps = (
            [{"hear": "sales", "wait": 1, "press": "1"}],
            [{"hear": "sales", "wait": 1, "press": "2"}, *leaves],
        )
        callers = [f"+1415600{i:04d}" for i in range(CALLS)]
        for i, caller in enumerate(callers):
            lab.put(lab.phone(caller), script=steps[i % 2])
        bench.begin()
        for caller in callers:
            lab.post(lab.phone(caller) + "/calls", to=number["phone_number"])
        lab.post("/clock/advance", seconds=180)
        over = served.get("Calls", Status="completed", PageSize="1000")["calls"]
        inbound = [one for one in over if one["direction"] == "inbound"]
        assert len(inbound) == CALLS, f"{len(inbound)} of {CALLS} calls were completed"
        assert len(served.get("Recordings", PageSize="1000")["recordings"]) == CALLS // 2
        bench.told("calls to the phone tree", CALLS)


PARTS = {"conferences": conferences, "queues": queues, "tree": tree}


def main() -> None:
    """Each part, or those that are named."""
    print(f"{'':44}{'per CPU s':>10}{'per s':>8}{'ms each':>10}")
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
