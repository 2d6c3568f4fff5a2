"""When legs report, what they say, and what is believed of what far ends say (RFC 3550 6)."""

import itertools
import random

import pytest

from hoyhoy.audio import RATE
from hoyhoy.media.reports import MOST_AT_ONCE, NO_REPORTS, WITH_SOUND, Reported, Reports
from hoyhoy.wire.rtp import rtcp
from hoyhoy.wire.rtp.rtcp import Block, Compound, Report, Sending

OURS, THEIRS = 5, 7
HEARD = (THEIRS, 10, 3, 70_000, 16.4)


def made(rows=4, chance=lambda: 0.5):
    reports = Reports(rows, chance, "us")
    for row in range(rows):
        reports.begin(row)
    return reports


def compound(*reports, leaving=()):
    return Compound(reports, {}, frozenset(leaving))


def test_each_leg_reports_about_every_five_seconds():
    reports = made(2)
    reports.agree(0, WITH_SOUND, 10)
    told = [tick for tick in range(1200) for _ in reports.due(tick)]
    assert told == [135, 385, 635, 885, 1135], "the first after half the time (RFC 3550 6.2)"


def test_chance_makes_it_half_to_one_and_a_half():
    reports = made(1, random.Random(4).random)
    reports.agree(0, WITH_SOUND, 0)
    told = [tick for tick in range(50_000) for _ in reports.due(tick)]
    waits = [later - before for before, later in itertools.pairwise(told)]
    assert 125 <= min(waits) < 140 and 360 < max(waits) <= 375 and told[0] <= 188


def test_legs_that_began_at_once_do_not_report_at_once():
    reports = made(200)
    for row in range(200):
        reports.agree(row, WITH_SOUND, 0)
    told = [reports.due(tick) for tick in range(300)]
    assert max(map(len, told)) == MOST_AT_ONCE and sorted(itertools.chain(*told)) == list(range(200))


def test_who_shall_not_report_does_not():
    reports = made()
    reports.agree(0, NO_REPORTS, 0)
    reports.agree(1, WITH_SOUND, 0)
    reports.agree(1, NO_REPORTS, 5)
    reports.agree(2, WITH_SOUND, 0)
    reports.close(2)
    assert not any(reports.due(tick) for tick in range(1000))


def test_a_change_of_address_does_not_put_the_next_one_off():
    reports = made(1)
    reports.agree(0, WITH_SOUND, 0)
    for tick in range(125):
        reports.agree(0, 99 << 16, tick)
        assert not reports.due(tick)
    assert reports.due(125) == [0]


def test_what_a_report_says():
    reports = made()
    found = rtcp.read(reports.write(1, 1000.5, OURS, (8000, 50, 7000), HEARD))
    [report] = found.reports
    assert report.ssrc == OURS and report.sending == Sending(rtcp.ntp_of(1000.5), 8000, 50, 7000)
    assert report.blocks == (Block(THEIRS, 10, 3, 70_000, 16, 0, 0),) and found.names == {OURS: b"us"}
    assert reports.has_spoken(1) and not reports.has_spoken(0)


def test_who_has_sent_nothing_since_is_no_sender():  # RFC 3550 6.4
    reports = made()
    assert rtcp.read(reports.write(0, 1000.0, OURS, (0, 0, 0), None)).reports == (Report(OURS),)
    for packets, is_sender in ((50, True), (50, False), (51, True)):
        [report] = rtcp.read(reports.write(0, 1000.0, OURS, (8000, packets, 9), HEARD)).reports
        assert (report.sending is not None) == is_sender


def test_a_senders_report_is_named_in_ours():
    reports = made()
    their_time = 0x11112222_33334444
    reports.hear(1, compound(Report(THEIRS, Sending(their_time, 0, 1, 1))), OURS, THEIRS, 1000.0)
    [report] = rtcp.read(reports.write(1, 1002.25, OURS, (1, 1, 1), HEARD)).reports
    assert (report.blocks[0].last_report, report.blocks[0].since) == (0x22223333, 0x2_4000)
    reports.end_stream(1)
    [report] = rtcp.read(reports.write(1, 1003.0, OURS, (2, 2, 2), HEARD)).reports
    assert (report.blocks[0].last_report, report.blocks[0].since) == (0, 0)


def test_what_the_far_end_reports():
    reports = made()
    assert reports.last(2) == Reported(2, None, None, None, False)
    ours_left, it_held, came = 1000.0, 2.0, 1002.125
    block = Block(OURS, 0, 12, 0, 160, rtcp.middle(rtcp.ntp_of(ours_left)), int(it_held * 65536))
    reports.hear(2, compound(Report(THEIRS, None, (block,))), OURS, THEIRS, came)
    assert reports.last(2) == Reported(2, 12, 160 / RATE, pytest.approx(0.125, abs=1e-4), False)
    reports.hear(2, compound(Report(THEIRS, None, (Block(OURS, 0, -3, 0, 8),))), OURS, THEIRS, came)
    assert reports.last(2) == Reported(2, 0, 8 / RATE, pytest.approx(0.125, abs=1e-4), False), "packets came twice"
    reports.begin(2)
    assert reports.last(2) == Reported(2, None, None, None, False)


def test_what_speaks_of_others_changes_nothing():
    reports = made()
    others = Report(99, Sending(1 << 40, 0, 1, 1), (Block(98, 0, 12, 0, 160),))
    reports.hear(0, compound(others, leaving=[99]), OURS, THEIRS, 1000.0)
    assert reports.last(0) == Reported(0, None, None, None, False)
    [report] = rtcp.read(reports.write(0, 1000.0, OURS, (1, 1, 1), HEARD)).reports
    assert report.blocks[0].last_report == 0


def test_goodbye():
    reports = made()
    reports.hear(0, compound(Report(THEIRS), leaving=[THEIRS]), OURS, THEIRS, 1000.0)
    assert reports.last(0).has_left
    reports.end_stream(0)
    assert not reports.last(0).has_left, "another stream has begun"
    assert rtcp.read(reports.write(0, 1000.0, OURS, (1, 1, 1), None, is_leaving=True)).leaving == {OURS}


def test_a_leg_tells_once_in_five_seconds():
    reports = made()
    assert [tick for tick in range(600) if reports.tell(0, tick) is not None] == [0, 250, 500]
    reports.begin(0)
    assert reports.tell(0, 501) is not None
