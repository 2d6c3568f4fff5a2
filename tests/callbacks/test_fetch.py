"""callbacks/fetch.py against real apps on loopback."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.callbacks.fetch import AppFetcher
from hoyhoy.callbacks.guard import STRICT, Guard
from hoyhoy.callbacks.overrides import Limits
from hoyhoy.callbacks.target import Map
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.exchange.ports import Callback, FetchFailed, Page, Webhook

from .conftest import ACCOUNT, CALL, TOKEN, App, read_request, serving

DOCUMENT = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 11\r\n\r\n<Response/>"


def moved(location: str, status: int = 302) -> web.Response:
    return web.Response(status=status, headers={"Location": location})


async def failing(awaitable) -> FetchFailed:
    with pytest.raises(FetchFailed) as failed:
        await awaitable
    return failed.value


# The request (voice 3.1, 3.7, 3.8) ---------------------------------------------------------


async def test_a_post_carries_its_parameters_in_the_body(app, ask):
    page = await ask(app.url("/voice?x=a%20b"), "POST", ("Digits", "12#*"), ("Who", "José & Co"), ("Empty", ""))
    [seen] = app.seen
    assert (seen.method, seen.genuine) == ("POST", True)
    assert seen.body == f"CallSid={CALL}&Digits=12%23%2A&Who=Jos%C3%A9+%26+Co&Empty=".encode()
    assert (page.status, page.body, page.attempts) == (200, b"<Response/>", 1)
    assert page.content_type.startswith("text/xml")


async def test_a_get_carries_them_in_the_query_after_the_urls_own(app, ask):
    page = await ask(app.url("/voice?x=a%20b"), "GET", ("From", "+14155550100"))
    [seen] = app.seen
    assert seen.url == app.url(f"/voice?x=a%20b&CallSid={CALL}&From=%2B14155550100")
    assert (seen.method, seen.body, seen.genuine) == ("GET", b"", True)
    assert "Content-Type" not in seen.headers
    assert page.url == app.url("/voice?x=a%20b")  # what an empty <Redirect/> requests again (1.6)


async def test_the_headers_are_the_platforms(app, ask):
    page = await ask(app.url())
    headers = app.seen[0].headers
    assert {name: headers[name] for name, _ in page.asked_with} == dict(page.asked_with)
    assert "X-Twilio-Signature" in dict(page.asked_with)
    assert {
        name: headers[name] for name in ("User-Agent", "Accept", "Accept-Encoding", "X-Home-Region", "Content-Type")
    } == {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
        "X-Home-Region": "us1",
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
    }
    assert re.fullmatch(r"\w{8}-\w{4}-\w{4}-\w{4}-\w{12}", headers["I-Twilio-Idempotency-Token"])
    assert "Cookie" not in headers and "Authorization" not in headers


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    "path",
    [
        "/voice",
        "/voice/",
        "/a%2fb/../c//d",
        "/v?q=a+b%20c&q=2",
        "/v#rc=2&rp=5xx",
        "/v#top",
        "",
        "/?",
        "/blank here/é?ü=ß",
    ],
)
async def test_the_app_finds_every_signature_genuine(app, ask, method, path):
    await ask(app.url(path), method, ("Body", "ñ ~+&=%\x00"))
    [seen] = app.seen
    assert seen.genuine
    assert "#" not in seen.url


async def test_user_info_travels_as_basic_authorization_and_is_not_signed(app, ask):
    url = app.url().replace("://", "://kate:p%40ss:w@")
    page = await ask(url)
    [seen] = app.seen
    assert seen.headers["Authorization"] == "Basic a2F0ZTpwQHNzOnc="
    assert seen.genuine
    assert page.url == url  # so that relative URLs keep the credentials


async def test_a_token_of_the_account(app, make):
    ask = await make()
    ask.fetcher._token_of = {ACCOUNT: "another token"}.__getitem__
    await ask(app.url())
    assert not app.seen[0].genuine


async def test_a_lone_surrogate_does_not_break_the_request(app, ask):
    await ask(app.url(), "POST", ("Body", "\ud83d"))
    assert app.seen[0].genuine and app.seen[0].form["Body"] == "?"


async def test_a_callback_encodes_blanks_as_percent_20(app, ask):  # voice 3.1
    await ask.fetcher.tell(Callback("CB1", CALL, ACCOUNT, app.url(), "POST", (("Timestamp", "Fri, 20 Aug"),)))
    assert app.seen[0].body == b"Timestamp=Fri%2C%2020%20Aug"
    assert app.seen[0].genuine


# Redirects (voice 1.7) ---------------------------------------------------------------------


@pytest.mark.parametrize(("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
async def test_a_redirect_keeps_the_standard_parameters_and_drops_the_verbs(app, ask, status, method):
    app.answers["/voice"] = moved("next/?y=1", status)
    app.answers["/next/"] = web.Response(text="<Response/>", content_type="text/xml")
    page = await ask(app.url(), "POST", ("From", "+1"), extra=(("Digits", "1"), ("DialCallStatus", "busy")))
    first, second = app.seen
    assert second.method == method and second.genuine
    fields = second.form if method == "POST" else dict(parse_qsl(second.url.partition("?")[2]))
    assert dict(fields) | {"y": "1"} == {"CallSid": CALL, "From": "+1", "y": "1"}
    assert first.headers["I-Twilio-Idempotency-Token"] == second.headers["I-Twilio-Idempotency-Token"]
    assert page.url == app.url("/next/?y=1")


async def test_a_redirected_callback_keeps_all_its_parameters(app, ask):
    app.answers["/voice"] = moved("/next", 307)
    await ask.fetcher.tell(Callback("CB1", CALL, ACCOUNT, app.url(), "POST", (("RecordingUrl", "http://x/"),)))
    assert app.seen[1].form["RecordingUrl"] == "http://x/"


async def test_ten_redirects_are_followed_and_no_more(app, ask):
    for number in range(12):
        app.answers[f"/{number}"] = moved(f"/{number + 1}")
    assert (await ask(app.url("/2"))).status == 200
    assert len(app.seen) == 11
    app.seen.clear()
    assert (await failing(ask(app.url("/1")))).code == 11215
    assert len(app.seen) == 11


@pytest.mark.parametrize(
    "location",
    ["", "file:///etc/passwd", "gopher://127.0.0.1/", "http://[::1/", "http://127.0.0.1:99999/", "javascript:1"],
)
async def test_a_redirect_to_nowhere(app, ask, location):
    app.answers["/voice"] = moved(location)
    assert (await failing(ask(app.url()))).code == 11216


async def test_credentials_stay_with_their_host(app, ask, make):
    app.answers["/voice"] = moved("/same")
    app.answers["/same"] = moved(app.url("/away", host="localhost"))
    page = await ask(app.url().replace("://", "://kate:pw@"))
    assert ["Authorization" in seen.headers for seen in app.seen] == [True, True, False]
    assert page.url == app.url("/away", host="localhost")


async def test_a_redirect_passes_the_guard_again(app, make):
    ask = await make(guard=Guard(["127.0.0.1/32"]))
    app.answers["/voice"] = moved(f"http://127.0.0.2:{app.port}/secret")
    failed = await failing(ask(app.url()))
    assert failed.code == 11205 and "--allow-network 127.0.0.2/32" in failed.message
    assert len(app.seen) == 1


# Cookies (voice 1.7) -----------------------------------------------------------------------


async def test_cookies_belong_to_a_session(app, ask):
    app.answers["/voice"] = web.Response(headers={"Set-Cookie": "id=42; Path=/"})
    mine, other = ask.fetcher.session(), ask.fetcher.session()
    for session in (mine, mine, other):
        await ask(app.url(), session=session)
    assert [seen.headers.get("Cookie") for seen in app.seen] == [None, "id=42", None]


async def test_a_cookie_set_by_a_redirect_is_sent_to_its_target(app, ask):
    app.answers["/voice"] = web.Response(status=302, headers={"Location": "/next", "Set-Cookie": "a=b"})
    await ask(app.url())
    assert app.seen[1].headers["Cookie"] == "a=b"


# Answers (voice 1.2, 17.1) -----------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 404, 500, 503, 304, 300])
async def test_an_error_status(app, ask, status):
    app.answers["/voice"] = web.Response(status=status, text="sorry" if status != 304 else None)
    failed = await failing(ask(app.url()))
    assert failed.code == 11200 and failed.page
    assert failed.page.status == status
    assert len(app.seen) == 1  # no retry unless the URL asks for it (3.2)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_2xx_is_an_answer_even_when_empty(app, ask, status):
    app.answers["/voice"] = web.Response(status=status)
    assert (await ask(app.url())).body == b""


async def test_64_kilobytes_are_a_document_and_one_byte_more_is_not(app, ask):
    app.answers["/voice"] = web.Response(body=b"x" * 65536)
    assert len((await ask(app.url())).body) == 65536
    app.answers["/voice"] = web.Response(body=b"x" * 65537)
    failed = await failing(ask(app.url()))
    assert failed.code == 11750 and failed.page and len(failed.page.body) == 65536


async def test_a_compressed_bomb_is_read_no_further_than_the_limit(app, ask):
    bomb = gzip.compress(bytes(5_000_000))
    app.answers["/voice"] = web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
    failed = await failing(ask(app.url()))
    assert failed.code == 11750 and failed.page and len(failed.page.body) == 65536


async def test_gzip_is_unpacked(app, ask):
    app.answers["/voice"] = web.Response(body=gzip.compress(b"<Response/>"), headers={"Content-Encoding": "gzip"})
    assert (await ask(app.url())).body == b"<Response/>"


async def test_an_endless_answer(raw, ask):
    async def endless(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        while True:
            writer.write(b"<!-- -->" * 1000)
            await writer.drain()

    failed = await failing(ask(f"http://127.0.0.1:{await raw(endless)}/"))
    assert failed.code == 11750


async def test_an_empty_answer_in_chunks(raw, ask):
    async def chunked(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        await writer.drain()

    assert (await failing(ask(f"http://127.0.0.1:{await raw(chunked)}/"))).code == 11770


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"\x00\x01\x02",
        b"HTTP/1.1 abc\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
    ],
)
async def test_what_is_not_http(raw, ask, said):
    async def speak(reader, writer):
        await read_request(reader)
        writer.write(said)
        await writer.drain()

    assert (await failing(ask(f"http://127.0.0.1:{await raw(speak)}/"))).code == 11206


async def test_header_fields_that_are_no_text(raw, ask):
    """Nothing of them can break what keeps, shows or answers them."""

    async def speak(reader, writer):
        while True:
            await read_request(reader)
            writer.write(
                b'HTTP/1.1 200 OK\r\nContent-Type: text/\xff\r\nSet-Cookie: a=\xff\r\nETag: "\xff"\r\n'
                b"X: caf\xc3\xa9\r\nContent-Length: 0\r\n\r\n"
            )

    url, session = f"http://127.0.0.1:{await raw(speak)}/", ask.fetcher.session()
    for _ in range(2):
        page = await ask(url, "GET", session=session)
        assert page.content_type == "text/?" and dict(page.headers)["X"] == "café"


@given(
    st.sampled_from(["http://", "https://", "http://127.0.0.1:1/", "http://127.0.0.1:1/#", "http://a:b@", ""]),
    st.text(),
)
@settings(max_examples=200, deadline=None)
def test_any_text_as_a_url_fails_as_it_should(start, text):
    async def fail() -> int:
        fetcher = AppFetcher(
            clock=RealClock(),
            chance=SeededChance(1),
            token_of=lambda sid: TOKEN,
            resolver=NoNames(),
            guard=Guard(["127.0.0.1/32"]),
        )
        await fetcher.start()
        try:
            webhook = Webhook(start + text)
            return (await failing(fetcher.fetch(webhook, account=ACCOUNT, session=fetcher.session()))).code
        finally:
            await fetcher.close()

    assert asyncio.run(fail()) in {11100, 11205, 11210, 11240, 11241, 11243}


class NoNames(AbstractResolver):
    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        raise OSError(f"{host} is not known")

    async def close(self): ...


# Time (voice 3.4) --------------------------------------------------------------------------


async def test_a_silent_app(raw, make):
    async def silent(reader, writer):
        await reader.read()

    ask = await make(limits=Limits(connect=1, read=0.1, total=1))
    failed = await failing(ask(f"http://127.0.0.1:{await raw(silent)}/"))
    assert failed.code == 11200 and "silent for 0.1 s" in failed.message


async def test_a_dripping_app_ends_at_the_total_time(raw, make):
    async def drip(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    ask = await make(limits=Limits(connect=1, read=0.2, total=0.3))
    url = f"http://127.0.0.1:{await raw(drip)}/"
    failed = await failing(ask(url))
    assert failed.code == 11200 and failed.page and failed.page.body.startswith(b"xxx")
    assert (await failing(ask(url + "#tt=100"))).code == 11203  # the URL's own limit


async def test_redirects_share_one_total_time(raw, make):
    async def slow(reader, writer):
        await read_request(reader)
        await asyncio.sleep(0.1)
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    ask = await make(limits=Limits(connect=1, read=1, total=0.25))
    assert (await failing(ask(f"http://127.0.0.1:{await raw(slow)}/"))).code == 11200


async def test_a_refused_connection(ask):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failed = await failing(ask(f"http://127.0.0.1:{port}/"))
    assert failed.code == 11205 and "refused" in failed.message


async def test_a_connection_that_is_never_taken(make):
    """The backlog of a listening socket is full: connecting waits."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
            waiting.append(one)
        ask = await make(limits=Limits(connect=0.1, read=1, total=2))
        failed = await failing(ask(f"http://127.0.0.1:{deaf.getsockname()[1]}/"))
        for one in waiting:
            one.close()
    assert failed.code == 11205 and "within 0.1 s" in failed.message


