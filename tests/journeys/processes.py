"""Whole processes for the journeys: an exchange served by itself, an app that remembers what it was asked, raw HTTP.

Everything here ends with the test that made it, by process id. Nothing waits longer than PATIENCE.
"""

from __future__ import annotations

import asyncio
import http.client
import inspect
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

PATIENCE = 60.0
"""Real seconds after which something that should have happened has not."""

GLANCE = 0.02
"""Real seconds between two looks at a file, spent waiting for the process's end."""

BRIEF = "#ct=300&rt=300&tt=600&rc=0"
"""Fragment of a webhook URL for an app that is known to be silent (voice 3.5)."""

OVER = ("completed", "busy", "no-answer", "canceled", "failed")
"""The statuses after which nothing comes (voice 5.2)."""

TWIML = "Content-Type: text/xml\r\n"


class Ended(Exception):
    """The exchange ended instead of serving. `code` is its exit code, `said` what it wrote on stderr."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"exit code {code}: {said}")
        self.code, self.said = code, said


@dataclass(frozen=True)
class Answer:
    """An answer of the exchange."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> int:
        """Twilio's error code, 0 when there is none."""
        return int(self.json.get("code") or 0)


def surroundings() -> dict[str, str]:
    """This process's environment without what would lead a program elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if "proxy" not in name.lower() and not name.startswith(("HOYHOY_", "TWILIO_"))
    }


# The exchange ------------------------------------------------------------------------------


class Serve:
    """`python -m hoyhoy serve --quiet` on a data folder; what it says goes into files beside the folder."""

    def __init__(
        self,
        data: Path,
        *options: str,
        quiet: bool = True,
        environment: dict[str, str] | None = None,
        folder: Path | None = None,
        file_size: int = -1,
    ) -> None:
        """Starts, and does not wait. `folder` is where it starts; no file can grow beyond `file_size` bytes."""
        self.data = data
        data.parent.mkdir(parents=True, exist_ok=True)
        self.out, self.err = data.with_name(data.name + ".out"), data.with_name(data.name + ".err")
        self._was = self._keys().get("exchange")
        command = [sys.executable, "-m", "hoyhoy", "serve", *(["--quiet"] if quiet else []), "--data", str(data)]
        if not (environment or folder):
            command += [word for name in ("--port", "--proxy-port") if name not in options for word in (name, "0")]
        with self.out.open("ab") as out, self.err.open("ab") as err:
            self._said_before = err.tell()
            self.process = subprocess.Popen(
                [*command, *options],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=folder or data.parent,
                env=surroundings() | (environment or {}),
            )
        if file_size >= 0:
            self.limit_files(file_size)
        self.account = self.token = self.number = self.number_sid = ""
        self.port = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    def ready(self) -> Self:
        """Wait until it serves. Ended when it does not."""
        deadline = time.monotonic() + PATIENCE
        while (keys := self._keys()).get("exchange", self._was) == self._was:
            if (code := self.ended(GLANCE)) is not None:
                raise Ended(code, self.said())
            assert time.monotonic() < deadline, "the exchange neither serves nor ends"
        self.port = int(keys["api"].rpartition(":")[2])
        self.account, self.token = keys["account_sid"], keys["auth_token"]
        self.number, self.number_sid = keys["number"], keys["number_sid"]
        return self

    def _keys(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.data / "run.json").read_text()))
        except (OSError, ValueError):
            return {}

    def ended(self, within: float = PATIENCE) -> int | None:
        """The exit code, None when it still runs after `within` seconds."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """As a power failure of this process alone: it cannot do anything more."""
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGTERM)
        code = self.ended()
        assert code is not None, "the exchange does not end"
        return code

    def said(self) -> str:
        """What this process wrote on stderr."""
        return self.err.read_bytes()[self._said_before :].decode("utf-8", "replace")

    def limit_files(self, size: int) -> None:
        """From now on the disk is full: no file of the process can grow beyond `size` bytes; -1 lifts the limit."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def memory(self) -> int:
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    # Asking it ---------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        within: float = PATIENCE,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def api(
        self,
        method: str,
        path: str,
        form: dict[str, Any] | bytes | None = None,
        *,
        account: str = "",
        token: str = "",
        owner: str = "",
    ) -> Answer:
        """A request of the 2010 API: `path` within the account `owner`, by default the one that asks."""
        account, token = account or self.account, token or self.token
        pair = b64encode(f"{account}:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}"}
        body = urlencode(form, doseq=True).encode() if isinstance(form, dict) else form
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.request(method, f"/2010-04-01/Accounts/{owner or account}{path}", body, headers)

    def lead(self, **urls: str) -> Answer:
        """Set the webhooks of the account's first number."""
        return self.api("POST", f"/IncomingPhoneNumbers/{self.number_sid}.json", urls)

    def lab(self, method: str, path: str, body: Any = None) -> Answer:
        """A request of the lab; bytes travel as they are, everything else as JSON."""
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return self.request(method, "/lab/v1" + path, content, {"Content-Type": "application/json"})

    def behave(self, number: str, **behaviour: Any) -> None:
        """Set what a virtual phone does."""
        answer = self.lab("PUT", f"/phones/{number}", behaviour)
        assert answer.status == 200, answer.body

    def expect(
        self, *kinds: str, subject: str = "", within: float = 60.0, after: int = 0, **where: Any
    ) -> dict[str, Any] | None:
        """The first entry of the log that fits, waited for on the exchange's clock."""
        match = {"kinds": kinds, "subject": subject, "where": where}
        answer = self.lab("POST", "/expect", {"match": match, "after": after, "within": within})
        assert answer.status == 200, answer.body
        found: dict[str, Any] | None = answer.json["found"]
        return found

    def position(self) -> int:
        """The place of the newest entry in the log."""
        return int(self.lab("GET", "/events?limit=0").json["last"])

    def finished(self, sid: str, after: int = 0) -> dict[str, Any]:
        """Drive the clock until the call, ordered behind `after`, is over; its representation."""
        while True:
            moved = self.expect("CallMoved", subject=sid, within=20_000, after=after)
            assert moved is not None, f"{sid} does not end"
            if moved["event"]["status"] in OVER:
                call: dict[str, Any] = self.api("GET", f"/Calls/{sid}.json").json
                return call
            after = moved["position"]

    def alive(self) -> bool:
        """Whether it still answers."""
        return self.process.poll() is None and self.request("GET", "/lab/v1/health").json["data"] == str(self.data)

    def speak(self, *pieces: bytes, read: bool = True, within: float = PATIENCE) -> bytes:
        """Raw bytes on a connection of one's own, and everything that comes back until the exchange closes it.

        A connection that stays open is read to the end of its first answer."""
        with socket.create_connection(("127.0.0.1", self.port), within) as wire:
            try:
                for piece in pieces:
                    wire.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return heard(wire) if read else b""


