"""Credentials through the whole API (messaging 3.2)."""

import asyncio
import base64

import pytest

from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE, SHARED, SUB, SUB_TOKEN, TOKEN

STRANGER = "AC" + "d" * 32


def basic(text, scheme="Basic"):
    return {"Authorization": f"{scheme} {base64.b64encode(text.encode('latin-1')).decode()}"}


async def refused(exchange, path=BASE + "/Calls.json", **options):
    answer = await exchange.request("GET", path, **options)
    assert answer.status_code == 401 and answer.json()["code"] == 20003 and answer.json()["status"] == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'
    return answer.json()["message"]


async def test_no_credentials(exchange):
    assert await refused(exchange, auth=None) == "Authentication Error - No credentials provided"


async def test_wrong_token(exchange):
    assert await refused(exchange, auth=(ACCOUNT, TOKEN + "x")) == "Authenticate"
    assert await refused(exchange, auth=(ACCOUNT, "")) == "Authenticate"
    assert await refused(exchange, auth=(ACCOUNT, "ü")) == "Authenticate"
    assert exchange.adopted == []


async def test_unknown_account(strict):
    assert await refused(strict, auth=(STRANGER, "x")) == "Authentication Error - invalid username"


@SHARED
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer x"},
        {"Authorization": ""},
        {"Authorization": b"Basic \xff"},
        basic(ACCOUNT),
        basic(":" + TOKEN),
        basic("\xff\xfe:x"),
        basic(TOKEN, "Digest"),
        basic("AC../../x" + "a" * 25 + ":x"),
        basic("AC" + "a" * 31 + "\n:x"),
        basic("SK" + "a" * 31 + ":x"),
        basic("SK" + "a" * 33 + ":x"),
        basic("sk" + "a" * 32 + ":x"),
        basic("SK" + "a" * 32),
        basic("SK" + "a" * 32 + ":"),
        basic(f"{ACCOUNT}:{TOKEN}") | {"Authorization": f"Basic {ACCOUNT}:{TOKEN}"},
        {"Authorization": "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode() + " more"},
        {"Authorization": "Basic" + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()},
    ],
)
async def test_malformed(shared, headers):
    await refused(shared, auth=None, headers=headers)
    assert shared.adopted == []


async def test_the_scheme_has_no_case(exchange):
    answer = await exchange.request("GET", BASE + ".json", auth=None, headers=basic(f"{ACCOUNT}:{TOKEN}", "bAsIc"))
    assert answer.status_code == 200


async def test_a_tutorials_credentials_are_adopted(exchange):  # design 5
    path = f"/2010-04-01/Accounts/{STRANGER}/Messages.json"
    form = {"To": PHONE, "From": NUMBER[:-1] + "9", "Body": "Hi"}
    answer = await exchange.request("POST", path, auth=(STRANGER, "secret"), data=form)
    assert answer.status_code == 201
    assert exchange.adopted == [STRANGER, NUMBER[:-1] + "9"]
    assert await refused(exchange, path, auth=(STRANGER, "other secret")) == "Authenticate"


async def test_placeholders_are_adopted_too(exchange):
    sid = "AC" + "X" * 32
    answer = await exchange.request("GET", f"/2010-04-01/Accounts/{sid}.json", auth=(sid, "your_auth_token"))
    assert answer.status_code == 200 and answer.json()["sid"] == sid


async def test_no_token_is_no_credential_to_adopt(exchange):
    await refused(exchange, auth=(STRANGER, ""))
    assert exchange.adopted == []


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-origin"}])
async def test_web_pages_adopt_nobody(exchange, header):
    """A site in the developer's browser may ask (CORS is open), but not with credentials it made up."""
    await refused(exchange, auth=(STRANGER, "x"), headers=header)
    assert exchange.adopted == []
    assert (await exchange.get("/Calls.json", headers=header)).status_code == 200


async def test_main_account_acts_for_its_subaccounts(exchange):
    path = f"/2010-04-01/Accounts/{SUB}/Calls.json"
    assert (await exchange.request("GET", path)).status_code == 200
    assert (await exchange.request("GET", path, auth=(SUB, SUB_TOKEN))).status_code == 200
    await refused(exchange, path, auth=(OTHER, OTHER_TOKEN))
    await refused(exchange, BASE + "/Calls.json", auth=(SUB, SUB_TOKEN))
    await refused(exchange, f"/2010-04-01/Accounts/{STRANGER}/Calls.json")


@pytest.mark.parametrize(("status", "reads", "writes"), [("suspended", 200, 403), ("closed", 403, 403)])
async def test_accounts_that_are_not_active(exchange, status, reads, writes):  # messaging 3.1
    exchange.add_account(STRANGER, "t", STRANGER, status=status)
    path = f"/2010-04-01/Accounts/{STRANGER}/Messages.json"
    assert (await exchange.request("GET", path, auth=(STRANGER, "t"))).status_code == reads
    answer = await exchange.request("POST", path, auth=(STRANGER, "t"), data={"To": PHONE})
    assert answer.status_code == writes and answer.json()["code"] == 20005


