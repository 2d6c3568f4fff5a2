"""Targets: what is one place and what is two."""

from __future__ import annotations

import pytest

from hoyhoy.lines.sip.target import Target


def test_a_connection_and_a_name_make_another_target_an_open_transport_does_not():
    plain = Target("tls", "192.0.2.1", 5061)
    assert plain != Target("tls", "192.0.2.1", 5061, flow=1)
    assert plain != Target("tls", "192.0.2.1", 5061, "example.com")  # verified as one, not as the other
    assert plain == Target("tls", "192.0.2.1", 5061, is_open=True)


def test_the_same_place_by_another_transport():
    settled = Target("udp", "192.0.2.1", 5060, is_open=True).by("tcp")
    assert (settled, settled.is_open) == (Target("tcp", "192.0.2.1", 5060), False)


@pytest.mark.parametrize(("transport", "reliable"), [("udp", False), ("tcp", True), ("tls", True)])
def test_what_repeats_by_itself(transport, reliable):
    assert Target(transport, "192.0.2.1", 5060).reliable is reliable


def test_a_target_in_words():
    assert str(Target("udp", "192.0.2.1", 5060)) == "udp:192.0.2.1:5060"
    assert str(Target("tcp", "2001:db8::1", 5060)) == "tcp:[2001:db8::1]:5060"