def heard(wire: socket.socket) -> bytes:
    """What comes until the peer closes, or until a first answer with a Content-Length is whole."""
    got = b""
    while not _is_whole(got):
        try:
            piece = wire.recv(65536)
        except ConnectionResetError:
            break
        if not piece:
            break
        got += piece
    return got


def _is_whole(got: bytes) -> bool:
    head, blank, body = got.partition(b"\r\n\r\n")
    if not blank or b" 100 " in head.partition(b"\r\n")[0]:
        return False
    for line in head.lower().split(b"\r\n")[1:]:
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return b" 204 " in head.partition(b"\r\n")[0]


class Exchanges:
    """Starts exchanges and sees to it that all of them end."""

    def __init__(self) -> None:
        self.made: list[Serve] = []

    def start(self, data: Path, *options: str, **more: Any) -> Serve:
        """A process that may or may not come to serve."""
        self.made.append(Serve(data, *options, **more))
        return self.made[-1]

    def serve(self, data: Path, *options: str, **more: Any) -> Serve:
        """A process that serves."""
        return self.start(data, *options, **more).ready()

    def end(self) -> None:
        for one in self.made:
            one.kill()


def exchanges() -> Iterator[Exchanges]:
    """The body of a fixture, for whatever scope a file chooses."""
    made = Exchanges()
    try:
        yield made
    finally:
        made.end()


# The app -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One request that reached the app."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    params: dict[str, str] = field(compare=False)


Reply = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer of its own making; the connection is closed afterwards."""

Script = str | bytes | Reply | Callable[[Asked], str]
"""A document, the raw bytes of an answer, or what makes one of them."""


class App:
    """A customer's app on a port of its own, in a thread of its own. What was asked is in `asked`, in order."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[str, Script] = {}
        self.on_asked: Callable[[Asked], None] = lambda asked: None
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="app")
        self._thread.start()
        assert self._up.wait(PATIENCE)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def wait(self, until: Callable[[list[Asked]], Any], within: float = PATIENCE) -> bool:
        """Wait until `until` holds of what was asked; whether it does."""
        with self._news:
            return bool(self._news.wait_for(lambda: until(self.asked), within))

    def of(self, name: str, value: str) -> list[Asked]:
        """What was asked with this parameter."""
        with self._news:
            return [one for one in self.asked if one.params.get(name) == value]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=512)
        self.port = int(server.sockets[0].getsockname()[1])
        self._up.set()
        await self._over.wait()
        server.close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)  # nobody else holds one that waits for ever
        task.add_done_callback(self._tasks.discard)
        try:
            while (asked := await _read(reader)) is not None:
                with self._news:
                    self.asked.append(asked)
                    self._news.notify_all()
                self.on_asked(asked)
                script = self.answers.get(asked.path, "")
                if callable(script):
                    made = script(asked, writer) if _takes_writer(script) else script(asked)  # type: ignore[call-arg]
                    if inspect.isawaitable(made):
                        await made
                        break
                    script = str(made)
                if isinstance(script, bytes):
                    writer.write(script)
                    break
                writer.write(page(script))
                await writer.drain()
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def page(body: str | bytes = "", status: str = "200 OK", head: str = TWIML) -> bytes:
    """An answer, whole."""
    content = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def _takes_writer(script: Callable[..., Any]) -> bool:
    return len(inspect.signature(script).parameters) == 2


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    params = dict(parse_qsl(query, keep_blank_values=True)) | dict(parse_qsl(body.decode(), keep_blank_values=True))
    return Asked(method, path, query, headers, params)
