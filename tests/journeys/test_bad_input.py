"""What a hostile or unlucky world sends: a clear refusal, nothing hangs, nothing is lost (bad-inputs 17 to 19, 22)."""

from __future__ import annotations

import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from .hostile import APPS, NOT_URLS, URLS
from .processes import BRIEF, PATIENCE, Answer, App, Serve, heard, page
from .processes import exchanges as ending

pytestmark = pytest.mark.journey

GROWTH = 120 << 20
"""Bytes the exchange may have grown by after everything in this file, caches and the log's pages included."""

PHONE = "+14155550123"


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with App() as running:
        yield running


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """One exchange for all of this file, in virtual time; at the end it is as well as at the start."""
    for made in ending():
        served = made.serve(tmp_path_factory.mktemp("served") / "data", "--virtual-time")
        served.behave(PHONE, ring_after=0, answer_after=0)
        at_first = served.memory()
        yield served
        assert served.memory() - at_first < GROWTH
        assert served.stop() == 0


@pytest.fixture(autouse=True)
def unharmed(served: Serve) -> Iterator[None]:
    """After every test the exchange answers, and has had no accident."""
    yield
    assert served.alive()
    assert "Traceback" not in served.said()


def called(served: Serve, url: str, **more: str) -> tuple[str, list[dict[str, str]]]:
    """A call whose document is at `url`: its final status and its Notifications, oldest first."""
    form = {"To": PHONE, "From": served.number, "Url": url, **more}
    before = served.position()
    made = served.api("POST", "/Calls.json", form)
    assert made.status == 201, made.body
    call = served.finished(made.json["sid"], before)
    told = served.api("GET", f"/Calls/{call['sid']}/Notifications.json?PageSize=1000").json["notifications"]
    return call["status"], told[::-1]


def sentence(notification: dict[str, str]) -> str:
    return parse_qs(notification["message_text"])["Msg"][0]


# Apps --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", APPS)
def test_an_app_that_misbehaves(served: Serve, app: App, name: str) -> None:
    """The documented code, a sentence, a fallback that is told, and a call that ends (voice 3.6, 17.1)."""
    code, app.answers[f"/{name}"] = APPS[name]
    app.answers["/fallback"] = "<Response><Hangup/></Response>"
    status, told = called(served, app.url(f"/{name}{BRIEF}"), FallbackUrl=app.url("/fallback"))
    assert status == "completed"
    errors = [one for one in told if one["log"] == "0"]
    assert [one["error_code"] for one in errors] == [str(code)]
    assert len(sentence(errors[0])) > 20
    assert len(told) <= 101, "warnings are bounded"
    if code != 11215 or name == "circle":  # a circle of documents is a circle through the fallback too
        asked = app.asked[-1]
        assert (asked.path, asked.params["ErrorCode"]) == ("/fallback", str(code))
        assert asked.params["ErrorUrl"].startswith(app.url(f"/{name}"))


def test_without_a_fallback_the_caller_hears_an_apology(served: Serve, app: App) -> None:
    app.answers["/broken"] = "<Response>"
    before = served.position()
    status, told = called(served, app.url("/broken"))
    assert (status, [one["error_code"] for one in told]) == ("completed", ["12100"])
    said = served.expect("PhoneHeard", after=before)
    assert said and "application error has occurred" in said["event"]["text"]


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_is_not_called(served: Serve, url: str) -> None:
    """Private, metadata, decimal and octal addresses; nobody there; no such name (design 6)."""
    status, told = called(served, url + BRIEF)
    assert status == "completed"
    assert [one["error_code"] for one in told] == [str(URLS[url])]


@pytest.mark.parametrize("url", NOT_URLS)
def test_what_is_no_url_is_refused_at_once(served: Serve, url: str) -> None:
    refused = served.api("POST", "/Calls.json", {"To": PHONE, "From": served.number, "Url": url})
    assert (refused.status, refused.code) == (400, 21205)
    assert url in refused.json["message"]


