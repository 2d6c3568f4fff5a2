from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import sdp
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.media import PCMA, PCMU, Codec, Direction
from hoyhoy.wire.sip.negotiation import Negotiation, Ours

OURS = Ours("192.0.2.9", 10000)


def theirs(media: str, address: str = "host.example.com", version: int = 1) -> sdp.Description:
    return sdp.parse(
        f"v=0\no=bob 2890844730 {version} IN IP4 host.example.com\ns=\nc=IN IP4 {address}\nt=0 0\n{media}".encode()
    )


def written(description: sdp.Description) -> str:
    """From the first m= line on."""
    text = str(description).replace("\r\n", "\n")
    return text[text.index("m=") :]


BASIC = "m=audio 49170 RTP/AVP 0 8 97\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:97 iLBC/8000\n"
VIDEO = "m=video 51372 RTP/AVP 31 32\na=rtpmap:31 H261/90000\na=rtpmap:32 MPV/90000\n"


def test_basic_answer():  # RFC 3264 10.1, RFC 4317 2.1
    negotiation = Negotiation(7)
    answer = negotiation.answer(theirs(BASIC + VIDEO), OURS)
    assert str(answer).startswith("v=0\r\no=- 7 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n")
    assert written(answer) == (
        "m=audio 10000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\na=ptime:20\na=sendrecv\nm=video 0 RTP/AVP 31 32\n"
    )
    agreed = negotiation.agreed
    assert (agreed.codec, agreed.send_type, agreed.receive) == (PCMU, 0, ((0, PCMU),))
    assert (agreed.address, agreed.port, agreed.direction, agreed.send_keys) == (
        "host.example.com",
        49170,
        Direction.BOTH,
        None,
    )


def test_the_other_end_answers_us():  # RFC 3264 10.1 as the offerer
    negotiation = Negotiation(7)
    offer = negotiation.offer(Ours("192.0.2.9", 10000, ssrc=99))
    assert written(offer) == (
        "m=audio 10000 RTP/AVP 0 8 101\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\n"
        "a=fmtp:101 0-16\na=ptime:20\na=sendrecv\na=rtcp-mux\na=ssrc:99 cname:hoyhoy\n"
    )
    answer = (
        "m=audio 49920 RTP/AVP 8 0 96\na=rtpmap:96 telephone-event/8000\na=rtcp-mux\na=ssrc:5 cname:x\na=ptime:30\n"
    )
    agreed = negotiation.accept(theirs(answer))
    assert (agreed.codec, agreed.send_type, agreed.receive) == (PCMA, 8, ((0, PCMU), (8, PCMA)))
    assert (agreed.send_keys, agreed.receive_keys) == (96, 101)  # each end names its own
    assert (agreed.rtcp, agreed.rtcp_mux, agreed.ssrc, agreed.ptime) == (("host.example.com", 49920), True, 5, 30)
    with pytest.raises(SipError):
        negotiation.accept(theirs(answer))


def test_second_codec_and_the_numbers_of_the_offer():  # RFC 4317 2.2; RFC 3264 6.1
    negotiation = Negotiation(7)
    offer = (
        "m=audio 49170 RTP/AVP 97 98 99\na=rtpmap:97 iLBC/8000\na=rtpmap:98 PCMA/8000\n"
        "a=rtpmap:99 telephone-event/8000\na=rtcp-mux\n"
    )
    assert written(negotiation.answer(theirs(offer), OURS)) == (
        "m=audio 10000 RTP/AVP 98 99\na=rtpmap:98 PCMA/8000\na=rtpmap:99 telephone-event/8000\na=fmtp:99 0-16\n"
        "a=ptime:20\na=sendrecv\na=rtcp-mux\n"
    )
    assert (negotiation.agreed.send_type, negotiation.agreed.send_keys, negotiation.agreed.receive_keys) == (98, 99, 99)
    deaf = Negotiation(7)
    assert "99" not in written(deaf.answer(theirs(offer), Ours("192.0.2.9", 1, keys=False, rtcp_mux=False)))
    assert (deaf.agreed.send_keys, deaf.agreed.rtcp_mux) == (None, False)


def test_one_of_n_streams():  # RFC 3264 10.2, RFC 4317 3.1: keys on a line of their own are refused, the audio is taken
    negotiation = Negotiation(7)
    offer = "m=audio 49172 RTP/AVP 98\na=rtpmap:98 telephone-event/8000\n" + BASIC
    answer = negotiation.answer(theirs(offer), OURS)
    assert [(media.port, media.formats) for media in answer.media] == [(0, ("98",)), (10000, ("0",))]
    assert (negotiation.place, negotiation.agreed.port) == (1, 49170)
    # Where another line would do as well, the one in use stays in use.
    again = negotiation.answer(theirs("m=audio 49172 RTP/AVP 0\n" + BASIC, version=2), OURS)
    assert [media.port for media in again.media] == [0, 10000]
    # Our own re-offer keeps the lines in their places (RFC 3264 8).
    assert [media.port for media in negotiation.offer(OURS).media] == [0, 10000]


