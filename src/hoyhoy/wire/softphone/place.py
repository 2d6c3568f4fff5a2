"""Where an SDK has connected to, and what it is told of that: it leads its events, and its next connections, there.

voice-js.roaming.twilio.com /signal              intercepted
chunderw-vpc-gll-ie1.twilio.com /signal          intercepted, an older SDK
voice-js.my.host:8943 /.twilio.com/signal        with the option edge: "my.host:8943/" (official-clients B2)
my.host:8943 /signal                             with the option chunderw: "my.host:8943"
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SUFFIX = ".twilio.com"
PATH = "/signal"
BY_EDGE = "/" + SUFFIX + PATH
"""What is left of the address when the edge ends with a slash."""

HOME, REGION, EDGE = "us1", "us1", "roaming"
"""What an intercepted host without a place is taken for."""

_OLD = re.compile(r"chunderw-vpc-gll(?:-([a-z0-9-]+))?")
_NEW = re.compile(r"voice-js\.([a-z0-9-]+)")
_HOST = re.compile(r"[A-Za-z0-9._\[\]:-]{1,260}")


@dataclass(frozen=True, slots=True)
class Place:
    """`edge`, `home` and `region` of the message `connected`. Events go to `eventgw.<home>.twilio.com`, and the next
    connection of a call to `voice-js.<edge>.twilio.com`."""

    edge: str = EDGE
    home: str = HOME
    region: str = REGION


def place(host: str, path: str) -> Place:
    """By the `Host` field and the path of the request; what is no host is taken for an intercepted one."""
    if _HOST.fullmatch(host) is None:
        return Place()
    name = host.lower()
    if path == BY_EDGE:
        here = name.removeprefix("voice-js.") + "/"
        return Place(here, here)
    bare = name.rpartition(":")[0] if name.count(":") == 1 else name
    if not bare.endswith(SUFFIX):
        return Place(EDGE, name + "/")
    product = bare.removesuffix(SUFFIX)
    if found := _NEW.fullmatch(product):
        return Place(edge=found[1])
    if (found := _OLD.fullmatch(product)) and found[1]:
        return Place(region=found[1])
    return Place()
