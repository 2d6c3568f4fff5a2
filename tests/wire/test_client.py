"""voice 2.7.5, 14.1"""

import pytest

from hoyhoy.wire.client import identity, parted


@pytest.mark.parametrize("name", ["alice", "a" * 256, "ann@example.com", "+14155550123", "Ærø_1.2-3", "a:b/c;d"])
def test_names(name):
    assert identity(name) == name


@pytest.mark.parametrize("name", ["", "a" * 257, "a b", "a\n", "a\x85b", *'<>#%?"{}|\\^[]`'])
def test_what_is_no_name(name):
    with pytest.raises(ValueError, match="name"):
        identity(name)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("client:alice", ("client:alice", ())),
        ("client:alice?a=1&b=x%20y+z&c", ("client:alice", (("a", "1"), ("b", "x y z"), ("c", "")))),
        ("client:alice?", ("client:alice", ())),
        ("client:alice?a=1?b=2", ("client:alice", (("a", "1?b=2"),))),
    ],
)
def test_custom_parameters_of_an_address(address, parts):
    assert parted(address) == parts
