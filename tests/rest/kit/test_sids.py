"""Parameters that name something else by its sid (messaging reference 4.8)."""

import pytest

from hoyhoy.rest.kit import CREATE
from hoyhoy.rest.kit.shapes import parameter
from hoyhoy.rest.kit.sids import sid_of
from hoyhoy.wire.errors import Fault


def test_a_sid():
    prop = sid_of("TK", error=20001)
    prop.named("trunk_sid")
    assert prop.read([" TK" + "aF" * 16 + " "]) == "TK" + "aF" * 16 and prop.read([""]) == ""
    for wrong in ("TK", "PN" + "a" * 32, "TK" + "g" * 32, "TK" + "a" * 33, "x" * 1_000_000):
        with pytest.raises(Fault) as refused:
            prop.read([wrong])
        assert refused.value.code == 20001 and len(refused.value.message) < 100


def test_its_form_is_described():
    prop = sid_of("TK", on=(CREATE,))
    prop.named("trunk_sid")
    assert parameter(prop, CREATE)["pattern"] == "^(TK[0-9a-fA-F]{32})?$"
