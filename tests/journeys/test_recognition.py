"""A whole exchange whose recogniser is a web server: what a call hears is sent there, and steers the call."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from twilio.rest import Client

from hoyhoy.audio import RATE, wav
from hoyhoy.settings import Settings
from hoyhoy.testing.local import LocalExchange
from tests.testing.webapp import Direct, WebApp

pytestmark = pytest.mark.journey

MUSIC = "http://demo.twilio.com/docs/classic.mp3"


class Listening(BaseHTTPRequestHandler):
    """Understands music."""

    heard: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        self.heard.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        answer = json.dumps({"text": "la la la", "confidence": 0.5}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def recogniser():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="recogniser")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/listen"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_call_is_understood(recogniser: str) -> None:
    pages = {
        "plays": f"<Response><Pause/><Play>{MUSIC}</Play></Response>",
        "picked": "<Response><Hangup/></Response>",
    }
    settings = Settings(port=0, proxy_port=0, media_port=0, virtual_time=True, sip=False, recogniser=recogniser)
    with WebApp(**pages) as app, LocalExchange(settings) as exchange:
        number = exchange.point(voice=app.url("/plays"))
        client = Client(exchange.account.sid, exchange.account.auth_token, http_client=Direct(exchange.url))
        gather = f'<Gather input="speech" maxSpeechTime="3" hints="tra la" action="{app.url("/picked")}"/>'
        client.calls.create(to=number, from_="+15005550006", twiml=f"<Response>{gather}</Response>")
        exchange.advance(60)
        (told,) = app.forms("/picked")
        assert (told["SpeechResult"], told["Confidence"], told["Language"]) == ("la la la", "0.5", "en-US")
        ((path, file),) = Listening.heard
        assert path == "/listen?language=en-US&hint=tra+la"
        sound = wav.read(file)
        assert sound.any() and 3 * RATE <= len(sound) < 4 * RATE
