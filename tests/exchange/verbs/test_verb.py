"""Reading an element into a verb never fails: voice 1.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.exchange.verbs import messaging, voice
from hoyhoy.exchange.verbs.verb import Verb, boolean, choice, family, method, read_all, text, url, whole
from hoyhoy.wire.twiml import parse


class Sample(Verb):
    """Every kind of attribute."""

    takes = ("Sample",)
    unused = {"ghost": "it is not there."}

    name: str = text("none")
    target: str | None = url()
    http_method: str = method(code=1)
    count: int = whole(3, least=1, most=9, code=2)
    is_on: bool = boolean(True, code=3)
    pick: str = choice("one", "Two", default="one", code=4)
    source: str = text("", wire="from")


def read(xml: str) -> tuple[Sample, list[tuple[int, str]]]:
    notices: list[tuple[int, str]] = []
    element = parse(f"<Response>{xml}</Response>").children
    (verb,) = read_all(element, {"Sample": Sample}, lambda *notice: notices.append(notice), None, "Response")
    assert isinstance(verb, Sample)
    return verb, notices


def test_defaults_and_values():
    verb, notices = read('<Sample name="x" target=" /y " httpMethod="get" count="9" isOn="false" pick="Two" from="z"/>')
    assert (verb.name, verb.target, verb.http_method, verb.count, verb.is_on, verb.pick, verb.source) == (
        "x",
        "/y",
        "GET",
        9,
        False,
        "Two",
        "z",
    )
    assert not notices
    verb, _ = read("<Sample/>")
    assert (verb.name, verb.target, verb.http_method, verb.count, verb.is_on, verb.pick) == (
        "none",
        None,
        "POST",
        3,
        True,
        "one",
    )


@pytest.mark.parametrize(
    ("attribute", "code", "word"),
    [
        ('httpMethod="PUT"', 1, "GET, POST"),
        ('count="0"', 2, "1 to 9"),
        ('count="10"', 2, "1 to 9"),
        ('count="1e3"', 2, "whole"),
        ('count="٣"', 2, "whole"),
        ('isOn="True"', 3, "true or false"),
        ('pick="two"', 4, "one, Two"),
        ('Name="x"', 12200, "Name"),
        ('http_method="GET"', 12200, "http_method"),
        ('element="x"', 12200, "element"),
        ('nested="x"', 12200, "nested"),
        ('ghost="boo"', 12200, "it is not there"),
    ],
)
def test_what_is_illegal_is_told_with_its_line_and_the_default_stays(attribute, code, word):
    verb, [(told, sentence)] = read(f"\n<Sample {attribute}/>")
    assert told == code and word in sentence and "Line 2" in sentence
    assert verb == read("\n<Sample/>")[0].__class__(element=verb.element)


def test_nesting():
    verb, notices = read("<Sample><Sample/><Other/></Sample>")
    assert len(verb.nested) == 1 and [code for code, _ in notices] == [12200]


@given(
    st.dictionaries(
        st.sampled_from(["name", "target", "httpMethod", "count", "isOn", "pick", "from", "what"]),
        st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")),
    )
)
def test_any_attributes_can_be_read(attributes):
    from xml.sax.saxutils import quoteattr

    written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    verb, notices = read(f"<Sample {written}/>")
    assert isinstance(verb.count, int) and verb.http_method in ("GET", "POST")
    assert ("what" in attributes) <= any(code == 12200 for code, _ in notices)


def test_families_are_found_by_listing_the_folder():
    assert {"Say", "Dial", "Number", "Conference", "Enqueue", "Recording"} < set(family(voice))
    assert not {"Verb", "Noun", "Place", "Sounding", "Texting", "Foreign"} & set(family(voice))
    assert set(family(messaging)) == {"Body", "Media", "Message", "Redirect", "Sms"}
