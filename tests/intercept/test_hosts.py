"""Hosts as Twilio's libraries spell them (official-clients A2, B2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.intercept.hosts import TwilioHost, bare, is_ours, may_be_minted, parse


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("api.twilio.com", TwilioHost("api")),
        ("API.TWILIO.COM.:443", TwilioHost("api")),
        ("api.ie1.twilio.com", TwilioHost("api", region="ie1")),
        ("api.dublin.ie1.twilio.com", TwilioHost("api", "dublin", "ie1")),
        ("voice-js.roaming.twilio.com:443", TwilioHost("voice-js", edge="roaming")),
        ("chunderw-vpc-gll-de1.twilio.com", TwilioHost("chunderw-vpc-gll-de1")),
        ("a.b.sydney.au1.twilio.com", TwilioHost("a", "sydney", "au1")),
        ("twilio.com", TwilioHost("")),
        ("localhost", None),
        ("twilio.com.example.com", None),
    ],
)
def test_product_edge_and_region(host: str, told: TwilioHost | None) -> None:
    assert parse(host) == told


@pytest.mark.parametrize(
    "host", ["nottwilio.com", "api-twilio.com", "twilio.com.evil.org", "twilio.co", "", ":443", "[::1]:443"]
)
def test_what_only_looks_like_ours_is_not(host: str) -> None:
    assert not is_ours(host)


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("api.twilio.com", True),
        ("localhost", True),
        ("voice-js.localhost", True),
        ("127.0.0.1", True),
        ("[::1]:8943", True),
        ("example.com", False),
        ("127.0.0.2", False),
        ("*.twilio.com", False),
        ("a b.twilio.com", False),
        ("a..twilio.com", False),
        (".twilio.com", False),
        ("x" * 64 + ".twilio.com", False),
        ("a." * 130 + "twilio.com", False),
    ],
)
def test_names_a_certificate_may_be_minted_for(name: str, may: bool) -> None:
    assert may_be_minted(name) is may


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert is_ours(text) is (parse(text) is not None)
    may_be_minted(text)
    assert bare(bare(text)) == bare(text) or ":" in text or "[" in text
