"""Applications (voice reference 9): what they say is done, by whoever names them."""

import pytest

from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE, SHARED, SUB, SUB_TOKEN

PN = "PN" + NUMBER[1:].zfill(32)
HANGUP = "<Response><Hangup/></Response>"


async def make(exchange, **form):
    answer = await exchange.post("/Applications.json", **form)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_application(exchange):
    return f"{BASE}/Applications/{(await make(exchange, VoiceUrl='http://app/voice'))['sid']}"


SPECIMENS = {"Application": make_application}


async def called(exchange, document=HANGUP):
    """A person calls the number; what the app was asked, the status callbacks that were asked for."""
    exchange.app.document = document
    exchange.app.asked.clear()
    told = []
    exchange.database.journal.deliver_to(told.extend)
    exchange.network.place_call(exchange.network.phone(PHONE), NUMBER)
    await exchange.run()
    return exchange.app.asked, told


async def written(exchange):
    """A person writes to the number, whose app does not answer; what it was asked."""
    exchange.app.document = ""
    exchange.app.asked.clear()
    exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="Hi")
    await exchange.run()
    return [(one.url, one.method) for one in exchange.app.asked]


async def name(exchange, sid, column="VoiceApplicationSid"):
    assert (await exchange.post(f"/IncomingPhoneNumbers/{PN}.json", **{column: sid})).status_code == 200


async def test_representation(exchange):  # Appendix B
    made = await make(exchange, FriendlyName="Front desk", VoiceUrl="http://app/voice")
    path = f"{BASE}/Applications/{made['sid']}.json"
    assert made["sid"].startswith("AP") and made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "friendly_name": "Front desk",
        "message_status_callback": None,
        "sms_fallback_method": "POST",
        "sms_fallback_url": None,
        "sms_method": "POST",
        "sms_status_callback": None,
        "sms_url": None,
        "status_callback": None,
        "status_callback_method": "POST",
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_fallback_url": None,
        "voice_method": "POST",
        "voice_url": "http://app/voice",
        "public_application_connect_enabled": False,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": path,
    }
    assert (await exchange.request("GET", path)).json() == made


@SHARED
@pytest.mark.works("Application.create", "FriendlyName")
@pytest.mark.works("Application.update", "FriendlyName")
@pytest.mark.works("Application.list", "FriendlyName")
async def test_names_with_the_official_client(shared):
    def work(client):
        one = client.applications.create(friendly_name="One")
        two = client.applications.create(friendly_name="Two")
        assert [app.sid for app in client.applications.list(limit=2)] == [two.sid, one.sid]
        assert [app.sid for app in client.applications.list(friendly_name="One")] == [one.sid]
        assert one.update(friendly_name="Three").friendly_name == "Three"
        assert client.applications(one.sid).fetch().friendly_name == "Three"
        assert one.delete() and two.delete()
        assert not client.applications.list(friendly_name="One") + client.applications.list(friendly_name="Three")

    await shared.sdk(work)


@SHARED
@pytest.mark.works("Application.create", "VoiceUrl", "VoiceMethod", "StatusCallback", "StatusCallbackMethod")
async def test_it_answers_the_calls_of_a_number(shared):  # 1.1, 3.1
    app = await make(
        shared,
        VoiceUrl="http://app/voice",
        VoiceMethod="GET",
        StatusCallback="http://app/status",
        StatusCallbackMethod="GET",
    )
    await shared.post(f"/IncomingPhoneNumbers/{PN}.json", VoiceUrl="http://own/", StatusCallback="http://own/status")
    await name(shared, app["sid"])
    [asked], [told] = await called(shared)
    assert (asked.url, asked.method) == ("http://app/voice", "GET")
    assert dict(asked.params)["ApplicationSid"] == app["sid"] == dict(told.params)["ApplicationSid"]
    assert (told.url, told.method) == ("http://app/status", "GET")


