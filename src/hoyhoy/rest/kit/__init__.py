"""The REST kit: what every resource shares, so that a resource file says only what is its own.

    request bytes -> api (credentials, path, account, body) -> router -> endpoint (one of five
    operations) -> the resource class (resource, properties) -> render -> bytes

`conventions` holds the two families of APIs, `paging` and `filters` lists, `addresses` To and From,
`services` what the exchange lends us, `description` what the API says of itself, in the forms of `shapes`.
"""

from __future__ import annotations

from .addresses import Holder, channel_of, holder_of, is_magic, is_one_line, is_other_address, spelled
from .api import Api
from .conventions import V1, V2010
from .endpoint import not_found
from .properties import (
    ALL,
    BOTH,
    CREATE,
    DELETE,
    FETCH,
    LIST,
    UPDATE,
    boolean,
    choice,
    computed,
    constant,
    http_method,
    integer,
    is_web_url,
    moment,
    text,
    web_url,
    words,
)
from .request import Answer, Context, Stream
from .resource import Resource, RootResource, place
from .services import Services, Settings

__all__ = [
    "ALL",
    "BOTH",
    "CREATE",
    "DELETE",
    "FETCH",
    "LIST",
    "UPDATE",
    "V1",
    "V2010",
    "Answer",
    "Api",
    "Context",
    "Holder",
    "Resource",
    "RootResource",
    "Services",
    "Settings",
    "Stream",
    "boolean",
    "channel_of",
    "choice",
    "computed",
    "constant",
    "holder_of",
    "http_method",
    "integer",
    "is_magic",
    "is_one_line",
    "is_other_address",
    "is_web_url",
    "moment",
    "not_found",
    "place",
    "spelled",
    "text",
    "web_url",
    "words",
]
