"""The dialer's token service: who gets a token, what is in it, and whose pages may ask."""

import time

import pytest
from dialer.limits import Limit
from dialer_world import ENVIRON, NUMBER, PUBLIC_URL, SECRET, DialerWorld

from hoyhoy.wire.tokens import TokenRefused, read

KEY = ENVIRON["TWILIO_API_KEY"], ENVIRON["TWILIO_ACCOUNT_SID"]


class Signers:
    """The one API key there is, as an exchange would know it."""

    def __init__(self, secret=SECRET):
        self.secret = secret

    def key(self, sid):
        return (KEY[1], self.secret) if sid == KEY[0] else None

    def account(self, sid):
        return ENVIRON["TWILIO_AUTH_TOKEN"] if sid == KEY[1] else None


@pytest.fixture
async def world():
    world = DialerWorld()
    yield world
    await world.close()


@pytest.fixture
async def make_world():
    """DialerWorld(**settings), for tests that need other settings."""
    worlds = []

    def make(*services, **settings):
        worlds.append(DialerWorld(*services, **settings))
        return worlds[-1]

    yield make
    for each in worlds:
        await each.close()


# Signing in --------------------------------------------------------------------------------


async def test_who_signs_in_is_known_again(world):
    ada = world.browser()
    assert (await ada.get("/session")).json() == {"identity": None}
    answer = await ada.sign_in()
    assert (answer.status_code, answer.json()) == (200, {"identity": "ada"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-dialer=ada.")
    assert {part.strip() for part in cookie.split(";")} >= {"HttpOnly", "Path=/", "SameSite=strict", "Secure"}
    assert (await ada.get("/session")).json() == {"identity": "ada"}
    assert (await world.browser().get("/session")).json() == {"identity": None}
    assert answer.headers["cache-control"] == "no-store"


async def test_a_password_may_hold_a_colon(world):
    assert (await world.browser().sign_in("bob")).status_code == 200


async def test_without_tls_the_cookie_has_a_plain_name(world):
    answer = await world.browser(url="http://localhost:5001").sign_in()
    assert answer.headers["set-cookie"].startswith("dialer=") and "Secure" not in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "battery:staple"), ("ada", ""), ("eve", ""), ("Ada", "difference-engine"), ("", "")]
)
async def test_wrong_passwords(world, name, password):
    answer = await world.browser().sign_in(name, password)
    assert (answer.status_code, answer.json()["error"]) == (401, "The name or the password is wrong.")
    assert "set-cookie" not in answer.headers


async def test_after_too_many_wrong_passwords_an_address_waits(make_world):
    world = make_world(login_tries=3, limit_seconds=100)
    eve = world.browser("192.0.2.66")
    for _ in range(3):
        assert (await eve.sign_in(password="wrong")).status_code == 401
        world.moment += 10
    answer = await eve.sign_in()
    assert answer.status_code == 429 and answer.headers["retry-after"] == "70"
    assert answer.json()["error"] == "Too many wrong passwords. Try again in 70 s."
    assert (await world.browser("192.0.2.1").sign_in()).status_code == 200
    world.moment += 70
    assert (await eve.sign_in()).status_code == 200


async def test_a_name_is_guarded_against_many_addresses(make_world):
    world = make_world(login_tries=1)
    for n in range(5):
        assert (await world.browser(f"192.0.2.{n}").sign_in(password="wrong")).status_code == 401
    assert (await world.browser("192.0.2.99").sign_in()).status_code == 429
    assert (await world.browser("192.0.2.99").sign_in("bob")).status_code == 200


async def test_neighbours_in_ipv6_are_one_address(make_world):
    world = make_world(login_tries=1)
    await world.browser("2001:db8:1:2:a::1").sign_in(password="wrong")
    assert (await world.browser("2001:db8:1:2:b::2").sign_in("bob")).status_code == 429
    assert (await world.browser("2001:db8:1:3::1").sign_in("bob")).status_code == 200


