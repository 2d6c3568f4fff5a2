"""Forms of parameters and answers as JSON Schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

import jsonschema_rs
import pytest

from hoyhoy.rest.kit import (
    BOTH,
    CREATE,
    LIST,
    UPDATE,
    V1,
    Context,
    Resource,
    boolean,
    choice,
    computed,
    constant,
    http_method,
    integer,
    moment,
    shapes,
    text,
    web_url,
    words,
)
from hoyhoy.rest.kit.properties import Property

NULL_OR_TEXT = {"type": ["string", "null"]}


class Capabilities(TypedDict):
    voice: bool
    fax: NotRequired[str]


class Json(Property):
    """A kind of a resource's own."""


class Parcel(Resource):
    """Every kind of property."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Parcels", "SMMM", "parcels"
    below = {"stamps": "Stamps"}

    name: str = text(64, on=BOTH, required=20001, error=20002)
    street: str = text(on=BOTH)
    size: int = integer(between=(1, 9), on=(CREATE,), as_text=True, find="=")
    weight: int = integer(default=3, on=(CREATE,), idle=True)
    fragile: bool = boolean(default=False, on=BOTH, find="=")
    kind: str = choice("letter", "box", on=(CREATE,))
    status: str = choice("returned", reached=("sent",), on=(UPDATE,), find="=")
    callback: str = web_url(on=BOTH, error=21402)
    method: str = http_method(on=BOTH)
    sent_at: float = moment(find="range")
    tags: list[str] = words("a", "b", splits=True, most=2, on=BOTH, default=("a",))
    version: str = constant("2010-04-01")
    nothing: None = constant(None)
    number: str = text(find="like")
    secret: str = text(on=BOTH, once=True, secret=True)
    history: str = text(alone=True)
    flags: list[str] = computed(listed=True)
    capabilities: Capabilities = computed()
    extra: dict[str, int] = Json()  # type: ignore[assignment]
    kept: str = text(shown=False)
    asked: str = text(on=(LIST,), shown=False)

    def show_capabilities(self, ctx: Context) -> Capabilities:
        return {"voice": True}


class Letter(Parcel):
    """The same in the newer convention, without an address."""

    style = V1
    has_address = False


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (str, {"type": "string"}),
        (bool, {"type": "boolean"}),
        (float, {"type": "number"}),
        (None, {"type": "null"}),
        (type(None), {"type": "null"}),
        (Any, {}),
        (str | None, {"type": ["string", "null"]}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (Sequence[str], {"type": "array", "items": {"type": "string"}}),
        (tuple[str, ...], {"type": "array", "items": {"type": "string"}}),
        (dict[str, Any], {"type": "object", "additionalProperties": {}}),
        (Mapping[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
        (list[str] | None, {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]}),
        (
            Capabilities,
            {
                "type": "object",
                "properties": {"voice": {"type": "boolean"}, "fax": {"type": "string"}},
                "required": ["voice"],
                "additionalProperties": False,
            },
        ),
    ],
)
def test_annotations(hint, schema):
    assert shapes.of_annotation(hint) == schema


@pytest.mark.parametrize("hint", [bytes, set[str], Parcel])
def test_what_json_cannot_hold(hint):
    with pytest.raises(TypeError):
        shapes.of_annotation(hint)


def test_nullable():
    assert shapes.nullable({"type": "string", "minLength": 1}) == {"type": ["string", "null"], "minLength": 1}
    assert shapes.nullable({"type": "string", "enum": ["a"]}) == {"type": ["string", "null"], "enum": ["a", None]}
    assert shapes.nullable({"type": "null"}) == {"type": "null"} and shapes.nullable({}) == {}
    assert shapes.nullable({"anyOf": [{"$ref": "#"}]}) == {"anyOf": [{"anyOf": [{"$ref": "#"}]}, {"type": "null"}]}
    assert shapes.nullable(NULL_OR_TEXT) == NULL_OR_TEXT


def shown(kind, **where):
    return shapes.representation(kind, **{"alone": True, "fresh": False, **where})


def test_a_representation():
    whole = shown(Parcel)
    date = {"type": "string", "pattern": shapes.RFC2822}
    address = {"type": "string", "format": "uri-reference"}
    assert whole["properties"] == {
        "sid": {"type": "string", "pattern": "^(SM|MM)[0-9a-fA-F]{32}$"},
        "date_created": date,
        "date_updated": date,
        "account_sid": {"type": "string", "pattern": "^(AC)[0-9a-zA-Z]{32}$"},
        "name": {"type": "string"},
        "street": NULL_OR_TEXT,
        "size": NULL_OR_TEXT,
        "weight": {"type": "integer"},
        "fragile": {"type": "boolean"},
        "kind": {"type": ["string", "null"], "enum": ["letter", "box", None]},
        "status": NULL_OR_TEXT,
        "callback": NULL_OR_TEXT,
        "method": {"type": "string", "enum": ["GET", "POST"]},
        "sent_at": {**date, "type": ["string", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "version": {"const": "2010-04-01"},
        "nothing": {"type": "null"},
        "number": NULL_OR_TEXT,
        "history": NULL_OR_TEXT,
        "capabilities": shapes.of_annotation(Capabilities),
        "extra": shapes.nullable(shapes.of_annotation(dict[str, int])),
        "uri": address,
        "subresource_uris": shapes.an_object({"stamps": address}),
    }
    assert whole["required"] == list(whole["properties"]) and whole["additionalProperties"] is False


def test_what_is_not_always_shown():
    assert shown(Parcel, alone=False)["properties"].keys() ^ shown(Parcel)["properties"].keys() == {"history", "flags"}
    assert shown(Parcel, fresh=True)["properties"].keys() - shown(Parcel)["properties"].keys() == {"secret"}


def test_the_newer_convention():
    fields = shown(Letter)["properties"]
    assert fields["date_created"]["pattern"] == shapes.ISO8601 and not {"url", "links", "uri"} & fields.keys()


@pytest.mark.parametrize("style", [Parcel.style, V1])
def test_moments_are_as_they_are_written(style):
    form = jsonschema_rs.validator_for(shapes.moment(style), validate_formats=True)
    assert all(form.is_valid(style.moment(seconds)) for seconds in (0, 1_767_225_600.7, 4_000_000_000))
    assert not form.is_valid("2026-01-01T00:00:00.5Z") and not form.is_valid("Thu, 01 Jan 2026")


def test_pages():
    classic = shapes.page(Parcel, {"type": "integer"})["properties"]
    assert classic["parcels"] == {"type": "array", "items": {"type": "integer"}}
    assert classic["page"]["type"] == "integer" and classic["first_page_uri"]["type"] == "string"
    assert classic["next_page_uri"]["type"] == classic["previous_page_uri"]["type"] == ["string", "null"]
    newer = shapes.page(Letter, {})["properties"]
    meta = newer["meta"]["properties"]
    assert newer.keys() == {"parcels", "meta"} and meta["key"] == {"const": "parcels"}
    assert meta["next_page_url"]["type"] == ["string", "null"] and meta["url"]["type"] == "string"


def parameter(name, operation=CREATE):
    return shapes.parameter(Parcel.properties[name], operation)


def test_parameters():
    assert parameter("name") == {
        "type": "string",
        "maxLength": 64,
        "description": "Error 20001 when it is missing. Error 20002 when it is wrong.",
    }
    assert parameter("name", UPDATE)["description"] == "Error 20002 when it is wrong."
    assert parameter("street") == {"type": "string"}
    assert parameter("weight") == {
        "type": "integer",
        "minimum": -(2**31),
        "maximum": 2**31 - 1,
        "default": 3,
        "description": "Kept, but nothing acts on it in this version. Error 20001 when it is wrong.",
    }
    assert "default" not in parameter("fragile", UPDATE) and parameter("fragile")["default"] is False
    assert parameter("method")["enum"] == ["GET", "POST"] and parameter("callback")["format"] == "uri"
    assert parameter("tags") == {
        "type": "array",
        "items": {"type": "string", "enum": ["a", "b"]},
        "maxItems": 2,
        "default": ["a"],
        "description": "One value may hold several, separated by blanks. Error 20001 when it is wrong.",
    }
    assert parameter("secret")["format"] == "password" and parameter("sent_at")["format"] == "date-time"
    assert parameter("asked", LIST) == {"type": "string"}


def test_filters():
    def searched(name):
        return shapes.searched(Parcel.properties[name])

    assert list(searched("sent_at")) == ["SentAt", "SentAt<", "SentAt>"]
    assert searched("status") == {"Status": {"type": "string", "enum": ["returned", "sent"]}}
    assert searched("size")["Size"]["maximum"] == 9 and searched("fragile") == {"Fragile": {"type": "boolean"}}
    assert "one character" in searched("number")["Number"]["description"]
