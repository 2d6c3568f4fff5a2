"""The exchange's end of a media process: starts it, tells it orders, hears events, and notices when it is gone."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import msgspec

from hoyhoy.exchange.clock import Clock

from .framing import Broken, Frames, framed
from .orders import Event, Load, Order, Ready, pack, read_events, refusal

log = logging.getLogger(__name__)

FIRST_WORD = 20.0
"""Seconds a process has to come up."""

LAST_TICKS = 5.0
"""Seconds a process has for its end."""

SILENCE = 3.0
"""Seconds without a word, of which there is one each second, after which a process is taken for hung and is killed."""

MOST_SOUND = 64 << 10
"""Octets of sound in one list of orders: four seconds."""

UNPACKABLE = (msgspec.MsgspecError, OverflowError, TypeError, ValueError)

Hear = Callable[[Event], None]
Lost = Callable[[], None]


class Link:
    """One media process. `await Link.start(...)`; orders told in one turn of the loop leave in that turn.

    Its clock is the machine's own: a process ticks in real time, whatever time the exchange lives in.
    """

    def __init__(
        self, clock: Clock, process: asyncio.subprocess.Process, sock: socket.socket, hear: Hear, lost: Lost
    ) -> None:
        self.clock, self.process = clock, process
        self.ports: tuple[int, ...] = ()
        """The local ports of its pool."""
        self._sock, self._hear, self._lost = sock, hear, lost
        self._loop = asyncio.get_running_loop()
        self._frames = Frames()
        self._waiting: list[Order] = []
        self._unsent = bytearray()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._is_open = True
        self._spoke = True

    @classmethod
    async def start(
        cls, clock: Clock, host: str, ports: Sequence[int], rows: int, hear: Hear, lost: Lost, advertised: str = ""
    ) -> Link:
        """Start a process whose legs use `ports` of `host` (0: any free one; none: legs without sockets only), and
        which browsers know as `advertised` if that is another host.

        `hear` is called with each event, `lost` once when the process is gone without having been closed. OSError
        when it does not come up.
        """
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "hoyhoy.media.process", str(theirs.fileno())),
                *(f"{host}={advertised}" if advertised else host, str(rows)),
                *map(str, ports),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the exchange
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # its arrays are small; threads would only disturb it
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        link = cls(clock, process, ours, hear, lost)
        link._loop.add_reader(ours, link._read)
        try:
            async with clock.timeout(FIRST_WORD):
                await link._ready
        except TimeoutError:
            await link.close()
            raise OSError("the media process did not come up in time") from None
        except BaseException:
            await link.close()
            raise
        clock.spawn(link._watch(), f"media process {process.pid}")
        return link

    @property
    def is_open(self) -> bool:
        """Whether the process is there, as far as is known."""
        return self._is_open

    async def _watch(self) -> None:
        while self._is_open:
            self._spoke = False
            await self.clock.sleep(SILENCE)
            if not self._spoke and self._is_open:
                self._read()  # it may be the exchange that was held up: what has been said waits
            if not self._spoke and self._is_open:
                log.error("media process %d says nothing any more and is ended", self.process.pid)
                with suppress(ProcessLookupError):
                    self.process.kill()
                self._gone()

    def tell(self, *orders: Order) -> None:
        """Orders in their order. Nothing is said to a process that is gone: `lost` has been called."""
        if not self._is_open:
            return
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting += orders

    async def close(self) -> None:
        """End the process and wait for it."""
        self._flush()
        self._shut()
        if self.process.returncode is None:
            try:
                async with self.clock.timeout(LAST_TICKS):
                    await self.process.wait()
            except TimeoutError:
                with suppress(ProcessLookupError):
                    self.process.kill()
                await self.process.wait()

    def _flush(self) -> None:
        if self._waiting and self._is_open:
            waiting, self._waiting = self._waiting, []
            for part in _parts(waiting):
                self._unsent += framed(self._packed(part))
            self._write()

    def _packed(self, part: list[Order]) -> bytes:
        """Without those that cannot be packed, which are refused here: they are no reason to lose the others."""
        try:
            return pack(part)
        except UNPACKABLE:
            return pack([order for order in part if self._is_packable(order)])

    def _is_packable(self, order: Order) -> bool:
        try:
            pack(order)
        except UNPACKABLE as why:
            log.error("An order cannot be told to the media plane: %s: %s.", type(order).__name__, why)
            self._told(refusal(order, str(why)))
            return False
        return True

    def _write(self) -> None:
        try:
            while self._unsent:
                sent = self._sock.send(self._unsent)
                del self._unsent[:sent]
        except BlockingIOError:
            self._loop.add_writer(self._sock, self._write)
            return
        except OSError:
            self._gone()
            return
        self._loop.remove_writer(self._sock)

    def _read(self) -> None:
        try:
            piece = self._sock.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._gone()
            return
        self._spoke = True
        try:
            lists = [read_events(one) for one in self._frames.feed(piece)]
        except (Broken, msgspec.MsgspecError):
            log.exception("media process %d says what nobody understands", self.process.pid)
            self._gone()
            return
        for event in itertools.chain.from_iterable(lists):
            self._told(event)

    def _told(self, event: Event) -> None:
        try:
            self._take(event)
        except Exception:  # what one call makes of its event must not be missed by the others
            log.exception("an event of the media plane was not taken: %s", type(event).__name__)

    def _take(self, event: Event) -> None:
        if isinstance(event, Ready):
            self.ports = event.ports
            if not self._ready.done():
                self._ready.set_result(None)
        else:
            self._hear(event)

    def _gone(self) -> None:
        if not self._is_open:
            return
        self._shut()
        if not self._ready.done():
            self._ready.set_exception(OSError("the media process did not come up; its own words are above"))
            return
        log.error("media process %d is gone", self.process.pid)
        self._lost()

    def _shut(self) -> None:
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
            self._sock.close()


def _parts(waiting: list[Order]) -> Iterator[list[Order]]:
    """Lists of orders, each with little sound in it: the process obeys one after the other, over several ticks."""
    part: list[Order] = []
    octets = 0
    for order in waiting:
        part.append(order)
        octets += len(order.sound) if isinstance(order, Load) else 0
        if octets >= MOST_SOUND:
            yield part
            part, octets = [], 0
    if part:
        yield part
