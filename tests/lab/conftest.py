"""Two exchanges that the lab's tests share, one in virtual and one in real time; each test has a phone of its own."""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from hoyhoy.settings import Settings
from hoyhoy.testing.local import LocalExchange

_numbers = itertools.count(1)


class Asking:
    """Raw requests to an exchange: whatever status comes back, with its JSON."""

    def __init__(self, exchange: LocalExchange) -> None:
        self.exchange = exchange
        self.where = urlsplit(exchange.url).netloc

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """`body` is sent as JSON, bytes and text as they are."""
        headers.setdefault("Content-Type", "application/json")
        content = body if isinstance(body, bytes | str) or body is None else json.dumps(body)
        connection = http.client.HTTPConnection(self.where, timeout=60)
        try:
            connection.request(method, "/lab/v1" + path, content, headers)
            answer = connection.getresponse()
            text = answer.read()
            if text:
                assert answer.headers["Content-Type"] == "application/json", text
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def refused(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, int, str]:
        """Status, code and message of an error."""
        status, told = self(method, path, body, **headers)
        assert set(told) == {"code", "message", "status"} and told["status"] == status >= 400, told
        return status, told["code"], told["message"]

    def last(self) -> int:
        return int(self("GET", "/events?limit=0")[1]["last"])

    def ring(self, number: str, twiml: str = "<Pause length='60'/>") -> str:
        """Let the exchange call a phone; the call's sid."""
        account = self.exchange.account
        form = urlencode({
            "To": number, "From": self.exchange.numbers[0], "Twiml": f"<Response>{twiml}</Response>"
        })  # fmt: skip
        return str(self.api("POST", "/Calls.json", form, account.sid, account.auth_token)["sid"])

    def api(self, method: str, path: str, form: str, sid: str, token: str) -> Any:
        from base64 import b64encode

        pair = b64encode(f"{sid}:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection(self.where, timeout=60)
        try:
            connection.request(method, f"/2010-04-01/Accounts/{sid}{path}", form, headers)
            answer = connection.getresponse()
            assert answer.status < 300
            return json.loads(answer.read())
        finally:
            connection.close()

    def expect(self, *kinds: str, within: float = 30, **match: Any) -> dict[str, Any]:
        after = match.pop("after", 0)
        status, told = self("POST", "/expect", {"match": {"kinds": kinds, **match}, "after": after, "within": within})
        assert status == 200 and told["found"], told
        return dict(told["found"])


@pytest.fixture(scope="session")
def standing() -> Iterator[LocalExchange]:
    with LocalExchange(Settings(port=0, proxy_port=0, virtual_time=True, speech="none")) as exchange:
        yield exchange


@pytest.fixture(scope="session")
def live() -> Iterator[LocalExchange]:
    """In real time."""
    with LocalExchange(Settings(port=0, proxy_port=0, media_port=0)) as exchange:
        yield exchange


@pytest.fixture
def ask(standing: LocalExchange) -> Asking:
    return Asking(standing)


@pytest.fixture
def ask_live(live: LocalExchange) -> Asking:
    return Asking(live)


@pytest.fixture
def number() -> str:
    return f"+1415557{next(_numbers):04d}"


@pytest.fixture
def manual(ask: Asking, number: str) -> str:
    """A phone that rings and waits."""
    ask("PUT", f"/phones/{number}", {"answering": "manual"})
    return number


Answered = Callable[..., str]


@pytest.fixture
def answered(ask: Asking, manual: str) -> Answered:
    """Calls the manual phone with a document and answers; the call's sid."""

    def answer(twiml: str = "<Pause length='60'/>") -> str:
        sid = ask.ring(manual, twiml)
        ask.expect("PhoneRang", subject=sid)
        assert ask("POST", f"/calls/{sid}/answer")[0] == 200
        ask.expect("CallMoved", subject=sid, where={"status": "in-progress"})
        return sid

    return answer
