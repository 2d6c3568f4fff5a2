"""Encrypted legs of a plane on a network in memory: who gets in, who is heard, and when it is over."""

import itertools
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoyhoy.audio import FRAME, g711
from hoyhoy.audio.g711 import Law
from hoyhoy.media import secure, secure_leg
from hoyhoy.media.datagrams import source_of
from hoyhoy.media.plane import Pressed
from hoyhoy.media.secure import Connected, Failed
from hoyhoy.media.streams import Description
from hoyhoy.wire.rtp import rtcp
from hoyhoy.wire.webrtc import stun

from .browsers import ELSEWHERE, OTHER, OURS, SOUND, THEIRS, Browser, Leg, connect, last, pass_ticks, plane_of, tables
from .memory import Network, Plane, use

ROWS = 40


@pytest.fixture
def plane(monkeypatch):
    use(monkeypatch)
    return plane_of(ROWS)


def browser_of(plane, leg, port=50000, **options):
    return Browser(plane.network.socket("10.0.0.1", port), plane.sockets[0].address, leg.door, **options)


@pytest.fixture
def call(plane):
    """A leg and its browser, connected."""
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    connect(plane, leg, browser)
    return leg, browser


def payloads(packets):
    return [packet[12:] for packet in packets]


def hears(plane, row, ticks=8):
    """Whether sound comes from a row now."""
    return any(plane.tick()[row].any() for _ in range(ticks))


def failure(plane):
    found = last(Failed, plane.told)
    return found and found.why


# The straight way --------------------------------------------------------------------------


@pytest.mark.parametrize("is_client", [True, False], ids=["it opens the association", "we do"])
def test_a_far_end_comes_in_and_sound_flows_both_ways(plane, is_client):
    leg = Leg(plane, 3)
    assert leg.fingerprint == OURS.fingerprint
    assert leg.places == (("127.0.0.1", 4000), (ELSEWHERE, 4000))
    browser = browser_of(plane, leg, is_client=is_client)
    connect(plane, leg, browser)
    assert plane.told == [Connected(3)] and browser.srtp
    browser.heard.clear()
    for _ in range(6):
        browser.say()
        heard = plane.tick()
    assert (heard[3] == g711.decode(np.frombuffer(SOUND, np.uint8), Law.ULAW)).all()
    frames = np.zeros((ROWS, FRAME), np.int16)
    frames[3] = 1000
    pass_ticks(plane, browser, ticks=3, frames=frames)
    assert payloads(browser.heard)[-3:] == [g711.encode(frames[3], Law.ULAW).tobytes()] * 3
    numbers = [struct.unpack(">BBHII", packet[:12]) for packet in browser.heard]
    assert {one[0::4] for one in numbers} == {(0x80, 8)}
    assert [two[2] - one[2] for one, two in itertools.pairwise(numbers)] == [1] * (len(numbers) - 1)


def test_keys_of_a_browser_are_told_and_none_are_sent_to_it(plane, call):
    leg, browser = call
    leg.admit(events=126)
    key = bytes([7, 0x0A, 0, 160])
    for _ in range(2):
        browser.send(browser.packet(key, 126, timestamp=4000))
    plane.tick()
    assert plane.told == [Connected(3), Pressed(3, "7")]
    assert not plane.streams.dial(3, "1")


def test_reports_go_both_ways(plane, call):
    _, browser = call
    for _ in range(400):
        browser.say()
        pass_ticks(plane, browser)
    found = rtcp.read(browser.reports[0])
    assert found.reports[0].ssrc == 8 and found.reports[0].blocks[0].ssrc == 77
    report = rtcp.Report(77, None, (rtcp.Block(8, 0, 4, 9, 80),))
    browser.send(browser.srtp.protect_control(rtcp.write(report, "them")))
    plane.tick()
    assert plane.streams.statistics(3).far.lost == 4
    plane.streams.close(3)
    browser.take()
    assert rtcp.read(browser.reports[-1]).leaving == {8} and browser.association.has_left


# Who is let in -----------------------------------------------------------------------------