async def test_a_name_that_is_not_there(ask):
    assert (await failing(ask("http://nobody.invalid/"))).code == 11210


# Retries and overrides (voice 3.5) ---------------------------------------------------------


async def test_a_policy_repeats_error_answers_with_one_token(app, ask):
    answers = iter([500, 503, 200])
    app.answers["/voice"] = lambda: web.Response(status=next(answers))
    page = await ask(app.url("/voice#rc=3&rp=5xx"))
    assert (page.status, page.attempts) == (200, 3)
    assert len({seen.headers["I-Twilio-Idempotency-Token"] for seen in app.seen}) == 1


async def test_only_what_the_policy_names_is_repeated(app, ask):
    app.answers["/voice"] = web.Response(status=404)
    await failing(ask(app.url("/voice#rc=3&rp=5xx,ct,rt")))
    assert len(app.seen) == 1
    await failing(ask(app.url("/voice#rc=2&rp=all")))
    assert len(app.seen) == 4


async def test_a_partial_answer_is_not_asked_for_again(raw, ask):
    asked = []

    async def half(reader, writer):
        asked.append(await read_request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf")
        await reader.read()

    failed = await failing(ask(f"http://127.0.0.1:{await raw(half)}/#rt=100&rc=3&rp=all"))
    assert failed.code == 11200 and len(asked) == 1


@pytest.mark.parametrize(("fragment", "code"), [("rp=sometimes", 11243), ("ct=5", 11243), ("e=atlantis", 11241)])
async def test_a_bad_override(app, ask, fragment, code):
    assert (await failing(ask(app.url(f"/voice#{fragment}")))).code == code
    assert not app.seen


# Addresses (bad-inputs 18) -----------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[64:ff9b::a00:1]",
        "[ff02::1]",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
)
async def test_literal_addresses_are_refused_in_every_spelling(make, host):
    ask = await make(guard=Guard(STRICT))
    failed = await failing(ask(f"http://{host}/"))
    assert failed.code == 11205
    assert "--allow-network" in failed.message or "unusual spelling" in failed.message


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "ftp://a.example/",
        "http:///x",
        "http://",
        "//a.example/",
        "http://a.example:99999/",
        "http://a.example:0/",
        "http://a b/",
        "http://a\\b/",
        "http://[::1",
        "http://" + "a" * 64 + ".example/",
        "mailto:x@y.example",
        "http://[::1]x/",
        "http://u:p@[::1]x:80/",
    ],
)
async def test_what_is_not_a_url(ask, url):
    assert (await failing(ask(url))).code in (11100, 11210)


