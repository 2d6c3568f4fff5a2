"""The REST API as an ASGI application: reads a request, finds its resource, answers.

Order of refusals: credentials, path, account, method, body, parameters. Every request holds the
exchange's clock while it is being answered, so virtual time cannot run ahead of an order.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from hoyhoy.exchange.chance import new_sid
from hoyhoy.exchange.ports import Account
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.origin import is_from_afar

from . import render
from .auth import CHALLENGE, TEST, Caller, admit, authenticate, authorise, permit
from .conventions import Listing
from .description import describe
from .endpoint import not_found
from .form import LARGEST_BODY, Form, parse
from .permissions import permission
from .ranges import NotThere, ranged
from .rehearsal import rehearsed
from .request import Answer, Context, Stream
from .resource import RootResource
from .router import Place, Router, normalised, split_suffix
from .services import Services, Settings
from .view import View

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CLASSIC = "/2010-04-01"
DOMAIN = ".twilio.com"
DESCRIPTION = "/openapi.json"
"""Where the API describes itself, on the exchange's own host and for everybody."""
REALLY = {"HEAD": "GET", "PUT": "POST"}
"""Methods that mean another."""
STRICT = Settings(strict=True)
RETRY_AFTER = (b"retry-after", b"1")

COMMON_HEADERS = (
    (b"x-home-region", b"us1"),
    (b"x-api-domain", b"api.twilio.com"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-allow-methods", b"GET, POST, DELETE, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Accept, Authorization, Content-Type, If-Match, If-Modified-Since, "
        b"If-None-Match, If-Unmodified-Since, Idempotency-Key",
    ),
    (b"access-control-expose-headers", b"ETag"),
)
"""On every answer, errors too (messaging reference 4.10). Strict-Transport-Security is left out: a browser would
keep it for localhost long after the exchange is gone."""


class Api:
    """Serves resources to HTTP clients."""

    def __init__(self, kinds: Iterable[type[RootResource]], services: Services, views: Sequence[View] = ()) -> None:
        """`views` are older versions of the API, each under a root of its own."""
        self.services = services
        self._kinds = tuple(kinds)
        self._router = Router(self._kinds)
        self._views = {view.root: view for view in views}
        for view in views:
            for kind, path, methods in view.routes(self._kinds):
                self._router.add(kind, path, methods)
        self._busy: Counter[str] = Counter()
        self._description = b""
        self._describing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"the REST API speaks HTTP, not {scope['type']}")
        exchange = _Exchange(self, scope, receive)
        with self.services.clock.busy(f"{exchange.method} {exchange.path}"):
            status, headers, body = await exchange.answer()
            await send({"type": "http.response.start", "status": status, "headers": headers})
            if isinstance(body, bytes) or exchange.method == "HEAD":
                await send({"type": "http.response.body", "body": b"" if exchange.method == "HEAD" else body})
                return
        await exchange.stream(body, send)  # time does not stand still for whoever reads slowly

    async def description(self) -> bytes:
        """The OpenAPI document, written when it is first asked for: on a thread, for it takes a while."""
        async with self._describing:
            if not self._description:
                self._description = await asyncio.to_thread(lambda: render.to_json(describe(self._kinds)))
        return self._description

    def view_at(self, path: str) -> View | None:
        """The older version that a path belongs to."""
        return self._views.get("/" + path[1:].partition("/")[0])

    def product_at(self, host: str, path: str, scheme: str = "http") -> tuple[str, str, str]:
        """Product, path within it and base of absolute addresses: by host when it is Twilio's, else by the path."""
        name = _plain(host)
        if name.endswith(DOMAIN):
            return name.partition(".")[0], path, f"https://{host}"
        first, _, rest = path[1:].partition("/")
        if first != "api" and rest and first in self._router.products():
            return first, "/" + rest, f"{scheme}://{host}/{first}"
        return "api", path, f"{scheme}://{host}"


