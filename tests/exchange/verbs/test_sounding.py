"""What Say and Play share (voice 2.1, 2.2)."""

import pytest

from hoyhoy.exchange.verbs import voice
from hoyhoy.exchange.verbs.sounding import LONGEST_LOOP, Sounding
from hoyhoy.exchange.verbs.verb import family
from hoyhoy.wire.twiml import parse


def test_who_is_a_sound():
    assert {name for name, kind in family(voice).items() if issubclass(kind, Sounding)} == {"Say", "Play"}


@pytest.mark.parametrize(
    ("document", "times"),
    [
        ("<Say>Hello</Say>", 1),
        ("<Say loop='3'>Hello</Say>", 3),
        ("<Say loop='0'>Hello</Say>", LONGEST_LOOP),
        ("<Play loop='2'>/a.wav</Play>", 2),
        ("<Play loop='2' digits='12'/>", 1),
        ("<Say loop='1000'>Hello</Say>", LONGEST_LOOP),
    ],
)
def test_how_often_it_is_heard(document, times):
    (element,) = parse(f"<Response>{document}</Response>").children
    notices = []
    verb = family(voice)[element.name].read(element, family(voice), lambda *notice: notices.append(notice))
    assert isinstance(verb, Sounding) and verb.times == times and not notices


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Say loop='1001'>Hello</Say>", 13510),
        ("<Play loop='2147483647'>/a.wav</Play>", 13410),
        ("<Gather><Say loop='1001'>Hello</Say></Gather>", 13322),
    ],
)
def test_what_is_heard_for_ever_is_not(document, code):
    (element,) = parse(f"<Response>{document}</Response>").children
    notices = []
    verb = family(voice)[element.name].read(element, family(voice), lambda *notice: notices.append(notice))
    sounding = verb if isinstance(verb, Sounding) else verb.nested[0]
    assert sounding.times == LONGEST_LOOP and [told for told, _ in notices] == [code]
