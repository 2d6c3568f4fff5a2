"""What one connection of an SDK says and hears (official clients B4 to B6, B9 to B11)."""

import json

import pytest

from hoyhoy.exchange.leg import Cause
from hoyhoy.exchange.ports import Application, Steering
from hoyhoy.lines.webrtc.device import HOLDS, MOST_CALLS, MOST_FAULTS

from .booth import ACCOUNT, APPLICATION, SECRET, described

ALICE = (ACCOUNT, "alice")


# Tokens and registration -----------------------------------------------------------------


async def test_a_device_shows_its_token_and_registers(line):
    """B6: listen, connected, register, ready."""
    browser = line.browser()
    browser.listen(line.token(ttl=600))
    kind, told = browser.said[0]
    assert (kind, told["token"]) == ("connected", {"identity": "alice", "ttl": 600})
    assert (told["edge"], told["home"]) == ("roaming", "us1")
    assert not line.line.equipment.presence.of(ALICE)
    browser.send("register", media={"audio": True})
    browser.send("register", media={"audio": True})
    assert browser.types == ["connected", "ready", "ready"]
    assert line.line.equipment.presence.of(ALICE) == [browser.device]
    browser.send("register", media={"audio": False})
    assert browser.types[-1] == "offline" and not line.line.equipment.presence.of(ALICE)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"secret": "x" * 32}, 31202), ({"key": "SK" + "0" * 32}, 31202), ({"ttl": -10}, 31205), ({"ttl": 90_000}, 31207)],
)
async def test_a_token_that_does_not_hold_is_refused_without_a_storm(line, wrong, code):
    """B9: an error, then `close`; the connection stays open until the SDK ends it, which then does not come back."""
    browser = line.browser()
    browser.listen(line.token(**wrong))
    assert browser.types == ["error", "close"] and browser.device.is_open
    assert browser.last("error")["error"]["code"] in (code, 31203)
    browser.listen(line.token())
    assert browser.types[-1] == "connected"


async def test_the_token_of_another_account_or_of_one_that_is_suspended(line):
    stranger = line.browser()
    stranger.listen(line.token(account="AC" + "0" * 32))
    assert stranger.types == ["error", "close"]
    line.directory.accounts.clear()
    suspended = line.browser()
    suspended.listen(line.token())
    assert suspended.types == ["error", "close"]


async def test_who_tries_tokens_is_stopped(line):
    for _ in range(20):
        line.browser().listen(line.token(secret="x" * 32))
    late = line.browser()
    late.listen(line.token())
    assert late.last("error")["error"]["code"] == 31206
    elsewhere = line.browser(address="192.0.2.99")
    elsewhere.listen(line.token())
    assert elsewhere.types == ["connected"]
    await line.clock.advance(60)
    late.listen(line.token())
    assert late.types[-1] == "connected"


async def test_a_token_comes_to_its_end_and_another_takes_its_place(line):
    """14.1: at registration and set-up; what goes on goes on."""
    browser = line.browser("alice", ttl=60)
    came = await line.call(browser)
    await line.clock.advance(61)
    browser.device.beat()
    browser.device.beat()
    assert [p["error"]["code"] for kind, p in browser.said if kind == "error"] == [31205]
    assert not line.line.reaches("client:alice", ACCOUNT) and not came.leg.is_released
    browser.send("register", media={"audio": True})
    browser.send("invite", callsid="TJStwo", sdp=described(), twilio={})
    assert browser.last("hangup")["error"]["code"] == 31205
    browser.listen(line.token())
    assert browser.types[-1] == "connected" and line.line.reaches("client:alice", ACCOUNT)


async def test_a_bad_token_does_not_take_the_place_of_a_good_one(line):
    browser = line.browser("alice")
    browser.listen("nonsense")
    assert browser.types[-1] == "error" and line.line.reaches("client:alice", ACCOUNT)


async def test_a_device_takes_another_name(line):
    browser = line.browser("alice")
    browser.listen(line.token("bob"))
    assert not line.line.reaches("client:alice", ACCOUNT) and line.line.reaches("client:bob", ACCOUNT)


async def test_who_may_not_be_called_is_registered_all_the_same(line):
    """So is an app that only calls out."""
    browser = line.browser("alice", incoming=False)
    assert browser.types == ["connected", "ready"] and not line.line.reaches("client:alice", ACCOUNT)


async def test_nothing_goes_before_the_token(line):
    browser = line.browser()
    browser.send("register", media={"audio": True})
    browser.send("invite", callsid="TJSone", sdp=described(), twilio={})
    browser.send("answer", callsid="CA" + "1" * 32, sdp=described())
    assert browser.types == ["error", "close", "hangup", "hangup"]


# What nobody understands -----------------------------------------------------------------


async def test_what_nobody_understands_is_said_so_and_too_much_of_it_is_the_end(line):
    browser = line.browser("alice")
    for frame in ("{", "[]", "7", '{"type": 3}', '{"type": "listen"}', '{"type": "invite", "payload": {"callsid": 1}}'):
        browser.device.hear(frame)
        assert browser.types[-1] == "error", frame
    browser.device.hear("\n")
    browser.device.hear(json.dumps({"type": "new-word", "payload": {}}))
    assert browser.device.is_open
    for _ in range(MOST_FAULTS):
        browser.device.hear("{")
    assert not browser.device.is_open and browser.types[-1] == "close"
    browser.register(line.token())  # it may have been on its way already
    assert browser.types[-1] == "close" and not line.line.reaches("client:alice", ACCOUNT)


# Calls -----------------------------------------------------------------------------------


