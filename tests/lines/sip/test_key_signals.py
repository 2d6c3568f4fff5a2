"""Keys told by INFO, and keys told twice."""

import pytest

from hoyhoy.lines.sip.key_signals import REMEMBERED, WINDOW, Once, key_of
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.uri import Uri


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", "Signal= 5 \nDuration= 160", "5"),
        ("application/dtmf-relay", "Duration=160\r\nSIGNAL=#", "#"),
        ("application/dtmf-relay", "Signal=10\r\n", "*"),
        ("application/dtmf-relay", "Signal=11\r\n", "#"),
        ("application/dtmf-relay", "Signal=d\r\n", "D"),
        ("application/dtmf-relay", "Signal=\r\nDuration=160", None),
        ("application/dtmf-relay", "Signal=16\r\n", None),
        ("application/dtmf-relay", "", None),
        ("application/dtmf-relay", "\xff\xfe", None),
        ("application/dtmf", "7", "7"),
        ("application/dtmf", " *\r\n", "*"),
        ("application/dtmf", "77", None),
        ("text/plain", "7", None),
    ],
)
def test_the_key_of_an_info(kind, body, key):
    request = Request("INFO", Uri("sip", "a"), body=body.encode("latin-1"))
    request.headers.add("Content-Type", kind)
    assert key_of(request) == key


class Hearing:
    def __init__(self):
        self.time, self.keys = 0.0, []
        self.once = Once(lambda: self.time)

    def hears(self, presses: str, way: str) -> str:
        for key in presses:
            if self.once.hear(key, way):
                self.keys.append(key)
        heard = "".join(self.keys)
        self.keys.clear()
        return heard


def test_one_way_alone_is_passed_on():
    hearing = Hearing()
    assert hearing.hears("1223", "RTP") == "1223"
    assert Hearing().hears("1223", "INFO") == "1223"


def test_both_ways_are_one_press_each():
    hearing = Hearing()
    assert hearing.hears("1", "RTP") + hearing.hears("1", "INFO") == "1"
    assert hearing.hears("1", "INFO") + hearing.hears("1", "RTP") == "1"
    assert hearing.hears("22", "RTP") + hearing.hears("22", "INFO") == "22"


def test_a_late_twin_is_another_press():
    hearing = Hearing()
    assert hearing.hears("1", "RTP") == "1"
    hearing.time += WINDOW + 0.1
    assert hearing.hears("1", "INFO") == "1"


def test_what_is_remembered_is_bounded():
    hearing = Hearing()
    hearing.hears("1" * 1000, "RTP")
    assert len(hearing.once._told) == REMEMBERED
