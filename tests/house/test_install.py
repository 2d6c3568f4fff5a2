"""scripts/install.py: the caller's own pip settings cannot put other files under our pins."""

from __future__ import annotations

import importlib.util

import pytest

from .tree import ROOT

spec = importlib.util.spec_from_file_location("install", ROOT / "scripts" / "install.py")
assert spec and spec.loader
install = importlib.util.module_from_spec(spec)
spec.loader.exec_module(install)


@pytest.fixture
def caller(monkeypatch, tmp_path):
    """A caller with a pip.conf and an environment full of opinions."""
    conf = tmp_path / "pip.conf"
    conf.write_text(
        "[global]\nfind-links = /opt/files\nindex-url = http://localhost:1/simple\n"
        "trusted-host = localhost\n  other.test\n"
        "[install]\nextra-index-url = http://localhost:2/simple\nno-deps = true\n"
    )
    for key, value in {
        "PIP_CONFIG_FILE": str(conf), "PIP_FIND_LINKS": "/opt/more", "PIP_TARGET": "/somewhere",
        "PIP_REQUIRE_VIRTUALENV": "1", "PIP_PROXY": "http://localhost:3", "PIP_RETRIES": "9",
        "PYTHONPATH": "/elsewhere", "PYTHONHOME": "", "VIRTUAL_ENV": "/other",
    }.items():  # fmt: skip
        monkeypatch.setenv(key, value)


def test_only_the_way_to_the_index_is_kept(caller):
    kept = {key: value for key, value in install.environment().items() if key.startswith("PIP_")}
    for own in ("PIP_CONFIG_FILE", "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_INPUT", "PIP_ROOT_USER_ACTION"):
        kept.pop(own)
    expected = {"PIP_INDEX_URL": "http://localhost:1/simple", "PIP_PROXY": "http://localhost:3", "PIP_RETRIES": "9"}
    assert kept.items() >= expected.items()
    assert kept["PIP_TRUSTED_HOST"].split() == ["localhost", "other.test"]
    assert (
        not {"PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_TARGET", "PIP_NO_DEPS", "PIP_REQUIRE_VIRTUALENV"}
        & kept.keys()
    )


def test_no_foreign_import_path_is_left(caller):
    assert not {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"} & install.environment().keys()


def test_the_environment_is_stronger_than_the_file(caller, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://localhost:4/simple")
    assert install.environment()["PIP_INDEX_URL"] == "http://localhost:4/simple"
