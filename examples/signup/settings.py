"""What can be set, all of it through the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Settings:
    """Every field is read from the environment variable of the same name in capitals."""

    twilio_account_sid: str
    twilio_auth_token: str
    twilio_number: str = "+15005550006"
    """The caller's number; its messaging webhook must be PUBLIC_URL/sms for sign-up by text."""
    public_url: str = ""
    """Where Twilio reaches this app: scheme, host and port. Signatures are made over it."""
    host: str = "127.0.0.1"
    port: int = 5000
    database: str = ":memory:"
    """A file for sqlite3; in memory, accounts are gone when the app stops."""
    code_length: int = 6
    code_seconds: int = 180
    """How long a code is good for."""
    ring_seconds: int = 25
    tries: int = 3
    """Wrong codes before the call ends; also how often silence is asked again."""
    calls_per_number: int = 5
    """Calls and texts to one number within `limit_seconds`."""
    calls_per_address: int = 20
    """Calls and texts asked for by one network address within `limit_seconds`."""
    limit_seconds: int = 3600


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises ValueError with a sentence for the person who starts the app."""
    given: dict[str, str | int] = {}
    for field in fields(Settings):
        text = environ.get(field.name.upper(), "").strip()
        if not text:
            continue
        if field.type is int or field.type == "int":
            if not text.isascii() or not text.isdigit() or (int(text) == 0 and field.name != "port"):
                raise ValueError(f"{field.name.upper()} must be a whole number above zero, not {text!r}.")
            given[field.name] = int(text)
        else:
            given[field.name] = text
    if not {"twilio_account_sid", "twilio_auth_token"} <= given.keys():
        raise ValueError("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN first; the console of your account shows both.")
    public_url = str(given.get("public_url", "")).rstrip("/") or f"http://localhost:{given.get('port', Settings.port)}"
    if not re.fullmatch(r"https?://[^/?#@\s]+", public_url):
        raise ValueError("PUBLIC_URL must be like https://example.com, without a path.")
    return Settings(**{**given, "public_url": public_url})  # type: ignore[arg-type]
