"""The environment of official-clients A3: what it says, and unmodified programs under it."""

from __future__ import annotations

import json
import shlex
import shutil
import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from hoyhoy.intercept.environment import HOOKS, compose, export_lines, upstream_of
from hoyhoy.intercept.trust import TrustFiles

from .conftest import SID, TOKEN, Stand

PROXY = "http://127.0.0.1:8943"
FILES = TrustFiles(Path("/d/ca"), Path("/d/bundle"), Path("/d/node"), Path("/d/php"))


# What it says ----------------------------------------------------------------------------


def test_the_exact_set() -> None:
    assert compose({}, PROXY, FILES, account_sid="AC1", auth_token="t", hooks=Path("/h")) == {
        "HTTPS_PROXY": PROXY,
        "https_proxy": PROXY,
        "NO_PROXY": "localhost,127.0.0.1,::1",
        "no_proxy": "localhost,127.0.0.1,::1",
        "REQUESTS_CA_BUNDLE": "/d/bundle",
        "CURL_CA_BUNDLE": "/d/bundle",
        "SSL_CERT_FILE": "/d/bundle",
        "NODE_EXTRA_CA_CERTS": "/d/node",
        "NODE_OPTIONS": "--require=/h/node/redirect.cjs",
        "HOYHOY_TLS": "127.0.0.1:8943",
        "PYTHONPATH": "/h/python",
        "PHP_INI_SCAN_DIR": ":/d/php",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "t",
    }


def test_what_the_caller_has_is_kept() -> None:
    caller = {
        "NO_PROXY": "intranet, .corp",
        "NODE_OPTIONS": "--inspect",
        "PYTHONPATH": "lib:",
        "PHP_INI_SCAN_DIR": "/etc/php",
        "TWILIO_ACCOUNT_SID": "AC2",
        "JAVA_TOOL_OPTIONS": "-Xmx1g",
        "UNTOUCHED": "1",
    }
    java = TrustFiles(FILES.ca, FILES.bundle, FILES.node, FILES.php, Path("/d/my roots.p12"))
    changes = compose(caller, PROXY, java, account_sid="AC1", auth_token="t", hooks=Path("/h"))
    assert changes["NO_PROXY"] == "intranet,.corp,localhost,127.0.0.1,::1"
    assert changes["NODE_OPTIONS"] == "--inspect --require=/h/node/redirect.cjs"
    assert changes["PYTHONPATH"] == "/h/python:lib:"
    assert changes["PHP_INI_SCAN_DIR"] == "/etc/php:/d/php"
    assert changes["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8943 ")
    assert '"-Djavax.net.ssl.trustStore=/d/my roots.p12"' in changes["JAVA_TOOL_OPTIONS"]
    assert not {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "HTTP_PROXY", "UNTOUCHED"} & set(changes)