@SHARED
@pytest.mark.works("Application.create", "VoiceFallbackUrl", "VoiceFallbackMethod")
async def test_its_fallback(shared):  # 3.6
    app = await make(shared, VoiceUrl="http://app/voice", VoiceFallbackUrl="http://app/help", VoiceFallbackMethod="GET")
    await name(shared, app["sid"])
    asked, _ = await called(shared, document="")
    assert [(one.url, one.method) for one in asked] == [("http://app/voice", "POST"), ("http://app/help", "GET")]


@SHARED
@pytest.mark.works("Application.create", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod")
async def test_it_answers_the_messages_to_a_number(shared):  # messaging 1.9
    app = await make(
        shared,
        SmsUrl="http://app/sms",
        SmsMethod="GET",
        SmsFallbackUrl="http://app/help",
        SmsFallbackMethod="GET",
    )
    await name(shared, app["sid"], "SmsApplicationSid")
    assert await written(shared) == [("http://app/sms", "GET"), ("http://app/help", "GET")]


@SHARED
@pytest.mark.works("Application.create", "MessageStatusCallback", "SmsStatusCallback")
@pytest.mark.works("Application.update", "MessageStatusCallback", "SmsStatusCallback")
async def test_whom_it_tells_about_messages(shared):  # messaging 1.7
    directory = shared.database.directory
    old = await make(shared, SmsStatusCallback="http://app/old")
    new = await make(shared, SmsStatusCallback="http://app/old", MessageStatusCallback="http://app/new")

    def told(application):
        steering = directory.application(application["sid"]).messaging
        return steering.status_callback, steering.status_callback_method

    assert told(old) == ("http://app/old", "POST") and told(new) == ("http://app/new", "POST")
    await shared.post(f"/Applications/{old['sid']}.json", SmsStatusCallback="http://app/older")
    await shared.post(f"/Applications/{new['sid']}.json", MessageStatusCallback="http://app/newer")
    assert told(old) == ("http://app/older", "POST") and told(new) == ("http://app/newer", "POST")


@SHARED
@pytest.mark.works("Application.update", "VoiceUrl", "VoiceMethod", "StatusCallback", "StatusCallbackMethod")
@pytest.mark.works("Application.update", "VoiceFallbackUrl", "VoiceFallbackMethod")
async def test_a_change_is_heard_by_the_next_call(shared):
    app = await make(shared, VoiceUrl="http://app/voice", StatusCallback="http://app/status")
    await name(shared, app["sid"])
    await called(shared)
    changed = await shared.post(
        f"/Applications/{app['sid']}.json",
        VoiceUrl="http://new/voice",
        VoiceMethod="GET",
        VoiceFallbackUrl="http://new/help",
        VoiceFallbackMethod="GET",
        StatusCallback="http://new/status",
        StatusCallbackMethod="GET",
    )
    assert (changed.status_code, changed.json()["voice_url"]) == (200, "http://new/voice")
    asked, told = await called(shared, document="")
    assert [(one.url, one.method) for one in asked] == [("http://new/voice", "GET"), ("http://new/help", "GET")]
    assert [(one.url, one.method) for one in told] == [("http://new/status", "GET")]


@SHARED
@pytest.mark.works("Application.update", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod")
async def test_a_change_is_heard_by_the_next_message(shared):
    app = await make(shared, SmsUrl="http://app/sms")
    await name(shared, app["sid"], "SmsApplicationSid")
    await shared.post(
        f"/Applications/{app['sid']}.json",
        SmsUrl="http://new/sms",
        SmsMethod="GET",
        SmsFallbackUrl="http://new/help",
        SmsFallbackMethod="GET",
    )
    assert await written(shared) == [("http://new/sms", "GET"), ("http://new/help", "GET")]


async def test_deleting_one_leaves_its_numbers_to_their_own_urls(exchange):  # 9
    exchange.app.document = HANGUP
    app, other = await make(exchange, VoiceUrl="http://app/voice"), await make(exchange, VoiceUrl="http://other/")
    await exchange.post(f"/IncomingPhoneNumbers/{PN}.json", VoiceUrl="http://own/")
    await name(exchange, app["sid"])
    await name(exchange, app["sid"], "SmsApplicationSid")
    spare = exchange.own("+14155550111", voice_application_sid=other["sid"])
    assert (await exchange.delete(f"/Applications/{app['sid']}.json")).status_code == 204
    number = (await exchange.get(f"/IncomingPhoneNumbers/{PN}.json")).json()
    assert (number["voice_application_sid"], number["sms_application_sid"]) == (None, None)
    [asked], _ = await called(exchange)
    assert asked.url == "http://own/" and "ApplicationSid" not in dict(asked.params)
    left = (await exchange.get(f"/IncomingPhoneNumbers/{spare}.json")).json()
    assert left["voice_application_sid"] == other["sid"]


async def test_another_accounts_application_steers_nobody(exchange):
    foreign = exchange.write(
        "applications", "AP" + "9" * 32, OTHER, account_sid=OTHER, voice_url="http://evil/", voice_method="POST"
    )
    exchange.own("+14155550111", voice_application_sid=foreign, voice_url="http://own/", voice_method="POST")
    assert exchange.database.directory.number("+14155550111").voice.url == "http://own/"


async def test_what_is_only_kept_is_told(exchange):
    form = {"ApiVersion": "2008-08-01", "VoiceCallerIdLookup": "true"}
    made = await make(exchange, **form)
    assert (made["api_version"], made["voice_caller_id_lookup"]) == ("2008-08-01", True)
    [notice] = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert all(param in notice["message_text"] for param in form)
    await exchange.post(f"/Applications/{made['sid']}.json", VoiceCallerIdLookup="false")
    latest, _ = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert "VoiceCallerIdLookup" in latest["message_text"] and "ApiVersion" not in latest["message_text"]


@pytest.mark.works("Application.create", "PublicApplicationConnectEnabled")
async def test_an_application_that_others_may_call(exchange):  # 2.7.5
    sid = (await make(exchange, VoiceUrl="http://app/voice", PublicApplicationConnectEnabled="true"))["sid"]
    assert exchange.database.directory.application(sid).may_be_called_by(OTHER)


@pytest.mark.works("Application.update", "PublicApplicationConnectEnabled")
async def test_an_application_is_opened_to_others(exchange):
    sid = (await make(exchange, VoiceUrl="http://app/voice"))["sid"]
    assert not exchange.database.directory.application(sid).may_be_called_by(OTHER)
    await exchange.post(f"/Applications/{sid}.json", PublicApplicationConnectEnabled="true")
    assert exchange.database.directory.application(sid).may_be_called_by(OTHER)


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"FriendlyName": "x" * 65}, 20002),
        ({"VoiceUrl": "nonsense"}, 21402),
        ({"SmsFallbackUrl": "ftp://app/"}, 21402),
        ({"StatusCallback": "http://my_app/"}, 21402),  # 1.6
        ({"VoiceMethod": "PUT"}, 21403),
        ({"VoiceCallerIdLookup": "perhaps"}, 20001),
        ({"ApiVersion": "2009"}, 20001),
    ],
)
async def test_refused(shared, form, code):
    before = (await shared.get("/Applications.json")).json()["applications"]
    answer = await shared.post("/Applications.json", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await shared.get("/Applications.json")).json()["applications"] == before


async def test_of_other_accounts(exchange):  # messaging 3.2
    sid = (await make(exchange))["sid"]
    for account, token in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
        path = f"/2010-04-01/Accounts/{account}/Applications/{sid}.json"
        for method in ("GET", "POST", "DELETE"):
            answer = await exchange.request(method, path, auth=(account, token))
            assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    answer = await exchange.request("GET", f"{BASE}/Applications/{sid}.json", auth=(OTHER, OTHER_TOKEN))
    assert answer.status_code == 401