class _Exchange:
    """One request and its answer."""

    def __init__(self, api: Api, scope: Scope, receive: Receive) -> None:
        self._api, self._services, self._receive = api, api.services, receive
        self.method: str = scope["method"]
        raw = scope.get("raw_path") or scope["path"].encode()
        self.path = raw.partition(b"?")[0].decode("latin-1")
        self._query: bytes = scope.get("query_string", b"")
        self._authorization = b""
        self._host = "localhost"
        self._length = 0
        self._range, self._if_range = "", False
        self._from_page = False
        for name, value in scope["headers"]:
            if name == b"authorization":
                self._authorization = value
            elif name == b"host":
                self._host = value.decode("latin-1")
            elif name == b"origin" or (name == b"sec-fetch-site" and value != b"none"):
                self._from_page = True
            elif name == b"range":
                self._range = value.decode("latin-1")
            elif name == b"if-range":
                self._if_range = True
            elif name == b"content-length" and value.isdigit() and len(value) < 20:
                self._length = int(value)
        self._from_afar = is_from_afar(scope["headers"])
        self._scheme: str = scope.get("scheme", "http")
        self._plain_path, self._suffix = split_suffix(normalised(self.path))
        self._writes_xml = self._suffix in ("", ".xml", ".csv") and self._plain_path.startswith(CLASSIC)
        self._view = api.view_at(self._plain_path)
        if self._view is not None:
            self.method = self._view.method(self.method, self._query)
        self._concurrent = 0

    async def answer(self) -> tuple[int, list[tuple[bytes, bytes]], bytes | Stream]:
        services = self._services
        began, request_id, code = services.clock.now(), new_sid(services.chance, "RQ"), 0
        extra: list[tuple[bytes, bytes]] = []
        try:
            answer = await self._answer()
            if isinstance(answer.body, Stream):
                asked = "" if self.method != "GET" or self._if_range else self._range
                answer = ranged(answer, answer.body, asked)
        except Fault as fault:
            answer, code = _refusal(fault), fault.code
        except Exception:
            log.exception("%s %s failed", self.method, self.path)
            answer, code = _refusal(Fault(20500)), 20500
        if answer.status == 401:
            extra.append(CHALLENGE)
        elif answer.status == 429:
            extra.append(RETRY_AFTER)
        body, content_type = self._written(answer)
        seconds = services.clock.now() - began
        headers = [
            (b"content-type", content_type.encode()),
            (b"content-length", b"%d" % (body.size if isinstance(body, Stream) else len(body))),
            (b"twilio-request-id", request_id.encode()),
            (b"twilio-request-duration", b"%.3f" % seconds),
            (b"twilio-concurrent-requests", b"%d" % self._concurrent),
            *COMMON_HEADERS,
            *extra,
            *((name.lower().encode(), value.encode("latin-1", "replace")) for name, value in answer.headers.items()),
        ]
        if answer.status == 204:
            headers = headers[2:]
        try:
            services.on_request(self.method, self.path, answer.status, seconds, code)
        except Exception:  # what was done stays done, whoever cannot be told of it
            log.exception("%s %s could not be shown", self.method, self.path)
        return answer.status, headers, body

    async def stream(self, body: Stream, send: Send) -> None:
        """Send it portion by portion, as long as somebody is there to read it."""
        gone = self._services.clock.spawn(self._left(), f"the reader of {self.path}")
        try:
            async with aclosing(body.parts(0, body.size)) as parts:
                async for part in parts:
                    if gone.done():
                        return
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except OSError as why:  # too late to be told: the connection ends in the middle
            log.warning("%s %s could not be sent to its end: %s", self.method, self.path, why)
        finally:
            gone.cancel()

    async def _left(self) -> None:
        """The client is gone, or has all of it."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _answer(self) -> Answer:
        if self.method == "OPTIONS":
            return Answer(200, b"")
        if self.path == DESCRIPTION and self.method in ("GET", "HEAD") and not _plain(self._host).endswith(DOMAIN):
            return Answer(200, await self._api.description(), content_type=render.JSON)
        services, api = self._services, self._api
        product, path, base = api.product_at(self._host, self._plain_path, self._scheme)
        found = api._router.find(product, path)
        if found is None or (self._suffix in (".xml", ".csv") and product != "api"):
            await self._authenticated(_without_trace(services))
            raise not_found(self.path)
        places, values = found
        caller = await self._authenticated(services)
        method = REALLY.get(self.method, self.method)
        place = places.get(method)
        names = next((one.names for one in (place, *places.values()) if one), ())
        scope = dict(zip(names, values, strict=False))
        sid = scope.pop("sid", "")
        account = authorise(caller.account, scope.setdefault("account_sid", caller.account.sid), services)
        scope["account_sid"] = account.sid
        if place is None:
            raise Fault(20004, f"Method {self.method} is not allowed for {self.path}")
        self._permit(caller, account, place, product, method)
        form: Form = {}
        if method != "GET":
            form = parse(await self._body())
            # The body may have been long on its way: whoever may not ask any more is not answered.
            caller = await self._authenticated(replace(services, settings=STRICT))
            account = authorise(caller.account, account.sid, services)
            self._permit(caller, account, place, product, method)
        if account.status == TEST:
            if not (place.kind.rehearses and method == "POST" and not place.is_one(method)):
                raise Fault(20008)
            services = rehearsed(services)
        busy = api._busy
        if busy[account.sid] >= services.settings.concurrency:
            raise Fault(20429)
        busy[account.sid] += 1
        self._concurrent = busy[account.sid]
        try:
            return await place.act(self._context(services, caller, account, place, base, scope, sid, form))
        finally:
            busy[account.sid] -= 1
            if not busy[account.sid]:
                del busy[account.sid]

    async def _authenticated(self, services: Services) -> Caller:
        return await authenticate(
            self._authorization,
            services,
            path=self._plain_path,
            from_page=self._from_page or self._from_afar,
            from_afar=self._from_afar,
        )

    def _permit(self, caller: Caller, account: Account, place: Place, product: str, method: str) -> None:
        """Whether these credentials may do this to this account as it is now (messaging reference 3.1, 3.2)."""
        directory, writes = self._services.directory, method != "GET"
        if caller.key is not None:
            needed = permission(product, place.pattern, method, is_one=place.is_one(method))
            permit(caller.key, needed, needs_token=place.kind.needs_token)
        admit(caller.account, directory, writes=writes)
        if account is not caller.account:
            admit(account, directory, writes=writes)

    def _context(
        self,
        services: Services,
        caller: Caller,
        account: Account,
        place: Place,
        base: str,
        scope: dict[str, str],
        sid: str,
        form: Form,
    ) -> Context:
        return Context(
            services=services,
            caller=caller.account,
            key=caller.key,
            account=account,
            method=self.method,
            path=self.path,
            pattern=place.pattern,
            suffix=".json" if self._suffix == ".json" and place.kind.style.xml else "",
            base=base,
            scope=scope,
            sid=sid,
            query=parse(self._query) if self._query else {},
            form=form,
        )

    async def _body(self) -> bytes:
        too_large = Fault(20413, f"A request may have at most {LARGEST_BODY} bytes.")
        if self._length > LARGEST_BODY:
            raise too_large
        body, more = b"", True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                raise Fault(20400, "The client left before its request was complete.")
            body += message.get("body", b"")
            if len(body) > LARGEST_BODY:
                raise too_large
            more = message.get("more_body", False)
        return body

    def _written(self, answer: Answer) -> tuple[bytes | Stream, str]:
        body = answer.body
        if isinstance(body, Stream):
            return body, answer.content_type
        if body is None or isinstance(body, bytes):
            return body or b"", answer.content_type or "text/plain"
        if self._view is not None:
            return self._view.refusal(cast("dict[str, Any]", body), self._suffix)
        if self._suffix == ".csv" and answer.status < 400:
            items, columns = (body.items, body.columns) if isinstance(body, Listing) else ([body], ())
            return render.to_csv(items, columns), render.CSV
        if self._writes_xml:
            return (
                render.list_to_xml(body) if isinstance(body, Listing) else render.to_xml(answer.element, body)
            ), render.XML
        if isinstance(body, Listing):
            return render.to_json(body.envelope()), render.JSON
        return render.to_json(body), render.JSON


def _plain(host: str) -> str:
    """A Host header without port, capitals and the dot at its end."""
    return host.partition(":")[0].rstrip(".").lower()


def _without_trace(services: Services) -> Services:
    """Whom development would adopt may see that a path leads nowhere; that alone makes nobody known here."""
    return replace(services, adopt=lambda sid, token: Account(sid, token, "active", sid, ""))


def _refusal(fault: Fault) -> Answer:
    return Answer(
        fault.status,
        {"code": fault.code, "message": fault.message, "more_info": fault.more_info, "status": fault.status},
        "RestException",
        headers=fault.headers if isinstance(fault, NotThere) else {},
    )
