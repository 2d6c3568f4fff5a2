from importlib.metadata import EntryPoint

import pytest

from hoyhoy.speech import engines
from hoyhoy.speech.http_recogniser import HttpRecogniser
from hoyhoy.speech.recognisers import GROUP, open_recogniser


def test_nobody(clock):
    assert open_recogniser("", clock) is None


def test_a_url(clock):
    assert isinstance(open_recogniser("https://ears.example/listen", clock), HttpRecogniser)


def outsider(clock, given):
    return (clock, given)


def test_an_outsiders(clock, monkeypatch):
    point = EntryPoint("parrot", f"{__name__}:outsider", GROUP)
    monkeypatch.setattr(engines, "entry_points", lambda group: [point] if group == "hoyhoy.recognition" else [])
    assert open_recogniser("parrot:grey:loud", clock) == (clock, "grey:loud")
    with pytest.raises(ValueError, match="no recogniser 'crow'; there are: an http URL, parrot"):
        open_recogniser("crow", clock)
