"""The PAC file, as a browser's JavaScript would run it (official-clients B2)."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode

import pytest

from hoyhoy.intercept import pac

OURS = "PROXY 127.0.0.1:8943"
PROXY = "http://127.0.0.1:8943"


def ways(script: str, *hosts: str) -> list[str]:
    """Where the file sends requests to these hosts."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    code = f"{script}; console.log(JSON.stringify({json.dumps(hosts)}.map((h) => FindProxyForURL(`wss://${{h}}/`, h))))"
    return list(json.loads(subprocess.run(["node", "-e", code], capture_output=True, check=True).stdout))


def test_twilios_hosts_come_here_and_nobody_elses() -> None:
    ours = ("twilio.com", "api.twilio.com", "voice-js.roaming.twilio.com", "API.Twilio.Com.", "a.b.c.twilio.com")
    others = ("example.com", "nottwilio.com", "twilio.com.example.com", "twilio.example", "com", "localhost")
    assert ways(pac.script(PROXY), *ours, *others) == [OURS] * len(ours) + ["DIRECT"] * len(others)


def test_a_persons_own_proxy_and_his_exemptions_stay() -> None:
    caller = {"HTTPS_PROXY": "http://ann:secret@proxy.corp.example:3128", "NO_PROXY": ".corp.example, *.lan,10.0.0.1"}
    script = pac.script_for(PROXY, caller)
    assert ways(script, "api.twilio.com", "example.com") == [OURS, "PROXY proxy.corp.example:3128"]
    assert ways(script, "wiki.corp.example", "nas.lan", "10.0.0.1", "localhost", "127.0.0.1") == ["DIRECT"] * 5
    assert "secret" not in script


@pytest.mark.parametrize(
    ("proxy", "way"),
    [
        ("https://proxy.example", "HTTPS proxy.example:443"),
        ("proxy.example:3128", "PROXY proxy.example:3128"),
        ("http://[fd00::1]:3128", "PROXY [fd00::1]:3128"),
        ("socks5://proxy.example:1080", "DIRECT"),
        (PROXY, "DIRECT"),
        ("", "DIRECT"),
    ],
)
def test_what_becomes_of_each_kind_of_proxy(proxy: str, way: str) -> None:
    assert f'return "{way}";\n}}' in pac.script_for(PROXY, {"https_proxy": proxy})


def test_no_proxy_at_all_is_no_way_past_us() -> None:
    script = pac.script_for(PROXY, {"HTTPS_PROXY": "http://proxy.example:3128", "no_proxy": "twilio.com,.com"})
    assert ways(script, "api.twilio.com", "example.com") == [OURS, "DIRECT"]


def test_it_can_be_a_url() -> None:
    kind, _, content = pac.as_url(pac.script(PROXY)).partition(",")
    assert kind == "data:application/x-ns-proxy-autoconfig;base64"
    assert b64decode(content).decode() == pac.script(PROXY)