async def test_a_line_break_in_a_url_cannot_reach_the_wire(app, ask):
    await ask(app.url("/voice?x=1\r\nX-Evil: 1"))
    assert "X-Evil" not in app.seen[0].headers and app.seen[0].genuine


# Maps and local documents (design 5) -------------------------------------------------------


async def test_a_mapped_url_goes_to_the_local_port_signed_as_public(app, make):
    ask = await make(maps=[Map("https://my.public.example", app.url(""))])
    page = await ask("https://my.public.example:443/voice?x=1".replace(":443", ""))
    [seen] = app.seen
    assert seen.url == "https://my.public.example/voice?x=1" and seen.genuine
    assert seen.headers["X-Forwarded-Host"] == "my.public.example"
    assert page.url == "https://my.public.example/voice?x=1"


async def test_a_mapped_app_redirects_within_its_public_name(app, make):
    app.answers["/voice"] = moved("https://my.public.example/next")
    ask = await make(maps=[Map("https://my.public.example", app.url(""))])
    page = await ask("https://my.public.example/voice")
    assert page.url == "https://my.public.example/next" and all(seen.genuine for seen in app.seen)


@pytest.mark.parametrize(
    "url",
    [
        "http://demo.twilio.com/welcome/voice/",
        "https://demo.twilio.com/docs/voice.xml",
        "http://twimlets.com/message?Message=Hi",
    ],
)
async def test_tutorial_documents_need_no_network(make, url):
    ask = await make(guard=Guard(STRICT))
    for method in ("GET", "POST"):
        assert b"<Say>" in (await ask(url, method)).body


