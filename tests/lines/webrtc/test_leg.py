"""Calls of browsers, both ways, to their ends (official clients B4 to B6, B10; voice reference 2.7.5)."""

import pytest

from hoyhoy.exchange.leg import Cause, LegState, UserMessage
from hoyhoy.lines.webrtc.device import HOLDS
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.webrtc import sdp

from .booth import ACCOUNT, FINGERPRINT, SID, described


async def answered(line, browser, **more):
    """A call of a browser that the exchange has answered."""
    came = await line.call(browser, **more)
    answering = line.clock.spawn(came.leg.answer(), "answer")
    await line.turn()
    line.plane.sounds[-1].on_connected()
    await answering
    return came


# A browser calls -------------------------------------------------------------------------


async def test_a_call_of_a_browser_is_answered_when_its_sound_can_flow(line):
    browser = line.browser("alice")
    came = await line.call(browser)
    sound = line.plane.sounds[0]
    assert came.leg.state is LegState.RINGING and not sound.visitors  # nobody is let in before that
    answering = line.clock.spawn(came.leg.answer(), "answer")
    await line.turn()
    said = browser.last("answer")
    assert said["callsid"] == came.sid and len(said["reconnect"]) >= 32
    assert (sound.visitors[0].ufrag, sound.visitors[0].events) == ("them", 126)
    assert sound.visitors[0].fingerprints == (("sha-256", FINGERPRINT),) and sound.visitors[0].is_active
    ours = sdp.read(said["sdp"])
    assert (ours.ufrag, ours.setup, ours.events) == (sound.door.ufrag, "passive", 126)
    assert came.leg.state is LegState.ANSWERED and not answering.done()
    sound.on_connected()
    await answering
    await came.leg.answer()
    assert browser.types.count("answer") == 1


async def test_a_browser_that_waits_for_us_is_called_on(line):
    """Its `setup:passive` makes us begin the handshake."""
    browser = line.browser("alice")
    browser.send("invite", callsid="TJSone", sdp=described(setup="passive"), twilio={})
    await line.turn()
    line.clock.spawn(line.exchange.calls[0].leg.answer(), "answer")
    await line.turn()
    assert not line.plane.sounds[0].visitors[0].is_active
    assert sdp.read(browser.last("answer")["sdp"]).setup == "active"


@pytest.mark.parametrize("name", ["TJSone", "CA" + "0" * 32])
async def test_the_browser_hangs_up_by_either_name(line, name):
    browser = line.browser("alice")
    came = await line.call(browser)
    browser.send("hangup", callsid=name)
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.NORMAL)
    assert line.plane.sounds[0].is_closed and "hangup" not in browser.types  # it knows that
    browser.send("hangup", callsid=name)
    assert not browser.device.legs and not line.line.equipment.legs


async def test_it_gives_up_before_there_is_a_call(line):
    import asyncio

    browser = line.browser("alice")
    line.plane.gate = asyncio.Event()
    browser.send("invite", callsid="TJSone", sdp=described(), twilio={})
    await line.turn()
    browser.send("hangup", callsid="TJSone")
    line.plane.gate.set()
    await line.turn()
    assert not line.exchange.calls and line.plane.sounds[0].is_closed


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (Cause.BUSY, 31486),
        (Cause.REJECTED, 31603),
        (Cause.UNREACHABLE, 31404),
        (Cause.FAILED, 31000),
        (Cause.NORMAL, 0),
    ],
)
async def test_a_call_that_is_not_answered_says_why(line, cause, code):
    """B9."""
    browser = line.browser("alice")
    came = await line.call(browser)
    await came.leg.hang_up(cause)
    await came.leg.hang_up(cause)
    assert browser.types.count("hangup") == 1
    assert browser.last("hangup").get("error", {}).get("code", 0) == code


async def test_the_exchange_hangs_up(line):
    browser = line.browser("alice")
    came = await answered(line, browser)
    await came.leg.hang_up()
    assert browser.last("hangup") == {"callsid": came.sid}


async def test_early_sound(line):
    """B5: `ringing` with a description; the answer has none then."""
    browser = line.browser("alice")
    came = await line.call(browser)
    early = line.clock.spawn(came.leg.hears_early(), "early")
    await line.turn()
    assert "sdp" in browser.last("ringing") and not early.done()
    line.plane.sounds[0].on_connected()
    assert await early and await came.leg.hears_early()
    await came.leg.answer()
    assert not browser.last("answer").get("sdp") and browser.types.count("ringing") == 2


