"""What a restricted key must have been given for a request (messaging reference 3.2)."""

import pytest

from hoyhoy.rest.kit.permissions import FORM, NAMES, permission

ACCOUNT = "/2010-04-01/Accounts/{account_sid}"


@pytest.mark.parametrize(
    ("product", "path", "method", "is_one", "needed"),
    [
        ("api", f"{ACCOUNT}/Messages", "POST", False, "/twilio/messaging/messages/create"),
        ("api", f"{ACCOUNT}/Messages", "GET", False, "/twilio/messaging/messages/list"),
        ("api", f"{ACCOUNT}/Messages", "GET", True, "/twilio/messaging/messages/read"),
        ("api", f"{ACCOUNT}/Messages", "POST", True, "/twilio/messaging/messages/update"),
        ("api", f"{ACCOUNT}/Messages", "DELETE", True, "/twilio/messaging/messages/delete"),
        ("api", f"{ACCOUNT}/SMS/Messages", "POST", False, "/twilio/messaging/messages/create"),
        ("api", f"{ACCOUNT}/Messages/{{sid}}/Feedback", "POST", False, "/twilio/messaging/messages.feedback/create"),
        ("api", f"{ACCOUNT}/Calls/{{call_sid}}/Notifications", "GET", False, "/twilio/voice/calls.notifications/list"),
        ("api", f"{ACCOUNT}/Applications", "GET", True, "/twilio/voice/twiml.apps/read"),
        ("api", f"{ACCOUNT}/OutgoingCallerIds", "POST", False, "/twilio/voice/outgoing-caller-ids/create"),
        ("api", f"{ACCOUNT}/IncomingPhoneNumbers/Local", "POST", False, "/twilio/phone-numbers/active-numbers/create"),
        (
            "api",
            f"{ACCOUNT}/AvailablePhoneNumbers/{{country_code}}/Local",
            "GET",
            False,
            "/twilio/phone-numbers/available-phone-numbers/list",
        ),
        ("api", f"{ACCOUNT}/Usage/Records/Daily", "GET", False, "/twilio/billing/usage/read"),
        ("api", f"{ACCOUNT}/SIP/Domains", "GET", False, "/twilio/voice/sip.domains/list"),
        (
            "api",
            f"{ACCOUNT}/SIP/Domains/{{domain_sid}}/Auth/Calls/CredentialListMappings",
            "DELETE",
            True,
            "/twilio/voice/sip.domains.auth.calls.credential-list-mappings/delete",
        ),
        (
            "api",
            f"{ACCOUNT}/SIP/CredentialLists/{{credential_list_sid}}/Credentials",
            "POST",
            False,
            "/twilio/voice/sip.credential-lists.credentials/create",
        ),
        (
            "trunking",
            "/v1/Trunks/{trunk_sid}/Recording",
            "POST",
            True,
            "/twilio/elastic-sip-trunking/trunks.recording/update",
        ),
        ("api", "/2010-04-01/Accounts", "GET", True, "/twilio/iam/accounts/read"),
        ("api", f"{ACCOUNT}/Recordings", "GET", True, "/twilio/voice/recordings/read"),
        ("api", f"{ACCOUNT}/Calls/{{call_sid}}/Recordings", "POST", False, "/twilio/voice/calls.recordings/create"),
        ("api", f"{ACCOUNT}/SigningKeys", "POST", False, "/twilio/iam/api-keys/create"),
        ("iam", "/v1/Keys", "DELETE", True, "/twilio/iam/api-keys/delete"),
        ("lookups", "/v2/PhoneNumbers", "GET", True, "/twilio/lookup/phone-numbers/read"),
        ("monitor", "/v1/Alerts", "GET", False, "/twilio/monitor/alerts/list"),
        ("api", f"{ACCOUNT}/Tokens", "POST", False, ""),
        ("api", f"{ACCOUNT}/SMS", "GET", False, ""),
        ("accounts", "/v1/AuthTokens/Promote", "POST", True, ""),
        ("nothing", "/v1/Messages", "POST", False, ""),
    ],
)
def test_permission(product, path, method, is_one, needed):
    assert permission(product, path, method, is_one=is_one) == needed


def test_what_is_needed_can_be_given():
    for name in NAMES:
        product, *words = name.split()
        needed = permission(product, "/v/" + "/".join(words), "POST", is_one=False)
        assert FORM.fullmatch(needed) and FORM.fullmatch(needed.replace("/create", "/*"))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "/twilio/messaging/messages",
        "twilio/messaging/messages/read",
        "/twilio/*",
        "/twilio/voice/*",
        "/twilio/a/b/all",
    ],
)
def test_what_is_no_permission(wrong):
    assert not FORM.fullmatch(wrong)
