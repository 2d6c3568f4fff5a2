"""The form and its refusals, whose pages are whose, and the limits."""

import json
import re

import httpx
import pytest
from signup.phone import normal
from twilio.base.exceptions import TwilioException

PHONE = "+14155550123"


async def test_the_first_page(world):
    page = await world.browser().get("/")
    assert page.status_code == 200
    assert re.search("__Host-session=[^;]+; HttpOnly; Path=/; SameSite=lax; Secure", page.headers["set-cookie"])
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    for name in ("user_name", "password", "phone"):
        assert f'<label for="{name}">' in page.text and f'id="{name}-hint"' in page.text
        assert f'aria-describedby="{name}-hint"' in page.text
    assert not re.search(r'(src|href|action)="(?!/)', page.text)


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"user_name": "a"}, "user_name", "Choose 3 to 32"),
        ({"user_name": "<b>bold</b>"}, "user_name", "Choose 3 to 32"),
        ({"password": "short"}, "password", "8 to 128 characters"),
        ({"password": "x" * 129}, "password", "8 to 128 characters"),
        ({"phone": "555 0123"}, "phone", "with + and the country code"),
        ({"phone": '"><script>1</script>'}, "phone", "with + and the country code"),
        ({"phone": ""}, "phone", "with + and the country code"),
    ],
)
async def test_what_is_wrong_stands_at_its_field(world, fields, name, sentence):
    page = await world.browser().sign_up(**fields)
    assert page.status_code == 400
    assert sentence in re.search(rf'<p class="error" id="{name}-error">([^<]*)</p>', page.text)[1]
    assert page.text.count('class="error"') == 1
    said = f'aria-describedby="{name}-error {name}-hint" aria-invalid="true" autofocus'
    assert re.search(rf'id="{name}"[^>]*{said}', page.text)
    assert "<script>1" not in page.text and "<b>" not in page.text
    assert 'type="password"' in page.text and "correct horse" not in page.text
    assert world.twilio.requests == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+1 (415) 555-0123", PHONE),
        ("0014155550123", PHONE),
        ("+49 30.123 456/78", "+493012345678"),
        ("+0 123 4567 89", None),
        ("415 555 0123", None),
        ("+1415555012٣", None),
        ("+1234567890123456", None),
    ],
)
def test_numbers_as_people_write_them(typed, number):
    assert normal(typed) == number


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        ((400, 21211), 400, "This is not a phone number that can be called."),
        ((400, 21217), 400, "This is not a phone number that can be called."),
        ((400, 21216), 400, "We cannot call this number."),
        ((400, 21219), 400, "verified before"),
    ],
)
async def test_numbers_that_twilio_refuses(world, error, status, sentence):
    # voice 17.3
    world.twilio.error = error
    ada = world.browser()
    page = await ada.sign_up()
    assert page.status_code == status
    assert sentence in re.search(r'<p class="error" id="phone-error">([^<]*)</p>', page.text)[1]
    assert f'value="{PHONE}"' in page.text and 'value="ada"' in page.text
    assert (await ada.get("/signup/status")).status_code == 404
    world.twilio.error = None
    assert (await ada.sign_up()).status_code == 200
    assert await ada.state() == "calling"


@pytest.mark.parametrize(
    "error", [(401, 20003), (400, 21210), (429, 20429), (500, 20500), ConnectionError(), TwilioException()]
)
async def test_our_own_trouble_is_not_blamed_on_the_number(world, error):
    world.twilio.error = error
    page = await world.browser().sign_up()
    assert page.status_code == 503
    assert "Our telephone line is out of order." in page.text
    assert 'class="error"' not in page.text


async def test_a_user_name_is_taken_once(world):
    ada, eve = world.browser(), world.browser("192.0.2.2")
    await ada.sign_up(user_name="Ada")
    for _ in range(2):
        page = await eve.sign_up(user_name="aDA", phone="+14155550199")
        assert page.status_code == 400 and "This user name is taken." in page.text
        await world.key(await ada.code()) if await ada.state() == "calling" else None
    assert await ada.state() == "confirmed"


async def test_a_name_is_kept_only_while_its_code_is_good(world):
    ada, eve = world.browser(), world.browser("192.0.2.2")
    await ada.sign_up()
    world.moment += 180
    assert (await eve.sign_up(phone="+14155550199")).status_code == 200
    assert await eve.state() == "calling"


async def test_a_number_has_one_account(world):
    ada, eve = world.browser(), world.browser("192.0.2.2")
    await ada.sign_up()
    await world.key(await ada.code())
    page = await eve.sign_up(user_name="eve", phone="+1 415 555 0123")
    assert page.status_code == 400 and "This number already has an account." in page.text