async def test_who_is_called_answers_while_the_early_sound_finds_its_way(line):
    """Whoever waited to be heard early is stopped then; the answer waits for the same."""
    browser = line.browser("alice")
    came = await line.call(browser)
    early = line.clock.spawn(came.leg.hears_early(), "early")
    await line.turn()
    early.cancel()
    answering = line.clock.spawn(came.leg.answer(), "answer")
    await line.turn()
    assert not answering.done()
    line.plane.sounds[0].on_connected()
    await answering
    assert came.leg.state is LegState.ANSWERED


async def test_an_old_sdk_would_take_early_sound_for_the_answer(line):
    """B5."""
    browser = line.browser()
    browser.listen(line.token(), v="1.12.5")
    came = await line.call(browser)
    assert not await came.leg.hears_early()


# A browser is called ---------------------------------------------------------------------


async def test_a_client_is_called_and_answers(line):
    browser = line.browser("alice")
    leg = await line.dial(parameters=(("order", "a b&c"),))
    said, sound = browser.last("invite"), line.plane.sounds[0]
    assert leg.state is LegState.RINGING and said["callsid"] == SID and said["reconnect"]
    assert said["parameters"] == {
        "CallSid": SID, "AccountSid": ACCOUNT, "From": "+14155550100", "To": "client:alice",
        "ApiVersion": "2010-04-01", "Direction": "inbound", "CallStatus": "ringing", "Params": "order=a%20b%26c",
    }  # fmt: skip
    ours = sdp.read(said["sdp"])
    assert (ours.ufrag, ours.setup, ours.events) == (sound.door.ufrag, "actpass", 101)
    browser.send("answer", callsid=SID, sdp=described(setup="active", events=101))
    await line.turn()
    assert sound.visitors[0].is_active and leg.state is LegState.RINGING
    sound.on_connected()
    await line.turn()
    assert leg.state is LegState.ANSWERED


async def test_all_devices_of_a_name_ring_and_one_has_the_call(line):
    """2.7.5."""
    phone, tablet, bob = line.browser("alice"), line.browser("alice"), line.browser("bob")
    await line.dial()
    assert phone.last("invite")["sdp"] == tablet.last("invite")["sdp"] and "invite" not in bob.types
    assert phone.last("invite")["reconnect"] != tablet.last("invite")["reconnect"]
    tablet.send("answer", callsid=SID, sdp=described("tablet", setup="active"))
    assert phone.types[-1] == "cancel" and "cancel" not in tablet.types
    phone.send("answer", callsid=SID, sdp=described("phone", setup="active"))
    assert phone.last("hangup") == {"callsid": SID}
    assert [one.ufrag for one in line.plane.sounds[0].visitors] == ["tablet"]


async def test_a_call_is_declined_when_nobody_is_left_who_may_want_it(line):
    phone, tablet = line.browser("alice"), line.browser("alice")
    leg = await line.dial()
    phone.send("reject", callsid=SID)
    phone.send("reject", callsid=SID)
    assert leg.state is LegState.RINGING
    tablet.send("hangup", callsid=SID, message="no microphone")
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.REJECTED)


async def test_a_call_is_withdrawn(line):
    browser = line.browser("alice")
    leg = await line.dial()
    await leg.hang_up(Cause.CANCELED)
    assert browser.types[-1] == "cancel" and line.plane.sounds[0].is_closed
    browser.send("answer", callsid=SID, sdp=described())
    assert browser.types[-1] == "hangup"


async def test_somebody_else_cannot_answer(line):
    line.browser("alice")
    mallory = line.browser("mallory")
    leg = await line.dial()
    for kind in ("answer", "reject", "hangup", "reinvite", "dtmf"):
        mallory.send(kind, callsid=SID, sdp=described(), dtmf="1")
    assert leg.state is LegState.RINGING and not line.plane.sounds[0].visitors


async def test_nobody_is_there_any_more_and_no_room(line):
    leg = await line.dial()
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.UNREACHABLE)
    line.browser("alice")
    line.plane.is_full = True
    leg = await line.dial()
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.FAILED)


