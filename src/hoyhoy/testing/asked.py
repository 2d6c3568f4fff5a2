"""What an app was asked: the requests for documents, and the callbacks that only tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hoyhoy.lab.client import Lab

from .log import NotHeard, first, pages

KINDS = ("WebhookAnswered", "CallbackDelivered", "CallbackFailed")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the app and what it answered. `status` is 0 when no answer came; `problem` says why then.

    `is_callback`: its answer steers nothing. `seconds` is how long the answer took, `at` when it was there, in seconds
    of the exchange's clock. `subject` is the sid of the call or message.
    """

    url: str
    method: str
    params: dict[str, str]
    status: int
    body: str
    problem: str
    is_callback: bool
    subject: str
    at: float
    seconds: float

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        """Of the URL itself."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    def __getitem__(self, name: str) -> str:
        """A parameter; `asked["Digits"]`."""
        return self.params[name]

    def get(self, name: str, default: str = "") -> str:
        return self.params.get(name, default)

    def __str__(self) -> str:
        said = {name: self.params[name] for name in ("CallStatus", "Digits", "SpeechResult", "Body") if self.get(name)}
        return f"{self.method} {self.url} {said or ''} -> {self.status or self.problem}"


def asked(entry: dict[str, Any]) -> Asked:
    event = entry["event"]
    return Asked(
        url=event["url"],
        method=event["method"],
        params=dict(event["params"]),
        status=event["status"],
        body=event.get("body", ""),
        problem=event.get("problem", ""),
        is_callback=entry["kind"] != "WebhookAnswered",
        subject=entry["subject"],
        at=entry["at"],
        seconds=event["seconds"],
    )


class Webhooks:
    """All that apps of an exchange were asked."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._taken: set[int] = set()

    def all(self, url: str, subject: str, params: dict[str, str]) -> list[Asked]:
        entries = pages(self._lab, kind=",".join(KINDS), contains=url, subject=subject)
        return [one for one in map(asked, entries) if _fits(one, url, params)]

    def expect(self, url: str, subject: str, params: dict[str, str], within: float) -> Asked:
        """The first that was not found before, past ones too: two addresses are asked in any order."""
        match = {"kinds": list(KINDS), "subject": subject, "contains": url}
        fits = lambda one: one["position"] not in self._taken and _fits(asked(one), url, params)  # noqa: E731
        found = first(self._lab, match, 0, within, fits)
        if found is None:
            wanted = f"a request to {url or 'the app'}" + (f" with {params}" if params else "")
            raise NotHeard(
                f"Expected {wanted} within {within:g} s of the exchange's clock. "
                f"The app was asked:\n{_listed(self.all('', subject, {}))}"
            )
        self._taken.add(int(found["position"]))
        return asked(found)


def _fits(one: Asked, url: str, params: dict[str, str]) -> bool:
    """The lab finds words of an address in documents as well."""
    return url in one.url and all(one.params.get(name) == str(value) for name, value in params.items())


def _listed(all_: Iterable[Asked]) -> str:
    return "\n".join(f"  {one}" for one in all_) or "  nothing"
