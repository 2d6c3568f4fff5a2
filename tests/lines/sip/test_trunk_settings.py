import tomllib
from dataclasses import replace
from ipaddress import ip_network

import pytest

from hoyhoy.lines.sip.trunk_settings import Caps, Trunk, WrongTrunk, caps, sources_of, trunks

NORTH = """
[[trunk]]
name = "north"
hosts = ["sip.north.example", "203.0.113.7:5080", "2001:db8::7"]
transport = "tls"
prefixes = ["+1", "+44"]
denied = ["+1900"]
priority = 5
weight = 20
username = "hoyhoy"
password = "secret"
register = true
expires = 300
from_domain = "hoyhoy.example"
caller = "+14155550100"
strip = 1
prepend = "0"
region = "GB"
sources = ["203.0.113.0/24"]
trusted = true
inbound-username = "north"
inbound_password = "other"
calls = 2
calls_per_second = 3
calls_per_minute = 4
calls_per_day = 5
minutes_per_day = 6
"""
LEAST = {"name": "a", "hosts": ["h"], "prefixes": ["+1"]}


def test_all_there_is_to_say():
    assert trunks(tomllib.loads(NORTH)["trunk"]) == (
        Trunk(
            name="north", hosts=("sip.north.example", "203.0.113.7:5080", "[2001:db8::7]"), transport="tls",
            prefixes=("+1", "+44"), denied=("+1900",), priority=5, weight=20, username="hoyhoy", password="secret",
            register=True, expires=300, from_domain="hoyhoy.example", caller="+14155550100", strip=1, prepend="0",
            region="GB", sources=(ip_network("203.0.113.0/24"),), trusted=True, inbound_username="north",
            inbound_password="other", caps=Caps(2, 3, 4, 5, 6),
        ),
    )  # fmt: skip


def test_the_least():
    (one,) = trunks([LEAST])
    assert one == Trunk("a", ("h",), ("+1",))
    assert (one.caller, one.caps.calls, one.trusted, one.register) == ("owned", 10, False, False)
    assert trunks([]) == ()
    assert "secret" not in repr(replace(one, password="secret", inbound_password="secret"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "needs a name"),
        ({"name": "a b"}, "needs a name"),
        ({"prefix": ["+1"]}, "has no 'prefix'"),
        ({"hosts": None}, "lacks hosts"),
        ({"prefixes": None}, "lacks prefixes"),
        ({"hosts": []}, "needs a host"),
        ({"hosts": ["a b"]}, "is no host"),
        ({"hosts": 5}, "list of texts"),
        ({"prefixes": ["1"]}, "write \\+ and digits"),
        ({"denied": ["+1x"]}, "is no prefix"),
        ({"transport": "sctp"}, "udp, tcp, tls"),
        ({"weight": 0}, "from 1 on"),
        ({"priority": -1}, "from 0 on"),
        ({"priority": True}, "whole number"),
        ({"expires": 5}, "from 60 on"),
        ({"register": "yes"}, "true or false"),
        ({"register": True}, "no username"),
        ({"caller": "me"}, "'owned', 'pass' or a number"),
        ({"prepend": "00+"}, "must look like"),
        ({"region": "gb"}, "must look like"),
        ({"sources": ["203.0.113"]}, "is no network"),
        ({"password": 5}, "text of one line"),
        ({"username": "a\nb"}, "text of one line"),
        ({"calls": -1}, "from 0 on"),
        ({"calls": 1.5}, "whole number"),
        ({"inbound_username": "x"}, "both inbound_username and"),
    ],
)
def test_what_is_wrong_is_said(change, sentence):
    table = {name: value for name, value in (LEAST | change).items() if value is not None}
    with pytest.raises(WrongTrunk, match=sentence):
        trunks([table])


@pytest.mark.parametrize("tables", [{"name": "a"}, "trunk", [1], None])
def test_no_list_of_tables(tables):
    with pytest.raises(WrongTrunk, match=r"\[\[trunk\]\]"):
        trunks(tables)


def test_two_of_the_same():
    with pytest.raises(WrongTrunk, match="the name 'a'"):
        trunks([LEAST, LEAST])
    login = {"inbound_username": "x", "inbound_password": "y"}
    with pytest.raises(WrongTrunk, match="nobody can tell who calls"):
        trunks([LEAST | login, LEAST | login | {"name": "b"}])


def test_caps_of_their_own():
    assert caps({"calls": 3}) == Caps(calls=3)
    with pytest.raises(WrongTrunk, match="no 'call'"):
        caps({"call": 3})
    with pytest.raises(WrongTrunk, match="a table"):
        caps(3)


@pytest.mark.parametrize(
    ("number", "length"),
    [
        ("+14155550100", 2),
        ("+19005550100", 0),
        ("+19765550100", 2),
        ("+19761234567", 5),
        ("+442071838750", 0),
        ("+4915112345678", 3),
    ],
)
def test_only_what_is_listed(number, length):
    trunk = Trunk("a", ("h",), ("+1", "+1976", "+49", "+490"), denied=("+1900", "+197655", "+4930"))
    assert trunk.match(number) == (length if number != "+19765550100" else 0)


def test_what_is_denied_is_denied():
    assert Trunk("a", ("h",), ("+1900", "+1"), denied=("+1900",)).match("+19005550100") == 0


@pytest.mark.parametrize(
    ("strip", "prepend", "dialled"),
    [(0, "+", "+4930123456"), (0, "", "4930123456"), (0, "00", "004930123456"), (2, "0", "030123456")],
)
def test_how_a_number_is_dialled(strip, prepend, dialled):
    assert Trunk("a", ("h",), ("+",), strip=strip, prepend=prepend).dialled("+4930123456") == dialled


def test_whose_calls_come_in():
    (one,) = trunks(tomllib.loads(NORTH)["trunk"])
    assert sources_of(one) == (ip_network("203.0.113.0/24"),)
    assert [str(network) for network in sources_of(replace(one, sources=()))] == ["203.0.113.7/32", "2001:db8::7/128"]
