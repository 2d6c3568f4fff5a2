"""What two descriptions come to for the stream (RFC 3264, RFC 4733, RFC 5761)."""

import pytest

from hoyhoy.audio.g711 import Law
from hoyhoy.exchange.media import Terms
from hoyhoy.lines.sip.agreement import Agreement, Sound, description, expected
from hoyhoy.wire.sip.error import SipError

from .office import Stream
from .wires import made

HEAD = b"v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"


def nothing(host: str) -> bool:
    return False


def agreement(source: str = "198.51.100.7") -> Agreement:
    return Agreement(Sound(Stream(20000)), "192.0.2.1", 1, (source,), permits=nothing)


def followed(media: bytes) -> Terms:
    made = agreement()
    made.answer(HEAD + media)
    made.apply()
    return made.sound.stream.last


@pytest.mark.parametrize(
    ("media", "terms"),
    [
        (
            b"m=audio 4000 RTP/AVP 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\na=rtcp-mux\r\n",
            Terms(("192.0.2.7", 4000), Law.ALAW, 96, ("198.51.100.7",)),
        ),
        (
            b"m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n",
            Terms(("192.0.2.7", 4000), Law.ULAW, None, ("198.51.100.7",), False, True, ("192.0.2.7", 4001)),
        ),
        (
            b"m=audio 4000 RTP/AVP 0\r\na=rtcp:5000 IN IP4 192.0.2.9\r\na=inactive\r\n",
            Terms(("192.0.2.7", 4000), Law.ULAW, None, ("198.51.100.7",), False, False, ("192.0.2.9", 5000)),
        ),
        (
            b"m=audio 4000 RTP/AVP 0\r\nc=IN IP4 phone.example\r\na=rtcp-mux\r\n",
            Terms(("198.51.100.7", 4000), Law.ULAW, None, ("198.51.100.7",)),
        ),
    ],
)
def test_terms(media, terms):
    assert followed(media) == terms


def test_keys_are_heard_by_their_tones_where_there_are_no_events():
    made = agreement()
    for events, listens in ((b"", True), (b" 96\r\na=rtpmap:96 telephone-event/8000", False), (b"", True)):
        made.answer(HEAD + b"m=audio 4000 RTP/AVP 0" + events + b"\r\n")
        made.apply()
        assert made.sound.stream.listens is listens


def test_the_same_again_does_not_disturb_the_stream():
    made = agreement()
    for version in (b"1", b"2"):
        made.answer(HEAD.replace(b"- 1 1", b"- 1 " + version) + b"m=audio 4000 RTP/AVP 0\r\n")
        made.apply()
    assert len(made.sound.stream.terms) == 1


def test_a_stream_that_is_switched_off_and_on():
    made = agreement()
    for port in (b"4000", b"0", b"4000"):
        made.answer(HEAD + b"m=audio " + port + b" RTP/AVP 0\r\na=rtcp-mux\r\n")
        made.apply()
    on, off, again = made.sound.stream.terms
    assert (off.sends, off.hears, off.remote) == (False, False, on.remote)
    assert again == on


def test_where_types_of_keys_differ_ours_counts():
    """RFC 3264 6.1: each end gets the types that it named."""
    made = agreement()
    made.offer()
    made.accept(HEAD + b"m=audio 4000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n")
    made.apply()
    assert made.sound.stream.last.events == 101


def test_ipv6_sound_is_refused_and_leaves_all_as_it_was():
    made = agreement()
    made.answer(HEAD + b"m=audio 4000 RTP/AVP 0\r\n")
    before = made.negotiation.agreed
    with pytest.raises(SipError) as refused:
        made.answer((HEAD + b"m=audio 4000 RTP/AVP 0\r\n").replace(b"IP4 192.0.2.7", b"IP6 2001:db8::1"))
    assert (refused.value.status, made.negotiation.agreed) == (488, before)
    made.offer()
    with pytest.raises(SipError):
        made.accept(b"nonsense")
    assert not made.negotiation.offered


def test_forks_share_the_stream_and_not_their_answers():
    made = agreement()
    made.offer()
    one, two = made.fork("198.51.100.7"), made.fork("::1")
    one.accept(HEAD + b"m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n")
    two.accept(HEAD + b"m=audio 5000 RTP/AVP 0\r\na=rtcp-mux\r\n")
    for fork in (one, two, one):
        fork.apply()
    assert [terms.remote for terms in made.sound.stream.terms] == [
        ("192.0.2.7", 4000), ("192.0.2.7", 5000), ("192.0.2.7", 4000)
    ]  # fmt: skip
    assert [terms.hosts for terms in made.sound.stream.terms][:2] == [("198.51.100.7",), ()]
    assert (one.is_made, made.is_made) == (True, False)


