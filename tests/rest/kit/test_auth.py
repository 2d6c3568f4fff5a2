"""Credentials through the whole API (messaging 3.2)."""

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
