"""Who is signed in: a cookie that carries its own proof, so that services of several processes agree."""

import hmac
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

COOKIE = re.compile(r"([A-Za-z0-9_]{1,64})\.([0-9]{1,12})\.([0-9a-f]{64})")


class Sessions:
    """Signs people in and knows them again. `users` are passwords by name; `now` gives Unix seconds."""

    def __init__(
        self, users: Mapping[str, str], secret: str, seconds: float, origins: list[str], now: Callable[[], float]
    ) -> None:
        self.users, self.seconds, self.origins, self.now = users, seconds, origins, now
        self._secret = secret.encode()

    def is_right(self, name: str, password: str) -> bool:
        """Whether this is the user's password; it takes as long when there is no such user."""
        right = self.users.get(name, "")
        return hmac.compare_digest(right.encode(), password.encode()) and bool(right)

    def open(self, request: Request, response: Response, name: str) -> None:
        """Let the browser that gets this response be signed in as `name`."""
        expires = int(self.now() + self.seconds)
        response.set_cookie(
            _cookie_name(request),
            f"{name}.{expires}.{self._proof(name, expires)}",
            max_age=int(self.seconds),
            **_cookie_way(request),
        )

    def close(self, request: Request, response: Response) -> None:
        """Let the browser forget it."""
        response.delete_cookie(_cookie_name(request), **_cookie_way(request))

    def find(self, request: Request) -> str | None:
        """The user who sends this request."""
        found = COOKIE.fullmatch(request.cookies.get(_cookie_name(request), ""))
        if not found or found[1] not in self.users:
            return None
        name, expires, proof = found[1], int(found[2]), found[3]
        is_genuine = hmac.compare_digest(proof, self._proof(name, expires))
        return name if is_genuine and expires > self.now() else None

    def need(self, request: Request) -> str:
        """The user who sends this request; HTTPException 401 when there is none, 403 when another site sends it."""
        self.refuse_strangers(request)
        if (name := self.find(request)) is None:
            raise HTTPException(401, "You are not signed in, or it was too long ago.")
        return name

    def refuse_strangers(self, request: Request) -> None:
        """HTTPException 403 when the page behind this request is neither ours nor a page that is allowed.

        Browsers send no Origin with what a page asks of its own site by GET; for anything else they must."""
        origin = request.headers.get("origin")
        # A proxy before us may speak https to the browser and http to us: the host decides.
        if origin is None or origin in self.origins or urlsplit(origin).netloc == request.url.netloc:
            return
        raise HTTPException(403, "This page may not ask here. Its origin belongs into ALLOWED_ORIGINS.")

    def _proof(self, name: str, expires: int) -> str:
        """Changes with the password: a new one ends the sessions of the old."""
        key = hmac.digest(self._secret, f"session of {name} {self.users[name]}".encode(), "sha256")
        return hmac.new(key, str(expires).encode(), "sha256").hexdigest()


def _cookie_name(request: Request) -> str:
    # The prefix keeps neighbouring hosts from planting a cookie; browsers allow it over https only.
    return "__Host-dialer" if request.url.scheme == "https" else "dialer"


def _cookie_way(request: Request) -> dict[str, object]:
    return {"httponly": True, "samesite": "strict", "secure": request.url.scheme == "https", "path": "/"}
