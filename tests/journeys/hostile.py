"""Answers of apps that are broken, slow or malicious (bad-inputs 17, 18), for tests/journeys/test_bad_input.py."""

from __future__ import annotations

import asyncio
import zlib

from .processes import Asked, Script, page

XML = "Content-Type: text/xml\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever."""
    writer.write(OK + b"Content-Length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_head(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"\r\n")
    while True:
        writer.write(b"<!-- -->" * 4096)
        await writer.drain()


async def endless_head(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write((b"X-Y: " + b"y" * 1000 + b"\r\n") * 64)
        await writer.drain()


async def endless_promises(asked: Asked, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
        await writer.drain()
        await asyncio.sleep(0.001)


async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def packed(size: int) -> bytes:
    """An answer that grows to `size` bytes when it is unpacked."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = squeeze.compress(bytes(size)) + squeeze.flush()
    return page(body, head=f"{XML}Content-Encoding: gzip\r\n")


def led(location: str, status: str = "302 Found") -> bytes:
    return page(b"", status, f"Location: {location}\r\n")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>'
    "<Response><Say>&c;&d;</Say></Response>"
)

APPS: dict[str, tuple[int, Script]] = {
    # Time and size (voice 3.4, 1.2).
    "drip": (11203, drip),
    "drip-head": (11203, drip_head),
    "silent": (11200, silent),
    "endless": (11750, endless),
    "endless-head": (11206, endless_head),
    "endless-promises": (11203, endless_promises),
    "ten-megabytes": (11750, page(b"<Response>" + b"x" * (10 << 20))),
    "packed": (11750, packed(50 << 20)),
    # Not HTTP, or not whole (voice 3.6).
    "hang-up": (11206, b""),
    "half": (11206, OK + b"Content-Length: 100\r\n\r\n<Resp"),
    "noise": (11206, b"\x00\x01\x02 noise\r\n\r\n"),
    "bad-chunk": (11206, OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n"),
    "bad-length": (11206, OK + b"Content-Length: -5\r\n\r\n<Resp"),
    "two-lengths": (11206, OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n<Resp"),
    "bad-gzip": (11206, page(b"abc", head=f"{XML}Content-Encoding: gzip\r\n")),
    "empty-chunked": (11770, OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "status-500": (11200, b"HTTP/1.1 500 \xff\xfe\r\nX-Y: \xff\xfe\xed\xa0\x80\r\nContent-Length: 0\r\n\r\n"),
    "status-999": (11200, page(b"", "999 Unheard of")),
    # Content types and documents (voice 1.2, 1.3).
    "empty": (12100, page(b"")),
    "no-type": (12300, page("<Response/>", head="")),
    "json": (12300, page("{}", head="Content-Type: application/json\r\n")),
    "type-of-bytes": (12300, b"HTTP/1.1 200 OK\r\nContent-Type: \xff\xfe/\xed\xa0\x80\r\nContent-Length: 1\r\n\r\nx"),
    "bomb": (12100, page(BOMB)),
    "deep": (12100, page("<Response>" + "<Say>" * 5000 + "</Say>" * 5000 + "</Response>")),
    "latin": (12100, page(b"<Response><Say>\xff\xfe</Say></Response>")),
    "nul": (12100, page(b"<Response><Say>\x00</Say></Response>")),
    "unknown-encoding": (12100, page('<?xml version="1.0" encoding="x-none"?><Response/>')),
    "not-closed": (12100, page("<Response><Say>Hello</Response>")),
    "other-root": (12102, page("<html/>")),
    # Redirects (voice 1.7, bad-inputs 18).
    "circle": (11215, led("/circle")),
    "to-file": (11216, led("file:///etc/passwd")),
    "to-gopher": (11216, led("gopher://127.0.0.1/")),
    "to-nowhere": (11216, page(b"", "302 Found", "")),
    "to-metadata": (11205, led("http://169.254.169.254/latest/meta-data/")),
    "to-private": (11205, led("http://10.0.0.1/", "307 Temporary Redirect")),
    "to-decimal": (11205, led("http://2130706433/")),
    "twiml-circle": (11215, "<Response><Redirect/></Response>"),
    "wide-circle": (11215, "<Response>" + "<Say/>" * 100 + "<Redirect/></Response>"),
}
"""By path: the code the call's Notification has, and how the app answers."""

URLS: dict[str, int] = {
    "http://169.254.169.254/latest/meta-data/": 11205,
    "http://10.1.2.3/": 11205,
    "http://192.168.0.1:8080/": 11205,
    "http://[::ffff:10.0.0.1]/": 11205,
    "http://[fe80::1]/": 11205,
    "http://2130706433/": 11205,
    "http://0177.0.0.1/": 11205,
    "http://0x7f.1/": 11205,
    "http://0/": 11205,
    "http://127.0.0.1:1/": 11205,
    "http://no-such-name.invalid/": 11210,
    f"http://{'a' * 64}.invalid/": 11100,
}
"""A webhook's URL, and the code the call's Notification has (voice 17.1)."""

NOT_URLS = ("ftp://x/", "file:///etc/passwd", "http://", "javascript:alert(1)", "http://x:99999/", "http://[::1", "x")
"""Refused when the call is ordered: 21205 (voice 5.1)."""
