"""Calls (voice reference 5)."""

from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.events import CallMoved, PhoneHeard, PhoneRang
from hoyhoy.lines.simulated.script import Behaviour
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, OTHERS_NUMBER, PHONE, SHARED

URL = "http://app/voice"
THIRD = "+14155550300"


async def place(exchange, **form):
    form = {"To": PHONE, "From": NUMBER, "Url": URL, **form}
    return await exchange.post("/Calls.json", **{name: value for name, value in form.items() if value is not None})


async def status(exchange, sid):
    return (await exchange.get(f"/Calls/{sid}.json")).json()["status"]


async def until(exchange, sid, wanted):
    async def is_there():
        return (await exchange.database.rows.fetch("calls", sid))["status"] == wanted

    for _ in range(120):
        if await is_there():
            return
        await exchange.run(1)
    raise AssertionError(f"never {wanted}")


async def ended(exchange, sid):
    """The call's row when it is over."""
    for _ in range(30):
        row = await exchange.database.rows.fetch("calls", sid)
        if row["end_time"] is not None:
            return row
        await exchange.run(10)
    raise AssertionError("never over")


async def seen(exchange, sid, kind):
    return [entry.event for entry in await exchange.database.events(subject=sid) if isinstance(entry.event, kind)]


def told(exchange):
    """The status callbacks from now on: URL, method and parameters."""
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    return lambda: [(one.url, one.method, dict(one.params)) for one in callbacks]


def asked(exchange):
    return [(one.url, one.method) for one in exchange.app.asked]


async def make_call(exchange):
    return f"{BASE}/Calls/{(await place(exchange)).json()['sid']}"


SPECIMENS = {"Call": make_call}


async def test_representation(exchange):  # 5.1, Appendix B
    call = (await place(exchange)).json()
    path = f"{BASE}/Calls/{call['sid']}"
    assert call == {
        "sid": call["sid"],
        "account_sid": ACCOUNT,
        "parent_call_sid": None,
        "to": PHONE,
        "to_formatted": "(415) 555-0123",
        "from": NUMBER,
        "from_formatted": "(415) 555-0100",
        "phone_number_sid": "PN" + NUMBER[1:].zfill(32),
        "status": "queued",
        "start_time": None,
        "end_time": None,
        "duration": None,
        "price": None,
        "price_unit": "USD",
        "direction": "outbound-api",
        "answered_by": None,
        "api_version": "2010-04-01",
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "stir_verstat": None,
        "trunk_sid": None,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": path + ".json",
        "subresource_uris": {
            "events": path + "/Events.json",
            "notifications": path + "/Notifications.json",
            "recordings": path + "/Recordings.json",
            "user_defined_message_subscriptions": path + "/UserDefinedMessageSubscriptions.json",
            "user_defined_messages": path + "/UserDefinedMessages.json",
        },
    }


