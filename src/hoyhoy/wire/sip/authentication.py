"""Who may come in, and how we prove who we are (RFC 3261 22, RFC 8760).

`Gate` is the server's side, without state but the counts of nonces. `Login` is the client's: it answers
challenges, and each `Attempt` (one request with its retries) ends however long the far end goes on challenging.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from enum import StrEnum

from . import digest, nonce, uri
from .digest import Challenge, Credentials
from .error import SipError
from .message import CSeq, Request, Response
from .nonce import Counts
from .uri import Uri


class Verdict(StrEnum):
    GRANTED = "granted"
    ABSENT = "absent"  # challenge
    STALE = "stale"  # the password is right, the nonce is not: challenge with stale=true, nobody need be asked
    WRONG = "wrong"  # challenge again, or refuse with 403


@dataclass(frozen=True, slots=True)
class Gate:
    """Asks for and checks credentials of one realm. `secret` makes the nonces, which last `lifetime` seconds."""

    realm: str
    secret: bytes = field(repr=False)
    lifetime: int = 300
    algorithms: tuple[str, ...] = ("SHA-256", "MD5")
    counts: Counts = field(default_factory=Counts, repr=False, compare=False)

    def challenge(
        self, request: Request, *, now: float, salt: str, stale: bool = False, proxy: bool = False, source: str = ""
    ) -> Response:
        """401, or 407 when we stand as a proxy; one challenge for each algorithm, the best first (RFC 8760 2.3).

        The nonce is for `source` alone (RFC 7616 5.4): whoever forges his address never sees it."""
        response = request.respond(407 if proxy else 401)
        made = nonce.make(self.secret, now, salt, self._bound(source))
        for algorithm in self.algorithms:
            name = "Proxy-Authenticate" if proxy else "WWW-Authenticate"
            response.headers.add(name, Challenge(self.realm, made, algorithm, stale=stale))
        return response

    def presented(self, request: Request, *, proxy: bool = False) -> Credentials | None:
        """The credentials for our realm, of whoever it may be. SipError when they are malformed."""
        name = "Proxy-Authorization" if proxy else "Authorization"
        for found in digest.credentials(request.headers.all(name)):
            if found.realm == self.realm:
                return found
        return None

    def is_asked(self, shown: Credentials, source: str = "") -> bool:
        """Do these credentials answer a challenge of ours to that source?"""
        return nonce.issued(self.secret, shown.nonce, self._bound(source)) is not None

    def proves(self, shown: Credentials, request: Request, password: str | None) -> bool:
        """Do they show that somebody knows `password`, be it now or long ago? The work is the same for None."""
        if shown.algorithm.upper() not in self.algorithms or shown.qop != "auth" or not shown.cnonce:
            return False
        expected = digest.proof(
            shown.algorithm,
            digest.ha1(shown.algorithm, shown.username, self.realm, "" if password is None else password),
            nonce=shown.nonce, method=request.method, uri=shown.uri, qop=shown.qop, nc=shown.nc, cnonce=shown.cnonce,
        )  # fmt: skip
        is_right = hmac.compare_digest(expected.encode(), shown.response.lower().encode())
        return is_right and password is not None and _is_for(shown.uri, request.uri)

    def judge(
        self, shown: Credentials | None, request: Request, password: str | None, *, now: float, source: str = ""
    ) -> Verdict:
        """Are these the credentials of somebody with `password`? None stands for a user we do not have.

        A user we do not have costs the same work and meets the same verdicts as a wrong password (RFC 7616 5.3).
        """
        if shown is None:
            return Verdict.ABSENT
        count, made = _count(shown.nc), nonce.issued(self.secret, shown.nonce, self._bound(source))
        if not self.proves(shown, request, password) or count is None:
            return Verdict.WRONG
        oldest = int(now) - self.lifetime
        if made is None or made > now + 1 or not self.counts.take(shown.nonce, made, count, oldest):
            return Verdict.STALE
        return Verdict.GRANTED

    def _bound(self, source: str) -> str:
        return f"{self.realm}\0{source}" if source else self.realm


def _count(nc: str) -> int | None:
    if len(nc) != 8 or not nc.isascii():
        return None
    try:
        return int(nc, 16)
    except ValueError:
        return None


def _is_for(named: str, target: Uri) -> bool:
    """Were the credentials made for this request? Proofs made for another address could be carried here (22.4)."""
    if named == str(target):
        return True
    try:
        asked = uri.parse(named)
    except SipError:
        return False
    # Proxies may change parameters on the way, and the scheme between sip and sips.
    return asked.is_sip and replace(asked.bare(), scheme=target.scheme).same_as(target.bare())


TRIES = 3  # times one request is sent with credentials; a server may change its nonce for ever


@dataclass(slots=True)
class Login:
    """User and password at one far end, with the challenges it made last.

    Give it only the responses to requests that went to that far end: whoever else challenges names
    any realm it likes, and would be given a proof.
    """

    username: str
    password: str = field(repr=False)
    _known: dict[str, Challenge] = field(default_factory=dict, repr=False)  # by the header field that answers it
    _counts: dict[str, int] = field(default_factory=dict, repr=False)

    def learn(self, response: Response) -> list[str]:
        """Remember what a 401 or 407 asks; return the header fields that must answer."""
        asked = []
        for name, reply in (("WWW-Authenticate", "Authorization"), ("Proxy-Authenticate", "Proxy-Authorization")):
            try:
                found = digest.challenges(response.headers.all(name))
            except SipError:
                continue
            if found:
                known = self._known.get(reply)
                if known is None or known.nonce != found[0].nonce:
                    self._counts[reply] = 0
                self._known[reply] = found[0]
                asked.append(reply)
        return asked

    def authorize(self, request: Request, cnonce: str) -> None:
        """Add credentials for what was asked before, so that a request need not be challenged again."""
        for name, challenge in self._known.items():
            self._counts[name] += 1
            request.headers.set(name, digest.answer(
                challenge, username=self.username, password=self.password, method=request.method, uri=str(request.uri),
                cnonce=cnonce, count=self._counts[name], body=request.body,
            ))  # fmt: skip

    def is_stale(self, name: str) -> bool:
        return self._known[name].stale


@dataclass(slots=True)
class Attempt:
    """One request of ours and its retries with credentials."""

    login: Login
    tries: int = 0
    _answered: set[str] = field(default_factory=set)

    def retry(
        self, request: Request, response: Response, *, branch: str, cnonce: str, number: int | None = None
    ) -> Request | None:
        """The request with credentials (RFC 3261 22.2), or None to give up: the password is wrong, or it never ends.

        CSeq gets `number`, by default the next one; tell a dialog which number was used.
        """
        asked = self.login.learn(response)
        refused = [name for name in asked if name in self._answered and not self.login.is_stale(name)]
        self.tries += 1
        if not asked or refused or self.tries > TRIES:
            return None
        self._answered |= set(asked)
        via = request.via
        fresh = Request(
            request.method, request.uri, headers=request.headers.copy(), body=request.body, charset=request.charset
        )
        fresh.headers.set("Via", replace(via, params=via.params.replace("branch", branch)))
        fresh.headers.set("CSeq", CSeq(request.cseq.number + 1 if number is None else number, request.method))
        self.login.authorize(fresh, cnonce)
        return fresh
