"""Tokens: where a browser finds STUN and TURN servers, and what opens them for a while (messaging reference 3.6).

The servers are the operator's own. A TURN server that shares a secret with the exchange takes the credentials made
here; without one the list holds what needs no credentials, or nothing.
"""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import CREATE, Context, Resource, computed, integer, text
from hoyhoy.wire.turn import credentials


class Token(Resource):
    """User name and password for the TURN servers. They end by the exchange's clock, and nothing is kept of them."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Tokens", "TO", "tokens"
    table_name = ""
    offers = (CREATE,)
    single = True

    sid: str = text(shown=False)
    account_sid: str = text()
    ice_servers: list[dict[str, str]] = computed()
    username: str = text()
    password: str = text()
    ttl: int = integer(between=(1, 2**31 - 1), default=86400, on=(CREATE,), as_text=True)

    async def on_create(self, ctx: Context) -> dict[str, Any]:
        services = ctx.services
        secret = services.settings.turn_secret or services.chance.hex(64)
        username, password = credentials(secret, ctx.account.sid, int(ctx.now) + self.ttl)
        return {
            "account_sid": ctx.account.sid,
            "username": username,
            "password": password,
            "ttl": self.ttl,
            "date_created": ctx.now,
            "date_updated": ctx.now,
        }

    def show_ice_servers(self, ctx: Context) -> list[dict[str, str]]:
        settings = ctx.services.settings
        servers = []
        for url in settings.ice_servers:
            server = {"url": url, "urls": url}
            if url.startswith("turn"):
                if not settings.turn_secret:
                    continue  # nobody here could open it
                server |= {"username": self.username, "credential": self.password}
            servers.append(server)
        return servers
