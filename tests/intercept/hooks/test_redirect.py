"""The Node hook (official-clients A4); npm packages are tried elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hoyhoy.intercept.environment import HOOKS, compose
from hoyhoy.intercept.trust import prepare
from tests.intercept.conftest import Stand

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")

SHOW = "r => { let t = ''; r.on('data', d => t += d).on('end', () => console.log(t)); }"


@pytest.mark.parametrize(
    "code",
    [
        "fetch('https://api.twilio.com/x').then(r => r.text()).then(console.log)",
        f"require('https').get('https://api.twilio.com/x', {SHOW})",
        f"require('https').get({{hostname: 'API.twilio.com.', path: '/x', agent: false}}, {SHOW})",
        f"const https = require('https'); https.get('https://api.twilio.com/y', {{agent: new https.Agent({{}})}}, "
        f"r => {{ r.resume(); r.on('end', () => https.get('https://api.twilio.com/x', {SHOW})); }})",
        "const s = require('tls').connect(443, 'api.twilio.com', {}, () => s.write("
        "'GET /x HTTP/1.0\\r\\nHost: api.twilio.com\\r\\n\\r\\n')); let t = ''; s.on('data', d => t += d)"
        ".on('end', () => console.log(t.split('\\r\\n\\r\\n')[1]))",
        "import('node:tls').then(({connect}) => { const s = connect({host: 'api.twilio.com', port: 443}, () => s.write("
        "'GET /x HTTP/1.0\\r\\nHost: api.twilio.com\\r\\n\\r\\n')); let t = ''; s.on('data', d => t += d)"
        ".on('end', () => console.log(t.split('\\r\\n\\r\\n')[1])) })",
    ],
)
def test_every_way_to_twilio_leads_here(program: Callable[..., str], code: str) -> None:
    told = json.loads(program("node", "-e", code))
    assert (told["path"], told["scheme"]) == ("/x", "https")
    assert told["host"].lower().rstrip(".") == "api.twilio.com"


def test_sessions_are_resumed(program: Callable[..., str]) -> None:
    code = (
        "const https = require('https'), agent = new https.Agent({maxCachedSessions: 10});"
        "const options = {host: 'api.twilio.com', path: '/x', agent, headers: {Connection: 'close'}};"
        "const ask = n => https.get(options, r => { r.resume().on('end', "
        "() => n ? setImmediate(ask, n - 1) : console.log(r.socket.isSessionReused())) }); ask(3)"
    )
    assert program("node", "-e", code) == "true\n"


def test_other_hosts_are_left_alone(program: Callable[..., str]) -> None:
    code = (
        "const tls = require('tls'); const s = tls.connect({host: 'twilio.com.localhost', port: 1, "
        "lookup: (h, o, cb) => console.log('asked for', h)});"
    )
    assert program("node", "-e", code) == "asked for twilio.com.localhost\n"


def test_a_ready_made_socket_is_left_alone(program: Callable[..., str]) -> None:
    code = (
        "const net = require('net'), tls = require('tls');"
        "const told = d => { console.log('over it', d[0]); process.exit() };"
        "const server = net.createServer(c => c.once('data', told)).listen(0, '127.0.0.1', () => {"
        " const socket = net.connect(server.address().port, '127.0.0.1', () => "
        "tls.connect({socket, host: 'api.twilio.com', servername: 'api.twilio.com'})) })"
    )
    assert program("node", "-e", code) == "over it 22\n"


def test_without_an_address_nothing_is_changed(program: Callable[..., str]) -> None:
    assert program("node", "-e", "console.log(require('tls').connect.length)", HOYHOY_TLS="") == "0\n"


def test_other_options_of_node_and_paths_with_blanks(stand: Stand, number: int, tmp_path: Path) -> None:
    odd = tmp_path / 'a "b" c\\d'
    shutil.copytree(HOOKS, odd)
    caller = {"PATH": os.environ["PATH"], "NODE_OPTIONS": "--no-warnings"}
    files = prepare(stand.folder, stand.authority.path, caller)
    environ = caller | compose(caller, f"http://127.0.0.1:{number}", files, hooks=odd)
    code = "fetch('https://api.twilio.com/x').then(r => r.text()).then(console.log)"
    done = subprocess.run(["node", "-e", code], env=environ, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["path"] == "/x", done.stderr
