import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.softphone.place import BY_EDGE, PATH, Place, place


@pytest.mark.parametrize(
    ("host", "path", "told"),
    [
        ("voice-js.roaming.twilio.com", PATH, Place("roaming", "us1", "us1")),
        ("voice-js.ashburn.twilio.com:443", PATH, Place("ashburn", "us1", "us1")),
        ("chunderw-vpc-gll.twilio.com", PATH, Place("roaming", "us1", "us1")),
        ("chunderw-vpc-gll-ie1.twilio.com", PATH, Place("roaming", "us1", "ie1")),
        ("voice-js.My.Host:8943", BY_EDGE, Place("my.host:8943/", "my.host:8943/", "us1")),
        ("voice-js.localhost:8943", BY_EDGE, Place("localhost:8943/", "localhost:8943/", "us1")),
        ("localhost:8943", PATH, Place("roaming", "localhost:8943/", "us1")),
        ("[::1]:8943", PATH, Place("roaming", "[::1]:8943/", "us1")),
        ("api.twilio.com", PATH, Place()),
        ("", PATH, Place()),
        ("evil.example/path", PATH, Place()),
    ],
)
def test_where_an_sdk_has_connected_to(host, path, told):
    """Official clients B2: without a `home` it would send its events, and the token with them, to the real platform."""
    assert place(host, path) == told


@given(st.text(max_size=300), st.sampled_from([PATH, BY_EDGE]))
def test_nothing_that_is_no_host_is_repeated(host, path):
    told = place(host, path)
    assert told.home and all(sign not in told.edge + told.home for sign in ' "<>\r\n\\')