@pytest.mark.parametrize("header", [{"Host": "evil.example:8980"}, {"Host": "rebound.evil.example."}])
async def test_hosts_that_may_be_rebound_adopt_nobody(exchange, header):
    await refused(exchange, auth=(STRANGER, "x"), headers=header)
    assert exchange.adopted == []
    assert (await exchange.get("/Calls.json", headers=header)).status_code == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({"Origin": "https://evil.example"}, 401),
        ({"Origin": "null"}, 401),
        ({"Sec-Fetch-Site": "cross-site"}, 401),
        ({"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}, 401),
        ({"Origin": "http://localhost:3000"}, 200),
        ({}, 200),
    ],
)
async def test_pages_from_elsewhere_cannot_use_an_adopted_account(exchange, header, status):
    """Its token is often the one printed in a tutorial: docs/decisions/0004-web-pages.md."""
    path = f"/2010-04-01/Accounts/{STRANGER}/Calls.json"
    assert (await exchange.request("GET", path, auth=(STRANGER, "your_auth_token"))).status_code == 200
    answer = await exchange.request("GET", path, auth=(STRANGER, "your_auth_token"), headers=header)
    assert answer.status_code == status
    for auth in ((ACCOUNT, TOKEN), (SUB, SUB_TOKEN)):
        own = await exchange.request("GET", f"/2010-04-01/Accounts/{auth[0]}/Calls.json", auth=auth, headers=header)
        assert own.status_code == 200


# Keys ------------------------------------------------------------------------------------------

KEY = "SK" + "1" * 32


def calls(account=ACCOUNT):
    return f"/2010-04-01/Accounts/{account}/Calls.json"


async def status(exchange, auth, path=BASE + "/Calls.json", method="GET", **options):
    return (await exchange.request(method, path, auth=auth, **options)).status_code


async def test_a_key_opens_its_account_and_the_subaccounts_of_that(strict):
    strict.write("keys", KEY, account_sid=ACCOUNT, secret="s", kind="standard")
    assert await status(strict, (KEY, "s")) == 200
    assert await status(strict, (KEY, "s"), calls(SUB)) == 200
    for path in (calls(OTHER), calls(STRANGER)):
        await refused(strict, path, auth=(KEY, "s"))
    assert await refused(strict, auth=(KEY, "wrong")) == "Authenticate"
    assert await refused(strict, auth=(KEY, "")) == "Authenticate"


async def test_a_subaccounts_key_reaches_neither_parent_nor_sibling(strict):
    strict.add_account(STRANGER, "t", ACCOUNT)
    strict.write("keys", KEY, SUB, account_sid=SUB, secret="s", kind="standard")
    assert await status(strict, (KEY, "s"), calls(SUB)) == 200
    for account in (ACCOUNT, STRANGER, OTHER):
        await refused(strict, calls(account), auth=(KEY, "s"))
        await refused(strict, calls(account), auth=(SUB, SUB_TOKEN))


async def test_a_key_without_secret_opens_nothing(strict):
    strict.write("keys", KEY, account_sid=ACCOUNT, kind="standard")
    for secret in ("", "s"):
        await refused(strict, auth=(KEY, secret))


async def test_a_key_of_no_account_opens_nothing(exchange):
    exchange.write("keys", KEY, account_sid=STRANGER, secret="s", kind="standard")
    await refused(exchange, auth=(KEY, "s"))
    assert exchange.adopted == []


async def test_a_deleted_key_is_dead_at_once_and_is_not_adopted_again(exchange):
    made = (await exchange.post("/Keys.json")).json()
    auth = (made["sid"], made["secret"])
    assert await status(exchange, auth) == 200
    await exchange.delete(f"/Keys/{made['sid']}.json")
    for secret in (made["secret"], "another"):
        await refused(exchange, auth=(made["sid"], secret))
        await refused(exchange, calls(STRANGER), auth=(made["sid"], secret))
    assert exchange.adopted == [] and exchange.database.directory.key(made["sid"]) is None


async def test_a_broken_policy_opens_nothing(exchange):
    exchange.write("keys", KEY, account_sid=ACCOUNT, secret="s", kind="restricted")
    answer = await exchange.request("GET", calls(), auth=(KEY, "s"))
    assert (answer.status_code, answer.json()["code"]) == (401, 70051)


# Adopted keys ------------------------------------------------------------------------------------


async def test_a_programs_own_key_is_adopted_with_its_account(exchange):
    assert await status(exchange, (KEY, "its secret"), calls(STRANGER)) == 200
    assert exchange.adopted == [KEY]
    key = exchange.database.directory.key(KEY)
    assert (key.account, key.secret, key.kind) == (STRANGER, "its secret", "adopted")
    assert await refused(exchange, calls(STRANGER), auth=(KEY, "another")) == "Authenticate"
    await refused(exchange, f"/2010-04-01/Accounts/{STRANGER}.json", auth=(KEY, "its secret"))
    await refused(exchange, f"/2010-04-01/Accounts/{STRANGER}/Keys.json", auth=(KEY, "its secret"))
    notes = await exchange.database.rows.page("notifications", [("account_sid", "=", STRANGER)])
    assert any(KEY in note["message_text"] for note in notes)
    assert not any("its" in note["message_text"].partition("adopted")[0] for note in notes)


