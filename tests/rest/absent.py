"""What the official client knows below the products we serve and we do not offer, each with its reason.

A prefix speaks for its own path and for all below it, the longest one counts. The reasons are read by
users, in docs/coverage.md: they say what a resource comes with, or why it never comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from hoyhoy.rest import resources

from . import official

ACCOUNT = "/2010-04-01/Accounts/{}"

ABSENT: dict[str, tuple[tuple[str, str], ...]] = {
    "comes with media streams": (
        ("api", ACCOUNT + "/Calls/{}/Siprec"),
        ("api", ACCOUNT + "/Calls/{}/Streams"),
        ("api", ACCOUNT + "/Calls/{}/Transcriptions"),
    ),
    "comes with browser phones": (("accounts", "/v1/Credentials"),),
    "comes with configurations of recording and transcription": (
        ("voice", "/v2/AccountDefaultConfiguration"),
        ("voice", "/v2/Configurations"),
    ),
    "comes with the transcription of speech": (("voice", "/v3/Transcriptions"),),
    "comes with statistics of many calls and conferences": (
        ("insights", "/v1/Conferences"),
        ("insights", "/v1/Voice/Settings"),
        ("insights", "/v1/Voice/Summaries"),
        ("insights", "/v1/Voice/{}/Annotation"),
        ("insights", "/v2/Voice"),
    ),
    "is about products other than telephone calls": (
        ("insights", "/v1/Video"),
        ("insights", "/v3"),
    ),
    "comes with roles": (("iam", "/v1/Roles"),),
    "comes with OAuth": (("iam", "/v1/Account/OAuthApps"), ("iam", "/v1/token")),
    "comes with consent and opt-out": (("accounts", "/v1/Consents"), ("accounts", "/v1/Contacts")),
    "comes with rules for destinations": (
        ("accounts", "/v1/Messaging/GeoPermissions"),
        ("accounts", "/v1/SafeList"),
    ),
    "comes with an audit trail": (("monitor", "/v1/Events"),),
    "comes with channels other than telephone messages": (
        ("messaging", "/v1/Services/{}/ChannelSenders"),
        ("messaging", "/v2/Channels"),
        ("messaging", "/v2/Indicators"),
        ("messaging", "/v3/Indicators"),
    ),
    "comes with shortened links": (
        ("messaging", "/v1/LinkShortening"),
        ("messaging", "/v2/LinkShortening"),
    ),
    "comes with sender names by country": (("messaging", "/v1/Services/{}/DestinationAlphaSenders"),),
    "comes with carriers of messages, who know which numbers have changed hands": (("messaging", "/v1/Deactivations"),),
    "registers brands and campaigns with North American carriers, which only those who sell numbers there can do": (
        ("messaging", "/v1/Services/PreregisteredUsa2p"),
        ("messaging", "/v1/Services/Usecases"),
        ("messaging", "/v1/Services/{}/Compliance"),
        ("messaging", "/v1/Tollfree"),
        ("messaging", "/v1/a2p"),
    ),
    "comes with batches and limits of look-ups": (
        ("lookups", "/v2/PhoneNumbers/{}/Overrides"),
        ("lookups", "/v2/RateLimits"),
        ("lookups", "/v2/batch"),
    ),
    "belongs to the platform's marketplace of add-ons and apps, which an exchange of one's own does not have": (
        ("api", ACCOUNT + "/AuthorizedConnectApps"),
        ("api", ACCOUNT + "/ConnectApps"),
        ("api", ACCOUNT + "/IncomingPhoneNumbers/{}/AssignedAddOns/{}"),
        ("api", ACCOUNT + "/Recordings/{}/AddOnResults"),
    ),
    "takes card numbers, which needs a certified payment provider": (("api", ACCOUNT + "/Calls/{}/Payments"),),
}


def products() -> list[str]:
    """Those of which something is served."""
    return sorted({kind.product for kind in resources()})


@lru_cache
def offered(product: str) -> frozenset[str]:
    """Every path that is served, in the checklist's spelling."""
    found: set[str] = set()
    for kind in resources():
        if kind.product == product:
            paths = [*(kind.path, *kind.also), *(path for path, _ in kind.routes())]
            found |= {official.normalised(path) for path in paths}
            found |= {official.normalised(path) + "/{}" for path in (kind.path, *kind.also) if not kind.single}
    return frozenset(found)


@lru_cache
def known(product: str) -> tuple[str, ...]:
    """Every path at which the official client does anything."""
    return tuple(sorted(path for path, face in official.faces(product).items() if face.parameters))


def reason(product: str, path: str) -> str:
    """Why a path is not offered; "" when nobody says."""
    found = [
        (len(prefix), why)
        for why, prefixes in ABSENT.items()
        for of, prefix in prefixes
        if of == product and is_below(path, prefix)
    ]
    return max(found)[1] if found else ""


def is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


def prefixes() -> Iterable[tuple[str, str]]:
    return [one for several in ABSENT.values() for one in several]


def missing(product: str) -> list[str]:
    """What the client knows and we do not offer."""
    return [path for path in known(product) if path not in offered(product)]
