"""What can be set, all of it through the environment."""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

SERVICES = ("token", "webhooks", "page")
"""The parts of the app, which run in one process or each in its own."""

NEEDED = {
    "token": ("twilio_account_sid", "twilio_api_key", "twilio_api_secret"),
    "webhooks": ("twilio_auth_token",),
    "page": ("twilio_account_sid", "twilio_api_key", "twilio_api_secret"),
}
"""Who alone answers Twilio needs no API key; who alone makes tokens need not know the auth token."""

NEEDED_ALONE = {
    "token": ("twilio_app_sid", "dialer_users"),
    "webhooks": ("twilio_number", "dialer_users", "database"),
    "page": ("twilio_number", "dialer_users", "database"),
}
"""What the services find out for each other when they run together, and must be told when they do not."""


@dataclass(frozen=True)
class Settings:
    """Every field but `users` and `made_up` is read from the environment variable of the same name in capitals."""

    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    """Proves that webhooks come from Twilio."""
    twilio_api_key: str = ""
    twilio_api_secret: str = ""
    """Signs the tokens of browsers and, by HMAC, the session cookies."""
    twilio_app_sid: str = ""
    """The TwiML application that calls from browsers reach. Without it the app finds or makes one, and leads
    `twilio_number` to itself."""
    twilio_number: str = ""
    """Callers see it and can call it; without it the account's first number."""
    public_url: str = ""
    """Where Twilio reaches the webhooks: scheme, host and port. Signatures are made over it."""
    host: str = "127.0.0.1"
    port: int = 5001
    database: str = ":memory:"
    """A file for sqlite3 that keeps the list of voicemails; webhooks and page share it."""
    dialer_users: str = ""
    """Who may sign in: `name:password`, several with blanks in between. All of them ring when the number is called."""
    token_url: str = ""
    """Where the page finds the token service, if not where it was loaded from."""
    allowed_origins: str = ""
    """Origins of pages, besides our own, that may ask for tokens (CORS)."""
    token_seconds: int = 3600
    session_seconds: int = 12 * 3600
    ring_seconds: int = 20
    voicemail_seconds: int = 120
    countries: str = ""
    """Countries that may be called, as `US CA`; all when empty."""
    login_tries: int = 10
    """Wrong passwords for each network address within `limit_seconds`; for a user name five times as many."""
    tokens_per_user: int = 60
    """Tokens within `limit_seconds`."""
    limit_seconds: int = 300
    sdk_file: str = ""
    """twilio.min.js of @twilio/voice-sdk 2.x; else node_modules is looked through."""
    sdk_url: str = ""
    """Where browsers load it from instead."""
    sdk_edge: str = ""
    """The `edge` option of the SDK."""
    login_note: str = ""
    """A line for the people in front of the login."""
    users: Mapping[str, str] = field(default_factory=dict)
    """The passwords of `dialer_users` by name."""
    made_up: str = ""
    """The password that was made up because none was set."""

    @property
    def origins(self) -> list[str]:
        """Other origins that may ask for tokens."""
        return [origin.rstrip("/") for origin in _words(self.allowed_origins)]


def from_environment(environ: Mapping[str, str] = os.environ, services: Sequence[str] = SERVICES) -> Settings:
    """Read the settings. Raises ValueError with a sentence for the person who starts the app."""
    given: dict[str, str | int] = {}
    for each in fields(Settings):
        text = environ.get(each.name.upper(), "").strip()
        if not text or each.name in ("users", "made_up"):
            continue
        if each.type in (int, "int"):
            if not text.isascii() or not text.isdigit() or (int(text) == 0 and each.name != "port"):
                raise ValueError(f"{each.name.upper()} must be a whole number above zero, not {text!r}.")
            given[each.name] = int(text)
        else:
            given[each.name] = text
    needed = [name for service in services for name in NEEDED[service]]
    if set(services) != set(SERVICES):
        needed += [name for service in services for name in NEEDED_ALONE[service]]
    if missing := [name.upper() for name in dict.fromkeys(needed) if name not in given]:
        raise ValueError(f"Set {', '.join(missing)} first; README.md says what each is.")
    made_up = "" if "dialer_users" in given else secrets.token_urlsafe(9)
    return Settings(
        **{  # type: ignore[arg-type]
            **given,
            "public_url": _origin("PUBLIC_URL", given) or f"http://localhost:{given.get('port', Settings.port)}",
            "token_url": _origin("TOKEN_URL", given),
        },
        users={"agent": made_up} if made_up else _users(str(given["dialer_users"])),
        made_up=made_up,
    )


def _origin(name: str, given: Mapping[str, str | int]) -> str:
    url = str(given.get(name.lower(), "")).rstrip("/")
    if url and not re.fullmatch(r"https?://[^/?#@\s]+", url):
        raise ValueError(f"{name} must be like https://example.com, without a path.")
    return url


def _users(text: str) -> dict[str, str]:
    """Names are the identities of clients, so they keep to what every SDK takes."""
    users = {}
    for pair in _words(text):
        name, colon, password = pair.partition(":")
        if not re.fullmatch(r"[A-Za-z0-9_]{1,64}", name) or not colon:
            raise ValueError("DIALER_USERS must be like ada:password, the name in letters, digits or _.")
        if len(password) < 8:
            raise ValueError(f"The password of {name} in DIALER_USERS is shorter than 8 characters.")
        users[name] = password
    return users


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()
