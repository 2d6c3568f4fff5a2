"""Where an exchange answers, how a program on this machine finds it, and how it is told that it is needed.

* `GET /lab/v1/health` tells an `Address`; nothing in it is secret.
* `<data>/run.json`, 0600, holds the `Keys`: the address again and the credentials. Whoever can read the data
  folder may use them; whoever can merely reach the port may not.
* `GET /lab/v1/tenancy` is held open while the exchange is needed.

All of it goes straight to the loopback port, past whatever proxies the environment names.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import tempfile
from base64 import b64encode
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlencode, urlsplit

T = TypeVar("T", "Address", "Keys")

ANSWER_SECONDS = 5.0
HEALTH = "/lab/v1/health"
TENANCY = "/lab/v1/tenancy"


class Stranger(Exception):
    """Something else than an exchange answers there."""


class Refused(Exception):
    """The exchange refused a request; the text is its own."""


@dataclass(frozen=True, slots=True)
class Address:
    """What health says: version, this start's identity, data folder, URLs of the API and of the proxy port."""

    hoyhoy: str
    exchange: str
    data: str
    api: str
    proxy: str
    account_sid: str = ""

    @property
    def ca(self) -> Path:
        """The root certificate."""
        return Path(self.data) / "tls" / "ca.pem"


@dataclass(frozen=True, slots=True)
class Keys:
    """What run.json holds: the first account's credentials, of each kind one pair."""

    exchange: str
    api: str
    proxy: str
    account_sid: str
    auth_token: str
    number: str = ""
    number_sid: str = ""
    api_key: str = ""
    api_secret: str = ""
    test_account_sid: str = ""
    test_auth_token: str = ""

    def write(self, folder: Path) -> None:
        """Put them into `folder`/run.json, readable by its owner only, whole or not at all."""
        number, name = tempfile.mkstemp(dir=folder, prefix=".run-")  # 0600
        with open(number, "w") as file:
            json.dump(asdict(self), file)
        os.replace(name, folder / "run.json")

    @staticmethod
    def read(folder: Path) -> Keys | None:
        """What the last exchange of this folder left; None when there is none or it cannot be read."""
        try:
            return _taken(Keys, json.loads((folder / "run.json").read_text()))
        except (OSError, ValueError):
            return None


def ask(api: str, seconds: float = ANSWER_SECONDS) -> Address | None:
    """The address of the exchange at `api`; None when nobody listens there; Stranger when somebody else does."""
    try:
        status, body = _request(api, "GET", HEALTH, {}, "", seconds)
    except ConnectionRefusedError:
        return None
    except (OSError, http.client.HTTPException):
        raise Stranger(api) from None
    try:
        told = json.loads(body) if status == 200 else None
        address = _taken(Address, told)
    except ValueError:
        raise Stranger(api) from None
    return address


def set_webhooks(keys: Keys, *, voice: str = "", sms: str = "") -> str:
    """Lead calls and messages of the first number to these URLs, through the REST API; returns that number.

    Refused says why not.
    """
    base = f"/2010-04-01/Accounts/{keys.account_sid}/IncomingPhoneNumbers"
    sid = keys.number_sid
    if not sid:
        numbers = _rest(keys, "GET", f"{base}.json?PageSize=1", "").get("incoming_phone_numbers")
        if not numbers:
            raise Refused("The account has no phone number whose webhooks could be set.")
        sid = numbers[0]["sid"]
    chosen = {"VoiceUrl": voice, "SmsUrl": sms}
    told = _rest(keys, "POST", f"{base}/{sid}.json", urlencode({name: url for name, url in chosen.items() if url}))
    return str(told.get("phone_number", keys.number))


class Tenancy:
    """Keeps an exchange that runs until it is unused: a connection held open, closed by the kernel if we die."""

    def __init__(self, api: str) -> None:
        """OSError when the exchange is gone or does not grant it."""
        url = urlsplit(api)
        self._socket = socket.create_connection((url.hostname or "", url.port or 80), ANSWER_SECONDS)
        try:
            self._socket.sendall(f"GET {TENANCY} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:  # the whole head: then it is counted
                piece = self._socket.recv(4096)
                head += piece
                if not piece or len(head) > 65536:
                    break
            if b"\r\n\r\n" not in head or not head.startswith(b"HTTP/1.1 200"):
                raise ConnectionRefusedError("the exchange does not grant a tenancy")
        except OSError:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _rest(keys: Keys, method: str, path: str, form: str) -> dict[str, Any]:
    pair = b64encode(f"{keys.account_sid}:{keys.auth_token}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        status, body = _request(keys.api, method, path, headers, form, ANSWER_SECONDS)
    except (OSError, http.client.HTTPException) as error:
        raise Refused(f"The exchange at {keys.api} does not answer: {error}") from None
    told: dict[str, Any] = {}
    with contextlib.suppress(ValueError):
        told = json.loads(body)
    if status >= 300:
        raise Refused(f"The exchange refused {method} {path.partition('?')[0]}: {told.get('message', status)}")
    return told


def _request(api: str, method: str, path: str, headers: dict[str, str], form: str, seconds: float) -> tuple[int, bytes]:
    url = urlsplit(api)
    connection = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=seconds)
    try:
        connection.request(method, path, form or None, headers)
        response = connection.getresponse()
        return response.status, response.read(1 << 20)
    finally:
        connection.close()


def _taken(kind: type[T], told: Any) -> T:
    """The fields we know, as strings; ValueError when one is missing. Newer exchanges may tell more."""
    if not isinstance(told, dict):
        raise ValueError("not an object")
    known = {field.name: told[field.name] for field in fields(kind) if isinstance(told.get(field.name), str)}
    try:
        return kind(**known)
    except TypeError as error:
        raise ValueError(str(error)) from None
