"""testing/program.py: the app under test as a program of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.program import NotStarted, Program

APP = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class App(BaseHTTPRequestHandler):
    def do_POST(self):
        document = f"<Response><Say>Hello from {os.environ['NAME']}</Say></Response>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(document)

print("listening", flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
"""


def test_an_app_is_started_led_here_and_ended(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    with LocalExchange() as exchange:
        app = exchange.start(sys.executable, "app.py", "{port}", folder=tmp_path, environ={"NAME": "ours"})
        number = exchange.point(voice=app.url("/voice"))
        assert number == exchange.numbers[0]
        exchange.phone("+14155550123").call(number).expect_speech("Hello from ours")
        assert app.said.startswith("listening")
    with pytest.raises(ProcessLookupError):
        os.kill(app._process.pid, 0)
    assert "POST /voice" in app.said
    app.stop()  # once more does no harm


def test_it_finds_its_port_and_the_exchange_in_its_environment(standing: LocalExchange) -> None:
    code = (
        "import os, socket; s = socket.create_server(('127.0.0.1', int(os.environ['PORT'])));"
        "print(os.environ['TWILIO_ACCOUNT_SID'], flush=True); s.accept(); s.accept()"
    )
    with Program([sys.executable, "-c", code], standing.environment()) as program:
        assert program.said.strip() == standing.account.sid


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("raise SystemExit('no database')", "ended with 1(.|\n)*no database"),
        ("print('idle', flush=True); input() if False else __import__('time').sleep(60)", "Nobody listens(.|\n)*idle"),
    ],
)
def test_what_does_not_start_says_why(code: str, sentence: str) -> None:
    with pytest.raises(NotStarted, match=sentence):
        Program([sys.executable, "-c", code], os.environ, within=3)


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(NotStarted, match="no-such-program cannot be started"):
        Program(["no-such-program"], os.environ)
