"""Requests and responses, and reading them from bytes (RFC 3261 7).

Any bytes give a message or a SipError. A message that was read has a sound Via, From, To, Call-ID and
CSeq, so nobody has to guard these again; other header fields are read when somebody wants them. Line ends
may be CRLF or LF, folded lines are joined, and what follows the body in a datagram is dropped (18.3).
Text is UTF-8; a head that is not is read as Latin-1, and its values are written back the same way, so
that what we echo is what came.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import address, uri, via
from .address import Address
from .error import SipError
from .grammar import TOKEN, number, values
from .headers import HEADER_LIMIT, Headers
from .reasons import REASONS
from .uri import Uri
from .via import Via

HEAD_LIMIT = 32 * 1024  # octets of the start line and all header fields
BODY_LIMIT = 64 * 1024  # octets; no datagram is longer
START_LIMIT = 8 * 1024
SEQUENCE_LIMIT = 2**31 - 1  # RFC 3261 8.1.1.5

HEAD_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_LINE_END = re.compile(r"\r?\n")
_STATUS = re.compile(r"SIP/(\d+\.\d+) ([1-6]\d\d)(?: (.*))?", re.IGNORECASE)
_VERSION = re.compile(r"SIP/\d+\.\d+", re.IGNORECASE)
_LONE_RETURN = re.compile(r"\r(?!\n)")
_BREAK = re.compile(r"[\r\n]")
_NOWHERE = Uri("sip", "invalid")  # stands for a Request-URI that cannot be read


@dataclass(frozen=True, slots=True)
class CSeq:
    number: int
    method: str

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


def cseq(text: str) -> CSeq:
    """Read `number method`."""
    digits, _, method = text.partition(" ")
    method = method.strip()
    if not TOKEN.fullmatch(method):
        raise SipError("malformed CSeq")
    return CSeq(number(digits, SEQUENCE_LIMIT, "CSeq"), method)


@dataclass(slots=True)
class Message:
    """What requests and responses share. The properties raise SipError when a header field is malformed."""

    headers: Headers = field(default_factory=Headers, kw_only=True)
    body: bytes = field(default=b"", kw_only=True)
    charset: str = field(default="utf-8", kw_only=True)

    @property
    def via(self) -> Via:
        """The topmost Via."""
        return self.headers.read_first("Via", via.parse)

    @property
    def vias(self) -> tuple[Via, ...]:
        return tuple(via.parse(value) for value in self.headers.values("Via"))

    @property
    def from_(self) -> Address:
        return self.headers.read("From", address.parse)

    @property
    def to(self) -> Address:
        return self.headers.read("To", address.parse)

    @property
    def call_id(self) -> str:
        return self.headers.read("Call-ID", _call_id)

    @property
    def cseq(self) -> CSeq:
        return self.headers.read("CSeq", cseq)

    @property
    def contacts(self) -> tuple[Address, ...]:
        """The Contacts; empty for `Contact: *`, which `is_star` tells."""
        return () if self.is_star else address.parse_all(self.headers.all("Contact"))

    @property
    def is_star(self) -> bool:
        """`Contact: *`: a REGISTER that removes all bindings (RFC 3261 10.2.2)."""
        return self.headers.values("Contact") == ["*"]

    @property
    def routes(self) -> tuple[Address, ...]:
        return address.parse_all(self.headers.all("Route"))

    @property
    def record_routes(self) -> tuple[Address, ...]:
        return address.parse_all(self.headers.all("Record-Route"))

    @property
    def content_type(self) -> str:
        """Type and subtype in lower case, without parameters."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def expires(self) -> int | None:
        """Seconds; None when absent or unreadable."""
        return address.seconds(self.headers.get("Expires"))

    def supports(self, extension: str) -> bool:
        """Is the option tag named in Supported or Require?"""
        return extension in self.headers.tokens("Supported") or extension in self.headers.tokens("Require")

    @property
    def start_line(self) -> str:
        raise NotImplementedError

    def __bytes__(self) -> bytes:
        """The message for the wire. Content-Length is always told, as streams need it."""
        start = self.start_line
        if _BREAK.search(start):
            raise SipError("line break in the start line")
        lines = [_encode(start, self.charset)]
        for name, value in self.headers:
            if name != "Content-Length":
                lines.append(_encode(f"{name}: {value}", self.charset))
        lines.append(b"Content-Length: %d\r\n" % len(self.body))
        return b"\r\n".join([*lines, self.body])


