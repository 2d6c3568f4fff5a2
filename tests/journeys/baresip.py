"""A real SIP phone: baresip, told what to do and telling what happens on a socket of loopback.

What it says is a WAV file; what it hears it writes into one, both as its own recorder takes them.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from hoyhoy.audio import wav
from hoyhoy.audio.g711 import Samples

from .processes import PATIENCE

MODULES = ("/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules", "/opt/homebrew/lib/baresip/modules")

CONFIG = """\
poll_method select
sip_listen 127.0.0.1:{sip}
call_max_calls 8
call_local_timeout 60
audio_source aufile,{say}
audio_player aubridge,{name}
audio_alert aubridge,{name}
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_txmode poll
rtp_ports 30000-39998
rtcp_mux no
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module cons.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
cons_listen 127.0.0.1:{keys}
snd_path {folder}
"""

TRIES = 3
"""Starts, when ports are taken."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _sip_port() -> int:
    """For UDP and TCP, with the next one for TLS; none that is given to whoever asks for any."""
    while True:
        port = random.randrange(12000, 28000, 2)
        with contextlib.suppress(OSError), ExitStack() as probes:
            for kind, number in ((socket.SOCK_DGRAM, port), (socket.SOCK_STREAM, port), (socket.SOCK_STREAM, port + 1)):
                probes.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", number))
            return port


class Baresip:
    """Use as a context manager. `account` is a SIP address with the parameters of baresip's accounts file; `authority`
    signs the certificates that it believes."""

    def __init__(
        self, folder: Path, account: str, *, says: Samples | None = None, authority: Path | None = None
    ) -> None:
        program = shutil.which("baresip")
        modules = next((place for place in MODULES if Path(place).is_dir()), "")
        if not program or not modules:
            pytest.skip("baresip is not installed")
        self._command = [program, "-f", str(folder)]
        self._modules, self._authority = modules, authority
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.events = folder, list[dict[str, Any]]()
        (folder / "say.wav").write_bytes(wav.write(np.zeros(8000 * 60, np.int16) if says is None else says))
        (folder / "accounts").write_text(account + "\n", encoding="utf-8")
        (folder / "contacts").write_text("", encoding="utf-8")
        self._unread = b""
        self._seen = 0

    def __enter__(self) -> Self:
        for _ in range(TRIES):
            if self._start():
                return self
        raise AssertionError(self.log)

    def _start(self) -> bool:
        """False when it ended at once: somebody was quicker to take one of its ports."""
        self.port, self._control = _sip_port(), free_port()
        self._keys = free_port(socket.SOCK_DGRAM)
        config = CONFIG.format(
            sip=self.port,
            say=self.folder / "say.wav",
            name=self.folder.name,
            modules=self._modules,
            control=self._control,
            keys=self._keys,
            folder=self.folder,
        )
        if self._authority:
            config += f"sip_cafile {self._authority}\n"
        (self.folder / "config").write_text(config, encoding="utf-8")
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        self._sock: socket.socket | None = None
        deadline = time.monotonic() + PATIENCE
        while self._sock is None:
            try:
                self._sock = socket.create_connection(("127.0.0.1", self._control), 1)
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self._end()
                    return False
                time.sleep(0.02)
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._sock
        with contextlib.suppress(OSError):
            self._send("quit")
        self._end()
        self._sock.close()  # not before: closed with events unread, it would take the command back

    def _end(self) -> None:
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    # A hand ------------------------------------------------------------------------------------

    def do(self, command: str, *words: str) -> None:
        """A command of baresip's menu: dial, accept, hangup, hold, resume..."""
        self._send(command, " ".join(words))

    def press(self, keys: str) -> None:
        """Keys on the keypad during a call; each is held for a moment."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hand:
            for key in keys:
                hand.sendto(key.encode(), ("127.0.0.1", self._keys))
                time.sleep(0.12)
                hand.sendto(b"\x04", ("127.0.0.1", self._keys))  # released
                time.sleep(0.12)

    def expect(self, kind: str, **fields: str) -> dict[str, Any]:
        """Wait for the next event of this type since the last one that was expected."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for place in range(self._seen, len(self.events)):
                event = self.events[place]
                if event.get("type") == kind and all(value in str(event.get(name)) for name, value in fields.items()):
                    self._seen = place + 1
                    return event
            if time.monotonic() > deadline:
                raise AssertionError(f"no {kind} {fields} but {self.events[self._seen :]}\n{self.log}")
            self._read(0.5)

    def expect_ringing(self, times: int = 1) -> None:
        """Wait until it has rung so often in all; this baresip tells it on its screen only."""
        self._expect_written("Incoming call from", "it does not ring", times)

    def expect_registered(self) -> None:
        """Wait until the exchange knows where it is, which may be so before anybody listens to its events."""
        self._expect_written("200 OK () [", "it is not registered")

    def expect_refused(self, status: int) -> None:
        """Wait until a REGISTER of it was refused so."""
        self._expect_written(f": {status} ", f"its REGISTER is not refused with {status}")

    def heard(self) -> Samples:
        """What came from the other end of its last call, which must be over: the file is written then."""
        return wav.read(self._dump("dec").read_bytes())

    def said(self) -> Samples:
        return wav.read(self._dump("enc").read_bytes())

    def _expect_written(self, text: str, why: str, times: int = 1) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.log.count(text) < times:
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise AssertionError(f"{why}\n{self.log}")
            time.sleep(0.02)

    def _dump(self, which: str) -> Path:
        return max(self.folder.glob(f"dump-*-{which}.wav"), key=lambda file: file.stat().st_mtime)

    # The wire ----------------------------------------------------------------------------------

    def _send(self, command: str, params: str = "") -> None:
        assert self._sock
        told = json.dumps({"command": command, "params": params, "token": ""}).encode()
        self._sock.sendall(str(len(told)).encode() + b":" + told + b",")

    def _read(self, seconds: float) -> None:
        """Netstrings of JSON: answers, which nobody needs, and events."""
        assert self._sock
        self._sock.settimeout(seconds)
        try:
            piece = self._sock.recv(65536)
        except TimeoutError:
            return
        if not piece:
            raise AssertionError("baresip is gone:\n" + self.log)
        self._unread += piece
        while b":" in self._unread:
            length, _, rest = self._unread.partition(b":")
            if len(rest) <= int(length):
                return
            told, self._unread = json.loads(rest[: int(length)]), rest[int(length) + 1 :]
            if told.get("event"):
                self.events.append(told)
