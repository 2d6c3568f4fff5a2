"""A phone made of `aiosipua`, a SIP implementation that is neither ours nor baresip's, with sound of its own.

It knows no events of RFC 4733: its keys are tones in its sound.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

import pytest

from hoyhoy.audio.g711 import Samples

from .baresip import free_port
from .processes import PATIENCE
from .rtp import FarSound

aiosipua = pytest.importorskip("aiosipua", reason="`make test` installs what is needed")
T = TypeVar("T")


class SoftPhone:
    """Use as a context manager. `place` is the exchange's SIP address, `domain` and `user` whom it registers as; one
    that is only called needs none of them."""

    def __init__(self, place: str = "sip:127.0.0.1:5060", domain: str = "", user: str = "", password: str = "") -> None:
        host, _, port = place.removeprefix("sip:").rpartition(":")
        self.exchange, self.domain, self.user, self.password = (host, int(port)), domain, user, password
        self.sound = FarSound()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="soft phone")
        self._rings: Future[Any] = Future()
        self._left: Future[None] = Future()

    def __enter__(self) -> Self:
        self.sound.__enter__()
        self._thread.start()
        self._await(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._await(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.sound.__exit__(kind, error, trace)

    async def _start(self) -> None:
        self.port = free_port(socket.SOCK_DGRAM)
        self._transport = aiosipua.UdpSipTransport(local_addr=("127.0.0.1", self.port))
        # Its own check of what asyncio made fails with the loops of Python 3.11, and does no harm.
        self._loop.set_exception_handler(lambda loop, context: _pass_over(context))
        self._uac = aiosipua.SipUAC(self._transport)
        self._uas = aiosipua.SipUAS(self._transport, uac=self._uac)
        self._uas.on_invite = self._rings.set_result
        self._uas.on_bye = lambda call, request: self._left.set_result(None)
        await self._uas.start()

    async def _stop(self) -> None:
        self._uac.close()
        await self._uas.stop()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    # A hand ------------------------------------------------------------------------------------

    def register(self) -> int:
        """Seconds that were granted."""

        async def register() -> int:
            granted: asyncio.Future[int] = self._loop.create_future()
            registration = aiosipua.Registration(
                self._uac, f"sip:{self.user}@{self.domain}", self.exchange, auth=self._login()
            )
            registration.on_registered = lambda one: granted.set_result(one.granted_expires)
            registration.on_failed = lambda one, code, why: granted.set_exception(AssertionError(f"{code} {why}"))
            registration.register()
            return await granted

        return self._await(register())

    def dial(self, address: str) -> None:
        """Call `user@host`; return when it is answered. RuntimeError with the code when it is refused.

        With a password the call lasts half a second at most: it never acknowledges a challenge, and takes the second
        copy of it for a refusal.
        """

        async def dial() -> Any:
            call = self._uac.send_invite(
                f"sip:{self.user}@{self.domain}", f"sip:{address}", self.exchange, self._description(),
                auth=self._login() if self.password else None,
            )  # fmt: skip
            await call.wait_answered(PATIENCE)
            return call

        self._call = self._await(dial())
        self.sound.talk(self._call.sdp_answer.rtp_address)

    def expect_call(self) -> str:
        """Wait until somebody calls; who."""
        self._call = self._rings.result(PATIENCE)
        self._do(self._call.ringing)
        return str(self._call.caller)

    def answer(self) -> None:
        answer, _ = aiosipua.negotiate_sdp(self._call.sdp_offer, "127.0.0.1", self.sound.port, dtmf_payload_type=0)
        self._do(lambda: self._call.accept(answer))
        self.sound.talk(self._call.sdp_offer.rtp_address)

    def inform(self, key: str) -> None:
        """A key by INFO."""
        body = f"Signal={key}\r\nDuration=160\r\n"
        self._do(lambda: self._uac.send_info(self._call.dialog, body, "application/dtmf-relay", self.exchange))

    def update(self) -> None:
        self._do(lambda: self._uac.send_update(self._call.dialog, self.exchange))

    def say(self, sound: Samples) -> None:
        self.sound.say(sound)

    def hang_up(self) -> None:
        self._do(lambda: self._uac.send_bye(self._call.dialog, self.exchange))

    def expect_hangup(self) -> None:
        self._left.result(PATIENCE)

    def _login(self) -> Any:
        return aiosipua.SipDigestAuth(self.user, self.password)

    def _description(self) -> Any:
        return aiosipua.build_sdp("127.0.0.1", self.sound.port, 0, "PCMU", dtmf_payload_type=0)

    def _do(self, act: Callable[[], Any]) -> None:
        async def do() -> None:
            act()

        self._await(do())

    def _await(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENCE)


def _pass_over(context: dict[str, Any]) -> None:
    if "connection_made" not in str(context.get("handle")):
        raise context.get("exception") or AssertionError(context["message"])