async def test_an_account_that_came_with_a_key_takes_the_first_token_that_comes(exchange):
    await status(exchange, (KEY, "s"), calls(STRANGER))
    assert exchange.database.directory.account(STRANGER).auth_token == ""
    await refused(exchange, calls(STRANGER), auth=(STRANGER, ""))
    page = {"Origin": "https://evil.example"}
    await refused(exchange, calls(STRANGER), auth=(STRANGER, "a guess"), headers=page)
    assert await status(exchange, (STRANGER, "its token"), calls(STRANGER)) == 200
    await refused(exchange, calls(STRANGER), auth=(STRANGER, "another token"))
    assert exchange.database.directory.account(STRANGER).auth_token == "its token"
    assert await status(exchange, (KEY, "s"), calls(STRANGER)) == 200


async def test_a_key_of_a_known_account_is_adopted_into_it(exchange):
    await status(exchange, (STRANGER, "its token"), calls(STRANGER))
    assert await status(exchange, (KEY, "s"), calls(STRANGER)) == 200
    assert exchange.database.directory.account(STRANGER).auth_token == "its token"


async def test_where_no_account_is_named_a_key_comes_to_the_first_one(exchange):
    answer = await exchange.request("GET", "/monitor/v1/Alerts", auth=(KEY, "s"))
    assert answer.status_code in (200, 404), "whether or not there are alerts to list"
    assert exchange.database.directory.key(KEY).account == ACCOUNT
    assert await status(exchange, (KEY, "s"), calls(STRANGER)) == 200
    assert exchange.database.directory.key(KEY).account == STRANGER, "it follows the account it is used on"
    assert await status(exchange, (KEY, "s"), calls(STRANGER)) == 200
    assert exchange.adopted == [KEY, KEY]


async def test_placeholders_of_keys_are_adopted_too(exchange):
    sid, account = "SK" + "X" * 32, "AC" + "X" * 32
    assert await status(exchange, (sid, "your_api_secret"), calls(account)) == 200
    path = f"/2010-04-01/Accounts/{account}/Keys/{sid}.json"
    assert await status(exchange, (account, "your_auth_token"), path, "DELETE") == 204


async def test_no_key_is_adopted_when_strict(strict):
    await refused(strict, auth=(KEY, "s"))
    await refused(strict, calls(STRANGER), auth=(KEY, "s"))
    assert strict.adopted == []


async def test_no_key_is_adopted_without_a_secret_or_with_another_form(exchange):
    for auth in ((KEY, ""), (KEY[:-1], "s"), (KEY + "1", "s"), ("SK", "s")):
        await refused(exchange, auth=auth)
    await refused(exchange, "/2010-04-01/Accounts/ACshort/Calls.json", auth=(KEY, "s"))
    assert exchange.database.directory.account("ACshort") is None


@pytest.mark.parametrize(
    "header",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-origin"}, {"Host": "evil.example:8980"}],
)
async def test_web_pages_adopt_and_move_no_keys(exchange, header):
    await refused(exchange, calls(STRANGER), auth=(KEY, "s"), headers=header)
    await refused(exchange, "/monitor/v1/Alerts", auth=(KEY, "s"), headers=header)
    assert exchange.adopted == [] and exchange.database.directory.key(KEY) is None
    await status(exchange, (KEY, "s"), calls(STRANGER))
    await refused(exchange, calls(ACCOUNT), auth=(KEY, "s"), headers=header)
    assert exchange.database.directory.key(KEY).account == STRANGER


async def test_pages_from_elsewhere_cannot_use_an_adopted_key(exchange):
    await status(exchange, (KEY, "s"))
    made = (await exchange.post("/Keys.json")).json()
    header = {"Origin": "https://evil.example"}
    await refused(exchange, auth=(KEY, "s"), headers=header)
    assert await status(exchange, (KEY, "s"), headers={"Origin": "http://localhost:3000"}) == 200
    assert await status(exchange, (made["sid"], made["secret"]), headers=header) == 200


async def test_many_programs_with_the_same_new_key_at_once(exchange):
    paths = [calls(STRANGER)] * 5
    answers = await asyncio.gather(*(exchange.request("GET", path, auth=(KEY, "s")) for path in paths))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert exchange.adopted == [KEY]
    secrets = [str(number) for number in range(5)]
    other = KEY[:-1] + "2"
    answers = await asyncio.gather(*(exchange.request("GET", calls(), auth=(other, secret)) for secret in secrets))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]


async def test_only_the_key_that_was_brought_moves(exchange):
    """A key made here never leaves its account, whatever account is named with it."""
    made = (await exchange.post("/Keys.json")).json()
    for account in (STRANGER, OTHER):
        await refused(exchange, calls(account), auth=(made["sid"], made["secret"]))
    assert exchange.adopted == []
