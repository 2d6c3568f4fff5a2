"""The forms of parameters and answers as JSON Schemas (dialect of OpenAPI 3.1), read off the resource classes.

A parameter's form follows from the property alone. What an answer shows of it follows from, in this
order: what `show_<name>` is declared to return, the constant, the kind of the property, the
annotation of the class attribute. What was never given is null; what must be given, or has a
default, never is.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin

from .conventions import Listing, Style
from .properties import CREATE, Boolean, Choice, Computed, Integer, Moment, Property, Url, Words
from .resource import RootResource
from .sids import Sid

Schema = dict[str, Any]

RFC2822 = r"^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$"
ISO8601 = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"
WHOLE_KINDS = (Property, Integer, Boolean, Choice, Moment, Sid, Url, Words)
"""Kinds whose answers need no annotation to be known; a kind of a resource's own is read off the annotation."""
NEVER_NULL = ("date_created", "date_updated")

_SIMPLE: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    None: {"type": "null"},
    type(None): {"type": "null"},
    dict: {"type": "object"},
    list: {"type": "array"},
    tuple: {"type": "array"},
    Any: {},
    object: {},
}


def of_annotation(hint: Any) -> Schema:
    """`list[str] | None`, `Literal["a", "b"]`, a TypedDict... as a schema. TypeError for what JSON has no form of."""
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any_of([of_annotation(one) for one in arguments])
    if origin is Literal:
        return {"enum": list(arguments)}
    if typing.is_typeddict(hint):
        hints = typing.get_type_hints(hint, include_extras=True)
        fields = {name: of_annotation(one) for name, one in typing.get_type_hints(hint).items()}
        return an_object(fields, [name for name in fields if get_origin(hints[name]) is not NotRequired])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": of_annotation(arguments[1])}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return {"type": "array", "items": of_annotation(arguments[0])}
    raise TypeError(f"{hint!r} has no form in JSON")


def any_of(schemas: Sequence[Schema]) -> Schema:
    """One of several; simple types are joined into one list."""
    if all(schema.keys() == {"type"} for schema in schemas):
        return {"type": [schema["type"] for schema in schemas]}
    return {"anyOf": list(schemas)}


def nullable(schema: Schema) -> Schema:
    types = schema.get("type")
    if not schema or types == "null" or (isinstance(types, list) and "null" in types):
        return schema
    if not isinstance(types, str):
        return any_of([schema, {"type": "null"}])
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [types, "null"], **choices}


def an_object(fields: Mapping[str, Schema], required: Sequence[str] | None = None) -> Schema:
    """Of exactly these fields; all are required unless said otherwise."""
    names = list(fields) if required is None else list(required)
    return {"type": "object", "properties": dict(fields), "required": names, "additionalProperties": False}


# Answers -----------------------------------------------------------------------------------


def representation(kind: type[RootResource], *, alone: bool, fresh: bool) -> Schema:
    """What `shown` answers."""
    fields = {
        prop.column: shown(kind, prop)
        for prop in kind.properties.values()
        if prop.shown and not ((prop.alone and not alone) or (prop.listed and alone) or (prop.once and not fresh))
    }
    addresses = kind.style.address("https://host", "/path", "", kind.below) if kind.has_address else {}
    return an_object({**fields, **{name: of_address(value) for name, value in addresses.items()}})


def of_address(value: Any) -> Schema:
    """`uri` and `url`, or the links below a resource."""
    if isinstance(value, Mapping):
        return an_object({name: of_address(one) for name, one in value.items()})
    return {"type": "string", "format": "uri-reference"}


def shown(kind: type[RootResource], prop: Property) -> Schema:
    """One property in an answer."""
    show = getattr(kind, f"show_{prop.name}", None)
    if show is not None:
        return of_annotation(typing.get_type_hints(show)["return"])
    if isinstance(prop, Computed):
        return {"const": prop.default} if prop.default is not None else annotated(kind, prop)
    if prop.name in ("sid", "account_sid"):
        return {"type": "string", "pattern": sid_pattern(kind.prefix if prop.name == "sid" else "AC")}
    is_null = prop.default is None and not prop.required and prop.name not in NEVER_NULL
    form = stored(kind, prop)
    return nullable(form) if is_null else form


def annotated(kind: type[RootResource], prop: Property) -> Schema:
    return of_annotation(typing.get_type_hints(kind)[prop.name])


def sid_pattern(prefix: str) -> str:
    """Of the sids of a class; several kinds of them are written one after the other (`SMMM`)."""
    either = "|".join(prefix[at : at + 2] for at in range(0, len(prefix), 2))
    return f"^({either})[0-9a-zA-Z]{{32}}$" if prefix == "AC" else f"^({either})[0-9a-fA-F]{{32}}$"


