"""Reading an element into a verb never fails: voice 1.3."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.exchange.verbs import messaging, voice
from hoyhoy.exchange.verbs.verb import (
    MOST,
    Family,
    Verb,
    address,
    boolean,
    choice,
    family,
    method,
    read_all,
    several,
    text,
    url,
    whole,
)
from hoyhoy.wire.twiml import parse


class Sample(Verb):
    """Every kind of attribute."""

    takes = ("Sample",)
    unused = dict.fromkeys(("ghost", "phantom", "Spectre"), "it is not there.")

    name: str = text("none")
    target: str | None = url()
    http_method: str = method(code=1)
    count: int = whole(3, least=1, most=9, code=2)
    any: int | None = whole(None, least=0, code=5)
    is_on: bool = boolean(True, code=3)
    pick: str = choice("one", "Two", default="one", code=4)
    source: str = text("", wire="from")
    leads_to: str | None = address(code=6)
    told: tuple[str, ...] = several("begun", "over", default=("over",), code=7)


def read(xml: str) -> tuple[Sample, list[tuple[int, str]]]:
    notices: list[tuple[int, str]] = []
    element = parse(f"<Response>{xml}</Response>").children
    (verb,) = read_all(element, Family({"Sample": Sample}), lambda *notice: notices.append(notice), None, "Response")
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
        ('count="5.0"', 2, "whole"),
        ('count="+5"', 2, "whole"),
        ('count="- 5"', 2, "whole"),
        ('count=""', 2, "whole"),
        ('count="  "', 2, "whole"),
        (f'count="5{" " * 30}5"', 2, "a whole number from 1 to 9"),
        (f'count="{"0" * 30}10"', 2, "1 to 9"),
        (f'count="{"9" * 5000}"', 2, "a whole number from 1 to 9"),
        ('any="2147483648"', 5, "0 to 2147483647"),
        (f'any="{"9" * 30}"', 5, "0 to 2147483647"),
        ('any="-1"', 5, "0 to 2147483647"),
        ('count="٣"', 2, "whole"),
        ('isOn="True"', 3, "true or false"),
        ('pick="two"', 4, "one, Two"),
        ('Name="x"', 12200, "Name"),
        ('http_method="GET"', 12200, "http_method"),
        ('element="x"', 12200, "element"),
        ('nested="x"', 12200, "nested"),
        ('ghost="boo"', 12200, "it is not there"),
        ('leadsTo=" "', 6, "counts as absent"),
        ('told=""', 7, "begun, over"),
        ('told="over under"', 7, "begun, over"),
    ],
)
def test_what_is_illegal_is_told_with_its_line_and_the_default_stays(attribute, code, word):
    verb, [(told, sentence)] = read(f"\n<Sample {attribute}/>")
    assert told == code and word in sentence and "Line 2" in sentence
    assert verb == read("\n<Sample/>")[0].__class__(element=verb.element)


@pytest.mark.parametrize(
    ("attribute", "number"),
    [
        (f'count="{" " * 22}5"', 5),
        (f'count="5{" " * 22}"', 5),
        ('count="\n 7 "', 7),
        (f'count="{"0" * 5000}7"', 7),
        ('any="2147483647"', MOST),
        ('any="-0"', 0),
    ],
)
def test_blanks_and_leading_zeros_change_no_number(attribute, number):
    verb, notices = read(f"<Sample {attribute}/>")
    assert number in (verb.count, verb.any) and not notices


@pytest.mark.parametrize("family_of", [voice, messaging])
def test_no_attribute_takes_a_number_that_a_plane_or_a_clock_cannot(family_of):
    """Nor as many digits as make Python refuse to read a number at all."""
    for name, kind in family(family_of).items():
        for attribute in (one.metadata.get("attribute") for one in fields(kind)):
            for raw in ("9" * 10, "9" * 20, "9" * 40, "9" * 5000) if attribute else ():
                try:
                    value = attribute.read(raw)
                except ValueError as why:
                    assert "digits" not in str(why), (name, attribute)
                else:
                    assert not isinstance(value, int) or value <= MOST, (name, attribute)


def test_some_of_several():
    assert read('<Sample told="over  begun" leadsTo=" /x "/>')[0].told == ("over", "begun")
    assert read('<Sample leadsTo=" /x "/>')[0].leads_to == "/x"


def test_what_is_read_past_is_told_of_at_once():
    verb, notices = read('<Sample phantom="1" ghost="boo"><Spectre/><Spectre/></Sample>')
    assert notices == [
        (12200, "Line 1: <Sample>: phantom='1', ghost='boo', <Spectre> have no effect here: it is not there.")
    ]
    assert verb.nested == ()


class Strict(Sample):
    """Nothing else may stand inside, which has a code of its own."""

    misplaced = 9


def test_what_may_not_stand_there():
    element = parse("<Response><Strict><Strict/><Other/><Sample/></Strict><Dial/><Other/></Response>").children
    codes: list[int] = []
    verbs = Family({"Sample": Sample, "Strict": Strict}, strange=8)
    (verb,) = read_all(element, verbs, lambda code, _: codes.append(code), None, "Response")
    assert codes == [9, 9, 8, 12200] and len(verb.nested) == 1


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
