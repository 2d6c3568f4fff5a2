"""Asking a twimlet at the root of a host of its own."""

from urllib.parse import parse_qsl

from hoyhoy import twimlets
from hoyhoy.twimlets.answering import Answer


def ask(name: str, query: str = "", **told: str) -> Answer:
    """`told` is what the exchange says of the call."""
    said = twimlets.answer(f"/{name}", (*parse_qsl(query, keep_blank_values=True), *told.items()))
    assert said is not None
    return said


def document(name: str, query: str = "", **told: str) -> str:
    """What stands inside the Response."""
    said = ask(name, query, **told).document
    return said.removeprefix("<Response>").removesuffix("</Response>").replace("<Response/>", "")
