"""Asking apps: signed, bounded in time and size, within the guard (voice reference 1.7 and 3.4 to 3.8).

The world outside is real: connect, read and total times are real seconds (pool.py), also when
the exchange's clock is virtual; that clock is held still meanwhile.
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import aiohttp
from aiohttp.abc import AbstractResolver

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Params
from hoyhoy.exchange.ports import Callback, Page, Session, Webhook
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.signature import HEADER, sign, signed_url

from . import documents as tutorial
from .cache import PageCache
from .cookies import CookieSession
from .failure import Failed, explained
from .form import encoded
from .guard import Guard
from .order import Order
from .overrides import Limits, overridden
from .pool import Answer, Pool
from .target import Map, Target, aim, redirected, to_yarl

MOST_REDIRECTS = 10
REDIRECTS = frozenset({301, 302, 303, 307, 308})

HEADERS = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "Accept-Encoding": "gzip", "X-Home-Region": "us1"}
IDEMPOTENCY = "I-Twilio-Idempotency-Token"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"

Documents = Callable[[str, str, Params], Page | None]
"""Local answers: (method, URL, params) to a page, or None when the app is to be asked."""

Remark = Callable[[str, str, str], None]
"""Tells the customer: (account, what it is about, a sentence)."""

LATEST_REMARKS = 100
"""None of so many is made twice."""


@dataclass(slots=True)
class _Errand:
    """One logical request: what its redirects and retries share, and what they use up."""

    account: str
    token: str
    cookies: CookieSession
    limits: Limits
    deadline: float
    began: float
    idempotency: str
    voice: bool
    telling: bool
    attempts: int = 0
    retries: int = 0


class AppFetcher:
    """The `Fetcher` port. `start()` before use, `close()` at the end, both on the loop that uses it."""

    def __init__(
        self,
        *,
        clock: Clock,
        chance: Chance,
        token_of: Callable[[str], str],
        guard: Guard | None = None,
        documents: Documents | None = None,
        remark: Remark = lambda account, subject, sentence: None,
        maps: Iterable[Map] = (),
        limits: Limits | None = None,
        in_order: bool = False,
        tls: ssl.SSLContext | bool = True,
        resolver: AbstractResolver | None = None,
        connections: int = 512,
    ) -> None:
        """`token_of` gives the auth token of an account's sid. `in_order` is for the virtual clock (order.py).

        `documents` are the exchange's own unless others are given; `remark` hears what is to be said of them.
        `tls` is False to trust any certificate, or a context of one's own. `connections` bounds the
        open sockets; a request waits for a free one within its own total time.
        """
        self._clock, self._chance, self._token_of = clock, chance, token_of
        self._guard = guard or Guard()
        self._documents = documents or partial(tutorial.answer, own=self._guard.own)
        self._remark, self._remarks = remark, deque[tuple[str, str]](maxlen=LATEST_REMARKS)
        self._limits = limits or Limits()
        self._order = Order() if in_order else None
        self._cache = PageCache(clock.now)
        self._open = partial(Pool, self._guard, tls=tls, resolver=resolver, connections=connections)
        self._aim: Callable[[str], Target] = lru_cache(1024)(partial(aim, maps=tuple(maps)))
        self._check_host: Callable[[str], None] = lru_cache(1024)(self._guard.check_host)

    async def start(self) -> None:
        self._pool = self._open()

    async def close(self) -> None:
        await self._pool.close()

    def session(self) -> CookieSession:
        return CookieSession()

    async def fetch(self, webhook: Webhook, *, account: str, session: Session) -> Page:
        """The app's 2xx answer, at most 64 kB. FetchFailed for everything else."""
        assert isinstance(session, CookieSession)
        return await self._ask(webhook, account, session, telling=False)

    async def tell(self, callback: Callback) -> Page:
        """Deliver `callback` once, retries of its URL's fragment included; the answer's body does not matter (1.2)."""
        webhook = Webhook(callback.url, callback.method, callback.params)
        return await self._ask(webhook, callback.account, self.session(), telling=True)

    async def _ask(self, webhook: Webhook, account: str, cookies: CookieSession, *, telling: bool) -> Page:
        try:
            limits = overridden(webhook.url, self._limits)
            host = self._aim(webhook.url).host
            with self._clock.busy(f"webhook {host}"):
                errand = _Errand(
                    account,
                    self._token_of(account),
                    cookies,
                    limits,
                    self._pool.now() + limits.total,
                    self._clock.now(),
                    _uuid(self._chance),
                    _is_voice(webhook.params),
                    telling,
                )
                if self._order is None:
                    return await self._follow(webhook, errand)
                async with self._order.place():
                    return await self._follow(webhook, errand)
        except Fault as fault:
            raise Failed(fault.code, fault.message) from fault
        except ValueError as error:  # of the client's own reading of URLs, in whatever part of it
            raise Failed(11100, f"{webhook.url[:200]!r} cannot be requested: {error}.") from error

    async def _follow(self, webhook: Webhook, errand: _Errand) -> Page:
        """The answer at the end of the redirects. They are followed by hand: each is signed and guarded anew."""
        url, params = webhook.url, webhook.params + webhook.extra
        method = "GET" if webhook.method.upper() == "GET" else "POST"
        for _ in range(MOST_REDIRECTS + 1):
            page = await self._request(url, method, params, errand)
            if page.status not in REDIRECTS:
                return page
            location = next((value for name, value in page.headers if name.lower() == "location"), "")
            if not location:
                raise Failed(11216, f"The app answered {page.status} without saying where to.", page)
            url = redirected(url, location)
            if page.status in (301, 302, 303):
                method = "GET"
            params = webhook.params
        raise Failed(11215, f"More than {MOST_REDIRECTS} redirects; the last one led to {url}.")

    async def _request(self, url: str, method: str, params: Params, errand: _Errand) -> Page:
        """One hop with its retries: a page with a 2xx status or a redirect."""
        target = self._aim(url)
        if local := self._documents(method, target.public, params):
            self._remark_on(local, params, errand.account)
            return local
        # Blanks travel as `+` to steering URLs and as `%20` in callbacks (3.1).
        form = encoded(params, "%20" if errand.telling else "+")
        headers = {**HEADERS, IDEMPOTENCY: errand.idempotency, **dict(target.headers)}
        if cookie := errand.cookies.header(to_yarl(target.public)):
            headers["Cookie"] = cookie
        body, signed, kept = None, params, False
        key = (errand.account, f"{url}\n{form}")
        if method == "GET":
            target, signed = target.with_query(form), ()
            kept = not errand.telling and not cookie
            if kept and (page := self._cache.fresh(key)):
                return replace(page, url=url)
            headers |= self._cache.validators(key) if kept else {}
        else:
            headers["Content-Type"], body = FORM, form.encode()
        headers[HEADER] = sign(errand.token, signed_url(target.public, voice=errand.voice), signed)
        while True:
            errand.attempts += 1
            try:
                self._check_host(target.host)
                answer = await self._pool.send(method, target.sent, headers, body, errand.limits, errand.deadline)
            except (aiohttp.ClientError, OSError, UnicodeError) as error:
                failure = explained(error, target.place, errand.limits, errand.attempts)
            else:
                if lines := answer.headers.getall("Set-Cookie", ()):
                    errand.cookies.learn(lines, to_yarl(target.public))
                page = Page(
                    url,
                    answer.status,
                    _text(answer.headers.get("Content-Type", "")),
                    answer.body,
                    tuple([(_text(name), _text(value)) for name, value in answer.headers.items()]),
                    self._clock.now() - errand.began,
                    errand.attempts,
                    _shown(headers),
                )
                # A 304 is judged as the page it stands for; of the others only whole and usable ones are kept.
                if kept and (page.status == 304 or _failure(page, answer, errand, target.place) is None):
                    page = self._cache.take(key, page)
                found = _failure(page, answer, errand, target.place)
                if found is None:
                    return page
                failure = found
            if failure.cause not in errand.limits.policy or errand.retries >= errand.limits.retries:
                raise failure
            errand.retries += 1

    def _remark_on(self, page: Page, params: Params, account: str) -> None:
        """Once for each call."""
        subject = next((value for name, value in params if name == "CallSid"), account)
        sentence = tutorial.remark(page)
        if sentence and (subject, sentence) not in self._remarks:
            self._remarks.append((subject, sentence))
            self._remark(account, subject, sentence)


