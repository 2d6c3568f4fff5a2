"""A raw web server as the app of a bench: prints its port, answers every POST with a small document."""

from __future__ import annotations

import asyncio

PAGES = {
    b"/voice": b'<Response><Gather numDigits="1" action="/picked"><Say>Press a key</Say></Gather></Response>',
    b"/picked": b"<Response><Say>Thank you</Say></Response>",
    b"/said": b"<Response><Say>Thank you.</Say></Response>",
    b"/idle": b'<Response><Say>Thank you.</Say><Pause length="14"/></Response>',
    b"/status": b"",
    b"/tree": b'<Response><Gather numDigits="1" action="/department"><Say>For sales press 1, for a message 2</Say>'
    b"</Gather></Response>",
    b"/department": b"",  # which key was pressed says which
    b"/1": b'<Response><Dial action="/after" timeout="20">+14159990001</Dial></Response>',
    b"/2": b'<Response><Say>Leave a message</Say><Record action="/after"/></Response>',
    b"/after": b"<Response><Say>Goodbye</Say></Response>",
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n"


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            page = PAGES[head.split(b" ", 2)[1]]
            if b"&Digits=" in body and not page:
                page = PAGES[b"/" + body.partition(b"&Digits=")[2][:1]]
            writer.write(HEAD % len(page) + page)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