async def test_two_at_once_for_one_number(world):
    ada, eve = world.browser(), world.browser("192.0.2.2")
    await ada.sign_up()
    adas_call = world.call_sid
    await eve.sign_up(user_name="eve")
    await world.key(await ada.code(), sid=adas_call)
    await world.key(await eve.code())
    assert (await ada.state(), await eve.state()) == ("confirmed", "failed")


async def test_the_code_of_one_call_is_no_good_in_another(world):
    ada, eve = world.browser(), world.browser("192.0.2.2")
    await ada.sign_up()
    await eve.sign_up(user_name="eve", phone="+14155550199")
    await world.key(await ada.code())
    assert (await ada.state(), await eve.state()) == ("calling", "calling")
    assert (await eve.status())["tries_left"] == 2


async def test_other_browsers_see_nothing(world):
    ada, eve = world.browser(), world.browser()
    await ada.sign_up()
    await eve.get("/")
    for path in ("/signup", "/signup/status", "/signup/events", "/welcome"):
        assert (await eve.get(path)).status_code == 404
    for path in ("/signup/again", "/signup/over"):
        assert (await eve.post(path, data={"csrf": await eve.csrf(), "way": "text"})).status_code == 404
    nobody = world.browser()
    for cookie in ("", "x" * 43, "' OR 1=1 --", ada.cookies["__Host-session"][:-1]):
        answer = await nobody.get("/signup", headers={"Cookie": f"__Host-session={cookie}"})
        assert answer.status_code == 404
    assert await ada.state() == "calling"


async def test_no_url_holds_a_code_or_a_secret(world):
    ada = world.browser()
    seen = []
    ada.event_hooks["request"].append(lambda request: keep(str(request.url)))

    async def keep(url):
        seen.append(url)

    await ada.sign_up()
    code = await ada.code()
    await world.call_status("busy")
    await ada.again("text")
    code2 = await ada.code()
    await world.text(code2)
    await ada.get("/signup")
    told = json.dumps([fields for _, _, fields in world.twilio.requests])
    for secret in (code, code2, "correct", ada.cookies["__Host-session"]):
        assert secret not in " ".join(seen) and secret not in told
    assert {url for url in seen if "?" in url} == set()


@pytest.mark.parametrize("path", ["/signup", "/signup/again", "/signup/over"])
@pytest.mark.parametrize("csrf", [None, "", "0" * 64, "é"])
async def test_forms_of_other_sites_are_refused(world, path, csrf):
    ada = world.browser()
    await (ada.get("/") if path == "/signup" else ada.sign_up())
    calls = len(world.twilio.requests)
    fields = {"user_name": "ada", "password": "correct horse", "phone": PHONE, "way": "text"}
    answer = await ada.post(path, data=fields if csrf is None else {**fields, "csrf": csrf})
    assert answer.status_code == 403 and "too old" in answer.text
    assert len(world.twilio.requests) == calls


async def test_a_form_token_belongs_to_its_browser(world):
    ada, eve = world.browser(), world.browser()
    await eve.get("/")
    fields = {"csrf": await ada.csrf(), "user_name": "ada", "password": "correct horse", "phone": PHONE}
    assert (await eve.post("/signup", data=fields)).status_code == 403
    assert (await world.browser().post("/signup", data=fields)).status_code == 403


async def test_the_limit_of_a_number(make_world):
    world = make_world(calls_per_number=2)
    ada, eve = world.browser("192.0.2.1"), world.browser("192.0.2.2")
    await ada.sign_up()
    world.moment += 600
    await ada.again("text")
    page = await eve.sign_up(user_name="eve", phone="+1 415 555 0123")
    assert page.status_code == 429 and page.headers["retry-after"] == "3000"
    assert "Please try again in 50 minutes." in page.text and 'value="eve"' in page.text
    page = await ada.again("call")
    assert page.status_code == 429 and "Please try again in 50 minutes." in page.text
    assert await ada.state() == "texting"
    assert (await eve.sign_up(user_name="eve", phone="+14155550199")).status_code == 200
    world.moment += 3000
    await ada.again("call")
    assert await ada.state() == "calling"


async def test_the_limit_of_an_address(make_world):
    world = make_world(calls_per_address=3)
    for n in range(3):
        browser = world.browser("192.0.2.7")
        assert (await browser.sign_up(user_name=f"user{n}", phone=f"+1415555010{n}")).status_code == 200
    page = await world.browser("192.0.2.7").sign_up(phone="+14155550109")
    assert page.status_code == 429
    assert (await world.browser("192.0.2.8").sign_up(phone="+14155550109")).status_code == 200


