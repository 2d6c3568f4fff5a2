"""`make docs`: writes the generated pages of docs/ from the code itself. With --check it only says which are stale."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import hoyhoy.exchange.verbs.messaging
import hoyhoy.exchange.verbs.voice
from hoyhoy.exchange.call import CALL
from hoyhoy.exchange.leg import LEG
from hoyhoy.exchange.message import MESSAGE
from hoyhoy.exchange.verbs.verb import Family, _attributes, family
from hoyhoy.rest import resources
from hoyhoy.rest.kit import CREATE, UPDATE, RootResource

DOCS = Path(__file__).parents[1] / "docs"


def coverage() -> str:
    """What of the platform's API is answered here, resource by resource, and what of its documents is performed."""
    return "\n".join(
        [
            "# Coverage",
            "",
            "What of Twilio's API hoyhoy speaks. Written by `make docs` from the code; edit the code, not this page.",
            "What is not listed is answered with 404 (REST) or a visible warning on the call or message (TwiML).",
            "",
            "## REST",
            "",
            "| resource | path | operations | filters of its list |",
            "| --- | --- | --- | --- |",
            *(resource_row(kind) for kind in kinds()),
            "",
            *(line for kind in kinds() for line in parameters(kind)),
            "## TwiML for calls",
            "",
            *verb_rows(family(hoyhoy.exchange.verbs.voice)),
            "",
            "## TwiML for messages",
            "",
            *verb_rows(family(hoyhoy.exchange.verbs.messaging)),
            "",
        ]
    )


MACHINES = (
    ("call", CALL, "what the customer sees (voice reference 5.2); `initiated` exists only in callbacks"),
    ("message", MESSAGE, "messaging reference 1.6; a late or second receipt changes nothing"),
    ("leg", LEG, "one party's connection; a late signal is dropped in `Leg._become`"),
)


def machines() -> str:
    """Every status and where it may lead, read off the tables that move it."""
    lines = [
        "# State machines",
        "",
        "A status changes only by a lawful move of its table. Written by `make docs` from the tables themselves.",
        "",
    ]
    for name, table, note in MACHINES:
        lines += [f"## {name}", "", note + ".", "", "| state | may become |", "| --- | --- |"]
        lines += [f"| {state} | {', '.join(sorted(ends)) or '(final)'} |" for state, ends in table.moves.items()]
        lines.append("")
    return "\n".join(lines)


def kinds() -> list[type[RootResource]]:
    return sorted(resources(), key=lambda kind: (kind.product, kind.path))


def resource_row(kind: type[RootResource]) -> str:
    filters = listed(prop.param for prop in kind.properties.values() if prop.find)
    paths = "<br>".join(f"`{path}`" for path in (kind.path, *kind.also))
    return f"| {kind.__name__} | {paths} | {', '.join(kind.offers)} | {filters} |"


def parameters(kind: type[RootResource]) -> Iterator[str]:
    yield f"### {kind.__name__}"
    yield ""
    for operation in (CREATE, UPDATE):
        if operation in kind.offers:
            asked = [(kind.properties[name].idle, param) for name, param, _ in kind.asked[operation]]
            yield f"- {operation}: {listed(param for idle, param in asked if not idle) or 'nothing'}"
            if kept := listed(param for idle, param in asked if idle):
                yield f"- {operation}, kept without effect and told by a Notification: {kept}"
    shown = [name.rstrip("_") for name, prop in kind.properties.items() if prop.shown]
    yield f"- shown: {listed(shown)}"
    for name, why in kind.later.items():
        yield f"- not yet: `{name}` ({why})"
    yield ""


def verb_rows(verbs: Family) -> Iterator[str]:
    yield "| element | attributes | may hold | read past |"
    yield "| --- | --- | --- | --- |"
    for name, kind in sorted(verbs.items()):
        inside = ", ".join(kind.takes) or ("markup" if kind.mixed else "")
        yield f"| {name} | {listed(_attributes(kind))} | {inside} | {listed(kind.unused)} |"


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


PAGES = {"coverage.md": coverage, "machines.md": machines}


def main() -> int:
    stale = []
    for name, write in PAGES.items():
        page, text = DOCS / name, write()
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                page.write_text(text, encoding="utf-8")
    print("\n".join(f"docs/{name}" for name in stale) or "docs: nothing to do")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
