"""The plug-in in strangers' projects, which a pytest of their own runs: docs/testing.md, and the sign-up example."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.journeys.processes import Serve, exchanges
from tests.journeys.test_clients import CLEAN, CLIENTS, node

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
CALLS = (ROOT / "docs" / "testing-calls.md").read_text(encoding="utf-8")


def files(page: str) -> dict[str, str]:
    """What stands on a page under the name of a file."""
    found = re.finditer(r"(?<=\n)(?:#|//) (\S+\.(?:py|mjs|ini))\n.*?(?=```)", page, re.DOTALL)
    return {match[1]: match[0] for match in found}


FILES, CALLS_FILES = files(PAGE), files(CALLS)

SIGNUP = """
import os, re, socket, subprocess, sys, time
import httpx, pytest


class Page:
    def __init__(self, text):
        self.text, self.code = text, re.search(r'id="code"[^>]*>([^<]+)<', text)[1].replace(" ", "")


class SignUpApp:
    def __init__(self, port):
        self.http = httpx.Client(base_url=f"http://localhost:{port}", follow_redirects=True)
        self.http.headers["Origin"] = f"http://localhost:{port}"

    def post(self, path, data):
        token = re.search(r'name="csrf"\\s+value="([^"]*)"', self.http.get("/").text)
        form = {"user_name": "ada", "password": "difference engine", **data, **({"csrf": token[1]} if token else {})}
        return Page(self.http.post(path, data=form).text)

    def is_confirmed(self, number):
        return self.http.get("/signup/status").json()["state"] == "confirmed"


@pytest.fixture
def signup_app(exchange):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    chosen = {"PORT": str(port), "TWILIO_NUMBER": exchange.numbers[0], "PUBLIC_URL": f"http://localhost:{port}"}
    words = [sys.executable, SIGNUP_FOLDER]
    with subprocess.Popen(words, env={**os.environ, **chosen}, stderr=subprocess.DEVNULL) as app:
        while app.poll() is None:
            with socket.socket() as knock:
                if not knock.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.02)
        yield SignUpApp(port)
        app.terminate()
"""

TEST_SIGNUP = """
def test_sign_up(exchange, signup_app):
    phone = exchange.phone("+14155550123")
    page = signup_app.post("/signup", data={"phone": phone.number})
    call = phone.expect_call(within=5)
    call.answer()
    call.expect_speech("passcode")
    call.press(page.code + "#")
    call.expect_hangup()
    assert signup_app.is_confirmed(phone.number)
"""

BOTH_HALVES = """
import asyncio
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client


def test_sync(exchange):
    import os
    assert os.environ["TWILIO_ACCOUNT_SID"] == exchange.account.sid
    assert {n.phone_number for n in Client().incoming_phone_numbers.list()} == set(exchange.numbers)


def test_async(exchange):
    async def numbers():
        async with AsyncTwilioHttpClient() as http:
            return {n.phone_number for n in await Client(http_client=http).incoming_phone_numbers.list_async()}
    assert asyncio.run(numbers()) == set(exchange.numbers)


def test_each_has_its_own(exchange):
    assert Client().calls.list() == []
    Client().calls.create(to="+14155550123", from_=exchange.numbers[0], twiml="<Response/>")


def test_and_nothing_is_left_of_the_others(exchange):
    assert Client().calls.list() == []


def test_nothing_is_led_without_it():
    import os, aiohttp
    assert not {"HTTPS_PROXY", "HOYHOY_TLS"} & os.environ.keys()
    assert os.environ["TWILIO_AUTH_TOKEN"] == "the developer's own"
    assert "trust" not in os.environ.get("SSL_CERT_FILE", "")
    assert aiohttp.TCPConnector.__init__.__kwdefaults__["ssl"] is True
    assert not aiohttp.ClientSession.__init__.__kwdefaults__["trust_env"]
"""

UNHEARD = """
from twilio.rest import Client


def test_a_surprise(exchange):
    phone = exchange.phone("+14155550123")
    Client().calls.create(to=phone.number, from_=exchange.numbers[0], twiml="<Response><Say>Good day.</Say></Response>")
    call = phone.expect_call()
    call.answer()
    call.expect_speech("good night", within=86400)
"""


NOTICES = """
import sys

import pytest
from twilio.rest import Client


def asks_nobody(exchange):
    phone = exchange.phone("+14155550123")
    Client().calls.create(to=phone.number, from_=exchange.numbers[0], url="http://127.0.0.1:1/nobody")
    call = phone.expect_call()
    call.answer()
    call.expect_hangup()