def test_nobody_is_let_in_before_the_far_end_is_described_however_long_it_rings(plane):
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    for _ in range(20):
        browser.check()
        browser.begin()
        pass_ticks(plane, browser, ticks=50)
    assert plane.told == [] and browser.answers == [] and browser.hands == []
    connect(plane, leg, browser)
    assert plane.told == [Connected(3)]


@pytest.mark.parametrize(
    "forged",
    [
        {"password": "a guess"},
        {"username": "nobody:them"},
        {"username": "ours:nobody"},
        {"username": "ours"},
        {"username": ""},
        {"username": "ours:them:them"},
    ],
    ids=str,
)
def test_forged_checks_get_no_answer_and_open_no_way(plane, forged):
    """RFC 8445 7.3; a browser's password is known to whoever has its description."""
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    leg.admit()
    browser.check(**forged)
    pass_ticks(plane, browser, ticks=2)
    browser.begin()
    pass_ticks(plane, browser, ticks=5)
    assert browser.answers == [] and browser.hands == [] and plane.streams.secure.strangers >= 2


def test_a_good_check_is_answered_with_where_it_came_from(plane):
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    leg.admit()
    browser.check()
    pass_ticks(plane, browser)
    [(answer, origin)] = browser.answers
    assert answer.kind == stun.SUCCESS and stun.mapped_address(answer) == ("10.0.0.1", 50000)
    assert origin == ("127.0.0.1", 4000)


def test_a_check_that_asks_for_what_nobody_understands_is_told_so_and_opens_no_way(plane):
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    leg.admit()
    browser.check((0x7FF1, b"?"))
    pass_ticks(plane, browser)
    assert [answer.kind for answer, _ in browser.answers] == [stun.ERROR]
    assert not plane.streams.ports._admitted


def test_where_one_browser_is_no_other_gets_in(plane, call):
    _, browser = call
    other = Leg(plane, 4, "other")
    thief = Browser(browser.socket, browser.to, other.door)
    other.admit()
    thief.check()
    browser.answers.clear()
    pass_ticks(plane, browser)
    browser.say()
    assert browser.answers == [] and hears(plane, 3) and not hears(plane, 4)


def test_a_hello_from_where_no_check_came_from_is_not_heard(plane, call):
    """CVE-2023-49786 and its kin: a stranger's handshake ends no call."""
    leg, browser = call
    stranger = browser_of(plane, leg, 50001, identity=OTHER)
    stranger.begin()
    pass_ticks(plane, stranger, browser, ticks=10)
    browser.say()
    assert stranger.hands == [] and hears(plane, 3) and failure(plane) is None


def test_a_far_end_with_another_certificate_is_sent_away(plane):
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg, identity=OTHER)
    connect(plane, leg, browser)
    assert failure(plane) == secure_leg.STRANGER and browser.srtp is None
    pass_ticks(plane, browser, ticks=10)
    assert browser.srtp is None
    plane.streams.close(3)
    assert tables(plane.streams) == 0


def test_a_description_without_a_fingerprint_that_is_trusted_lets_nobody_in(plane):
    leg = Leg(plane, 3)
    leg.admit(fingerprints=(("sha-1", "00:11"), ("md5", "22")))
    plane.tick()
    assert plane.told == [Failed(3, secure_leg.NO_FINGERPRINT)]


def test_a_mistake_of_ours_ends_one_call(plane, call, monkeypatch, caplog):
    def fails(*_, **__):
        raise RuntimeError("a certificate that nobody thought of")

    _, browser = call
    leg = Leg(plane, 4, "other")
    other = browser_of(plane, leg, 50004)
    monkeypatch.setattr(secure_leg, "matches", fails)
    connect(plane, leg, other)
    assert plane.told[1:] == [Failed(4, "the DTLS handshake failed")] and "nobody thought of" in caplog.text
    browser.say()
    assert hears(plane, 3)


def test_credentials_are_one_legs_alone(plane):
    Leg(plane, 3)
    with pytest.raises(ValueError, match="this ufrag"):
        Leg(plane, 4)
    other = Leg(plane, 5, "other")
    with pytest.raises(ValueError, match="this ufrag"):
        other.move("ours")


