import pytest

from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.inspection import Abilities
from hoyhoy.wire.sip.message import parse

from .messages import INVITE, request
from .torture import TORTURES

ABILITIES = Abilities(("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER"), ("timer", "100rel"))


@pytest.mark.parametrize(
    ("name", "status", "header"),
    [
        ("intmeth", 501, ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER")),
        ("esc02", 501, ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER")),
        ("mpart01", 405, ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER")),
        ("unkscm", 416, None),
        ("novelsc", 416, None),
        ("bext01", 420, ("Unsupported", "nothingsupportsthis, nothingsupportsthiseither")),
        ("invut", 415, ("Accept", "application/sdp")),
    ],
)
def test_tortures(name, status, header):  # RFC 4475 3.1.1, 3.3
    with pytest.raises(SipError) as raised:
        ABILITIES.inspect(parse(TORTURES[name].octets))
    assert raised.value.status == status
    assert raised.value.headers == ((header,) if header else ())


@pytest.mark.parametrize("name", ["wsinv", "sdp01", "zeromf", "inv2543", "baddate", "unksm2"])
def test_what_can_be_served(name):
    ABILITIES.inspect(parse(TORTURES[name].octets))


def test_bodies():
    asked = request(Content_Type="text/html", Content_Disposition="render;handling=optional")
    asked.body = b"x"
    ABILITIES.inspect(asked)
    for changes in (
        {"Content_Type": "application/sdp", "Content_Encoding": "gzip"},
        {"Content_Type": "application/sdp", "Content_Disposition": "alert"},
    ):
        asked = request(**changes)
        asked.body = b"x"
        with pytest.raises(SipError) as raised:
            ABILITIES.inspect(asked)
        assert raised.value.status == 415


def test_what_ack_requires_counts_for_nothing():  # RFC 3261 8.2.2.3
    ABILITIES.inspect(request(INVITE.replace("INVITE", "ACK"), Require="x"))
    ABILITIES.inspect(request(Require="timer"))
