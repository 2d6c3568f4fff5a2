import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import grammar
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import Params

from .messages import plain, tokens


@given(plain)
def test_what_is_quoted_is_unquoted(text):
    assert grammar.unquote(grammar.quote(text)) == text


def test_a_quoted_string_holds_no_line_break():
    assert grammar.quote("a\r\nVia: x") == '"a Via: x"'


@given(st.dictionaries(tokens.map(lambda text: text.lower().replace("_", "-")), st.none() | plain, max_size=5))
def test_parameters_come_back_as_they_were_given(values):
    made = Params.of(**values)
    again = grammar.params(str(made))
    assert again == made
    for name, value in values.items():
        assert again.get(name.upper()) == (value or "")


def test_parameters_keep_their_spelling_and_order():
    text = ';Branch=z9;flag;q = "0,5;" ; LR'
    read = grammar.params(text)
    assert str(read) == ';Branch=z9;flag;q="0,5;";LR'
    assert (read.get("branch"), read.get("flag"), read.get("Q"), "lr" in read, read.get("no")) == (
        "z9",
        "",
        "0,5;",
        True,
        None,
    )
    assert (
        str(read.replace("BRANCH", "new").replace("rport", None).without("lr", "flag")) == ';BRANCH=new;q="0,5;";rport'
    )


@pytest.mark.parametrize("text", [";;", ";a=b c", ';a="x', ";=v", ";a=b,c", ";a b", ';a="x"y', ";a=<x>", ";p" * 65])
def test_malformed_parameters(text):
    with pytest.raises(SipError):
        grammar.params(text)


def test_commas_in_quotes_and_brackets_do_not_split():
    assert grammar.split(r'"a,\",b" <sip:x,y@z;p>;q="1,2" , <sip:c>') == [r'"a,\",b" <sip:x,y@z;p>;q="1,2"', "<sip:c>"]
    assert grammar.values(["a, ,b", "", "c,"]) == ["a", "b", "c"]


@pytest.mark.parametrize("text", ['"a', "<sip:a", "sip:a>, <sip:b>", 'x, "\\'])
def test_unbalanced_marks(text):
    with pytest.raises(SipError):
        grammar.split(text)


def test_a_list_of_thousands_is_refused():  # bad-inputs 3
    for lines in (["a," * 5000], ["a"] * 5000, ['"a",' * 5000]):
        with pytest.raises(SipError):
            grammar.values(lines)


@given(st.text('",;<>\\a= \t', max_size=40))
def test_any_text_splits_or_is_refused(text):
    try:
        assert "".join(grammar.split(text)).replace(" ", "").replace("\t", "") == "".join(
            piece.replace(" ", "").replace("\t", "") for piece in grammar.split(text)
        )
        grammar.params(";" + text)
    except SipError:
        pass


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("pc33", "pc33", None),
        ("host_1.example.com.:5060", "host_1.example.com.", 5060),
        ("192.0.2.1:1", "192.0.2.1", 1),
        ("[2001:db8::10:5070]", "[2001:db8::10:5070]", None),  # RFC 5118 4.3
        ("[::ffff:192.0.2.1] : 65535", "[::ffff:192.0.2.1]", 65535),
    ],
)
def test_hosts(text, host, port):
    assert grammar.host_port(text) == (host, port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":5060",
        "a b",
        "a..b",
        "-a",
        "2001:db8::1",
        "[::1",
        "[::1]x",
        "[::1%eth0]",
        "[1.2.3.4]",
        "a:0",
        "a:65536",
        "a:-1",
        "a:٣",
    ],
)
def test_malformed_hosts(text):
    with pytest.raises(SipError):
        grammar.host_port(text)


def test_numbers():
    assert grammar.number(" 0068 ", 255, "x") == 68
    assert grammar.number("0" * 50 + "1", 255, "x") == 1
    for text in ("", "-1", "+1", "1.0", "٣", "256", "9" * 5000, "1 2"):  # bad-inputs 1
        with pytest.raises(SipError):
            grammar.number(text, 255, "x")


def test_addresses_compare_by_value():  # RFC 5118 4.7
    assert grammar.same_host("[2001:db8::1]", "2001:0DB8:0::1")
    assert grammar.same_host("Example.COM", "example.com")
    assert not grammar.same_host("192.0.2.1", "192.0.2.2")
    assert grammar.written_host("::1") == "[::1]" and grammar.bare_host("[::1]") == "::1"
    assert [grammar.is_ip(host) for host in ("192.0.2.1", "[::1]", "::1", "example.com", "1.2.3")] == [
        True,
        True,
        True,
        False,
        False,
    ]
