import pytest

from hoyhoy.wire.sip import session_timer
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.session_timer import LEAST, Refresher, Session, agree, agreed, ask, asked, least, longer

from .messages import request

UAC, UAS = Refresher.UAC, Refresher.UAS


@pytest.mark.parametrize(
    ("headers", "session"),
    [
        # RFC 4028 9, table 2: who refreshes
        ({"Supported": "timer", "Session-Expires": "1800"}, Session(1800, UAC, False)),
        ({"k": "timer", "x": "3600 ;refresher=UAS"}, Session(1800, UAS, True)),
        ({"Supported": "timer", "Session-Expires": "120;refresher=uac"}, Session(120, UAC, False)),
        ({"Supported": "timer", "Session-Expires": "120", "Min-SE": "300"}, Session(300, UAC, False)),
        ({"Supported": "timer"}, Session(1800, UAC, False)),
        ({}, Session(1800, UAS, True)),
        ({"Session-Expires": "30;refresher=uac"}, Session(90, UAS, True)),  # a proxy's wish: it cannot be refused
        ({"Supported": "timer", "Session-Expires": "99999999999999999"}, Session(1800, UAC, False)),
    ],
)
def test_what_we_answer(headers, session):
    wanted = request(**headers)
    found = agree(wanted, ours=1800, minimum=90)
    assert found == session
    accepted = wanted.respond(200)
    found.stamp(accepted, wanted)
    assert agreed(accepted) == Session(session.seconds, session.refresher, session.refresher is UAC)
    assert (accepted.headers.get("Require") == "timer") is (session.refresher is UAC)


def test_too_small():  # RFC 4028 9
    wanted = request(Supported="timer", Session_Expires="60")
    with pytest.raises(SipError) as raised:
        agree(wanted, minimum=120)
    assert (raised.value.status, raised.value.headers) == (422, (("Min-SE", "120"),))
    refused = wanted.refuse(raised.value)
    assert longer(refused) == 120  # 7.3
    assert longer(wanted.respond(422)) is None and longer(wanted.respond(200)) is None
    refused.headers.set("Min-SE", "9999999")
    assert longer(refused) is None


def test_what_we_ask():  # RFC 4028 7.1
    wanted = request(Supported="100rel, timer")
    ask(wanted, 600, 120, UAS)
    assert wanted.headers.values("Supported") == ["100rel", "timer"]
    assert asked(wanted) == (600, UAS) and least(wanted.headers) == 120
    ask(wanted)
    assert asked(wanted) == (session_timer.USUAL, None)


@pytest.mark.parametrize("text", ["", "x", "-5", "1.5;refresher=uac", "60;;"])
def test_malformed(text):
    with pytest.raises(SipError):
        asked(request(Session_Expires=text))


def test_waits():  # RFC 4028 10
    assert Session(1800, UAS, True).wait == 900
    assert Session(1800, UAC, False).wait == 1768
    assert Session(90, UAC, False).wait == 60


def test_values_that_mean_nothing():
    assert agreed(request().respond(200)) is None
    for text in ("", "x", "5", "99999999999999"):
        assert least(request(Min_SE=text).headers) == LEAST
    short = request().respond(200)
    short.headers.set("Session-Expires", "1;refresher=other")
    assert agreed(short) == Session(90, UAC, True)
