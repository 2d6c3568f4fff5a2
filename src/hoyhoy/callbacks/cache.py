"""GET answers that may be used again (voice reference 1.7; RFC 9111 in the part that matters here).

Only 200 answers, only of GET, and nothing that is personal to a session: an answer that sets or
depends on a cookie, says `private` or `no-store`, or varies by more than the encoding.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hoyhoy.exchange.ports import Page
from hoyhoy.wire import freshness

Key = tuple[str, str]
"""The account that asks, and the whole URL."""


@dataclass(slots=True)
class _Kept:
    page: Page
    fresh_until: float
    validators: dict[str, str]


class PageCache:
    """The `most` answers used last. `now` gives Unix seconds of the exchange's clock."""

    def __init__(self, now: Callable[[], float], most: int = 256) -> None:
        self._now, self._most = now, most
        self._pages: OrderedDict[Key, _Kept] = OrderedDict()

    def fresh(self, key: Key) -> Page | None:
        """The kept answer, when the app need not be asked."""
        kept = self._pages.get(key)
        if kept is None or kept.fresh_until <= self._now():
            return None
        self._pages.move_to_end(key)
        return replace(kept.page, seconds=0.0, attempts=0)

    def validators(self, key: Key) -> Mapping[str, str]:
        """Request headers that ask whether the kept answer is still good."""
        kept = self._pages.get(key)
        return kept.validators if kept else {}

    def take(self, key: Key, page: Page) -> Page:
        """What the app's answer amounts to: a 304 is the kept page, a 200 is kept when it may be."""
        kept = self._pages.get(key)
        if page.status == 304 and kept:
            kept.fresh_until = self._now() + freshness.lifetime(page.headers, self._now())
            self._pages.move_to_end(key)
            return replace(kept.page, seconds=page.seconds, attempts=page.attempts)
        if page.status == 200:
            self._keep(key, page)
        return page

    def _keep(self, key: Key, page: Page) -> None:
        self._pages.pop(key, None)
        validators = freshness.validators(page.headers)
        lifetime = freshness.lifetime(page.headers, self._now())
        if not freshness.may_be_kept(page.headers) or not (validators or lifetime > 0):
            return
        self._pages[key] = _Kept(page, self._now() + lifetime, validators)
        if len(self._pages) > self._most:
            self._pages.popitem(last=False)