@pytest.mark.hoyhoy(fail_on="error")
def test_a_surprise(exchange):
    asks_nobody(exchange)


@pytest.mark.hoyhoy(fail_on="error")
def test_what_was_expected(exchange):
    asks_nobody(exchange)
    assert "127.0.0.1" in exchange.expect_notice(11205).message


@pytest.mark.hoyhoy(fail_on="warning", allow=11205)
def test_what_is_allowed(exchange):
    asks_nobody(exchange)


def test_nobody_asked_for_it(exchange):
    asks_nobody(exchange)


def test_an_app_that_cannot_say_it(exchange):
    listens = "import os, socket; s = socket.create_server(('127.0.0.1', int(os.environ['PORT']))); print('Alas');"
    exchange.start(sys.executable, "-u", "-c", listens + "[s.accept() for _ in range(9)]")
    assert not "it works"
"""


SIDE_BY_SIDE = """
import pytest
from twilio.rest import Client


@pytest.mark.parametrize("number", range(2))
def test_a_call_of_its_own(live_exchange, number):
    assert Client().calls.list() == []
    phone = live_exchange.phone("+14155550123")
    Client().calls.create(to=phone.number, from_=live_exchange.numbers[0], twiml="<Response><Say>One</Say></Response>")
    call = phone.expect_call()
    call.answer()
    assert call.expect_speech("one") == "One"
    call.expect_hangup()
    assert call.heard == ["One"]


def test_an_error(exchange):
    phone = exchange.phone("+14155550123")
    Client().calls.create(to=phone.number, from_=exchange.numbers[0], url="http://127.0.0.1:1/nobody")
    phone.expect_call().answer()
    exchange.advance(60)
"""


ASKS_NOTHING = """
import os, sys

LOADED = "hoyhoy.app" in sys.modules    # when this file is read, before any other


def test_nothing_is_loaded():
    assert not LOADED


def test_nothing_is_led():
    assert not {"HTTPS_PROXY", "HOYHOY_TLS"} & os.environ.keys()
    assert os.environ["TWILIO_AUTH_TOKEN"] == "the developer's own"
"""


DEVELOPER = {"TWILIO_ACCOUNT_SID": "AC" + "e" * 32, "TWILIO_AUTH_TOKEN": "the developer's own"}
"""What those who run tests often have in their shell; it must not come between the tests and their exchange."""


Told = dict[str, str]
"""What became of each test: what was wrong, empty for those that passed."""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, str]:
    """The strangers' projects, and all that pytest said of them. One pytest runs them all, in the page's folder."""
    root = tmp_path_factory.mktemp("strangers")
    files = {f"page/{name}": text for name, text in FILES.items() if name.endswith(".py")}
    files |= {
        "first/test_nothing.py": ASKS_NOTHING,
        "signup/conftest.py": SIGNUP.replace("SIGNUP_FOLDER", repr(str(ROOT / "examples" / "signup"))),
        "signup/test_signup.py": TEST_SIGNUP,
        "halves/test_halves.py": BOTH_HALVES,
        "unheard/test_unheard.py": UNHEARD,
        "notices/test_notices.py": NOTICES,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    folders = [str(root / name) for name in ("first", "page", "signup", "halves", "unheard", "notices")]
    return strangers(root / "page", f"--rootdir={root}", *folders)


@pytest.fixture(scope="module")
def told(done: tuple[Told, str]) -> Told:
    return done[0]


@pytest.fixture(scope="module")
def told_by_two(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The page on calls, with its pytest.ini, which is for the whole project, and one file more: side by side, as that
    page says, by two workers."""
    root = tmp_path_factory.mktemp("two")
    for name, text in {**CALLS_FILES, "test_side.py": SIDE_BY_SIDE}.items():
        (root / name).write_text(text, encoding="utf-8")
    return strangers(root, "-p", "xdist", "-n", "2", ".")[0]


def of(told: Told, folder: str) -> Told:
    found = {name: wrong for name, wrong in told.items() if f"{folder}." in name}
    assert found
    return found


def test_pytest_finds_the_plug_in_by_itself() -> None:
    (found,) = [entry for entry in entry_points(group="pytest11") if entry.name == "hoyhoy"]
    assert found.value == "hoyhoy.testing.plugin"


def test_the_page_is_whole() -> None:
    tests = ["test_reminder.py", "test_orders.py", "test_behaviours.py", "test_live.py", "test_loop.py"]
    assert set(FILES) == {"reminder.py", "app.py", "conftest.py", "reminder.test.mjs", *tests}


def test_the_page_is_true(told: Told) -> None:
    page = of(told, "page")
    assert [wrong for wrong in page.values() if wrong] == []
    assert len(page) == 1 + 3 + 7 + 1 + 1


