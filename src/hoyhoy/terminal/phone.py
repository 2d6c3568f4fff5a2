"""A virtual phone in the terminal: it rings, it is answered, keys are pressed, what is heard is read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import click

from hoyhoy.lab.client import Lab, LabError

from .timeline import QUIET, describe, lines

HELP = "answer · decline · keys such as 12#  · say WORDS · hang up · call NUMBER · text NUMBER WORDS · quit"
PHONE_KINDS = (
    "PhoneRang",
    "PhoneAnswered",
    "PhoneHeard",
    "PhonePressed",
    "PhoneSaid",
    "PhoneReleased",
    "PhoneGotMessage",
    "PhoneSentMessage",
)
OVER = ("completed", "busy", "no-answer", "canceled", "failed")
ANSWER_SECONDS = 5.0
"""How long an answer to a text is waited for, on the exchange's clock."""

LONGEST_CALL = 24 * 3600.0


class TerminalPhone:
    """One phone; `tell` prints a line. The number may be typed in any way that the lab can read."""

    def __init__(self, lab: Lab, number: str, tell: Callable[[str], None] = click.echo) -> None:
        self.lab, self.number, self.tell = lab, number, tell
        self.call = ""

    def live(self, typed: Iterator[str]) -> None:
        """Ring and obey until `typed` ends or says quit; then the phone acts by itself again, as it did before."""
        path = self.lab.phone(self.number)
        found = self.lab.get(path)
        before, self.number = found["behaviour"], found["number"]
        self.lab.put(path, **{**before, "answering": "manual"})
        after = self.lab.position()
        threading.Thread(target=self._listen, args=(after,), daemon=True).start()
        self.tell(f"This is {self.number}. {HELP}")
        try:
            self._obey_all(typed)
        finally:
            with suppress(LabError):
                self.lab.put(path, **before)

    def _obey_all(self, typed: Iterator[str]) -> None:
        for line in typed:
            word, _, rest = line.strip().partition(" ")
            if word in ("quit", "exit"):
                return
            try:
                self.obey(word, rest.strip())
            except LabError as error:
                self.tell(str(error))

    def obey(self, word: str, rest: str) -> None:
        """Do what was typed."""
        match word:
            case "":
                return
            case "call":
                self.call = self.lab.post(self.lab.phone(self.number) + "/calls", to=rest)["sid"]
            case "text":
                to, _, body = rest.partition(" ")
                self.lab.post(self.lab.phone(self.number) + "/messages", to=to, body=body)
            case "help" | "?":
                self.tell(HELP)
            case _ if not self.call:
                self.tell("There is no call.")
            case "answer" | "decline":
                self._act(word)
            case "hang" | "h":
                self._act("hang-up")
            case "say":
                self._act("say", text=rest)
            case _:
                self._act("press", keys=word + "".join(rest.split()))  # as a code is read: 123 456#

    def _act(self, act: str, **hand: str) -> None:
        self.lab.post(f"/calls/{self.call}/{act}", **hand)

    def _listen(self, after: int) -> None:
        try:
            for entry in self.lab.events(after, kind=",".join(PHONE_KINDS)):
                self.hear(entry)
            self.tell("The exchange has stopped.")
        except LabError as error:
            self.tell(str(error))

    def hear(self, entry: dict[str, Any]) -> None:
        """Show an entry that is about this phone."""
        kind, event = entry["kind"], entry["event"]
        if event["phone"] != self.number:
            return
        if kind == "PhoneRang":
            self.call = entry["subject"]
        if kind == "PhoneReleased" and self.call == entry["subject"]:
            self.call = ""
        for line in describe(kind, event):
            self.tell(click.style("  " + line, fg="cyan"))


def place_call(lab: Lab, caller: str, to: str, press: str, tell: Callable[[str], None]) -> None:
    """Call `to` as the phone `caller`, press keys when it is answered, and show the call until it is over."""
    after = lab.position()
    script = [{"press": press}] if press else []
    path = lab.phone(caller)
    before = lab.get(path)["behaviour"]
    lab.put(path, **{**before, "script": script})
    try:
        sid = lab.post(path + "/calls", to=to)["sid"]
        # One entry after the other, waited for on the exchange's clock: a virtual one would stand still for a reader.
        while entry := lab.expect({"subject": sid}, after=after, within=LONGEST_CALL):
            after = entry["position"]
            _show(entry, tell)
            if entry["kind"] == "CallMoved" and entry["event"]["status"] in OVER:
                return
    finally:
        lab.put(path, **before)


def send_text(lab: Lab, sender: str, to: str, body: str, tell: Callable[[str], None]) -> None:
    """Send a text as the phone `sender` and show the app's answer, waiting for it a little."""
    sender = lab.get(lab.phone(sender))["number"]  # as events have it, however it was typed
    after = lab.position()
    lab.post(lab.phone(sender) + "/messages", to=to, body=body)
    lab.expect({"kinds": ["PhoneGotMessage"], "where": {"phone": sender}}, after=after, within=ANSWER_SECONDS)
    for entry in lab.get("/events", after=after, limit=200)["entries"]:
        _show(entry, tell)


def _show(entry: dict[str, Any], tell: Callable[[str], None]) -> None:
    if entry["kind"] not in QUIET:
        for line in lines(entry):
            tell(line)
