"""twimlets/answering.py: how parameters are read."""

from hoyhoy.twimlets.answering import Request, elsewhere

ASKED = Request("/below", (("A", ""), ("A", "1"), ("A", "2"), ("A", " "), ("L[1]", "x"), ("L[*#]", "y"), ("L[0]", "")))


def test_the_last_that_says_something():
    assert (ASKED.one("A"), ASKED.one("B", "else"), ASKED.has("B")) == ("2", "else", False)


def test_lists_are_ordered_by_their_numbers_and_those_without_one_by_where_they_stand():
    asked = Request("", (("N[2]", "c"), ("N[]", "b"), ("N[0]", "a"), ("N", "d"), ("N[x]", "?"), ("M[0]", "?")))
    assert asked.several("N") == ["a", "b", "c", "d"]


def test_labels():
    assert ASKED.labelled("L") == {"1": "x", "*#": "y"}


def test_seconds():
    for value, seconds in (("7", 7), ("", 20), ("-1", 20), ("soon", 20), ("9" * 400, 20)):
        assert Request("", (("Timeout", value),)).seconds(20) == seconds


def test_the_way_back():
    assert ASKED.back("menu") == "/below/menu"
    assert ASKED.back("menu", ("A", "b&c")) == "/below/menu?A=b%26c"


def test_a_way_elsewhere_ends_no_header_field():
    assert elsewhere(" http://a.example/\r\nSet-Cookie: x\u00e9").elsewhere == (
        "http://a.example/%0D%0ASet-Cookie:%20x%C3%A9"
    )
