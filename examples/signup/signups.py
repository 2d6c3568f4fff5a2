"""The rules of a sign-up: what a code is good for, and what calls and texts make of it.

    calling > ringing > asking > confirmed      the way by telephone
    texting > confirmed                         the way by text message

Aside from these two roads lie the ends: wrong-code, no-code, no-answer, busy, failed, hung-up, expired.
From an end the person can be called or texted again, with a new code.
"""

import asyncio
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256

from .settings import Settings
from .store import SignUp, Store, Taken

BEFORE_ANSWER = ("calling", "ringing")
WAITING = (*BEFORE_ANSWER, "asking", "texting")
ENDS = {"completed": "hung-up", "busy": "busy", "no-answer": "no-answer", "failed": "failed", "canceled": "no-answer"}
"""Twilio's final status of a call, and what it means for a sign-up that still waits for its code."""
KEYWORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
KEYWORDS |= {"START", "UNSTOP", "HELP", "INFO"}
"""Texts that Twilio itself acts on and answers, for every number."""


class Verdict(StrEnum):
    """What the phone is told about the code it gave."""

    RIGHT = "right"
    WRONG = "wrong"
    WRONG_LAST = "wrong-last"
    NOTHING = "nothing"
    NOTHING_LAST = "nothing-last"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class SignUps:
    """All sign-ups under way. `now` gives Unix seconds."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], float]) -> None:
        self.store, self.settings, self.now = store, settings, now
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    # The browser's side -------------------------------------------------------------------

    def current(self, cookie: str | None) -> SignUp | None:
        """The sign-up of the browser that holds `cookie`."""
        return self._fresh(self.store.by_session(session_of(cookie))) if cookie else None

    def taken(self, user_name: str, phone: str) -> str | None:
        """Who asks for a name keeps it while the code is good: `user_name` or `phone`, if somebody else has it."""
        for other in self.store.by_name(user_name):
            if other.state in WAITING and other.expires > self.now():
                return "user_name"
        return self.store.taken(user_name, phone)

    def start(self, cookie: str, user_name: str, phone: str, password: str) -> SignUp:
        """Begin with a call, in a browser that has no sign-up under way. `password` is its hash. Raises Taken."""
        if field := self.taken(user_name, phone):
            raise Taken(field)
        self.store.forget_older(self.now() - 24 * 3600)
        blank = SignUp(session_of(cookie), user_name, phone, password, code="", way="", state="", expires=0)
        return self.again(blank, "call")

    def again(self, signup: SignUp, way: str) -> SignUp:
        """A new attempt with a new code, by `call` or `text`; the old call or message has no say any more."""
        number = secrets.randbelow(10**self.settings.code_length)
        return self._save(
            replace(
                signup,
                code=f"{number:0{self.settings.code_length}}",
                way=way,
                state="calling" if way == "call" else "texting",
                expires=self.now() + self.settings.code_seconds,
                wrong=0,
                silent=0,
                sid=None,
                note="",
            )
        )

    def forget(self, signup: SignUp) -> None:
        self.store.forget(signup.session)
        self._tell(signup)

    def wait_before(self, phone: str, address: str) -> float:
        """Seconds until one more call or text is allowed; 0 counts this request and allows it."""
        now, span = self.now(), self.settings.limit_seconds
        limits = {f"phone {phone}": self.settings.calls_per_number, f"from {address}": self.settings.calls_per_address}
        for who, limit in limits.items():
            asked = self.store.requests_since(who, now - span)
            if len(asked) >= limit:
                return asked[-limit] + span - now
        self.store.count_request(tuple(limits), now)
        return 0.0

    @contextmanager
    def watch(self, signup: SignUp) -> Iterator[asyncio.Event]:
        """An event that is set whenever this browser's sign-up changes."""
        changed = asyncio.Event()
        self._watchers[signup.session].add(changed)
        try:
            yield changed
        finally:
            self._watchers[signup.session].discard(changed)
            if not self._watchers[signup.session]:
                del self._watchers[signup.session]

    # The telephone's side -----------------------------------------------------------------

    def placed(self, signup: SignUp, sid: str) -> bool:
        """Twilio took the call or message. False when the person has turned to something else meanwhile."""
        latest = self.store.by_session(signup.session)
        if latest is None or (latest.code, latest.expires) != (signup.code, signup.expires):
            return False
        self.store.save(replace(latest, sid=sid))
        return True

    def not_placed(self, signup: SignUp, note: str) -> None:
        """Twilio refused the call or message; `note` says why."""
        self._save(replace(signup, state="failed", note=note))

    def knows(self, sid: str) -> bool:
        return self.store.by_sid(sid) is not None

    def answered(self, sid: str) -> Verdict:
        """Somebody picked up. NOTHING means: ask for the code."""
        signup = self._fresh(self.store.by_sid(sid))
        if signup is None:
            return Verdict.UNKNOWN
        if signup.state == "expired":
            return Verdict.EXPIRED
        if signup.state in BEFORE_ANSWER:
            self._save(replace(signup, state="asking"))
        return Verdict.NOTHING

    def moved(self, sid: str, status: str) -> None:
        """A status callback came. They may come late and out of order, so no step leads back."""
        signup = self._fresh(self.store.by_sid(sid))
        if signup is None or signup.state not in WAITING:
            return
        if signup.way == "text":
            if status in ("failed", "undelivered"):
                self._save(replace(signup, state="failed", note="The text did not arrive."))
        elif status in ENDS:
            self._save(replace(signup, state=ENDS[status]))
        elif status == "ringing" and signup.state == "calling":
            self._save(replace(signup, state="ringing"))
        elif status == "in-progress" and signup.state in BEFORE_ANSWER:
            self._save(replace(signup, state="asking"))

    def keyed(self, sid: str, digits: str) -> Verdict:
        """The call gave `digits`; empty when the person stayed silent."""
        signup = self._fresh(self.store.by_sid(sid))
        return self._judge(signup, digits) if signup else Verdict.UNKNOWN

    def texted(self, phone: str, body: str) -> Verdict:
        """A text came from `phone`. Its digits, whatever stands between them, are the code."""
        if body.strip().upper() in KEYWORDS:
            return Verdict.UNKNOWN
        digits = "".join(re.findall("[0-9]", body))
        verdict = Verdict.UNKNOWN
        for signup in self.store.texting(phone):
            verdict = self._judge(self._fresh(signup) or signup, digits)
            if verdict is Verdict.RIGHT:
                break
        return verdict

    def _judge(self, signup: SignUp, digits: str) -> Verdict:
        if signup.state == "confirmed":
            return Verdict.RIGHT  # Twilio asks again when our first answer was lost.
        if signup.state == "expired" or signup.expires <= self.now():
            return Verdict.EXPIRED
        # A caller may hang up right after the last key, and the news of that may come first.
        if signup.state not in (*WAITING, "hung-up"):
            return Verdict.WRONG_LAST if signup.state == "wrong-code" else Verdict.UNKNOWN
        if secrets.compare_digest(digits.encode(), signup.code.encode()):
            return self._confirm(signup)
        if digits:
            signup, last, end = replace(signup, wrong=signup.wrong + 1), Verdict.WRONG_LAST, "wrong-code"
            verdict, used = Verdict.WRONG, signup.wrong
        else:
            signup, last, end = replace(signup, silent=signup.silent + 1), Verdict.NOTHING_LAST, "no-code"
            verdict, used = Verdict.NOTHING, signup.silent
        if used >= self.settings.tries:
            signup, verdict = replace(signup, state=end), last
        self._save(signup)
        return verdict

    def _confirm(self, signup: SignUp) -> Verdict:
        try:
            self.store.open_account(signup, self.now())
        except Taken as taken:
            what = "user name" if taken.field == "user_name" else "phone number"
            self._save(replace(signup, state="failed", note=f"Somebody else has just taken this {what}."))
            return Verdict.UNKNOWN
        self._save(replace(signup, state="confirmed", code="", password=""))
        return Verdict.RIGHT

    # Both ---------------------------------------------------------------------------------

    def _fresh(self, signup: SignUp | None) -> SignUp | None:
        if signup and signup.state in WAITING and signup.expires <= self.now():
            return self._save(replace(signup, state="expired"))
        return signup

    def _save(self, signup: SignUp) -> SignUp:
        self.store.save(signup)
        self._tell(signup)
        return signup

    def _tell(self, signup: SignUp) -> None:
        for changed in self._watchers.get(signup.session, ()):
            changed.set()


def session_of(cookie: str) -> str:
    """Only a hash of the cookie is stored, so the database does not open anybody's session."""
    return sha256(cookie.encode()).hexdigest()
