"""The OpenAPI document of resource classes."""

from __future__ import annotations

import json

import jsonschema_rs

from hoyhoy import __version__
from hoyhoy.rest.kit import CREATE, FETCH, LIST, UPDATE, V1, Answer, Context, Resource, description, integer, text
from hoyhoy.rest.kit.description import answers, describe


class Shelf(Resource):
    """A place
    for books."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Shelves", "QU", "shelves"
    below = {"books": "Books"}

    name: str = text(8, on=(CREATE, UPDATE), required=20001, find="=")
    """What is written
    on it."""
    length: int = integer(between=(1, 9), default=4, on=(CREATE,))
    secret: str = text(secret=True, once=True)
    history: str = text(alone=True)

    async def sound(self, ctx: Context) -> Answer:
        """What it sounds like."""
        return Answer(200)

    @classmethod
    def routes(cls):
        yield cls.path + "/{sid}/Sound", {"GET": answers(200, "A sound.", content_type="audio/wav")(cls.sound)}
        yield cls.path + "/Empty", {"POST": lambda ctx: Answer(204)}


class Book(Resource):
    """Found on its shelf and in the catalogue."""

    product, style = "library", V1
    path, prefix, key = "/v1/Books", "RE", "books"
    also = ("/v1/Shelves/{shelf_sid}/Books", "/v1/Readers/{reader}/Books")
    within = {"shelf_sid": "shelves"}
    offers = (LIST, FETCH, CREATE)
    created_status = 200
    needs_token = True

    asked: str = text(on=(FETCH, LIST))


class Catalogue(Resource):
    """There is one."""

    product, style, single = "library", V1, True
    path, prefix, key, table_name = "/v1/Catalogue", "CA", "catalogues", ""
    offers = (FETCH, UPDATE)


class Reader(Resource):
    """Found by name."""

    product, style = "library", V1
    path, prefix, key = "/v1/Readers", "RE", "readers"
    offers = (LIST, FETCH)
    page_size = 7

    @classmethod
    async def find(cls, ctx, sid):
        return None


KINDS = (Shelf, Book, Catalogue, Reader)
DOCUMENT = describe(KINDS)
PATHS, SCHEMAS = DOCUMENT["paths"], DOCUMENT["components"]["schemas"]
SHELVES = "/2010-04-01/Accounts/{account_sid}/Shelves"


def operation(path, method="get"):
    return PATHS[path][method]


def test_the_paths_are_those_that_are_served():
    assert {path: list(operations) for path, operations in PATHS.items()} == {
        f"{SHELVES}.json": ["get", "post"],
        f"{SHELVES}/Empty.json": ["post"],
        f"{SHELVES}/{{sid}}.json": ["get", "post", "delete"],
        f"{SHELVES}/{{sid}}/Sound.json": ["get"],
        "/library/v1/Books": ["get", "post"],
        "/library/v1/Books/{sid}": ["get"],
        "/library/v1/Catalogue": ["get", "post"],
        "/library/v1/Readers": ["get"],
        "/library/v1/Readers/{sid}": ["get"],
        "/library/v1/Readers/{reader}/Books": ["get", "post"],
        "/library/v1/Readers/{reader}/Books/{sid}": ["get"],
        "/library/v1/Shelves/{shelf_sid}/Books": ["get", "post"],
        "/library/v1/Shelves/{shelf_sid}/Books/{sid}": ["get"],
    }


def test_each_operation_has_a_name_of_its_own():
    names = [one["operationId"] for operations in PATHS.values() for one in operations.values()]
    assert len(set(names)) == len(names)
    assert {"ListShelf", "FetchShelf", "CreateShelf", "UpdateShelf", "DeleteShelf", "FetchCatalogue"} <= set(names)
    assert {"ListBook", "ListBookAtShelves", "ListBookAtReaders", "FetchBookAtShelves", "SoundShelf"} <= set(names)


def test_parameters_of_paths():
    def patterns(path, method="get"):
        asked = operation(path, method)["parameters"]
        return {one["name"]: one["schema"]["pattern"] for one in asked if one.get("in") == "path"}

    account = {"account_sid": "^(AC)[0-9a-zA-Z]{32}$"}
    assert patterns(f"{SHELVES}/{{sid}}.json", "delete") == {**account, "sid": "^(QU)[0-9a-fA-F]{32}$"}
    assert patterns("/library/v1/Shelves/{shelf_sid}/Books") == {"shelf_sid": "^(QU)[0-9a-fA-F]{32}$"}
    assert patterns("/library/v1/Readers/{sid}") == {"sid": "^[^/]+$"}, "it is found by something else"
    assert patterns("/library/v1/Readers/{reader}/Books") == {"reader": "^[^/]+$"}


def test_parameters_of_queries():
    def names(path):
        return [one.get("name") or one["$ref"].rpartition("/")[2] for one in operation(path)["parameters"]]

    assert names(f"{SHELVES}.json") == ["account_sid", "Name", "PageSize", "Page", "PageToken"]
    assert names("/library/v1/Books") == ["Asked", "PageSize", "Page", "PageToken"]
    assert names("/library/v1/Books/{sid}") == ["sid", "Asked"]
    assert operation("/library/v1/Readers")["parameters"][0]["schema"]["default"] == 7
    assert DOCUMENT["components"]["parameters"]["PageSize"]["schema"]["default"] == 50


def test_bodies():
    body = operation(f"{SHELVES}.json", "post")["requestBody"]
    [(content_type, told)] = body["content"].items()
    assert body["required"] and content_type == "application/x-www-form-urlencoded"
    assert told["schema"]["required"] == ["Name"] and told["schema"]["properties"]["Length"]["default"] == 4
    name = told["schema"]["properties"]["Name"]
    assert name["maxLength"] == 8 and name["description"].startswith("What is written on it. Error 20001 when")
    update = operation(f"{SHELVES}/{{sid}}.json", "post")["requestBody"]
    assert "required" not in update and list(update["content"][content_type]["schema"]["properties"]) == ["Name"]


def test_answers():
    def answer(path, method, status):
        return operation(path, method)["responses"][status]["content"]["application/json"]["schema"]["$ref"]

    assert answer(f"{SHELVES}.json", "get", "200") == "#/components/schemas/ShelfPage"
    assert answer(f"{SHELVES}.json", "post", "201") == "#/components/schemas/ShelfWhenCreated"
    assert answer(f"{SHELVES}/{{sid}}.json", "post", "200") == "#/components/schemas/Shelf"
    assert answer("/library/v1/Books", "post", "200") == "#/components/schemas/Book"
    assert "content" not in operation(f"{SHELVES}/{{sid}}.json", "delete")["responses"]["204"]
    assert SCHEMAS.keys() == {
        *("Error", "Book", "BookPage", "Catalogue", "Reader", "ReaderPage"),
        *("Shelf", "ShelfInList", "ShelfWhenCreated", "ShelfPage"),
    }
    assert {"401", "429", "4XX", "5XX"} <= operation("/library/v1/Catalogue")["responses"].keys()


def test_routes_of_a_resources_own():
    sound = operation(f"{SHELVES}/{{sid}}/Sound.json")
    assert sound["responses"]["200"] == {"description": "A sound.", "content": {"audio/wav": {"schema": {}}}}
    assert sound["description"] == "What it sounds like." and sound["summary"] == "Sound shelf"
    assert operation(f"{SHELVES}/Empty.json", "post")["responses"]["2XX"] == {"description": "Done."}
    told = answers(204, "Gone.")(answers(307, "Elsewhere.")(lambda: None)).answers
    assert told == {"204": {"description": "Gone."}, "307": {"description": "Elsewhere."}}


def test_what_is_told_of_a_resource():
    assert {"name": "Shelf", "description": "A place\nfor books."} in DOCUMENT["tags"]
    assert "API keys" in operation("/library/v1/Books")["description"]
    assert description.spoken("IncomingPhoneNumber") == "incoming phone number"
    assert description.attribute_notes("no.such.module") == {}


def test_the_whole():
    assert DOCUMENT["openapi"] == "3.1.0" and DOCUMENT["info"]["version"] == __version__
    assert DOCUMENT["security"] == [{"basic": []}] and "basic" in DOCUMENT["components"]["securitySchemes"]
    for schema in SCHEMAS.values():
        jsonschema_rs.meta.validate(schema)


def test_it_is_the_same_whatever_the_order():
    assert json.dumps(describe(reversed(KINDS))) == json.dumps(DOCUMENT)


def test_two_classes_at_one_path():
    class Loan(Resource):
        """Made where books are listed."""

        product, style = "library", V1
        path, prefix, key = "/v1/Catalogue/Entries", "CA", "entries"
        offers = (CREATE,)

    class Entry(Resource):
        product, style = "library", V1
        path, prefix, key = "/v1/Catalogue/Entries", "CA", "entries"
        offers = (LIST,)

    paths = describe([Loan, Entry])["paths"]
    assert [one["operationId"] for one in paths["/library/v1/Catalogue/Entries"].values()] == [
        "ListEntry",
        "CreateLoan",
    ]
