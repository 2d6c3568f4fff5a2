"""The permissions that restricted keys are made of: `/twilio/messaging/messages/create` (messaging reference 3.2).

Product, resource and operation. Fetching one is `read`, a list is `list`, and neither implies the
other; `*` stands for every operation. The resource is named after the words of its path, but for
the names in `NAMES`; what stands there for no path cannot be opened to a restricted key at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

MOST = 100
"""Permissions of one key."""
LONGEST = 100
"""Characters of one permission; the longest name of a resource has fewer than half of them."""

FORM = re.compile(r"/twilio/[a-z0-9-]+/[a-z0-9-]+(\.[a-z0-9-]+)*/(read|list|create|update|delete|\*)")

NAMES: Mapping[str, str] = {
    "api Accounts": "iam/accounts",
    "api Addresses": "phone-numbers/address-service",
    "api Applications": "voice/twiml.apps",
    "api AvailablePhoneNumbers": "phone-numbers/available-phone-numbers",
    "api Calls": "voice/calls",
    "api Conferences": "voice/conferences",
    "api IncomingPhoneNumbers": "phone-numbers/active-numbers",
    "api Keys": "iam/api-keys",
    "api Messages": "messaging/messages",
    "api OutgoingCallerIds": "voice/outgoing-caller-ids",
    "api Queues": "voice/queues",
    "api Recordings": "voice/recordings",
    "api SigningKeys": "iam/api-keys",
    "api SIP CredentialLists": "voice/sip.credential-lists",
    "api SIP Domains": "voice/sip.domains",
    "api SIP IpAccessControlLists": "voice/sip.ip-access-control-lists",
    "api SMS Messages": "messaging/messages",
    "api SMS ShortCodes": "messaging/short-codes",
    "api Transcriptions": "voice/transcriptions",
    "api Usage": "billing/usage",
    "iam Keys": "iam/api-keys",
    "insights Voice": "insights/voice",
    "lookups PhoneNumbers": "lookup/phone-numbers",
    "messaging Services": "messaging/services",
    "messaging Services AlphaSenders": "messaging/services.alphasenders",
    "messaging Services PhoneNumbers": "messaging/services.phonenumbers",
    "messaging Services ShortCodes": "messaging/services.shortcodes",
    "monitor Alerts": "monitor/alerts",
    "monitor Events": "monitor/events",
    "trunking Trunks": "elastic-sip-trunking/trunks",
    "voice Archives Calls": "voice/calls",
    "voice ByocTrunks": "voice/byoc-trunks",
    "voice ConnectionPolicies": "voice/connection-policies",
    "voice DialingPermissions": "voice/dialing-permissions",
    "voice IpRecords": "voice/ip-records",
    "voice Settings": "voice/settings",
    "voice SourceIpMappings": "voice/source-ip-mappings",
}
"""By product and first words of the path; the words that follow are appended: `voice/calls.notifications`."""

WHOLE = ("phone-numbers/active-numbers", "phone-numbers/available-phone-numbers", "billing/usage")
"""Resources whose further words are only kinds of the same."""
READ_ONLY = ("billing/usage",)
"""What is listed with the permission to read."""


def permission(product: str, path: str, method: str, *, is_one: bool) -> str:
    """What a restricted key needs for a request; "" when no permission opens it.

    `path` is the pattern of the collection, with `{names}`; `is_one`: one of the collection is meant.
    """
    words = [word for word in path.split("/")[2:] if word and not word.startswith("{")]
    if product == "api" and words[:1] == ["Accounts"] and len(words) > 1:
        del words[0]
    for length in (2, 1):
        resource = NAMES.get(" ".join([product, *words[:length]])) if len(words) >= length else None
        if resource:
            if resource not in WHOLE:
                resource = ".".join([resource, *map(_kebab, words[length:])])
            return f"/twilio/{resource}/{_operation(resource, method, is_one)}"
    return ""


def allows(allowed: Collection[str], permission: str) -> bool:
    """Whether a key that was given `allowed` may do it; what stands for every operation only contains itself."""
    return permission in allowed or f"{permission.rpartition('/')[0]}/*" in allowed


def _operation(resource: str, method: str, is_one: bool) -> str:
    if method == "GET":
        return "read" if is_one or resource in READ_ONLY else "list"
    if method == "DELETE":
        return "delete"
    return "update" if is_one else "create"


def _kebab(word: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", word).lower()
