from hoyhoy.exchange.chance import SeededChance, TrueChance, new_sid


def test_a_sid_is_a_prefix_and_32_hexadecimal_digits():
    # messaging 4.8
    for chance in (TrueChance(), SeededChance(1)):
        sid = new_sid(chance, "CA")
        assert len(sid) == 34 and sid.startswith("CA") and sid[2:] == sid[2:].lower()
        int(sid[2:], 16)


def test_a_seed_gives_the_same_values_again():
    one, two, other = SeededChance(7), SeededChance(7), SeededChance(8)
    assert [one.hex(8), one.below(100)] == [two.hex(8), two.below(100)]
    assert one.hex(32) != other.hex(32)


def test_lengths_and_bounds():
    chance = TrueChance()
    assert len(chance.hex(5)) == 5
    assert {chance.below(2) for _ in range(100)} == {0, 1}


def test_no_digits_are_given_out_twice():
    chance = TrueChance()
    assert len({chance.hex(32) for _ in range(2000)}) == 2000
    assert len(chance.hex(20_000)) == 20_000
