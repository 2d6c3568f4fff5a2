"""SIP response codes, the exchange's words for why a leg ended, and call statuses (voice reference 10.3, 5.2, 2.12).

The words are those of the exchange's `Cause` and of Twilio's CallStatus, as plain strings: this floor knows neither.
"""

from __future__ import annotations

from .error import SipError
from .grammar import params, values
from .transaction import Failure

# A final response to a call of ours, as the exchange's cause. Any other 4xx, 5xx and 6xx is "failed".
_CAUSES = {
    486: "busy", 600: "busy",
    # 487 comes after our CANCEL, which the exchange sends when nobody answered in time.
    408: "no-answer", 480: "no-answer", 487: "no-answer",
    603: "rejected", 607: "rejected", 608: "rejected",
    404: "unreachable", 410: "unreachable", 416: "unreachable", 484: "unreachable", 485: "unreachable",
    502: "unreachable", 604: "unreachable",
}  # fmt: skip

# The status of a call that ends by a cause before it was answered. 603 is "failed" with some carriers and "busy" with
# others (voice 10.3); here it is what a simulated phone's decline is.
_STATUSES = {
    "normal": "no-answer", "busy": "busy", "rejected": "busy", "no-answer": "no-answer",
    "unreachable": "failed", "failed": "failed", "canceled": "canceled",
}  # fmt: skip

# How an incoming call is refused. Reject says 486 or 404 (voice 2.12); the others are our choice.
_REFUSALS = {
    "normal": 480, "busy": 486, "rejected": 404, "no-answer": 480, "unreachable": 404, "failed": 500, "canceled": 487,
}  # fmt: skip

FAILURES = {Failure.TIMEOUT: 408, Failure.TRANSPORT: 503, Failure.NO_ACK: 408}
"""The response a failed transaction stands for (RFC 3261 8.1.3.1)."""

# ITU-T Q.850, as gateways tell it in Reason (RFC 3326); and what we tell.
_Q850 = {
    1: "unreachable", 2: "unreachable", 3: "unreachable", 16: "normal", 17: "busy", 18: "no-answer", 19: "no-answer",
    20: "no-answer", 21: "rejected", 22: "unreachable", 27: "unreachable", 28: "unreachable", 31: "normal",
}  # fmt: skip
_TOLD = {
    "normal": 16, "busy": 17, "rejected": 21, "no-answer": 19, "unreachable": 1, "failed": 41, "canceled": 16,
}  # fmt: skip


def cause_of(status: int) -> str:
    """Why a leg of ours ended that got this final response; 2xx is "normal"."""
    return "normal" if 200 <= status < 300 else _CAUSES.get(status, "failed")


def status_of(status: int) -> str:
    """The CallStatus that a response to our INVITE leads to: "ringing", "in-progress", or a final one."""
    if status < 200:
        return "queued" if status == 100 else "ringing"
    return "in-progress" if status < 300 else _STATUSES[cause_of(status)]


def refusal_of(cause: str) -> int:
    """The response that refuses an incoming call for this cause; 500 for a word it does not know."""
    return _REFUSALS.get(cause, 500)


def reason_of(cause: str) -> str:
    """A Reason header field for BYE or CANCEL."""
    return f"Q.850;cause={_TOLD.get(cause, 41)}"


def told(reasons: list[str]) -> str | None:
    """The cause that Reason header fields tell; None when they tell none that means something here.

    A CANCEL because another phone answered says so by SIP;cause=200 (RFC 3326 2).
    """
    try:
        for value in values(reasons):
            protocol, mark, rest = value.partition(";")
            number = params(mark + rest).get("cause") or ""
            if not number.isascii() or not number.isdigit() or len(number) > 3:
                continue
            match protocol.strip().upper():
                case "Q.850":
                    return _Q850.get(int(number), "failed")
                case "SIP" if int(number) >= 200:
                    return cause_of(int(number))
    except SipError:
        pass
    return None
