"""Conferences (voice reference 6)."""

from __future__ import annotations

from hoyhoy.rest.kit import FETCH, LIST, Resource, choice, constant, moment, text

STATUSES = ("init", "in-progress", "completed")


class Conference(Resource):
    """One meeting of calls under a name, which the next one may bear again; its row is written by the exchange."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Conferences", "CF", "conferences"
    offers = (LIST, FETCH)
    live = True
    later = {"update": "comes with the orders to a conference"}

    date_created: float = moment(find="range")
    date_updated: float = moment(find="range")
    api_version: str = constant("2010-04-01")
    friendly_name: str = text(find="=")
    region: str = text()
    status: str = choice(*STATUSES, find="=")
    reason_conference_ended: str = text()
    call_sid_ending_conference: str = text()
