"""What `hoyhoy doctor` says (design 5)."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from hoyhoy.intercept.address import Keys
from hoyhoy.intercept.authority import Authority
from hoyhoy.intercept.doctor import Finding, Patient, Verdict, doctor

DAY = 86_400.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def examine(data: Path, caller: Mapping[str, str] | None = None, **more: Any) -> list[Finding]:
    more = {"now": time.time(), "port": free_port(), "proxy_port": free_port()} | more
    return doctor(Patient(data=data, caller={} if caller is None else caller, **more))


def troubles(findings: list[Finding]) -> list[str]:
    for finding in findings:
        assert finding.sentence.endswith(".")
        assert bool(finding.mend) is (finding.verdict is not Verdict.OK), finding
    return [finding.sentence for finding in findings if finding.verdict is not Verdict.OK]


def test_a_fresh_machine_has_nothing_wrong(tmp_path: Path) -> None:
    findings = examine(tmp_path / "none", os.environ | {"HTTPS_PROXY": "", "https_proxy": "", "ALL_PROXY": ""})
    assert troubles(findings) == []
    assert any("No exchange is running" in finding.sentence for finding in findings)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("caller", "names"),
    [
        ({"HTTPS_PROXY": "socks5://127.0.0.1:1"}, "socks5"),
        ({"NODE_EXTRA_CA_CERTS": "/nowhere"}, "/nowhere"),
        ({"SSL_CERT_FILE": "/nowhere"}, "SSL_CERT_FILE"),
        ({"TWILIO_REGION": "x@localhost:1/"}, "TWILIO_REGION"),
        ({"NODE_TLS_REJECT_UNAUTHORIZED": "0"}, "NODE_TLS_REJECT_UNAUTHORIZED"),
    ],
)
def test_an_environment_with_trouble(tmp_path: Path, caller: dict[str, str], names: str) -> None:
    (trouble,) = troubles(examine(tmp_path, caller))
    assert names in trouble


def test_a_proxys_password_is_not_shown(tmp_path: Path) -> None:
    findings = examine(tmp_path, {"HTTPS_PROXY": "http://me:secret@proxy.example:3128"})
    assert troubles(findings) == []
    told = " ".join(finding.sentence + finding.mend for finding in findings)
    assert "proxy.example:3128" in told and "secret" not in told


def test_a_root_that_expires_is_missing_its_key_or_is_open_to_others(tmp_path: Path) -> None:
    Authority.open(tmp_path, lambda: time.time() - 3640 * DAY)
    assert "is valid until" in troubles(examine(tmp_path))[0]
    (tmp_path / "tls" / "ca-key.pem").chmod(0o644)
    assert "Others can read" in troubles(examine(tmp_path))[0]
    (tmp_path / "tls" / "ca-key.pem").unlink()
    assert "its key is missing" in troubles(examine(tmp_path))[0]


def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    Authority.open(tmp_path, time.time)
    told = troubles(examine(tmp_path, now=time.time() - 100 * DAY))
    assert "not valid before" in told[0] and "clock is behind" in told[1]


def test_ports_held_by_strangers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert troubles(examine(tmp_path, proxy_port=port)) == [f"Port {port} is held by another program."]

        def answer() -> None:
            with listener.accept()[0], listener.accept()[0] as sock:
                sock.sendall(b"220 mail\r\n")

        thread = Thread(target=answer)
        thread.start()
        assert troubles(examine(tmp_path, port=port)) == [f"Port {port} is held by another program."]
        thread.join()


@pytest.mark.parametrize(
    ("data", "proxy", "trouble"),
    [
        ("{}", "", ""),
        ("/other", "", "another data folder"),
        ("{}", "http://127.0.0.1:1", "does not reach the exchange"),
    ],
)
def test_an_exchange_that_answers(tmp_path: Path, data: str, proxy: str, trouble: str) -> None:
    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        api = f"http://127.0.0.1:{server.server_port}"
        told = {"hoyhoy": "9.9", "exchange": "x", "data": data.format(tmp_path), "api": api, "proxy": proxy}
        Authority.open(tmp_path, time.time)
        Keys("x", api, proxy, "AC1", "t").write(tmp_path)
        thread = Thread(target=server.handle_request)
        thread.start()
        findings = examine(tmp_path)
        thread.join()
    assert any("hoyhoy 9.9 answers" in finding.sentence for finding in findings)
    told_troubles = troubles(findings)
    assert len(told_troubles) == bool(trouble) and all(trouble in sentence for sentence in told_troubles)
