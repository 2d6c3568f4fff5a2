"""What resources looked like in 2008: each one's elements, and how they are made of today's representation.

Numbers had ten digits, statuses were numbers, flags were bits, moments were Pacific, and everything
was text (messaging reference 8.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

ROOT = "/2008-08-01"

PACIFIC = timezone(timedelta(hours=-7))
"""Whatever the season: the moment is right, and a client reads the offset."""

CALL_STATUS = {"queued": 0, "ringing": 1, "in-progress": 1, "completed": 2, "busy": 3, "failed": 4}
CALL_STATUS |= {"no-answer": 5, "canceled": 5}
CALL_FLAGS = {"inbound": 1, "outbound-api": 2, "outbound-dial": 4}
SMS_STATUS = {"sending": "sending", "failed": "failed", "undelivered": "failed", "canceled": "failed"}
SMS_STATUS |= dict.fromkeys(("accepted", "scheduled", "queued"), "queued")
SMS_FLAGS = {"inbound": 1, "outbound-reply": 2, "outbound-call": 2, "outbound-api": 4}
ACCOUNT_STATUS = {"active": 2, "suspended": 4, "closed": 16}

Body = Mapping[str, Any]
Show = Callable[[Body], Any]


def ten_digits(address: str | None) -> str | None:
    """North American numbers as they were written then; every other address as it is."""
    return address[2:] if address and len(address) == 12 and address.startswith("+1") else address


def _number(key: str) -> Show:
    return lambda body: ten_digits(body[key])


def _moment(key: str) -> Show:
    def show(body: Body) -> str | None:
        moment = body[key]
        return moment and format_datetime(parsedate_to_datetime(moment).astimezone(PACIFIC))

    return show


def _coded(key: str, codes: Mapping[str, Any], otherwise: Any = None) -> Show:
    return lambda body: codes.get(body[key], otherwise)


def _same(*names: str) -> dict[str, Show]:
    """Elements that are called today as they were then, in snake case."""
    return {name: _plain(_snake(name)) for name in names}


def _plain(key: str) -> Show:
    return lambda body: body.get(key)


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


@dataclass(frozen=True)
class Old:
    """One resource as it was: its elements, and how each is made of today's representation.

    `given` are names of parameters then and now; `numbers`, today's, hold telephone numbers. `creates`: whether
    one could be made at the list.
    """

    element: str
    plural: str
    shows: Mapping[str, Show]
    given: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET", "POST", "DELETE")
    creates: bool = True


DATES = {"DateCreated": _moment("date_created"), "DateUpdated": _moment("date_updated")}

CALL = Old(
    "Call",
    "Calls",
    {
        "Sid": lambda body: body["parent_call_sid"] or body["sid"],
        **DATES,
        "CallSegmentSid": lambda body: body["parent_call_sid"] and body["sid"],
        **_same("AccountSid"),
        "Called": _number("to"),
        "Caller": _number("from"),
        **_same("PhoneNumberSid"),
        "Status": _coded("status", CALL_STATUS),
        "StartTime": _moment("start_time"),
        "EndTime": _moment("end_time"),
        **_same("Duration", "Price"),
        "Flags": lambda body: CALL_FLAGS.get(body["direction"], 0) | body.get("flags", 0),
    },
    {"Caller": "From", "Called": "To", "CurrentUrl": "Url", "CurrentMethod": "Method"},
    numbers=("To",),
    methods=("GET", "POST"),
)
SMS = Old(
    "SMSMessage",
    "SMSMessages",
    {
        **_same("Sid"),
        **DATES,
        "DateSent": _moment("date_sent"),
        **_same("AccountSid"),
        "To": _number("to"),
        "From": _number("from"),
        **_same("Body"),
        "Status": _coded("status", SMS_STATUS, "sent"),
        "Flags": _coded("direction", SMS_FLAGS, 0),
    },
    numbers=("To",),
)
NUMBER = Old(
    "IncomingPhoneNumber",
    "IncomingPhoneNumbers",
    {
        **_same("Sid", "AccountSid", "FriendlyName"),
        "PhoneNumber": _number("phone_number"),
        "Url": _plain("voice_url"),
        "Method": _plain("voice_method"),
        **_same("SmsUrl", "SmsMethod", "VoiceFallbackUrl", "VoiceFallbackMethod"),
        **_same("SmsFallbackUrl", "SmsFallbackMethod", "VoiceCallerIdLookup"),
        **DATES,
    },
    {"Url": "VoiceUrl", "Method": "VoiceMethod"},
    numbers=("PhoneNumber",),
)
CALLER_ID = Old(
    "OutgoingCallerId",
    "OutgoingCallerIds",
    {**_same("Sid", "AccountSid", "FriendlyName"), "PhoneNumber": _number("phone_number"), **DATES},
    numbers=("PhoneNumber",),
)
VALIDATION = Old(
    "ValidationRequest",
    "",
    {
        **_same("AccountSid", "CallSid", "FriendlyName"),
        "PhoneNumber": _number("phone_number"),
        **_same("ValidationCode"),
    },
    numbers=("PhoneNumber",),
)
ACCOUNT = Old(
    "Account",
    "Accounts",
    {
        **_same("Sid", "FriendlyName"),
        "Status": _coded("status", ACCOUNT_STATUS),
        "StatusText": lambda body: body["status"].capitalize(),
        **DATES,
        **_same("AuthToken"),
    },
    {"Status": ""},  # it could not be changed
    creates=False,
)
NOTIFICATION = Old(
    "Notification",
    "Notifications",
    {
        **_same("Sid"),
        **DATES,
        **_same("AccountSid", "CallSid", "Log", "ErrorCode", "MoreInfo", "MessageText"),
        "MessageDate": _moment("message_date"),
        "RequestURL": _plain("request_url"),
        **_same("RequestMethod", "RequestVariables", "ResponseHeaders", "ResponseBody"),
    },
    methods=("GET",),
)

OF = "/Accounts/{account_sid}"
FORMS = {
    "/Accounts": ACCOUNT,
    f"{OF}/Calls": CALL,
    f"{OF}/Calls/{{call_sid}}/Segments": CALL,
    f"{OF}/Calls/{{call_sid}}/Notifications": NOTIFICATION,
    f"{OF}/Notifications": NOTIFICATION,
    f"{OF}/SMS/Messages": SMS,
    f"{OF}/IncomingPhoneNumbers": NUMBER,
    f"{OF}/IncomingPhoneNumbers/Local": NUMBER,
    f"{OF}/IncomingPhoneNumbers/TollFree": NUMBER,
    f"{OF}/OutgoingCallerIds": CALLER_ID,
}
"""By what follows the version in the path of the list."""
