"""Which pages a browser speaks for (Fetch Metadata; RFC 6454 7; DNS rebinding)."""

import pytest

from hoyhoy.wire.origin import is_from_afar, is_own_page, leads_here


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8980",
        "[::1]:8980",
        "::1",
        "192.168.1.7:8980",
        "localhost",
        "LOCALHOST.:8980",
        "app.localhost:80",
        "hoyhoy:8980",
        "api.twilio.com",
        "API.twilio.com.:443",
        "",
    ],
)
def test_names_that_no_page_can_arrange(host):
    assert leads_here(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8980",
        "evil.example.",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "twilio.com.evil.example",
        "eviltwilio.com",
        "a.evil.example:8980",
        "1.2.3.4.5",
    ],
)
def test_names_that_may_lead_anywhere(host):
    assert not leads_here(host)
    assert leads_here(host, host.partition(":")[0].rstrip("."))  # unless the exchange was bound to it


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:5", "http://a.localhost"]
)
def test_pages_of_this_machine(origin):
    assert is_own_page(origin)
    assert not is_from_afar([(b"host", b"localhost"), (b"origin", origin.encode())])


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "http://192.168.1.7",
        "file://",
        "http://localhost.evil.example",
        "localhost",
        "http://evil",
        "chrome-extension://localhost",
    ],
)
def test_pages_of_others(origin):
    assert not is_own_page(origin)
    assert is_from_afar([(b"host", b"localhost"), (b"origin", origin.encode())])


@pytest.mark.parametrize(
    ("headers", "afar"),
    [
        ({}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"host": "evil.example"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://localhost:3000"}, False),
        ({"sec-fetch-site": "same-origin", "host": "evil.example", "origin": "http://localhost"}, True),
    ],
)
def test_what_the_headers_say_together(headers, afar):
    assert is_from_afar([(name.encode(), value.encode()) for name, value in headers.items()]) is afar
