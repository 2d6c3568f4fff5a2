import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.program import Place, check_url, with_error
from hoyhoy.wire.errors import Fault


# voice 1.6
@pytest.mark.parametrize(
    ("url", "meant"),
    [
        (None, "http://app/a/b?x=1"),
        ("", "http://app/a/b?x=1"),
        ("/c", "http://app/c"),
        ("c?d", "http://app/a/c?d"),
        ("../c", "http://app/c"),
        ("https://other/x", "https://other/x"),
        ("//other/x", "http://other/x"),
    ],
)
def test_urls_resolve_against_the_document(url, meant):
    assert Place("http://app/a/b?x=1").webhook(url, "GET", (("Digits", "1"),)) == Webhook(
        meant, "GET", extra=(("Digits", "1"),)
    )


@pytest.mark.parametrize("url", [None, "", "/c", "c"])
def test_an_inline_document_needs_absolute_urls(url):
    with pytest.raises(Fault) as fault:
        Place(None).webhook(url, "POST")
    assert fault.value.code == 15004
    assert Place(None).webhook("http://app/c", "POST").url == "http://app/c"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/x",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://host:99999/",
        "http://host:no/",
        "http://a b/",
        "http://host/\r\nX: y",
        "file:///etc/passwd",
        "x",
        "http://[::1]x/",
    ],
)
def test_what_cannot_be_requested(url):
    with pytest.raises(Fault) as fault:
        check_url(url)
    assert fault.value.code == 11100


@pytest.mark.parametrize("url", ["http://host/?Message[0]=x", "http://[::1]:5000/a[1]", "https://host/[x]"])
def test_brackets_behind_the_host_are_nothing_special(url):
    """Twimlets have them (15)."""
    check_url(url)


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_a_fault(text):
    try:
        check_url(text)
    except Fault as fault:
        assert fault.code == 11100


def test_the_fallback_is_told_what_failed():
    asked = with_error(Webhook("http://app/fallback", "GET"), "http://app/x", 11200)
    assert asked == Webhook("http://app/fallback", "GET", (("ErrorCode", "11200"), ("ErrorUrl", "http://app/x")))