async def test_a_redirect_may_lead_to_a_local_document(app, ask):
    app.answers["/voice"] = moved("http://twimlets.com/echo?Twiml=%3CResponse%2F%3E")
    assert (await ask(app.url())).body == b"<Response/>"


async def test_a_twimlet_may_lead_to_the_app(app, ask):
    """Without what the verb said: the address is told the whole choice (voice 1.7, 15)."""
    app.answers["/one"] = web.Response(text="<Response/>", content_type="text/xml")
    page = await ask(f"http://twimlets.com/menu?Options[1]={app.url('/one')}", "POST", ("Digits", "1"))
    assert page.url == app.url("/one") and page.body == b"<Response/>"


async def test_what_is_to_be_said_of_a_local_document_is_said_once_for_each_call(make):
    told = []
    ask = await make(remark=lambda *said: told.append(said))
    for name in ("mine", "mine", "yours", "mine"):
        await ask(f"http://twimlets.com/holdmusic?Bucket={name}")
    assert [(subject[:2], "'mine'" in sentence) for _, subject, sentence in told] == [("CA", True), ("CA", False)]


async def test_documents_can_be_others(make):
    ask = await make(documents=lambda method, url, params: Page(url, 200, "text/xml", repr((method, url)).encode()))
    assert (await ask("http://nobody.invalid/x")).body == b"('POST', 'http://nobody.invalid/x')"


