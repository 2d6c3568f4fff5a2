"""RFC 3323, RFC 3325, RFC 5806; bad-inputs 10."""

import pytest

from hoyhoy.lines.sip.identity import asserted, caller_by_provider, diverted_from, e164, hides

from .town import ask


def call(from_: str = "sip:+14155550100@provider", **headers: str):
    return ask("INVITE", "sip:+14155550199@192.0.2.1", from_=from_, **headers)


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+14155550100", "DE", "+14155550100"),
        ("4155550100", "US", "+14155550100"),
        ("14155550100", "US", "+14155550100"),
        ("0301234567", "DE", "+49301234567"),
        ("0049301234567", "DE", "+49301234567"),
        ("", "US", ""),
        ("100", "US", ""),
        ("*21#", "US", ""),
    ],
)
def test_numbers(text, region, number):
    assert e164(text, region) == number


def test_what_is_asserted_counts_only_from_those_who_are_trusted():
    told = call(P_Asserted_Identity='"Boss" <sip:+14155550142@provider>, <tel:+14155550143>')
    assert [uri.number for uri in asserted(told)] == ["+14155550142", "+14155550143"]
    assert caller_by_provider(told, "US", trusted=True) == "+14155550142"
    assert caller_by_provider(told, "US", trusted=False) == "+14155550100"
    assert asserted(call(P_Asserted_Identity="<broken")) == ()


@pytest.mark.parametrize(
    ("from_", "caller"),
    [
        ("sip:4155550100@provider", "+14155550100"),
        ("tel:+14155550100", "+14155550100"),
        ("sip:anonymous@anonymous.invalid", "anonymous"),
        ("sip:Anonymous@provider", "anonymous"),
        ("sip:provider", "anonymous"),
        ("sip:unavailable@provider", "unavailable"),
        ("sip:100@provider", "100"),
        ("sip:a%0D%0Ab@provider", "anonymous"),
    ],
)
def test_callers(from_, caller):
    assert caller_by_provider(call(from_), "US", trusted=False) == caller


@pytest.mark.parametrize(
    ("privacy", "hidden"), [("id", True), ("header; ID", True), ("none", False), ("critical", False)]
)
def test_who_hides_is_hidden(privacy, hidden):
    told = call(Privacy=privacy, P_Asserted_Identity="<sip:+14155550142@provider>")
    assert hides(told) is hidden
    assert (caller_by_provider(told, "US", trusted=True) == "anonymous") is hidden


def test_diversion():
    assert (
        diverted_from(call(Diversion="<sip:4155550177@provider>;reason=no-answer, <sip:+1@x>"), "US") == "+14155550177"
    )
    assert diverted_from(call(), "US") == ""
    assert diverted_from(call(Diversion="<sip:bob@provider>"), "US") == ""
