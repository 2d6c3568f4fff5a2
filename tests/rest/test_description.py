"""The description of the whole API: valid OpenAPI, true of every answer, whatever schemathesis asks."""

from __future__ import annotations

import re

import httpx
import pytest
from schemathesis.specs.openapi import definitions

from hoyhoy.rest import resources
from hoyhoy.rest.kit.endpoint import Endpoint

from . import attempts, conformance
from .specimens import NAMES
from .world import ACCOUNT, SHARED

DESCRIBED = conformance.described()
PATHS = DESCRIBED.document["paths"]
EXAMPLES = 4
METHODS = {"GET", "POST", "DELETE"}
"""HEAD, PUT and OPTIONS mean another or are answered everywhere (messaging reference 4.1, 4.10)."""


def filled(path: str) -> str:
    """A path that leads to nothing of this account."""
    return re.sub(r"\{\w+\}", "nothing", path.replace("{account_sid}", ACCOUNT))


def test_it_is_openapi():
    definitions.OPENAPI_31_VALIDATOR.validate(DESCRIBED.document)


def test_every_route_is_described():
    served = sum(len(methods) for kind in resources() for _, methods in Endpoint(kind).routes())
    assert served == sum(len(operations) for operations in PATHS.values()) > 70


@pytest.mark.parametrize("name", NAMES)
async def test_whatever_is_asked_the_answer_is_described(name):
    await attempts.attempt(name, EXAMPLES)


@SHARED
async def test_nothing_is_told_to_strangers(shared):
    for path, operations in PATHS.items():
        for method in operations:
            for auth in (None, (ACCOUNT, "wrong")):
                answer = await shared.request(method.upper(), filled(path), auth=auth)
                assert (answer.status_code, answer.json()["code"]) == (401, 20003), (method, path)


@SHARED
async def test_other_methods_are_refused(shared):  # messaging 4.3
    for path, operations in PATHS.items():
        for method in ({"PATCH", "PURGE"} | METHODS) - {method.upper() for method in operations}:
            answer = await shared.request(method, filled(path))
            assert (answer.status_code, answer.json()["code"]) == (405, 20004), (method, path)


# The comparison itself ----------------------------------------------------------------------

CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
PAGE = {
    "calls": [],
    "page": 0,
    "page_size": 50,
    "start": 0,
    "end": 0,
    "uri": CALLS,
    "first_page_uri": CALLS,
    "next_page_uri": None,
    "previous_page_uri": None,
}
REFUSAL = {
    "code": 20404,
    "message": "Not there.",
    "more_info": "https://www.twilio.com/docs/errors/20404",
    "status": 404,
}


def check(path: str, status: int, body: object, method: str = "GET", **headers: str) -> None:
    request = httpx.Request(method, f"http://localhost{path}")
    DESCRIBED.check(httpx.Response(status, json=body, headers=headers, request=request))


def test_what_is_described_passes():
    check(f"{CALLS}.json", 200, PAGE)
    check(f"{CALLS}.json", 404, REFUSAL)
    check(f"{CALLS}.json", 401, REFUSAL, **{"WWW-Authenticate": "Basic"})
    check("/Nothing.json", 404, REFUSAL)
    request = httpx.Request("GET", f"https://api.twilio.com{CALLS}")
    DESCRIBED.check(
        httpx.Response(200, content=b"<xml/>", headers={"Content-Type": "application/xml"}, request=request)
    )


@pytest.mark.parametrize(
    ("path", "status", "body", "why"),
    [
        (f"{CALLS}.json", 200, {**PAGE, "total": 0}, "total"),
        (f"{CALLS}.json", 200, {name: PAGE[name] for name in PAGE if name != "end"}, "end"),
        (f"{CALLS}.json", 200, {**PAGE, "page": "0"}, "page: "),
        (f"{CALLS}.json", 200, {**PAGE, "uri": None}, "uri: "),
        (f"{CALLS}.json", 200, {**PAGE, "calls": [{"sid": "CA1"}]}, "calls/0"),
        (f"{CALLS}.json", 302, PAGE, "does not know this status"),
        (f"{CALLS}.json", 401, REFUSAL, "without WWW-Authenticate"),
        (f"{CALLS}.json", 404, {"error": "?"}, "code"),
        ("/Nothing.json", 200, {}, "not described"),
        ("/Nothing.json", 404, {}, "code"),
    ],
)
def test_what_is_not_described_fails(path, status, body, why):
    with pytest.raises(AssertionError, match=re.escape(why)):
        check(path, status, body)


def test_other_content_fails():
    request = httpx.Request("GET", f"http://localhost{CALLS}.json")
    with pytest.raises(AssertionError, match="text/html is not described"):
        DESCRIBED.check(httpx.Response(200, html="<p>", request=request))
    request = httpx.Request("DELETE", f"http://localhost{CALLS}/CA{'1' * 32}.json")
    with pytest.raises(AssertionError, match="no body is described"):
        DESCRIBED.check(httpx.Response(204, content=b"gone", request=request))
