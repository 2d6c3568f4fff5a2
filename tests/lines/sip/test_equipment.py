import pytest

from hoyhoy.lines.sip.equipment import ABILITIES, Equipment, is_ipv4
from hoyhoy.wire.sip.error import SipError


@pytest.mark.parametrize(
    ("host", "can"), [("192.0.2.1", True), ("::1", False), ("[::1]", False), ("host.example", False), ("", False)]
)
def test_where_the_plane_can_send(host, can):
    assert is_ipv4(host) is can


def test_the_address_in_sdp():
    made = Equipment(None, None, None, None)  # type: ignore[arg-type]
    assert made.sdp_host("192.0.2.1") == "192.0.2.1"
    with pytest.raises(SipError) as refused:
        made.sdp_host("::1")
    assert refused.value.status == 488
    made.media_host = "203.0.113.9"
    assert made.sdp_host("::1") == "203.0.113.9"


def test_the_line_understands_what_it_says_it_does():
    assert {"INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "PRACK", "INFO", "REFER"} <= set(ABILITIES.methods)
    assert "MESSAGE" not in ABILITIES.methods
