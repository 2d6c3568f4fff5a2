"""No stranger orders packets for machines of ours (RFC 1918, 5771, 6598; RFC 3264 5: any address may be named)."""

import pytest

from hoyhoy.lines.sip.sound_place import Network, network_of, sound_place
from hoyhoy.wire.sip.error import SipError

NAT = "203.0.113.9"


@pytest.mark.parametrize(
    ("named", "source", "place"),
    [
        ("198.51.100.7", NAT, "198.51.100.7"),  # another machine of a provider
        ("198.51.100.7", "", "198.51.100.7"),
        ("10.1.2.3", "192.168.1.1", "10.1.2.3"),  # an office
        ("100.64.1.2", "10.0.0.1", "100.64.1.2"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),  # this machine
        ("192.168.1.20", NAT, NAT),  # it does not know better
        ("192.168.1.20", "127.0.0.1", "127.0.0.1"),
        ("169.254.169.254", NAT, NAT),
        ("169.254.169.254", "10.0.0.1", "10.0.0.1"),
        ("phone.example", NAT, NAT),
        ("phone.example", "", ""),
        ("192.168.1.20", "", None),
        ("127.0.0.1", NAT, None),
        ("127.0.0.1", "10.0.0.1", None),
        ("239.1.1.1", NAT, None),
        ("239.1.1.1", "239.1.1.1", None),
        ("255.255.255.255", NAT, None),
        ("0.1.2.3", NAT, None),
        ("240.0.0.1", "127.0.0.1", None),
    ],
)
def test_where_sound_goes(named, source, place):
    hosts = (source,) if source else ()
    if place is not None:
        assert sound_place(named, hosts, lambda host: False) == place
        return
    with pytest.raises(SipError, match=named) as refused:
        sound_place(named, hosts, lambda host: False)
    assert (refused.value.status, dict(refused.value.headers)["Warning"][:3]) == (488, "300")


def test_what_the_operator_permits():
    assert sound_place("10.1.2.3", (NAT,), {"10.1.2.3"}.__contains__) == "10.1.2.3"
    assert sound_place("127.0.0.1", (), lambda host: True) == "127.0.0.1"
    with pytest.raises(SipError):
        sound_place("224.0.0.1", (), lambda host: True)


def test_networks():
    found = [network_of(host) for host in ("127.255.0.1", "172.31.0.1", "172.32.0.1", "100.63.0.1", "223.255.255.255")]
    assert found == [Network.LOOPBACK, Network.PRIVATE, Network.PUBLIC, Network.PUBLIC, Network.PUBLIC]
