"""A process for work that may crash, hang or be of another licence: `python -m hoyhoy.speech.child FD WORK SECONDS`.

It loads what the work needs once, then forks a copy of itself for every order. So each order finds the same
untouched memory (espeak-ng carries state from one text to the next, which would make equal texts sound
unequal), a crash or a hang ends that copy alone, and memory that was taken is given back.

A copy ends by its own alarm when its time is over, with this process when that is killed, and this
process with the exchange: when the other end of the socket is gone, so is it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import socket
import sys
from importlib import import_module
from typing import Protocol, cast

from .frames import PREFIX, Broken, Head, Perform, Refusal, framed, lengths, read_head

WORKS = {"espeak": "hoyhoy.speech.espeak_child", "decode": "hoyhoy.speech.decoding", "mp3": "hoyhoy.speech.encoding"}
MEMORY = 2 << 30
"""Octets of address space a copy may take."""


class Work(Protocol):
    """A module of WORKS."""

    def load(self) -> tuple[str, Perform]:
        """Its version, and the function that obeys orders: `Refusal` when one cannot be."""


class Gone(Exception):
    """The exchange is gone."""


def serve(sock: socket.socket, work: Work, seconds: float) -> None:
    """Obey orders until the exchange is gone. `seconds` bounds each."""
    try:
        version, perform = work.load()
    except (ImportError, OSError, RuntimeError) as why:
        sock.sendall(framed({"refused": str(why)}))
        return
    sock.sendall(framed({"version": version}))
    try:
        while True:
            sock.sendall(copied(sock, perform, *receive(sock), seconds))
    except (Gone, ConnectionError):
        return


def receive(sock: socket.socket) -> tuple[Head, bytes]:
    """The next order. Gone when there will be none; Broken for nonsense."""
    head, body = lengths(exactly(sock, PREFIX))
    return read_head(exactly(sock, head)), exactly(sock, body)


def exactly(sock: socket.socket, count: int) -> bytes:
    taken = bytearray()
    while len(taken) < count:
        try:
            piece = sock.recv(min(count - len(taken), 1 << 20))
        except ConnectionError:
            raise Gone from None
        if not piece:
            raise Gone
        taken += piece
    return bytes(taken)


def copied(sock: socket.socket, perform: Perform, head: Head, body: bytes, seconds: float) -> bytes:
    """The framed answer that a copy of this process gives to one order. Gone when the exchange has gone meanwhile."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        sock.close()  # or the exchange would not see this process end while a copy runs
        obey(theirs, perform, head, body, seconds)
    os.close(theirs)
    try:
        answer = gathered(ours, sock)
    except Gone:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(ours)
        _, status = os.waitpid(pid, 0)
    if status:
        return framed({"refused": ended(status, seconds)})
    return answer


def obey(out: int, perform: Perform, head: Head, body: bytes, seconds: float) -> None:
    """The copy's whole life."""
    status = 1
    try:
        die_with_parent()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            answer = framed(*perform(head, body))
        except Refusal as why:
            answer = framed({"refused": str(why)})
        except MemoryError:
            answer = framed({"refused": "It takes too much memory."})
        view = memoryview(answer)
        while view:
            view = view[os.write(out, view) :]
        status = 0
    except Exception as error:
        os.write(2, f"{perform.__module__}: {error!r}\n".encode())
    finally:
        os._exit(status)  # nothing of the process this is a copy of is to be closed or flushed twice


def die_with_parent() -> None:
    """On Linux a copy is killed with the process it was copied from; elsewhere its alarm ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG


def gathered(out: int, sock: socket.socket) -> bytes:
    """All that the copy writes. Gone as soon as the exchange is."""
    poll, taken = select.poll(), bytearray()
    poll.register(out, select.POLLIN)
    poll.register(sock, 0)  # a hang-up is told unasked
    while True:
        for number, _ in poll.poll():
            if number != out:
                raise Gone
            piece = os.read(out, 1 << 20)
            if not piece:
                return bytes(taken)
            taken += piece


def ended(status: int, seconds: float) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGALRM:
            return f"It took longer than {seconds:g} s."
        return f"The engine crashed ({signal.Signals(number).name})."
    return "The engine failed; its own words are in the log of the exchange."


def main(arguments: list[str]) -> int:
    """`FD WORK SECONDS`: the inherited socket, a name of WORKS, and how long an order may take."""
    number, work, seconds = arguments
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # for the exchange, which ends its calls first, then us
        signal.signal(one, signal.SIG_IGN)
    os.dup2(2, 1)  # what a library prints is for the log
    with socket.socket(fileno=int(number)) as sock:
        try:
            serve(sock, cast(Work, import_module(WORKS[work])), float(seconds))
        except (BrokenPipeError, ConnectionResetError):
            return 0  # the exchange is gone, or does not want us any more
        except Broken as why:
            sys.stderr.write(f"{work}: {why}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