@dataclass(slots=True)
class Request(Message):
    """`uri` is the Request-URI."""

    method: str
    uri: Uri

    @property
    def start_line(self) -> str:
        return f"{self.method} {self.uri} SIP/2.0"

    @property
    def max_forwards(self) -> int:
        """Hops that are left; 70 when absent, as RFC 2543 clients leave it out."""
        return number(self.headers.get("Max-Forwards") or "70", 255, "Max-Forwards")

    def arrived(self, host: str, port: int) -> None:
        """Mark the topmost Via with the address it really came from (RFC 3261 18.2.1, RFC 3581)."""
        first, *lines = self.headers.all("Via")  # those below are others' business, and may be malformed
        _, *others = values([first])
        self.headers.set("Via", self.via.arrived(host, port), *others, *lines)

    def respond(self, status: int, reason: str = "", *, to_tag: str = "", body: bytes = b"") -> Response:
        """A response with what it must copy (RFC 3261 8.2.6.2). `to_tag` is added unless To has a tag; 100 has none."""
        response = Response(status, reason or REASONS.get(status, ""), body=body, charset=self.charset)
        response.headers = self.headers.copy("Via", "From", "To", "Call-ID", "CSeq")
        if status == 100:
            for stamp in self.headers.all("Timestamp"):
                response.headers.add("Timestamp", stamp)
        elif to_tag:
            response.headers.set("To", self._tagged_to(to_tag))
        if self.method in DIALOG_MAKERS and 100 < status < 300:
            for route in self.headers.all("Record-Route"):  # RFC 3261 12.1.1
                response.headers.add("Record-Route", route)
        return response

    def _tagged_to(self, tag: str) -> Address | str:
        """To with a tag; as it came when it cannot be read, for a 400 that says so."""
        try:
            return self.to if self.to.tag else self.to.tagged(tag)
        except SipError:
            return self.headers.get("To") or ""

    def refuse(self, error: SipError, *, to_tag: str = "") -> Response:
        """The response that says why it cannot be done."""
        response = self.respond(error.status, error.reason if error.status == 400 else "", to_tag=to_tag)
        for name, value in error.headers:
            response.headers.add(name, value)
        return response


@dataclass(slots=True)
class Response(Message):
    status: int
    reason: str = ""

    @property
    def start_line(self) -> str:
        return f"SIP/2.0 {self.status} {self.reason}"


DIALOG_MAKERS = frozenset({"INVITE", "SUBSCRIBE", "REFER"})


def parse(datagram: bytes) -> Request | Response:
    """Read one datagram. SipError carries the request it stands in when a response can still be made.

    Of such a request only the Via is known to be sound: answer it without a transaction.
    """
    datagram = datagram.lstrip(b"\r\n")  # RFC 3261 7.5
    end = HEAD_END.search(datagram)
    if not end:
        raise SipError("head without end")
    if end.start() > HEAD_LIMIT:
        raise SipError("head too large", 513)
    return assemble(datagram[: end.start()], datagram[end.end() :])


def assemble(head: bytes, body: bytes) -> Request | Response:
    """A message from its head (without the empty line) and at least all of its body."""
    start, lines, charset = _lines(head)
    headers, fault = _headers(lines)
    message, wrong = _start(start, headers, charset)
    try:
        if fault or wrong:
            raise fault or wrong or SipError("")
        message.body = body[: _check(message, len(body))]
    except SipError as error:
        error.request = _answerable(message)
        raise
    return message


