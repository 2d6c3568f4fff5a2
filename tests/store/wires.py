"""A wire to a PostgreSQL server that can be cut in the middle of a word."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOCKET = ".s.PGSQL.5432"


class Wire:
    """Passes on what is said between clients and the server whose socket lies in `folder`."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.cut_after = b""
        """Once a client has said this, it hears no more, and the server is not told that nobody listens."""
        self.cuts = 0
        self._server = server / SOCKET
        self._open: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / SOCKET))
        self._listening.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            self._open += [client, server]
            for source, sink in ((client, server), (server, client)):
                thread = threading.Thread(target=self._pass_on, args=(source, sink, source is client))
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_client: bool) -> None:
        try:
            while said := source.recv(65536):
                cut = is_client and self.cut_after and self.cut_after in said
                if cut:
                    self.cut_after = b""
                    self.cuts += 1
                    source.shutdown(socket.SHUT_RDWR)
                sink.sendall(said)
                if cut:
                    return
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._open:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads:
            thread.join()
        for one in self._open:
            one.close()


@contextmanager
def wire(folder: Path, server: Path) -> Iterator[Wire]:
    made = Wire(folder, server)
    try:
        yield made
    finally:
        made.close()
