"""A web server on loopback that gives what a test lays out, and remembers how it was asked."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Shop:
    """`pages` by path: (status, headers, body) or a function of the request; `seen` are the requests."""

    port: int = 0
    pages: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)

    def url(self, path="/sound"):
        return f"http://127.0.0.1:{self.port}{path}"

    def lay_out(self, body, kind="audio/wav", path="/sound", status=200, **headers):
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, told | {"Content-Type": kind}, body)

    async def serve(self, request):
        body = await request.read()
        self.seen.append((request.method, request.path_qs, dict(request.headers), body))
        page = self.pages.get(request.path, (404, {}, b"nothing here"))
        if callable(page):
            return await page(request)
        status, headers, content = page
        etag = headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={k: v for k, v in headers.items() if k != "Content-Type"})
        return web.Response(status=status, headers=headers, body=content)


@asynccontextmanager
async def shop_open():
    shop = Shop()
    root = web.Application(client_max_size=1 << 22)
    root.router.add_route("*", "/{path:.*}", shop.serve)
    runner = web.AppRunner(root, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shop.port = runner.addresses[0][1]
    try:
        yield shop
    finally:
        await runner.cleanup()
