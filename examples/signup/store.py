"""The database: accounts, sign-ups under way, and who asked for calls. One SQLite connection, plain SQL."""

import sqlite3
from dataclasses import astuple, dataclass, fields

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    user_name TEXT PRIMARY KEY COLLATE NOCASE, phone TEXT NOT NULL UNIQUE, password TEXT NOT NULL, created REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS signup (
    session TEXT PRIMARY KEY, user_name TEXT NOT NULL COLLATE NOCASE, phone TEXT NOT NULL, password TEXT NOT NULL,
    code TEXT NOT NULL, way TEXT NOT NULL, state TEXT NOT NULL, expires REAL NOT NULL,
    wrong INTEGER NOT NULL, silent INTEGER NOT NULL, sid TEXT, note TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS signup_sid ON signup (sid);
CREATE INDEX IF NOT EXISTS signup_name ON signup (user_name);
CREATE INDEX IF NOT EXISTS signup_phone ON signup (phone);
CREATE TABLE IF NOT EXISTS request (who TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS request_who ON request (who, at);
"""


@dataclass(frozen=True)
class SignUp:
    """One person's way in. `session` is the hash of the browser's cookie; the cookie itself is not kept."""

    session: str
    user_name: str
    phone: str
    password: str
    """Salted hash."""
    code: str
    way: str
    """`call` or `text`."""
    state: str
    expires: float
    """When the code ends, in Unix seconds."""
    wrong: int = 0
    """Wrong codes so far."""
    silent: int = 0
    """Answers so far that held no code."""
    sid: str | None = None
    """Twilio's sid of the call or message under way; an older call of the same person has no say any more."""
    note: str = ""
    """A sentence that says more about this sign-up's state."""


COLUMNS = ", ".join(field.name for field in fields(SignUp))


class Taken(Exception):
    """The account cannot be opened: `field` is what somebody else has, `user_name` or `phone`."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Store:
    """Everything here is quick and done at once; callers need no lock as long as they stay on one thread."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    # Sign-ups -----------------------------------------------------------------------------

    def save(self, signup: SignUp) -> None:
        marks = ", ".join("?" for _ in fields(SignUp))
        self._db.execute(f"REPLACE INTO signup ({COLUMNS}) VALUES ({marks})", astuple(signup))  # noqa: S608

    def forget(self, session: str) -> None:
        self._db.execute("DELETE FROM signup WHERE session = ?", (session,))

    def forget_older(self, expires: float) -> None:
        """Drop the sign-ups whose code ended before `expires`, except those that live on as signed-in sessions."""
        self._db.execute("DELETE FROM signup WHERE expires < ? AND state != 'confirmed'", (expires,))

    def by_session(self, session: str) -> SignUp | None:
        return self._one("session = ?", session)

    def by_sid(self, sid: str) -> SignUp | None:
        return self._one("sid = ?", sid)

    def texting(self, phone: str) -> list[SignUp]:
        """The sign-ups that wait for a text from `phone`, the newest first."""
        return self._all("phone = ? AND state = 'texting' ORDER BY expires DESC", phone)

    def by_name(self, user_name: str) -> list[SignUp]:
        return self._all("user_name = ?", user_name)

    def _one(self, where: str, *values: object) -> SignUp | None:
        return next(iter(self._all(where, *values)), None)

    def _all(self, where: str, *values: object) -> list[SignUp]:
        return [SignUp(*row) for row in self._db.execute(f"SELECT {COLUMNS} FROM signup WHERE {where}", values)]  # noqa: S608

    # Accounts -----------------------------------------------------------------------------

    def taken(self, user_name: str, phone: str) -> str | None:
        """Which of the two an account has already: `user_name`, `phone` or None."""
        if self._db.execute("SELECT 1 FROM account WHERE user_name = ?", (user_name,)).fetchone():
            return "user_name"
        if self._db.execute("SELECT 1 FROM account WHERE phone = ?", (phone,)).fetchone():
            return "phone"
        return None

    def open_account(self, signup: SignUp, now: float) -> None:
        """Raises Taken when somebody was quicker."""
        try:
            self._db.execute(
                "INSERT INTO account (user_name, phone, password, created) VALUES (?, ?, ?, ?)",
                (signup.user_name, signup.phone, signup.password, now),
            )
        except sqlite3.IntegrityError:
            raise Taken(self.taken(signup.user_name, signup.phone) or "user_name") from None

    # Limits -------------------------------------------------------------------------------

    def count_request(self, who: tuple[str, ...], now: float) -> None:
        self._db.executemany("INSERT INTO request (who, at) VALUES (?, ?)", [(each, now) for each in who])

    def requests_since(self, who: str, since: float) -> list[float]:
        """When `who` asked, the oldest first. What is older than `since` is dropped for everybody."""
        self._db.execute("DELETE FROM request WHERE at <= ?", (since,))
        return [at for (at,) in self._db.execute("SELECT at FROM request WHERE who = ? ORDER BY at", (who,))]