def test_of_many_who_are_counted_the_quietest_are_forgotten():
    limit = Limit(1, 100, lambda: 0.0, most=2)
    for who in ("ann", "bob", "ann", "eve"):
        limit.count(who)
    assert [limit.wait(who) for who in ("ann", "bob", "eve")] == [100, 0, 100]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"user": "ada"}', "application/json", 400),
        (b'{"user": "ada", "password": ["x"]}', "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b" " * 70_000, "application/json", 413),
        (b"user=ada&password=difference-engine", "application/x-www-form-urlencoded", 415),
        (b'{"user": "ada", "password": "difference-engine"}', "text/plain", 415),
    ],
)
async def test_bodies_that_are_no_login(world, content, kind, status):
    answer = await world.browser().post("/login", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status and answer.json()["error"]


async def test_signing_out(world):
    ada = world.browser()
    await ada.sign_in()
    assert (await ada.post("/logout", json={})).status_code == 200
    assert (await ada.post("/token")).status_code == 401


# The cookie --------------------------------------------------------------------------------


async def test_a_session_ends(make_world):
    world = make_world(session_seconds=100)
    ada = world.browser()
    await ada.sign_in()
    world.moment += 99
    assert (await ada.get("/token")).status_code == 200
    world.moment += 1
    assert (await ada.get("/token")).status_code == 401


@pytest.mark.parametrize(
    "forge",
    [
        lambda cookie: "",
        lambda cookie: cookie.replace("ada", "bob"),
        lambda cookie: cookie.replace("ada", "eve"),
        lambda cookie: cookie.replace(".18", ".19", 1),
        lambda cookie: cookie[:-1] + ("0" if cookie[-1] != "0" else "1"),
        lambda cookie: cookie + ".x",
        lambda cookie: "é" * 9,
    ],
)
async def test_cookies_that_are_not_ours(world, forge):
    ada, eve = world.browser(), world.browser()
    await ada.sign_in()
    forged = f"__Host-dialer={forge(ada.cookies['__Host-dialer'])}".encode()
    assert (await eve.get("/token", headers={"Cookie": forged})).status_code == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"twilio_api_secret": "another-secret-of-the-key-is-long"},
        {"dialer_users": "ada:another-engine bob:battery:staple"},
    ],
)
async def test_a_session_holds_in_every_process_until_key_or_password_change(world, make_world, changed):
    ada = world.browser()
    await ada.sign_in()
    for settings, status in (({}, 200), (changed, 401)):
        again = make_world(("token",), **settings).browser()
        again.cookies = ada.cookies
        assert (await again.get("/token")).status_code == status


# Tokens ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_a_token_grants(world, method):
    # voice 14.1
    ada = world.browser()
    assert (await ada.request(method, "/token")).status_code == 401
    await ada.sign_in()
    told = (await ada.request(method, "/token")).json()
    assert (told["identity"], told["seconds"]) == ("ada", 3600)
    now = time.time()
    grant = read(told["token"], Signers(), now)
    assert (grant.account, grant.key, grant.identity) == (KEY[1], KEY[0], "ada")
    assert (grant.incoming, grant.application, grant.parameters) == (True, ENVIRON["TWILIO_APP_SID"], ())
    assert abs(grant.expires - now - 3600) < 60
    with pytest.raises(TokenRefused):
        read(told["token"], Signers("another"), now)


async def test_tokens_are_limited(make_world):
    world = make_world(tokens_per_user=2, limit_seconds=100)
    ada, bob = world.browser(), world.browser()
    await ada.sign_in()
    await bob.sign_in("bob")
    assert [(await ada.get("/token")).status_code for _ in range(3)] == [200, 200, 429]
    assert (await bob.get("/token")).status_code == 200
    world.moment += 100
    assert (await ada.get("/token")).status_code == 200


# Whose pages may ask -----------------------------------------------------------------------

OTHER = "https://phones.example"


async def test_pages_of_allowed_origins_may_ask(make_world):
    world = make_world(allowed_origins=f"{OTHER}/, https://third.example")
    ada = world.browser()
    asked = {"Origin": OTHER, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = await ada.options("/login", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OTHER
    assert answer.headers["access-control-allow-credentials"] == "true"
    await ada.sign_in(Origin=OTHER)
    answer = await ada.post("/token", headers={"Origin": OTHER})
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == OTHER
    assert "origin" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{PUBLIC_URL}.evil.example", "https://dialer.example:444", "x"]
)
async def test_pages_of_all_others_may_not(world, origin):
    ada = world.browser()
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = await ada.options("/token", headers=asked)
    assert answer.status_code == 400 and "access-control-allow-origin" not in answer.headers
    assert (await ada.sign_in(Origin=origin)).status_code == 403
    await ada.sign_in()
    for method, path in (("GET", "/token"), ("POST", "/token"), ("GET", "/session"), ("POST", "/logout")):
        answer = await ada.request(method, path, headers={"Origin": origin})
        assert answer.status_code == 403 and "access-control-allow-origin" not in answer.headers
        assert "set-cookie" not in answer.headers
    assert (await ada.get("/voicemails", headers={"Origin": origin})).status_code == 403


async def test_our_own_page_may(world):
    ada = world.browser()
    assert (await ada.sign_in(Origin=PUBLIC_URL)).status_code == 200
    assert (await ada.post("/token", headers={"Origin": PUBLIC_URL})).status_code == 200


@pytest.mark.parametrize(
    ("service", "there"),
    [("token", ["/session"]), ("webhooks", []), ("page", ["/", "/static/dialer.js"])],
)
async def test_each_service_stands_alone(make_world, service, there):
    world = make_world((service,))
    browser = world.browser()
    paths = ["/session", "/", "/static/dialer.js"]
    assert [path for path in paths if (await browser.get(path)).status_code == 200] == there
    assert (await world.webhook("/voice/incoming", From=NUMBER)).status_code == (200 if service == "webhooks" else 404)
    assert (await browser.post("/token")).status_code == (401 if service == "token" else 404)
