"""Who may use the lab: programs of this machine, and no web page but the exchange's own.

The lab asks for no credentials, and any site open in the developer's browser can send requests to
this machine. docs/decisions/0004-web-pages.md.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from hoyhoy.wire.errors import Fault
from hoyhoy.wire.origin import is_from_afar

from .wires import told

FOREIGN = (b"cross-site", b"same-site")
"""Sec-Fetch-Site of a page with another origin: another port of this machine is `same-site`."""


def guarded(lab: ASGIApp, bound: str) -> ASGIApp:
    """The lab, where pages from elsewhere get 403. `bound`: the host that the exchange listens on."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        if is_from_afar(headers, bound) or any(
            name == b"sec-fetch-site" and value in FOREIGN for name, value in headers
        ):
            refusal = Fault(
                20003,
                "The lab is for programs of this machine: web pages from elsewhere, and hosts that "
                "are not localhost, an address or a name without a dot, are refused.",
                status=403,
            )
            await told(refusal)(scope, receive, send)
        else:
            await lab(scope, receive, send)

    return answer
