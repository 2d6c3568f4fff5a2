"""A raw web server as the app of a bench: prints its port, answers every POST with a small document."""

from __future__ import annotations

import asyncio

PAGES = {
    b"/voice": b'<Response><Gather numDigits="1" action="/picked"><Say>Press a key</Say></Gather></Response>',
    b"/picked": b"<Response><Say>Thank you</Say></Response>",
    b"/said": b"<Response><Say>Thank you.</Say></Response>",
    b"/idle": b'<Response><Say>Thank you.</Say><Pause length="14"/></Response>',
    b"/status": b"",
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n"


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            await reader.readexactly(int(length))
            page = PAGES[head.split(b" ", 2)[1]]
            writer.write(HEAD % len(page) + page)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
