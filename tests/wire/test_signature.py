"""wire/signature.py against voice reference 3.8, its line 24 of section 19, and the official validator."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from hoyhoy.wire.signature import SHA256, body_sha256, sign, signed_url

TOKEN = "0123456789abcdef0123456789abcdef"
FORM = (
    ("CallSid", "CA0123456789abcdef0123456789abcdef"),
    ("From", "+14155550100"),
    ("To", "+14155550199"),
    ("Digits", "12#*"),
    ("CallerName", "José & Co"),
    ("Empty", ""),
    ("Multi", "b"),
    ("Multi", "a"),
    ("Multi", "b"),
)
FORM_URL = "https://app.example.com/voice?foo=1&bar=a%20b"


# voice 3.8, the table of vectors


def test_a_form():
    assert sign(TOKEN, FORM_URL, FORM) == "OFyMOsZBHAI6VfackQ3coZhRS58="


def test_a_form_with_the_newer_digest():
    assert sign(TOKEN, FORM_URL, FORM, SHA256) == "2wridbAHeufJk5I0YobfHsbWKuMcKU559osxw3NxIoI="


def test_a_json_body():
    digest = body_sha256(b'{"a":1}')
    assert digest == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    assert sign(TOKEN, f"https://app.example.com/hook?bodySHA256={digest}") == "0BtBNNlFAeR0aG5GiWMSYgpQGH0="


def test_a_get():
    url = "https://app.example.com/voice?CallSid=CA1&From=%2B14155550100"
    assert sign(TOKEN, url) == "XuP5ITSVHZxEKRfwihm5psHoEls="


@pytest.mark.parametrize(
    ("url", "voice", "signed"),
    [
        ("https://a.example/v#rc=2&rp=5xx", True, "https://a.example/v"),  # fragment never
        ("https://kate:s3cret@a.example/v", True, "https://a.example/v"),  # credentials never
        ("http://kate:p%40ss@a.example:81/v", False, "http://a.example:81/v"),
        ("https://a.example:8443/v?x=1", True, "https://a.example/v?x=1"),  # voice, https: no port
        ("https://a.example:8443/v?x=1", False, "https://a.example:8443/v?x=1"),  # messaging, https: kept
        ("http://a.example:5000/v/", True, "http://a.example:5000/v/"),  # voice, http: kept
        ("https://[2001:db8::1]:8443/v", True, "https://[2001:db8::1]/v"),
        ("https://[2001:db8::1]/v", True, "https://[2001:db8::1]/v"),
        ("https://a.example?mail=x@y.example:25", True, "https://a.example?mail=x@y.example:25"),
        ("https://a.example/A%2fb//c/?q=a+b%20c&e=", True, "https://a.example/A%2fb//c/?q=a+b%20c&e="),
    ],
)
def test_what_of_a_url_is_signed(url, voice, signed):
    assert signed_url(url, voice=voice) == signed


def test_a_lone_surrogate_is_signed_as_the_question_mark_that_travels():
    assert sign(TOKEN, "http://a.example/", (("Body", "\ud83d"),)) == sign(TOKEN, "http://a.example/", (("Body", "?"),))


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text("abcXYZ019_-.[]", min_size=1, max_size=8)
urls = st.builds(
    "{}://{}{}/{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["app.example.com", "localhost", "127.0.0.1", "xn--bcher-kva.example"]),
    st.sampled_from(["", ":80", ":443", ":5000", ":8443"]),
    st.sampled_from(["", "voice", "voice/", "a%2fb//c", "~x;y=1"]),
    st.sampled_from(["", "?a=1&a=2", "?q=a+b%20c&empty="]),
    st.sampled_from(["", "#rc=1"]),
)


@given(url=urls, params=st.lists(st.tuples(names, text), max_size=6), voice=st.booleans())
def test_the_official_validator_accepts_every_signature(url, params, voice):
    """The app sees the URL without its fragment, with its port."""
    signature = sign(TOKEN, signed_url(url, voice=voice), params)
    seen = urlsplit(url)._replace(fragment="").geturl()
    assert RequestValidator(TOKEN).validate(seen, MultiDict(params), signature)
    assert not RequestValidator(TOKEN).validate(seen, MultiDict([*params, ("Other", "1")]), signature)
