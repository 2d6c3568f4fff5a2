"""2008-08-01 (messaging reference 8.1)."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

from .world import ACCOUNT, NUMBER, OTHER, OTHER_TOKEN, PHONE, SUB, TOKEN

OLD = f"/2008-08-01/Accounts/{ACCOUNT}"
CALL = {"Caller": "415-555-0100", "Called": "(415) 555-0123", "Url": "http://app/voice"}
TEXT = {"From": "4155550100", "To": "415 555 0123", "Body": "Hello"}


async def ask(exchange, method, path, **options):
    return await exchange.request(method, OLD + path, **options)


async def post(exchange, path, **form):
    return await ask(exchange, "POST", path, data=form)


def read(answer):
    """The first element below the root, with the text of its elements by their names."""
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "TwilioResponse" and answer.headers["Content-Type"] == "application/xml"
    return root[0], {one.tag: one.text for one in root[0]}


async def test_a_call(exchange):
    answer = await post(exchange, "/Calls", **CALL)
    element, call = read(answer)
    assert (
        answer.status_code == 201
        and element.tag == "Call"
        and call
        == {
            "Sid": call["Sid"],
            "DateCreated": "Wed, 31 Dec 2025 17:00:00 -0700",
            "DateUpdated": "Wed, 31 Dec 2025 17:00:00 -0700",
            "CallSegmentSid": None,
            "AccountSid": ACCOUNT,
            "Called": "4155550123",
            "Caller": "4155550100",
            "PhoneNumberSid": "PN" + NUMBER[1:].zfill(32),
            "Status": "0",
            "StartTime": None,
            "EndTime": None,
            "Duration": None,
            "Price": None,
            "Flags": "2",
        }
    )
    assert answer.headers["Location"] == f"http://localhost:8980{OLD}/Calls/{call['Sid']}"
    assert list(call) == [one.tag for one in element], "in this order"


async def test_a_call_is_performed_and_is_the_same_call_today(exchange):
    sid = read(await post(exchange, "/Calls", **CALL, Method="GET"))[1]["Sid"]
    await exchange.run(60)
    assert [(asked.url, asked.method) for asked in exchange.app.asked] == [("http://app/voice", "GET")]
    asked = dict(exchange.app.asked[0].params)
    assert (asked["Caller"], asked["Called"]) == (NUMBER, PHONE), "the old names never went away"
    _, old = read(await ask(exchange, "GET", f"/Calls/{sid}"))
    assert old["Status"] == "1" and old["StartTime"].endswith(" -0700")
    today = (await exchange.get(f"/Calls/{sid}.json")).json()
    assert (today["status"], today["to"], today["from"]) == ("in-progress", PHONE, NUMBER)
    await exchange.run(3600)
    _, over = read(await ask(exchange, "GET", f"/Calls/{sid}"))
    assert over["Status"] == "2" and int(over["Duration"]) > 0


async def test_a_live_call_is_redirected(exchange):
    sid = read(await post(exchange, "/Calls", **CALL))[1]["Sid"]
    await exchange.run(60)
    answer = await post(exchange, f"/Calls/{sid}", CurrentUrl="http://app/other", CurrentMethod="GET")
    assert answer.status_code == 200 and read(answer)[1]["Sid"] == sid
    await exchange.run(5)
    assert (exchange.app.asked[-1].url, exchange.app.asked[-1].method) == ("http://app/other", "GET")
    assert (await ask(exchange, "DELETE", f"/Calls/{sid}")).status_code == 405


@pytest.mark.parametrize(("timeout", "kept"), [("15", 15), ("999", 600)])
async def test_it_could_ring_longer(exchange, timeout, kept):
    sid = read(await post(exchange, "/Calls", **CALL, Timeout=timeout, IfMachine="Continue"))[1]["Sid"]
    row = await exchange.database.rows.fetch("calls", sid)
    assert (row["timeout"], row["machine_detection"]) == (kept, "Enable")


async def test_numbers_from_abroad_have_a_plus(exchange):
    _, call = read(await post(exchange, "/Calls", **{**CALL, "Called": "+44 20 7183 8750"}))
    assert call["Called"] == "+442071838750"


@pytest.mark.parametrize(
    ("form", "code"),
    [({"Called": ""}, 21201), ({"Called": "12"}, 21211), ({"Caller": ""}, 21213), ({"Url": "x"}, 21205)],
)
async def test_refused(exchange, form, code):
    answer = await post(exchange, "/Calls", **{**CALL, **form})
    element, error = read(answer)
    assert answer.status_code == 400 and element.tag == "RestException"
    assert list(error) == ["Status", "Message", "Code", "MoreInfo"] and (error["Status"], error["Code"]) == (
        "400",
        str(code),
    )


async def test_what_is_not_a_wrong_request_has_no_code(exchange):
    for path, options, status in (
        ("/Calls/CA" + "0" * 32, {}, "404"),
        ("/Nothing", {}, "404"),
        ("/Calls", {"auth": None}, "401"),
        ("/Calls/CA1/Recordings", {}, "404"),
    ):
        answer = await ask(exchange, "GET", path, **options)
        element, error = read(answer)
        assert str(answer.status_code) == status and element.tag == "RestException"
        assert list(error) == ["Status", "Message"] and error["Status"] == status
        assert (await ask(exchange, "GET", path + ".json", **options)).json() == {
            "TwilioResponse": {
                "RestException": {"Status": status, "Message": error["Message"].replace(path, path + ".json")}
            }
        }


async def calls(exchange, query=""):
    answer = await ask(exchange, "GET", "/Calls" + query)
    assert answer.status_code == 200, answer.text
    element, _ = read(answer)
    return dict(element.attrib), [{one.tag: one.text for one in call} for call in element]


def row(exchange, number, **values):
    values = {"direction": "outbound-api", "to": PHONE, "from": NUMBER, "status": "completed", **values}
    return exchange.write("calls", f"CA{number:032}", account_sid=ACCOUNT, **values)


async def test_a_list_says_how_many_there_are(exchange):
    for i in range(7):
        row(exchange, i, to=PHONE if i else "+14155550199")
    row(exchange, 8, status="busy")
    exchange.write("calls", "CA" + "9" * 32, OTHER, account_sid=OTHER, status="completed", to=PHONE)
    page, found = await calls(exchange, "?num=3&Called=415-555-0123&Status=2")
    assert [call["Sid"][-1] for call in found] == ["6", "5", "4"]
    query = "Called=415-555-0123&Status=2&num=3"
    assert page == {
        "page": "0",
        "numpages": "2",
        "pagesize": "3",
        "total": "6",
        "start": "0",
        "end": "2",
        "uri": f"{OLD}/Calls?{query}&page=0",
        "firstpageuri": f"{OLD}/Calls?{query}&page=0",
        "previouspageuri": "",
        "nextpageuri": page["nextpageuri"],
        "lastpageuri": f"{OLD}/Calls?{query}&page=1",
    }
    assert page["nextpageuri"].startswith(f"{OLD}/Calls?{query}&page=1&PageToken=PA")
    row(exchange, 10)
    for address in (page["nextpageuri"], page["lastpageuri"]):
        following, _ = await calls(exchange, address.removeprefix(OLD + "/Calls"))
        assert (following["page"], following["total"], following["nextpageuri"] == "") == (
            "1",
            "7",
            "PageToken" in address,
        )
        assert following["previouspageuri"].startswith(f"{OLD}/Calls?{query}&page=0")
    assert list(page)[:6] == ["page", "numpages", "pagesize", "total", "start", "end"]
    empty, found = await calls(exchange, "?Called=4155559999")
    assert (empty["total"], empty["numpages"], empty["nextpageuri"], found) == ("0", "0", "", [])
    refused = await ask(exchange, "GET", "/Calls?num=1001")
    assert refused.status_code == 400 and read(refused)[1]["Code"] == "20007"
    assert read(refused)[1]["Message"] == "Parameter 'num' must be a whole number from 1 to 1000."


@pytest.mark.parametrize(
    ("status", "number"),
    [
        ("queued", "0"),
        ("ringing", "1"),
        ("in-progress", "1"),
        ("completed", "2"),
        ("busy", "3"),
        ("failed", "4"),
        ("no-answer", "5"),
        ("canceled", "5"),
    ],
)
async def test_statuses_were_numbers(exchange, status, number):
    row(exchange, 1, status=status)
    for code in "012345":
        _, found = await calls(exchange, f"?Status={code}")
        assert [call["Status"] for call in found] == ([number] if code == number else [])
    refused = await ask(exchange, "GET", "/Calls?Status=completed")
    assert refused.status_code == 400 and read(refused)[1]["Code"] == "20001"


async def test_calls_by_time_and_caller(exchange):
    row(exchange, 1, start_time=1_767_225_600.0, **{"from": "+14155550101"})
    row(exchange, 2, start_time=1_767_225_600.0 + 2 * 86400)
    for query, wanted in (
        ("?StartTime=2026-01-01", ["1"]),
        ("?StartTime>=2026-01-02", ["2"]),
        ("?StartTime%3C=2026-01-02", ["1"]),
        ("?Caller=4155550101", ["1"]),
        ("?Caller=4155550101&StartTime>=2026-01-02", []),
    ):
        page, found = await calls(exchange, query)
        assert [call["Sid"][-1] for call in found] == wanted and page["total"] == str(len(wanted)), query


async def test_segments(exchange):
    parent, alone = row(exchange, 1), row(exchange, 2, direction="inbound")
    dialled = row(exchange, 3, direction="outbound-dial", parent_call_sid=parent)
    answered = row(exchange, 4, direction="outbound-dial", parent_call_sid=alone)
    for whole, segment, flags in ((parent, dialled, "6"), (alone, answered, "5")):
        element, _ = read(await ask(exchange, "GET", f"/Calls/{whole}/Segments"))
        assert element.tag == "Calls" and element.attrib["total"] == "1"
        one = {child.tag: child.text for child in element[0]}
        assert (one["Sid"], one["CallSegmentSid"], one["Flags"]) == (whole, segment, flags)
        _, same = read(await ask(exchange, "GET", f"/Calls/{whole}/Segments/{segment}"))
        assert same == one
    for wrong in (f"/Calls/{parent}/Segments/{answered}", f"/Calls/CA{'f' * 32}/Segments", "/Calls/CA1/Segments"):
        assert (await ask(exchange, "GET", wrong)).status_code == 404
    theirs = exchange.write("calls", "CA" + "e" * 32, OTHER, account_sid=OTHER)
    assert (await ask(exchange, "GET", f"/Calls/{theirs}/Segments")).status_code == 404
    assert (await post(exchange, f"/Calls/{parent}/Segments")).status_code == 405


async def test_a_text_message(exchange):
    answer = await post(exchange, "/SMS/Messages", **TEXT)
    element, message = read(answer)
    assert (
        answer.status_code == 201
        and element.tag == "SMSMessage"
        and message
        == {
            "Sid": message["Sid"],
            "DateCreated": "Wed, 31 Dec 2025 17:00:00 -0700",
            "DateUpdated": "Wed, 31 Dec 2025 17:00:00 -0700",
            "DateSent": None,
            "AccountSid": ACCOUNT,
            "To": "4155550123",
            "From": "4155550100",
            "Body": "Hello",
            "Status": "queued",
            "Flags": "4",
        }
    )
    await exchange.run(60)
    exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="Hi")
    element, _ = read(await ask(exchange, "GET", "/SMS/Messages"))
    assert element.tag == "SMSMessages" and element.attrib["total"] == "2"
    assert [(one.find("Status").text, one.find("Flags").text) for one in element] == [("sent", "1"), ("sent", "4")]
    long = await post(exchange, "/SMS/Messages", **{**TEXT, "Body": "x" * 161})
    assert long.status_code == 400 and read(long)[1]["Code"] == "21605"


async def test_json_is_wrapped_and_all_text(exchange):
    sent = (await post(exchange, "/SMS/Messages.json", **TEXT)).json()
    message = sent["TwilioResponse"]["SMSMessage"]
    assert sent.keys() == {"TwilioResponse"} and all(isinstance(value, str) for value in message.values())
    assert (message["Flags"], message["DateSent"], message["To"]) == ("4", "", "4155550123")
    await exchange.run(60)
    fetched = await ask(exchange, "GET", f"/SMS/Messages/{message['Sid']}.json")
    message = fetched.json()["TwilioResponse"]["SMSMessage"]
    listed = (await ask(exchange, "GET", "/SMS/Messages.json")).json()
    assert listed == {"TwilioResponse": {"SMSMessages": [{"SMSMessage": message}]}}


async def test_csv(exchange):
    await post(exchange, "/Calls", **CALL)
    answer = await ask(exchange, "GET", "/Calls.csv")
    header, call = csv.reader(io.StringIO(answer.text))
    assert header[:4] == ["Sid", "DateCreated", "DateUpdated", "CallSegmentSid"] and call[5] == "4155550123"
    assert (await ask(exchange, "GET", "/Calls.csv?Called=4155559999")).text.splitlines() == [",".join(header)]


async def test_incoming_phone_numbers(exchange):
    sid = "PN" + NUMBER[1:].zfill(32)
    element, _ = read(await ask(exchange, "GET", "/IncomingPhoneNumbers?PhoneNumber=4155550100"))
    assert element.tag == "IncomingPhoneNumbers" and element.attrib["total"] == "1"
    assert " ".join(one.tag for one in element[0]) == (
        "Sid AccountSid FriendlyName PhoneNumber Url Method SmsUrl SmsMethod VoiceFallbackUrl VoiceFallbackMethod "
        "SmsFallbackUrl SmsFallbackMethod VoiceCallerIdLookup DateCreated DateUpdated"
    )
    path = f"/IncomingPhoneNumbers/{sid}"
    for method, url in (("POST", "http://app/one"), ("PUT", "http://app/two")):
        answer = await ask(exchange, method, path, data={"Url": url, "Method": "GET", "FriendlyName": "Line"})
        assert answer.status_code == 200
        _, number = read(answer)
        assert (number["Url"], number["Method"], number["PhoneNumber"]) == (url, "GET", "4155550100")
        assert number["VoiceCallerIdLookup"] == "false"
    today = (await exchange.get(path + ".json")).json()
    assert (today["voice_url"], today["voice_method"], today["friendly_name"]) == ("http://app/two", "GET", "Line")


async def test_any_number_could_be_bought(exchange):
    form = {"Url": "http://app/bought", "Method": "GET", "FriendlyName": "Line"}
    for kind, area, prefix in (
        ("Local", "415", "415"),
        ("Local", "", ""),
        ("TollFree", "866", "866"),
        ("TollFree", "", "8"),
    ):
        answer = await post(exchange, f"/IncomingPhoneNumbers/{kind}", **form, **({"AreaCode": area} if area else {}))
        assert answer.status_code == 201, answer.text
        element, number = read(answer)
        assert element.tag == "IncomingPhoneNumber" and number["PhoneNumber"].startswith(prefix)
        assert len(number["PhoneNumber"]) == 10 and number["Url"] == "http://app/bought"
        assert answer.headers["Location"] == f"http://localhost:8980{OLD}/IncomingPhoneNumbers/{number['Sid']}"
        today = (await exchange.get(f"/IncomingPhoneNumbers/{number['Sid']}.json")).json()
        assert (today["voice_url"], today["api_version"]) == ("http://app/bought", "2008-08-01")
    listed, _ = read(await ask(exchange, "GET", "/IncomingPhoneNumbers/TollFree"))
    assert listed.attrib["total"] == "2"
    notes = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert not [one for one in notes if "ApiVersion" in one["message_text"]], "nobody asked for a version"
    for area, code in (("41", "21451"), ("x", "21451"), ("211", "21452")):
        refused = await post(exchange, "/IncomingPhoneNumbers/Local", AreaCode=area)
        assert refused.status_code == 400 and read(refused)[1]["Code"] == code


async def test_a_caller_id_is_validated(exchange):
    answer = await post(exchange, "/OutgoingCallerIds", PhoneNumber="415-555-0177", FriendlyName="Home")
    element, validation = read(answer)
    assert answer.status_code == 200 and element.tag == "ValidationRequest"
    assert validation["PhoneNumber"] == "4155550177" and len(validation["ValidationCode"]) == 6


@pytest.mark.parametrize(
    ("method", "query"), [("DELETE", ""), ("POST", "?_method=DELETE"), ("POST", "?_method=delete&x=1")]
)
async def test_what_is_deleted_answers_200(exchange, method, query):
    path = f"/IncomingPhoneNumbers/PN{NUMBER[1:].zfill(32)}"
    answer = await ask(exchange, method, path + query)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await ask(exchange, "GET", path)).status_code == 404


async def test_put_in_the_query(exchange):
    path = f"/IncomingPhoneNumbers/PN{NUMBER[1:].zfill(32)}?_method=PUT"
    answer = await ask(exchange, "POST", path, data={"FriendlyName": "Line"})
    assert answer.status_code == 200 and read(answer)[1]["FriendlyName"] == "Line"
    odd = await ask(exchange, "POST", path.replace("PUT", "PATCH"), data={"FriendlyName": "Odd"})
    assert read(odd)[1]["FriendlyName"] == "Odd", "another method is not meant"


async def test_the_account(exchange):
    element, account = read(await exchange.request("GET", OLD))
    assert element.tag == "Account" and account == {
        "Sid": ACCOUNT,
        "FriendlyName": "Main",
        "Status": "2",
        "StatusText": "Active",
        "DateCreated": "Wed, 31 Dec 2025 17:00:00 -0700",
        "DateUpdated": "Wed, 31 Dec 2025 17:00:00 -0700",
        "AuthToken": TOKEN,
    }
    answer = await exchange.request("POST", OLD, data={"FriendlyName": "Nicer", "Status": "suspended"})
    assert answer.status_code == 200 and read(answer)[1]["FriendlyName"] == "Nicer"
    element, _ = read(await exchange.request("GET", "/2008-08-01/Accounts"))
    assert element.tag == "Accounts" and {one.find("Sid").text for one in element} == {ACCOUNT, SUB}


async def test_notifications(exchange):
    exchange.app.document = ""
    sid = read(await post(exchange, "/Calls", **CALL))[1]["Sid"]
    await exchange.run(60)
    for path in ("/Notifications", f"/Calls/{sid}/Notifications"):
        element, _ = read(await ask(exchange, "GET", path + "?Log=0"))
        one = {child.tag: child.text for child in element[0]}
        assert element.attrib["total"] == "1" and (one["CallSid"], one["ErrorCode"], one["Log"]) == (sid, "11200", "0")
        assert one["RequestURL"] == "http://app/voice" and one["MessageDate"].endswith("-0700")
    assert (await ask(exchange, "GET", f"/Notifications/{one['Sid']}")).status_code == 200
    assert (await ask(exchange, "DELETE", f"/Notifications/{one['Sid']}")).status_code == 405


async def test_caller_ids(exchange):
    sid = exchange.write(
        "outgoing_caller_ids", "PN" + "1" * 32, account_sid=ACCOUNT, phone_number=PHONE, friendly_name="Home"
    )
    element, _ = read(await ask(exchange, "GET", "/OutgoingCallerIds"))
    one = {child.tag: child.text for child in element[0]}
    assert element.tag == "OutgoingCallerIds" and (one["Sid"], one["PhoneNumber"]) == (sid, "4155550123")
    assert list(one) == ["Sid", "AccountSid", "FriendlyName", "PhoneNumber", "DateCreated", "DateUpdated"]


async def test_strangers_find_nothing(exchange):
    sid = read(await post(exchange, "/Calls", **CALL))[1]["Sid"]
    theirs = f"/2008-08-01/Accounts/{OTHER}/Calls"
    for path in (f"{theirs}/{sid}", f"{theirs}/{sid}/Segments"):
        assert (await exchange.request("GET", path, auth=(OTHER, OTHER_TOKEN))).status_code == 404
    assert (await exchange.request("GET", f"{OLD}/Calls", auth=(OTHER, OTHER_TOKEN))).status_code == 401
    element, _ = read(await exchange.request("GET", theirs, auth=(OTHER, OTHER_TOKEN)))
    assert len(element) == 0 and element.attrib["total"] == "0"


async def test_what_there_was_not_in_2008(exchange):
    for path in ("/Messages", "/Applications", "/Usage/Records", "/Calls/CA1/Events"):
        assert (await ask(exchange, "GET", path)).status_code == 404
    created = await exchange.request("POST", "/2008-08-01/Accounts", data={"FriendlyName": "x"})
    assert created.status_code == 405
