"""Answers as bytes: JSON, XML (what a path without suffix means) and CSV (messaging reference 4.1, 4.4, 4.6)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from .conventions import Listing
from .properties import pascal

JSON, XML, CSV = "application/json", "application/xml", "text/csv"

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_UNNAMEABLE = re.compile(r"[^\w.-]", re.ASCII)
_LONE = re.compile("[\ud800-\udfff]")
_encoder = msgspec.json.Encoder()


def to_json(body: Any) -> bytes:
    try:
        return _encoder.encode(body)
    except UnicodeEncodeError:  # text from elsewhere may hold half a surrogate pair
        return _encoder.encode(_whole(body))


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return value


def to_xml(element: str, body: Mapping[str, Any]) -> bytes:
    """One resource or error."""
    return _document(_element(element, body))


def list_to_xml(listing: Listing) -> bytes:
    """A page: its numbers are attributes, its addresses have no suffix."""
    attributes = {
        "page": str(listing.page),
        "pagesize": str(listing.page_size),
        "uri": listing.here,
        "firstpageuri": listing.first,
        "previouspageuri": listing.previous or "",
        "nextpageuri": listing.next or "",
        "start": str(listing.start),
        "end": str(listing.end),
    }
    return page_to_xml(listing.plural or pascal(listing.key), attributes, listing.element, listing.items)


def page_to_xml(name: str, attributes: Mapping[str, str], element: str, items: Sequence[Mapping[str, Any]]) -> bytes:
    """The element `name` with attributes, and an `element` for each item."""
    opening = "".join(f' {key}="{_escape(value)}"' for key, value in attributes.items())
    return _document(f"<{name}{opening}>{''.join(_element(element, item) for item in items)}</{name}>")


def _document(inside: str) -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>{inside}</TwilioResponse>".encode()


def _element(name: str, value: Any) -> str:
    if not _NAME.fullmatch(name):  # what an app called its parameter, perhaps
        name = "_" + _UNNAMEABLE.sub("_", name)
    match value:
        case None | "":
            return f"<{name}/>"
        case Mapping():
            return f"<{name}>{''.join(_element(pascal(key), one) for key, one in value.items())}</{name}>"
        case list() | tuple():
            return f"<{name}>{''.join(_element('Item', one) for one in value)}</{name}>"
        case bool():
            return f"<{name}>{'true' if value else 'false'}</{name}>"
        case _:
            return f"<{name}>{_escape(str(value))}</{name}>"


def _escape(text: str) -> str:
    text = _UNWRITABLE.sub("\ufffd", text)
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("\r", "&#13;")
    )


def to_csv(items: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> bytes:
    """A header row of CamelCase names, then a row each; without items `columns` are the header."""
    out = io.StringIO()
    rows = csv.writer(out)
    if header := [pascal(name) for name in (items[0] if items else columns)]:
        rows.writerow(header)
    for item in items:
        rows.writerow([_cell(value) for value in item.values()])
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else to_json(value).decode()
    # A spreadsheet performs what begins like a formula; numbers (+1415...) are no formulas.
    return "'" + text if text[:1] in "=@\t\r" or re.match(r"[+-](?![\d.]+$)", text) else text
