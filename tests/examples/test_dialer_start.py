"""Starting the dialer: its settings, what it makes at Twilio and what it leaves alone, and a first call to it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from dialer.provision import NotProvided, provide
from dialer.settings import from_environment
from dialer_world import ENVIRON, NUMBER
from tests.testing.webapp import Direct
from twilio.rest import Client

from hoyhoy.intercept.address import Keys
from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.program import NotStarted

APP = Path(__file__).parents[2] / "examples" / "dialer"
PUBLIC_URL = "https://dialer.example"


# Settings ----------------------------------------------------------------------------------


def test_settings_have_defaults():
    settings = from_environment({name: ENVIRON[name] for name in ENVIRON if name.startswith("TWILIO_")})
    assert (settings.public_url, settings.port) == ("http://localhost:5001", 5001)
    assert list(settings.users) == ["agent"] and len(settings.users["agent"]) >= 12
    assert settings.users["agent"] == settings.made_up != from_environment(ENVIRON | {"DIALER_USERS": ""}).made_up
    assert from_environment(ENVIRON | {"PUBLIC_URL": "", "PORT": "8123"}).public_url == "http://localhost:8123"
    settings = from_environment(ENVIRON | {"PUBLIC_URL": "https://x.example/", "TOKEN_SECONDS": "60"})
    assert (settings.public_url, settings.token_seconds, settings.made_up) == ("https://x.example", 60, "")


def test_who_answers_twilio_alone_needs_no_api_key():
    environ = {name: ENVIRON[name] for name in ("TWILIO_AUTH_TOKEN", "TWILIO_NUMBER", "DIALER_USERS")}
    assert from_environment(environ | {"DATABASE": "dialer.db"}, ["webhooks"]).twilio_api_secret == ""


@pytest.mark.parametrize(
    ("changes", "services", "sentence"),
    [
        ({"TWILIO_API_SECRET": ""}, (), "Set TWILIO_API_SECRET first"),
        ({"TWILIO_AUTH_TOKEN": ""}, (), "Set TWILIO_AUTH_TOKEN first"),
        ({}, ("page",), "Set DATABASE first"),
        ({"TWILIO_APP_SID": ""}, ("token",), "Set TWILIO_APP_SID first"),
        ({"DIALER_USERS": ""}, ("token",), "Set DIALER_USERS first"),
        ({"PORT": "many"}, (), "PORT must be a whole number"),
        ({"TOKEN_SECONDS": "0"}, (), "TOKEN_SECONDS must be"),
        ({"PUBLIC_URL": "dialer.example"}, (), "PUBLIC_URL must be"),
        ({"TOKEN_URL": "https://x.example/token"}, (), "TOKEN_URL must be"),
        ({"DIALER_USERS": "ada"}, (), "DIALER_USERS must be like ada:password"),
        ({"DIALER_USERS": "ada@example.com:password"}, (), "DIALER_USERS must be like ada:password"),
        ({"DIALER_USERS": "ada:short"}, (), "The password of ada in DIALER_USERS is shorter"),
    ],
)
def test_wrong_settings_say_so(changes, services, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_environment(ENVIRON | changes, *([services] if services else []))


def test_missing_credentials_end_with_a_sentence():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    done = subprocess.run([sys.executable, APP], env=kept, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("Set TWILIO_ACCOUNT_SID") and "Traceback" not in done.stderr


# What it makes at Twilio -------------------------------------------------------------------


@pytest.fixture(scope="module")
def exchange():
    with LocalExchange() as exchange:
        yield exchange


@pytest.fixture
def keys(exchange):
    return Keys.read(exchange.folder)


@pytest.fixture
def client(exchange, keys):
    """The official client with the account's API key. Every test begins with an account that has no application."""
    client = Client(keys.api_key, keys.api_secret, keys.account_sid, http_client=Direct(exchange.url))
    yield client
    for application in client.applications.list():
        application.delete()


def settings_of(keys, **changes):
    of_exchange = {
        "TWILIO_ACCOUNT_SID": keys.account_sid,
        "TWILIO_AUTH_TOKEN": keys.auth_token,
        "TWILIO_API_KEY": keys.api_key,
        "TWILIO_API_SECRET": keys.api_secret,
        "TWILIO_APP_SID": "",
        "TWILIO_NUMBER": keys.number,
        "PUBLIC_URL": PUBLIC_URL,
    }
    return from_environment(ENVIRON | of_exchange | changes)


def leads_to(client, number):
    (own,) = client.incoming_phone_numbers.list(phone_number=number)
    return own.voice_url


def test_it_makes_its_application_once(client, keys):
    told = []
    settings = provide(settings_of(keys), client, told.append)
    application = client.applications(settings.twilio_app_sid).fetch()
    assert (application.friendly_name, application.voice_url) == ("Dialer", f"{PUBLIC_URL}/voice/outgoing")
    assert application.voice_method == "POST"
    assert leads_to(client, keys.number) == f"{PUBLIC_URL}/voice/incoming"
    assert len(told) == 2 and "was made" in told[0] and told[1] == f"Calls to {keys.number} come here."
    assert provide(settings_of(keys), client, told.append) == settings and len(told) == 2
    moved = provide(settings_of(keys, PUBLIC_URL="https://moved.example"), client, told.append)
    assert moved.twilio_app_sid == settings.twilio_app_sid
    assert application.fetch().voice_url == "https://moved.example/voice/outgoing"
    assert leads_to(client, keys.number) == "https://moved.example/voice/incoming"


