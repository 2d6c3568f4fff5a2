"""Notifications: what went wrong, with the request and the answer that show it (voice reference 3.9).

The same rows are Alerts of the monitor (monitor_v1/alerts.py), whose columns stand here too.
"""

from __future__ import annotations

from hoyhoy.rest.kit import FETCH, LIST, Resource, constant, integer, moment, text


class Notification(Resource):
    """An error or a warning; written by the exchange."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Notifications", "NO", "notifications"
    also = ("/2010-04-01/Accounts/{account_sid}/Calls/{call_sid}/Notifications",)
    within = {"call_sid": "calls"}
    offers = (LIST, FETCH)

    api_version: str = constant("2010-04-01")
    call_sid: str = text()
    resource_sid: str = text(shown=False)
    log: int = integer(between=(0, 9), find="=", as_text=True)
    error_code: int = integer(as_text=True)
    more_info: str = text()
    message_text: str = text()
    message_date: float = moment(find="range")
    request_method: str = text()
    request_url: str = text()
    request_variables: str = text(alone=True)
    request_headers: str = text(shown=False)
    response_headers: str = text(alone=True)
    response_body: str = text(alone=True)