@pytest.mark.parametrize(
    "offer",
    [
        "m=audio 49170 RTP/AVP 97\na=rtpmap:97 iLBC/8000\n",
        VIDEO,
        "",
        "m=audio 9 RTP/SAVP 0\n",
        "m=audio 0 RTP/AVP 0\n",
        "m=audio 9 RTP/AVP 255\n",
    ],
)
def test_no_common_codec(offer):  # RFC 3264 6, RFC 4317 2.5
    negotiation = Negotiation(7)
    with pytest.raises(SipError) as raised:
        negotiation.answer(theirs(offer), OURS)
    assert (raised.value.status, raised.value.headers[0][0]) == (488, "Warning")
    assert negotiation == Negotiation(7)


def test_hold_and_resume_by_them():  # RFC 4317 4.1 (hold), RFC 3264 8.4
    negotiation = Negotiation(7)
    first = negotiation.answer(theirs(BASIC), OURS)
    held = negotiation.answer(theirs(BASIC + "a=sendonly\n", version=2), OURS)
    assert "a=recvonly" in written(held) and negotiation.agreed.direction is Direction.RECEIVE
    assert held.origin.version == first.origin.version + 1
    inactive = negotiation.answer(theirs(BASIC + "a=inactive\n", version=3), OURS)
    assert "a=inactive" in written(inactive) and negotiation.agreed.direction is Direction.NONE
    old = negotiation.answer(theirs(BASIC, "0.0.0.0", version=4), OURS)
    assert "a=recvonly" in written(old)
    assert (negotiation.agreed.direction, negotiation.agreed.address) == (Direction.RECEIVE, "")
    resumed = negotiation.answer(theirs(BASIC, version=5), OURS)
    assert negotiation.agreed.direction is Direction.BOTH and resumed.media == first.media
    assert [made.origin.version for made in (held, inactive, old, resumed)] == [2, 3, 4, 5]


def test_hold_by_both():  # RFC 3264 8.4: each may resume only its own hold
    negotiation = Negotiation(7)
    holding = Ours("192.0.2.9", 10000, direction=Direction.SEND)
    negotiation.offer(OURS)
    negotiation.accept(theirs(BASIC))
    assert "a=sendonly" in written(negotiation.offer(holding))
    assert negotiation.accept(theirs(BASIC + "a=recvonly\n")).direction is Direction.SEND
    assert "a=inactive" in written(negotiation.answer(theirs(BASIC + "a=sendonly\n", version=2), holding))
    assert negotiation.agreed.direction is Direction.NONE
    assert "a=sendonly" in written(negotiation.answer(theirs(BASIC, version=3), holding))


def test_an_answer_that_hears_although_we_only_send():
    negotiation = Negotiation(7)
    negotiation.offer(Ours("192.0.2.9", 10000, direction=Direction.SEND))
    assert negotiation.accept(theirs(BASIC + "a=sendrecv\n")).direction is Direction.SEND


def test_the_same_again_keeps_its_version():  # RFC 4028 7.4: a refresh changes nothing
    negotiation = Negotiation(7)
    first = negotiation.answer(theirs(BASIC), OURS)
    assert negotiation.answer(theirs(BASIC), OURS) == first
    negotiation = Negotiation(7)
    first = negotiation.offer(OURS)
    negotiation.accept(theirs(BASIC))
    assert negotiation.offer(OURS) == first


def test_a_codec_changes():  # RFC 3264 8.3.2, RFC 4317 4.2
    negotiation = Negotiation(7)
    negotiation.answer(theirs(BASIC), OURS)
    answer = negotiation.answer(theirs("m=audio 50000 RTP/AVP 8\n", "192.0.2.77", version=2), OURS)
    assert (negotiation.agreed.codec, negotiation.agreed.address, negotiation.agreed.port) == (
        PCMA,
        "192.0.2.77",
        50000,
    )
    assert answer.origin.version == 2


