"""A customer with SIP phones: an exchange in real time, his web app, his SIP domain and the people on its list."""

from __future__ import annotations

import threading
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from twilio.rest import Client

from hoyhoy.audio import wav
from hoyhoy.audio.g711 import Samples
from hoyhoy.settings import Settings
from hoyhoy.testing.local import LocalExchange

from ..testing.webapp import Direct, Form, WebApp
from .baresip import Baresip
from .processes import GLANCE, OVER, PATIENCE

DOMAIN = "office.sip.twilio.com"
PASSWORD = "Analytical-Engine-1843"
PEOPLE = ("ann", "ben", "cleo", "dan")

CALM = 1.1
"""Real seconds between two phones of one person: they register, and unregister, five times a second at most (32008)."""


def real_time(**settings: Any) -> Settings:
    """Settings of an exchange with sockets, none of which can be taken by another one."""
    return Settings(**{"port": 0, "proxy_port": 0, "media_port": 0, "sip_port": 0, "sips_port": 0, **settings})


class Office:
    """Use as a context manager. Calls to the domain perform what `app.pages["/voice"]` says."""

    def __init__(self, **settings: Any) -> None:
        self.exchange, self.app = LocalExchange(real_time(**settings)), WebApp()
        self._phones = 0
        self._latest: dict[str, float] = {}

    def __enter__(self) -> Self:
        self.app.__enter__()
        self.exchange.__enter__()
        account = self.exchange.account
        self.client = Client(account.sid, account.auth_token, http_client=Direct(self.exchange.url))
        self.lab, self.numbers = self.exchange.lab, self.exchange.numbers
        people = self.client.sip.credential_lists.create("people")
        for name in PEOPLE:
            self.client.sip.credential_lists(people.sid).credentials.create(name, PASSWORD)
        domain = self.client.sip.domains.create(DOMAIN, voice_url=self.app.url("/voice"), sip_registration=True)
        self.client.sip.domains(domain.sid).auth.calls.credential_list_mappings.create(people.sid)
        self.client.sip.domains(domain.sid).auth.registrations.credential_list_mappings.create(people.sid)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.exchange.__exit__(kind, error, trace)
        self.app.__exit__(kind, error, trace)

    # Phones ------------------------------------------------------------------------------------

    def phone(
        self, folder: Path, name: str, *, says: Samples | None = None, password: str = PASSWORD, transport: str = "udp"
    ) -> Baresip:
        """A real phone of one of the people, which registers as soon as it is on."""
        place = f"sip:127.0.0.1:{self.exchange.sip_ports[transport]};transport={transport}"
        account = f'<sip:{name}@{DOMAIN}>;auth_user={name};auth_pass={password};outbound="{place}";regint=600'
        self._phones += 1
        time.sleep(max(0.0, self._latest.get(name, 0.0) + CALM - time.monotonic()))
        self._latest[name] = time.monotonic()
        return Baresip(folder / f"{name}{self._phones}", account, says=says, authority=self.exchange.authority)

    def address(self, name: str) -> str:
        return f"sip:{name}@{DOMAIN}"

    def lead(self, path: str) -> str:
        """Calls to the first number perform this page too; the number."""
        [number] = self.client.incoming_phone_numbers.list(phone_number=self.numbers[0])
        number.update(voice_url=self.app.url(path))
        return self.numbers[0]

    # What became of it ---------------------------------------------------------------------------

    def asked(self, path: str, **fields: str) -> Form:
        """The first request to a page with these fields, waited for."""
        return self.until(
            lambda: next((form for form in self.app.forms(path) if fields.items() <= form.items()), None),
            lambda: f"nobody asked {path} with {fields}, but {self.app.asked}",
        )

    def over(self, sid: str) -> Any:
        """The call as REST shows it, when it is over."""
        match = {"kinds": ["CallMoved"], "subject": sid}
        after = 0
        while entry := self.lab.expect(match, after=after, within=PATIENCE):
            if entry["event"]["status"] in OVER:
                return self.client.calls(sid).fetch()
            after = entry["position"]
        raise AssertionError(f"{sid} does not end:\n{self.story(sid)}")

    def moved(self, sid: str, status: str) -> None:
        """Wait until the call has a status."""
        match = {"kinds": ["CallMoved"], "subject": sid, "where": {"status": status}}
        assert self.lab.expect(match, after=0, within=PATIENCE), self.story(sid)

    def happened(self, kind: str, sid: str = "", **where: Any) -> dict[str, Any]:
        """Wait for an event of the log, however long ago it was."""
        found = self.lab.expect({"kinds": [kind], "subject": sid, "where": where}, after=0, within=PATIENCE)
        assert found, self.story(sid)
        return dict(found["event"])

    def story(self, sid: str) -> str:
        entries = self.lab.get("/events", after=0, limit=200, **({"subject": sid} if sid else {}))["entries"]
        return "\n".join(str(entry) for entry in entries)

    def download(self, recording: str, channels: int = 1) -> Any:
        """A finished recording as the customer gets it: one sound, or one for each channel."""
        account = self.exchange.account
        url = f"{self.exchange.url}/2010-04-01/Accounts/{account.sid}/Recordings/{recording}.wav"
        pair = b64encode(f"{account.sid}:{account.auth_token}".encode()).decode()
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {pair}"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            file = answer.read()
        if channels == 1:
            return wav.read(file)
        assert int.from_bytes(file[22:24], "little") == channels
        return np.frombuffer(file[wav.HEAD :], "<i2").reshape(-1, channels).T

    def until(self, look: Callable[[], Any], why: Callable[[], str]) -> Any:
        """What `look` finds, which is looked at until there is something."""
        deadline = time.monotonic() + PATIENCE
        glance = threading.Event()
        while not (found := look()):
            assert time.monotonic() < deadline, why()
            glance.wait(GLANCE)
        return found
