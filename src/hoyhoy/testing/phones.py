"""Phones and calls as a test holds them: what the phone hears is expected, keys are pressed.

Every expectation waits on the exchange's log from where the last one stopped, and in virtual time
it moves the clock exactly that far; so a key pressed after an expectation is in time however slow
the test is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.lab.client import Lab

from .log import Log, NotHeard
from .recorded import Recorded, recordings
from .texts import Text

__all__ = ["NotHeard", "Phone", "PhoneCall"]


class PhoneCall:
    """A phone's part in one call."""

    def __init__(self, lab: Lab, sid: str, phone: str, after: int) -> None:
        self.sid, self.phone = sid, phone
        self._lab, self._log = lab, Log(lab, after, subject=sid)
        self._recorded = Log(lab, 0, subject=sid)

    def __repr__(self) -> str:
        return f"<call {self.sid[:10]} of {self.phone}>"

    # What a hand does ------------------------------------------------------------------------

    def answer(self) -> None:
        self._act("answer")

    def decline(self) -> None:
        self._act("decline")

    def press(self, keys: str) -> None:
        """Press keys, a quarter of a second apart; `w` waits half a second, `W` a whole one."""
        self._act("press", keys=keys)

    def say(self, text: str) -> None:
        self._act("say", text=text)

    def send_message(self, content: Any) -> None:
        """Tell the app something beside the sound, as the program of a client does: a value that JSON can hold."""
        self._act("message", content=content)

    def hang_up(self) -> None:
        self._act("hang-up")

    # What is expected ------------------------------------------------------------------------

    def expect_speech(self, contains: str = "", within: float = 30.0, *, matching: str = "") -> str:
        """Wait until the phone hears speech with these words (any case), or in which a pattern is found; all of it."""
        return self._heard("speech", contains, within, matching)

    def expect_audio(self, contains: str = "", within: float = 30.0, *, matching: str = "") -> str:
        """Wait until the phone hears a recording whose URL contains this; return the URL."""
        return self._heard("audio", contains, within, matching)

    def expect_keys(self, keys: str = "", within: float = 30.0) -> str:
        """Wait until the phone hears keys."""
        return self._heard("keys", keys, within)

    def expect_tone(self, name: str = "", within: float = 30.0) -> str:
        """Wait until the phone hears a tone of the exchange's, such as `ringing` or `beep`; return its name."""
        return self._heard("tone", name, within)

    def expect_beep(self, within: float = 30.0) -> None:
        """Wait until a beep is over: what is said from here on is recorded."""
        self._log.expect(("SoundPlayed",), within, where={"kind": "tone", "text": "beep"})

    def expect_silence(self, seconds: float) -> None:
        """Let so much time pass, in which nothing begins to be heard and the call goes on."""
        self._log.expect_none(("PhoneHeard", "PhoneReleased"), seconds)

    def expect_hangup(self, within: float = 60.0) -> str:
        """Wait until the call is over; return the cause."""
        return str(self._log.expect(("PhoneReleased",), within)["event"]["cause"])

    def expect_message(self, contains: str = "", within: float = 30.0, *, matching: str = "") -> Any:
        """Wait until the app tells the program of a client something, with these words in its JSON; the value."""
        entry = self._log.expect(("UserMessageTold",), within, contains=contains, matching=matching)
        return json.loads(entry["event"]["body"])

    def expect_status(self, status: str, within: float = 60.0) -> None:
        """Wait until the call has this status."""
        self._log.expect(("CallMoved",), within, where={"status": status})

    def expect_bridge(self, with_: PhoneCall | None = None, within: float = 30.0) -> None:
        """Wait until the call is connected with another one, by a Dial or out of a queue: what is said before that is
        heard by nobody."""
        self._log.expect(("CallBridged",), within, where={"other": with_.sid} if with_ else None)

    def expect_recording(self, within: float = 60.0) -> Recorded:
        """Wait until a recording of this call is completed, if none was before; each is found once."""
        sid = self._recorded.expect(("RecordingMoved",), within, where={"status": "completed"})["event"]["recording"]
        return next(one for one in self.recordings if one.sid == sid)

    # What there is of it ---------------------------------------------------------------------

    def sound(self) -> bytes:
        """What the phone heard so far, as a WAV file; silence only, unless the phone was made with keeps_sound=True."""
        return self._lab.file(f"/calls/{self.sid}/sound")

    @property
    def parameters(self) -> dict[str, str]:
        """What came with it beside its number: the custom parameters of a client's call."""
        return dict(self._lab.get(f"/calls/{self.sid}")["parameters"])

    @property
    def heard(self) -> list[str]:
        """Everything the phone heard so far."""
        return [one["text"] for one in self._lab.get(f"/calls/{self.sid}")["heard"]]

    @property
    def recordings(self) -> list[Recorded]:
        """What was recorded of it so far, also what is under way."""
        return recordings(self._lab, call=self.sid)

    @property
    def story(self) -> str:
        """Everything that happened in it so far, line by line, with seconds since it began."""
        return self._log.story()

    def _heard(self, kind: str, contains: str, within: float, matching: str = "") -> str:
        where = {"kind": kind}
        entry = self._log.expect(("PhoneHeard",), within, contains=contains, where=where, matching=matching)
        return str(entry["event"]["text"])

    def _act(self, act: str, **hand: Any) -> None:
        self._lab.post(f"/calls/{self.sid}/{act}", **hand)


