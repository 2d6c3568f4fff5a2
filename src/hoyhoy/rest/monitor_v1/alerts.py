"""Alerts: Notifications in the newer form (messaging reference 3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.rest.kit import (
    FETCH,
    LIST,
    V1,
    Context,
    Resource,
    choice,
    computed,
    constant,
    integer,
    moment,
    text,
)
from hoyhoy.rest.kit.filters import Condition, read_moment
from hoyhoy.rest.kit.paging import Turn

LEVELS = ("error", "warning", "notice", "debug")
"""In the order of a Notification's `log`. The exchange writes the first two."""


class Alert(Resource):
    """An error or a warning; written by the exchange."""

    product, style = "monitor", V1
    path, prefix, key, table_name = "/v1/Alerts", "NO", "alerts", "notifications"
    offers = (LIST, FETCH)

    api_version: str = constant("2010-04-01")
    log_level: str = choice(*LEVELS, on=(LIST,))
    start_date: str = text(on=(LIST,), shown=False)
    end_date: str = text(on=(LIST,), shown=False)
    alert_text: str = computed()
    date_generated: float = moment()
    error_code: int = integer(as_text=True)
    more_info: str = text()
    request_method: str = text()
    request_url: str = text()
    resource_sid: str = text()
    service_sid: str | None = constant(None)
    request_variables: str = text(alone=True)
    request_headers: str = text(alone=True)
    response_headers: str = text(alone=True)
    response_body: str = text(alone=True)

    log: int
    message_text: str
    message_date: float

    @classmethod
    def ordered_by(cls, ctx: Context, wanted: Sequence[Condition]) -> str:
        return super().ordered_by(ctx, cls._narrowed(ctx, wanted))

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        return await super().page(ctx, cls._narrowed(ctx, wanted), turn)

    @classmethod
    def _narrowed(cls, ctx: Context, wanted: Sequence[Condition]) -> list[Condition]:
        """Both dates are included, an end that is a day as a whole."""
        asked = ctx.asked
        level, start, end = asked.get("log_level"), asked.get("start_date"), asked.get("end_date")
        found = [*wanted]
        if level:
            found.append(("log", "=", LEVELS.index(level)))
        if start:
            found.append(("message_date", ">=", read_moment("StartDate", start)[0]))
        if end:
            begin, length = read_moment("EndDate", end)
            found.append(("message_date", "<", begin + length))
        return found

    def show_alert_text(self, ctx: Context) -> str:
        return self.message_text

    def show_log_level(self, ctx: Context) -> str:
        return LEVELS[self.log]

    def show_date_generated(self, ctx: Context) -> str:
        return V1.moment(self.message_date)