async def test_neighbours_in_ipv6_are_one_address(make_world):
    world = make_world(calls_per_address=1)
    await world.browser("2001:db8:1:2:a::1").sign_up()
    again = world.browser("2001:db8:1:2:b::2")
    assert (await again.sign_up(user_name="eve", phone="+14155550109")).status_code == 429
    other = world.browser("2001:db8:1:3::1")
    assert (await other.sign_up(user_name="eve", phone="+14155550109")).status_code == 200


async def test_everything_survives_a_restart_with_a_file(make_world, tmp_path):
    world = make_world(database=str(tmp_path / "signup.db"))
    ada, eve = world.browser(), world.browser()
    await ada.sign_up()
    await eve.sign_up(user_name="eve", phone="+14155550199")
    eves_code = await eve.code()
    await world.key(await ada.code(), sid=world.twilio.sids("Calls")[0])

    after = make_world(database=str(tmp_path / "signup.db"))
    for browser, state in ((ada, "confirmed"), (eve, "calling")):
        again = after.browser()
        again.cookies = browser.cookies
        assert await again.state() == state
    await after.key(eves_code, sid=world.call_sid)
    assert await again.state() == "confirmed"
    page = await after.browser().sign_up(phone="+14155550177")
    assert "This user name is taken." in page.text


async def test_signing_out(world):
    ada = world.browser()
    await ada.sign_up()
    await world.key(await ada.code())
    page = await ada.post("/signup/over", data={"csrf": await ada.csrf("/welcome")})
    assert page.url.path == "/" and "Sign up" in page.text
    assert (await ada.get("/welcome")).status_code == 404
    assert len(world.twilio.requests) == 1


async def test_the_form_remembers_after_an_end(world):
    ada = world.browser()
    await ada.sign_up()
    await world.call_status("busy")
    page = await ada.get("/")
    assert page.url.path == "/" and 'value="ada"' in page.text and f'value="{PHONE}"' in page.text
    await ada.sign_up(phone="+14155550199")
    assert await ada.state() == "calling"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 415),
        (b"&".join(b"a=1" for _ in range(300)), "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe=%ff", "application/x-www-form-urlencoded", 403),
        (b"", "application/x-www-form-urlencoded; charset=UTF-8", 403),
    ],
)
@pytest.mark.parametrize("path", ["/signup", "/phone/code"])
async def test_bodies_that_are_no_form_of_ours(world, path, content, kind, status):
    answer = await world.browser().post(path, content=content, headers={"Content-Type": kind})
    assert answer.status_code == status


async def test_pages_that_do_not_exist(world):
    page = await world.browser().get("/nothing")
    assert page.status_code == 404 and "This page does not exist." in page.text
    assert (await world.browser().get("/phone/ask")).status_code == 405
    assert (await world.browser().get("/static/%2e%2e/app.py")).status_code == 404
    assert (await world.browser().get("/static/signup.css")).status_code == 200


async def test_a_change_wakes_those_who_watch(world):
    ada, eve = world.browser(), world.browser()
    await ada.sign_up()
    await eve.sign_up(user_name="eve", phone="+14155550199")
    signups = world.site.signups
    mine, theirs = (signups.store.by_name(name)[0] for name in ("ada", "eve"))
    with signups.watch(mine) as changed, signups.watch(theirs) as others:
        await world.call_status("ringing", sid=mine.sid)
        assert changed.is_set() and not others.is_set()


async def test_the_live_word_over_a_real_socket(make_world):
    world = make_world(public_url="http://localhost")
    ada = world.browser()
    ada.base_url = "http://localhost"  # plain http: the cookie has its plain name
    await ada.sign_up()
    cookies = {"session": ada.cookies["session"]}
    async with world.served() as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", cookies=cookies) as wire:

        async def listen():
            async with wire.stream("GET", "/signup/events") as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                async for line in answer.aiter_lines():
                    if line.startswith("data:"):
                        yield json.loads(line[5:])

        word = listen()
        assert (await anext(word))["state"] == "calling"
        await world.call_status("ringing")
        assert (await anext(word))["state"] == "ringing"
        await world.key("1")
        assert (await anext(word))["tries_left"] == 2
        world.moment += 180
        assert (await anext(word))["state"] == "expired"  # nobody asked: the stream itself sees it
        await word.aclose()

        word = listen()  # a browser that lost the line is told how things stand
        assert (await anext(word))["state"] == "expired"
        await ada.again("call")
        assert (await anext(word))["state"] == "calling"
        await world.key(await ada.code())
        assert (await anext(word))["state"] == "confirmed"
        assert [view async for view in word] == []

        wire.cookies = httpx.Cookies()
        assert (await wire.get("/signup/events")).status_code == 404
    assert not world.site.signups._watchers
