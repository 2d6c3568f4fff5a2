"""Passwords are kept as salted scrypt hashes."""

import hashlib
import secrets

COST = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and some 50 ms of one core for each hash.


def hashed(password: str) -> str:
    """Slow on purpose: call it in a thread. The text holds all that is needed to check a password later."""
    salt = secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, **COST)
    return f"scrypt${COST['n']}${COST['r']}${COST['p']}${salt.hex()}${digest.hex()}"


def matches(password: str, kept: str) -> bool:
    """Whether `password` is the one behind the hash `kept`."""
    _, n, r, p, salt, digest = kept.split("$")
    again = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=int(n), r=int(r), p=int(p))
    return secrets.compare_digest(again, bytes.fromhex(digest))
