"""`make docs`: writes the generated pages of docs/ from the code itself. With --check it only says which are stale."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import hoyhoy.exchange.verbs.messaging
import hoyhoy.exchange.verbs.voice
from hoyhoy.exchange.call import CALL
from hoyhoy.exchange.conference import CONFERENCE
from hoyhoy.exchange.leg import LEG
from hoyhoy.exchange.message import MESSAGE
from hoyhoy.exchange.transcription import TRANSCRIPTION
from hoyhoy.exchange.verbs.verb import Family, _attributes, family

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the marks stand in the tests

from scripts.rest_coverage import rest  # noqa: E402
from scripts.twiml_coverage import voice  # noqa: E402

DOCS = ROOT / "docs"


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
            *rest(),
            "## TwiML for calls",
            "",
            *voice(),
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
    ("conference", CONFERENCE, "voice reference 2.8; it begins with two of whom one may begin it"),
    ("transcription", TRANSCRIPTION, "voice reference 8.4; of a recording that is absent there is none"),
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
