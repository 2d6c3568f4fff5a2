"""TwiML documents: bytes in, a small tree out (voice reference 1.2, 1.3).

Parsed with expat directly, without namespaces: vendors' prefixed elements (`<amazon:effect>`) may
stand in a document without a declaration and must not break it, and every element keeps its line
number for warnings. A document type declaration is refused, so there are no entities to expand
and nothing external to fetch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pyexpat import ErrorString, ExpatError, ParserCreate
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .errors import Fault

DEEPEST = 64
"""Levels of nesting; the deepest lawful document has five or so (SSML inside Say inside Gather)."""


@dataclass(frozen=True, slots=True)
class Element:
    """`text` stands before the first child, `tail` after this element's end."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    children: tuple[Element, ...]
    tail: str
    line: int

    def spoken(self) -> str:
        """All text below, tags dropped, white space folded."""
        return " ".join("".join(self._texts()).split())

    def inner(self) -> str:
        """What stands between the tags, as XML."""
        return (escape(self.text) + "".join(child._outer() for child in self.children)).strip()

    def _texts(self) -> Iterator[str]:
        yield self.text
        for child in self.children:
            yield from child._texts()
            yield child.tail

    def _outer(self) -> str:
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes)
        inner = escape(self.text) + "".join(child._outer() for child in self.children)
        element = f"<{self.name}{attributes}>{inner}</{self.name}>" if inner else f"<{self.name}{attributes}/>"
        return element + escape(self.tail)


class _Builder:
    """Collects expat's events into Elements."""

    def __init__(self) -> None:
        self.parser = ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        # One frame per open element: name, attributes, texts (one more than children), children, line.
        self.open: list[tuple[str, tuple[tuple[str, str], ...], list[str], list[Element], int]] = []
        self.root: Element | None = None

    def _start(self, name: str, flat: list[str]) -> None:
        if len(self.open) >= DEEPEST:
            raise Fault(12100, f"Line {self.parser.CurrentLineNumber}: elements are nested more than {DEEPEST} deep.")
        attributes = tuple(zip(flat[::2], flat[1::2], strict=True))
        self.open.append((name, attributes, [""], [], self.parser.CurrentLineNumber))

    def _characters(self, text: str) -> None:
        self.open[-1][2][-1] += text

    def _end(self, name: str) -> None:
        _, attributes, texts, children, line = self.open.pop()
        tailed = tuple(
            Element(c.name, c.attributes, c.text, c.children, tail, c.line)
            for c, tail in zip(children, texts[1:], strict=True)
        )
        element = Element(name, attributes, texts[0], tailed, "", line)
        if self.open:
            self.open[-1][3].append(element)
            self.open[-1][2].append("")
        else:
            self.root = element

    def _doctype(self, *_: Any) -> None:
        raise Fault(12100, "The document has a DOCTYPE declaration. TwiML takes none, so no entities can be defined.")


def parse(body: bytes | str) -> Element:
    """The document's `Response`. Fault 12100 (not well-formed), 12101 (version), 12102 (another root)."""
    builder = _Builder()
    try:
        builder.parser.Parse(body, True)
    except ExpatError as error:
        what = ErrorString(error.code)
        raise Fault(
            12100, f"The document is not well-formed XML: {what}, line {error.lineno}, column {error.offset + 1}."
        ) from None
    except (LookupError, UnicodeError, ValueError) as error:
        raise Fault(12100, f"The document cannot be decoded: {error}.") from None
    finally:
        del builder.parser  # it knows the builder too, and keeps 11 KiB until the collector comes
    root = builder.root
    assert root is not None  # expat refuses a document without a root
    if root.name != "Response":
        raise Fault(12102, f"The document's root is <{root.name[:40]}>; TwiML's root is <Response>.")
    version = dict(root.attributes).get("version")
    if version is not None and version != "1.0":
        raise Fault(12101, f"<Response version={version[:20]!r}> is not a version of TwiML.")
    return root
