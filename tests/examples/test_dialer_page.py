"""The dialer's page service: what it shows to whom, where scripts may come from, and whose recordings can be had."""

import os
import re

import pytest
from dialer.page import find_sdk, policy
from dialer.settings import from_environment
from dialer_world import ENVIRON, NUMBER, DialerWorld

RECORDING = "RE" + "a" * 32


@pytest.fixture
async def world():
    world = DialerWorld()
    yield world
    await world.close()


@pytest.fixture
async def ada(world):
    browser = world.browser()
    await browser.sign_in()
    return browser


# The page ----------------------------------------------------------------------------------


async def test_the_page_holds_no_secret_and_loads_nothing_from_elsewhere(world):
    page = await world.browser().get("/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert not re.search(r'(src|href|action)="(?!/static/)', page.text)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["permissions-policy"] == "microphone=(self)"
    secret = (NUMBER, *(ENVIRON[name] for name in ENVIRON if name.endswith(("TOKEN", "SECRET", "KEY", "SID", "USERS"))))
    assert [each for each in secret if each in page.text] == []


async def test_every_field_has_its_label(world):
    page = (await world.browser().get("/")).text
    fields = re.findall(r'<input[^>]*\bid="(\w+)"', page)
    assert fields == ["privacy", "user", "password", "to"]
    for field in fields[1:]:
        assert f'<label for="{field}">' in page
    assert re.search(r'<label[^>]*><input[^>]*id="privacy"', page)


@pytest.mark.parametrize("path", ["dialer.css", "dialer.js", "dial.svg"])
async def test_files_are_asked_after_again(world, path):
    browser = world.browser()
    answer = await browser.get(f"/static/{path}")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-cache"
    assert (await browser.get(f"/static/{path}", headers={"If-None-Match": answer.headers["etag"]})).status_code == 304


@pytest.mark.parametrize("path", ["/nothing", "/static/nothing.js", "/static/../app.py", "/sdk.js", "/voicemails/x/y"])
async def test_what_is_not_there(world, path):
    answer = await world.browser().get(path)
    assert answer.status_code == 404 and answer.json()["error"].endswith(".")


def test_the_policy_names_the_hosts_the_sdk_speaks_to():
    # official-clients B2
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy(from_environment(ENVIRON)).split("; ")}
    assert rules["default-src"] == ["'none'"] and rules["script-src"] == ["'self'"]
    assert {"wss://*.twilio.com", "https://*.twilio.com"} <= set(rules["connect-src"])
    assert "https://*.twilio.com" in rules["media-src"] and "unsafe" not in str(rules)
    other = ENVIRON | {"SDK_URL": "https://files.example/twilio.min.js", "TOKEN_URL": "https://tokens.example/"}
    rules = policy(from_environment(other | {"SDK_EDGE": "localhost:8943/"}))
    assert "script-src 'self' https://files.example;" in rules
    assert "https://tokens.example https://*.localhost:8943 wss://*.localhost:8943;" in rules
    assert "ashburn" not in policy(from_environment(ENVIRON | {"SDK_EDGE": "ashburn"}))


def test_where_the_sdk_is(tmp_path):
    app = tmp_path / "apps" / "dialer"
    app.mkdir(parents=True)
    environ = ENVIRON | {"SDK_URL": ""}
    assert find_sdk(from_environment(environ), [app]) is None
    file = tmp_path / "node_modules" / "@twilio" / "voice-sdk" / "dist" / "twilio.min.js"
    file.parent.mkdir(parents=True)
    file.write_text("// SDK")
    assert find_sdk(from_environment(environ), [app]) == file
    assert find_sdk(from_environment(ENVIRON), [app]) is None, "browsers load it from SDK_URL"
    assert find_sdk(from_environment(ENVIRON | {"SDK_FILE": str(file)}), []) == file
    with pytest.raises(ValueError, match="SDK_FILE: there is no file"):
        find_sdk(from_environment(environ | {"SDK_FILE": str(tmp_path / "none.js")}), [app])


# Who may ask -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/voicemails"),
        ("GET", f"/voicemails/{RECORDING}/sound"),
        ("DELETE", f"/voicemails/{RECORDING}"),
        ("POST", "/number"),
    ],
)
async def test_strangers_learn_nothing(world, method, path):
    await world.message("+14155550187", RECORDING)
    answer = await world.browser().request(method, path, json={"typed": "1"} if method == "POST" else None)
    assert answer.status_code == 401 and "415" not in answer.text


# What is dialled ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "to"), [("415 555 0187", "+14155550187"), ("bob", "client:bob"), ("+442079460018", "+442079460018")]
)
async def test_what_is_typed_is_checked(ada, typed, to):
    answer = await ada.post("/number", json={"typed": typed})
    assert (answer.status_code, answer.json()) == (200, {"to": to})


async def test_what_cannot_be_dialled_is_said(ada):
    answer = await ada.post("/number", json={"typed": "sip:eve@evil.example"})
    assert answer.status_code == 422 and answer.json()["error"].startswith("This is neither a phone number")
    assert (await ada.post("/number", json={"typed": 5})).status_code == 400
    assert (await ada.get("/number?typed=5")).status_code == 405, "logs keep what stands in a URL"


# Recordings --------------------------------------------------------------------------------


async def test_only_voicemails_can_be_had(world, ada):
    await world.message("+14155550187", RECORDING)
    for sid in ("RE" + "b" * 32, RECORDING[:-1], "..", "%2e%2e", RECORDING.lower()):
        assert (await ada.get(f"/voicemails/{sid}/sound")).status_code == 404
        assert (await ada.delete(f"/voicemails/{sid}")).status_code in (404, 405)
    assert len((await ada.get("/voicemails")).json()["voicemails"]) == 1


async def test_when_twilio_is_not_reached_the_message_stays(world, ada, monkeypatch):
    for name in [*os.environ]:
        if "proxy" in name.lower():
            monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nobody listens there
    await world.message("+14155550187", RECORDING)
    answer = await ada.get(f"/voicemails/{RECORDING}/sound")
    assert (answer.status_code, answer.json()["error"]) == (502, "The message could not be fetched right now.")
    answer = await ada.delete(f"/voicemails/{RECORDING}")
    assert (answer.status_code, answer.json()["error"]) == (502, "The message could not be deleted right now.")
    assert len((await ada.get("/voicemails")).json()["voicemails"]) == 1