@pytest.mark.parametrize(
    ("caller", "given"),
    [
        ({}, {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET"}),
        ({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"}, {"TWILIO_API_KEY", "TWILIO_API_SECRET"}),
        ({"TWILIO_ACCOUNT_SID": "AC2", "TWILIO_AUTH_TOKEN": "u"}, set()),
        ({"TWILIO_ACCOUNT_SID": "AC2"}, set()),
        ({"TWILIO_AUTH_TOKEN": "u"}, set()),
        ({"TWILIO_API_KEY": "SK2"}, {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"}),
        ({"TWILIO_API_SECRET": "s"}, {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"}),
    ],
)
def test_credentials_of_the_callers_are_kept_and_ours_come_as_they_belong_together(
    caller: dict[str, str], given: set[str]
) -> None:
    ours = {"account_sid": "AC1", "auth_token": "t", "api_key": "SK1", "api_secret": "s"}
    changes = compose(caller, PROXY, FILES, hooks=HOOKS, **ours)
    assert {name for name in changes if name.startswith("TWILIO_")} == given
    assert compose(caller | changes, PROXY, FILES, hooks=HOOKS, **ours) == {}
    assert changes.get("TWILIO_API_KEY", "SK1") == "SK1" and changes.get("TWILIO_API_SECRET", "s") == "s"


@pytest.mark.parametrize(
    "entry", ["*", "twilio.com", ".twilio.com", "api.twilio.com", "*.twilio.com", "com", ".COM", "api.twilio.com:443"]
)
def test_no_exemption_lets_twilio_out(entry: str) -> None:
    assert compose({"no_proxy": f"a,{entry}"}, PROXY, FILES)["no_proxy"] == "a,localhost,127.0.0.1,::1"


def test_a_plain_proxy_of_the_callers_is_replaced_because_npm_twilio_would_use_it() -> None:
    assert compose({"HTTP_PROXY": "http://corp:3128"}, PROXY, FILES)["HTTP_PROXY"] == PROXY


def test_composing_twice_changes_nothing() -> None:
    java = TrustFiles(FILES.ca, FILES.bundle, FILES.node, FILES.php, Path("/d/java"))
    first = compose({"NODE_OPTIONS": "--inspect", "NO_PROXY": "a"}, PROXY, java, account_sid="AC1", auth_token="t")
    assert compose(first, PROXY, java, account_sid="AC1", auth_token="t") == {}


def test_export_lines_survive_a_shell() -> None:
    value = 'it\'s $HOME `x` "y"\nz'
    script = "\n".join(
        [
            *export_lines({"ODD": value}),
            f"exec {shlex.quote(sys.executable)} -c 'import os; print(repr(os.environ[\"ODD\"]))'",
        ]
    )
    told = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.strip() == repr(value)


@pytest.mark.parametrize(
    ("caller", "upstream"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://u:p@corp:3128"}, "http://u:p@corp:3128"),
        ({"https_proxy": "corp:3128"}, "http://corp:3128"),
        ({"ALL_PROXY": "http://corp:1"}, "http://corp:1"),
        ({"HTTPS_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": "http://corp:1", "NO_PROXY": "*"}, None),
    ],
)
def test_the_callers_own_proxy(caller: dict[str, str], upstream: str | None) -> None:
    assert upstream_of(caller, PROXY) == upstream


# Unmodified programs ---------------------------------------------------------------------

MESSAGE = 'messages.create(to="+15005550006", from_="+15005550001", body="hi")'
SHOW = "print(m.sid, m.body, m.status)"
SEEN = "SM" + "c" * 32 + " seen queued\n"


def test_twilio_sync(python: Callable[..., str]) -> None:
    assert python(f"from twilio.rest import Client; m = Client().{MESSAGE}; {SHOW}") == SEEN


@pytest.mark.parametrize("loop", ["asyncio.run", "uvloop.run"])
def test_twilio_async_needs_the_hook_and_has_it(python: Callable[..., str], loop: str) -> None:
    code = f"""
import asyncio, uvloop
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client
async def main():
    async with AsyncTwilioHttpClient() as http:
        m = await Client(http_client=http).{MESSAGE.replace("create", "create_async")}
        {SHOW}
{loop}(main())
"""
    assert python(code) == SEEN


@pytest.mark.parametrize(
    ("places", "host"),
    [
        ({"TWILIO_EDGE": "sydney"}, "api.sydney.us1.twilio.com"),
        ({"TWILIO_REGION": "ie1"}, "api.ie1.twilio.com"),
        ({"TWILIO_EDGE": "dublin", "TWILIO_REGION": "ie1"}, "api.dublin.ie1.twilio.com"),
    ],
)
def test_edges_and_regions(python: Callable[..., str], places: dict[str, str], host: str) -> None:
    code = """
from twilio.rest import Client
from twilio.http.http_client import TwilioHttpClient
class Shown(TwilioHttpClient):
    def request(self, *a, **k):
        r = super().request(*a, **k); print(r.text); return r
"""
    told = json.loads(python(code + f"Client(http_client=Shown()).{MESSAGE}", **places))
    assert (told["host"], told["scheme"]) == (host, "https")
    assert told["authorization"] == "Basic " + b64encode(f"{SID}:{TOKEN}".encode()).decode()


@pytest.mark.parametrize(
    "code",
    [
        "import httpx; print(httpx.get(U).text)",
        "import requests; print(requests.get(U).text)",
        "import urllib.request as u; print(u.urlopen(U).read().decode())",
        "import aiohttp, asyncio\nasync def f():\n async with aiohttp.request('GET', U) as r:\n"
        "  print(await r.text())\n"
        "asyncio.run(f())",
        "import aiohttp, asyncio\nasync def f():\n async with aiohttp.ClientSession() as s, s.get(U) as r:\n"
        "  print(await r.text())\nasyncio.run(f())",
    ],
)
def test_other_python_clients(python: Callable[..., str], code: str) -> None:
    told = json.loads(python(f"U = 'https://verify.twilio.com/v2/Services?a=b'\n{code}"))
    assert (told["host"], told["path"], told["query"], told["scheme"]) == (
        "verify.twilio.com",
        "/v2/Services",
        "a=b",
        "https",
    )


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")


@needs("curl")
def test_curl(program: Callable[..., str]) -> None:
    told = json.loads(program("curl", "-sS", "https://api.twilio.com./x", "-d", "a=b"))
    assert (told["path"], told["form"]) == ("/x", "a=b")


@needs("java")
def test_java_with_the_options_twilio_java_builds_on(stand: Stand, number: int, tmp_path: Path) -> None:
    (tmp_path / "Ask.java").write_text("""
import java.net.*; import java.io.*;
public class Ask { public static void main(String[] a) throws Exception {
  URLConnection c = new URL("https://api.twilio.com/java").openConnection();
  System.out.println(new BufferedReader(new InputStreamReader(c.getInputStream())).readLine()); } }
""")
    if shutil.which("javac") is None:
        pytest.skip("javac is not installed")
    done = subprocess.run(
        ["java", "-Xshare:auto", str(tmp_path / "Ask.java")],
        env=stand.environ(number, java=True),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["path"] == "/java"


def test_bundles_still_hold_the_public_roots(stand: Stand, number: int) -> None:
    environ = stand.environ(number)
    before = ssl.create_default_context(cafile=ssl.get_default_verify_paths().cafile)
    after = ssl.create_default_context(cafile=environ["SSL_CERT_FILE"])
    assert len(after.get_ca_certs()) == len(before.get_ca_certs()) + 1


def test_hooks_are_shipped() -> None:
    assert (HOOKS / "python" / "sitecustomize.py").exists() and (HOOKS / "node" / "redirect.cjs").exists()
