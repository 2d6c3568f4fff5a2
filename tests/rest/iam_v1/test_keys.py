"""API keys in the newer API (messaging reference 3.2, 3.3)."""

import json

import pytest
from twilio.base.exceptions import TwilioException

from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, PHONE, SHARED, SUB, SUB_TOKEN

KEYS = "/iam/v1/Keys"
READ, LIST, CREATE = (f"/twilio/messaging/messages/{operation}" for operation in ("read", "list", "create"))


async def create(exchange, auth=None, **form):
    options = {"auth": auth} if auth else {}
    return await exchange.request("POST", KEYS, data={"AccountSid": ACCOUNT, **form}, **options)


async def restricted(exchange, *allow):
    made = (await create(exchange, KeyType="restricted", Policy=json.dumps({"allow": allow}))).json()
    return made["sid"], made["secret"]


async def make_key(exchange):
    return f"{KEYS}/{(await restricted(exchange, READ))[0]}"


SPECIMENS = {"IamKey": make_key}


async def test_representation(exchange):
    """Dates in the older form, although it is a newer API; no address; flags in lists alone."""
    made = (await create(exchange, FriendlyName="One", KeyType="restricted", Policy=f'{{"allow":["{READ}"]}}')).json()
    assert made == {
        "sid": made["sid"],
        "friendly_name": "One",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "policy": {"allow": [READ]},
        "secret": made["secret"],
    }
    del made["secret"]
    assert (await exchange.request("GET", f"{KEYS}/{made['sid']}")).json() == made
    await create(exchange)
    listed = (await exchange.request("GET", f"{KEYS}?AccountSid={ACCOUNT}")).json()
    assert listed["meta"]["key"] == "keys"
    assert [one["flags"] for one in listed["keys"]] == [["rest_api", "signing"], ["restricted"]]
    del made["policy"]
    assert listed["keys"][1] == made | {"flags": ["restricted"]}


@pytest.mark.works("IamKey.create", "AccountSid", "FriendlyName", "KeyType", "Policy")
@pytest.mark.works("IamKey.list", "AccountSid")
@pytest.mark.works("IamKey.update", "FriendlyName", "Policy")
async def test_a_restricted_keys_life_with_the_official_client(exchange):
    made = await exchange.sdk(
        lambda client: client.iam.v1.new_api_key.create(
            account_sid=ACCOUNT, friendly_name="One", key_type="restricted", policy={"allow": [READ]}
        )
    )
    assert (made.friendly_name, made.policy, len(made.secret)) == ("One", {"allow": [READ]}, 32)
    assert made.date_created.year == 2026
    [listed] = await exchange.sdk(lambda client: client.iam.v1.get_api_keys.list(account_sid=ACCOUNT))
    assert (listed.sid, listed.flags) == (made.sid, ["restricted"])

    def messages():
        return exchange.sdk(lambda client: client.api.v2010.accounts(ACCOUNT).messages.list(), made.sid, made.secret)

    with pytest.raises(TwilioException, match=r"70051.*permission twilio/messaging/messages/list is missing"):
        await messages()
    changed = await exchange.sdk(
        lambda client: client.iam.v1.api_key(made.sid).update(friendly_name="Two", policy={"allow": [LIST]})
    )
    assert (changed.friendly_name, changed.policy) == ("Two", {"allow": [LIST]})
    assert await messages() == []
    assert await exchange.sdk(lambda client: client.iam.v1.api_key(made.sid).delete())
    with pytest.raises(TwilioException, match="20003"):
        await messages()


async def test_without_a_type_the_key_is_a_standard_one(exchange):
    made = (await create(exchange, FriendlyName="One")).json()
    assert made["policy"] is None
    assert (await exchange.get("/Calls.json", auth=(made["sid"], made["secret"]))).status_code == 200
    assert (await exchange.get(f"/Keys/{made['sid']}.json")).json()["friendly_name"] == "One"


async def test_one_permission_opens_one_operation(exchange):
    sid = (await exchange.post("/Messages.json", To=PHONE, From="+14155550100", Body="Hi")).json()["sid"]
    form = {"data": {"To": PHONE, "From": "+14155550100", "Body": "Hi"}}
    message = f"/Messages/{sid}.json"
    for allow, opened in (
        (READ, ("GET", message)),
        (LIST, ("GET", "/Messages.json")),
        (CREATE, ("POST", "/Messages.json")),
        ("/twilio/messaging/messages/*", None),
        ("/twilio/voice/calls/*", ("GET", "/Calls.json")),
        ("/twilio/voice/calls/list", ("GET", "/Calls.json")),
    ):
        auth = await restricted(exchange, allow)
        for method, path in (
            ("GET", message),
            ("GET", "/Messages.json"),
            ("POST", "/Messages.json"),
            ("GET", "/Calls.json"),
            ("GET", "/Keys.json"),
            ("GET", ".json"),
        ):
            answer = await exchange.request(method, BASE + path, auth=auth, **(form if method == "POST" else {}))
            may = (method, path) == opened or (opened is None and "Messages" in path)
            assert (answer.status_code < 300) == may, (allow, method, path, answer.text)
            if not may:
                assert (answer.status_code, answer.json()["code"]) == (401, 70051)


async def test_what_no_permission_opens(exchange):
    auth = await restricted(exchange, "/twilio/iam/api-keys/*", "/twilio/iam/accounts/*")
    answer = await exchange.request("POST", "/accounts/v1/AuthTokens/Secondary", auth=auth)
    assert (answer.status_code, answer.json()["code"]) == (401, 70051)
    assert "no permission of restricted keys opens this" in answer.json()["message"]
    assert (await exchange.request("GET", f"{KEYS}?AccountSid={ACCOUNT}", auth=auth)).status_code == 200


