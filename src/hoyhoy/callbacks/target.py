"""Where one request goes: the URL as written, as signed, and as it is really sent.

The app must be able to rebuild the signed URL from what it receives, so a URL is made fit to
travel before it is signed: blanks, control characters and non-ASCII are percent-encoded, a host
name is encoded by IDNA, an empty path becomes `/`. Everything else stays as written (voice
reference 3.8: no normalisation).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit

from yarl import URL

from hoyhoy.wire.errors import Fault

PORTS = {"http": 80, "https": 443}
_FIT = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Target:
    """`public` is what is signed and shown, `sent` where it goes: they differ when a map applies."""

    public: str
    sent: str
    host: str
    """The host the socket leads to, without port."""
    headers: tuple[tuple[str, str], ...] = ()
    """Authorization from the URL's user info; for a mapped URL what a tunnel would add."""

    @property
    def place(self) -> str:
        """Scheme, host and port of where it is sent, to tell people."""
        parts = urlsplit(self.sent)
        return f"{parts.scheme}://{parts.netloc}"

    def with_query(self, query: str) -> Target:
        """The same with `query` appended to whatever query there is (voice reference 3.1, GET)."""
        if not query:
            return self
        tail = ("&" if "?" in self.public else "?") + query
        return Target(self.public + tail, self.sent + tail, self.host, self.headers)


@dataclass(frozen=True, slots=True)
class Map:
    """Requests to URLs under `public` go to the same place under `local`, still signed as public."""

    public: str
    local: str

    def __post_init__(self) -> None:
        for url in (self.public, self.local):
            _split(url)

    def applied(self, url: str) -> str | None:
        """`url` moved to the local side; None when it is not under `public`."""
        here, public = _split(url), _split(self.public)
        if (here.scheme, _place(here)) != (public.scheme, _place(public)):
            return None
        prefix, local = public.path.rstrip("/"), _split(self.local)
        if here.path != prefix and not here.path.startswith(prefix + "/"):
            return None
        path = local.path.rstrip("/") + here.path[len(prefix) :]
        return SplitResult(local.scheme, _host_and_port(local), path or "/", here.query, "").geturl()


def aim(url: str, maps: Iterable[Map] = ()) -> Target:
    """The target that `url` names. Fault 11100 when it is not an absolute http or https URL."""
    parts = _split(url)
    where = _host_and_port(parts)
    public = SplitResult(parts.scheme, where, parts.path or "/", parts.query, "").geturl()
    headers: list[tuple[str, str]] = []
    if "@" in parts.netloc:
        user = unquote_to_bytes(parts.username or "") + b":" + unquote_to_bytes(parts.password or "")
        headers.append(("Authorization", "Basic " + b64encode(user).decode()))
    for each in maps:
        if local := each.applied(public):
            headers += [("Host", where), ("X-Forwarded-Host", where), ("X-Forwarded-Proto", parts.scheme)]
            return Target(public, local, str(_split(local).hostname), tuple(headers))
    return Target(public, public, str(parts.hostname), tuple(headers))


def redirected(url: str, location: str) -> str:
    """The absolute URL that an answer from `url` leads to. Fault 11216 when it leads nowhere.

    Credentials in `url` stay with the same host and port, and never travel to another one.
    """
    try:
        here, there = _split(url), _split(urljoin(_fit(url.partition("#")[0]), _fit(location.strip())))
    except (ValueError, Fault) as wrong:
        raise Fault(11216, f"The app redirects to {location[:200]!r}, which is not an http or https URL.") from wrong
    user, mark, _ = here.netloc.rpartition("@")
    if mark and "@" not in there.netloc and (here.scheme, _place(here)) == (there.scheme, _place(there)):
        there = there._replace(netloc=f"{user}@{there.netloc}")
    return there.geturl()


def to_yarl(url: str) -> URL:
    """`url` for the client, byte for byte."""
    return URL(url, encoded=True)


def _fit(url: str) -> str:
    """Blanks, control characters and non-ASCII percent-encoded, everything else as written."""
    return url if url.isascii() and url.isprintable() and " " not in url else quote(url, _FIT, errors="replace")


def _split(url: str) -> SplitResult:
    try:
        start, mark, rest = url.partition("://")
        cut = min((place for place in map(rest.find, "/?#") if place >= 0), default=len(rest))
        user, at, host = rest[:cut].rpartition("@")
        if not host.isascii():
            name, colon, port = host.partition(":")
            host = name.encode("idna").decode() + colon + port
        parts = urlsplit(_fit(f"{start}{mark}{user}{at}") + host + _fit(rest[cut:]))
        if (
            parts.scheme not in PORTS
            or not parts.hostname
            or parts.port == 0
            or not host.isprintable()
            or set(host) & set("\\ %")
            or not to_yarl(parts.geturl()).host
        ):  # as the client will read it
            raise ValueError("not an http URL")
    except ValueError as wrong:
        raise Fault(11100, f"{url[:200]!r} is not an absolute http or https URL.") from wrong
    return parts


def _place(parts: SplitResult) -> tuple[str, int]:
    return str(parts.hostname), parts.port or PORTS[parts.scheme]


def _host_and_port(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]