@pytest.mark.parametrize("path", ["/lab/v1/tenancy", "/lab/v1/expect", "/2010-04-01/Accounts/{account}/Calls"])
def test_a_webhook_that_leads_to_the_exchange_itself(served: Serve, app: App, path: str) -> None:
    where = f"http://{served.account}:{served.token}@127.0.0.1:{served.port}{path.format(account=served.account)}"
    app.answers["/led"] = f"HTTP/1.1 307 On\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()
    for url in (where, app.url("/led")):
        status, told = called(served, url)
        assert status == "completed"
        assert [one["error_code"] for one in told] == ["11205"]
        assert "this exchange itself" in sentence(told[0])


def test_a_text_whose_webhook_is_our_own_api_does_not_circle(served: Serve) -> None:
    own = f"http://{served.account}:{served.token}@127.0.0.1:{served.port}/2010-04-01/Accounts/{served.account}"
    served.lead(SmsUrl=f"{own}/Messages.json")
    before = served.position()
    sent = served.lab("POST", f"/phones/{PHONE}/messages", {"to": served.number, "body": "Hi"})
    noticed = served.expect("Noticed", subject=sent.json["sid"], code=11205, after=before)
    assert noticed is not None
    assert served.api("GET", f"/Messages.json?From={served.number}").json["messages"] == []


@pytest.mark.parametrize(
    ("url", "code"), [("http://no-such-name.invalid/", 11210), ("http://10.1.2.3/", 11205), ("/refuses", 15003)]
)
def test_a_status_callback_that_cannot_be_told(served: Serve, app: App, url: str, code: int) -> None:
    """15003 for the app's refusal, the name's or the connection's own code else; the call does not mind (3.2)."""
    app.answers["/hello"] = "<Response><Hangup/></Response>"
    app.answers["/refuses"] = page("", "403 Forbidden")
    before = served.position()
    status, _ = called(served, app.url("/hello"), StatusCallback=app.url(url) if url.startswith("/") else url)
    assert status == "completed"
    failed = served.expect("CallbackFailed", after=before)
    assert failed and failed["event"]["problem"] and failed["event"]["code"] == code
    told = served.api("GET", f"/Calls/{failed['subject']}/Notifications.json").json["notifications"]
    assert [one["error_code"] for one in told] == [str(code)]


def test_a_follower_of_the_log_survives_strange_bytes(served: Serve, app: App) -> None:
    """Header bytes that are no text stand in the log; whoever follows it must not lose it."""
    app.answers["/bytes"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/\xff\xed\xa0\x80\r\nContent-Length: 1\r\n\r\nx"
    after = served.position()
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as follower:
        ask = f"GET /lab/v1/events?after={after} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
        follower.sendall(ask.encode())
        called(served, app.url("/bytes"))
        got = b""
        while b'"status":"completed"' not in got:
            piece = follower.recv(65536)
            assert piece, got
            got += piece
    assert b"event: WebhookAnswered" in got


# The API -----------------------------------------------------------------------------------


def get(served: Serve, path: str, *headers: str, version: str = "1.1") -> bytes:
    pair = b64encode(f"{served.account}:{served.token}".encode()).decode()
    lines = [f"GET {path} HTTP/{version}", "Host: x", f"Authorization: Basic {pair}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def calls(served: Serve) -> str:
    return f"/2010-04-01/Accounts/{served.account}/Calls"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"To=%ff&From=%fe", 400, 20001),
        (b"To=\xff\xfe", 400, 20001),
        (b"To=%ed%a0%80", 400, 20001),
        (b"To=a%00b", 400, 20001),
        (b"&".join(b"a%d=1" % n for n in range(2000)), 400, 20001),
        (b"x" * ((1 << 20) + 1), 413, 20413),
        (b'{"To":"+14155550123"}', 400, 21604),
        (b'--x\r\nContent-Disposition: form-data; name="To"\r\n\r\n1\r\n--x--', 400, 21604),
        (b"To=%2B14155550123&From=%2B15005550006", 400, 21602),
        (b"To=%2B14155550123&From=%2B15005550006&Body=" + b"x" * 1601, 400, 21617),
        (b"To=%2B1%0d%0a4155550123&From=%2B15005550006&Body=x", 400, 21211),
        (b"To=%2B" + b"1" * 5000 + b"&From=%2B15005550006&Body=x", 400, 21211),
        (b"To=%2B14155550123&From=%2B15005550006&Body=x&StatusCallback=file:///x", 400, 21609),
        (b"To=%2B14155550123&From=%2B15005550006&Body=x&ValidityPeriod=1e9", 400, 21624),
        (b"To=%2B14155550123&From=%2B15005550006&Body=x&ContentVariables=" + b"[" * 100_000, 400, 21654),
        (b"", 400, 21604),
        (b"=&&=%&%zz", 400, 21604),
    ],
)
def test_forms(served: Serve, body: bytes, status: int, code: int) -> None:
    """messaging 4.2, 4.6: the documented code and a sentence."""
    refused = served.api("POST", "/Messages.json", body)
    assert (refused.status, refused.code) == (status, code), refused.body
    assert len(refused.json["message"]) > 10


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("PageSize=0", 20007),
        ("PageSize=1001", 20007),
        ("PageSize=1e3", 20007),
        ("Page=-1", 20001),
        ("PageToken='%3Bdrop", 20001),
        ("PageToken=PACA" + "f" * 31, 20001),
        ("StartTime>=2026-13-01", 20001),
        ("StartTime%3C=x", 20001),
        ("Status=%ff", 20001),
        ("To=%00", 20001),
        ("PageToken=PACA" + "f" * 32, 0),
        ("PageToken=PBCA" + "f" * 32, 0),
        ("Page=2147483647&PageSize=1000", 0),
        ("To=+14155550123", 0),
        ("To=%2B14155550123&Unknown=%25%25", 0),
        ("StartTime>2026-01-01", 0),
        ("&&=&", 0),
    ],
)
def test_queries(served: Serve, query: str, code: int) -> None:
    """messaging 4.5, 4.7: forged page tokens open nothing, `+` in a query is a blank, wrong values are named."""
    answer = served.api("GET", f"/Calls.json?{query}")
    assert answer.status == (400 if code else 200), answer.body
    if code:
        assert answer.code == code
    else:
        assert all(one["account_sid"] == served.account for one in answer.json["calls"])