def test_a_plane_without_a_certificate_has_no_such_legs(monkeypatch):
    use(monkeypatch)
    with pytest.raises(ValueError, match="no certificate"):
        Leg(Plane(Network(), "127.0.0.1"), 0)


# Who is heard ------------------------------------------------------------------------------


def test_what_is_forged_repeated_or_not_encrypted_is_not_heard(plane, call):
    """CVE-2021-41105: nor does a flood of it end the call."""
    _, browser = call
    good = browser.packet()
    browser.send(good)
    plane.tick()
    before = plane.streams.statistics(3).received
    for packet in (good, good[:-1] + bytes([good[-1] ^ 1]), good[:20], b"\x80\0" + bytes(170), b"\x80\xc8" + bytes(40)):
        for _ in range(20):
            browser.send(packet)
    plane.tick()
    assert plane.streams.secure.encryption.refused == 100
    assert plane.streams.statistics(3).received == before
    browser.say()
    plane.tick()
    assert plane.streams.statistics(3).received == before + 1


def test_sound_from_elsewhere_is_not_heard_although_it_is_encrypted(plane, call):
    _, browser = call
    browser.say(via=plane.network.socket("10.0.0.1", 50001))
    assert not hears(plane, 3)


def test_reports_that_are_not_encrypted_are_not_believed_at_any_port(plane, call):
    _, browser = call
    plain = rtcp.write(rtcp.Report(77, None, (rtcp.Block(8, 0, 4, 9, 80),)), "them")
    browser.send(plain)
    browser.socket.sendto(plain, ("127.0.0.1", 4001))
    for _ in range(10):
        plane.tick()
    assert plane.streams.statistics(3).far.lost is None


def test_a_far_end_cannot_have_streams_without_end(plane, call):
    """Each SSRC costs libsrtp memory, even of those who have the keys."""
    _, browser = call
    for ssrc in range(1000, 1100):
        browser.send(browser.packet(ssrc=ssrc))
    plane.tick()
    assert len(plane.streams.secure.encryption._streams[3]) == 16
    assert plane.streams.secure.encryption.refused == 100 - 16
    browser.send(browser.packet(ssrc=1000))
    plane.tick()
    assert plane.streams.secure.encryption.refused == 100 - 16


# When it is over ---------------------------------------------------------------------------


def ticks_until_failed(plane, *browsers, each=lambda tick: None, most=2000):
    for tick in range(most):
        each(tick)
        pass_ticks(plane, *browsers)
        if failure(plane):
            return tick
    return None


def test_nobody_comes(plane):
    Leg(plane, 3).admit()
    assert 500 <= ticks_until_failed(plane) <= 526 and failure(plane) == secure_leg.NOBODY_CAME


def test_somebody_comes_and_shakes_no_hands(plane):
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    leg.admit()
    ended = ticks_until_failed(plane, browser, each=lambda tick: browser.check())
    assert 500 <= ended <= 527 and failure(plane) == secure_leg.NO_HANDSHAKE


def test_a_browser_that_crashes_is_missed_after_ten_seconds(plane, call):
    assert 485 <= ticks_until_failed(plane) <= 526 and failure(plane) == secure_leg.VANISHED


def test_one_that_is_silent_but_checks_its_way_is_there(plane, call):
    _, browser = call
    assert ticks_until_failed(plane, browser, each=lambda t: t % 250 or browser.check(), most=1200) is None


def test_one_that_speaks_but_does_not_check_its_way_is_not(plane, call):
    """RFC 7675: nothing is sent for longer to who does not consent any more."""
    _, browser = call
    ended = ticks_until_failed(plane, browser, each=lambda tick: browser.say())
    assert 1485 <= ended <= 1526 and failure(plane) == secure_leg.NO_CONSENT
    browser.heard.clear()
    pass_ticks(plane, browser, ticks=5)
    assert browser.heard == []


def test_a_goodbye_ends_it_at_once(plane, call):
    _, browser = call
    browser.leave()
    pass_ticks(plane, browser, ticks=2)
    assert failure(plane) == secure_leg.HAS_LEFT