# The cache (voice 1.7) ---------------------------------------------------------------------


async def test_a_fresh_get_answer_is_used_again_and_a_post_never(app, make):
    ask = await make(clock := RealClock())
    app.answers["/voice"] = web.Response(text="<Response/>", headers={"Cache-Control": "max-age=60"})
    for method in ("GET", "GET", "POST", "POST"):
        assert (await ask(app.url(), method)).body == b"<Response/>"
    assert [seen.method for seen in app.seen] == ["GET", "POST", "POST"]
    await clock.close()


async def test_an_etag_is_asked_about(app, ask):
    async def tagged(request):
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(text="<Response/>", headers={"ETag": '"1"'})

    app.answers["/voice"] = tagged
    bodies = [(await ask(app.url(), "GET")).body for _ in range(2)]
    assert bodies == [b"<Response/>"] * 2
    assert len(app.seen) == 2


@pytest.mark.parametrize("whole", [True, False], ids=["too long", "broken off"])
async def test_what_was_not_whole_is_not_kept(app, ask, whole):
    async def partial_answer(request):
        answer = web.StreamResponse(headers={"Cache-Control": "max-age=60", "ETag": '"1"', "Content-Length": "100000"})
        await answer.prepare(request)
        await answer.write(b"x" * (100_000 if whole else 100))
        if not whole:
            request.transport.abort()
        return answer

    app.answers["/voice"] = partial_answer
    codes = [(await failing(ask(app.url(), "GET"))).code for _ in range(2)]
    assert codes == [11750 if whole else 11206] * 2
    assert len(app.seen) == 2 and "If-None-Match" not in app.seen[1].headers