def test_sids_of_another_account(served: Serve, app: App) -> None:
    """bad-inputs 22: what another account owns is not there; its name in the path is refused."""
    app.answers["/hello"] = "<Response><Say>Hello.</Say></Response>"
    call = served.api("POST", "/Calls.json", {"To": PHONE, "From": served.number, "Url": app.url("/hello")}).json
    served.finished(call["sid"])
    message = served.api("POST", "/Messages.json", {"To": PHONE, "From": served.number, "Body": "Hi"}).json
    noticed = served.api("GET", "/Notifications.json").json["notifications"][0]["sid"]
    stranger = {"account": "AC" + "5" * 32, "token": "a token of its own"}
    paths = [f"/Calls/{call['sid']}", f"/Messages/{message['sid']}", f"/Notifications/{noticed}",
             f"/IncomingPhoneNumbers/{served.number_sid}", f"/Calls/{call['sid']}/Notifications"]  # fmt: skip
    for path in paths:
        for method, form in (("GET", None), ("POST", {"Status": "completed", "VoiceUrl": ""}), ("DELETE", None)):
            inside = served.api(method, f"{path}.json", form, **stranger)
            assert inside.code == 20404 or (inside.status, inside.code) == (405, 20004), (method, path, inside)
            outside = served.api(method, f"{path}.json", form, owner=served.account, **stranger)
            assert (outside.status, outside.code) == (401, 20003), (method, path, outside)
    for path in ("/Calls", "/Messages", "/IncomingPhoneNumbers", "/Notifications"):
        listed = served.api("GET", f"{path}.json", **stranger).json
        rows = next(value for value in listed.values() if isinstance(value, list))
        assert {row["account_sid"] for row in rows} <= {stranger["account"]}, path
    token = "PACA" + "f" * 32
    assert served.api("GET", f"/Calls.json?PageToken={token}&Page=1", **stranger).json["calls"] == []
    assert served.api("POST", "/Calls.json", {"To": PHONE, "From": served.number, "Url": "http://x.invalid/"},
                      **stranger).code == 21210  # fmt: skip
    assert served.api("GET", f"/Calls/{call['sid']}.json").status == 200, "and is still there"