async def test_a_whole_call_with_the_official_client(exchange):
    call = await exchange.sdk(
        lambda client: client.calls.create(
            to=PHONE, from_=NUMBER, twiml="<Response><Pause length='7'/></Response>", status_callback_event=["answered"]
        )
    )
    await until(exchange, call.sid, "completed")
    done = await exchange.sdk(lambda client: client.calls(call.sid).fetch())
    assert done.duration == "7" and (done.end_time - done.start_time).total_seconds() >= 7
    listed = await exchange.sdk(
        lambda client: client.calls.list(to=PHONE, status="completed", start_time_after=done.start_time)
    )
    assert [one.sid for one in listed] == [call.sid]
    assert await exchange.sdk(lambda client: client.calls(call.sid).delete())
    with pytest.raises(TwilioRestException) as gone:
        await exchange.sdk(lambda client: client.calls(call.sid).fetch())
    assert gone.value.code == 20404


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [  # 5.1, 17.3
        ({"To": None}, 21201),
        ({"To": ""}, 21201),
        ({"From": None}, 21213),
        ({"To": None, "From": None, "Url": None}, 21201),
        ({"To": "abc"}, 21211),
        ({"To": "+1415"}, 21211),
        ({"To": "911"}, 21211),
        ({"To": "client:"}, 21211),
        ({"To": "sip:a@b\r\nX: y"}, 21211),
        ({"From": "abc"}, 21212),
        ({"From": "12"}, 21212),
        ({"From": "client:me"}, 21210),
        ({"From": OTHERS_NUMBER}, 21210),
        ({"CallerId": OTHERS_NUMBER}, 21210),
        ({"CallerId": "x\r\ny"}, 21212),
        ({"To": "client:alice", "From": "x\r\nX-Evil: y"}, 21212),
        ({"Url": None}, 21205),
        ({"Url": ""}, 21205),
        ({"Url": "nonsense"}, 21205),
        ({"Url": "/voice"}, 21205),
        ({"Url": "ftp://app/"}, 21205),
        ({"Method": "PATCH"}, 21209),
        ({"FallbackUrl": "x"}, 21205),
        ({"StatusCallback": "x"}, 21609),
        ({"StatusCallback": "http://my_app/x"}, 21609),
        ({"StatusCallbackMethod": "x"}, 21209),
        ({"StatusCallbackEvent": "dancing"}, 20001),
        ({"SendDigits": "abc!"}, 21206),
        ({"SendDigits": "1" * 33}, 21206),
        ({"Timeout": "0"}, 21208),
        ({"Timeout": "601"}, 21208),
        ({"Timeout": "soon"}, 21208),
        ({"TimeLimit": "0"}, 20001),
        ({"Url": None, "Twiml": "x" * 4001}, 32018),
        ({"ApplicationSid": "AP" + "0" * 32}, 21218),
        ({"MachineDetection": "Perhaps"}, 21234),
        ({"MachineDetectionTimeout": "61"}, 21234),
        ({"IfMachine": "x"}, 21207),
        ({"SipAuthUsername": "x" * 256}, 21221),
        ({"SipAuthPassword": "x" * 256}, 21222),
        ({"Byoc": "x"}, 21300),
        ({"Record": "x"}, 20001),
        ({"Trim": "x"}, 20001),
    ],
)
async def test_refused(shared, form, code):
    before = (await shared.get("/Calls.json")).json()["calls"]
    answer = await place(shared, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await shared.get("/Calls.json")).json()["calls"] == before


@pytest.mark.parametrize(
    ("form", "code"),
    [  # messaging 1.15
        ({"From": "+15005550001"}, 21212),
        ({"From": "+15005550006"}, None),
        ({"From": "+15005550002"}, 21210),
        ({"To": "+15005550001"}, 21217),
        ({"To": "+15005550002"}, 21214),
        ({"To": "+15005550003"}, 21215),
        ({"To": "+15005550004"}, 21216),
        ({"To": "+15005550005"}, None),
    ],
)
async def test_magic_numbers(exchange, form, code):
    assert (await place(exchange, **form)).json().get("code") == code and exchange.adopted == []


async def test_unowned_numbers_are_adopted(exchange, strict):
    assert (await place(exchange, From="+15551234567")).status_code == 201
    assert exchange.adopted == ["+15551234567"]
    assert (await place(strict, From="+15551234567")).json()["code"] == 21210 and strict.adopted == []


async def test_national_numbers_are_of_the_callers_country(exchange):  # messaging 7
    exchange.own("+442071838750")
    assert (await place(exchange, To="2071838751", From="+442071838750")).json()["to"] == "+442071838751"


async def test_other_addresses(exchange):  # 5.1
    call = (await place(exchange, To="client:alice?room=1", From="client:bob")).json()
    assert (call["to"], call["from"]) == ("client:alice?room=1", "client:bob")
    assert call["to_formatted"] == call["to"]
    assert (await place(exchange, To="sip:alice@example.com", From="alice")).status_code == 201


# What the parameters do (5.1) ---------------------------------------------------------------


