"""X-Twilio-Signature: what is signed, and how (voice reference 3.8).

A form POST signs the URL followed by its parameters, sorted; a GET signs the URL with its query;
any other body is bound to the URL by its digest (`bodySHA256`), and only the URL is signed.
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Iterable

HEADER = "X-Twilio-Signature"
SHA1 = "sha1"
SHA256 = "sha256"
"""The newer scheme HMAC_SHA256 differs in the digest alone."""


def sign(token: str, url: str, params: Iterable[tuple[str, str]] = (), digest: str = SHA1) -> str:
    """The signature of a request to `url` (as `signed_url` gives it) with the form fields `params`.

    Repeated fields count once per distinct value; empty values count. `token` is the primary auth
    token of the account that owns the call or message. Returns base64 text.
    """
    text = url + "".join([name + value for name, value in sorted(set(params))])
    # A lone surrogate cannot travel in UTF-8; the form body carries a question mark for it as well.
    return b2a_base64(hmac.digest(token.encode(), text.encode("utf-8", "replace"), digest), newline=False).decode()


def signed_url(url: str, *, voice: bool) -> str:
    """The form of `url` that is signed: without fragment and user info; voice over https also without port.

    Nothing else is touched: percent-encoding, trailing slash and letter case stay as written.
    """
    scheme, mark, rest = url.partition("#")[0].partition("://")
    cut = min((place for place in map(rest.find, "/?") if place >= 0), default=len(rest))
    host = rest[:cut].rpartition("@")[2]
    if voice and scheme.lower() == "https":
        name, _, port = host.rpartition(":")
        if name and port.isdigit():  # the colons inside [::1] are followed by a bracket
            host = name
    return f"{scheme}{mark}{host}{rest[cut:]}"


def body_sha256(body: bytes) -> str:
    """The value of the query parameter `bodySHA256` that binds a JSON or other non-form body to its URL."""
    return hashlib.sha256(body).hexdigest()
