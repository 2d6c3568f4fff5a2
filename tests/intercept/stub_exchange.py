"""A program that keeps the promises `run` relies on, and nothing else: health, run.json, tenancy, until unused."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from hoyhoy.intercept.address import Keys
from hoyhoy.intercept.authority import Authority

options = argparse.ArgumentParser()
options.add_argument("--data", type=Path)
options.add_argument("--port", type=int)
options.add_argument("--proxy-port", type=int)
options.add_argument("--until-unused", action="store_true")
options.add_argument("--quiet", action="store_true")
options.add_argument("--fail", action="store_true")
given = options.parse_args()
if given.fail:
    sys.exit("the data folder is of a newer version")

tenants, seen = 0, False
lock = threading.Lock()


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def reply(self, told: object, status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        global tenants, seen
        if self.path == "/lab/v1/health":
            self.reply(health)
        elif self.path == "/lab/v1/tenancy":
            with lock:
                tenants, seen = tenants + 1, True
                print("tenants", tenants, flush=True)
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            with contextlib.suppress(ConnectionResetError):
                self.connection.recv(1)
            with lock:
                tenants -= 1
                if not tenants:
                    os._exit(0)
        else:
            self.reply({"incoming_phone_numbers": [{"sid": "PN1"}]})

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        (given.data / "posted").write_text(f"{self.path}\n{self.headers['Authorization']}\n{form}\n")
        if "refuse" in form:
            self.reply({"message": "no such thing"}, 400)
        else:
            self.reply({"phone_number": "+15005550006"})


server = ThreadingHTTPServer(("127.0.0.1", given.port), Answers)
Authority.open(given.data, time.time)
api, proxy = f"http://127.0.0.1:{server.server_port}", f"http://127.0.0.1:{given.proxy_port}"
health = {
    "hoyhoy": "0",
    "exchange": str(os.getpid()),
    "data": str(given.data),
    "api": api,
    "proxy": proxy,
    "account_sid": "AC1",
    "virtual": False,
}
Keys(str(os.getpid()), api, proxy, "AC1", "token").write(given.data)
server.serve_forever()