async def test_what_the_client_cannot_read_is_no_url(app, ask):
    app.answers["/voice"] = web.Response(status=302, headers={"Location": "http://[::1]x/"})
    assert (await failing(ask(app.url()))).code == 11216


async def test_an_answer_to_a_cookie_is_personal(app, ask):
    session = ask.fetcher.session()
    app.answers["/voice"] = web.Response(headers={"Set-Cookie": "id=1"})
    await ask(app.url(), "GET", session=session)
    app.answers["/voice"] = web.Response(headers={"Cache-Control": "max-age=60"})
    for _ in range(2):
        await ask(app.url(), "GET", session=session)
    assert len(app.seen) == 3


# Clocks and order (design 4) ---------------------------------------------------------------


async def test_a_request_holds_the_virtual_clock(app, make):
    clock = VirtualClock(1000.0)
    ask = await make(clock, in_order=True)
    answered = []

    async def work():
        answered.append((await ask(app.url()), clock.now()))

    clock.spawn(work(), "asks")
    await clock.advance(60)
    [(page, at)] = answered
    assert at == 1000.0 and page.seconds == 0.0  # the log of a run does not depend on the machine's speed
    await clock.close()


async def test_answers_are_applied_in_the_order_of_the_requests(app, make):
    clock, applied = VirtualClock(0.0), []
    ask = await make(clock, in_order=True)
    second_answered = asyncio.Event()

    async def first(request):
        await second_answered.wait()
        return web.Response()

    async def second(request):
        second_answered.set()
        return web.Response()

    app.answers |= {"/first": first, "/second": second}

    async def work(name):
        await ask(app.url(f"/{name}"))
        applied.append(name)

    for name in ("first", "second"):
        clock.spawn(work(name), name)
    await clock.advance(1)
    assert applied == ["first", "second"]
    await clock.close()


async def test_a_session_of_another_fetchers_requests_in_parallel(app, ask):
    pages = await asyncio.gather(*(ask(app.url(f"/{number}")) for number in range(50)))
    assert len(pages) == len(app.seen) == 50 and all(seen.genuine for seen in app.seen)


async def test_ipv6_loopback(make):
    app = App()
    try:
        runner = await serving(app, host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    ask = await make()
    await ask(app.url(host="[::1]"))
    assert app.seen[0].genuine
    await runner.cleanup()
