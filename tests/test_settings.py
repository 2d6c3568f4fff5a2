from pathlib import Path

import click
import pytest

from hoyhoy.exchange.facilities import CHOICES
from hoyhoy.settings import (
    Settings,
    Unsafe,
    Unusable,
    WrongFile,
    account_caps_from_file,
    data_folder,
    from_environment,
    from_file,
    rules_from_file,
    trunks_from_file,
)


# design 5, 6: loopback unless told otherwise, and never open to strangers by accident
@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("127.9.9.9", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.4", False),
        ("exchange.example", False),
    ],
)
def test_loopback(host, loopback):
    settings = Settings(host=host)
    assert settings.is_loopback is settings.adopts is loopback
    if loopback:
        settings.check()
    else:
        with pytest.raises(Unsafe, match="--no-lab"):
            settings.check()
        Settings(host=host, lab=False, sip=False).check()


def test_strict_adopts_nobody():
    assert not Settings(strict=True).adopts


def test_the_platforms_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert data_folder() == tmp_path / "hoyhoy"
    monkeypatch.setattr("sys.platform", "darwin")
    assert data_folder() == Path.home() / "Library" / "Application Support" / "hoyhoy"


OPTIONS = [
    click.Option(["--port"], type=int),
    click.Option(["--proxy-port"]),
    click.Option(["--map", "maps"], multiple=True),
]


def test_the_settings_file(tmp_path):
    assert from_file(tmp_path, OPTIONS) == {}
    (tmp_path / "hoyhoy.toml").write_text('port = 9000\nproxy-port = 9001\nmap = ["https://a=http://b"]\n')
    assert from_file(tmp_path, OPTIONS) == {"port": 9000, "proxy_port": 9001, "maps": ["https://a=http://b"]}


def test_one_map_needs_no_list(tmp_path):
    (tmp_path / "hoyhoy.toml").write_text('map = "https://a=http://b"\n')
    assert from_file(tmp_path, OPTIONS) == {"maps": ["https://a=http://b"]}


@pytest.mark.parametrize("written", ["colour = 1", "port = ", "[section]\nport = 1"])
def test_a_wrong_settings_file_is_said(tmp_path, written):
    (tmp_path / "hoyhoy.toml").write_text(written)
    with pytest.raises(WrongFile, match=r"hoyhoy\.toml"):
        from_file(tmp_path, OPTIONS)


def test_variables():
    assert from_environment({"HOYHOY_PORT": "9000", "HOYHOY_MAP": "a=b c=d", "PORT": "1"}, OPTIONS) == {
        "port": "9000",
        "maps": ["a=b", "c=d"],
    }


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({"sip_host": "0.0.0.0"}, Unsafe),
        ({"host": "0.0.0.0", "lab": False}, None),
        ({"sip_host": "2001:db8::1", "lab": False}, Unusable),
        ({"host": "2001:db8::1", "lab": False}, Unusable),
        ({"host": "2001:db8::1", "lab": False, "sip": False}, None),
        ({"host": "::1"}, None),
        ({"media_host": "pbx.example"}, Unusable),
    ],
)
def test_where_telephones_are_served_is_judged_too(chosen, error):
    settings = Settings(**chosen)
    if error:
        with pytest.raises(error, match="--"):
            settings.check()
    else:
        settings.check()


@pytest.mark.parametrize(
    ("chosen", "opens"),
    [({}, True), ({"strict": True}, False), ({"sip_host": "192.0.2.7"}, False), ({"host": "192.0.2.7"}, False)],
)
def test_only_on_loopback_and_only_unless_strict_no_password_is_asked(chosen, opens):
    assert Settings(**chosen).opens_house is opens


@pytest.mark.parametrize("text", ["[[trunk]]\n", "[account-caps]\ncalls = -1\n"])
def test_a_table_that_cannot_be_followed_is_said(tmp_path, text):
    (tmp_path / "hoyhoy.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongFile, match=r"hoyhoy\.toml"):
        trunks_from_file(tmp_path)
        account_caps_from_file(tmp_path)


def test_rules_come_from_the_file(tmp_path: Path) -> None:
    assert rules_from_file(tmp_path) is None
    (tmp_path / "hoyhoy.toml").write_text('[rules]\nconference-answered = "completed"\ndial_grace = 0.5\n')
    rules = rules_from_file(tmp_path)
    assert rules and (rules.conference_answered, rules.dial_grace, rules.queue_size) == ("completed", 0.5, 1000)
    assert from_file(tmp_path, []) == {}


@pytest.mark.parametrize(
    "line",
    [
        'conference-answered = "busy"',
        "queue-size = 1.5",
        "frob = 1",
        "dial-grace = -1",
        "strict = true",
        'absent-client = "gone"',
    ],
)
def test_rules_that_cannot_be_followed(tmp_path: Path, line: str) -> None:
    (tmp_path / "hoyhoy.toml").write_text(f"[rules]\n{line}\n")
    with pytest.raises(WrongFile, match=r"hoyhoy\.toml: \[rules\]"):
        rules_from_file(tmp_path)


def test_each_rule_stands_on_its_page() -> None:
    page = (Path(__file__).parents[1] / "docs" / "decisions" / "0003-contested.md").read_text()
    assert {name for name in CHOICES if f"`{name.replace('_', '-')}`" not in page} == set()
