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
        "http://twimlets.com/",
        "http://twimlets.com/elsewhere",
        "http://127.0.0.1:8980/twimlets/message?Message=x",
        "http://127.0.0.1:99999/twimlets/message?Message=x",
        "http://demo.twilio.com/",
        "http://api.twilio.com/welcome/voice/",
        "http://[twimlets.com",
        "",
    ],
)
def test_everything_else_is_asked_of_the_app(url):
    assert answer("GET", url, ()) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://twimlets.com:8443/message?Message=hi",
        "http://TWIMLETS.com./Message/?Message=hi",
        "http://127.0.0.1:8980/twimlets/message?Message=hi",
        "http://localhost:8980/twimlets/message?Message=hi",
        "http://[::1]:8980/twimlets/message?Message=hi",
    ],
)
def test_twimlets_are_at_home_under_their_own_name_and_at_the_exchanges_own_address(url):
    page = answer("GET", url, (), own={8980})
    assert page and page.body == b"<Response><Say>hi</Say></Response>"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000/twimlets/message?Message=hi",
        "http://127.0.0.1:8980/2010-04-01/twimlets/message",
        "http://127.0.0.1:8980/twimlets/nothing",
        "http://10.0.0.1:8980/twimlets/message?Message=hi",
    ],
)
def test_an_app_that_has_twimlets_of_its_own_is_asked(url):
    assert answer("GET", url, (), own={8980}) is None


def test_action_urls_lead_back_to_where_the_twimlet_was_asked():
    """The note of voice 15."""
    for home, prefix in (("http://twimlets.com", ""), ("http://127.0.0.1:8980/twimlets", "/twimlets")):
        page = answer("GET", f"{home}/callme?PhoneNumber=415-555-0100", (), own={8980})
        assert page and f'action="{prefix}/callme?Dial=true&amp;FailUrl="'.encode() in page.body


def test_a_twimlet_that_leads_elsewhere_is_a_redirect():
    page = answer("POST", "http://twimlets.com/menu?Options[1]=http://app/one", (("Digits", "1"),))
    assert page and (page.status, page.headers) == (302, (("Location", "http://app/one"),))


def test_what_is_to_be_said_of_an_answer():
    asked = "http://twimlets.com/voicemail?Email=ann@a.example"
    page = answer("POST", asked, (("RecordingUrl", "http://x/RE1"),))
    assert page and "sends no mail" in documents.remark(page)
    page = answer("POST", asked, ())
    assert page and documents.remark(page) == ""


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.sampled_from(["Message", "Message[1]", "Message[9999999999]"]), st.text(max_size=30))),
)
def test_any_message_gives_a_document(query, params):
    page = answer("POST", f"http://twimlets.com/message?{query}", tuple(params))
    assert page and parse(page.body).name == "Response"


@pytest.mark.parametrize(
    ("url", "genre"),
    [
        ("https://demo.twilio.com/docs/classic.mp3", "classical"),
        ("http://demo.twilio.com/docs/classic.mp3", "classical"),
        ("https://api.twilio.com/cowbell.mp3", "classical"),
        ("http://com.twilio.music.classical.s3.amazonaws.com/BusyStrings.mp3", "classical"),
        ("http://com.twilio.music.ambient.s3.amazonaws.com/x.mp3", "ambient"),
        ("https://s3.amazonaws.com/com.twilio.music.soft-rock/x.mp3", "soft-rock"),
        ("http://com.twilio.music.nobody.s3.amazonaws.com/x.mp3", "classical"),
        ("http://com.twilio.sounds.music.s3.amazonaws.com/x.mp3", "classical"),
    ],
)
def test_the_recordings_of_tutorials_are_played_without_a_network(url, genre):
    assert documents.genre_at(url) == genre
    page = documents.recording(url, genre)
    assert (page.url, page.status, page.content_type) == (url, 200, "audio/wav")
    assert np.array_equal(wav.read(page.body), music.piece(genre))


@pytest.mark.parametrize(
    "url",
    [
        "https://demo.twilio.com/docs/other.mp3",
        "https://example.com/twilio/docs/classic.mp3",
        "https://demo.twilio.com.example.com/docs/classic.mp3",
        "http://[twilio",
    ],
)
def test_every_other_recording_is_fetched(url):
    assert documents.genre_at(url) == ""
