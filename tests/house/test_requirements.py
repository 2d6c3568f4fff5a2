"""What is installed is what is written down: exact, hashed, from any index, and free to be used by anybody."""

from __future__ import annotations

import importlib.metadata
import json
import re

import pytest

from .tree import ROOT, project

PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)( ; [^\\]+)? \\$")
# What permissive means here. Copyleft of any kind stays out of the default install (design.md 2).
PERMISSIVE = {
    "0bsd", "apache-2.0", "apache 2.0", "apache software license", "apache license 2.0", "bsd", "bsd license",
    "bsd-2-clause", "bsd-3-clause", "isc", "isc license", "isc license (iscl)", "mit", "mit license", "mit-0",
    "blueoak-1.0.0", "cc0-1.0", "psf-2.0", "python software foundation license", "python-2.0", "unlicense", "zlib",
}  # fmt: skip
EXCEPTED = {
    "certifi": "MPL-2.0, which binds changed files of its own only: it is one list of authorities, used unchanged"
}
SPELLED_OUT = {"MIT (ricardo.mit-license.org)": "MIT", "Apache License, Version 2.0": "Apache-2.0"}
IN_ITS_README = {"node_modules/precond": "MIT"}


def pins(name: str) -> dict[str, str]:
    found = {}
    for line in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if match := PINNED.match(line):
            found[match[1]] = match[2]
        else:
            assert re.match(r"    --hash=sha256:[0-9a-f]{64}( \\)?$|\s*#|$", line), f"{name}.txt: {line}"
    return found


def plain(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()  # type: ignore[index]


@pytest.mark.parametrize("name", ["run", "build", "test"])
def test_every_line_is_a_pin_a_hash_or_a_remark(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert pins(name) and text.count("==") == len(pins(name))
    assert all("--hash" in following for following in re.split(r"^\S+==.*\\$", text, flags=re.MULTILINE)[1:])


def test_what_the_package_depends_on_is_pinned():
    declared = {plain(requirement) for requirement in project()["project"]["dependencies"]}
    assert declared <= pins("run").keys()


@pytest.mark.parametrize("name", ["build", "test"])
def test_what_is_asked_for_is_pinned(name):
    asked = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    assert {plain(line) for line in asked if line and not line.startswith("#")} <= pins(name).keys()


def test_one_version_of_each():
    assert {**pins("test"), **pins("run"), **pins("build")} == pins("test")


def test_the_pins_suit_what_is_declared():
    from packaging.requirements import Requirement

    for text in project()["project"]["dependencies"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins("run")[plain(text)]), text


@pytest.mark.parametrize("name", sorted(pins("run")))
def test_the_default_install_is_permissive(name):
    if name not in EXCEPTED:
        licence = licence_of(importlib.metadata.metadata(name))
        assert is_permissive(SPELLED_OUT.get(licence, licence)), f"{name}: {licence!r}"


def licence_of(metadata: importlib.metadata.PackageMetadata) -> str:
    """The expression where there is one (PEP 639), else the short field, else all the classifiers."""
    if expression := metadata.get("License-Expression"):
        return expression
    if (field := metadata.get("License")) and "\n" not in field and len(field) < 60:
        return field
    listed = [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", []) if line.startswith("License ::")
    ]
    return " AND ".join(listed)


def is_permissive(expression: str) -> bool:
    ways = re.split(r"\s+or\s+", expression.strip("() ").lower())
    return any(all(part.strip("() ") in PERMISSIVE for part in re.split(r"\s+and\s+", way)) for way in ways)


@pytest.mark.parametrize("free", ["MIT", "(MIT)", "Apache-2.0 AND MIT", "GPL-3.0-only OR MIT", "BSD License"])
def test_free_for_anybody(free):
    assert is_permissive(free)


@pytest.mark.parametrize(
    "bound", ["AGPL-3.0", "MIT AND LGPL-3.0-or-later", "GNU Lesser General Public License", "UNKNOWN", ""]
)
def test_bound_or_unknown(bound):
    assert not is_permissive(bound)


def test_the_clients_are_locked_without_addresses():
    lock = json.loads((ROOT / "tests" / "clients" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {path: entry for path, entry in lock.items() if path}
    assert packages
    assert [path for path, entry in packages.items() if "integrity" not in entry or "resolved" in entry] == []
    licences = {entry.get("license") or IN_ITS_README[path] for path, entry in packages.items()}
    assert [one for one in licences if not is_permissive(SPELLED_OUT.get(one, one))] == []
