"""The port on real sockets, under asyncio and under uvloop (official-clients A4)."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hoyhoy.intercept.port import ESTABLISHED, Connection, InterceptPort, Limits

from .conftest import Stand

Plain = Callable[..., socket.socket]


def read_head(sock: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (piece := sock.recv(1)):
        head += piece
    return head


def read_all(sock: socket.socket) -> bytes:
    text = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := sock.recv(65536):
            text += piece
    return text


def trusting(stand: Stand) -> ssl.SSLContext:
    """What newer Pythons use by default: every rule of RFC 5280 is applied."""
    context = ssl.create_default_context(cadata=stand.authority.pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def asked(sock: socket.socket, path: str = "/x", host: str = "api.twilio.com") -> dict[str, Any]:
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return dict(json.loads(read_all(sock).partition(b"\r\n\r\n")[2]))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Origin:
    """A server of the outside world: keeps what it is sent and answers with a text."""

    def __init__(self, answer: bytes, *, wait_for: bytes = b"\r\n\r\n") -> None:
        self.answer, self.wait_for, self.heard = answer, wait_for, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self.listener.accept()
                with sock:
                    sock.settimeout(20)
                    while self.wait_for not in self.heard and (piece := sock.recv(65536)):
                        self.heard += piece
                    sock.sendall(self.answer)
                    sock.shutdown(socket.SHUT_WR)
                    while piece := sock.recv(65536):
                        self.heard += piece

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(20)


@pytest.fixture
def origin() -> Iterator[Callable[..., Origin]]:
    made: list[Origin] = []

    def make(*args: Any, **options: Any) -> Origin:
        made.append(Origin(*args, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello"


# Ours ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_connect_is_answered_with_exactly_the_phrase_php_knows(plain: Plain, stand: Stand, version: str) -> None:
    sock = plain()
    sock.sendall(f"CONNECT api.twilio.com:443 {version}\r\nHost: api.twilio.com:443\r\n\r\n".encode())
    assert read_head(sock) == b"HTTP/1.1 200 Connection established\r\n\r\n"
    with trusting(stand).wrap_socket(sock, server_hostname="api.twilio.com") as tls:
        seen = asked(tls)
    assert (seen["scheme"], seen["host"], seen["client"]) == ("https", "api.twilio.com", "127.0.0.1")


@pytest.mark.parametrize("host", ["api.sydney.au1.twilio.com", "verify.ie1.twilio.com", "API.Twilio.COM", "localhost"])
def test_tls_directly_with_a_leaf_for_the_name_asked(plain: Plain, stand: Stand, host: str) -> None:
    with trusting(stand).wrap_socket(plain(), server_hostname=host) as tls:
        assert tls.version() in ("TLSv1.2", "TLSv1.3")
        assert asked(tls, host=host)["scheme"] == "https"


def test_without_a_server_name_loopback_addresses_are_vouched_for(plain: Plain, stand: Stand) -> None:
    with trusting(stand).wrap_socket(plain(), server_hostname="127.0.0.1") as tls:
        assert asked(tls)["path"] == "/x"


def test_alpn_is_http_1_1_only(plain: Plain, stand: Stand) -> None:
    context = trusting(stand)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(plain(), server_hostname="api.twilio.com") as tls:
        assert tls.selected_alpn_protocol() == "http/1.1"


def test_a_session_is_resumed_under_another_connection(plain: Plain, stand: Stand) -> None:
    context = trusting(stand)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with context.wrap_socket(plain(), server_hostname="api.twilio.com") as first:
        asked(first)
        session = first.session
    with context.wrap_socket(plain(), server_hostname="api.twilio.com", session=session) as second:
        assert asked(second)["path"] == "/x"


def test_no_other_name_gets_a_certificate(plain: Plain, stand: Stand) -> None:
    with pytest.raises(ssl.SSLError):  # asyncio ends the connection without passing the alert on
        trusting(stand).wrap_socket(plain(), server_hostname="example.com")


def test_connect_to_us_may_carry_plain_http(plain: Plain) -> None:
    sock = plain()
    sock.sendall(b"CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\n")
    assert read_head(sock) == ESTABLISHED
    assert asked(sock)["scheme"] == "http"


def test_bytes_sent_before_the_reply_are_not_lost(plain: Plain) -> None:
    sock = plain()
    sock.sendall(
        b"CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\nGET /early HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    assert b'"/early"' in read_all(sock)


@pytest.mark.parametrize(("scheme", "tail"), [("http", ""), ("https", ""), ("http", ":8080")])
def test_an_absolute_target_of_ours_is_served_here(plain: Plain, scheme: str, tail: str) -> None:
    sock = plain()
    sock.sendall(
        f"POST {scheme}://api.twilio.com{tail}/2010?a=b HTTP/1.1\r\nHost: elsewhere\r\nContent-Length: 6\r\n"
        "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\n\r\nBody=1".encode()
    )
    seen = json.loads(read_all(sock).partition(b"\r\n\r\n")[2])
    assert (seen["scheme"], seen["host"]) == (scheme, f"api.twilio.com{tail}")
    assert (seen["path"], seen["query"], seen["form"]) == ("/2010", "a=b", "Body=1")
    assert not [name for name in seen["headers"] if name.startswith("proxy")]


def test_keep_alive_and_a_large_body_through_the_port(number: int, stand: Stand) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", number, context=trusting(stand), timeout=20)
    connection.set_tunnel("api.twilio.com", 443)
    for size in (10, 3_000_000):
        connection.request("POST", "/large", body=b"x" * size)
        assert len(json.loads(connection.getresponse().read())["form"]) == size
    connection.close()


# The rest of the world -------------------------------------------------------------------


def test_another_host_is_tunnelled_untouched(plain: Plain, origin: Callable[..., Origin]) -> None:
    far = origin(b"\x00\x16answer", wait_for=b"question")
    sock = plain()
    sock.sendall(f"CONNECT 127.0.0.1:{far.port} HTTP/1.1\r\n\r\n\x16\x03\x01ques".encode("latin-1"))
    assert read_head(sock) == ESTABLISHED
    sock.sendall(b"tion")
    assert read_all(sock) == b"\x00\x16answer"
    sock.sendall(b" and more")  # the far end has closed one way only
    sock.shutdown(socket.SHUT_WR)
    far.close()
    assert far.heard == b"\x16\x03\x01question and more"


def test_a_dead_host_is_a_502_with_a_sentence(plain: Plain) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    sock = plain()
    sock.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
    assert read_all(sock).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")


def test_connects_are_chained_to_the_callers_own_proxy(
    plain: Plain, stand: Stand, origin: Callable[..., Origin]
) -> None:
    proxy = origin(b"HTTP/1.1 200 OK\r\nVia: them\r\n\r\nfar away")
    with stand.opened(upstream=f"http://me:p%40ss@127.0.0.1:{proxy.port}") as (_, number):
        sock = plain(number)
        sock.sendall(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")
        assert read_head(sock) == ESTABLISHED
        assert read_all(sock) == b"far away"
        sock.close()
    assert proxy.heard.startswith(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n")
    assert b"Proxy-Authorization: Basic bWU6cEBzcw==\r\n" in proxy.heard  # me:p@ss


def test_a_refusal_upstream_is_told(plain: Plain, stand: Stand, origin: Callable[..., Origin]) -> None:
    proxy = origin(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    with stand.opened(upstream=f"127.0.0.1:{proxy.port}") as (_, number):
        sock = plain(number)
        sock.sendall(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")
        assert b"refused CONNECT example.com:443: HTTP/1.1 407 Proxy" in read_all(sock)


@pytest.mark.parametrize(
    "line",
    [
        "CONNECT api.twilio.com:443",
        "CONNECT api.twilio.com.:443",
        "CONNECT TWILIO.com:25",
        "GET http://api.twilio.com/",
        "GET https://api.twilio.com:444/",
        "GET http://api.twilio.com./",
        "GET http://u:p@api.Twilio.com/",
    ],
)
def test_our_hosts_never_leave_even_with_an_upstream(
    plain: Plain, stand: Stand, origin: Callable[..., Origin], line: str
) -> None:
    proxy = origin(OK)
    with stand.opened(upstream=f"http://127.0.0.1:{proxy.port}") as (_, number):
        sock = plain(number)
        sock.sendall(f"{line} HTTP/1.1\r\nHost: example.com\r\n\r\n".encode())
        if line.startswith("CONNECT"):
            assert read_head(sock) == ESTABLISHED
        else:
            assert b"201 Created" in read_all(sock)
    proxy.close()
    assert proxy.heard == b""


def test_plain_http_is_forwarded_one_request_a_connection(plain: Plain, origin: Callable[..., Origin]) -> None:
    far = origin(OK, wait_for=b"0\r\n\r\n")
    sock = plain()
    sock.sendall(
        f"POST http://127.0.0.1:{far.port}/a?b HTTP/1.1\r\nHost: lies\r\nTransfer-Encoding: chunked\r\n"
        "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-Kept: 1\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        "GET http://api.twilio.com/secret HTTP/1.1\r\n\r\n".encode()
    )
    answer = read_all(sock)
    far.close()
    assert answer == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
    assert far.heard.startswith(f"POST /a?b HTTP/1.1\r\nHost: 127.0.0.1:{far.port}\r\n".encode())
    assert b"X-Kept" in far.heard and b"X-Hop" not in far.heard
    assert far.heard.endswith(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n")


def test_plain_http_is_chained_too(plain: Plain, stand: Stand, origin: Callable[..., Origin]) -> None:
    proxy = origin(OK)
    with stand.opened(upstream=f"http://me:x@127.0.0.1:{proxy.port}") as (_, number):
        sock = plain(number)
        sock.sendall(b"GET http://example.com/a HTTP/1.1\r\nHost: example.com\r\n\r\n")
        assert read_all(sock).endswith(b"hello")
    assert proxy.heard.startswith(b"GET http://example.com/a HTTP/1.1\r\nHost: example.com\r\n")
    assert b"Proxy-Authorization: Basic bWU6eA==\r\n" in proxy.heard


def test_a_chunk_that_is_none_ends_the_exchange(plain: Plain, origin: Callable[..., Origin]) -> None:
    far = origin(OK, wait_for=b"never")
    sock = plain()
    sock.sendall(f"POST http://127.0.0.1:{far.port}/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    sock.sendall(b"5\r\nhello\r\nnonsense\r\n")
    assert read_all(sock) == b""
    far.close()
    assert b"nonsense" not in far.heard


def test_the_port_is_not_its_own_upstream(stand: Stand, plain: Plain, origin: Callable[..., Origin]) -> None:
    far, port = origin(b"direct", wait_for=b"x"), free_port()
    own = InterceptPort(stand.authority, stand.protocol, upstream=f"http://localhost:{port}")
    stand.wait(own.start("127.0.0.1", port))
    sock = plain(port)
    sock.sendall(f"CONNECT 127.0.0.1:{far.port} HTTP/1.1\r\n\r\nx".encode())
    assert read_all(sock) == ESTABLISHED + b"direct"
    sock.close()
    stand.wait(own.close())


def test_an_upstream_of_another_kind_is_refused_by_name(stand: Stand) -> None:
    with pytest.raises(ValueError, match="'socks5'"):
        stand.new_port(upstream="socks5://127.0.0.1:1080")


# Strangers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"SSH-2.0-x\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"CONNECT x HTTP/1.1\r\n\r\n",
        b"CONNECT api.twilio.com:443 HTTP/2\r\n\r\n",
        b"CONNECT api.twilio.com:99999 HTTP/1.1\r\n\r\n",
        b"CONNECT a b:1 HTTP/1.1\r\n\r\n",
        b"GET http://[::1/ HTTP/1.1\r\n\r\n",
        b"GET ftp://a/ HTTP/1.1\r\n\r\n",
        "CONNECT api.twilio\u3002com:443 HTTP/1.1\r\n\r\n".encode(),
        b"CONNECT a:1 HTTP/1.1\r\n X: folded\r\n\r\n",
        b"CONNECT a..twilio.com:443 HTTP/1.1\r\n\r\n",
        b"GET http://a/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"x" * 20_000,
    ],
)
def test_what_is_no_request_gets_400_and_a_sentence(plain: Plain, text: bytes) -> None:
    sock = plain()
    sock.sendall(text)
    answer = read_all(sock)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.endswith(b".\n")


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"GET http://exa",
        b"\x16\x03\x01",
        b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n",
        b"CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\nGET / HT",
    ],
)
def test_a_dawdler_is_left(plain: Plain, stand: Stand, start: bytes) -> None:
    with stand.opened(limits=Limits(head_time=0.05)) as (port, number):
        sock = plain(number)
        sock.sendall(start)
        assert read_all(sock) in (b"", ESTABLISHED)

        async def gone() -> None:
            while port.connections:  # noqa: ASYNC110
                await asyncio.sleep(0)

        stand.wait(gone())


def test_a_head_without_end_is_cut_off(plain: Plain, stand: Stand) -> None:
    with trusting(stand).wrap_socket(plain(), server_hostname="api.twilio.com", suppress_ragged_eofs=True) as tls:
        with contextlib.suppress(OSError):
            for _ in range(40):
                tls.sendall(b"X" * 1000)
        with contextlib.suppress(ssl.SSLError):
            assert read_all(tls) == b""


def test_connections_have_a_number(plain: Plain, stand: Stand) -> None:
    with stand.opened(limits=Limits(connections=2)) as (_, number):
        kept = [plain(number), plain(number)]
        for sock in kept:
            sock.sendall(b"CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\n")
            assert read_head(sock) == ESTABLISHED
        assert read_all(plain(number)) == b""
        assert asked(kept[0])["path"] == "/x"
        again = plain(number)  # one has gone, another may come
        again.sendall(b"CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\n")
        assert read_head(again) == ESTABLISHED


def test_an_idle_tunnel_is_closed(plain: Plain, stand: Stand, origin: Callable[..., Origin]) -> None:
    far = origin(b"", wait_for=b"never")
    with stand.opened(limits=Limits(idle=0.05)) as (_, number):
        sock = plain(number)
        sock.sendall(f"CONNECT 127.0.0.1:{far.port} HTTP/1.1\r\n\r\n".encode())
        assert read_head(sock) == ESTABLISHED
        assert read_all(sock) == b""


def test_closing_ends_tunnels_and_frees_the_port(plain: Plain, stand: Stand, origin: Callable[..., Origin]) -> None:
    far = origin(b"", wait_for=b"never")
    port, number = stand.new_port()
    sock = plain(number)
    sock.sendall(f"CONNECT 127.0.0.1:{far.port} HTTP/1.1\r\n\r\n".encode())
    assert read_head(sock) == ESTABLISHED
    stand.wait(port.close())
    assert read_all(sock) == b""
    with pytest.raises(ConnectionRefusedError):
        plain(number)


def test_only_loopback_may_speak_unless_told_otherwise(stand: Stand) -> None:
    port, _ = stand.new_port(allow=["172.17.0.0/16"])
    try:
        assert all(port._may_speak(a) for a in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "172.17.0.9"))
        assert not any(port._may_speak(a) for a in ("fe80::1%eth0", "10.0.0.1", "::ffff:10.0.0.1"))
    finally:
        stand.wait(port.close())


@pytest.mark.parametrize("line", ["CONNECT {}", "GET http://{}/"])
def test_a_client_of_another_machine_does_not_get_at_our_loopback(
    stand: Stand, origin: Callable[..., Origin], line: str
) -> None:
    far, (near, client) = origin(OK, wait_for=b"never"), socket.socketpair()
    port, _ = stand.new_port()
    near.setblocking(False)
    client.settimeout(20)
    client.sendall(f"{line.format(f'127.0.0.1:{far.port}')} HTTP/1.1\r\n\r\n".encode())
    stand.wait(port._serve(Connection(near, is_local=False)))
    assert b"an address of this machine alone" in read_all(client)
    client.close()
    stand.wait(port.close())
    far.close()
    assert far.heard == b""


def test_a_taken_port_says_so(stand: Stand, number: int) -> None:
    with pytest.raises(OSError, match="in use"):
        stand.wait(InterceptPort(stand.authority, stand.protocol).start("127.0.0.1", number))
