"""Caller ids: numbers of other networks that an account may show to those it calls (voice reference 9).

They come into being by a validation_requests.ValidationRequest.
"""

from __future__ import annotations

from hoyhoy.rest.kit import DELETE, FETCH, LIST, UPDATE, Resource, spelled, text


class OutgoingCallerId(Resource):
    """A number that its holder confirmed to be the account's. It is for calls only, not for messages."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/OutgoingCallerIds", "PN", "outgoing_caller_ids"
    offers = (LIST, FETCH, UPDATE, DELETE)

    friendly_name: str = text(64, on=(UPDATE,), error=21455, find="=")
    phone_number: str = text(find="=", search_as=spelled)