def _lines(head: bytes) -> tuple[str, list[str], str]:
    """Start line, header lines with the folded ones joined, and how they are encoded."""
    try:
        charset, text = "utf-8", head.decode()
    except UnicodeDecodeError:
        charset, text = "latin-1", head.decode("latin-1")
    if _LONE_RETURN.search(text):
        raise SipError("carriage return without line feed")
    start, *lines = _LINE_END.split(_FOLD.sub(" ", text), HEADER_LIMIT + 1)
    return start, lines, charset


def _headers(lines: list[str]) -> tuple[Headers, SipError | None]:
    """The header fields that can be read, and what is wrong with the first that cannot."""
    headers = Headers()
    fault = SipError("too many header fields", 513) if len(lines) > HEADER_LIMIT else None
    for line in lines[:HEADER_LIMIT]:
        name, colon, value = line.partition(":")
        try:
            if not colon:
                raise SipError("header field without colon")
            headers.add(name.rstrip(" \t"), value)
        except SipError as error:
            fault = fault or error
    return headers, fault


def _start(start: str, headers: Headers, charset: str) -> tuple[Request | Response, SipError | None]:
    """The message that the start line begins, and what is wrong with it although it could be read."""
    if status := _STATUS.fullmatch(start):
        wrong = None if status[1] == "2.0" else SipError("version not supported", 505)
        return Response(int(status[2]), status[3] or "", headers=headers, charset=charset), wrong
    method, _, rest = start.rstrip(" \t").partition(" ")  # RFC 4475 3.1.2.10
    target, blank, version = rest.rpartition(" ")
    if not blank or not TOKEN.fullmatch(method) or not _VERSION.fullmatch(version):
        raise SipError("malformed start line")
    request = Request(method, _NOWHERE, headers=headers, charset=charset)
    if len(start) > START_LIMIT:
        return request, SipError("Request-URI too long", 414)
    try:
        request.uri = uri.parse(target)
    except SipError as error:
        return request, error
    if request.uri.headers:
        return request, SipError("header fields in the Request-URI")  # RFC 3261 19.1.1, RFC 4475 3.1.2.11
    return request, None if version.upper() == "SIP/2.0" else SipError("version not supported", 505)


def _check(message: Request | Response, available: int) -> int:
    """Judge what every message must have (RFC 3261 8.1.1, 16.3); return the length of its body."""
    for part in ("via", "from_", "to", "call_id", "cseq"):
        getattr(message, part)
    if isinstance(message, Request):
        if message.cseq.method != message.method:
            raise SipError("CSeq names another method")
        message.max_forwards  # noqa: B018  its range is judged here
    length = content_length(message.headers)
    if length is None:
        length = available
    if length > BODY_LIMIT:
        raise SipError("body too large", 513)
    if length > available:
        raise SipError("body shorter than Content-Length")
    return length


def content_length(headers: Headers) -> int | None:
    """Octets; None when it is not told. SipError when it is told twice or is no number."""
    found = headers.all("Content-Length")
    if len(found) > 1:
        raise SipError("repeated Content-Length")
    return number(found[0], 2**31, "Content-Length") if found else None


def _answerable(message: Request | Response) -> Request | None:
    """The request, when a response has a way to go and something to copy (RFC 3261 8.2.6.2); ACK gets none (17).

    Where a header field is repeated that may not be, the first is kept (RFC 4475 3.3.8).
    """
    if not isinstance(message, Request) or message.method == "ACK":
        return None
    for name in ("From", "To", "Call-ID", "CSeq"):
        found = message.headers.all(name)
        if not found:
            return None
        message.headers.set(name, found[0])
    try:
        message.via  # noqa: B018  without it nobody knows where the response goes
    except SipError:
        return None
    return message


def _call_id(text: str) -> str:
    if not text or " " in text or len(text) > 1024:
        raise SipError("malformed Call-ID")
    return text


def _encode(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset)
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def is_keep_alive(datagram: bytes) -> bool:
    """Only line ends or zero octets: it keeps an address translation open (RFC 5626 4.4.1, and what phones do)."""
    return not datagram.strip(b"\r\n\0 \t")