@SHARED
@pytest.mark.works("Call.create", "Url", "Method", "SendDigits", "CallerId", To="+14155550124", From="+14155550155")
@pytest.mark.works("Call.create", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent")
async def test_whom_it_calls_what_it_shows_and_what_it_does(shared):
    shared.app.document, shared.app.asked = "<Response><Hangup/></Response>", []
    if shared.database.directory.number("+14155550155") is None:
        shared.own("+14155550155")
    callbacks = told(shared)
    answer = await place(
        shared,
        Method="GET",
        SendDigits="ww12#",
        CallerId="(415) 555-0155",
        StatusCallback="http://app/status",
        StatusCallbackMethod="GET",
        StatusCallbackEvent="initiated answered",
    )
    sid = answer.json()["sid"]
    await ended(shared, sid)
    [rang] = await seen(shared, sid, PhoneRang)
    assert (rang.phone, rang.caller) == (PHONE, "+14155550155")
    assert [(heard.kind, heard.text) for heard in await seen(shared, sid, PhoneHeard)] == [("keys", "ww12#")]
    assert asked(shared) == [(URL, "GET")] and dict(shared.app.asked[0].params)["From"] == NUMBER
    assert [(url, method, params["CallStatus"]) for url, method, params in callbacks()] == [
        ("http://app/status", "GET", "initiated"),
        ("http://app/status", "GET", "in-progress"),
    ]


@SHARED
@pytest.mark.works("Call.create", "Timeout")
async def test_it_rings_as_long_as_it_may(shared):
    shared.network.phone("+14155550131").behaviour = Behaviour(answering="ring-out")
    row = await ended(shared, (await place(shared, To="+14155550131", Timeout="7")).json()["sid"])
    assert (row["status"], row["end_time"] - row["start_time"], row["duration"]) == ("no-answer", 7, None)


@SHARED
@pytest.mark.works("Call.create", "TimeLimit")
async def test_it_lasts_as_long_as_it_may(shared):
    shared.app.document = "<Response><Pause length='200'/></Response>"
    row = await ended(shared, (await place(shared, TimeLimit="7")).json()["sid"])
    assert (row["status"], row["duration"]) == ("completed", 7)


async def test_the_highest_limit_is_the_accounts(exchange):
    sid = (await place(exchange, TimeLimit="99999")).json()["sid"]
    assert (await exchange.database.rows.fetch("calls", sid))["time_limit"] == 14400


@SHARED
@pytest.mark.works("Call.create", "Twiml")
async def test_a_document_of_its_own(shared):
    sid = (await place(shared, Url=None, Twiml="<Response><Say>Hello</Say></Response>")).json()["sid"]
    await ended(shared, sid)
    assert [heard.text for heard in await seen(shared, sid, PhoneHeard)] == ["Hello"]


@SHARED
@pytest.mark.works("Call.create", "FallbackUrl", "FallbackMethod")
async def test_its_fallback(shared):  # 3.6
    shared.app.document, shared.app.asked = "", []
    await ended(shared, (await place(shared, FallbackUrl="http://app/help", FallbackMethod="GET")).json()["sid"])
    assert asked(shared) == [(URL, "POST"), ("http://app/help", "GET")]


@SHARED
@pytest.mark.works("Call.create", "ApplicationSid")
async def test_an_application_overrides_the_rest(shared):
    shared.app.document, shared.app.asked = "", []
    application = await shared.post(
        "/Applications.json",
        VoiceUrl="http://desk/voice",
        VoiceMethod="GET",
        VoiceFallbackUrl="http://desk/help",
        StatusCallback="http://desk/status",
    )
    named, callbacks = application.json()["sid"], told(shared)
    sid = (
        await place(
            shared,
            ApplicationSid=named,
            Twiml="<Response/>",
            FallbackUrl="http://app/help",
            StatusCallback="http://app/status",
            StatusCallbackEvent="initiated",
        )
    ).json()["sid"]
    assert (await shared.get(f"/Calls/{sid}/Notifications.json")).json()["notifications"] == []
    await shared.delete(f"/Applications/{named}.json")  # the call has taken over what it said
    await ended(shared, sid)
    assert asked(shared) == [("http://desk/voice", "GET"), ("http://desk/help", "POST")]
    assert all(dict(one.params)["ApplicationSid"] == named for one in shared.app.asked)
    [(url, method, params)] = callbacks()
    assert (url, method, params["CallStatus"]) == ("http://desk/status", "POST", "completed")


async def test_an_application_that_does_not_help(exchange):
    foreign = exchange.write("applications", "AP" + "9" * 32, OTHER, account_sid=OTHER, voice_url="http://app/voice")
    silent = (await exchange.post("/Applications.json", SmsUrl="http://app/sms")).json()["sid"]
    for sid, code in ((foreign, 21218), ("AP" + "8" * 32, 21218), ("nonsense", 21218), (silent, 21205)):
        answer = await place(exchange, ApplicationSid=sid)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


class SipPhones:
    """A way to SIP addresses where nobody answers; whom it was asked for is kept."""

    def __init__(self, network):
        self.network, self.asked = network, []

    def reaches(self, address, account):
        return address.startswith("sip:")

    def dial(self, dialling):
        self.asked.append(dialling)
        return self.network.dial(replace(dialling, address=PHONE))


@pytest.mark.works("Call.create", "SipAuthUsername", "SipAuthPassword")
async def test_a_sip_far_end_that_asks_who_calls_is_answered(exchange):  # 5.1
    phones = SipPhones(exchange.network)
    exchange.switchboard.facilities.lines.append(phones)
    form = {"To": "sip:ada@example.com", "SipAuthUsername": "hoy", "SipAuthPassword": "secret"}
    answer = await place(exchange, CallReason="Your parcel", **form)
    await exchange.clock.advance(1)
    (asked,) = phones.asked
    assert (asked.address, asked.username, asked.password) == ("sip:ada@example.com", "hoy", "secret")
    assert "secret" not in repr(asked) and "secret" not in answer.text
    row = await exchange.database.rows.fetch("calls", answer.json()["sid"])
    assert (row["sip_auth_password"], row["call_reason"]) == ("secret", "Your parcel")


async def test_events_may_be_repeated_keys(exchange):  # 4
    sid = (await place(exchange, StatusCallbackEvent=["ringing", "answered"])).json()["sid"]
    assert (await exchange.database.rows.fetch("calls", sid))["status_callback_event"] == "ringing answered"


async def test_url_wins_over_twiml_with_a_warning(exchange):  # 5.1
    sid = (await place(exchange, Twiml="<Response/>")).json()["sid"]
    notes = (await exchange.get(f"/Calls/{sid}/Notifications.json")).json()["notifications"]
    assert [(note["error_code"], note["log"]) for note in notes] == [("32019", "1")]
    await until(exchange, sid, "in-progress")
    assert exchange.app.asked[0].url == URL


@SHARED
@pytest.mark.works("Call.update", "Url", "Method", "FallbackUrl", "FallbackMethod")
@pytest.mark.works("Call.update", "StatusCallback", "StatusCallbackMethod")
async def test_a_live_call_is_led_elsewhere(shared):  # 5.3
    shared.app.document, callbacks = "<Response><Pause length='100'/></Response>", told(shared)
    sid = (await place(shared)).json()["sid"]
    await until(shared, sid, "in-progress")
    await shared.run(1)
    shared.app.document, shared.app.asked = "", []
    answer = await shared.post(
        f"/Calls/{sid}.json",
        Url="http://app/other",
        Method="GET",
        FallbackUrl="http://app/help",
        FallbackMethod="GET",
        StatusCallback="http://app/status",
        StatusCallbackMethod="GET",
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "in-progress")
    await ended(shared, sid)
    assert asked(shared) == [("http://app/other", "GET"), ("http://app/help", "GET")]
    assert [(url, method) for url, method, _ in callbacks()] == [("http://app/status", "GET")]


@SHARED
@pytest.mark.works("Call.update", "Twiml", "TimeLimit")
async def test_a_live_call_gets_another_document_and_limit(shared):  # 5.3
    shared.app.document = "<Response><Pause length='100'/></Response>"
    sid = (await place(shared)).json()["sid"]
    await until(shared, sid, "in-progress")
    document = "<Response><Say>Wait</Say><Pause length='100'/></Response>"
    assert (await shared.post(f"/Calls/{sid}.json", Twiml=document, TimeLimit="20")).status_code == 200
    row = await ended(shared, sid)
    assert row["duration"] == 20 and [heard.text for heard in await seen(shared, sid, PhoneHeard)] == ["Wait"]


@SHARED
@pytest.mark.works("Call.update", "Status")
async def test_a_live_call_is_ended(shared):  # 5.3
    shared.app.document = "<Response><Pause length='100'/></Response>"
    sid = (await place(shared)).json()["sid"]
    await until(shared, sid, "in-progress")
    call = await shared.sdk(lambda client: client.calls(sid).update(status="completed"))
    assert call.sid == sid
    await shared.run(1)
    assert await status(shared, sid) == "completed"


async def test_redirect(exchange):  # 5.3
    sid = (await place(exchange)).json()["sid"]
    early = await exchange.post(f"/Calls/{sid}.json", Url="http://app/other")
    assert (early.status_code, early.json()["code"], early.json()["message"]) == (
        400,
        21220,
        "Call is not in-progress. Cannot redirect.",
    )
    await until(exchange, sid, "in-progress")
    assert (await exchange.post(f"/Calls/{sid}.json", Url="http://app/other", Method="GET")).status_code == 200
    await exchange.run(1)
    assert (exchange.app.asked[-1].url, exchange.app.asked[-1].method) == ("http://app/other", "GET")
    assert (await exchange.post(f"/Calls/{sid}.json", Twiml="<Response/>")).status_code == 200
    await until(exchange, sid, "completed")
    late = await exchange.post(f"/Calls/{sid}.json", Url="http://app/other")
    assert (late.status_code, late.json()["code"]) == (400, 21220)


@pytest.mark.parametrize(
    ("when", "word", "final"),
    [  # 5.3
        ("in-progress", "completed", "completed"),
        ("queued", "canceled", "canceled"),
        ("queued", "completed", "canceled"),
    ],
)
async def test_end(exchange, when, word, final):
    sid = (await place(exchange)).json()["sid"]
    await until(exchange, sid, when)
    assert (await exchange.post(f"/Calls/{sid}.json", Status=word)).status_code == 200
    await exchange.run(1)
    assert await status(exchange, sid) == final


async def test_canceled_does_nothing_to_an_answered_call(exchange):
    sid = (await place(exchange)).json()["sid"]
    await until(exchange, sid, "in-progress")
    assert (await exchange.post(f"/Calls/{sid}.json", Status="canceled")).json()["status"] == "in-progress"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Status": "busy"}, 20001),
        ({"Url": "x"}, 21205),
        ({"Url": URL, "Twiml": "<Response/>"}, 20001),
        ({"Twiml": "x" * 4001}, 32018),
        ({"StatusCallback": "x"}, 21609),
        ({"Method": "x"}, 21209),
    ],
)
async def test_update_refused(exchange, form, code):
    sid = (await place(exchange)).json()["sid"]
    await until(exchange, sid, "in-progress")
    assert (await exchange.post(f"/Calls/{sid}.json", **form)).json()["code"] == code


