"""The TwiML part of docs/coverage.md: every attribute that the official builder can write, and what becomes of it here.

An attribute works when a test says so and fails when the attribute is not read (tests/obeys.py). Of the others the
verb itself says why it reads past them, or the element why it is skipped.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.obeys import marked
from twilio.twiml import TwiML, lower_camel, voice_response

import hoyhoy.exchange.verbs.voice
from hoyhoy.exchange.verbs.verb import Foreign, Verb, _attributes, family

SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")
NO_ROLE = "espeak-ng knows no roles; that is said."
WITHIN = {"Parameter": "Stream", "Language": "ConversationRelay", "Config": "VirtualAgent", "Task": "Enqueue"}
"""Elements that go with another one: what becomes of that becomes of them, unless they are known themselves."""


@dataclass
class Written:
    """The attributes of one element, by what becomes of them."""

    element: str
    works: dict[str, list[str]] = field(default_factory=dict)
    """By the test that shows it."""
    warned: dict[str, list[str]] = field(default_factory=dict)
    """By the reason."""
    foreign: dict[str, list[str]] = field(default_factory=dict)
    """By the reason."""
    unproven: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def pairs() -> dict[str, list[str]]:
    """By element, the attributes that the builder's methods write; what stands inside an element is none."""
    tree = ast.parse(inspect.getsource(voice_response))
    kinds = [one for one in tree.body if isinstance(one, ast.ClassDef)]
    names, inside = {}, {}
    for kind in kinds:
        found = re.search(r"self\.name = '([^']+)'", ast.unparse(kind))
        assert found, kind.name
        names[kind.name] = found[1]
        made = next(one for one in kind.body if isinstance(one, ast.FunctionDef) and one.name == "__init__")
        inside[kind.name] = {argument.arg for argument in made.args.args}
    written: dict[str, set[str]] = {name: set() for name in names.values()}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names:
            kind = call.func.id
            asked = {one.arg for one in call.keywords if one.arg} - inside[kind]
            written[names[kind]] |= {lower_camel(TwiML.MAP.get(name, name)) for name in asked}
    return {name: sorted(written[name]) for name in sorted(written)}


def covered() -> list[Written]:
    verbs, tests = family(hoyhoy.exchange.verbs.voice), marked()
    return [_covered(element, names, verbs.get(element), tests) for element, names in pairs().items() if names]


def _covered(element: str, names: list[str], kind: type[Verb] | None, tests: dict[tuple[str, str], str]) -> Written:
    found = Written(element)
    whole = family(hoyhoy.exchange.verbs.voice).get(WITHIN.get(element, ""))
    for name in names:
        if test := tests.get((element, name)):
            found.works.setdefault(test, []).append(name)
        elif kind and name in kind.unused:
            found.warned.setdefault(kind.unused[name], []).append(name)
        elif (element, name) == ("w", "role"):
            found.warned.setdefault(NO_ROLE, []).append(name)
        elif kind and issubclass(kind, Foreign):
            found.foreign.setdefault(kind.why, []).append(name)
        elif kind and name in _attributes(kind):
            found.unproven.append(name)
        elif not kind and whole and issubclass(whole, Foreign):
            found.foreign.setdefault(whole.why, []).append(name)
        else:
            found.missing.append(name)
    return found


def voice() -> Iterator[str]:
    elements = covered()
    works, warned, foreign = (
        sum(len(names) for one in elements for names in getattr(one, what).values())
        for what in ("works", "warned", "foreign")
    )
    total = sum(len(names) for names in pairs().values())
    yield f"- **{works} of {total} attributes** that the official builder can write work."
    yield f"  {warned} are read past with a warning, {foreign} belong to elements that are out of scope."
    yield ""
    yield "An attribute works when the test named beside it passes, and fails as soon as documents are read without it."
    yield ""
    for one in elements:
        yield f"### {one.element}"
        yield ""
        for test, names in one.works.items():
            yield f"- {_listed(names)}: {test}"
        for why, names in one.warned.items():
            yield f"- {_listed(names)}: a warning, for {why}"
        for why, names in one.foreign.items():
            yield f"- {_listed(names)}: out of scope: {why}"
        if one.unproven:
            yield f"- {_listed(one.unproven)}: read, but no test shows it"
        if one.missing:
            yield f"- {_listed(one.missing)}: not known: a warning"
        yield ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
