"""SIP calls to an exchange that runs as a process of its own: SIPp sets them up, `_ears` listen to them.

A call is answered by a webhook's document. SIPp notes when each INVITE had its 200, and which ones had a 503 instead.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from _serving import Served

SIPP = "/usr/bin/sipp"
HOST = "127.0.0.1"


@dataclass
class Exchange(Served):
    """One that SIP phones can call."""

    number_sid: str
    sip: int
    media: int
    """Its media process."""

    def answer_with(self, url: str, **more: str) -> None:
        """Calls to its number ask there."""
        self.post(f"IncomingPhoneNumbers/{self.number_sid}", VoiceUrl=url, **more)

    def post(self, resource: str, **form: str) -> None:
        url = f"http://{HOST}:{self.port}/2010-04-01/Accounts/{self.account}/{resource}.json"
        urllib.request.urlopen(urllib.request.Request(url, urlencode(form).encode(), self.headers)).close()


@contextmanager
def exchange() -> Iterator[Exchange]:
    """On a fresh data folder, ended afterwards. BENCH_DIR says on which disk."""
    folder = Path(tempfile.mkdtemp(prefix="hoyhoy-bench-", dir=os.environ.get("BENCH_DIR")))
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("_exchange.py")), str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        sip = int(process.stdout.readline())
        keys = json.loads((folder / "run.json").read_text())
        yield Exchange(
            int(keys["api"].rpartition(":")[2]), process.pid, keys["account_sid"], keys["auth_token"], keys["number"],
            folder, keys["number_sid"], sip, children(process.pid)[0],
        )  # fmt: skip
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def children(pid: int) -> list[int]:
    return [
        int(one)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for one in (task / "children").read_text().split()
        if b"hoyhoy.media.process" in Path(f"/proc/{one}/cmdline").read_bytes()
    ]


# SIPp --------------------------------------------------------------------------------------

BETWEEN = """
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:+14155550123@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
Contact: <sip:sipp@[local_ip]:[local_port]>
CSeq: {number} {method}"""

URI = "sip:[service]@[remote_ip]:[remote_port]"


def _request(method: str, number: int, *, inside: bool = True, body: str = "Content-Length: 0\n", **more: str) -> str:
    head = BETWEEN.format(tag="[peer_tag_param]" if inside else "", number=number, method=method)
    attributes = "".join(f' {name}="{value}"' for name, value in more.items())
    return f"<send{attributes}><![CDATA[\n{method} {URI} SIP/2.0{head}\n{body}\n]]></send>"


SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP4 [field0]
s=-
c=IN IP4 [field0]
t=0 0
m=audio [field1] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
"""
KEY = "Content-Type: application/dtmf-relay\nContent-Length: [len]\n\nSignal=5\nDuration=100\n"
ENDED = """<recv request="BYE" timeout="60000"/><send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>"""
PRESSES = f'<pause milliseconds="300"/>{_request("INFO", 2, body=KEY, retrans="500")}<recv response="200"/>'


def _scenario(between: str) -> str:
    """A call that is answered and ended by the exchange, or refused."""
    return f"""<?xml version="1.0" encoding="UTF-8" ?><scenario name="call">
{_request("INVITE", 1, inside=False, body=SDP, retrans="500")}
<recv response="100" optional="true"/><recv response="180" optional="true"/>
<recv response="503" optional="true" rtd="2" next="1"/>
<recv response="200" rtd="1" rrs="true"/>
{_request("ACK", 1)}{between}{ENDED}
<pause milliseconds="1" next="2"/>
<label id="1"/>{_request("ACK", 1)}
<label id="2"/><pause milliseconds="1"/></scenario>"""


SCENARIOS = {"say": "", "gather": PRESSES}


@dataclass
class Outcome:
    """What became of the calls of one run."""

    offered: int
    answered: list[float] = field(default_factory=list)
    """Seconds from INVITE to 200."""
    refused: list[float] = field(default_factory=list)
    """Seconds from INVITE to 503."""
    failed: int = 0
    """Calls that went otherwise than by the scenario."""
    seconds: float = 0.0

    def within(self, seconds: float) -> float:
        """The share of all calls that was answered in this time."""
        return sum(one <= seconds for one in self.answered) / self.offered

    def percentile(self, share: float) -> float:
        ordered = sorted(self.answered)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def calls(
    to: Exchange, scenario: str, places: list[tuple[str, int]], *, rate: float, count: int, most: int = 4000
) -> Outcome:
    """Make `count` calls, so many a second."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenario.xml").write_text(_scenario(SCENARIOS[scenario]))
        (folder / "places.csv").write_text("SEQUENTIAL\n" + "".join(f"{host};{port}\n" for host, port in places))
        done = subprocess.run(
            [
                SIPP, f"{HOST}:{to.sip}", "-sf", "scenario.xml", "-inf", "places.csv", "-i", HOST, "-s", to.number,
                "-r", str(rate), "-m", str(count), "-l", str(most), "-nostdin", "-trace_rtt", "-rtt_freq", "1",
                "-trace_stat", "-stf", "statistics.csv", "-fd", "1", "-timeout", f"{count / rate + 20:.0f}",
                "-timeout_error", "-default_behaviors", "none", "-skip_rlimit", "-trace_err", "-error_file", "errors",
            ],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode not in (0, 1):
            errors = folder / "errors"
            raise SystemExit(f"SIPp: {done.returncode}\n{errors.read_text()[:2000] if errors.exists() else ''}")
        *_, last = csv.DictReader((folder / "statistics.csv").open(), delimiter=";")
        outcome = Outcome(count, failed=int(last["FailedCall(C)"]))
        for path in folder.glob("*rtt*.csv"):
            for row in csv.DictReader(path.open(), delimiter=";"):
                seconds = float(row["response_time_ms"]) / 1e3
                (outcome.answered if row["rtd_no"] == "1" else outcome.refused).append(seconds)
        if os.environ.get("BENCH_SHOW") and (folder / "errors").exists():
            print((folder / "errors").read_text()[:3000], file=sys.stderr)
        return outcome
