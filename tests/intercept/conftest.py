"""A tiny web application behind the port, on a loop of its own, so that blocking clients can be used as they are."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hoyhoy.intercept.authority import Authority
from hoyhoy.intercept.environment import compose
from hoyhoy.intercept.port import InterceptPort
from hoyhoy.intercept.trust import prepare

SID, TOKEN = "AC" + "a" * 32, "b" * 32


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers every request with what it saw of it, in the shape of a message (messaging reference 4)."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    seen = {
        "sid": "SM" + "c" * 32,
        "account_sid": SID,
        "body": "seen",
        "status": "queued",
        "direction": "outbound-api",
        "host": headers.get("host"),
        "scheme": scope["scheme"],
        "path": scope["path"],
        "method": scope["method"],
        "client": scope["client"][0],
        "form": body.decode(),
        "authorization": headers.get("authorization"),
        "query": scope["query_string"].decode(),
        "headers": sorted(headers),
    }
    text = json.dumps(seen).encode()
    length = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": length})
    await send({"type": "http.response.body", "body": text})


class Stand:
    """The port and the application behind it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority.open(folder, time.time)
        self.loop: asyncio.AbstractEventLoop
        self.server: uvicorn.Server

    def new_port(self, **options: Any) -> tuple[InterceptPort, int]:
        port = InterceptPort(self.authority, self.protocol, **options)
        return port, self.wait(port.start("127.0.0.1", 0))

    def protocol(self) -> asyncio.Protocol:
        return HttpToolsProtocol(self.server.config, self.server.server_state, {})

    def wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    @contextmanager
    def opened(self, **options: Any) -> Iterator[tuple[InterceptPort, int]]:
        port, number = self.new_port(**options)
        try:
            yield port, number
        finally:
            self.wait(port.close())

    def environ(self, number: int, caller: dict[str, str] | None = None, **options: Any) -> dict[str, str]:
        """The environment `run` would give a program."""
        clean = {n: v for n, v in os.environ.items() if "proxy" not in n.lower()} if caller is None else caller
        files = prepare(self.folder, self.authority.path, clean, **options)
        proxy = f"http://127.0.0.1:{number}"
        return clean | compose(clean, proxy, files, account_sid=SID, auth_token=TOKEN)


@pytest.fixture(scope="session", params=["asyncio", "uvloop"])
def stand(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    stand = Stand(tmp_path_factory.mktemp("exchange with blanks"))
    config = uvicorn.Config(application, port=0, lifespan="off", log_level="warning", http="httptools", ws="none")
    stand.server = uvicorn.Server(config)
    config.load()
    ready = threading.Event()

    async def live() -> None:
        stand.loop = asyncio.get_running_loop()
        ready.set()
        await stand.server.serve()

    def run() -> None:
        if request.param == "uvloop":
            import uvloop

            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(live())
        else:
            asyncio.run(live())

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    yield stand
    stand.loop.call_soon_threadsafe(setattr, stand.server, "should_exit", True)
    thread.join()


@pytest.fixture(scope="session")
def number(stand: Stand) -> Iterator[int]:
    """The number of an open port."""
    with stand.opened() as (_, number):
        yield number


@pytest.fixture
def program(stand: Stand, number: int) -> Callable[..., str]:
    """Run a program as `run` would and return what it printed."""

    def start(*command: str, number: int = number, **more: str) -> str:
        done = subprocess.run(
            command, env=stand.environ(number) | more, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr, done.stderr
        return done.stdout

    return start


@pytest.fixture
def python(program: Callable[..., str]) -> Callable[..., str]:
    return lambda code, **more: program(sys.executable, "-W", "ignore", "-c", code, **more)


@pytest.fixture
def plain(number: int) -> Iterator[Callable[[], socket.socket]]:
    """Makes raw connections to the port."""
    made = []

    def connect(number: int = number) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", number), timeout=20)
        made.append(sock)
        return sock

    yield connect
    for sock in made:
        sock.close()
