"""The lab's client in Python: plain blocking HTTP, for tests, the terminal and the demo."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

LONGEST_PATIENCE = 24 * 3600.0


class LabError(Exception):
    """The lab refused; the sentence says why. `status` is HTTP's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(LabError):
    """No exchange answers at that address."""

    def __init__(self, url: str, reason: object) -> None:
        super().__init__(0, f"No exchange answers at {url} ({reason}). `hoyhoy serve` starts one.")


class Lab:
    """Calls the lab of the exchange at `url` (such as http://127.0.0.1:8980). `patience` in real seconds."""

    def __init__(self, url: str, patience: float = 60.0) -> None:
        parts = urlsplit(url)
        self.url, self.host, self.port = url, parts.hostname or "127.0.0.1", parts.port or 80
        self.patience = patience

    def request(self, method: str, path: str, body: Any = None, *, patience: float | None = None) -> Any:
        """One request; the JSON answered. LabError when the lab refuses, Unreachable when nobody answers."""
        with closing(self._connect(patience or self.patience)) as connection, self._reaching():
            self._send(connection, method, path, body)
            answer = connection.getresponse()
            return _result(answer.status, answer.read())

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path + ("?" + urlencode(query) if query else ""))

    def post(self, path: str, **body: Any) -> Any:
        return self.request("POST", path, body)

    def put(self, path: str, **body: Any) -> Any:
        return self.request("PUT", path, body)

    def file(self, path: str) -> bytes:
        """What lies at a path that is not JSON."""
        with closing(self._connect(self.patience)) as connection, self._reaching():
            self._send(connection, "GET", path, None)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status >= 400:
                _result(answer.status, body)
            return body

    def phone(self, number: str) -> str:
        """The path of a phone."""
        return "/phones/" + quote(number, safe="+")

    def expect(self, match: dict[str, Any], *, after: int, within: float) -> dict[str, Any] | None:
        """The first entry behind `after` that fits, or None after `within` seconds of the exchange's clock."""
        patience = min(self.patience + within, LONGEST_PATIENCE)  # in real time it takes as long as it says
        wish = {"match": match, "after": after, "within": within}
        found: dict[str, Any] | None = self.request("POST", "/expect", wish, patience=patience)["found"]
        return found

    def position(self) -> int:
        """The place of the newest entry in the log."""
        return int(self.get("/events", limit=0)["last"])

    def events(self, after: int, **filters: str) -> Iterator[dict[str, Any]]:
        """Entries as they happen, from the one behind `after` on, until the exchange stops; Unreachable if it dies."""
        with closing(self._connect(None)) as connection, self._reaching():
            path = "/events?" + urlencode({"after": after, **filters})
            self._send(connection, "GET", path, None, {"Accept": "text/event-stream"})
            answer = connection.getresponse()
            if answer.status != 200:
                _result(answer.status, answer.read())
            for line in answer:
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])

    def _connect(self, patience: float | None) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=patience)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise Unreachable(self.url, reason) from None

    def _send(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: Any,
        headers: dict[str, str] | None = None,
    ) -> None:
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, "/lab/v1" + path, content, {"Content-Type": "application/json", **(headers or {})})


def _result(status: int, body: bytes) -> Any:
    if status >= 400:
        try:
            message = json.loads(body)["message"]
        except (ValueError, KeyError, TypeError):
            message = body.decode("utf-8", "replace")[:200]
        raise LabError(status, f"{message}")
    return json.loads(body) if body else None
