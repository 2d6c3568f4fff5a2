"""A program: documents performed one after the other, for a call or a pair of messages.

What is the same for voice and messaging stands here: where the next document comes from, what an
answer's content type means, the fallback document, and how verbs leave a document (`Next`, `End`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from hoyhoy.wire.errors import Fault
from hoyhoy.wire.twiml import Element, parse

from .events import Params
from .ports import Page, Webhook
from .verbs.verb import Family, Notice, Verb, read_all

XML_TYPES = ("text/xml", "application/xml", "text/html")
AUDIO_TYPES = (
    "audio/mpeg",
    "audio/wav",
    "audio/wave",
    "audio/x-wav",
    "audio/aiff",
    "audio/x-aifc",
    "audio/x-aiff",
    "audio/x-gsm",
    "audio/gsm",
    "audio/ulaw",
)
ERROR_PROMPT = "We are sorry. An application error has occurred. Goodbye."


@dataclass(frozen=True, slots=True)
class Inline:
    """A document given in an order instead of a URL: it has no base for relative URLs (1.6)."""

    twiml: str


Source = Webhook | Inline
"""Where a document comes from."""


class Next(Exception):
    """Raised by a verb: leave this document and perform another."""

    def __init__(self, webhook: Webhook) -> None:
        self.webhook = webhook


class End(Exception):
    """Raised by a verb: the program is over."""


def leave_to(action: Webhook | None, told: Params = ()) -> None:
    """Leave the document for the action of a verb that is over, which is told this. Without one the next verb follows
    (1.4)."""
    if action:
        raise Next(replace(action, extra=told))


async def report(action: Webhook, told: Callable[[], Awaitable[Params]]) -> Webhook:
    """The farewell of a verb that was not over when the call ended (1.4)."""
    return replace(action, extra=await told())


class Left(Exception):
    """Raised by a verb: leave the queue, if this is performed for somebody who waits in one (2.10)."""


@dataclass(frozen=True, slots=True)
class Within:
    """Which verbs may stand in a document for somebody who waits; any other earns `code` and is skipped."""

    verbs: tuple[str, ...]
    code: int = 12200


@dataclass(frozen=True, slots=True)
class Place:
    """The document being performed: relative URLs resolve against `url`; None for inline documents."""

    url: str | None
    method: str = "POST"

    def webhook(self, url: str | None, method: str, extra: Params = ()) -> Webhook:
        """The request a verb's `url` means; None or empty means this document again (1.4, 1.6).

        Fault 15004 for a relative URL in an inline document, 11100 for what is not a web address.
        """
        if self.url is None and not (url and urlsplit(url).scheme):
            raise Fault(
                15004,
                "The document was given inline, so it has no address of its own: "
                f"{'an action URL is needed' if not url else 'the URL ' + repr(url[:80])} "
                "must be absolute.",
            )
        target = urljoin(self.url or "", url) if url else self.url or ""
        check_url(target)
        return Webhook(target, method, extra=extra)

    def action(self, url: str | None, method: str) -> Webhook | None:
        """The same for what need not be there: None when it is absent."""
        return None if url is None else self.webhook(url, method)


def check_url(url: str) -> None:
    """Fault 11100 unless `url` is an absolute http or https address."""
    try:
        parts = urlsplit(url)
        lawful = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 80) < 65536
    except ValueError:
        lawful = False
    if lawful and "]" in parts.netloc:  # only a port may follow an address in brackets
        lawful = parts.netloc.rpartition("]")[2][:1] in ("", ":")
    if not lawful or any(c <= " " or c == "\x7f" for c in url):
        raise Fault(11100, f"{url[:120]!r} cannot be requested: a URL needs http:// or https:// and a host.")


def read_page(
    page: Page,
    verbs: Family,
    notice: Notice,
    plain: Callable[[str], Element],
    audio: Callable[[str], Element] | None,
    within: Within | None = None,
) -> tuple[Verb, ...]:
    """The verbs of an app's answer, by its content type (1.2).

    `plain` makes the element that a text/plain answer means, `audio` the one for an audio answer
    (None: not accepted). Faults: 12100, 12102, 12300.
    """
    kind = page.content_type.partition(";")[0].strip().lower()
    if kind in XML_TYPES:
        root = parse(page.body)
    elif kind == "text/plain":
        try:
            root = parse(page.body)
        except Fault:
            root = _response(plain(page.body.decode("utf-8", "replace").strip()))
    elif kind in AUDIO_TYPES and audio:
        root = _response(audio(page.url))
    else:
        raise Fault(
            12300,
            f"The answer's Content-Type is {kind!r}. A document is text/xml."
            if kind
            else "The answer has no Content-Type. A document is text/xml.",
        )
    return read_root(root, verbs, notice, within)


def read_root(root: Element, verbs: Family, notice: Notice, within: Within | None = None) -> tuple[Verb, ...]:
    """The verbs of a `Response`."""
    for name, _ in root.attributes:
        if name != "version" and not name.startswith("xmlns"):
            notice(12200, f"<Response> has no attribute {name[:40]!r}; it is ignored.")
    if root.text.strip():
        notice(12200, "Text directly inside <Response> is ignored; <Say> speaks it.")
    top = tuple(name for name, kind in verbs.items() if kind.run is not Verb.run)
    children = root.children if within is None else tuple(_allowed(root.children, top, within, notice))
    return read_all(children, verbs, notice, top, "Response")


def _allowed(children: Iterable[Element], known: tuple[str, ...], within: Within, notice: Notice) -> Iterator[Element]:
    for child in children:
        if child.name in known and child.name not in within.verbs:
            lawful = ", ".join(within.verbs)
            notice(within.code, f"Line {child.line}: <{child.name}> has no place while somebody waits; {lawful} have.")
        else:
            yield child


def _response(child: Element) -> Element:
    return Element("Response", (), "", (child,), "", 1)


def with_error(fallback: Webhook, failed: str, code: int) -> Webhook:
    """The fallback request for the document at `failed` (3.6)."""
    return replace(fallback, params=(*fallback.params, ("ErrorCode", str(code)), ("ErrorUrl", failed)))
