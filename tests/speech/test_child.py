"""The child process itself: crashes, hangs and the end of whoever started it."""

import socket
import subprocess
import sys
import time

import pytest

from hoyhoy.speech import child
from hoyhoy.speech.frames import PREFIX, framed, lengths, read_head

from ..house.tree import ROOT
from .conftest import Child


@pytest.fixture
def served(request, tmp_path):
    """A process that serves rough.py."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "tests.speech.rough", str(theirs.fileno()), str(getattr(request, "param", 20.0))]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=ROOT, stderr=log)
    theirs.close()
    ours.settimeout(30)
    yield ours, process.pid
    ours.close()
    assert process.wait(30) == 0


def ask(sock, head, body=b""):
    sock.sendall(framed(head, body))
    return receive(sock)


def receive(sock):
    head, body = lengths(child.exactly(sock, PREFIX))
    return read_head(child.exactly(sock, head)), child.exactly(sock, body)


def test_each_order_is_obeyed_by_a_copy(served):
    sock, pid = served
    assert receive(sock)[0] == {"version": "rough 1"}
    first, body = ask(sock, {"do": "echo"}, b"x" * 300_000)
    second, _ = ask(sock, {"do": "echo"})
    assert body == b"x" * 300_000 and len({pid, first["pid"], second["pid"]}) == 3


def test_a_crash_ends_the_copy_alone(served, tmp_path):
    sock, _ = served
    receive(sock)
    assert "crashed (SIGSEGV)" in ask(sock, {"do": "crash"})[0]["refused"]
    assert ask(sock, {"do": "refuse"})[0] == {"refused": "Not this."}
    assert "failed" in ask(sock, {"do": "bug"})[0]["refused"]
    assert "too much memory" in ask(sock, {"do": "eat"})[0]["refused"]
    assert ask(sock, {"do": "echo"}, b"ok")[1] == b"ok"
    assert "a bug" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("served", [0.05], indirect=True)
def test_a_hang_is_ended_in_time(served):
    sock, _ = served
    receive(sock)
    assert "longer than 0.05 s" in ask(sock, {"do": "hang"})[0]["refused"]
    assert ask(sock, {"do": "echo"}, b"ok")[1] == b"ok"


def test_copies_end_with_the_exchange(served):
    """The exchange goes while a copy hangs: nothing of it stays."""
    sock, pid = served
    receive(sock)
    sock.sendall(framed({"do": "hang"}))
    await_children(pid, 1)
    sock.shutdown(socket.SHUT_RDWR)
    await_children(pid, 0)


def await_children(pid, count):
    for _ in range(400):
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
        if len(listed.stdout.split()) == count:
            return
        time.sleep(0.005)
    raise AssertionError(f"{pid} has not {count} children")


def test_the_process_ends_when_its_socket_does():
    made = Child("decode")
    assert made.hello == {"version": "decode 1"}
    assert made.close() == 0


def test_nonsense_ends_it(capfd):
    made = Child("decode")
    made.sock.sendall(b"\xff" * 64)
    assert made.process.wait(30) == 1
    made.close()
    assert "a message of" in capfd.readouterr().err


def test_work_that_cannot_be_loaded_is_told():
    ours, theirs = socket.socketpair()

    class Lacking:
        @staticmethod
        def load():
            raise RuntimeError("espeak-ng is not installed")

    child.serve(theirs, Lacking, 1.0)
    assert receive(ours)[0] == {"refused": "espeak-ng is not installed"}
    ours.close()
    theirs.close()


def test_it_loads_light():
    """A child starts with what its work needs and no more: not the exchange, not the web."""
    told = "import sys, hoyhoy.speech.child; print([m for m in ('asyncio', 'aiohttp', 'numpy') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
