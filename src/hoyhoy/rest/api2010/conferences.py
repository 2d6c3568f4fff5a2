"""Conferences (voice reference 6)."""

from __future__ import annotations

from typing import Any

from hoyhoy.exchange.ports import Webhook
from hoyhoy.rest.kit import (
    FETCH,
    LIST,
    UPDATE,
    Context,
    Resource,
    choice,
    constant,
    http_method,
    integer,
    moment,
    text,
    web_url,
)
from hoyhoy.rest.kit.properties import asked
from hoyhoy.wire.errors import Fault


class Conference(Resource):
    """One meeting of calls under a name, which the next one may bear again; its row is written by the exchange."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Conferences", "CF", "conferences"
    offers = (LIST, FETCH, UPDATE)
    live = True
    below = {"participants": "Participants", "recordings": "Recordings"}

    date_created: float = moment(find="range")
    date_updated: float = moment(find="range")
    api_version: str = constant("2010-04-01")
    friendly_name: str = text(find="=")
    region: str = text()
    status: str = choice("completed", reached=("init", "in-progress"), on=(UPDATE,), find="=")
    reason_conference_ended: str = text()
    call_sid_ending_conference: str = text()

    announce_url: str = asked(web_url(on=(UPDATE,), shown=False))
    announce_method: str = asked(http_method(on=(UPDATE,), shown=False))

    status_callback: str = web_url(callback=True, shown=False)
    status_callback_method: str = http_method(shown=False)
    status_callback_event: str = text(shown=False)
    callback_sequence: int = integer(shown=False)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        """Who ends it and announces something as well only ends it: nobody would hear it."""
        status, url = changed.get("status"), changed.get("announce_url")
        if not status and not url:
            return
        conference = ctx.services.switchboard.facilities.conferences.get(self.sid)
        if conference is None:
            raise Fault(16022, "The conference is over.")
        if status:
            conference.end()
        elif url:
            conference.announce(Webhook(url, changed.get("announce_method") or "POST"))
