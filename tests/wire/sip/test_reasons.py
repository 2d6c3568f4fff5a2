from hoyhoy.wire.sip.reasons import REASONS


def test_phrases_fit_on_a_status_line():
    assert all(100 <= code < 700 and phrase.isascii() and phrase.strip() == phrase for code, phrase in REASONS.items())
    assert (REASONS[180], REASONS[486], REASONS[603]) == ("Ringing", "Busy Here", "Decline")  # RFC 3261 21