class Phone:
    """A virtual phone, or a virtual client. Taken into a test's hand it rings and waits: `behave` makes it act by
    itself."""

    def __init__(self, lab: Lab, number: str, **behaviour: Any) -> None:
        """`number` in any form that the lab can read; the attribute has it in E.164, as events have it. Of a client it
        is `client:` and its name."""
        self._lab = lab
        self.number: str = lab.put(lab.phone(number), **{"answering": "manual", **behaviour})["number"]
        self._log = Log(lab, lab.position(), where={"phone": self.number})

    def __repr__(self) -> str:
        return f"<phone {self.number}>"

    def behave(self, **behaviour: Any) -> None:
        """Set the behaviour: answering="busy", answer_after=3, script=[{"hear": "code", "press": "1#"}]..."""
        self._lab.put(self._lab.phone(self.number), **behaviour)

    def expect_call(self, within: float = 30.0) -> PhoneCall:
        """Wait until the phone rings."""
        entry = self._log.expect(("PhoneRang",), within)
        return PhoneCall(self._lab, entry["subject"], self.number, entry["position"])

    def expect_no_call(self, within: float = 30.0) -> None:
        """Let so much time pass, in which the phone does not ring."""
        self._log.expect_none(("PhoneRang",), within)

    def call(self, to: str = "", *, application: str = "", parameters: Mapping[str, str] | None = None) -> PhoneCall:
        """Dial a number of the exchange; of a client, call through an application, which is told `to` and the
        parameters."""
        after = self._lab.position()
        wish = {"to": to, "application": application, "parameters": dict(parameters or {})}
        call = self._lab.post(self._lab.phone(self.number) + "/calls", **wish)
        return PhoneCall(self._lab, call["sid"], self.number, after)

    def send(self, to: str, body: str, media: Sequence[str] = ()) -> str:
        """Send a message to a number of the exchange; return its sid."""
        sent = self._lab.post(self._lab.phone(self.number) + "/messages", to=to, body=body, media=list(media))
        return str(sent["sid"])

    def expect_message(self, contains: str = "", within: float = 30.0, *, matching: str = "") -> Text:
        """Wait until a message arrives with this text, or in which a pattern is found; its body, a str that knows its
        `code`, `links`, `sender`, `media`, `sid` and the `match` of the pattern."""
        entry = self._log.expect(("PhoneGotMessage",), within, contains=contains, matching=matching)
        return Text.of(entry, matching)

    def expect_no_message(self, within: float = 30.0) -> None:
        """Let so much time pass, in which no message arrives."""
        self._log.expect_none(("PhoneGotMessage",), within)
