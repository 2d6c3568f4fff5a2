"""Taking a message."""

from __future__ import annotations

from .answering import Answer, Request
from .writing import HANGUP, element, response

PROMPT = "Please leave a message after the beep."
NO_MAIL = (
    "The voicemail twimlet took a message, and this exchange sends no mail: it is among the recordings of this call."
)
OFF = ("", "0", "false", "no")


def voicemail(request: Request) -> Answer:
    """A greeting, a beep, and whatever is said then. Three things ask it: the call, Record's action when a message
    was left, and Record's transcription callback, whose answer does not matter."""
    if request.has("TranscriptionSid") or request.has("TranscriptionStatus"):
        return Answer(response())
    if request.has("RecordingUrl"):
        return Answer(response(HANGUP), remark=NO_MAIL if request.one("Email") else "")
    email = (("Email", request.one("Email")),) if request.one("Email") else ()
    address = request.back("voicemail", *email)
    written = request.one("Transcribe", "true").lower() not in OFF
    record = element(
        "Record",
        action=address,
        transcribe="true" if written else None,
        transcribeCallback=address if written else None,
    )
    return Answer(response(request.spoken(PROMPT), record))
