"""Request heads and where bodies end (RFC 9112)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.intercept.head import BadHead, Body, Head, absolute, authority, closing, parse, single


def test_a_head_is_read_and_written() -> None:
    raw = b"GET http://a/b HTTP/1.1\r\nHost: a\r\nX-Y:  z \r\nx-y: w\r\n\r\n"
    head = parse(raw)
    assert (head.method, head.target, head.version) == ("GET", "http://a/b", "HTTP/1.1")
    assert head.values("x-y") == ["z", "w"]
    assert head.to_bytes() == b"GET http://a/b HTTP/1.1\r\nHost: a\r\nX-Y: z\r\nx-y: w\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"G T / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET /\xe9 HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nNo colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nA : b\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: b\r\n\r\n",
        b"GET / HTTP/1.1\r\na: b\nc: d\r\n\r\n",
        b"GET / HTTP/1.1\r\na: \0\r\n\r\n",
    ],
)
def test_what_is_malformed_is_refused(raw: bytes) -> None:
    with pytest.raises(BadHead):
        parse(raw)


@given(st.binary())
def test_any_bytes_give_a_head_or_a_refusal(raw: bytes) -> None:
    try:
        head = parse(raw)
        absolute(head)
        Body(head)
    except BadHead:
        pass


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("api.twilio.com:443", ("api.twilio.com", 443)),
        ("[::1]:80", ("::1", 80)),
        ("a_b:1", ("a_b", 1)),
    ],
)
def test_host_and_port(text: str, told: tuple[str, int]) -> None:
    assert authority(text) == told


@pytest.mark.parametrize(
    "text", ["a", "a:", ":1", "a:0", "a:65536", "a:1x", "a b:1", "::1:1", "[::1]", "a/b:1", "é:1", "a:１"]
)
def test_what_names_no_host_and_port(text: str) -> None:
    with pytest.raises(BadHead):
        authority(text)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("http://a", ("http", "a", 80, "/")),
        ("https://u:p@a/b?c=d", ("https", "a", 443, "/b?c=d")),
        ("http://[::1]:81/", ("http", "::1", 81, "/")),
        ("http://a?x", ("http", "a", 80, "/?x")),
    ],
)
def test_absolute_targets(target: str, told: tuple[str, str, int, str]) -> None:
    assert absolute(Head("GET", target, "HTTP/1.1", ())) == told


def test_sent_on_without_what_was_meant_for_us() -> None:
    head = Head(
        "POST",
        "http://a/",
        "HTTP/1.1",
        (
            ("Host", "lies"),
            ("Connection", "X-Hop, Transfer-Encoding"),
            ("X-Hop", "1"),
            ("Proxy-Authorization", "secret"),
            ("Transfer-Encoding", "chunked"),
            ("Upgrade", "h2c"),
            ("Accept", "*/*"),
        ),
    )
    assert single(head, "/", "a").fields == (
        ("Host", "a"),
        ("Transfer-Encoding", "chunked"),
        ("Accept", "*/*"),
        ("Connection", "close"),
    )


def test_a_response_says_that_it_is_the_last() -> None:
    raw = b"HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nKeep-Alive: 5\r\nA: b\r\n\r\n"
    assert closing(raw) == b"HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"


def body(*fields: tuple[str, str], version: str = "HTTP/1.1") -> Body:
    return Body(Head("POST", "/", version, fields))


CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    "fields",
    [
        (("Content-Length", "1"), ("Content-Length", "2")),
        (("Content-Length", "-1"),),
        (("Content-Length", "1, 1"),),
        (("Content-Length", "1"), CHUNKED),
        (("Transfer-Encoding", "gzip, chunked"),),
        (("Content-Length", "9" * 16),),
    ],
)
def test_ambiguous_lengths_are_refused(fields: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(BadHead):
        body(*fields)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.binary(max_size=40), st.integers(1, 30))
def test_a_body_is_counted_however_it_is_cut(chunks: list[bytes], after: bytes, step: int) -> None:
    whole = b"".join(chunks)
    coded = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"
    for counted, text in ((body(("Content-Length", str(len(whole)))), whole), (body(CHUNKED), coded)):
        stream = text + after
        taken = b"".join(counted.take(stream[i : i + step]) for i in range(0, len(stream), step))
        assert taken == text and counted.done


@pytest.mark.parametrize("text", [b"x\r\n", b"1\r\nabc\r\n", b"-1\r\n", b"\r\n", b"1" * 5000])
def test_malformed_chunks_are_refused(text: bytes) -> None:
    with pytest.raises(BadHead):
        body(CHUNKED).take(text)