def test_what_has_failed_is_told_once_and_nothing_more_is_done_for_it(plane, call):
    leg, browser = call
    browser.leave()
    pass_ticks(plane, browser, ticks=2)
    leg.admit()
    leg.move("late")
    leg.move("later", anew=True)
    browser.check()
    pass_ticks(plane, browser, ticks=600)
    assert [one for one in plane.told if isinstance(one, Failed)] == [Failed(3, secure_leg.HAS_LEFT)]
    plane.streams.close(3)
    assert tables(plane.streams) == 0


def test_a_leg_that_is_closed_before_its_failure_is_told_is_not_told_of(plane):
    leg = Leg(plane, 3)
    leg.admit(fingerprints=(("sha-1", "00"),))
    plane.streams.close(3)
    other = Leg(plane, 3)
    plane.tick()
    assert plane.told == [] and other.fingerprint


def test_after_a_thousand_legs_nothing_is_left(plane):
    """Some nobody came to, some were connected, some failed, some were closed while they shook hands."""
    for number in range(1000):
        leg = Leg(plane, number % ROWS, f"u{number}")
        if number % 4:
            leg.admit(identity=OTHER if number % 8 == 1 else THEIRS)
            browser = browser_of(plane, leg, 50000 + number)
            browser.check()
            pass_ticks(plane, browser)
            if number % 100 < 8:
                browser.begin()
                pass_ticks(plane, browser, ticks=number % 4 + 1)
            browser.socket.close()
        plane.streams.close(leg.row)
    assert tables(plane.streams) == 0 and len(plane.streams.ports._left) <= 1024
    assert not plane.streams._sends.any() and len(plane.network.sockets) == 4


# Ways --------------------------------------------------------------------------------------


def test_sound_follows_where_the_browser_chooses_to_be(plane, call):
    """RFC 8445 8.1.1: from wifi to mobile; what was on its way the old way is still heard."""
    _, browser = call
    before, browser.socket = browser.socket, plane.network.socket("10.0.0.2", 50009)
    browser.check(nominates=False)
    pass_ticks(plane, browser, ticks=2)
    assert browser.heard[-1:] and len(browser.answers) == 2
    browser.heard.clear()
    pass_ticks(plane, browser, ticks=3)
    assert browser.heard == []
    browser.check()
    pass_ticks(plane, browser, ticks=3)
    assert len(browser.heard) >= 2
    browser.say(via=before)
    assert hears(plane, 3)


def test_a_way_that_leads_elsewhere_answers_from_there(plane):
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    browser.to = (ELSEWHERE, 4000)
    connect(plane, leg, browser)
    assert browser.answers[0][1] == (ELSEWHERE, 4000)
    browser.say()
    assert hears(plane, 3)
    pass_ticks(plane, browser, ticks=2)
    assert browser.heard


def test_what_is_open_elsewhere_is_for_browsers_alone(plane):
    """Sound of a telephone is not heard there, and nothing is left open when the last browser has gone."""
    leg = Leg(plane, 3)
    phone = plane.network.socket("10.0.0.9", 6000)
    plane.streams.open(0, Description(source_of("10.0.0.9", 7000), Law.ULAW, -1, 1, 1, 1))
    phone.sendto(struct.pack(">BBHII", 0x80, 0, 1, 160, 9) + SOUND, (ELSEWHERE, 4000))
    phone.sendto(b"\x80\xc9\0\1\0\0\0\1", (ELSEWHERE, 4000))
    assert not hears(plane, 0)
    plane.streams.close(leg.row)
    assert (ELSEWHERE, 4000) not in plane.network.sockets
    plane.tick()


def test_a_machine_that_gets_another_address_in_between_is_found_there(plane, call):
    _, browser = call
    plane.streams.secure._places._find = lambda: [ELSEWHERE, "198.51.100.1"]
    leg = Leg(plane, 4, "other")
    assert leg.places[-1] == ("198.51.100.1", 4000)
    browser.heard.clear()
    pass_ticks(plane, browser, ticks=2)
    other = browser_of(plane, leg, 50004)
    other.to = leg.places[-1]
    connect(plane, leg, other)
    assert len(browser.heard) == 2 and other.answers[0][1] == leg.places[-1] and other.heard


