"""Voice reference 10.2."""

from collections import Counter

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.ports import Origination, SipTrunk
from hoyhoy.lines.sip.origination import ordered, origination


def trunk(*originations: Origination) -> SipTrunk:
    return SipTrunk("TK1", "AC1", "Ours", "", originations=originations)


def test_the_lowest_priority_first_and_only_what_is_enabled():
    chance = SeededChance(1)
    ours = trunk(
        Origination("sip:c@h", 20, 1), Origination("sip:a@h", 1, 1), Origination("sip:off@h", 0, 9, False),
        Origination("sip:b@h", 10, 1),
    )  # fmt: skip
    assert origination(ours, chance) == ["sip:a@h", "sip:b@h", "sip:c@h"]
    assert origination(trunk(), chance) == []  # 32010


def test_equals_in_proportion_to_weight():
    chance = SeededChance(1)
    ours = trunk(Origination("heavy", 1, 75), Origination("light", 1, 25), Origination("last", 2, 65535))
    found = [origination(ours, chance) for _ in range(1000)]
    assert all(sorted(one[:2]) == ["heavy", "light"] and one[2] == "last" for one in found)
    first = Counter(one[0] for one in found)
    assert 700 < first["heavy"] < 800


def test_without_any_weight_all_are_there():
    assert sorted(ordered("abc", lambda one: 1, lambda one: 0, SeededChance(1))) == ["a", "b", "c"]