def test_the_description_of_a_message():
    request = made("INVITE", body=b"v=0")
    assert description(request) == b"v=0"
    request.headers.set("Content-Type", "application/dtmf")
    assert description(request) is None
    assert description(made("INVITE")) is None


def test_reports_go_on_during_a_hold_with_zeros():
    made = agreement()
    for place in (b"192.0.2.7", b"0.0.0.0"):
        made.answer((HEAD + b"m=audio 4000 RTP/AVP 0\r\n").replace(b"c=IN IP4 192.0.2.7", b"c=IN IP4 " + place))
        made.apply()
    held = made.sound.stream.last
    assert (held.remote, held.rtcp, held.sends, held.hears) == (("192.0.2.7", 4000), ("192.0.2.7", 4001), False, True)


@pytest.mark.parametrize(
    ("body", "remote"),
    [
        (HEAD + b"m=audio 4000 RTP/AVP 0\r\n", ("192.0.2.7", 4000)),
        (HEAD + b"m=video 5000 RTP/AVP 97\r\nm=audio 4000 RTP/AVP 8\r\n", ("192.0.2.7", 4000)),
        (HEAD + b"m=audio 4000 RTP/AVP 0\r\nc=IN IP4 phone.example\r\n", ("198.51.100.7", 4000)),
        (HEAD + b"m=audio 4000 RTP/AVP 18\r\n", None),
        (HEAD + b"m=audio 0 RTP/AVP 0\r\n", None),
        (b"", None),
    ],
)
def test_a_port_is_taken_with_the_offer_in_mind_and_nothing_is_sent_before_the_answer(body, remote):
    invite = made("INVITE", body=body)
    assert expected(invite, ("198.51.100.7",), nothing) == Terms(
        remote, hosts=("198.51.100.7",), sends=False, hears=False
    )


def test_an_offer_that_nobody_can_read_is_refused_before_a_port_is_taken():
    with pytest.raises(SipError):
        expected(made("INVITE", body=b"v=1\r\n"), (), nothing)


INSIDE = HEAD.replace(b"c=IN IP4 192.0.2.7", b"c=IN IP4 10.0.0.9") + b"m=audio 4000 RTP/AVP 0\r\n"


def test_sound_for_a_phone_behind_a_nat_goes_to_the_nat_and_not_into_our_own_network():
    """That it does not know its own address is seen by the ports: its packets may come from another port."""
    made = agreement()
    made.answer(INSIDE)
    made.apply()
    terms = made.sound.stream.last
    assert (terms.remote, terms.hosts) == (("198.51.100.7", 4000), ("198.51.100.7", "10.0.0.9"))
    assert terms.rtcp == ("198.51.100.7", 4001)
    at_first = expected(made_invite(INSIDE), ("198.51.100.7",), nothing)
    assert (at_first.remote, at_first.hosts) == (terms.remote, terms.hosts)


def made_invite(body: bytes):
    return made("INVITE", body=body)


def test_a_description_that_names_everybody_is_refused_and_leaves_all_as_it_was():
    one = agreement()
    one.answer(INSIDE)
    before = one.negotiation.agreed
    body = INSIDE.replace(b"10.0.0.9", b"239.1.1.1")
    with pytest.raises(SipError) as refused:
        one.answer(body, ("203.0.113.8",))
    assert (refused.value.status, one.negotiation.agreed, one.hosts) == (488, before, ("198.51.100.7",))
    with pytest.raises(SipError):
        expected(made_invite(body), ("198.51.100.7",), nothing)
    one.offer()
    with pytest.raises(SipError):
        one.accept(body)


def test_who_moves_is_judged_by_where_he_is():
    one = agreement("127.0.0.1")
    loopback = INSIDE.replace(b"10.0.0.9", b"127.0.0.1")
    one.answer(loopback)
    with pytest.raises(SipError):
        one.answer(loopback, ("203.0.113.8",))
    one.answer(loopback, ("127.0.0.2",))
    assert one.hosts == ("127.0.0.2",)


def test_reports_do_not_go_where_sound_may_not():
    one = agreement()
    one.answer(HEAD + b"m=audio 4000 RTP/AVP 0\r\na=rtcp:53 IN IP4 127.0.0.1\r\n")
    one.apply()
    assert one.sound.stream.last.rtcp == ("192.0.2.7", 4001)


def test_a_name_is_nowhere_while_nothing_else_is_known():
    body = INSIDE.replace(b"10.0.0.9", b"phone.example")
    one = Agreement(Sound(Stream(20000)), "192.0.2.1", 1, permits=nothing)
    one.answer(body)
    one.apply()
    assert one.sound.stream.last.remote is None and expected(made_invite(body), (), nothing).remote is None
