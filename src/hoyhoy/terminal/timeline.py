"""The log as people read it: an entry of the event feed in, lines of text out. Pure; colours are the caller's."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

QUIET = ("VerbStarted", "SoundPlayed", "ResourceChanged", "KeyPressed", "PhoneAnswered", "SoftphoneSampled")
"""Kinds left out of the short form because another line already says it, or says it again and again."""

WIDEST = 200


def lines(entry: dict[str, Any]) -> list[str]:
    """The lines of one entry, without its time: "CA12ab34 ringing"."""
    text = describe(entry["kind"], entry["event"])
    subject = entry["subject"][:8]
    return [f"{subject:<9} {line[:WIDEST]}" for line in text]


def describe(kind: str, event: dict[str, Any]) -> list[str]:
    """What happened, in words; what strangers sent cannot move the cursor, break a line or change the colours."""
    return [_plain(line) for line in _describe(kind, event)]


def _plain(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _place(url: str) -> str:
    """A URL without what may be secret in it: user, password and query."""
    where = urlsplit(url)
    return f"{where.scheme}://{where.netloc.rpartition('@')[2]}{where.path}"


def _describe(kind: str, event: dict[str, Any]) -> list[str]:
    match kind:
        case "CallCreated":
            return [f"call {event['direction']} from {event['caller']} to {event['called']}"]
        case "CallDialled":
            return [f"dialling {event['address']}"]
        case "CallMoved":
            took = f" after {event['duration']} s" if event.get("duration") is not None else ""
            cause = f" ({event['cause']})" if event.get("cause") not in ("", "normal", None) else ""
            return [f"{event['status']}{took}{cause}"]
        case "StreamMeasured":
            lost = event["lost"] + event["late"]
            return [f"heard {event['received']} packets, {lost} lost or late, jitter {event['jitter'] * 1000:.0f} ms"]
        case "SoftphoneSampled" | "SoftphoneWarned":
            return _softphone(kind, event)
        case "UserMessageTold":
            return [f"the app tells its program {event['body']}"]
        case "UserMessageHeard":
            return [f"its program tells the app {event['body']}"]
        case "CallRedirected":
            return [f"redirected to {_place(event['url']) if event['url'] else 'an inline document'}"]
        case "WebhookAnswered":
            return _webhook(event)
        case "VerbStarted":
            attributes = "".join(f' {name}="{value}"' for name, value in event["attributes"])
            return [f"<{event['verb']}{attributes}> {event['text']}".rstrip()]
        case "SoundPlayed":
            return [f"played {event['kind']} for {event['seconds']:g} s" + ("" if event["whole"] else ", cut short")]
        case "KeyPressed":
            return [f"key {event['key']}"]
        case "CallBridged":
            return [f"talks with {event['other'][:8]}"]
        case "DialEnded":
            return [f"dialled: {event['status']}"]
        case "RecordingMoved":
            took = f", {event['seconds']:g} s" if event["seconds"] is not None else ""
            return [f"recording {event['recording'][:8]} {event['status']}{took}"]
        case "InputGathered":
            words = f'"{event["speech"]}"' if event.get("speech") else ""
            return [f"gathered {event['digits'] or words or 'nothing'}"]
        case "SpeechHeard":
            return [f'hears "{event["text"]}"']
        case "PhoneRang":
            return [f"phone {event['phone']} rings, showing {event['caller']}"]
        case "PhoneAnswered":
            return [f"phone {event['phone']} answered"]
        case "PhoneHeard":
            return [f"phone hears {_sound(event)}  ({event['seconds']:g} s)"]
        case "PhonePressed":
            return [f"phone presses {event['keys']}"]
        case "PhoneSaid":
            return [f'phone says "{event["text"]}"']
        case "PhoneReleased":
            return [f"hung up by the {event['by']}" + (f" ({event['cause']})" if event["cause"] != "normal" else "")]
        case _:
            return _together(kind, event) or _message(kind, event)


def _together(kind: str, event: dict[str, Any]) -> list[str]:
    """What happens in conferences and queues, and what calls find out about one another; nothing for other kinds."""
    match kind:
        case "ConferenceMoved":
            return [
                f"conference {event['name']} {event['status']}" + (f" ({event['reason']})" if event["reason"] else "")
            ]
        case "ParticipantJoined":
            return [f"joins the conference {event['name']}" + (f" as {event['label']}" if event["label"] else "")]
        case "ParticipantChanged":
            how = [word for word, is_so in (("muted", event["muted"]), ("on hold", event["held"])) if is_so]
            coaches = [f"heard by {event['coaches'][:8]} alone"] if event["coaches"] else []
            return [f"in the conference {', '.join(how + coaches) or 'heard by all'}"]
        case "ParticipantSpoke":
            return ["begins to speak" if event["speaking"] else "stops speaking"]
        case "ParticipantLeft":
            return [f"left the conference: {event['reason']}"]
        case "ConferenceAnnounced":
            return [f"announced {_place(event['url'])}" + (f" (error {event['code']})" if event["code"] else "")]
        case "CallEnqueued":
            return [f"waits in the queue {event['name']}, number {event['position']}"]
        case "CallDequeued":
            return [f"left the queue after {event['seconds']:g} s: {event['result']}"]
        case "AnswererDetected":
            return [f"answered by {event['answered_by']}, known after {event['seconds']:g} s"]
        case "CallReferred":
            return [f"referred to {event['target']}: {event['status']}"]
        case "TranscriptionMoved":
            return [f"transcription of {event['recording'][:8]} {event['status']}"]
    return []


def _message(kind: str, event: dict[str, Any]) -> list[str]:
    match kind:
        case "MessageCreated":
            media = f" with {len(event['media'])} media" if event["media"] else ""
            between = f"from {event['sender'] or 'its service'} to {event['recipient']}"
            return [f'message {event["direction"]} {between}: "{event["body"]}"{media}']
        case "MessageMoved":
            sender = f" from {event['sender']}" if event.get("sender") else ""
            return [event["status"] + sender + (f" (error {event['error_code']})" if event.get("error_code") else "")]
        case "PhoneGotMessage":
            return [f'phone {event["phone"]} reads "{event["body"]}"']
        case "PhoneSentMessage":
            return [f'phone {event["phone"]} writes "{event["body"]}"']
        case "Noticed":
            return [f"{event['level'].upper()} {event['code']}: {event['message']}"]
        case "CallbackDelivered":
            status = dict(event["params"]).get("CallStatus") or dict(event["params"]).get("MessageStatus") or ""
            return [f"told {_place(event['url'])} {status} -> {event['status']}"]
        case "CallbackFailed":
            again = f"; again in {event['again_in']:g} s" if event.get("again_in") is not None else "; given up"
            return [f"could not tell {_place(event['url'])}: {event['problem']}{again}"]
        case "ResourceChanged":
            names = f": {', '.join(event['names'])}" if event["names"] else ""
            return [f"{event['table']} {event['change']}{names}"]
        case _:
            return [f"{kind} {event}"]


def _softphone(kind: str, event: dict[str, Any]) -> list[str]:
    """What a browser phone tells of a call. A measurement that it did not make is left out."""
    if kind == "SoftphoneSampled":
        heard = [f"browser heard {event['received']} packets, {event['lost']} lost"]
        for name, unit in (("jitter", "jitter"), ("round_trip", "round trip")):
            heard += [f"{unit} {event[name] * 1000:.0f} ms"] if event[name] is not None else []
        return [", ".join(heard + ([f"quality {event['mos']:.1f}"] if event["mos"] is not None else []))]
    value = f" {event['value']:g}" if event["value"] is not None else ""
    beyond = f" (threshold {event['threshold']:g})" if event["threshold"] is not None else ""
    error = f" ERROR {event['code']}" if event["code"] else ""
    words = f": {event['message']}" if event["message"] else ""
    return [f"browser: {event['group']} {event['name']}{value}{beyond}{error}{words}"]


def _webhook(event: dict[str, Any]) -> list[str]:
    shown = {
        name: value
        for name, value in event["params"]
        if name in ("Digits", "CallStatus", "Body", "ErrorCode", "SpeechResult")
    }
    told = " ".join(f"{name}={value}" for name, value in shown.items())
    head = f"{event['method']} {_place(event['url'])} {told}".rstrip()
    if event["code"]:
        return [f"{head} -> ERROR {event['code']}: {event['problem']}"]
    body = " ".join(event["body"].split())
    took = f" in {event['seconds'] * 1000:.0f} ms" if event["seconds"] else ""
    return [f"{head} -> {event['status']}{took}", f"  {body}"]


def _sound(event: dict[str, Any]) -> str:
    return f'"{event["text"]}"' if event["kind"] == "speech" else f"{event['kind']} {event['text']}"
