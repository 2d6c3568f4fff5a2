"""Documents as text. Whatever a parameter holds stays text in them: nothing in it becomes an element."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

HANGUP = "<Hangup/>"


def response(*verbs: str) -> str:
    inner = "".join(verbs)
    return f"<Response>{inner}</Response>" if inner else "<Response/>"


def element(name: str, inner: str = "", **attributes: object) -> str:
    """`inner` is XML, attributes are text; one that is None is left out. `from_` is written `from`."""
    written = "".join(
        f" {key.rstrip('_')}={quoteattr(_clean(str(value)))}" for key, value in attributes.items() if value is not None
    )
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def text(value: str) -> str:
    """As the content of an element."""
    return escape(_clean(value))


def words(value: str) -> str:
    """What is said, or played: a text that starts with `http` is a URL (voice reference 15). Nothing for nothing."""
    return element("Play" if value.startswith("http") else "Say", text(value)) if value else ""


def _clean(value: str) -> str:
    return _NOT_XML.sub("", value)
