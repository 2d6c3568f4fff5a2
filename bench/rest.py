"""Durable requests per CPU second of the exchange's process (all threads), beside a bare server that stores nothing.

Method: 64 keep-alive connections from this process to `hoyhoy serve` on a fresh data folder with full sync; CPU time
from the kernel before and after. In virtual time nothing is delivered meanwhile, so the figure is acceptance alone;
in real time delivery to a virtual phone is part of it. On PostgreSQL (Debian's, beside it on the same machine, with
fsync) the exchange's CPU counts, not the server's.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from _serving import exchange, per_cpu_second

sys.path.append(str(Path(__file__).parents[1]))
from tests.store.postgres import programs
from tests.store.postgres import server as postgresql

TOTAL = 6400
BARE = """
import socket, sys, uvicorn, msgspec
from urllib.parse import parse_qsl
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
async def post(request):
    form = dict(parse_qsl((await request.body()).decode()))
    return Response(msgspec.json.encode({"sid": "SM", "to": form["To"], "body": form["Body"]}), 201,
                    media_type="application/json")
listener = socket.socket(); listener.bind(("127.0.0.1", 0)); print(listener.getsockname()[1], flush=True)
app = Starlette(routes=[Route("/2010-04-01/Accounts/{account}/Messages.json", post, methods=["POST"])])
uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run([listener])
"""


def main() -> None:
    """Print one row a workload."""
    rows = []
    with exchange("--virtual-time") as served:
        message = served.request("Messages", To="+14155550123", From=served.number, Body="Hello there")
        rows.append(("POST Messages, durable", *per_cpu_second(served.port, served.pid, message, TOTAL)))
    with exchange("--virtual-time") as served:
        call = served.request("Calls", To="+14155550123", From=served.number, Twiml="<Response><Pause/></Response>")
        rows.append(("POST Calls, durable", *per_cpu_second(served.port, served.pid, call, TOTAL)))
    with exchange() as served:
        message = served.request("Messages", To="+14155550123", From=served.number, Body="Hello there")
        rows.append(("POST Messages, delivered meanwhile", *per_cpu_second(served.port, served.pid, message, TOTAL)))
    if programs() is None:
        print("no PostgreSQL: apt-get install postgresql")
    else:
        durable = postgresql(fsync="on", full_page_writes="on")
        with durable as server, exchange("--virtual-time", "--database", server.empty("bench")) as served:
            message = served.request("Messages", To="+14155550123", From=served.number, Body="Hello there")
            rows.append(("POST Messages, on PostgreSQL", *per_cpu_second(served.port, served.pid, message, TOTAL)))
    bare = subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE, text=True)
    try:
        assert bare.stdout
        port = int(bare.stdout.readline())
        time.sleep(1)
        rows.append(("bare server, stores nothing", *per_cpu_second(port, bare.pid, message, TOTAL)))
    finally:
        bare.terminate()
        bare.wait()
    base = rows[-1][1]
    print(f"{'':38}{'per CPU s':>10}{'per s':>8}{'of bare':>9}")
    for name, per_cpu, per_second in rows:
        print(f"{name:38}{per_cpu:10.0f}{per_second:8.0f}{per_cpu / base:8.0%}")


if __name__ == "__main__":
    main()
