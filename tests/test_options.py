"""Every choice of Settings is an option of the commands that start an exchange, and says what the option says."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hoyhoy.options import serving, settings_of
from hoyhoy.settings import Settings

OF_THE_FILE = {"trunks", "account_caps", "rules"}
"""Tables of hoyhoy.toml."""

NOT_CHOSEN = {"upstream_proxy"}


def chosen(*words: str) -> Settings:
    found: list[Settings] = []

    @click.command()
    @serving
    def command(**options: object) -> None:
        found.append(settings_of(**options))  # type: ignore[arg-type]

    told = CliRunner().invoke(command, list(words), catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return found[0]


def test_every_setting_has_an_option() -> None:
    @serving
    @click.command()
    def command() -> None: ...

    names = {parameter.name for parameter in command.params} - {"memory"}
    assert names == {field.name for field in fields(Settings)} - OF_THE_FILE - NOT_CHOSEN


@pytest.mark.parametrize(
    "field", sorted({field.name for field in fields(Settings)} - OF_THE_FILE - NOT_CHOSEN - {"data"})
)
def test_without_options_the_defaults_are_those_of_settings(field: str) -> None:
    assert getattr(chosen(), field) == getattr(Settings(), field)


def test_sip_is_chosen(tmp_path: Path) -> None:
    certificate = tmp_path / "tls.pem"
    certificate.touch()
    found = chosen(
        *("--sip-host", "192.0.2.7", "--sip-port", "5070", "--sips-port", "0", "--sip-name", "pbx.example"),
        *("--sip-name", "b.example", "--sip-advertise", "203.0.113.1", "--sip-anywhere", "--drain", "5", "--metrics"),
        *("--sip-certificate", str(certificate), "--media-host", "192.0.2.8", "--media-port", "20000", "--no-lab"),
    )
    assert (found.sip_address, found.sip_port, found.sips_port) == ("192.0.2.7", 5070, 0)
    assert (found.sip_names, found.sip_advertised) == (("pbx.example", "b.example"), "203.0.113.1")
    assert found.sip_anywhere and found.metrics and found.drain == 5 and found.sip_certificate == certificate
    assert (found.media_address, found.media_pool(0)[:2]) == ("192.0.2.8", (20000, 20002))
    assert not chosen("--no-sip").sip


def test_trunks_come_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert chosen().trunks == () and chosen().account_caps is None
    text = '[[trunk]]\nname = "north"\nhosts = ["sip.north.example"]\nprefixes = ["+1"]\n[account-caps]\ncalls = 3\n'
    (tmp_path / "hoyhoy.toml").write_text(text, encoding="utf-8")
    found = chosen()
    assert [trunk.name for trunk in found.trunks] == ["north"]
    assert found.account_caps and found.account_caps.calls == 3