async def test_amend(exchange):  # 5.3
    sid = (await place(exchange)).json()["sid"]
    await until(exchange, sid, "in-progress")
    answer = await exchange.post(f"/Calls/{sid}.json", StatusCallback="http://app/new", TimeLimit="5")
    assert answer.status_code == 200
    assert (await exchange.database.rows.fetch("calls", sid))["status_callback"] == "http://app/new"
    await exchange.run(10)
    assert await status(exchange, sid) == "completed"


async def test_nothing_of_a_refused_order_is_done(exchange):
    sid = (await place(exchange)).json()["sid"]
    answer = await exchange.post(f"/Calls/{sid}.json", Url="http://app/other", FallbackUrl="http://app/help")
    assert answer.json()["code"] == 21220  # it is not in progress yet
    assert (await exchange.database.rows.fetch("calls", sid))["fallback_url"] == ""


async def test_delete_only_when_finished(exchange):  # 5.5
    sid = (await place(exchange)).json()["sid"]
    answer = await exchange.delete(f"/Calls/{sid}.json")
    assert (answer.status_code, answer.json()["code"]) == (409, 20009)


@pytest.mark.works("Call.list", "To", "From", "ParentCallSid", "Status", "StartTime", "EndTime")
async def test_filters(exchange):  # 5.5
    first = (await place(exchange, Twiml="<Response/>", Url=None)).json()["sid"]
    await until(exchange, first, "completed")
    await exchange.run(86400)
    second = (await place(exchange, To="+14155550124")).json()["sid"]
    await until(exchange, second, "in-progress")
    parts = {"to": "+14155550125", "from": PHONE, "direction": "outbound-dial", "status": "ringing"}
    child = exchange.write("calls", "CA" + "9" * 32, account_sid=ACCOUNT, parent_call_sid=second, **parts)

    async def listed(**params):
        return [one["sid"] for one in (await exchange.get("/Calls.json", params=params)).json()["calls"]]

    assert await listed() == [child, second, first]
    assert await listed(To="4155550124") == [second] and await listed(From=NUMBER) == [second, first]
    assert await listed(Status="in-progress") == [second] and await listed(ParentCallSid=second) == [child]
    assert await listed(StartTime="2026-01-01") == [first] and await listed(**{"StartTime>": "2026-01-02"}) == [second]
    assert await listed(**{"StartTime<": "2026-01-01T12:00:00Z"}) == [first]
    assert await listed(EndTime="2026-01-01") == [first] == await listed(**{"EndTime<": "2026-01-02"})
    assert await listed(**{"EndTime>": "2026-01-02"}) == []
    assert await listed(To="client:nobody") == []
    assert await listed(Status="Ringing") == [child] and await listed(Status="no-answer") == []
    assert (await exchange.get("/Calls.json", params={"Status": "bogus"})).json()["code"] == 20001


