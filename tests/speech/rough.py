"""Work that does what it is told: also crash, hang and eat (`python -m tests.speech.rough FD SECONDS`)."""

import os
import signal
import socket
import sys

from hoyhoy.speech import child
from hoyhoy.speech.frames import Refusal


def load():
    return "rough 1", perform


def perform(head, body):
    match head["do"]:
        case "echo":
            return {"pid": os.getpid()}, body
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            while True:
                signal.pause()
        case "refuse":
            raise Refusal("Not this.")
        case "eat":
            return {"size": len(bytearray(1 << 32))}, b""
    raise ValueError("a bug")


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as sock:
        child.serve(sock, sys.modules[__name__], float(sys.argv[2]))
