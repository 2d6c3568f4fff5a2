"""SIPp, a far end that does as its scenario says, wrong things too: it fails when something else comes back.

Scenarios are in the folder `sipp`. What many of them say alike is written once, here, and put in for `${name}`.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Self

import pytest

from .baresip import free_port
from .processes import GLANCE, PATIENCE

SCENARIOS = Path(__file__).with_name("sipp")

SDP = """\
v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
"""

PARTS = {
    "sdp": f"Content-Type: application/sdp\nContent-Length: [len]\n\n{SDP}",
    # Of a request that begins a dialog, and of those inside it.
    "first": """\
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
Contact: <sip:sipp@[local_ip]:[local_port]>""",
    "next": """\
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
Contact: <sip:sipp@[local_ip]:[local_port]>""",
    "uri": "sip:[service]@[remote_ip]:[remote_port]",
    "none": "Content-Length: 0\n",
    # Of an answer.
    "answer": """\
[last_Via:]
[last_From:]
[last_To:];tag=[pid]x[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>""",
    "inside": """\
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]""",
}  # fmt: skip
PARTS["ack"] = "<send><![CDATA[\nACK ${uri} SIP/2.0\n${next}\nCSeq: 1 ACK\n${none}\n]]></send>"
PARTS["bye"] = (
    '<send retrans="500"><![CDATA[\nBYE ${uri} SIP/2.0\n${next}\nCSeq: 9 BYE\n${none}\n]]></send>'
    '\n<recv response="200"/>'
)


def _written(scenario: str, more: dict[str, str]) -> str:
    text = (SCENARIOS / f"{scenario}.xml").read_text(encoding="utf-8")
    for _ in range(2):  # parts may have parts
        text = Template(text).safe_substitute(PARTS | more)
    return text


class Sipp:
    """One run of a scenario. Use as a context manager; `done()` waits for its end and for its success."""

    def __init__(
        self,
        folder: Path,
        scenario: str,
        *,
        to: str = "",
        number: str = "",
        port: int = 0,
        options: tuple[str, ...] = (),
        **words: str,
    ) -> None:
        """It calls `number` at `to`, or waits on `port` for calls where there is none. `words` are parts too."""
        program = shutil.which("sipp")
        if not program:
            pytest.skip("sipp is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, port or free_port(socket.SOCK_DGRAM)
        (folder / "scenario.xml").write_text(_written(scenario, words), encoding="utf-8")
        command = [
            program, *([to.removeprefix("sip:")] if to else []), "-sf", "scenario.xml", "-m", "1", "-nostdin",
            "-i", "127.0.0.1", "-p", str(self.port), "-mp", str(_media_port()),
            "-timeout", f"{PATIENCE:.0f}s",
            "-timeout_error", "-default_behaviors", "none", "-skip_rlimit", "-trace_err", "-error_file", "errors",
            "-trace_msg", "-message_file", "messages", *(["-s", number] if number else []),
            *options,
        ]  # fmt: skip
        self._out = (folder / "screen").open("wb")
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._out
        )
        self._listens = to == ""

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE
        while self._listens and not _is_bound(self.port):
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.__exit__(None, None, None)
                raise AssertionError(self.story)
            time.sleep(GLANCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._out.close()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def done(self) -> Self:
        """Wait until it is over; AssertionError when something came that the scenario does not expect."""
        code = self._process.wait(PATIENCE + 5)
        assert code == 0, f"{code}\n{self.story}"
        return self

    @property
    def messages(self) -> str:
        """What went over the wire, both ways."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "messages").read_text(encoding="utf-8", errors="replace")
        return ""

    @property
    def story(self) -> str:
        errors = self.folder / "errors"
        told = errors.read_text(encoding="utf-8", errors="replace") if errors.exists() else ""
        screen = (self.folder / "screen").read_text(encoding="utf-8", errors="replace")
        return f"{told}\n{self.messages[-6000:]}\n{screen[-1500:]}"


def _media_port() -> int:
    """It takes the one for sound and, two above, the one for pictures."""
    while True:
        with contextlib.suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as above:
            port = free_port(socket.SOCK_DGRAM)
            above.bind(("127.0.0.1", port + 2))
            return port


def _is_bound(port: int) -> bool:
    """Whether somebody has this UDP port."""
    return f":{port:04X} " in Path("/proc/net/udp").read_text(encoding="ascii")