async def test_it_answers_by_another_connection_than_the_one_it_rang_at(line):
    """B10: the socket broke off while it rang; the page still shows the call."""
    browser = line.browser("alice")
    leg = await line.dial()
    browser.device.lost()
    again = line.browser("alice")
    again.send("answer", callsid=SID, sdp=described(setup="active"))
    assert again.last("answer")["reconnect"] and "sdp" not in again.last("answer")
    rang = browser.last("invite")["reconnect"]  # it is sent before that answer is read
    again.send("invite", callsid=SID, sdp=described(setup="active"), reconnect=rang, twilio={})
    again.send("answer", callsid=SID, sdp=described(setup="active"))
    assert "hangup" not in again.types and len(line.plane.sounds[0].visitors) == 1
    line.plane.sounds[0].on_connected()
    await line.turn()
    assert leg.state is LegState.ANSWERED


# While it lasts --------------------------------------------------------------------------


async def test_keys_come_with_the_sound_or_as_a_message(line):
    """B8."""
    browser = line.browser("alice")
    came = await answered(line, browser)
    line.plane.sounds[0].on_key("5")
    browser.send("dtmf", callsid=came.sid, dtmf="1w2#*")
    assert [str(came.leg.keys.get_nowait()) for _ in range(5)] == list("512#*")


async def test_messages_of_the_app_reach_the_program(line):
    """Voice reference 13.3."""
    browser = line.browser("alice")
    came = await answered(line, browser)
    came.leg.tell(UserMessage("KX" + "2" * 32, '{"b": 2}'))
    said = browser.last("message")
    assert (said["callsid"], said["content"], said["voiceeventsid"]) == (came.sid, {"b": 2}, "KX" + "2" * 32)


async def test_messages_of_the_app_while_it_rings(line):
    """13.3: such a call is active; whoever may take it is told, and nobody whom it does not ring at."""
    laptop, tablet = line.browser("alice"), line.browser("alice")
    leg = await line.dial()
    other = line.browser("alice")
    leg.tell(UserMessage("KX" + "2" * 32, "[1]"))
    assert [one.last("message")["content"] for one in (laptop, tablet)] == [[1], [1]]
    laptop.send("answer", callsid=SID, sdp=described())
    leg.tell(UserMessage("KX" + "3" * 32, "[2]"))
    assert [one.types.count("message") for one in (laptop, tablet, other)] == [2, 1, 0]


async def test_messages_of_the_app_find_nobody_while_signalling_is_broken_off(line):
    browser = line.browser("alice")
    came = await answered(line, browser)
    browser.device.lost()
    with pytest.raises(Fault, match="32706"):
        came.leg.tell(UserMessage("KX" + "2" * 32, "{}"))
    assert "message" not in browser.types


async def test_other_legs_take_no_messages(line):
    from hoyhoy.exchange.nobody import Absent

    with pytest.raises(Fault, match="32704"):
        Absent(Cause.FAILED).tell(UserMessage("KX", "{}"))


async def test_a_browser_that_lost_its_way_finds_another(line):
    """B4 `reinvite`: an ICE restart."""
    browser = line.browser("alice")
    came = await answered(line, browser)
    before = line.plane.sounds[0].door.ufrag
    browser.send("reinvite", callsid=came.sid, sdp=described("anew"))
    ours = sdp.read(browser.last("answer")["sdp"])
    assert ours.ufrag == line.plane.sounds[0].door.ufrag != before
    assert line.plane.sounds[0].visitors[-1].ufrag == "anew" and not line.plane.sounds[0].is_anew


# Signalling breaks off -------------------------------------------------------------------


async def test_a_device_comes_back_with_its_pass(line):
    """B6 `reattach`: the call goes on, and the pass is another one."""
    browser = line.browser("alice")
    came = await answered(line, browser)
    first = browser.last("answer")["reconnect"]
    browser.device.lost()
    await line.clock.advance(HOLDS - 1)
    again = line.browser()
    again.listen(line.token())
    again.send("invite", callsid=came.sid, sdp=described(), reconnect=first, twilio={})
    second = again.last("answer")
    assert second["reconnect"] != first and not second.get("sdp") and came.leg.device is again.device
    await line.clock.advance(HOLDS + 1)
    assert not came.leg.is_released
    await came.leg.hang_up()
    assert again.types[-1] == "hangup" and "hangup" not in browser.types


