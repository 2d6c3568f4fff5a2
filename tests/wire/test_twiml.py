import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.errors import Fault
from hoyhoy.wire.twiml import DEEPEST, parse


def code_of(body: bytes | str) -> int:
    with pytest.raises(Fault) as fault:
        parse(body)
    return fault.value.code


def test_a_document_becomes_a_tree_with_lines_and_texts():
    root = parse(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n  <Say voice="alice" loop="2">Hi <!-- no -->'
        b'there <emphasis level="strong">you</emphasis> all</Say>\n</Response>'
    )
    (say,) = root.children
    assert (say.name, say.attributes, say.line) == ("Say", (("voice", "alice"), ("loop", "2")), 3)
    assert say.spoken() == "Hi there you all"
    assert say.inner() == 'Hi there <emphasis level="strong">you</emphasis> all'


@pytest.mark.parametrize("body", ["<Response/>", "<Response", "<!DOCTYPE a><Response/>"])
def test_no_parser_waits_for_the_collector(body):
    def parsers() -> int:
        return sum(type(one).__name__ == "xmlparser" for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = parsers()
        try:
            parse(body)
        except Fault:
            pass
        assert parsers() == before
    finally:
        gc.enable()


# voice 1.3: what is fatal
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", 12100),
        ("hello", 12100),
        ("<Response><Say>Hi</Response>", 12100),
        ("<Response/><Response/>", 12100),
        (' <?xml version="1.0"?><Response/>', 12100),  # a blank before the declaration (1.2)
        (b"<Response><Say>\xff\xfe</Say></Response>", 12100),
        (b'<?xml version="1.0" encoding="no-such"?><Response/>', 12100),
        ("<response/>", 12102),  # names are case-sensitive
        ("<html><body/></html>", 12102),
        ('<Response version="2.0"/>', 12101),
    ],
)
def test_what_is_fatal(body, code):
    assert code_of(body) == code


def test_an_entity_bomb_is_refused_before_it_is_expanded():
    # bad inputs 17
    bomb = (
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))
        + "]>"
    )
    assert code_of(bomb + "<Response><Say>&j;</Say></Response>") == 12100
    assert code_of('<!DOCTYPE r SYSTEM "file:///etc/passwd"><Response/>') == 12100


def test_depth_is_bounded():
    deep = DEEPEST - 1
    assert parse("<Response>" + "<a>" * deep + "</a>" * deep + "</Response>").name == "Response"
    assert code_of("<Response>" + "<a>" * 100_000 + "</a>" * 100_000 + "</Response>") == 12100


def test_prefixed_elements_need_no_declaration():
    root = parse('<Response><Say><amazon:effect name="whispered">psst</amazon:effect></Say></Response>')
    assert root.children[0].spoken() == "psst"
    assert 'amazon:effect name="whispered"' in root.children[0].inner()


def test_latin_1_by_declaration():
    assert (
        parse('<?xml version="1.0" encoding="ISO-8859-1"?><Response><Say>é</Say></Response>'.encode("latin-1"))
        .children[0]
        .spoken()
        == "é"
    )


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"))


@given(texts)
def test_inner_is_xml_that_reads_back(text):
    from xml.sax.saxutils import escape

    say = parse(f"<Response><Say>{escape(text)}</Say></Response>").children[0]
    again = parse(f"<Response><Say>{say.inner()}</Say></Response>").children[0]
    assert again.spoken() == say.spoken() == " ".join(text.split())


@given(st.binary(max_size=300))
def test_any_bytes_give_a_tree_or_a_fault(body):
    try:
        parse(body)
    except Fault as fault:
        assert fault.code in (12100, 12101, 12102)