async def test_moves_are_in_the_log(exchange):
    sid = (await place(exchange, Twiml="<Response/>", Url=None)).json()["sid"]
    await until(exchange, sid, "completed")
    moves = [
        entry.event.status
        for entry in await exchange.database.events(subject=sid)
        if isinstance(entry.event, CallMoved)
    ]
    assert moves == ["ringing", "in-progress", "completed"]


async def answered_by(shared, answering, greeting="", **form):
    """Who answered, as the call says in the end; and what its app was asked."""
    shared.app.document, shared.app.asked = '<Response><Pause length="10"/></Response>', []
    shared.network.phone("+14155550151").behaviour = Behaviour(answering=answering, greeting=greeting)
    sid = (await place(shared, To="+14155550151", **form)).json()["sid"]
    row = await ended(shared, sid)
    asked = [dict(one.params + one.extra) for one in shared.app.asked]
    shown = (await shared.get(f"/Calls/{sid}.json")).json()["answered_by"]
    assert shown == row["answered_by"]
    return shown, asked


SPOKEN = "Good morning, you have reached the house of Ada Lovelace; leave a message."


@SHARED
@pytest.mark.works("Call.create", "MachineDetection", "MachineDetectionTimeout")
async def test_the_end_of_a_greeting_is_waited_for(shared):  # 5.4
    found, (asked,) = await answered_by(shared, "voicemail", MachineDetection="DetectMessageEnd")
    assert found == asked["AnsweredBy"] == "machine_end_beep" and int(asked["MachineDetectionDuration"]) > 2000
    brief = {"MachineDetection": "DetectMessageEnd", "MachineDetectionTimeout": "4"}
    assert (await answered_by(shared, "voicemail", SPOKEN, **brief))[0] == "machine_end_other"


