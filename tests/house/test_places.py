"""Nothing of one machine or one network is in the tree: no index addresses, no folders of whoever wrote it."""

from __future__ import annotations

import re

from .tree import files, short

# Written in pieces, or this file would find itself.
PLACES = re.compile(
    "|".join(
        [
            r"/wor" + r"k/",
            r"/ro" + r"ot/",
            r"/hom" + r"e/\w",
            r"/User" + r"s/\w",
            r"\.\./sha" + r"red",
            r"/opt/(?:py" + r"pi|wheels)",
            r"py" + r"pi\.(?:org|io|python)",
            r"pythonho" + r"sted\.org",
            r"(?:registry\.|//)npm" + r"js\.",
            r"registry\.yarn" + r"pkg",
            r"deb\.deb" + r"ian\.org",
            r"--(?:extra-)?index" + r"-url[ =]",
            r"--find" + r"-links[ =]",
        ]
    )
)


def test_no_tracked_file_names_a_place_of_its_own():
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{short(path)}:{n}: {line.strip()[:80]}"
            for n, line in enumerate(text.splitlines(), 1)
            if PLACES.search(line)
        ]
    assert not found, "\n".join(found)


def test_what_counts_as_a_place():
    for text in ("see /wor" + "k/main", "--index" + "-url=x", "https://py" + "pi.org/simple", "cd ../sha" + "red"):
        assert PLACES.search(text), text
    for text in ("network/main", "-no-emit-index-url", "/api/root", "at home/work"):
        assert not PLACES.search(text), text
