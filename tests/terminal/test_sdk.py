"""`hoyhoy sdk`, with a registry on this machine."""

from __future__ import annotations

import asyncio

import pytest
from click.testing import CliRunner

from hoyhoy.cli import main
from hoyhoy.terminal.sdk import have
from tests.lines.webrtc.npm import npm_open


async def test_an_sdk_is_got_before_a_page_asks_for_it(tmp_path, monkeypatch):
    said = []
    async with npm_open() as npm:
        npm.publish("@twilio/voice-sdk", "2.18.5")
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", npm.source().registry)
        await asyncio.to_thread(have, ["2.18"], tmp_path, "", said.append)
    (folder,) = (tmp_path / "sdk").iterdir()
    assert said == [str(folder)] and (folder / "dist" / "twilio.min.js").is_file()


@pytest.mark.parametrize(("version", "words"), [("latest", "no version of an SDK"), ("2.18.5", "cannot be asked")])
def test_one_that_cannot_be_had(tmp_path, monkeypatch, version, words):
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    result = CliRunner().invoke(main, ["sdk", "--data", str(tmp_path / "data"), version])
    assert result.exit_code == 1 and words in result.output