@pytest.mark.parametrize("segment", ["CA%00", "%zz%", "..%2f..%2fCalls", "%2e%2e", "%ff%fe", "CA" + "0" * 5000, "%43A"])
def test_paths_that_lead_nowhere(served: Serve, segment: str) -> None:
    """messaging 4.1, 4.8: 404 for every sid of a wrong form."""
    answer = served.speak(get(served, f"{calls(served)}/{segment}.json"))
    assert answer.startswith(b"HTTP/1.1 404 ") and b'"code":20404' in answer


@pytest.mark.parametrize("authorization", [
    b"", b"Basic", b"Basic \xff\xfe", b"Bearer x", b"Basic ====", b"Basic " + b64encode(b"\xff:x"),
    b"Basic " + b64encode(b"AC:x"), b"Basic " + b64encode(b"no colon"), b"Digest username=x",
])  # fmt: skip
def test_credentials_of_no_form(served: Serve, authorization: bytes) -> None:
    head = f"GET {calls(served)}.json HTTP/1.1\r\nHost: x\r\nAuthorization: ".encode() + authorization
    answer = served.speak(head + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 401 ") and b'"code":20003' in answer and b"www-authenticate: Basic" in answer


# The wire ----------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nX\x00: y\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"y" * 65536 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: -4\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
], ids=range(12))  # fmt: skip
def test_what_is_no_request(served: Serve, raw: bytes) -> None:
    assert served.speak(raw).startswith(b"HTTP/1.1 400 ")


def test_a_head_without_end_is_cut_off(served: Serve) -> None:
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError):
            for number in range(10_000):
                wire.sendall(b"X-%d: " % number + b"y" * 10_000 + b"\r\n")


def test_garbage_behind_a_good_request(served: Serve) -> None:
    good = get(served, f"{calls(served)}.json?PageSize=1")
    assert served.speak(good + b"\x00\x01garbage\r\n\r\n" * 50).startswith(b"HTTP/1.1 ")
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as wire:
        wire.sendall(good * 50)
        got = b""
        while got.count(b"HTTP/1.1 200 OK") < 50:
            piece = wire.recv(65536)
            assert piece
            got += piece


def test_older_and_rarer_http(served: Serve) -> None:
    path = f"{calls(served)}.json"
    old = served.speak(get(served, path, version="1.0"))
    assert old.startswith(b"HTTP/1.1 200 ") and b"connection: close" in old.lower()
    assert served.speak(get(served, f"http://api.twilio.com{path}")).startswith(b"HTTP/1.1 200 ")
    assert served.speak(get(served, path, "Upgrade: h2c", "Connection: Upgrade")).startswith(b"HTTP/1.1 200 ")
    for host in ("unknown.example", "x:99999999", "\xff\xfe", "API.TWILIO.COM.", "api.dublin.ie1.twilio.com"):
        assert served.speak(get(served, path).replace(b"Host: x", b"Host: " + host.encode("latin-1"))).startswith(
            b"HTTP/1.1 200 "), host  # fmt: skip
    other = served.speak(get(served, path).replace(b"Host: x", b"Host: verify.twilio.com"))
    assert other.startswith(b"HTTP/1.1 404 ")


