"""The exchange's end of a child process (child.py): started when first needed, and again when it was lost."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from hoyhoy.exchange.clock import Clock, RealClock

from .frames import PREFIX, Broken, Head, lengths, opening, read_head

log = logging.getLogger(__name__)

GRACE = 5.0
"""Real seconds a child has beyond the time of an order, for its start and its end."""

MOST_WAITING = 256
"""Orders that wait for their turn; more are refused."""

PAUSE = 30.0
"""Seconds after a start that failed in which no other is tried."""


class WorkFailed(Exception):
    """The order was not obeyed; the text says why."""


class _Lost(Exception):
    """The child is gone, or talks nonsense."""


@dataclass(frozen=True)
class Portions:
    """A body that is never held as a whole: `read` begins it, also again when the child was lost over it."""

    size: int
    read: Callable[[], AsyncGenerator[bytes]]
    """Exactly `size` octets. OSError."""


class Worker:
    """One child process for one kind of work; orders are obeyed one after the other."""

    def __init__(self, clock: Clock, work: str, seconds: float) -> None:
        """`work` is a name of child.WORKS. `seconds` bounds each order, in real time whatever the clock."""
        self.clock, self.work, self.seconds = clock, work, seconds
        self.version = ""
        """What the child says it is, once it was started."""
        self.pid = 0
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: asyncio.subprocess.Process | None = None
        self._sock: socket.socket | None = None
        self._refused, self._until = "", 0.0
        self._is_closed = False

    async def ask(self, head: Mapping[str, Any], body: bytes | Portions = b"") -> tuple[Head, bytes]:
        """The child's answer. WorkFailed when it refuses, crashes, takes too long, or cannot be started.

        Virtual time stands still meanwhile. Whoever is cancelled while waiting does not disturb the others.
        """
        if self._waiting >= MOST_WAITING:
            raise WorkFailed(f"{MOST_WAITING} orders are waiting already.")
        self._waiting += 1
        size = body.size if isinstance(body, Portions) else len(body)
        asked = self.clock.spawn(self._in_turn(opening(head, size), body), f"{self.work} order")
        answer = await asyncio.shield(asked)
        if isinstance(answer, WorkFailed):
            raise answer
        return answer

    async def close(self) -> None:
        """End the child and wait for it."""
        self._is_closed = True
        await self._end()

    async def _in_turn(self, order: bytes, body: bytes | Portions) -> tuple[Head, bytes] | WorkFailed:
        try:
            with self.clock.busy(self.work):
                async with self._turn:
                    return await self._converse(order, body)
        except WorkFailed as why:
            return why
        finally:
            self._waiting -= 1

    async def _converse(self, order: bytes, body: bytes | Portions) -> tuple[Head, bytes]:
        kept = self._process
        process = await self._start()
        try:
            return await self._exchange(order, body, process)
        except _Lost as why:
            log.error("the %s process %d was lost: %s", self.work, process.pid, why)
            if process is not kept:
                raise WorkFailed("The engine's process was lost.") from None
        # It may have been lost long before this order, which then is not to blame.
        try:
            return await self._exchange(order, body, await self._start())
        except _Lost:
            raise WorkFailed("The engine's process was lost twice.") from None

    async def _exchange(
        self, order: bytes, body: bytes | Portions, process: asyncio.subprocess.Process
    ) -> tuple[Head, bytes]:
        loop = asyncio.get_running_loop()
        sock, answered = self._sock, False
        assert sock is not None
        # The child ends what takes too long; this is for a child that does not even come to that.
        last = loop.call_later(self.seconds + GRACE, _kill, process)
        try:
            await loop.sock_sendall(sock, order)
            if isinstance(body, Portions):
                await self._send(sock, body)
            else:
                await loop.sock_sendall(sock, body)
            head, answer = await self._receive(sock)
            answered = True
        except (OSError, EOFError, Broken) as why:
            raise _Lost(str(why)) from None
        finally:
            last.cancel()
            if not answered:
                await self._end()
        if "refused" in head:
            raise WorkFailed(str(head["refused"]))
        return head, answer

    async def _send(self, sock: socket.socket, body: Portions) -> None:
        """WorkFailed when it cannot be read: the child, which waits for the rest, is ended then."""
        loop, rest = asyncio.get_running_loop(), body.size
        try:
            async with RealClock().timeout(self.seconds), aclosing(body.read()) as portions:
                while portion := await anext(portions, b""):
                    rest -= len(portion)
                    try:
                        await loop.sock_sendall(sock, portion)
                    except OSError as why:
                        raise _Lost(str(why)) from None
        except TimeoutError:
            raise WorkFailed(f"It cannot be read in {self.seconds:.0f} seconds.") from None
        except OSError as why:
            raise WorkFailed(f"It cannot be read: {why.strerror or why}.") from None
        if rest:
            raise WorkFailed("It changed while it was read.")

    async def _receive(self, sock: socket.socket) -> tuple[Head, bytes]:
        head, body = lengths(await self._exactly(sock, PREFIX))
        return read_head(await self._exactly(sock, head)), await self._exactly(sock, body)

    async def _exactly(self, sock: socket.socket, count: int) -> bytes:
        loop, taken = asyncio.get_running_loop(), bytearray()
        while len(taken) < count:
            piece = await loop.sock_recv(sock, min(count - len(taken), 1 << 20))
            if not piece:
                raise EOFError("it ended")
            taken += piece
        return bytes(taken)

    async def _start(self) -> asyncio.subprocess.Process:
        """The running child, or a new one. WorkFailed when it does not come up."""
        if self._is_closed:
            raise WorkFailed("The exchange is closing.")
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self._end()
        if self._refused and self.clock.now() < self._until:
            raise WorkFailed(self._refused)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._sock = ours
        try:
            self._process = process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "hoyhoy.speech.child", str(theirs.fileno()), self.work, str(self.seconds)),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the exchange
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # a process that forks must have one thread
            )
        except OSError as why:
            return self._refuse(f"The engine's process cannot be started: {why}.")
        finally:
            theirs.close()
        self.pid = process.pid
        last = asyncio.get_running_loop().call_later(self.seconds + GRACE, _kill, process)
        try:
            head, _ = await self._receive(ours)
        except (OSError, EOFError, Broken) as why:
            await self._end()
            return self._refuse(f"The engine's process did not come up: {why}.")
        finally:
            last.cancel()
        if "refused" in head:
            await self._end()
            return self._refuse(str(head["refused"]))
        self.version, self._refused = str(head.get("version", "")), ""
        return process

    def _refuse(self, why: str) -> asyncio.subprocess.Process:
        log.error("%s: %s", self.work, why)
        self._refused, self._until = why, self.clock.now() + PAUSE
        raise WorkFailed(why)

    async def _end(self) -> None:
        """The child sees its socket close, and ends; one that hangs is killed. It is waited for: no zombie stays."""
        sock, process = self._sock, self._process
        self._sock = self._process = None
        if sock is not None:
            sock.close()
        if process is not None and process.returncode is None:
            last = asyncio.get_running_loop().call_later(GRACE, _kill, process)
            try:
                await process.wait()
            except asyncio.CancelledError:
                _kill(process)
                await process.wait()
                raise
            finally:
                last.cancel()


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