@SHARED
@pytest.mark.works("Call.create", "MachineDetectionSpeechThreshold", "MachineDetectionSpeechEndThreshold")
@pytest.mark.works("Call.create", "MachineDetectionSilenceTimeout")
async def test_what_tells_a_machine_from_a_person(shared):
    words = "Who on earth is calling me at this hour?"
    assert (await answered_by(shared, "human", words, MachineDetection="Enable"))[0] == "machine_start"
    patient = {"MachineDetectionSpeechThreshold": "6000", "MachineDetectionSpeechEndThreshold": "3000"}
    found, (asked,) = await answered_by(shared, "human", words, MachineDetection="Enable", **patient)
    assert found == "human" and int(asked["MachineDetectionDuration"]) > 2500 + 3000
    found, (asked,) = await answered_by(
        shared, "silent", MachineDetection="Enable", MachineDetectionSilenceTimeout="2000"
    )
    assert (found, asked["MachineDetectionDuration"]) == ("unknown", "2000")


@SHARED
@pytest.mark.works("Call.create", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod")
async def test_detection_beside_the_call(shared):
    callbacks = told(shared)
    beside = {"AsyncAmdStatusCallback": "http://app/amd", "AsyncAmdStatusCallbackMethod": "GET"}
    found, (asked,) = await answered_by(shared, "fax", MachineDetection="Enable", AsyncAmd="true", **beside)
    assert "AnsweredBy" not in asked, "it did not wait"
    ((url, method, params),) = callbacks()
    assert (url, method, params["AnsweredBy"], found) == ("http://app/amd", "GET", "fax", "fax")


async def test_detection_beside_the_call_that_nobody_is_told_of(exchange):  # 21262
    call = (await place(exchange, MachineDetection="Enable", AsyncAmd="true")).json()
    (notice,) = (await exchange.get(f"/Calls/{call['sid']}/Notifications.json")).json()["notifications"]
    assert (notice["error_code"], notice["log"]) == ("21262", "1")


AMD = {"AsyncAmdStatusCallback": "http://app/amd"}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"AsyncAmd": "true"}, "AsyncAmd: without MachineDetection"),
        ({"AsyncAmd": "true", **AMD}, "AsyncAmd, AsyncAmdStatusCallback: without MachineDetection"),
        ({"AsyncAmd": "false"}, ""),
        ({"MachineDetection": "Enable", **AMD}, "AsyncAmdStatusCallback: without AsyncAmd=true"),
        ({"MachineDetection": "Enable", "AsyncAmd": "true", **AMD}, ""),
        ({"IfMachine": "Hangup", "AsyncAmd": "true", **AMD}, ""),
        ({"MachineDetection": "Enable", "AsyncAmd": "true", "SendDigits": "1"}, "MachineDetection, AsyncAmd: Send"),
        ({"SendDigits": "1"}, ""),
    ],
)  # fmt: skip
async def test_what_is_asked_of_detection_in_vain(exchange, asked, says):  # 5.1, 5.4
    call = (await place(exchange, **asked)).json()
    notices = (await exchange.get(f"/Calls/{call['sid']}/Notifications.json")).json()["notifications"]
    assert [one["error_code"] for one in notices] == ["21263"] * bool(says)
    assert all(parse_qs(one["message_text"])["Msg"][0].startswith(says) for one in notices)