def test_bodies_that_come_in_pieces(served: Serve) -> None:
    head = get(served, f"/2010-04-01/Accounts/{served.account}/Messages.json").replace(b"GET", b"POST")[:-2]
    form = b"To=%2B14155550123&From=%2B15005550006&Body=Hi"
    chunks = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in form) + b"0\r\n\r\n"
    assert served.speak(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks).startswith(b"HTTP/1.1 201 ")
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as wire:
        wire.sendall(head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(form))
        assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(form)
        assert heard(wire).startswith(b"HTTP/1.1 201 ")
    endless = (b"100000\r\n" + b"x" * (1 << 20) + b"\r\n" for _ in range(8))
    assert served.speak(head + b"Transfer-Encoding: chunked\r\n\r\n", *endless).startswith(b"HTTP/1.1 413 ")
    assert served.speak(head + b"Content-Length: 9999999999\r\n\r\nTo=").startswith(b"HTTP/1.1 413 ")
    assert served.speak(head + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n").startswith(b"HTTP/1.1 400 ")


def test_connections_that_never_finish_keep_nobody_out(served: Serve) -> None:
    slow = []
    beginnings = (b"", b"G", b"GET / HTTP/1.1\r\nX: ", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nTo=")
    try:
        for number in range(150):
            slow.append(socket.create_connection(("127.0.0.1", served.port), PATIENCE))
            slow[-1].sendall(beginnings[number % len(beginnings)])
        assert served.api("GET", "/Calls.json?PageSize=1").status == 200
    finally:
        for one in slow:
            one.close()


def test_many_at_once_are_told_to_wait_or_served(served: Serve) -> None:
    """messaging 4.9: over the account's limit 429, nothing else goes wrong."""
    answers: list[Answer] = []
    asking = [threading.Thread(target=lambda: answers.extend(
        served.api("POST", "/Messages.json", {"To": PHONE, "From": served.number, "Body": "Hi"}) for _ in range(5)))
        for _ in range(12)]  # fmt: skip
    for one in asking:
        one.start()
    for one in asking:
        one.join(PATIENCE)
    assert len(answers) == 60 and {answer.status for answer in answers} <= {201, 429}


# The lab -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", f"/phones/{PHONE}", b"{", 400),
        ("PUT", f"/phones/{PHONE}", b'"\xff', 400),
        ("PUT", f"/phones/{PHONE}", b"[]", 400),
        ("PUT", f"/phones/{PHONE}", b'{"unknown": 1}', 400),
        ("PUT", f"/phones/{PHONE}", b'{"answering": "sometimes"}', 400),
        ("PUT", f"/phones/{PHONE}", b'{"ring_after": -1}', 400),
        ("PUT", f"/phones/{PHONE}", b'{"ring_after": 1e308}', 400),
        ("PUT", f"/phones/{PHONE}", b'{"ring_after": NaN}', 400),
        ("PUT", f"/phones/{PHONE}", b'"' + b"x" * (2 << 20) + b'"', 413),
        ("PUT", "/phones/nonsense", b"{}", 400),
        ("PUT", "/phones/%00", b"{}", 400),
        ("GET", "/phones/%ff", None, 400),
        ("GET", "/phones/" + "1" * 5000, None, 400),
        ("POST", "/expect", b'{"match": {"where": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}}", 400),
        ("POST", "/expect", b'{"within": 1e308}', 400),
        ("POST", "/expect", b'{"within": 1e999}', 400),
        ("POST", "/expect", b'{"within": -5}', 400),
        ("POST", "/expect", b'{"match": {"subject": "none"}, "within": 0, "after": 99999999999999999999}', 400),
        ("POST", "/clock/advance", b'{"seconds": -100}', 400),
        ("POST", "/clock/advance", b'{"seconds": 1e300}', 400),
        ("POST", "/clock/advance", b"{}", 400),
        ("DELETE", "/clock/holds/none", None, 404),
        ("GET", "/events?after=x", None, 400),
        ("GET", "/events?after=99999999999999999999", None, 200),
        ("POST", "/expect", b'{"match": {"kinds": ["Nothing"]}}', 400),
        ("GET", "/events?kind=%ff", None, 400),
        ("GET", "/events?limit=-5&subject=%00&contains=%ff", None, 200),
        ("GET", "/calls/none", None, 404),
        ("POST", "/calls/none/explode", b"{}", 404),
        ("POST", f"/phones/{PHONE}/calls", b'{"to": "nobody"}', 400),
        ("POST", f"/phones/{PHONE}/calls", b'{"to": "+19995550100"}', 400),
        ("POST", f"/phones/{PHONE}/messages", b'{"to": "+19995550100"}', 400),
        ("POST", f"/phones/{PHONE}/messages", b'{"to": "+15005550006", "body": "\\ud800"}', 400),
        ("GET", "/nothing", None, 404),
        ("DELETE", "/phones", None, 405),
    ],
)
def test_the_lab(served: Serve, method: str, path: str, body: bytes | None, status: int) -> None:
    """A sentence for everything a program in another language may get wrong."""
    answer = served.lab(method, path, body)
    assert answer.status == status, answer.body
    if status == 400:
        assert len(json.loads(answer.body)["message"]) > 10


def test_time_can_still_be_told(served: Serve) -> None:
    """After all those years the clock still shows a moment that can be written."""
    assert served.lab("GET", "/clock").json["now"] < 250_000_000_000  # the year 9892
    assert served.api("POST", "/Messages.json", {"To": PHONE, "From": served.number, "Body": "Hi"}).status == 201