async def test_a_restricted_key_of_a_main_account_on_its_subaccounts_paths(exchange):
    auth = await restricted(exchange, LIST)
    assert (await exchange.request("GET", f"/2010-04-01/Accounts/{SUB}/Messages.json", auth=auth)).status_code == 200
    answer = await exchange.request("GET", f"/2010-04-01/Accounts/{SUB}/Calls.json", auth=auth)
    assert answer.json()["code"] == 70051
    answer = await exchange.request("GET", f"/2010-04-01/Accounts/{OTHER}/Messages.json", auth=auth)
    assert answer.json()["code"] == 20003


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"AccountSid": ""}, 20001),
        ({"FriendlyName": "x" * 65}, 70001),
        ({"KeyType": "main"}, 20001),
        ({"KeyType": "restricted"}, 20001),
        ({"Policy": f'{{"allow":["{READ}"]}}'}, 20001),
        ({"KeyType": "restricted", "Policy": "nothing"}, 70002),
        ({"KeyType": "restricted", "Policy": "[" * 100_000}, 70002),
        ({"KeyType": "restricted", "Policy": "[]"}, 70002),
        ({"KeyType": "restricted", "Policy": "{}"}, 70002),
        ({"KeyType": "restricted", "Policy": '{"allow": []}'}, 70002),
        ({"KeyType": "restricted", "Policy": '{"allow": "*"}'}, 70002),
        ({"KeyType": "restricted", "Policy": '{"allow": [7]}'}, 70002),
        ({"KeyType": "restricted", "Policy": '{"allow": ["/twilio/*"]}'}, 70002),
        ({"KeyType": "restricted", "Policy": '{"allow": ["/twilio/fakepermission/doesnotexist"]}'}, 70002),
        ({"KeyType": "restricted", "Policy": f'{{"allow": ["{READ}"], "deny": []}}'}, 70002),
        ({"KeyType": "restricted", "Policy": json.dumps({"allow": [READ] * 101})}, 70002),
        ({"KeyType": "restricted", "Policy": json.dumps({"allow": [f"/twilio/a/{'b' * 86}/read"]})}, 70002),
    ],
)
async def test_create_refused(shared, form, code):
    answer = await create(shared, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_it_acts_on_the_account_that_asks(exchange):
    assert (await exchange.request("GET", KEYS)).json()["code"] == 20001
    path = await make_key(exchange)
    for auth in ((SUB, SUB_TOKEN), (OTHER, OTHER_TOKEN)):
        assert (await create(exchange, auth)).json()["code"] == 20003
        assert (await exchange.request("GET", f"{KEYS}?AccountSid={ACCOUNT}", auth=auth)).json()["code"] == 20003
        own = await exchange.request("GET", f"{KEYS}?AccountSid={auth[0]}", auth=auth)
        assert own.json()["keys"] == []
        for method in ("GET", "POST", "DELETE"):
            assert (await exchange.request(method, path, auth=auth)).status_code == 404
    assert (await create(exchange, AccountSid=SUB)).json()["code"] == 20003


async def test_a_standard_key_gets_no_policy(exchange):
    sid = (await create(exchange)).json()["sid"]
    answer = await exchange.request("POST", f"{KEYS}/{sid}", data={"Policy": f'{{"allow":["{READ}"]}}'})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    path = await make_key(exchange)
    for policy in ("", "{}"):
        assert (await exchange.request("POST", path, data={"Policy": policy})).json()["code"] == 70002
    assert (await exchange.request("GET", path)).json()["policy"] == {"allow": [READ]}


async def test_a_restricted_key_gives_no_more_than_it_has(exchange):
    """Neither to itself nor to another, old or new: whoever finds it could otherwise do everything (3.2)."""
    own = [READ, "/twilio/voice/calls/*", "/twilio/iam/api-keys/*"]
    sid, _ = auth = await restricted(exchange, *own)
    for allow in ([LIST], [READ, CREATE], ["/twilio/messaging/messages/*"], [*own, "/twilio/iam/accounts/read"]):
        policy = json.dumps({"allow": allow})
        for answer in (
            await exchange.request("POST", f"{KEYS}/{sid}", data={"Policy": policy}, auth=auth),
            await create(exchange, auth, KeyType="restricted", Policy=policy),
        ):
            assert (answer.status_code, answer.json()["code"]) == (401, 70051), allow
    less = json.dumps({"allow": [READ, "/twilio/voice/calls/create", "/twilio/iam/api-keys/*"]})
    assert (await create(exchange, auth, KeyType="restricted", Policy=less)).status_code == 201
    answer = await exchange.request("POST", f"{KEYS}/{sid}", data={"Policy": less}, auth=auth)
    assert answer.json()["policy"] == json.loads(less)
    answer = await exchange.request("POST", f"{KEYS}/{sid}", data={"Policy": json.dumps({"allow": own})}, auth=auth)
    assert answer.json()["code"] == 70051, "what was given away does not come back"


async def test_a_restricted_key_makes_no_standard_one(exchange):
    auth = await restricted(exchange, "/twilio/iam/api-keys/*")
    for path, form in ((KEYS, {"AccountSid": ACCOUNT}), (BASE + "/Keys.json", {}), (BASE + "/SigningKeys.json", {})):
        answer = await exchange.request("POST", path, data=form, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, 70051), path
        assert "makes no standard ones" in answer.json()["message"]
    assert len((await exchange.get("/Keys.json")).json()["keys"]) == 1
