"""voice 2.7.5. What comes of them is tested beside the nouns that they stand in."""

from ...talking import read


def test_a_parameter_without_a_name_is_told_of():
    verb, codes = read('<Dial><Client>alice<Parameter value="1"/><Parameter name="" value="1"/></Client></Dial>')
    assert codes == [12200, 12200] and verb.nested[0].body == "alice"
