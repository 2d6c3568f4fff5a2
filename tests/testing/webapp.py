"""The customer's web server, as small as it can be: pages of TwiML by path, and a note of what was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from twilio.http.http_client import TwilioHttpClient

Form = dict[str, str]
Page = str | Callable[[Form], str]


class WebApp:
    """Use as a context manager. `pages[path]` is a document, or a function of the form that came."""

    def __init__(self, **pages: Page) -> None:
        self.pages = {"/" + name.replace("_", "/"): page for name, page in pages.items()}
        self.asked: list[tuple[str, Form]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._answering())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="web app")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def forms(self, path: str) -> list[Form]:
        """What was posted to a path, in order."""
        return [form for asked, form in self.asked if asked == path]

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        app = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                path, form = urlsplit(self.path).path, dict(parse_qsl(body, keep_blank_values=True))
                app.asked.append((path, form))
                page = app.pages.get(path, "")
                document = (page(form) if callable(page) else page).encode()
                self.send_response(200 if document else 204)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Answering

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Direct(TwilioHttpClient):
    """The official client's transport for a test that leads nobody: it goes to the exchange at `base` itself."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def request(self, method: str, url: str, *rest: Any, **more: Any) -> Any:
        return super().request(method, self.base + url.removeprefix("https://api.twilio.com"), *rest, **more)
