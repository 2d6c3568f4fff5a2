"""Categories of usage (messaging reference 3.4)."""

import pytest

from hoyhoy.wire.usage_categories import KNOWN, NAMES, WIDER, Category, category, of_call, of_message, within

OURS, PHONE, FREE = "+14155550100", "+14155550123", "+18005550199"


def test_names_are_known_once_and_in_order():
    assert len(NAMES) == len(KNOWN) > 250 and list(NAMES) == sorted(NAMES)
    assert {*WIDER, *(name for wider in WIDER.values() for name in wider), "totalprice", "trunking-cps"} <= KNOWN


def test_a_category_is_within_the_wider_ones():
    assert within("sms-outbound-longcode") == ("sms-outbound-longcode", "sms-outbound", "sms", "totalprice")
    assert within("shortcodes") == ("shortcodes", "totalprice")


def test_descriptions():
    assert category("calls") == Category("Total Calls", "calls", "minutes")
    assert category("calls-inbound-tollfree") == Category("Calls Inbound Toll-Free", "calls", "minutes")
    assert category("mms-inbound") == Category("MMS Inbound", "messages", "messages")
    assert category("totalprice") == Category("Total Price", "", "usd")
    assert category("marketplace-voicebase-pci").used == ""


@pytest.mark.parametrize(
    ("direction", "caller", "called", "name"),
    [
        ("inbound", PHONE, OURS, "calls-inbound-local"),
        ("inbound", PHONE, FREE, "calls-inbound-tollfree"),
        ("inbound", PHONE, "+447400123456", "calls-inbound-mobile"),
        ("inbound", "client:ann", OURS, "calls-client"),
        ("inbound", "sip:ann@example.com", OURS, "calls-sip-inbound"),
        ("outbound-api", OURS, PHONE, "calls-outbound"),
        ("outbound-dial", OURS, "client:ann", "calls-client"),
        ("outbound-api", OURS, "Sips:ann@example.com", "calls-sip-outbound"),
        ("outbound-api", "client:ann", PHONE, "calls-outbound"),
        ("inbound", "", "", "calls-inbound-local"),
    ],
)
def test_calls(direction, caller, called, name):
    assert of_call(direction, caller, called) == name and name in KNOWN


@pytest.mark.parametrize(
    ("direction", "sender", "recipient", "media", "name"),
    [
        ("inbound", PHONE, OURS, 0, "sms-inbound-longcode"),
        ("inbound", PHONE, "12345", 0, "sms-inbound-shortcode"),
        ("inbound", PHONE, OURS, 2, "mms-inbound-longcode"),
        ("outbound-api", OURS, PHONE, 0, "sms-outbound-longcode"),
        ("outbound-reply", "12345", PHONE, 1, "mms-outbound-shortcode"),
        ("outbound-call", "Hoyhoy", PHONE, 0, "sms-outbound"),
    ],
)
def test_messages(direction, sender, recipient, media, name):
    assert of_message(direction, sender, recipient, media) == name and name in KNOWN
