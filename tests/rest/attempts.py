"""Requests made up from the API's description by schemathesis, sent to a resource that is there.

Each operation is asked with values that the description allows and with values that it does not, at
the path of a specimen (so that more than 404 is seen) and at made-up paths; what is created often gets
numbers and addresses that could be (so that more than 400 is seen). Whatever is asked, the answer must
be one that the description knows, and no failure of the exchange.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from . import conformance
from .specimens import SPECIMENS, Specimen
from .world import ACCOUNT, NUMBER, PHONE, world

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
PLAUSIBLE = {
    "AccountSid": ACCOUNT,
    "Body": "Hello",
    "CallbackUrl": "http://app/told",
    "DomainName": "acme.sip.twilio.com",
    "From": NUMBER,
    "IpAddress": "192.0.2.1",
    "IsoCountry": "US",
    "Password": "Correct4Horses",
    "PhoneNumber": PHONE,
    "SipUrl": "sip:pbx.example.com",
    "To": PHONE,
    "TriggerValue": "5",
    "Url": "http://app/voice",
    "UsageCategory": "calls",
}
HOST = "http://localhost:8980"
ORDER = ("GET", "POST", "DELETE")


@lru_cache
def operations() -> dict[str, APIOperation[Any, Any, Any, Any]]:
    """By operation id."""
    schema = schemathesis.openapi.from_dict(dict(conformance.described().document))
    found = [result.ok() for result in schema.get_all_operations()]
    return {one.definition.raw["operationId"]: one for one in found}


def operations_of(name: str) -> list[APIOperation[Any, Any, Any, Any]]:
    """Those of a class; what deletes comes last."""
    found = [one for one in operations().values() if one.definition.raw["tags"] == [name]]
    return sorted(found, key=lambda one: ORDER.index(one.method.upper()))


async def attempt(name: str, examples: int) -> None:
    """Ask every operation of a class so many times, in an exchange of its own."""
    loop = asyncio.get_running_loop()
    kind, make = SPECIMENS[name]
    async with world() as exchange:
        specimen = Specimen(name, kind, exchange, await make(exchange))
        for operation in operations_of(name):
            await loop.run_in_executor(None, _attempt, specimen, operation, examples, loop)


def _attempt(
    specimen: Specimen,
    operation: APIOperation[Any, Any, Any, Any],
    examples: int,
    loop: asyncio.AbstractEventLoop,
) -> None:
    def ask(case: Case, plausible: bool) -> None:
        if plausible and isinstance(case.body, dict):
            fields = operation.definition.raw["requestBody"]["content"][case.media_type]["schema"]["properties"]
            case.body |= {name: value for name, value in PLAUSIBLE.items() if name in fields}
        asked = specimen.exchange.request(**_request(case))
        answer = asyncio.run_coroutine_threadsafe(asked, loop).result(60)
        case.validate_response(answer, checks=CHECKS)

    settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(case=st.one_of(*_strategies(specimen, operation)), plausible=st.booleans())(ask))()


def _strategies(specimen: Specimen, operation: APIOperation[Any, Any, Any, Any]) -> Iterator[Any]:
    values = {"account_sid": ACCOUNT, **specimen.variables}
    there = {name: value for name, value in values.items() if f"{{{name}}}" in operation.path}
    account = {name: value for name, value in there.items() if name == "account_sid"}
    yield operation.as_strategy(path_parameters=there)
    yield operation.as_strategy(generation_mode=GenerationMode.NEGATIVE, path_parameters=there)
    if there != account:
        yield operation.as_strategy(path_parameters=account)


def _request(case: Case) -> dict[str, Any]:
    """The bytes that would go out."""
    made = case.as_transport_kwargs(base_url=HOST)
    known = {name: made[name] for name in ("method", "url", "headers", "params", "data", "json") if name in made}
    prepared = requests.Request(**known).prepare()
    assert prepared.url is not None
    headers = {name: value for name, value in prepared.headers.items() if name.lower() != "content-length"}
    return {
        "method": prepared.method,
        "path": httpx.URL(prepared.url),
        "headers": headers,
        "content": prepared.body,
    }
