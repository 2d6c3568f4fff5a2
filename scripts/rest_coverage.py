"""The REST part of docs/coverage.md: what the official client knows, and what of it works here.

A parameter works when a test says so and fails when the API ignores the parameter (tests/works.py).
The client's sources are the checklist (tests/rest/official.py); tests/rest/absent.py has the reasons
for what is not offered at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.rest import absent, official
from tests.works import marked

from hoyhoy.rest import resources
from hoyhoy.rest.kit import ALL, LIST, RootResource
from hoyhoy.rest.kit.properties import Property, pascal

BOUNDS = {"_before": "<", "_after": ">"}
"""How the client calls the two ends of a range, and how they travel."""


@dataclass
class Asked:
    """The parameters of one operation, by what becomes of them."""

    operation: str
    works: dict[str, list[str]] = field(default_factory=dict)
    """By the test that shows it."""
    idle: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    """By the reason."""

    @property
    def working(self) -> int:
        return sum(len(names) for names in self.works.values())

    @property
    def known(self) -> int:
        return self.working + len(self.idle) + len(self.unproven) + sum(len(names) for names in self.missing.values())


@dataclass
class Covered:
    """One resource class beside what the client knows at its paths."""

    kind: type[RootResource]
    known: official.Face

    @classmethod
    def of(cls, kind: type[RootResource]) -> Covered:
        return cls(kind, official.of(kind.product, (kind.path, *kind.also), single=kind.single))

    def asked(self) -> list[Asked]:
        """The operations it offers; what a class at the same path offers is told there."""
        return [self._asked(operation) for operation in ALL if operation in self.kind.offers]

    def _asked(self, operation: str) -> Asked:
        kind, asked = self.kind, Asked(operation)
        tests = marked().get((kind.__name__, operation), {})
        ours = settable(kind, operation)
        for name in sorted(self.known.parameters.get(operation, set()) if self.known.parameters else ours):
            if name not in ours:
                why = kind.later.get(name, "")
                asked.missing.setdefault(why, []).append(pascal(name))
                continue
            prop, param = ours[name]
            if prop.idle:
                asked.idle.append(param)
            elif prop.param in tests:
                asked.works.setdefault(tests[prop.param], []).append(param)
            else:
                asked.unproven.append(param)
        return asked

    def refused(self, others: Iterable[type[RootResource]]) -> dict[str, str]:
        """Operations that the client knows and nobody at this path offers, with the reason."""
        twins = [one for one in others if (one.product, one.path) == (self.kind.product, self.kind.path)]
        offered = {operation for one in twins for operation in one.offers}
        return {
            operation: self.kind.later.get(operation, "")
            for operation in ALL
            if operation in self.known.parameters and operation not in offered
        }


def settable(kind: type[RootResource], operation: str) -> dict[str, tuple[Property, str]]:
    """Our parameters in the client's spelling: the property, and the name that travels."""
    found = {prop.column: (prop, param) for _, param, prop in kind.asked[operation]}
    for prop in kind.properties.values() if operation == LIST else ():
        if prop.find:
            found[prop.column] = (prop, prop.param)
        if prop.find == "range":
            found |= {prop.column + end: (prop, prop.param + sign) for end, sign in BOUNDS.items()}
    return found


def rest() -> Iterator[str]:
    """The lines of the page."""
    kinds = sorted(resources(), key=lambda kind: (kind.product != "api", kind.product, kind.path, kind.__name__))
    covered = [Covered.of(kind) for kind in kinds]
    yield from totals(covered)
    for one in covered:
        yield from section(one, kinds)
    yield from not_offered()


def totals(covered: list[Covered]) -> Iterator[str]:
    asked = [one for each in covered if each.known.parameters for one in each.asked()]
    known, idle = sum(one.known for one in asked), sum(len(one.idle) for one in asked)
    working = sum(one.working for one in asked)
    yield f"- **{working} of {known} parameters** that the official client can set on the resources below work."
    yield f"  {idle} have no effect in this version, and a Notification says so to whoever sets them."
    yield "- Resources offered of those that the official client knows:"
    for product in absent.products():
        offered = {collection(path) for path in absent.known(product) if path in absent.offered(product)}
        every = {collection(path) for path in absent.known(product)}
        yield f"  - `{product}`: {len(offered)} of {len(every)}"
    yield ""
    yield "A parameter works when the test named beside it passes, and fails as soon as the API ignores that parameter."
    yield ""


def collection(path: str) -> str:
    return path.removesuffix("/{}")


def section(covered: Covered, kinds: Iterable[type[RootResource]]) -> Iterator[str]:
    kind = covered.kind
    yield f"### {kind.__name__}"
    yield ""
    yield ", ".join(f"`{path_of(kind, path)}`" for path in (kind.path, *kind.also))
    yield ""
    for one in covered.asked():
        yield f"- **{one.operation}**{f': {one.working} of {one.known} parameters work' if one.known else ''}"
        for test, names in one.works.items():
            yield f"  - {listed(names)}: {test}"
        if one.idle:
            yield f"  - without effect, as a Notification says: {listed(one.idle)}"
        if one.unproven:
            yield f"  - read, but shown by no test: {listed(one.unproven)}"
        for why, names in one.missing.items():
            yield f"  - missing: {listed(names)} ({why})"
    for path, acts in kind.routes():
        yield f"- `{path_of(kind, path)}`: {', '.join(acts)}"
    for operation, why in covered.refused(kinds).items():
        yield f"- no {operation}: {why}"
    if shown := [prop.column for prop in kind.properties.values() if prop.shown]:
        yield f"- shown: {listed(shown)}"
    absent_properties = {name: why for name, why in kind.later.items() if name in covered.known.shown}
    for name, why in absent_properties.items():
        yield f"- not shown: `{name}` ({why})"
    yield ""


def path_of(kind: type[RootResource], path: str) -> str:
    return path if kind.product == "api" else f"/{kind.product}{path}"


def not_offered() -> Iterator[str]:
    yield "### Not offered"
    yield ""
    yield "What the official client knows below the products above, and is answered with 404 here."
    yield ""
    left = {(product, path) for product in absent.products() for path in absent.missing(product)}
    for why, prefixes in absent.ABSENT.items():
        lines = []
        for product, prefix in prefixes:
            below = [path for of, path in left if of == product and absent.reason(of, path) == why]
            below = [path for path in below if absent.is_below(path, prefix)]
            if below:
                name = prefix.replace("/2010-04-01/Accounts/{}", "").replace("{}", "*") or prefix
                lines.append(f"`{name if product == 'api' else f'/{product}{name}'}`")
        if lines:
            yield f"- {why}: {', '.join(lines)}"
    yield ""


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
