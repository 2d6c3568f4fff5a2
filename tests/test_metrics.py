"""Numbers for Prometheus, read as it reads them."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hoyhoy.settings import Settings
from hoyhoy.testing.local import LocalExchange

PHONE = "+14155550123"


def scraped(exchange: LocalExchange, method: str = "GET") -> tuple[int, dict[str, float]]:
    """Status, and values by name and labels."""
    connection = http.client.HTTPConnection(urlsplit(exchange.url).netloc, timeout=30)
    connection.request(method, "/metrics")
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status != 200:
        return answer.status, {}
    return 200, {
        " ".join((one.name, *one.labels.values())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


@pytest.fixture
def exchange():
    with LocalExchange() as running:
        yield running


def test_a_call_is_counted_while_it_lasts_and_when_it_is_over(exchange):
    phone = exchange.phone(PHONE, keeps_sound=True)
    assert "hoyhoy_calls_total completed" not in scraped(exchange)[1]
    call = phone.call(exchange.numbers[0])
    call.expect_status("in-progress")
    during = scraped(exchange)[1]
    assert during["hoyhoy_calls_live inbound in-progress"] == 1 and during["hoyhoy_media_legs"] == 1
    call.hang_up()
    call.expect_status("completed")
    after = scraped(exchange)[1]
    assert after["hoyhoy_calls_total completed"] == 1 and after["hoyhoy_media_legs"] == 0
    assert "hoyhoy_calls_live inbound in-progress" not in after
    assert after["hoyhoy_webhook_seconds_count 0"] >= 1 and after["hoyhoy_media_starts_total"] == 0


def test_nobody_is_named(exchange):
    call = exchange.phone(PHONE).call(exchange.numbers[0])
    call.hang_up()
    call.expect_status("completed")
    connection = http.client.HTTPConnection(urlsplit(exchange.url).netloc, timeout=30)
    connection.request("GET", "/metrics")
    assert PHONE not in connection.getresponse().read().decode()
    connection.close()


def test_they_are_only_read(exchange):
    assert scraped(exchange, "POST")[0] == 405


@pytest.mark.parametrize(
    ("settings", "shown"), [({"host": "0.0.0.0"}, False), ({"host": "0.0.0.0", "metrics": True}, True), ({}, True)]
)
def test_off_loopback_they_are_shown_when_asked_for(settings, shown):
    assert Settings(**settings).shows_metrics is shown