@SHARED
@pytest.mark.works("Call.create", "IfMachine")
async def test_a_machine_is_hung_up_on_as_of_old(shared):  # 5.1
    found, asked = await answered_by(shared, "voicemail", IfMachine="Hangup")
    assert (found, asked) == ("machine_start", [])
    found, (asked,) = await answered_by(shared, "voicemail", IfMachine="Continue")
    assert asked["AnsweredBy"] == found == "machine_start"
    assert (await answered_by(shared, "human", IfMachine="Hangup"))[0] == "human"


async def test_keys_that_are_sent_disable_detection(exchange):  # 5.1
    found, (asked,) = await answered_by(exchange, "voicemail", MachineDetection="Enable", SendDigits="1")
    assert found is None and "AnsweredBy" not in asked


@pytest.mark.parametrize(
    ("name", "wrong", "code"),
    [
        ("MachineDetection", "enable!", 21234),
        ("MachineDetectionTimeout", "2", 21234),
        ("MachineDetectionTimeout", "61", 21234),
        ("MachineDetectionSpeechThreshold", "999", 21234),
        ("MachineDetectionSpeechEndThreshold", "5001", 21234),
        ("MachineDetectionSilenceTimeout", "soon", 21234),
        ("AsyncAmdStatusCallback", "ftp://app", 21609),
        ("AsyncAmdStatusCallbackMethod", "PUT", 21209),
        ("IfMachine", "Wait", 21207),
    ],
)
async def test_detection_that_makes_no_sense(exchange, name, wrong, code):
    answer = await place(exchange, **{"MachineDetection": "Enable", name: wrong})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("seconds", ["3", "60"])
async def test_how_long_detection_may_take(exchange, seconds):  # 18 row 7
    assert (await place(exchange, MachineDetection="Enable", MachineDetectionTimeout=seconds)).status_code == 201


async def test_what_is_only_kept_is_told(exchange):
    """Nothing is silent: a parameter that nothing acts on yet earns a Notification, the others none."""
    call = (await place(exchange, CallReason="Your parcel", Passports="{}", Timeout="30")).json()
    (notice,) = (await exchange.get(f"/Calls/{call['sid']}/Notifications.json")).json()["notifications"]
    assert notice["log"] == "1" and notice["message_text"].count("CallReason%2C+Passports%3A") == 1
    assert "Timeout" not in notice["message_text"]
    assert (await exchange.database.rows.fetch("calls", call["sid"]))["passports"] == "{}"


