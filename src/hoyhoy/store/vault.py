"""Secrets at rest: AES-GCM with a key kept in the data folder, outside the database.

Auth tokens must be recoverable, because webhooks are signed with them; so they are encrypted, not
hashed. Each is bound to its table, sid and column: a value copied to another place does not open.

Keys and nonces come from the operating system and not from the exchange's Chance: they must never
be predictable, and a seeded run must not depend on how many secrets the writer thread seals.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE = "vault.key"
NONCE = 12
MARK = "v1:"


class VaultClosed(Exception):
    """The key does not open what is stored, or is not there."""


class Vault:
    """Seals and opens the values of secret columns."""

    def __init__(self, key: bytes, secrets: Mapping[str, frozenset[str]]) -> None:
        """`secrets` names the secret columns, by table."""
        self.secrets = secrets
        self._cipher = AESGCM(key)

    @classmethod
    def open(cls, folder: Path, secrets: Mapping[str, frozenset[str]], *, fresh: bool) -> Vault:
        """The vault whose key lies in `folder`. A missing key is made only for a `fresh` database:
        beside an old one a new key could open nothing."""
        path = folder / KEY_FILE
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            if not fresh:
                raise VaultClosed(
                    f"{path} is missing: without it the secrets in this database cannot be read"
                ) from None
            key = AESGCM.generate_key(bit_length=256)
            _keep(path, key)
        if len(key) != 32:
            raise VaultClosed(f"{path} is damaged: a key has 32 bytes, this file {len(key)}")
        return cls(key, secrets)

    def seal(self, value: str, table: str, sid: str, column: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = self._cipher.encrypt(nonce, value.encode(), _place(table, sid, column))
        return MARK + b64encode(nonce + sealed).decode()

    def reveal(self, value: str, table: str, sid: str, column: str) -> str:
        """VaultClosed when the value was sealed with another key, for another place, or changed since."""
        try:
            if not value.startswith(MARK):
                raise ValueError("not sealed")
            sealed = b64decode(value.removeprefix(MARK), validate=True)
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _place(table, sid, column)).decode()
        except (InvalidTag, ValueError) as error:
            raise VaultClosed(f"{table}.{column} of {sid} does not open with the key in {KEY_FILE}") from error

    def seal_row(self, table: str, sid: str, values: dict[str, Any]) -> None:
        """Seal the secrets among `values`, in place."""
        for name in self.secrets.get(table, ()):
            if (value := values.get(name)) is not None:
                values[name] = self.seal(value, table, sid, name)

    def reveal_row(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        """A row read whole, its secrets revealed in place."""
        for name in self.secrets.get(table, ()):
            if row[name] is not None:
                row[name] = self.reveal(row[name], table, row["sid"], name)
        return row


def _place(table: str, sid: str, column: str) -> bytes:
    return f"{table}/{sid}/{column}".encode()


def _keep(path: Path, key: bytes) -> None:
    """Write the key whole or not at all, and make it durable before anything is sealed with it."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, key)
        os.fsync(file)
    finally:
        os.close(file)
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