def test_nothing_leaves_that_is_not_encrypted(plane, call):
    """Whatever else goes wrong with a secure row."""
    _, browser = call
    plane.streams.secure.encryption.end(3)
    plane.streams._stale = True
    plane.tick()
    with pytest.raises(BlockingIOError):
        browser.socket.recvfrom(1500)


def test_only_so_many_ways_are_known_the_one_in_use_among_them(plane, call):
    _, browser = call
    for n in range(40):
        via = plane.network.socket("10.0.1.1", 1000 + n)
        browser.check(nominates=False, via=via)
        pass_ticks(plane, browser)
    assert len(plane.streams.ports._admitted) == 16
    browser.say()
    assert hears(plane, 3)


def test_a_browser_that_finds_its_way_anew_keeps_its_keys(plane, call):
    leg, browser = call
    hands = len(browser.hands)
    leg.move()
    browser.check()
    browser.say()
    assert hears(plane, 3)
    leg.admit("again")
    browser.door, browser.ufrag, browser.answers = leg.door, "again", []
    browser.socket = plane.network.socket("10.0.0.2", 50009)
    browser.check()
    pass_ticks(plane, browser, ticks=2)
    browser.heard.clear()
    browser.say()
    pass_ticks(plane, browser, ticks=3)
    assert len(browser.answers) == 1 and len(browser.heard) == 3 and hears(plane, 3)
    assert len(browser.hands) == hands and failure(plane) is None
    plane.streams.close(3)
    assert tables(plane.streams) == 0


def test_a_browser_that_was_away_has_time_to_find_its_way_anew(plane, call):
    leg, browser = call
    pass_ticks(plane, ticks=450)
    leg.move()
    leg.admit()
    pass_ticks(plane, ticks=450)
    assert failure(plane) is None
    browser.door = leg.door
    browser.check()
    pass_ticks(plane, browser, ticks=100)
    assert failure(plane) is None


def test_another_browser_that_comes_in_its_place_is_sent_away(plane, call):
    leg, browser = call
    leg.move()
    leg.admit("again", OTHER)
    browser.take()
    browser.heard.clear()
    pass_ticks(plane, browser)
    assert failure(plane) == secure_leg.STRANGER and browser.heard == [] and browser.association.has_left


def test_another_browser_takes_a_leg_over(plane, call):
    """As when a person goes on with his call in another page: of the first nothing holds for it."""
    leg, first = call
    leg.move(anew=True)
    pass_ticks(plane, first, ticks=2)
    assert first.association.has_left
    second = browser_of(plane, leg, 50009, identity=OTHER, ssrc=78)
    leg.admit(second.ufrag, OTHER)
    first.heard.clear()
    first.say()
    assert not hears(plane, 3) and not first.heard
    second.check()
    second.begin()
    pass_ticks(plane, first, second, ticks=12)
    assert plane.told == [Connected(3), Connected(3)] and second.heard and not first.heard
    second.say()
    assert hears(plane, 3)
    with pytest.raises(ValueError, match="ufrag"):
        leg.move(anew=True)


# Beside others -----------------------------------------------------------------------------


def test_two_browsers_and_a_telephone_on_one_port(plane):
    legs = [Leg(plane, row, f"u{row}") for row in (3, 4)]
    browsers = [browser_of(plane, leg, 50000 + leg.row, ssrc=leg.row) for leg in legs]
    phone = plane.network.socket("10.0.0.1", 6000)
    port = plane.streams.open(0, Description(source_of("10.0.0.1", 6000), Law.ULAW, -1, 1, 1, 1))
    for leg, browser in zip(legs, browsers, strict=True):
        connect(plane, leg, browser)
    for n in range(8):
        phone.sendto(struct.pack(">BBHII", 0x80, 0, n, 160 * n, 9) + SOUND, plane.sockets[port].address)
        browsers[0].say()
        heard = plane.tick()
    assert [bool(heard[row].any()) for row in (0, 3, 4)] == [True, True, False]
    plane.streams.close(3)
    pass_ticks(plane, *browsers, ticks=2)
    browsers[1].heard.clear()
    pass_ticks(plane, *browsers, ticks=5)
    assert len(browsers[1].heard) == 5 and browsers[0].association.has_left


