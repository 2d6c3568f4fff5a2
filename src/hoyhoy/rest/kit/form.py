"""Form parameters as they arrive: in a body or in a query (messaging reference 4.2).

Names are case-sensitive; a repeated name is a list. What cannot be decoded or stored is refused.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from hoyhoy.wire.errors import Fault

Form = dict[str, list[str]]

LARGEST_BODY = 1 << 20
MOST_PARAMETERS = 1000


def parse(raw: bytes) -> Form:
    """Names and values in order. Fault 20001 for what is not UTF-8, holds a NUL or has no end."""
    form: Form = {}
    if not raw:
        return form
    pairs = raw.split(b"&")
    if len(pairs) > MOST_PARAMETERS:
        raise Fault(20001, f"A request may have at most {MOST_PARAMETERS} parameters.")
    try:
        for pair in pairs:
            if pair:
                name, _, value = pair.partition(b"=")
                text = value.decode() if value.isalnum() else _decode(value)
                form.setdefault(name.decode() if name.isalpha() else _decode(name), []).append(text)
    except UnicodeDecodeError:
        raise Fault(20001, "The parameters are not UTF-8.") from None
    if b"%00" in raw or b"\x00" in raw:
        raise Fault(20001, "A parameter holds a NUL character.")
    return form


def _decode(text: bytes) -> str:
    if b"+" in text:
        text = text.replace(b"+", b" ")
    if b"%" in text:
        text = unquote_to_bytes(text)
    return text.decode()
