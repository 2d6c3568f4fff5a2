"""Credential lists and credentials (voice reference 10.1)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.sip import PASSWORD, fill, make, make_credential_list, make_domain, make_trunk, refusal
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, SUB, SUB_TOKEN

LISTS = BASE + "/SIP/CredentialLists"
PATH = LISTS + ".json"


async def make_list(exchange):
    return f"{LISTS}/{(await make_credential_list(exchange))['sid']}"


async def make_credential(exchange):
    at = f"{await make_list(exchange)}/Credentials"
    return f"{at}/{(await make(exchange, at + '.json', Username='ada', Password=PASSWORD))['sid']}"


SPECIMENS = {"SipCredentialList": make_list, "SipCredential": make_credential}


def password(exchange, path, username="ada"):
    """As the exchange knows it; `path` is that of the list or of a credential."""
    return exchange.database.directory.password([path.split("/")[6]], username)


@SHARED
@pytest.mark.works("SipCredentialList.create", FriendlyName="Another")
@pytest.mark.works("SipCredentialList.update", "FriendlyName")
async def test_a_list(shared):  # Appendix B
    made = await make(shared, PATH, FriendlyName="Phones")
    path = f"{LISTS}/{made['sid']}"
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "friendly_name": "Phones",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": f"{path}.json",
        "subresource_uris": {"credentials": f"{path}/Credentials.json"},
    }
    assert made["sid"].startswith("CL")
    changed = await shared.request("POST", f"{path}.json", data={"FriendlyName": "Telephones"})
    assert (changed.status_code, changed.json()["friendly_name"]) == (200, "Telephones")
    for form in ({"FriendlyName": ""}, {"FriendlyName": "x" * 65}):
        assert await refusal(shared, PATH, **form) == (400, 21240)
        assert await refusal(shared, f"{path}.json", **form) == (400, 21240)


@SHARED
@pytest.mark.works("SipCredential.create", Username="bob", Password="Another4Password")
@pytest.mark.works("SipCredential.update", "Password")
async def test_a_credential(shared):
    path = await make_list(shared)
    made = await make(shared, f"{path}/Credentials.json", Username="ada", Password=PASSWORD)
    at = f"{path}/Credentials/{made['sid']}.json"
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "credential_list_sid": path.rpartition("/")[2],
        "username": "ada",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": at,
    }
    assert made["sid"].startswith("CR") and password(shared, path) == PASSWORD
    changed = await shared.request("POST", at, data={"Password": "Other2Password", "Username": "bob"})
    assert (changed.status_code, changed.json()["username"]) == (200, "ada"), "a user keeps the name"
    assert password(shared, path) == "Other2Password"
    assert (await shared.request("DELETE", at)).status_code == 204
    assert password(shared, path) is None


async def test_a_lists_life_with_the_official_client(exchange):
    def work(client):
        lists = client.sip.credential_lists
        made = lists.create(friendly_name="Phones")
        credentials = lists(made.sid).credentials
        one = credentials.create(username="ada", password=PASSWORD)
        assert credentials(one.sid).fetch().username == "ada"
        credentials(one.sid).update(password="Other2Password")
        credentials.create(username="bob", password=PASSWORD)
        assert [each.username for each in credentials.list(page_size=1)] == ["bob", "ada"]
        assert credentials(one.sid).delete()
        assert lists(made.sid).update("Telephones").friendly_name == "Telephones"
        assert [each.sid for each in lists.list()] == [made.sid]
        assert lists(made.sid).delete()
        with pytest.raises(TwilioRestException) as gone:
            lists(made.sid).fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404
    assert await exchange.database.rows.page("sip_credentials") == []


@SHARED
@pytest.mark.parametrize(
    "form",
    [
        {"Username": ""},
        {"Username": "x" * 33},
        {"Username": "a b"},
        {"Username": 'a"b'},
        {"Username": "a\\b"},
        {"Username": "a\nb"},
        {"Password": ""},
        {"Password": "Short4Words"},
        {"Password": "nocapitals12"},
        {"Password": "NOSMALLLETTERS12"},
        {"Password": "NoDigitsAtAll"},
        {"Password": "Aa1" + "x" * 253},
        {"Password": "Correct4\r\nHorses"},
    ],
)
async def test_a_refused_credential(shared, form):
    path = await make_list(shared)
    answer = await shared.request(
        "POST", f"{path}/Credentials.json", data={"Username": "a", "Password": PASSWORD, **form}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 21243)
    if secret := form.get("Password"):
        assert secret not in answer.text
        made = await make(shared, f"{path}/Credentials.json", Username="ada", Password=PASSWORD)
        assert await refusal(shared, f"{path}/Credentials/{made['sid']}.json", **form) == (400, 21243)
        assert password(shared, path) == PASSWORD


@SHARED
async def test_what_is_just_allowed(shared):
    path = await make_list(shared)
    for name, secret in (
        ("x" * 32, "Twelve12char"),
        ("ada@example.com:5060", "Aa1" + "x" * 252),
        ("+14155550100", "Käse" * 4 + "1"),
    ):
        await make(shared, f"{path}/Credentials.json", Username=name, Password=secret)
        assert password(shared, path, name) == secret


@SHARED
async def test_a_user_is_on_a_list_once(shared):
    path, other = await make_list(shared), await make_list(shared)
    form = {"Username": "ada", "Password": PASSWORD}
    asked = [shared.request("POST", f"{path}/Credentials.json", data=form) for _ in range(3)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*asked)) == [201, 400, 400]
    assert await refusal(shared, f"{path}/Credentials.json", **form) == (400, 21243)
    await make(shared, f"{path}/Credentials.json", **{**form, "Username": "Ada"})
    await make(shared, f"{other}/Credentials.json", **form)


async def test_how_many_there_may_be(exchange):
    path = await make_list(exchange)
    one = path.rpartition("/")[2]
    fill(exchange, "sip_credentials", 999, "CR", credential_list_sid=one, username="x")
    asked = [
        exchange.request("POST", f"{path}/Credentials.json", data={"Username": name, "Password": PASSWORD})
        for name in ("ada", "bob")
    ]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, 400]
    assert max(answers, key=lambda one: one.status_code).json()["code"] == 21242
    fill(exchange, "sip_credential_lists", 98, "CL")
    await make(exchange, PATH, FriendlyName="One hundred")
    assert await refusal(exchange, PATH, FriendlyName="One too many") == (400, 21239)


@pytest.mark.parametrize("way", ["CredentialListMappings", "Auth/Calls/CredentialListMappings", "trunk"])
async def test_a_list_in_use_stays(exchange, way):
    one = await make_credential_list(exchange, ada=PASSWORD)
    if way == "trunk":
        at = f"/trunking/v1/Trunks/{(await make_trunk(exchange))['sid']}/CredentialLists"
    else:
        at = f"{BASE}/SIP/Domains/{(await make_domain(exchange))['sid']}/{way}"
    await make(exchange, at + ".json", CredentialListSid=one["sid"])
    path = f"{LISTS}/{one['sid']}.json"
    assert await refusal(exchange, path, "DELETE") == (400, 21241)
    assert password(exchange, path.removesuffix(".json")) == PASSWORD
    assert (await exchange.request("DELETE", f"{at}/{one['sid']}")).status_code == 204
    assert (await exchange.request("DELETE", path)).status_code == 204
    assert password(exchange, path.removesuffix(".json")) is None


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_list_that_is_used_and_deleted_at_once(exchange, turn):
    """Whoever comes first."""
    domain, one = await make_domain(exchange), await make_credential_list(exchange)
    path = f"{LISTS}/{one['sid']}"
    asked = [
        exchange.request("DELETE", f"{path}.json"),
        exchange.request(
            "POST",
            f"{BASE}/SIP/Domains/{domain['sid']}/CredentialListMappings.json",
            data={"CredentialListSid": one["sid"]},
        ),
        exchange.request("POST", f"{path}/Credentials.json", data={"Username": "ada", "Password": PASSWORD}),
    ]
    answers = (await asyncio.gather(*asked[::turn]))[::turn]
    statuses = tuple(answer.status_code for answer in answers)
    assert statuses[:2] in ((204, 404), (400, 201)), [answer.text for answer in answers]
    is_left = statuses[0] == 400
    directory = exchange.database.directory
    assert directory.domain_of(domain["sid"]).call_credentials == ((one["sid"],) if is_left else ())
    assert is_left or directory.password([one["sid"]], "ada") is None


async def test_of_other_accounts(exchange):
    path = await make_credential(exchange)
    at = path.rpartition("/")[0]
    for account, token in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
        for one in (at.rpartition("/")[0], path, at):
            theirs = one.replace(ACCOUNT, account)
            assert (await exchange.request("GET", f"{theirs}.json", auth=(account, token))).status_code == 404
        form = {"Username": "eve", "Password": PASSWORD}
        answer = await exchange.request(
            "POST", f"{at}.json".replace(ACCOUNT, account), auth=(account, token), data=form
        )
        assert answer.status_code == 404
    assert password(exchange, path, "eve") is None


async def test_passwords_are_in_no_answer_no_event_and_no_log(exchange, caplog):
    with caplog.at_level("DEBUG"):
        path = await make_credential(exchange)
        shown = [
            (await exchange.request("GET", one + suffix)).text
            for one in (path, path.rpartition("/")[0])
            for suffix in ("", ".json", ".csv")
        ]
        await exchange.request("POST", path + ".json", data={"Password": "Other2Password"})
    entries = await exchange.database.events(0)
    assert any(entry.subject == path.rpartition("/")[2] for entry in entries)
    for told in (*shown, repr(entries), caplog.text, repr(exchange.log)):
        assert PASSWORD not in told and "Other2Password" not in told