def _failure(page: Page, answer: Answer, errand: _Errand, place: str) -> Failed | None:
    """Why `page` is no usable answer, if it is not."""
    if page.status in REDIRECTS:
        return None
    if not 200 <= page.status < 300:
        # The general code, see failure.py. An answer without a class that a policy can name is not asked for again.
        cause = {4: "4xx", 5: "5xx"}.get(page.status // 100, "")
        return Failed(11200, f"The app answered with status {page.status}.", page, cause=cause)
    if errand.telling:
        return None
    if answer.trouble:
        failure = explained(answer.trouble, place, errand.limits, errand.attempts)
        return Failed(failure.code, failure.message, page)  # no cause: a partial answer is not asked for again (3.5)
    if not answer.whole:
        return Failed(11750, "The answer is longer than 64 kB.", page)
    if not page.body and page.status == 200 and answer.headers.get("Transfer-Encoding", "").lower() == "chunked":
        return Failed(11770, "The answer came in chunks and is empty.", page)
    return None


def _shown(headers: Mapping[str, str]) -> Params:
    """The header fields of a request, for the customer's eyes; a password of the URL is there already."""
    return tuple([(name, value) for name, value in headers.items() if name != "Authorization"])


def _text(field: str) -> str:
    """A header field that can be kept and shown: the client hands over bytes that are no UTF-8 as lone surrogates."""
    return field if field.isascii() else field.encode("utf-8", "replace").decode()


def _is_voice(params: Params) -> bool:
    """Requests about calls name one; messaging keeps the port of an https URL in its signature (3.8)."""
    return any(name == "CallSid" for name, _ in params)


def _uuid(chance: Chance) -> str:
    digits = chance.hex(32)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