def test_the_page_on_calls_is_whole_and_true(told_by_two: Told) -> None:
    tests = ["test_client.py", "test_desk.py", "test_rooms.py", "test_notices.py"]
    assert set(CALLS_FILES) == {"desk.py", "conftest.py", "pytest.ini", *tests}
    page = {name: wrong for name, wrong in told_by_two.items() if not name.startswith("test_side.")}
    assert [wrong for wrong in page.values() if wrong] == []
    assert len(page) == 1 + 3 + 2 + 1


def test_what_the_page_on_calls_names_is_there() -> None:
    from hoyhoy.testing.local import LocalExchange
    from hoyhoy.testing.phones import Phone, PhoneCall
    from hoyhoy.testing.rooms import Line, Room

    tables = CALLS.partition("## All of it")[2].partition("## Side by side")[0]
    named = set(re.findall(r"(expect_\w+)", tables))
    there = {name for kind in (Phone, PhoneCall, LocalExchange) for name in dir(kind) if name.startswith("expect_")}
    assert named == there
    assert all(f"`{name}`" in CALLS for kind in (Line, Room) for name in dir(kind) if name.startswith("expect_m"))


def test_the_sign_up_example(told: Told) -> None:
    """The test of design 5, as it stands there."""
    assert list(of(told, "signup").values()) == [""]


def test_both_halves_of_the_client_are_led_and_let_go(told: Told) -> None:
    assert list(of(told, "halves").values()) == [""] * 5


def test_a_project_that_asks_for_nothing_loads_nothing(told: Told) -> None:
    """pytest reads the plug-in for every project that has hoyhoy installed."""
    assert list(of(told, "first").values()) == ["", ""]


def test_a_failure_tells_the_story(told: Told) -> None:
    (wrong,) = of(told, "unheard").values()
    assert "NotHeard: Expected speech with 'good night'" in wrong
    assert "within 86400 s of the exchange's clock. Instead:" in wrong
    assert 'phone hears "Good day."' in wrong and "hung up by the exchange" in wrong


def test_a_test_fails_for_errors_it_did_not_expect(told: Told) -> None:
    """If that is asked for; the test's own failure would come first."""
    wrong = {name.rpartition(".")[2]: text for name, text in of(told, "notices").items()}
    assert [name for name, text in wrong.items() if text] == ["test_a_surprise", "test_an_app_that_cannot_say_it"]
    assert "the exchange has something to say:\n  ERROR 11205: " in wrong["test_a_surprise"]


def test_what_an_app_printed_is_shown_beneath_a_failure(done: tuple[Told, str]) -> None:
    assert re.search(r"-+ Captured app call -+\nAlas\n", done[1]), done[1]


def strangers(folder: Path, *words: str) -> tuple[Told, str]:
    """A pytest of a project's own, without other people's plug-ins: they take longer to load than all this to run."""
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "hoyhoy.testing.plugin", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*pytest_, f"--rootdir={folder}", "-W", "ignore", "--junitxml=told.xml", *words],
        cwd=folder,
        env=CLEAN | DEVELOPER | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr  # one of them is meant to fail
    cases = ElementTree.parse(folder / "told.xml").iter("testcase")
    return {f"{one.attrib['classname']}.{one.attrib['name']}": "".join(one.itertext()) for one in cases}, ran.stdout


def test_exchanges_side_by_side(told_by_two: Told) -> None:
    """pytest-xdist: each worker has its own, with ports of its own."""
    ran = of(told_by_two, "test_side")
    assert len(ran) == 3 and [name for name, wrong in ran.items() if wrong] == ["test_side.test_an_error"]
    assert "The test passed, but the exchange has something to say" in ran["test_side.test_an_error"]


def test_another_language(tmp_path: Path) -> None:
    """The page's two commands, with an exchange on a free port."""
    (tmp_path / "reminder.test.mjs").write_text(FILES["reminder.test.mjs"], encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(CLIENTS / "node_modules")
    node_ = node()
    assert "hoyhoy serve --data build/exchange --virtual-time --quiet &" in PAGE
    for made in exchanges():
        served: Serve = made.serve(tmp_path / "build" / "exchange", "--virtual-time")
        lab = f"http://127.0.0.1:{served.port}/lab/v1"
        words = [sys.executable, "-m", "hoyhoy", "run", "--data", str(served.data), "--", *node_, "--test"]
        done = subprocess.run(
            words, cwd=tmp_path, env=CLEAN | {"LAB": lab}, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"pass 2\b", done.stdout)
