"""The older name of API keys: the same rows, both kinds of credentials at once (messaging reference 3.3)."""

from __future__ import annotations

from .keys import Key


class SigningKey(Key):
    """An API key under its older name."""

    path, key = "/2010-04-01/Accounts/{account_sid}/SigningKeys", "signing_keys"
    table_name = "keys"
