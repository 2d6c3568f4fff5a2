"""What the benches share: an exchange in a process of its own, its CPU seconds, and load on keep-alive connections."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process with all its threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass
class Served:
    """A running exchange: where it listens and who it is."""

    port: int
    pid: int
    account: str
    token: str
    number: str
    folder: Path
    """Where its data lies."""

    def get(self, resource: str, **query: str) -> Any:
        """One of the account's lists, as JSON."""
        url = f"http://127.0.0.1:{self.port}/2010-04-01/Accounts/{self.account}/{resource}.json?{urlencode(query)}"
        request = urllib.request.Request(url, headers=self.headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    @property
    def headers(self) -> dict[str, str]:
        """Of a request of the account's."""
        return {"Authorization": f"Basic {self._credentials}"}

    @property
    def _credentials(self) -> str:
        return base64.b64encode(f"{self.account}:{self.token}".encode()).decode()

    def request(self, resource: str, **form: str) -> bytes:
        """A POST to one of the account's resources, as bytes."""
        body = urlencode(form).encode()
        head = (
            f"POST /2010-04-01/Accounts/{self.account}/{resource}.json HTTP/1.1\r\nHost: api.twilio.com\r\n"
            f"Authorization: Basic {self._credentials}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@contextmanager
def exchange(*options: str) -> Iterator[Served]:
    """`hoyhoy serve` on a fresh data folder, ended afterwards. BENCH_DIR says on which disk."""
    folder = Path(tempfile.mkdtemp(prefix="hoyhoy-bench-", dir=os.environ.get("BENCH_DIR")))
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "hoyhoy",
            "serve",
            "--quiet",
            "--data",
            str(folder),
            "--port",
            "0",
            "--proxy-port",
            "0",
            *options,
        ]
    )
    try:
        deadline = time.monotonic() + 30
        while not (folder / "run.json").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the exchange did not start")
            time.sleep(0.05)
        keys = json.loads((folder / "run.json").read_text())
        port = int(keys["api"].rpartition(":")[2])
        yield Served(port, process.pid, keys["account_sid"], keys["auth_token"], keys["number"], folder)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


@contextmanager
def app() -> Iterator[int]:
    """The web server of _pages.py in a process of its own; its port."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("_pages.py"))], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


async def _client(port: int, request: bytes, times: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(times):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
            raise SystemExit(head.decode() + (await reader.read(1000)).decode())
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()
    await writer.wait_closed()


def load(port: int, request: bytes, total: int, connections: int = 64) -> float:
    """Send `total` requests over `connections` keep-alive connections; wall seconds."""

    async def all_of_them() -> None:
        await asyncio.gather(*(_client(port, request, total // connections) for _ in range(connections)))

    began = time.monotonic()
    asyncio.run(all_of_them())
    return time.monotonic() - began


def per_cpu_second(port: int, pid: int, request: bytes, total: int) -> tuple[float, float]:
    """Requests per CPU second of the server and per second of the clock, after a warm-up."""
    load(port, request, 640)
    before = cpu_seconds(pid)
    wall = load(port, request, total)
    return total / (cpu_seconds(pid) - before), total / wall