def test_a_refused_re_offer_changes_nothing():  # RFC 3261 14.1; bad-inputs 5
    negotiation = Negotiation(7)
    negotiation.answer(theirs(BASIC), OURS)
    before = negotiation.agreed, negotiation.local
    negotiation.offer(Ours("192.0.2.9", 10002))
    with pytest.raises(SipError) as raised:
        negotiation.answer(theirs(BASIC), OURS)
    assert raised.value.status == 491
    with pytest.raises(SipError):
        negotiation.offer(OURS)
    negotiation.withdraw()
    with pytest.raises(SipError):
        negotiation.answer(theirs("m=audio 9 RTP/AVP 97\na=rtpmap:97 iLBC/8000\n"), OURS)
    for broken in (BASIC + VIDEO, "", "m=audio 9 RTP/AVP 97\na=rtpmap:97 iLBC/8000\n"):
        negotiation.offer(OURS)
        with pytest.raises(SipError):
            negotiation.accept(theirs(broken))
    assert (negotiation.agreed, negotiation.local) == before


def test_streams_that_are_switched_off_and_on():  # RFC 3264 8.2
    negotiation = Negotiation(7)
    negotiation.answer(theirs(BASIC), OURS)
    off = negotiation.answer(theirs("m=audio 0 RTP/AVP 0\n", version=2), OURS)
    assert written(off) == "m=audio 0 RTP/AVP 0\n" and negotiation.agreed is None
    negotiation.answer(theirs(BASIC, version=3), OURS)
    assert negotiation.agreed is not None
    negotiation.offer(OURS)
    assert negotiation.accept(theirs("m=audio 0 RTP/AVP 0\n")) is None


def test_addresses_of_both_families():
    negotiation = Negotiation(7)
    offer = sdp.parse(b"v=0\no=- 1 1 IN IP6 2001:db8::20\ns=-\nc=IN IP6 2001:db8::20\nt=0 0\nm=audio 6000 RTP/AVP 0\n")
    answer = negotiation.answer(offer, Ours("2001:db8::9", 10000))
    assert "c=IN IP6 2001:db8::9\r\n" in str(answer) and "IN IP6 2001:db8::9\r\ns=" in str(answer)
    assert (negotiation.agreed.address, negotiation.agreed.rtcp) == ("2001:db8::20", ("2001:db8::20", 6001))


def test_forks_answer_each_for_itself():  # RFC 3261 13.2.2.4
    negotiation = Negotiation(7)
    negotiation.offer(OURS)
    other = negotiation.fork()
    assert negotiation.accept(theirs(BASIC)).codec is PCMU
    assert other.accept(theirs("m=audio 9 RTP/AVP 8\n")).codec is PCMA
    assert negotiation.agreed.codec is PCMU


def test_payload_types_keep_their_meaning():  # RFC 3264 8.3.2
    negotiation = Negotiation(7)
    negotiation.answer(theirs("m=audio 9 RTP/AVP 0 96\na=rtpmap:96 telephone-event/8000\n"), OURS)
    assert "a=rtpmap:96 telephone-event/8000" in written(negotiation.offer(OURS))


def test_a_codec_more():
    wide = Codec("G722", 9)
    negotiation = Negotiation(7)
    negotiation.answer(theirs("m=audio 9 RTP/AVP 9 0\n"), Ours("192.0.2.9", 10000, (wide, PCMU)))
    assert negotiation.agreed.codec is wide


ends = st.builds(
    Ours,
    address=st.sampled_from(["192.0.2.1", "2001:db8::1"]),
    port=st.integers(1, 65534),
    codecs=st.sampled_from([(PCMU,), (PCMA,), (PCMU, PCMA), (PCMA, PCMU)]),
    direction=st.sampled_from(list(Direction)),
    ptime=st.sampled_from([10, 20, 30]),
    ssrc=st.none() | st.integers(0, 2**32 - 1),
    rtcp_mux=st.booleans(),
    keys=st.booleans(),
)


@given(st.lists(st.tuples(st.booleans(), ends, ends), min_size=1, max_size=5))
def test_two_of_us_agree(script):
    """Through any offers of either end both see the same call from their sides."""
    one, other = Negotiation(1), Negotiation(2)
    for turn, mine, their in script:
        first, second = (one, other) if turn else (other, one)
        offer = first.offer(mine)
        try:
            answer = second.answer(sdp.parse(bytes(offer)), their)
        except SipError:
            first.withdraw()
            assert not set(mine.codecs) & set(their.codecs)
            continue
        first.accept(sdp.parse(bytes(answer)))
        a, b = first.agreed, second.agreed
        assert a.codec == b.codec and a.send_type in dict(b.receive) and b.send_type in dict(a.receive)
        assert a.direction is b.direction.mirrored
        assert (a.send_keys, a.receive_keys) == (b.receive_keys, b.send_keys)
        assert (a.rtcp_mux, (a.address, a.port), (b.address, b.port)) == (
            b.rtcp_mux,
            (their.address, their.port),
            (mine.address, mine.port),
        )
        assert (a.ssrc, b.ssrc) == (their.ssrc, mine.ssrc)
