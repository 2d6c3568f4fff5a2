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
    ],
)
def test_how_often_it_is_heard(document, times):
    (element,) = parse(f"<Response>{document}</Response>").children
    verb = family(voice)[element.name].read(element, family(voice), print)
    assert isinstance(verb, Sounding) and verb.times == times