async def test_a_call_reaches_the_application_of_the_token(line):
    """3.1: the page's parameters are told to the app; the token's own come first and cannot be replaced."""
    browser = line.browser("alice", params={"agent": "7"})
    came = await line.call(browser, params="To=%2B14155550123&agent=1&Note=a%20b%26c%3D%C3%A9")
    assert came.told["caller"] == "client:alice" and came.told["called"] == "+14155550123"
    assert came.told["callee"].sid == APPLICATION
    assert came.told["params"] == (("agent", "7"), ("To", "+14155550123"), ("Note", "a b&c=é"))
    assert browser.said[-1] == ("ringing", {"callsid": came.sid})


async def test_a_client_without_a_name_is_anonymous(line):
    """14.2."""
    browser = line.browser()
    browser.listen(line.token("", incoming=False))
    assert (await line.call(browser)).told["caller"] == "client:Anonymous"


@pytest.mark.parametrize(("token", "code"), [({"application": ""}, 31403), ({"application": "AP" + "0" * 32}, 31001)])
async def test_a_token_that_permits_no_call(line, token, code):
    browser = line.browser("alice", **token)
    browser.send("invite", callsid="TJSone", sdp=described(), twilio={})
    assert browser.last("hangup")["callsid"] == "TJSone" and browser.last("hangup")["error"]["code"] == code
    assert ((ACCOUNT, 21218) in line.complaints) == (code == 31001)


async def test_the_application_of_another_account(line):
    sid = "AP" + "e" * 32
    line.directory.applications[sid] = Application(sid, "AC" + "0" * 32, Steering("http://app/"), Steering(), True)
    browser = line.browser("alice", application=sid)
    browser.send("invite", callsid="TJSone", sdp=described(), twilio={})
    assert browser.last("hangup")["error"]["code"] == 31001


async def test_an_application_that_does_not_answer(line):
    browser = line.browser("alice")
    line.exchange.refuses = Cause.UNREACHABLE
    browser.send("invite", callsid="TJSone", sdp=described(), twilio={})
    await line.turn()
    assert browser.last("hangup")["error"]["code"] == 31404 and line.complaints == [(ACCOUNT, 21205)]
    assert line.plane.sounds[0].is_closed and not browser.device.legs


async def test_a_description_that_is_no_offer(line):
    browser = line.browser("alice")
    for sdp in (
        "",
        "v=0",
        "x" * 30_000,
        described().replace("PCMU", "opus").replace("UDP/TLS/RTP/SAVPF 0", "UDP/TLS/RTP/SAVPF 111"),
    ):
        browser.send("invite", callsid="TJSone", sdp=sdp, twilio={})
        assert browser.types[-1] in ("hangup", "error"), sdp[:40]
    await line.turn()
    assert not line.exchange.calls and not line.plane.sounds


async def test_a_plane_that_is_full_and_an_exchange_that_stops(line):
    browser = line.browser("alice")
    line.plane.is_full = True
    browser.send("invite", callsid="TJSone", sdp=described(), twilio={})
    await line.turn()
    assert browser.last("hangup")["error"]["code"] == 31486
    line.line.drain()
    browser.send("invite", callsid="TJStwo", sdp=described(), twilio={})
    assert browser.last("hangup")["callsid"] == "TJStwo"


async def test_one_connection_has_so_many_calls_and_no_more(line):
    browser = line.browser("alice")
    for number in range(MOST_CALLS):
        browser.send("invite", callsid=f"TJS{number}", sdp=described(), twilio={})
    for label in ("TJSmore", "TJS0"):
        browser.send("invite", callsid=label, sdp=described(), twilio={})
        assert browser.last("hangup")["callsid"] == label
    await line.turn()
    assert len(line.exchange.calls) == MOST_CALLS


async def test_messages_of_the_program_reach_the_app(line):
    """13.3: acknowledged when the call takes it; else the page is told which of its messages was lost, and why."""
    browser, other = line.browser("alice"), line.browser("bob")
    came = await line.call(browser)
    sid, heard = "KX" + "1" * 32, []
    message = {
        "callsid": came.sid,
        "content": '{"a": 1}',
        "contenttype": "application/json",
        "messagetype": "user-defined-message",
        "voiceeventsid": sid,
    }
    came.leg.on_message = lambda one: heard.append(one) or len(heard) < 2
    browser.send("message", **message)
    assert browser.last("ack") == {"acktype": "message", "callsid": came.sid, "voiceeventsid": sid}
    assert [(one.sid, one.content) for one in heard] == [(sid, '{"a": 1}')]
    browser.send("message", **message)
    assert (browser.last("error")["error"]["code"], browser.last("error")["voiceeventsid"]) == (31206, sid)
    other.send("message", **message)
    assert (other.last("error")["error"]["code"], other.last("error")["voiceeventsid"]) == (31209, sid)
    came.leg.on_message = None
    browser.send("message", **message)
    assert browser.last("error")["error"]["code"] == 31209 and len(heard) == 2
    assert browser.types.count("ack") == 1


async def test_how_long_a_call_waits_for_its_connection(line):
    """B4: `reconnectTimeout` is whole seconds from 0 to 30; the least is what an SDK tries hardest for."""
    browser = line.browser()
    browser.listen(line.token())
    assert browser.device.holds == HOLDS
    browser.listen(line.token(), reconnectTimeout=30)
    assert browser.device.holds == 30
    browser.listen(line.token(), reconnectTimeout=0)
    assert browser.device.holds == HOLDS


async def test_tokens_are_not_repeated(line):
    browser, token = line.browser(), line.token(secret="x" * 32)
    browser.listen(token)
    assert token not in "".join(browser.frames) and SECRET not in "".join(browser.frames)
