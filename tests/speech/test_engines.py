from importlib.metadata import EntryPoint

import pytest

from hoyhoy.speech import engines
from hoyhoy.speech.engines import open_engine
from hoyhoy.speech.espeak import Espeak
from hoyhoy.speech.http import HttpEngine


def test_espeak_where_it_is(clock, decoder):
    assert isinstance(open_engine("", clock, decoder), Espeak)
    assert isinstance(open_engine("espeak", clock, decoder), Espeak)


def test_nothing_where_it_is_not(clock, decoder, monkeypatch):
    monkeypatch.setattr(engines, "find", lambda: None)
    assert open_engine("", clock, decoder) is None
    with pytest.raises(ValueError, match=r"hoyhoy\[speech\]"):
        open_engine("espeak", clock, decoder)


def test_none(clock, decoder):
    assert open_engine("none", clock, decoder) is None


def test_a_url(clock, decoder):
    assert isinstance(open_engine("https://voice.example/say", clock, decoder), HttpEngine)


def outsider(clock, given):
    return (clock, given)


def test_an_outsiders(clock, decoder, monkeypatch):
    point = EntryPoint("parrot", f"{__name__}:outsider", engines.GROUP)
    monkeypatch.setattr(engines, "entry_points", lambda group: [point] if group == "hoyhoy.speech" else [])
    assert open_engine("parrot:grey:loud", clock, decoder) == (clock, "grey:loud")
    assert open_engine("parrot", clock, decoder) == (clock, "")
    with pytest.raises(ValueError, match="'crow'; there are: none, espeak, an http URL, parrot"):
        open_engine("crow", clock, decoder)
