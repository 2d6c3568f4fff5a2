"""What resources looked like in 2008 (messaging reference 8.1)."""

import pytest

from hoyhoy.rest.legacy_forms import CALL, FORMS, NUMBER, SMS, ten_digits


@pytest.mark.parametrize(
    ("today", "then"),
    [
        ("+14155550123", "4155550123"),
        ("+442071838750", "+442071838750"),
        ("+1415555012", "+1415555012"),
        ("12345", "12345"),
        ("client:jenny", "client:jenny"),
        ("", ""),
        (None, None),
    ],
)
def test_numbers_had_ten_digits(today, then):
    assert ten_digits(today) == then


@pytest.mark.parametrize(
    ("today", "then"),
    [
        ("accepted", "queued"),
        ("scheduled", "queued"),
        ("queued", "queued"),
        ("sending", "sending"),
        ("sent", "sent"),
        ("delivered", "sent"),
        ("received", "sent"),
        ("undelivered", "failed"),
        ("failed", "failed"),
        ("canceled", "failed"),
    ],
)
def test_messages_had_four_statuses(today, then):
    assert SMS.shows["Status"]({"status": today}) == then


@pytest.mark.parametrize(
    ("direction", "parent", "flags"),
    [("inbound", 0, 1), ("outbound-api", 0, 2), ("outbound-dial", 1, 5), ("outbound-dial", 2, 6)],
)
def test_flags_were_bits(direction, parent, flags):
    assert CALL.shows["Flags"]({"direction": direction, "flags": parent}) == flags


def test_moments_were_pacific():
    show = CALL.shows["StartTime"]
    assert show({"start_time": "Thu, 01 Jan 2026 00:00:00 +0000"}) == "Wed, 31 Dec 2025 17:00:00 -0700"
    assert show({"start_time": None}) is None


def test_names_then_and_now():
    assert NUMBER.given == {"Url": "VoiceUrl", "Method": "VoiceMethod"}
    assert all(set(old.given.values()).isdisjoint(old.given) for old in FORMS.values())
