"""Phones and calls as a test holds them: what the phone hears is expected, keys are pressed.

Every expectation waits on the exchange's log from where the last one stopped, and in virtual time
it moves the clock exactly that far; so a key pressed after an expectation is in time however slow
the test is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hoyhoy.lab.client import Lab


class NotHeard(AssertionError):
    """What a test expected did not happen; the message shows what did."""


class _Log:
    """A reading position in the exchange's log that only moves forward."""

    def __init__(self, lab: Lab, after: int) -> None:
        self.lab, self.after = lab, after

    def expect(
        self,
        kinds: Sequence[str],
        within: float,
        *,
        subject: str = "",
        contains: str = "",
        where: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        match = {"kinds": list(kinds), "subject": subject, "contains": contains, "where": where or {}}
        found = self.lab.expect(match, after=self.after, within=within)
        if found is None:
            raise NotHeard(self._story(kinds, within, subject, contains, where))
        self.after = found["position"]
        return found

    def _story(
        self, kinds: Sequence[str], within: float, subject: str, contains: str, where: dict[str, Any] | None
    ) -> str:
        from hoyhoy.terminal.timeline import lines

        wanted = "/".join(kinds) + (f" with {contains!r}" if contains else "") + (f" {where}" if where else "")
        entries = self.lab.get("/events", after=self.after, limit=60, **({"subject": subject} if subject else {}))
        happened = "\n  ".join(line for entry in entries["entries"] for line in lines(entry)) or "nothing"
        return f"Expected {wanted} within {within:g} s of the exchange's clock. Instead:\n  {happened}"


class PhoneCall:
    """A phone's part in one call."""

    def __init__(self, lab: Lab, sid: str, phone: str, after: int) -> None:
        self.sid, self.phone = sid, phone
        self._lab, self._log = lab, _Log(lab, after)

    def answer(self) -> None:
        self._act("answer")

    def decline(self) -> None:
        self._act("decline")

    def press(self, keys: str) -> None:
        """Press keys, a quarter of a second apart; `w` waits half a second, `W` a whole one."""
        self._act("press", keys=keys)

    def say(self, text: str) -> None:
        self._act("say", text=text)

    def hang_up(self) -> None:
        self._act("hang-up")

    def expect_speech(self, contains: str = "", within: float = 30.0) -> str:
        """Wait until the phone hears speech with these words (any case); return all of it."""
        return self._heard("speech", contains, within)

    def expect_audio(self, contains: str = "", within: float = 30.0) -> str:
        """Wait until the phone hears a recording whose URL contains this; return the URL."""
        return self._heard("audio", contains, within)

    def expect_keys(self, keys: str = "", within: float = 30.0) -> str:
        """Wait until the phone hears keys."""
        return self._heard("keys", keys, within)

    def expect_hangup(self, within: float = 60.0) -> str:
        """Wait until the call is over; return the cause."""
        entry = self._log.expect(("PhoneReleased",), within, subject=self.sid)
        return str(entry["event"]["cause"])

    def expect_status(self, status: str, within: float = 60.0) -> None:
        """Wait until the call has this status."""
        self._log.expect(("CallMoved",), within, subject=self.sid, where={"status": status})

    def sound(self) -> bytes:
        """What the phone heard so far, as a WAV file; silence only, unless the phone was made with keeps_sound=True."""
        return self._lab.file(f"/calls/{self.sid}/sound")

    @property
    def heard(self) -> list[str]:
        """Everything the phone heard so far."""
        return [one["text"] for one in self._lab.get(f"/calls/{self.sid}")["heard"]]

    def _heard(self, kind: str, contains: str, within: float) -> str:
        entry = self._log.expect(("PhoneHeard",), within, subject=self.sid, contains=contains, where={"kind": kind})
        return str(entry["event"]["text"])

    def _act(self, act: str, **hand: str) -> None:
        self._lab.post(f"/calls/{self.sid}/{act}", **hand)


class Phone:
    """A virtual phone. Taken into a test's hand it rings and waits: `behave` makes it act by itself."""

    def __init__(self, lab: Lab, number: str, **behaviour: Any) -> None:
        """`number` in any form that the lab can read; the attribute has it in E.164, as events have it."""
        self._lab = lab
        self.number: str = lab.put(lab.phone(number), **{"answering": "manual", **behaviour})["number"]
        self._log = _Log(lab, lab.position())

    def behave(self, **behaviour: Any) -> None:
        """Set the behaviour: answering="busy", answer_after=3, script=[{"hear": "code", "press": "1#"}]..."""
        self._lab.put(self._lab.phone(self.number), **behaviour)

    def expect_call(self, within: float = 30.0) -> PhoneCall:
        """Wait until the phone rings."""
        entry = self._log.expect(("PhoneRang",), within, where={"phone": self.number})
        return PhoneCall(self._lab, entry["subject"], self.number, entry["position"])

    def call(self, to: str) -> PhoneCall:
        """Dial a number of the exchange."""
        after = self._lab.position()
        call = self._lab.post(self._lab.phone(self.number) + "/calls", to=to)
        return PhoneCall(self._lab, call["sid"], self.number, after)

    def send(self, to: str, body: str, media: Sequence[str] = ()) -> str:
        """Send a message to a number of the exchange; return its sid."""
        sent = self._lab.post(self._lab.phone(self.number) + "/messages", to=to, body=body, media=list(media))
        return str(sent["sid"])

    def expect_message(self, contains: str = "", within: float = 30.0) -> str:
        """Wait until a message with this text arrives; return its body."""
        entry = self._log.expect(("PhoneGotMessage",), within, contains=contains, where={"phone": self.number})
        return str(entry["event"]["body"])
