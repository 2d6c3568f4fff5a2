"""README, CHANGELOG and docs: what they say to type is there to be typed, and their links lead somewhere."""

from __future__ import annotations

import re

import pytest

from .tree import ROOT, files, short

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [path for path in files(".md") if path.stat().st_size]
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
CODE = re.compile(r"^```[a-z]*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)


def code(text: str) -> list[str]:
    """The lines of a page that are code, without prompts and trailing remarks."""
    lines = [line for block, span in CODE.findall(text) for line in (block or span).splitlines()]
    return [line.strip().removeprefix("$ ").split(" #")[0].strip() for line in lines]


def test_the_readme_begins_with_the_product_and_two_commands():
    assert README.splitlines()[0].lower().startswith("# hoyhoy")
    first = next(block for block, _ in CODE.findall(README) if block)
    assert [line.split("#")[0].strip() for line in first.splitlines()][:2] == ["make run", "make test"]
    assert len(README.split("```")[0].split("\n\n")) <= 5, "what it is should take three lines, then the commands"


def test_the_readme_says_whose_it_is_not():
    assert "not affiliated with twilio" in " ".join(README.lower().split())


def test_the_changelog_has_an_unreleased_heading():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[?Unreleased\]?", changelog, re.MULTILINE)


def test_the_licence_is_the_one_declared():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_commands_exist(page):
    from hoyhoy.cli import main

    for line in code(page.read_text(encoding="utf-8")):
        if found := re.match(r"make ([a-z-]+)", line):
            assert found[1] in TARGETS, f"{line!r}: no such target"
        if found := re.match(r"(?:\.venv/bin/)?hoyhoy ([a-z][a-z-]*)", line):
            assert found[1] in main.commands, f"{line!r}: no such command"


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{short(page)}: {target}"


def test_every_target_is_explained():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert {"run", "test", "quick", "check", "bench", "torture", "lock", "docs", "wheel", "clean"} <= explained
    assert TARGETS - explained == {"debian"}  # a step of test


def test_ci_runs_the_readmes_test_command():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert script[0] == "#!/bin/sh" and "set -eu" in script and script[-1] == "make test"
