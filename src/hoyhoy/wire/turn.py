"""Credentials for a TURN server that shares a secret with us: coturn's `use-auth-secret` (messaging reference 3.6).

The server keeps no list of users: the user name says when it ends and whose it is, and the password is made of both.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def credentials(secret: str, name: str, ends_at: int) -> tuple[str, str]:
    """User name and password that are good until `ends_at`, Unix seconds."""
    username = f"{ends_at}:{name}"
    return username, base64.b64encode(hmac.digest(secret.encode(), username.encode(), hashlib.sha1)).decode()