async def test_a_pass_that_was_used_up_or_is_another_ones(line):
    browser, mallory = line.browser("alice"), line.browser("mallory")
    came = await answered(line, browser)
    passes = [browser.last("answer")["reconnect"]]
    for _ in range(2):
        browser.device.lost()
        browser = line.browser("alice")
        browser.send("invite", callsid=came.sid, sdp=described(), reconnect=passes[-1], twilio={})
        passes.append(browser.last("answer")["reconnect"])
    for who, shown in ((browser, passes[0]), (mallory, passes[-1]), (browser, "0" * 32)):
        who.send("invite", callsid=came.sid, sdp=described(), reconnect=shown, twilio={})
        assert who.last("hangup")["error"]["code"] == 31209
    assert came.leg.device is browser.device


async def test_a_page_that_begins_anew_takes_its_call_over(line):
    """`connectToken`: another browser page, with a description of its own."""
    browser = line.browser("alice")
    came = await answered(line, browser)
    page = line.browser("alice")
    given = browser.last("answer")["reconnect"]
    other = ":".join(["CD"] * 32)
    page.send("invite", callsid=came.sid, sdp=described("page", fingerprint=other), reconnect=given, twilio={})
    assert sdp.read(page.last("answer")["sdp"]).ufrag == line.plane.sounds[0].door.ufrag
    assert line.plane.sounds[0].visitors[-1].ufrag == "page" and line.plane.sounds[0].is_anew
    browser.device.lost()
    await line.clock.advance(HOLDS + 1)
    assert not came.leg.is_released


async def test_nobody_comes_back(line):
    browser = line.browser("alice")
    came = await answered(line, browser)
    browser.device.lost()
    await line.clock.advance(HOLDS - 0.5)
    assert not came.leg.is_released
    await line.clock.advance(1)
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.NORMAL)


async def test_a_connection_that_is_lost_at_once_leaves_no_call(line):
    browser = line.browser("alice")
    browser.send("invite", callsid="TJSone", sdp=described(), twilio={})
    browser.device.lost()
    await line.turn()
    assert not line.exchange.calls and all(sound.is_closed for sound in line.plane.sounds)


async def test_a_call_that_was_not_answered_ends_with_its_connection(line):
    """B10: without a pass the SDK gives it up."""
    browser = line.browser("alice")
    came = await line.call(browser)
    browser.device.lost()
    assert came.leg.is_released


# Sound fails -----------------------------------------------------------------------------


async def test_a_browser_that_is_not_heard(line):
    """B7: the SDK says that it is connected although it never will be: we end the call, with a reason."""
    browser = line.browser("alice")
    came = await line.call(browser)
    answering = line.clock.spawn(came.leg.answer(), "answer")
    await line.turn()
    line.plane.sounds[0].on_failed("no connectivity check came")
    await answering
    assert browser.last("hangup")["error"]["code"] == 53405 and line.complaints == [(ACCOUNT, 53405)]
    assert came.leg.cause is Cause.FAILED


async def test_a_goodbye_that_comes_before_the_word_is_no_failure(line):
    """webrtc-leg 4: closing the association, and the message `hangup`, go different ways."""
    browser = line.browser("alice")
    came = await answered(line, browser)
    line.plane.sounds[0].on_failed("")
    browser.send("hangup", callsid=came.sid)
    assert came.leg.cause is Cause.NORMAL and not line.complaints
    assert "error" not in browser.last("hangup")


async def test_it_hangs_up_by_another_connection(line):
    """What could not be sent before the connection was lost is sent by the next."""
    browser = line.browser("alice")
    came = await answered(line, browser)
    browser.device.lost()
    line.browser("alice").send("hangup", callsid=came.sid)
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.NORMAL)


async def test_the_plane_is_gone(line):
    browser = line.browser("alice")
    came = await answered(line, browser)
    line.plane.sounds[0].on_lost()
    assert came.leg.is_released and browser.types[-1] == "hangup"


async def test_what_the_network_did_is_told_at_the_end(line):
    browser = line.browser("alice")
    came = await answered(line, browser)
    told = []
    came.leg.on_measured = told.append
    await came.leg.hang_up()
    assert [one.received for one in told] == [1]
