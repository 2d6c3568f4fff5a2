"""callbacks/documents.py: the first URLs of tutorials (design 5; voice 15)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.audio import music, wav
from hoyhoy.callbacks import documents
from hoyhoy.callbacks.documents import answer
from hoyhoy.wire.twiml import parse


def body(url: str, *params: tuple[str, str], method: str = "GET") -> str:
    page = answer(method, url, params)
    assert page and page.status == 200 and page.url == url and page.content_type.startswith("text/xml")
    return page.body.decode()


@pytest.mark.parametrize(
    "url",
    [
        "https://demo.twilio.com/welcome/voice/",
        "http://demo.twilio.com/welcome/voice",
        "http://www.demo.twilio.com/docs/voice.xml",
        "https://demo.twilio.com/docs/voice.xml?x=1",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_voice_documents_say_something(url, method):
    root = parse(body(url, method=method))
    assert [verb.name for verb in root.children] == ["Say"]


@pytest.mark.parametrize(
    "url", ["https://demo.twilio.com/welcome/sms/reply/", "https://demo.twilio.com/welcome/sms/reply"]
)
def test_the_messaging_document_replies(url):
    assert [verb.name for verb in parse(body(url)).children] == ["Message"]


@pytest.mark.parametrize(
    ("query", "document"),
    [  # voice 15
        ("Message=Hello+there", "<Response><Say>Hello there</Say></Response>"),
        (
            "Message%5B0%5D=One&Message%5B1%5D=http://a.example/x.mp3",
            "<Response><Say>One</Say><Play>http://a.example/x.mp3</Play></Response>",
        ),
        ("Message[10]=c&Message[2]=b&Message[0]=a", "<Response><Say>a</Say><Say>b</Say><Say>c</Say></Response>"),
        ("Message=%3CHangup/%3E%26", "<Response><Say>&lt;Hangup/&gt;&amp;</Say></Response>"),
        ("", "<Response/>"),
        ("Message=", "<Response/>"),
        ("Messages=x", "<Response/>"),
    ],
)
def test_the_message_twimlet(query, document):
    for host in ("twimlets.com", "www.twimlets.com"):
        assert body(f"http://{host}/message?{query}") == document
    assert body("https://twimlets.com/message", ("Message[0]", "posted"), method="POST") == (
        "<Response><Say>posted</Say></Response>"
    )


def test_the_echo_twimlet():
    assert body("http://twimlets.com/echo?Twiml=%3CResponse%3E%3CHangup/%3E%3C/Response%3E") == (
        "<Response><Hangup/></Response>"
    )
    assert body("http://twimlets.com/echo", ("Twiml", "<Response/>"), method="POST") == "<Response/>"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/?x=twimlets.com/message",
        "http://twimlets.com.evil.example/message",
        "http://twimlets.com/forward",
        "http://demo.twilio.com/",
        "http://api.twilio.com/welcome/voice/",
        "http://[twimlets.com",
        "",
    ],
)
def test_everything_else_is_asked_of_the_app(url):
    assert answer("GET", url, ()) is None


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.sampled_from(["Message", "Message[1]", "Message[9999999999]"]), st.text(max_size=30))),
)
def test_any_message_gives_a_document(query, params):
    page = answer("POST", f"http://twimlets.com/message?{query}", tuple(params))
    assert page and parse(page.body).name == "Response"


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://demo.twilio.com/docs/classic.mp3", True),
        ("http://demo.twilio.com/docs/classic.mp3", True),
        ("https://api.twilio.com/cowbell.mp3", True),
        ("http://com.twilio.music.classical.s3.amazonaws.com/BusyStrings.mp3", True),
        ("https://s3.amazonaws.com/com.twilio.music.soft-rock/x.mp3", True),
        ("https://demo.twilio.com/docs/other.mp3", False),
        ("https://example.com/twilio/docs/classic.mp3", False),
        ("https://demo.twilio.com.example.com/docs/classic.mp3", False),
        ("http://[twilio", False),
    ],
)
def test_the_recordings_of_tutorials_are_played_without_a_network(url, is_ours):
    page = documents.recording(url)
    assert (page is not None) is is_ours
    if page:
        assert np.array_equal(wav.read(page.body), music.prelude()) and page.content_type == "audio/wav"