async def dial(exchange):
    """A call whose document dials another phone; the child as the API lists it, when they talk."""
    exchange.app.document = f"<Response><Dial>{THIRD}</Dial><Pause length='60'/></Response>"
    sid = (await place(exchange)).json()["sid"]
    await exchange.run(10)
    (child,) = (await exchange.get(f"/Calls.json?ParentCallSid={sid}")).json()["calls"]
    return sid, child


async def test_what_a_call_dialled_is_a_call(exchange):
    # 2.7, 5.5
    sid, child = await dial(exchange)
    assert child | {"status": "in-progress", "direction": "outbound-dial", "parent_call_sid": sid, "to": THIRD} == child
    assert child["from"] == NUMBER and child["sid"] != sid
    assert (await exchange.get(f"/Calls/{child['sid']}.json")).json() == child


async def test_what_a_call_dialled_can_be_ended(exchange):
    # 5.3: its parent goes on
    sid, child = await dial(exchange)
    await exchange.post(f"/Calls/{child['sid']}.json", Status="completed")
    await exchange.run(1)
    assert (await status(exchange, child["sid"]), await status(exchange, sid)) == ("completed", "in-progress")


@pytest.mark.parametrize(("which", "left"), [(0, ("in-progress", "completed")), (1, ("in-progress", "in-progress"))])
async def test_both_ends_of_a_dial_can_be_sent_elsewhere(exchange, which, left):
    # 5.3: redirecting the parent ends the child, redirecting the child takes the parent to its next verb
    both = await dial(exchange)
    sids = both[0], both[1]["sid"]
    answer = await exchange.post(f"/Calls/{sids[which]}.json", Twiml="<Response><Pause length='60'/></Response>")
    await exchange.run(1)
    assert answer.status_code == 200 and (await status(exchange, sids[0]), await status(exchange, sids[1])) == left


async def call_token(exchange):
    """What the app is told with a call of `PHONE`, which is nobody's number."""
    if not exchange.database.directory.number(NUMBER).voice.url:
        path = f"/IncomingPhoneNumbers/{exchange.database.directory.number(NUMBER).sid}.json"
        await exchange.post(path, VoiceUrl=URL)
    exchange.network.place_call(exchange.network.phone(PHONE), NUMBER)
    await exchange.run(1)
    return dict(exchange.app.asked[-1].params)["CallToken"]


@pytest.mark.works("Call.create", "CallToken")
async def test_the_caller_of_a_call_is_shown_to_somebody_else(strict):  # 3.1, 5.1
    token = await call_token(strict)
    assert (await place(strict, To=THIRD, From=PHONE)).json()["code"] == 21210
    made = (await place(strict, To=THIRD, From=PHONE, CallToken=token)).json()
    assert (made["from"], made["phone_number_sid"]) == (PHONE, None)
    assert (await place(strict, To=THIRD, From="+14155550977", CallToken=token)).json()["code"] == 21210


async def test_a_token_makes_nobodys_number_ours(exchange):
    token = await call_token(exchange)
    assert (await place(exchange, To=THIRD, From=PHONE, CallToken=token)).status_code == 201
    assert exchange.adopted == [] and exchange.database.directory.number(PHONE) is None


@SHARED
@pytest.mark.parametrize(
    "token",
    [
        "x",
        "[]",
        "7",
        "{}",
        '{"parentCallInfoToken": ["CA"]}',
        "[" * 3000,
        '{"parentCallInfoToken": "CA%s"}' % ("0" * 32),
    ],
)
async def test_tokens_of_no_call(shared, token):
    answer = await place(shared, CallToken=token)
    assert (answer.status_code, answer.json()["code"]) == (400, 21210)


async def test_tokens_of_others_and_of_calls_out(exchange):
    token = await call_token(exchange)
    out = (await place(exchange)).json()["sid"]
    assert (await place(exchange, CallToken=token.replace(token[-36:-2], out))).json()["code"] == 21210
    form = {"To": THIRD, "From": OTHERS_NUMBER, "Url": URL, "CallToken": token}
    path = f"/2010-04-01/Accounts/{OTHER}/Calls.json"
    answer = await exchange.request("POST", path, data=form, auth=(OTHER, OTHER_TOKEN))
    assert (answer.status_code, answer.json()["code"]) == (400, 21210)
