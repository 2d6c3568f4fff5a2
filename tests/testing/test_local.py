"""An exchange in a thread of the test's own process: alone, quick to end, and leading programs to itself."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from twilio.rest import Client

from hoyhoy.lab.client import Lab, LabError, Unreachable
from hoyhoy.server import PortTaken
from hoyhoy.settings import Settings, Unsafe
from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.phones import NotHeard

from .webapp import Direct, WebApp


def test_it_is_in_memory_in_virtual_time_on_free_ports(standing: LocalExchange) -> None:
    clock = standing.lab.get("/clock")
    assert clock["virtual"]
    standing.advance(12.5)
    assert standing.lab.get("/clock")["now"] == clock["now"] + 12.5
    assert {standing.url, f"http://127.0.0.1:{standing.proxy_port}"}.isdisjoint(
        {"http://127.0.0.1:8980", "http://127.0.0.1:8943"}
    )
    assert standing.account.sid.startswith("AC") and len(standing.numbers) == 3


def test_two_know_nothing_of_each_other(standing: LocalExchange) -> None:
    with LocalExchange() as other:
        assert other.url != standing.url and other.account != standing.account
        assert not set(other.numbers) & set(standing.numbers)
        other.advance(1)
        folder = other.folder
        assert folder.exists()
    assert not folder.exists(), "what was kept in memory leaves nothing behind"
    with pytest.raises(Unreachable, match="No exchange answers"):
        Lab(other.url).get("/health")


def test_it_ends_while_clients_hold_connections_and_follow_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """An official client keeps its connection in a pool; a follower of the log would follow for ever."""
    with LocalExchange() as exchange:
        for name, value in exchange.environment().items():
            monkeypatch.setenv(name, value)
        client = Client()
        client.calls.list()
        following = threading.Event()

        def follow() -> None:
            for _ in exchange.lab.events(0):
                following.set()

        follower = threading.Thread(target=follow)
        follower.start()
        assert following.wait(30)
        ours = [thread for thread in threading.enumerate() if thread.name == "hoyhoy"]
    follower.join(30)
    assert not follower.is_alive(), "the stream ends with the exchange"
    assert exchange._thread not in threading.enumerate() and exchange._thread in ours


def test_real_time_can_be_chosen(app: WebApp) -> None:
    with LocalExchange(Settings(port=0, proxy_port=0)) as exchange:
        with pytest.raises(LabError, match="--virtual-time"):
            exchange.advance(1)
        pair = (exchange.account.sid, exchange.account.auth_token)
        app.pages["/voice"] = "<Response><Gather action='/choice' numDigits='1'><Say>Key?</Say></Gather></Response>"
        app.pages["/choice"] = "<Response/>"
        number = Client(*pair, http_client=Direct(exchange.url)).incoming_phone_numbers.list()[0]
        number.update(voice_url=app.url("/voice"))
        phone = exchange.phone("+14155550123")
        call = phone.call(number.phone_number)
        call.expect_speech("key", within=20)
        call.press("5")
        call.expect_hangup(within=20)
        assert [form["Digits"] for form in app.forms("/choice")] == ["5"]
        with pytest.raises(NotHeard):
            phone.expect_call(within=0.05)


def test_programs_are_led_to_it(standing: LocalExchange, tmp_path: Path) -> None:
    environment = standing.environment({"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})
    assert environment["PATH"] == "/usr/bin:/bin"
    assert environment["TWILIO_ACCOUNT_SID"] == standing.account.sid
    code = "from twilio.rest import Client; print([n.phone_number for n in Client().incoming_phone_numbers.list()])"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert set(eval(done.stdout)) >= set(standing.numbers)


def test_a_callers_own_credentials_are_kept(standing: LocalExchange) -> None:
    environment = standing.environment({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x"})
    assert (environment["TWILIO_ACCOUNT_SID"], environment["TWILIO_AUTH_TOKEN"]) == ("AC1", "x")


def test_why_it_cannot_start_is_said_where_it_was_asked_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)), LocalExchange(Settings(port=port, proxy_port=0)):
            pass
    with pytest.raises(Unsafe, match="strangers"), LocalExchange(Settings(host="0.0.0.0", port=0)):
        pass


def test_in_real_time_it_has_sockets_for_phones_and_a_process_for_sound(standing: LocalExchange) -> None:
    assert not standing.sip_ports and not standing.media_pids and not standing.sip
    with LocalExchange(Settings(port=0, proxy_port=0, media_port=0, sip_port=0, sips_port=0)) as real:
        assert real.sip_ports.keys() == {"udp", "tcp", "tls"}
        assert real.sip == f"sip:127.0.0.1:{real.sip_ports['udp']}"
        assert all(pid > 0 for pid in real.media_pids)  # it comes up beside