def test_a_browser_whose_call_is_over_is_not_taken_for_a_telephone(plane, call):
    """A telephone of the same host may be waited for at the same port."""
    _, browser = call
    packet = browser.packet()
    port = plane.streams.open(0, Description(source_of("10.0.0.1", 7000), Law.ULAW, -1, 1, 1, 1))
    assert port == 0
    plane.streams.close(3)
    browser.send(packet)
    assert not hears(plane, 0)


def test_many_that_come_at_once_take_their_turns(plane, monkeypatch):
    """Steps of handshakes are dear: others' sound is not to wait for them."""
    steps = []
    monkeypatch.setattr(secure_leg.Association, "feed", counted(secure_leg.Association.feed, steps))
    legs = [Leg(plane, row, f"u{row}") for row in range(20)]
    browsers = [browser_of(plane, leg, 50000 + leg.row) for leg in legs]
    for leg, browser in zip(legs, browsers, strict=True):
        leg.admit()
        browser.check()
        browser.begin()
    most = 0
    for _ in range(10):
        steps.clear()
        plane.tick()
        most = max(most, len(steps))
        for browser in browsers:
            browser.take(0.0)
    assert most == secure.STEPS and sum(isinstance(one, Connected) for one in plane.told) == 20


def test_whoever_talks_misses_nothing_while_twenty_come(plane):
    """A second in which twenty come in: each frame of those who talk arrives, and is sent, in its tick."""
    talkers = []
    for row in (30, 31):
        leg = Leg(plane, row, f"u{row}")
        talkers.append(browser_of(plane, leg, 50000 + row, ssrc=row))
        connect(plane, leg, talkers[-1])
        for _ in range(3):
            talkers[-1].say()
        plane.tick()
        pass_ticks(plane, *talkers)
        talkers[-1].heard.clear()
    talkers[0].heard.clear()
    comers = []
    for row in range(20):
        leg = Leg(plane, row, f"u{row}")
        leg.admit()
        comers.append(browser_of(plane, leg, 50000 + row))
    spoken, said = [], g711.decode(np.frombuffer(SOUND, np.uint8), Law.ULAW)
    for tick in range(50):
        for comer in comers[tick : tick + 1]:
            comer.check()
        for comer in comers[: tick + 1]:
            if comer.srtp is None and tick % 5 == 0:
                comer.begin()
        for talker in talkers:
            talker.say()
        heard = plane.tick()
        spoken.append(bool((heard[[30, 31]] == said).all()))
        plane.network.now += 0.02
        for one in (*talkers, *comers):
            one.take(plane.network.now)
    assert sum(isinstance(one, Connected) for one in plane.told) == 22 and all(spoken)
    for talker in talkers:
        numbers = [int.from_bytes(packet[2:4], "big") for packet in talker.heard]
        assert numbers == list(range(numbers[0], numbers[0] + 50))


def test_of_a_crowd_those_go_first_who_have_begun(plane):
    browsers = []
    for row in range(ROWS):
        leg = Leg(plane, row, f"u{row}")
        leg.admit()
        browsers.append(browser_of(plane, leg, 50000 + row))
        browsers[-1].check()
        browsers[-1].begin()
    pass_ticks(plane, *browsers, ticks=4)
    assert sum(isinstance(one, Connected) for one in plane.told) == 2 * secure.STEPS


def test_a_crowd_that_repeats_itself_gets_in(plane):
    """Who waits repeats his hello: if each of these took a step, nobody would get through."""
    legs = [Leg(plane, row, f"u{row}") for row in range(ROWS)]
    browsers = [browser_of(plane, leg, 50000 + leg.row) for leg in legs]
    for leg, browser in zip(legs, browsers, strict=True):
        leg.admit()
        browser.check()
    for _ in range(15):
        for browser in browsers:
            browser.begin()
        pass_ticks(plane, *browsers)
    assert sum(isinstance(one, Connected) for one in plane.told) == ROWS


def counted(function, calls):
    def wrapped(self, datagram, now):
        if self._tls.get_context() is OURS.context:
            calls.append(datagram)
        return function(self, datagram, now)

    return wrapped


