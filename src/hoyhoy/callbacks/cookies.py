"""Cookies of one call, or of one pair of numbers (voice reference 1.7)."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import CookieJar
from yarl import URL

MOST = 50
"""Cookies one session keeps; an app that sets more has the later ones dropped."""


class CookieSession:
    """What `Fetcher.session()` gives. Most apps set no cookie, so the jar is made by the first one."""

    __slots__ = ("_jar",)

    def __init__(self) -> None:
        self._jar: CookieJar | None = None

    def header(self, url: URL) -> str:
        """The value of the Cookie header for a request to `url`; empty when there is none to send."""
        if self._jar is None:
            return ""
        return "; ".join(f"{name}={cookie.coded_value}" for name, cookie in self._jar.filter_cookies(url).items())

    def learn(self, lines: Sequence[str], url: URL) -> None:
        """Take the Set-Cookie lines of an answer from `url`."""
        if self._jar is None:
            # Apps under development live on bare addresses, which an ordinary jar keeps no cookies for.
            self._jar = CookieJar(unsafe=True)
        if len(self._jar) < MOST:
            # Bytes that are no text could be kept but never be sent.
            self._jar.update_cookies_from_headers([line for line in lines[:MOST] if line.isprintable()], url)
