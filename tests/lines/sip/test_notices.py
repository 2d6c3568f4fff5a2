"""Counted always, logged seldom."""

from __future__ import annotations

from hoyhoy.lines.sip.notices import EVERY, Notices


def test_one_line_a_minute_for_each_kind(caplog):
    time = [0.0]
    notices = Notices(lambda: time[0])
    for _ in range(1000):
        notices.note("noise")
    notices.note("other noise")
    time[0] = EVERY
    notices.note("noise")
    assert [record.message for record in caplog.records] == [
        "SIP: noise (1)",
        "SIP: other noise (1)",
        "SIP: noise (1000)",
    ]
    assert notices.counts == {"noise": 1001, "other noise": 1}
