"""SIP trunks and how they are recorded (voice reference 10.2)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.ports import Steering
from tests.rest.sip import (
    TRUNKS,
    fill,
    free_name,
    make,
    make_access_list,
    make_credential_list,
    make_trunk,
    refusal,
    trunk_of,
)
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, SHARED, SUB, SUB_TOKEN

SUFFIX = "pstn.twilio.com"
NUMBER_SID = "PN" + NUMBER[1:].zfill(32)
SETTINGS = {
    "DisasterRecoveryUrl": "http://app/disaster",
    "DisasterRecoveryMethod": "GET",
    "Secure": "true",
}


async def make_specimen(exchange):
    return f"{TRUNKS}/{(await make_trunk(exchange, FriendlyName='Ours'))['sid']}"


async def make_recording(exchange):
    return f"{await make_specimen(exchange)}/Recording"


SPECIMENS = {"Trunk": make_specimen, "TrunkRecording": make_recording}


async def test_representation(exchange):  # Appendix B
    made = await make_trunk(exchange, FriendlyName="Ours", DomainName="Acme.pstn.twilio.com")
    at = f"http://localhost:8980{TRUNKS}/{made['sid']}"
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "friendly_name": "Ours",
        "domain_name": "acme.pstn.twilio.com",
        "disaster_recovery_url": None,
        "disaster_recovery_method": "POST",
        "secure": False,
        "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
        "transfer_mode": "disable-all",
        "transfer_caller_id": "from-transferee",
        "cnam_lookup_enabled": False,
        "auth_type": "",
        "auth_type_set": [],
        "symmetric_rtp_enabled": False,
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": at,
        "links": {
            "origination_urls": f"{at}/OriginationUrls",
            "credential_lists": f"{at}/CredentialLists",
            "ip_access_control_lists": f"{at}/IpAccessControlLists",
            "phone_numbers": f"{at}/PhoneNumbers",
            "recording": f"{at}/Recording",
        },
    }
    assert made["sid"].startswith("TK")


@SHARED
@pytest.mark.works(
    "Trunk.create",
    "FriendlyName",
    "DomainName",
    "DisasterRecoveryUrl",
    "DisasterRecoveryMethod",
    "Secure",
)
async def test_what_the_exchange_knows_of_it(shared):
    """What a trunk says acts where its calls come in and are sent out."""
    name = free_name(SUFFIX)
    made = await make_trunk(shared, FriendlyName="Ours", DomainName=name, **SETTINGS)
    trunk = trunk_of(shared, made)
    assert (trunk.name, trunk.account) == ("Ours", ACCOUNT)
    assert shared.database.directory.trunk_at(name) is trunk
    assert trunk.disaster == Steering("http://app/disaster", "GET") and trunk.secure


@SHARED
@pytest.mark.works(
    "Trunk.update",
    "FriendlyName",
    "DomainName",
    "DisasterRecoveryUrl",
    "DisasterRecoveryMethod",
    "Secure",
)
async def test_changes(shared):
    made, name = await make_trunk(shared, DomainName=free_name(SUFFIX)), free_name(SUFFIX)
    path = f"{TRUNKS}/{made['sid']}"
    answer = await shared.request("POST", path, data={**SETTINGS, "FriendlyName": "Ours", "DomainName": name.upper()})
    assert (answer.status_code, answer.json()["domain_name"]) == (200, name)
    trunk, directory = trunk_of(shared, made), shared.database.directory
    assert trunk.name == "Ours" and directory.trunk_at(name) is trunk
    assert trunk.disaster == Steering("http://app/disaster", "GET") and trunk.secure
    assert directory.trunk_at(made["domain_name"]) is None
    answer = await shared.request("POST", path, data={"DomainName": "", "DisasterRecoveryUrl": ""})
    assert (answer.json()["domain_name"], answer.json()["disaster_recovery_url"]) == (None, None)
    assert directory.trunk_at(name) is None and trunk_of(shared, made).disaster.url == ""


async def test_a_trunks_life_with_the_official_client(exchange):
    def work(client):
        trunks = client.trunking.v1.trunks
        made = trunks.create(friendly_name="Ours", domain_name="acme.pstn.twilio.com", secure=True)
        assert trunks(made.sid).fetch().recording == {"mode": "do-not-record", "trim": "do-not-trim"}
        recording = trunks(made.sid).recordings()
        assert recording.fetch().mode == "do-not-record"
        changed = recording.update(mode="record-from-answer-dual", trim="trim-silence")
        assert (changed.mode, changed.trim) == ("record-from-answer-dual", "trim-silence")
        assert trunks(made.sid).update(friendly_name="Theirs").recording["mode"] == "record-from-answer-dual"
        trunks.create()
        assert [one.friendly_name for one in trunks.list(page_size=1)] == [None, "Theirs"]
        assert trunks(made.sid).delete()
        with pytest.raises(TwilioRestException) as gone:
            recording.fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"DomainName": "acme"}, 21245),
        ({"DomainName": "acme.sip.twilio.com"}, 21245),
        ({"DomainName": "-.pstn.twilio.com"}, 21245),
        ({"FriendlyName": "x" * 65}, 20001),
        ({"DisasterRecoveryUrl": "nonsense"}, 20001),
        ({"DisasterRecoveryMethod": "PUT"}, 21403),
        ({"TransferMode": "perhaps"}, 20001),
        ({"TransferCallerId": "nobody"}, 20001),
        ({"Secure": "perhaps"}, 20001),
    ],
)
async def test_refused(shared, form, code):
    assert await refusal(shared, TRUNKS, **form) == (400, code)
    made = await make_trunk(shared)
    assert await refusal(shared, f"{TRUNKS}/{made['sid']}", **form) == (400, code)


@SHARED
async def test_a_name_is_one_accounts_alone(shared):
    made, other = await make_trunk(shared, DomainName=free_name(SUFFIX)), await make_trunk(shared)
    name = made["domain_name"]
    answer = await shared.request("POST", TRUNKS, auth=(OTHER, OTHER_TOKEN), data={"DomainName": name})
    assert (answer.status_code, answer.json()["code"]) == (400, 21246)
    assert await refusal(shared, f"{TRUNKS}/{other['sid']}", DomainName=name) == (400, 21246)
    assert (await shared.request("POST", f"{TRUNKS}/{made['sid']}", data={"DomainName": name})).status_code == 200


async def test_how_many_there_may_be(exchange):
    fill(exchange, "trunks", 99, "TK")
    answers = await asyncio.gather(*(exchange.request("POST", TRUNKS, data={}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 400]
    assert max(answers, key=lambda one: one.status_code).json()["code"] == 21244


@SHARED
async def test_auth_types(shared):
    made = await make_trunk(shared)
    path = f"{TRUNKS}/{made['sid']}"
    await make(shared, f"{path}/CredentialLists", CredentialListSid=(await make_credential_list(shared))["sid"])
    await make(shared, f"{path}/IpAccessControlLists", IpAccessControlListSid=(await make_access_list(shared))["sid"])
    shown = (await shared.request("GET", path)).json()
    assert (shown["auth_type"], shown["auth_type_set"]) == ("IP_ACL,CREDENTIAL_LIST", ["IP_ACL", "CREDENTIAL_LIST"])


async def test_a_deleted_trunk_leaves_its_numbers_and_lists(exchange):
    made, users = await make_trunk(exchange), (await make_credential_list(exchange))["sid"]
    path = f"{TRUNKS}/{made['sid']}"
    await make(exchange, f"{path}/PhoneNumbers", PhoneNumberSid=NUMBER_SID)
    await make(exchange, f"{path}/CredentialLists", CredentialListSid=users)
    form = {"Weight": 1, "Priority": 1, "Enabled": "true", "FriendlyName": "One", "SipUrl": "sip:pbx.example.com"}
    await make(exchange, f"{path}/OriginationUrls", **form)
    assert exchange.database.directory.number(NUMBER).trunk == made["sid"]
    assert (await exchange.request("DELETE", path)).status_code == 204
    for table in ("trunk_lists", "origination_urls"):
        assert await exchange.database.rows.page(table) == []
    assert exchange.database.directory.number(NUMBER).trunk == ""
    assert (await exchange.get(f"/IncomingPhoneNumbers/{NUMBER_SID}.json")).json()["trunk_sid"] is None
    assert (await exchange.request("DELETE", f"{BASE}/SIP/CredentialLists/{users}.json")).status_code == 204


async def test_what_is_idle_is_told(exchange):
    form = {"CnamLookupEnabled": "true", "TransferMode": "sip-only", "TransferCallerId": "from-transferor"}
    trunk = trunk_of(exchange, await make_trunk(exchange, **form))
    assert (trunk.transfer_mode, trunk.transfer_caller_id) == ("sip-only", "from-transferor")
    (notice,) = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert all(name in notice["message_text"] for name in form)


async def test_of_other_accounts(exchange):
    path = await make_specimen(exchange)
    for auth in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
        for one in (
            path,
            f"{path}/Recording",
            f"{path}/OriginationUrls",
            f"{path}/PhoneNumbers",
            f"{path}/CredentialLists",
        ):
            assert (await exchange.request("GET", one, auth=auth)).status_code == 404
        answer = await exchange.request("POST", f"{path}/Recording", auth=auth, data={"Mode": "record-from-answer"})
        assert answer.status_code == 404
        assert (await exchange.request("DELETE", path, auth=auth)).status_code == 404
        assert (await exchange.request("GET", TRUNKS, auth=auth)).json()["trunks"] == []
    assert (await exchange.request("GET", f"{path}/Recording")).json()["mode"] == "do-not-record"


@pytest.mark.works("TrunkRecording.update", "Mode", "Trim")
async def test_recording(exchange):
    made = await make_trunk(exchange)
    path = f"{TRUNKS}/{made['sid']}/Recording"
    assert (await exchange.request("GET", path)).json() == {"mode": "do-not-record", "trim": "do-not-trim"}
    answer = await exchange.request("POST", path, data={"Mode": "record-from-ringing", "Trim": "trim-silence"})
    assert (answer.status_code, answer.json()) == (200, {"mode": "record-from-ringing", "trim": "trim-silence"})
    trunk = trunk_of(exchange, made)
    assert (trunk.recording_mode, trunk.recording_trim) == ("record-from-ringing", "trim-silence")
    assert await refusal(exchange, path, Mode="loudly") == (400, 21247)
    assert await refusal(exchange, path, Trim="hair") == (400, 21247)


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_closed_account_keeps_no_names(exchange, turn):
    """Whoever comes first: names are given back when an account is closed, and it gets no more."""
    made = (await exchange.request("POST", "/2010-04-01/Accounts.json")).json()
    auth, name = (made["sid"], made["auth_token"]), free_name(SUFFIX)
    kept = await make(exchange, TRUNKS, auth=auth, DomainName=free_name(SUFFIX))
    asked = [
        exchange.request("POST", TRUNKS, auth=auth, data={"DomainName": name}),
        exchange.request("POST", f"/2010-04-01/Accounts/{made['sid']}.json", data={"Status": "closed"}),
    ]
    await asyncio.gather(*asked[::turn])
    directory = exchange.database.directory
    assert directory.trunk_at(name) is None is directory.trunk_at(kept["domain_name"])
