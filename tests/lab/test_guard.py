"""The lab is for programs of this machine, not for web pages (docs/decisions/0004-web-pages.md)."""

from __future__ import annotations

import pytest

from .conftest import Asking

REBOUND = {"Host": "evil.example:8980"}


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"}, REBOUND,
    {**REBOUND, "Sec-Fetch-Site": "same-origin"},
])  # fmt: skip
def test_pages_from_elsewhere_are_refused(ask: Asking, number: str, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/phones"), ("PUT", f"/phones/{number}"), ("GET", "/tenancy"), ("GET", "/nothing")):
        status, code, message = ask.refused(method, path, {} if method == "PUT" else None, **headers)
        assert (status, code) == (403, 20003) and "web pages" in message
    assert number not in [phone["number"] for phone in ask("GET", "/phones")[1]["phones"]]


@pytest.mark.parametrize("headers", [
    {}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8980"},
    {"Host": "hoyhoy:8980"}, {"Host": "api.twilio.com"},
])  # fmt: skip
def test_programs_and_its_own_pages_are_served(ask: Asking, headers: dict[str, str]) -> None:
    assert ask("GET", "/clock", **headers)[0] == 200