def test_it_leaves_alone_what_is_not_its_own(client, keys):
    """An application of the same name with another purpose, and a number that an app has already."""
    theirs = client.applications.create(friendly_name="Dialer", voice_url="https://app.example/voice")
    (own,) = client.incoming_phone_numbers.list(phone_number=keys.number)
    own.update(voice_url="https://app.example/voice")
    told = []
    settings = provide(settings_of(keys), client, told.append)
    assert settings.twilio_app_sid != theirs.sid and theirs.fetch().voice_url == "https://app.example/voice"
    assert leads_to(client, keys.number) == "https://app.example/voice"
    assert told[1] == (
        f"Calls to {keys.number} go on to https://app.example/voice: "
        f"let its voice webhook be {PUBLIC_URL}/voice/incoming to take them here."
    )
    own.update(voice_url="")
    provide(settings_of(keys), client, told.append)
    assert leads_to(client, keys.number) == f"{PUBLIC_URL}/voice/incoming"


def test_told_of_an_application_it_changes_nothing(client, keys):
    (own,) = client.incoming_phone_numbers.list(phone_number=keys.number)
    own.update(voice_url="https://demo.twilio.com/welcome/voice/")
    settings = provide(settings_of(keys, TWILIO_APP_SID="AP" + "1" * 32), client, lambda sentence: None)
    assert settings.twilio_app_sid == "AP" + "1" * 32 and client.applications.list() == []
    assert leads_to(client, keys.number) == "https://demo.twilio.com/welcome/voice/"


def test_a_number_of_somebody_else_is_said(client, keys):
    told = []
    provide(settings_of(keys, TWILIO_NUMBER=NUMBER), client, told.append)
    assert told[1] == f"{NUMBER} is no number of this account: nobody can call the dialer."


def test_without_a_number_it_takes_one_of_the_account(client, keys):
    found = provide(settings_of(keys, TWILIO_NUMBER=""), client, lambda sentence: None).twilio_number
    assert found in [number.phone_number for number in client.incoming_phone_numbers.list()]


def test_why_it_cannot_begin(keys, exchange):
    wrong = Client(keys.api_key, "wrong", keys.account_sid, http_client=Direct(exchange.url))
    with pytest.raises(NotProvided, match=r"^Twilio refuses: 401 .*20003"):
        provide(settings_of(keys), wrong, lambda sentence: None)
    nowhere = Client(keys.api_key, keys.api_secret, keys.account_sid, http_client=Direct("http://127.0.0.1:9"))
    with pytest.raises(NotProvided, match=r"^Twilio was not reached: \w+\.$"):
        provide(settings_of(keys), nowhere, lambda sentence: None)


# The program -------------------------------------------------------------------------------


def start(exchange, keys, *command, **changes):
    environ = {
        "TWILIO_API_KEY": keys.api_key,
        "TWILIO_API_SECRET": keys.api_secret,
        "TWILIO_NUMBER": keys.number,
        "DIALER_USERS": ENVIRON["DIALER_USERS"],
        **changes,
    }
    return exchange.start(sys.executable, "-W", "error", *command, environ=environ)


def test_a_first_caller_leaves_a_message(exchange, keys, client):
    """All by itself: the app makes what it needs, is called, and has the message. Nobody is signed in."""
    with start(exchange, keys, str(APP)) as app:
        assert re.search(r"^Dialer: open http://localhost:\d+ in a browser$", app.said, re.MULTILINE)
        assert "npm install @twilio/voice-sdk" in app.said
        call = exchange.phone("+14155550187").call(keys.number)
        call.expect_speech("leave a message")
        call.expect_beep()
        call.say("The boat is ready, and the tide is in.")
        call.press("wwwwwwww#")
        call.expect_speech("Thank you")
        call.expect_hangup()
        exchange.expect_webhook("/voice/message/kept")
        with httpx.Client(base_url=app.url(), trust_env=False) as browser:
            browser.post("/login", json={"user": "ada", "password": "difference-engine"})
            (message,) = browser.get("/voicemails").json()["voicemails"]
            assert message["caller"] == "+14155550187" and message["seconds"] >= 2
            sound = browser.get(f"/voicemails/{message['sid']}/sound")
            assert sound.headers["content-type"] == "audio/wav" and sound.content.startswith(b"RIFF")
            assert browser.delete(f"/voicemails/{message['sid']}").status_code == 200
            assert browser.get("/voicemails").json()["voicemails"] == []
        assert message["sid"] not in [recording.sid for recording in client.recordings.list()]
        assert "Traceback" not in app.said and "+1415555" not in app.said


def test_a_program_that_makes_tokens_only(exchange, keys):
    alone = {"TWILIO_APP_SID": "AP" + "1" * 32, "PYTHONPATH": str(APP.parent)}
    with start(exchange, keys, "-m", "dialer", "--only", "token", **alone) as app:
        with httpx.Client(base_url=app.url(), trust_env=False) as browser:
            assert browser.get("/").status_code == 404
            browser.post("/login", json={"user": "ada", "password": "difference-engine"})
            assert browser.get("/token").json()["identity"] == "ada"
        assert "Dialer: token" in app.said


def test_a_program_that_twilio_refuses_says_so(exchange, keys):
    with pytest.raises(NotStarted, match="Twilio refuses: 401 "):
        start(exchange, keys, str(APP), TWILIO_API_SECRET="not the secret that was given out")