def stored(kind: type[RootResource], prop: Property) -> Schema:
    """What a row holds, as it travels."""
    if type(prop) not in WHOLE_KINDS:
        return annotated(kind, prop)
    if prop.as_text:
        return {"type": "string"}
    match prop:
        case Integer():
            return {"type": "integer"}
        case Boolean():
            return {"type": "boolean"}
        case Moment():
            return moment(kind.style)
        case Words():
            return {"type": "array", "items": {"type": "string"}}
        case Choice() if CREATE in prop.on or not prop.on:
            # What only an update can set is an order (`Status=canceled`), not all that a row may hold.
            return {"type": "string", "enum": list(prop.choices.values())}
    return {"type": "string"}


def moment(style: type[Style]) -> Schema:
    if style.moment(0).endswith("Z"):
        return {"type": "string", "format": "date-time", "pattern": ISO8601}
    return {"type": "string", "pattern": RFC2822}


def page(kind: type[RootResource], items: Schema) -> Schema:
    """A list's envelope; its addresses are null where there is no such page."""

    def envelope(address: str | None) -> dict[str, Any]:
        listing = Listing(
            kind.key, kind.element, [], 0, 50, "/here", "/first", address, address, kind.style, "http://x"
        )
        return listing.envelope()

    return _of_envelope(kind.key, items, envelope("/there"), envelope(None))


def _of_envelope(key: str, items: Schema, full: Mapping[str, Any], last: Mapping[str, Any]) -> Schema:
    fields: dict[str, Schema] = {}
    for name, value in full.items():
        match value:
            case list():
                fields[name] = {"type": "array", "items": items}
            case Mapping():
                fields[name] = _of_envelope(key, items, value, last[name])
            case int():
                fields[name] = {"type": "integer", "minimum": 0}
            case _ if value == key:
                fields[name] = {"const": key}
            case _:
                address = {"type": "string", "format": "uri-reference"}
                fields[name] = nullable(address) if last[name] is None else address
    return an_object(fields)


ERROR = an_object(
    {
        "code": {"type": "integer", "description": "What went wrong; explained at `more_info`."},
        "message": {"type": "string"},
        "more_info": {"type": "string", "format": "uri"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
    }
)


# Parameters --------------------------------------------------------------------------------


def parameter(prop: Property, operation: str) -> Schema:
    """The form of a parameter in a body or a query, with what is told about it."""
    form = _asked(prop)
    if operation == CREATE and prop.default not in (None, ()):
        form["default"] = list(prop.default) if isinstance(prop.default, tuple) else prop.default
    if prop.secret:
        form["format"] = "password"
    if told := _told(prop, operation):
        form["description"] = told
    return form


def _asked(prop: Property) -> Schema:
    match prop:
        case Integer():
            return {"type": "integer", "minimum": prop.low, "maximum": prop.high}
        case Boolean():
            return {"type": "boolean"}
        case Choice():
            return {"type": "string", "enum": list(prop.choices.values())}
        case Words():
            word: Schema = {"type": "string", **({"enum": sorted(prop.choices)} if prop.choices else {})}
            return {"type": "array", "items": word, **({} if prop.most is None else {"maxItems": prop.most})}
        case Moment():
            return {"type": "string", "format": "date-time"}
        case Url():
            return {"type": "string", "format": "uri", "maxLength": prop.longest}
        case Sid():
            return {"type": "string", "pattern": f"^({prop.prefix}[0-9a-fA-F]{{32}})?$"}
    return {"type": "string"} if prop.longest is None else {"type": "string", "maxLength": prop.longest}


def _told(prop: Property, operation: str) -> str:
    """How it fails, and whether anything acts on it."""
    told = ["Kept, but nothing acts on it in this version."] if prop.idle else []
    if isinstance(prop, Words) and prop.splits:
        told.append("One value may hold several, separated by blanks.")
    if operation == CREATE and prop.required:
        told.append(f"Error {prop.required} when it is missing.")
    if _can_be_wrong(prop):
        told.append(f"Error {prop.error} when it is wrong.")
    return " ".join(told)


def _can_be_wrong(prop: Property) -> bool:
    if type(prop) is Property:
        return prop.longest is not None
    return not isinstance(prop, Words) or bool(prop.choices) or prop.most is not None


def searched(prop: Property) -> dict[str, Schema]:
    """The parameters of the query by which a list is narrowed down to some values of a property."""
    if prop.find == "range":
        day = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
        return {
            prop.param: {**day, "description": "A day (UTC), or a second."},
            prop.param + "<": {**day, "description": "The latest; it is included."},
            prop.param + ">": {**day, "description": "The earliest; it is included."},
        }
    if prop.find == "like":
        return {prop.param: {"type": "string", "description": "A part of it; `*` stands for one character."}}
    match prop:
        case Integer() | Boolean():
            return {prop.param: _asked(prop)}
        case Choice():
            return {prop.param: {"type": "string", "enum": list(prop.held.values())}}
    return {prop.param: {"type": "string"}}
