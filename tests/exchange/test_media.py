import numpy as np

from hoyhoy.exchange.media import Prompt, Quality, Terms, Track
from hoyhoy.exchange.sound import Tone


def test_a_prompt_knows_how_long_it_lasts():
    assert Prompt(Tone("beep"), np.zeros(4000, np.int16)).seconds == 0.5


def test_before_the_far_end_has_answered_nothing_is_agreed():
    terms = Terms()
    assert terms.remote is None and terms.events is None and terms.sends and terms.hears


def test_what_the_far_end_did_not_tell_is_not_known():
    assert (Quality().far_lost, Quality().round_trip) == (None, None)


def test_tracks_are_named_as_the_planes_are():
    from hoyhoy.media.recordings import Track as PlanesTrack

    assert {track.value for track in Track} | {"room"} == {track.value for track in PlanesTrack}
