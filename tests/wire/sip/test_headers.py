import pytest

from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.headers import COMPACT, HEADER_LIMIT, SPELLINGS, Headers


def test_names_in_any_case_and_form():  # RFC 3261 7.3.3
    headers = Headers((("v", "1"), ("X-One", "a"), ("VIA", "2"), ("x-one", "b")))
    assert list(headers) == [("Via", "1"), ("X-One", "a"), ("Via", "2"), ("x-one", "b")]
    assert headers.all("via") == headers.all("V") == ["1", "2"]
    assert headers.get("X-ONE") == "a" and "x-one" in headers and headers.get("To") is None
    assert len(headers) == 4


def test_every_compact_form_has_its_long_one():
    assert all(SPELLINGS[short] == name and SPELLINGS[name.lower()] == name for short, name in COMPACT.items())


def test_order_is_kept_by_changes():
    headers = Headers((("Via", "1"), ("X-A", "a"), ("Via", "2"), ("X-B", "b")))
    headers.prepend("via", "0")
    assert list(headers) == [("Via", "0"), ("Via", "1"), ("Via", "2"), ("X-A", "a"), ("X-B", "b")]
    headers.set("X-A", "x", "y")
    headers.set("X-C", "c")
    headers.remove("X-B")
    assert list(headers)[3:] == [("X-A", "x"), ("X-A", "y"), ("X-C", "c")]
    assert headers.copy("x-c", "v") == Headers((("Via", "0"), ("Via", "1"), ("Via", "2"), ("X-C", "c")))
    assert headers.copy() == headers and headers.copy() is not headers


@pytest.mark.parametrize(
    ("name", "value"),
    [("A", "b\r\nVia: x"), ("A", "b\nc"), ("A", "\r"), ("A B", "c"), ("A:", "c"), ("", "c"), ("Ä", "c"), ("A\n", "b")],
)
def test_nothing_is_smuggled_in(name, value):  # bad-inputs 10
    with pytest.raises(SipError):
        Headers().add(name, value)


def test_what_was_read_is_forgotten_when_it_changes():
    headers = Headers((("CSeq", "1"), ("Via", "a, b")))
    assert headers.read("cseq", int) == 1 and headers.read_first("v", str) == "a"
    headers.set("CSeq", 2)
    headers.prepend("Via", "z")
    assert headers.read("CSeq", int) == 2 and headers.read_first("Via", str) == "z"
    headers.add("cseq", 3)
    for name in ("CSeq", "From"):
        with pytest.raises(SipError, match=f"(repeated|missing) {name}"):
            headers.read(name, str)
    with pytest.raises(SipError, match="missing Route"):
        headers.read_first("Route", str)


def test_lists_of_words():
    headers = Headers((("k", "timer, 100REL"), ("Supported", "path"), ("Allow", "")))
    assert headers.tokens("supported") == {"timer", "100rel", "path"}
    assert headers.tokens("Allow") == frozenset()
    assert headers.values("k") == ["timer", "100REL", "path"]


def test_too_many():  # bad-inputs 3
    headers = Headers()
    for _ in range(HEADER_LIMIT):
        headers.add("A", "b")
    with pytest.raises(SipError) as raised:
        headers.add("A", "b")
    assert raised.value.status == 513