def test_an_empty_datagram_is_nothing(plane, call):
    """Where it lies there may still be the beginning of another one."""
    _, browser = call
    for before in (b"\x16\xfe\xfd", b"\0\1", b"\x80\0"):
        browser.send(before)
        plane.tick()
        browser.send(b"")
        plane.tick()
    browser.say()
    assert hears(plane, 3) and failure(plane) is None


def test_one_that_floods_with_handshakes_has_one_step_at_a_time(plane, call):
    _, browser = call
    other = Leg(plane, 4, "other")
    newcomer = browser_of(plane, other, 50004)
    for _ in range(10):
        for _ in range(200):
            browser.send(b"\x16\xfe\xfd" + bytes(40))
        pass_ticks(plane, browser)
    for _ in range(200):
        browser.send(b"\x16\xfe\xfd" + bytes(40))
    connect(plane, other, newcomer)
    assert Connected(4) in plane.told and len(plane.streams.secure._legs[3].waiting) <= secure_leg.MOST_WAITING


def test_a_flood_of_checks_leaves_those_of_known_ways_their_time(plane, call, monkeypatch):
    _, browser = call
    asked = []
    is_authentic = stun.Message.is_authentic
    monkeypatch.setattr(stun.Message, "is_authentic", lambda *of: asked.append(1) or is_authentic(*of))
    stranger = plane.network.socket("10.0.0.66", 666)
    for _ in range(500):
        browser.check(via=stranger, password="a guess")
    browser.check()
    browser.answers.clear()
    pass_ticks(plane, browser)
    assert len(browser.answers) == 1 and len(asked) == secure.MOST_OF_ONE


def test_a_flood_of_checks_in_the_names_of_many_legs_has_its_end(plane, monkeypatch):
    legs = [Leg(plane, row, f"u{row}") for row in range(ROWS)]
    asked = []
    monkeypatch.setattr(stun.Message, "is_authentic", lambda *of: bool(asked.append(1)))
    for leg in legs:
        leg.admit()
        browser = browser_of(plane, leg, 50000 + leg.row)
        for _ in range(secure.MOST_OF_ONE):
            browser.check()
    plane.tick()
    assert len(asked) == secure.MOST_CHECKED


def test_what_waits_for_its_turn_has_it_without_anything_else_that_comes(plane):
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    leg.admit()
    browser.check()
    browser.send(b"\x16")
    browser.begin()
    browser.send(b"\x16")
    waiting = plane.streams.secure._legs[3].waiting
    plane.tick()
    assert len(waiting) == 1, "one step in a tick, besides what leads nowhere"
    plane.tick()
    assert not waiting


def test_what_is_lost_on_its_way_to_the_browser_is_sent_again(plane):
    leg = Leg(plane, 3)
    browser = browser_of(plane, leg)
    leg.admit()
    browser.check()
    browser.begin()
    pass_ticks(plane, ticks=5)
    lost = [browser.socket.recvfrom(1500)[0] for _ in range(2)]
    pass_ticks(plane, ticks=2)
    again, _ = browser.socket.recvfrom(1500)
    assert again == lost[-1] and again[0] == 22


HOSTILE = st.one_of(
    st.tuples(st.just("stun"), st.binary(max_size=60)),
    st.tuples(st.just("dtls"), st.binary(max_size=60)),
    st.tuples(st.just("srtp"), st.binary(max_size=60)),
    st.tuples(st.just("any"), st.binary(max_size=60)),
)
FIRST = {"stun": b"\0\1\0\x20\x21\x12\xa4\x42", "dtls": b"\x16\xfe\xfd", "srtp": b"\x80\0", "any": b""}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(HOSTILE, st.booleans()), max_size=30))
def test_whatever_comes_from_strangers_or_from_its_own_address_the_call_goes_on(call, plane, came):
    _, browser = call
    stranger = plane.network.sockets.get(("10.0.0.66", 666)) or plane.network.socket("10.0.0.66", 666)
    for (kind, rest), is_strange in came:
        browser.send(FIRST[kind] + rest, stranger if is_strange else None)
    browser.check()
    pass_ticks(plane, browser, ticks=9)
    browser.say()
    assert hears(plane, 3) and failure(plane) is None
