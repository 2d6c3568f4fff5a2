"""twimlets/voicemail.py (voice reference 15; the document is ours)."""

import pytest

from .asking import ask, document


def test_a_greeting_and_a_recording():
    assert document("voicemail", "Email=ann@a.example") == (
        "<Say>Please leave a message after the beep.</Say>"
        '<Record action="/voicemail?Email=ann%40a.example" transcribe="true" '
        'transcribeCallback="/voicemail?Email=ann%40a.example"/>'
    )
    assert document("voicemail", "Message=http://a.example/hi.mp3&Transcribe=false") == (
        '<Play>http://a.example/hi.mp3</Play><Record action="/voicemail"/>'
    )


def test_it_is_said_that_no_mail_is_sent_when_one_was_asked_for():
    said = ask("voicemail", "Email=ann@a.example", RecordingUrl="http://x/RE1")
    assert said.document == "<Response><Hangup/></Response>" and "sends no mail" in said.remark
    assert ask("voicemail", "", RecordingUrl="http://x/RE1").remark == ""


@pytest.mark.parametrize("name", ["TranscriptionSid", "TranscriptionStatus"])
def test_the_callback_of_a_transcription_needs_no_answer(name):
    """Also of an app that names the twimlet as its transcribeCallback itself."""
    assert document("voicemail", "Email=ann@a.example", **{name: "x", "RecordingUrl": "http://x/RE1"}) == ""
