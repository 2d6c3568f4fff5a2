"""`hoyhoy serve` with SIP on free ports, in a process of its own: prints the SIP port when it is up."""

from __future__ import annotations

import sys
from pathlib import Path

from hoyhoy.app import Exchange
from hoyhoy.settings import Settings
from hoyhoy.terminal.serve import run_loop, serve

MEDIA_PORTS = 512
"""So many calls of one address can be set up at a time: each keeps a port for itself until its first packet."""


async def beside(exchange: Exchange) -> list[str]:
    assert exchange.signalling
    print(exchange.signalling.endpoint.ports["udp"], flush=True)
    return []


def main(data: str) -> None:
    settings = Settings(
        data=Path(data), port=0, proxy_port=None, sip_port=0, sips_port=0, media_port=0, media_ports=MEDIA_PORTS
    )
    run_loop(serve(settings, quiet=True, beside=beside))


if __name__ == "__main__":
    main(sys.argv[1])
