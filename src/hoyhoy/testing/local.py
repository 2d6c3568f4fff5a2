"""An exchange in a thread of this process, for tests and the demo: in memory, on free ports, in virtual time."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

from hoyhoy.app import Exchange
from hoyhoy.exchange.ports import Account
from hoyhoy.intercept import environment, trust
from hoyhoy.intercept.address import Keys, set_webhooks
from hoyhoy.settings import Settings
from hoyhoy.terminal.serve import run_loop

from .held import HeldExchange
from .program import Program

START_SECONDS = 60.0


class LocalExchange(HeldExchange):
    """Use as a context manager. `lab` drives it; `environment` leads other programs to it."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0, proxy_port=0, media_port=0, virtual_time=True)
        self.programs: list[Program] = []
        """Those that `start` started."""
        self._ready: Future[Exchange] = Future()
        self._stop: asyncio.Event
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=lambda: run_loop(self._run(), alone=False), name="hoyhoy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        exchange = self._ready.result(START_SECONDS)
        self.hold(exchange.url)
        self.proxy_port = exchange.proxy_port
        self.account: Account = exchange.accounts[0]
        self.numbers = [number.number for number in exchange.database.directory.numbers(self.account.sid)]
        self.folder: Path = exchange.database.folder
        assert exchange.authority
        self.authority: Path = exchange.authority.path
        self.speaks = exchange.stage.speaks
        self.sip = exchange.signalling.place if exchange.signalling else ""
        self.sip_ports = dict(exchange.signalling.endpoint.ports) if exchange.signalling else {}
        self._processes = exchange.stage.processes
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in self.programs:
            program.stop()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_SECONDS)

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            exchange = await Exchange.start(self.settings)
        except BaseException as error:
            self._ready.set_exception(error)  # raised where the test waits, and there only
            return
        self._ready.set_result(exchange)
        try:
            await self._stop.wait()
        finally:
            await exchange.close()

    # What tests use ------------------------------------------------------------------------

    def start(
        self, *command: str, folder: str | os.PathLike[str] | None = None, environ: Mapping[str, str] | None = None
    ) -> Program:
        """Run the app as a program whose Twilio traffic comes here, until the exchange ends or its `stop()`; it listens
        on the port that it finds in PORT, or that `{port}` in its command becomes. `environ` comes on top."""
        program = Program(command, {**self.environment(), **(environ or {})}, folder=folder)
        self.programs.append(program)
        return program

    def point(self, voice: str = "", sms: str = "") -> str:
        """Lead calls and texts to the first number to these URLs; the number."""
        keys = Keys.read(self.folder)
        assert keys
        return set_webhooks(keys, voice=voice, sms=sms)

    @property
    def media_pids(self) -> list[int]:
        """The media processes that are up, each the main one's child; under virtual time there are none."""
        return [process.pid for process in self._processes if process.pid]

    def environment(self, caller: Mapping[str, str] | None = None) -> dict[str, str]:
        """A whole environment for another program whose Twilio traffic shall come here."""
        caller = dict(os.environ if caller is None else caller)
        files = trust.prepare(self.folder, self.authority, caller)
        return caller | environment.compose(
            caller,
            f"http://127.0.0.1:{self.proxy_port}",
            files,
            account_sid=self.account.sid,
            auth_token=self.account.auth_token,
        )
