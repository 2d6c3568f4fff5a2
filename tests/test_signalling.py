"""The SIP line of a running exchange: where it listens, and what it answers on each of its ways."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hoyhoy.app import Exchange
from hoyhoy.exchange.orders import PlaceCall
from hoyhoy.exchange.ports import Steering
from hoyhoy.server import PortTaken
from hoyhoy.settings import SIP_PORT, Settings, Unusable
from hoyhoy.signalling import own_addresses
from hoyhoy.wire.sip.message import parse

OPTIONS = (
    "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{0} 127.0.0.1:9;rport;branch=z9hG4bK1\r\nMax-Forwards: 5\r\n"
    "From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: 1@x\r\nCSeq: 1 OPTIONS\r\n"
    "Content-Length: 0\r\n\r\n"
)


def settings(**more: object) -> Settings:
    chosen = {"port": 0, "proxy_port": 0, "media_port": 0, "sip_port": 0, "sips_port": 0, "speech": "none"}
    return Settings(**(chosen | more))  # type: ignore[arg-type]


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    running = await Exchange.start(settings())
    yield running
    await running.close()


def asked(address: tuple[str, int], transport: str, authority: Path | None = None) -> int:
    """The status of the answer to OPTIONS."""
    kind = socket.SOCK_DGRAM if transport == "UDP" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as plain:
        plain.settimeout(30)
        plain.connect(address)
        sock: socket.socket = plain
        if authority:
            sock = ssl.create_default_context(cafile=str(authority)).wrap_socket(plain, server_hostname="localhost")
        sock.sendall(OPTIONS.format(transport).encode())
        answer = parse(sock.recv(4096))
        sock.close()
    return answer.status  # type: ignore[union-attr]


async def test_congestion_is_watched_and_told(exchange: Exchange) -> None:
    signalling = exchange.signalling
    assert signalling
    assert signalling.congestion.most == exchange.settings.sip_lateness > 0
    assert signalling.endpoint.is_congested == signalling.congestion.is_there
    assert signalling.congestion._watching and not signalling.congestion._watching.done()


async def test_a_lost_connection_is_told_to_registrations_and_calls(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    signalling = exchange.signalling
    assert signalling
    told: list[tuple[str, str]] = []
    for name in ("registrar", "line"):
        by = getattr(signalling, name)
        monkeypatch.setattr(by, "lost", lambda flow, name=name: told.append((name, flow.transport)))
    address = "127.0.0.1", signalling.endpoint.ports["tcp"]
    assert await asyncio.to_thread(asked, address, "TCP") == 200
    async with asyncio.timeout(30):
        while len(told) < 2:  # noqa: ASYNC110  what is real tells nobody
            await asyncio.sleep(0.01)
    assert set(told) == {("registrar", "tcp"), ("line", "tcp")}


@pytest.mark.parametrize("transport", ["UDP", "TCP", "TLS"])
async def test_it_answers_on_every_way(exchange: Exchange, transport: str) -> None:
    assert exchange.signalling and exchange.authority
    address = "127.0.0.1", exchange.signalling.endpoint.ports[transport.lower()]
    authority = exchange.authority.path if transport == "TLS" else None
    assert await asyncio.to_thread(asked, address, transport, authority) == 200
    assert exchange.signalling.place == f"sip:127.0.0.1:{exchange.signalling.endpoint.ports['udp']}"


async def test_a_usual_port_that_is_taken_is_left_to_its_owner() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        try:
            other.bind(("127.0.0.1", SIP_PORT))
        except OSError:
            pass  # somebody has it already
        exchange = await Exchange.start(settings(sip_port=None, sips_port=None))
        assert exchange.signalling
        ports = exchange.signalling.endpoint.ports
        assert ports["udp"] == ports["tcp"] != SIP_PORT
        await exchange.close()


async def test_a_chosen_port_that_is_taken_is_an_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(PortTaken):
            await Exchange.start(settings(sip_port=other.getsockname()[1]))


@pytest.mark.parametrize("more", [{"sip": False}, {"virtual_time": True}])
async def test_there_is_none_when_it_is_not_wanted_or_time_is_not_real(more: dict[str, bool]) -> None:
    exchange = await Exchange.start(settings(**more))
    assert exchange.signalling is None
    await exchange.close()


async def test_it_is_counted(exchange: Exchange) -> None:
    assert exchange.signalling
    assert exchange.signalling.counts() == {"dialogs": 0, "registrations": 0, **exchange.signalling.endpoint.counts}


async def test_a_certificate_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "tls.pem").write_text("not a certificate", encoding="utf-8")
    with pytest.raises(Unusable, match=r"tls\.pem"):
        await Exchange.start(settings(sip_certificate=tmp_path / "tls.pem"))


def test_addresses_at_which_it_is_reached() -> None:
    assert own_addresses("127.0.0.1") == ["127.0.0.1"]
    everywhere = own_addresses("0.0.0.0")
    assert everywhere[-1] == "127.0.0.1" and "0.0.0.0" not in everywhere


async def test_a_call_that_waited_when_the_exchange_died_is_made_by_the_next_one(tmp_path: Path) -> None:
    """What was accepted is not lost."""
    first = await Exchange.start(settings(data=tmp_path / "first"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(60)
        number = first.database.directory.numbers(first.accounts[0].sid)[0].number
        order = PlaceCall(
            account=first.accounts[0].sid,
            to=f"sip:bob@127.0.0.1:{phone.getsockname()[1]}",
            caller=number,
            steering=Steering(),
            twiml="<Response/>",
            delay=3600,
        )
        first.switchboard.place_call(order)
        await first.database.journal.settled()
        shutil.copytree(tmp_path / "first", tmp_path / "second")  # as it would lie there after a power cut
        await first.close()
        second = await Exchange.start(settings(data=tmp_path / "second"))
        try:
            assert (await asyncio.to_thread(phone.recv, 4096)).startswith(b"INVITE sip:bob@127.0.0.1")
        finally:
            await second.close()
