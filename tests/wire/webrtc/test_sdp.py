"""wire/webrtc/sdp.py against webrtc-leg 6 and official clients B7: what browsers write, and what they accept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.wire.webrtc.sdp import LONGEST, Description, Unfit, read, write

DIGEST = ":".join(f"{octet:02X}" for octet in range(0xA0, 0xC0))
LONG_DIGEST = ":".join(f"{octet:02X}" for octet in range(64))

# As Chromium orders its lines and numbers its codecs, with values of our own; everything belongs to the audio.
CHROMIUM = f"""v=0
o=- 4000000000000000001 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS mic
m=audio 9 UDP/TLS/RTP/SAVPF 0 111 63 9 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:Ab+/
a=ice-pwd:aBcDeFgHiJkLmNoPqRsTuVwX
a=ice-options:trickle
a=fingerprint:sha-256 {DIGEST}
a=setup:actpass
a=mid:0
a=sendrecv
a=msid:mic track
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:7 cname:mic
""".replace("\n", "\r\n")

# As Firefox does: the fingerprint belongs to the session, the password comes before the name.
FIREFOX = f"""v=0
o=mozilla...THIS_IS_SDPARTA-99.0 4000000000000000002 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 {DIGEST}
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=sendrecv
a=fmtp:101 0-15
a=ice-pwd:0123456789abcdef0123456789abcdef
a=ice-ufrag:01234567
a=mid:0
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000/1
a=setup:actpass
""".replace("\n", "\r\n")

OURS = {
    "ufrag": "ours",
    "password": "p" * 24,
    "fingerprint": DIGEST,
    "places": [("192.0.2.1", 10000), ("2001:db8::1", 10000), ("127.0.0.1", 10001)],
    "ssrc": 99,
    "session": 5,
    "version": 1,
}


def test_an_offer_of_chromium():  # official clients B7: telephone-event/8000 is 126 there, 110 is another clock's
    assert read(CHROMIUM) == Description(
        "0", "Ab+/", "aBcDeFgHiJkLmNoPqRsTuVwX", (("sha-256", DIGEST),), "actpass", 126
    )


def test_an_offer_of_firefox():
    assert read(FIREFOX) == Description(
        "0", "01234567", "0123456789abcdef0123456789abcdef", (("sha-256", DIGEST),), "actpass", 101
    )


def test_what_the_session_says_counts_where_the_audio_is_silent():  # RFC 8839 5.4, RFC 8122 5
    own = ["a=ice-ufrag:01234567\r\n", "a=ice-pwd:0123456789abcdef0123456789abcdef\r\n", "a=setup:actpass\r\n"]
    text = FIREFOX
    for line in own:
        text = text.replace(line, "").replace("a=group", line + "a=group")
    assert read(text) == read(FIREFOX)
    other = f"a=fingerprint:SHA-512 {LONG_DIGEST.lower()}\r\na=ice-ufrag:inner\r\na=setup:ACTIVE\r\na=mid"
    overruled = read(text.replace("a=mid", other))
    assert (overruled.fingerprints, overruled.ufrag, overruled.setup) == (
        (("sha-512", LONG_DIGEST),), "inner", "active",
    )  # fmt: skip


def test_an_answer_of_ours():  # webrtc-leg 6: PCMU alone, and the mid of the offer
    offer = CHROMIUM.replace("a=mid:0", "a=mid:voice-1")
    answer = write(**OURS, mid=read(offer).mid, setup="passive", events=read(offer).events)
    assert answer.splitlines() == [
        "v=0",
        "o=- 5 1 IN IP4 192.0.2.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE voice-1",
        "a=ice-lite",
        "m=audio 10000 UDP/TLS/RTP/SAVPF 0 126",
        "c=IN IP4 192.0.2.1",
        "a=mid:voice-1",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=ice-ufrag:ours",
        "a=ice-pwd:pppppppppppppppppppppppp",
        f"a=fingerprint:sha-256 {DIGEST}",
        "a=setup:passive",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:126 telephone-event/8000",
        "a=fmtp:126 0-15",
        "a=ptime:20",
        "a=msid:hoyhoy audio",
        "a=ssrc:99 cname:hoyhoy",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 10000 typ host",
        "a=candidate:2 1 udp 2130706175 2001:db8::1 10000 typ host",
        "a=candidate:3 1 udp 2130705919 127.0.0.1 10001 typ host",
        "a=end-of-candidates",
    ]


def test_an_offer_of_ours_without_telephone_events():  # official clients B8
    offer = write(**OURS, setup="actpass", events=None)
    assert "m=audio 10000 UDP/TLS/RTP/SAVPF 0\r\n" in offer and "telephone-event" not in offer
    assert "a=group:BUNDLE 0\r\n" in offer and offer.endswith("\r\n")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("v=0", "", "cannot be read"),
        ("o=-", "x=-", "cannot be read: malformed origin"),
        ("m=audio 9", "m=video 9", "no audio"),
        ("m=audio 9", "m=audio 0", "no audio"),  # refused
        ("m=audio 9", "m=audio 70000", "cannot be read"),  # bad-inputs 4
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", "not encrypted"),
        ("SAVPF 0 111", "SAVPF 111", "no PCMU"),
        ("a=rtcp-mux", "a=x", "rtcp-mux"),
        ("a=mid:0", "a=x", "no good mid"),
        ("a=mid:0", "a=mid:" + "x" * 65, "no good mid"),
        ("a=mid:0", "a=mid:0 1", "no good mid"),
        ("a=mid:0", "a=mid:\u0660", "no good mid"),
        ("a=ice-ufrag:Ab+/", "a=x", "no good ice-ufrag"),
        ("a=ice-ufrag:Ab+/", "a=ice-ufrag", "no good ice-ufrag"),
        ("a=ice-ufrag:Ab+/", "a=ice-ufrag:Ab+", "no good ice-ufrag"),
        ("a=ice-ufrag:Ab+/", "a=ice-ufrag:Ab:/", "no good ice-ufrag"),
        ("aBcDeFgHiJkLmNoPqRsTuVwX", "short", "no good ice-pwd"),
        ("aBcDeFgHiJkLmNoPqRsTuVwX", "x" * 257, "no good ice-pwd"),
        ("a=setup:actpass", "a=x", "no setup"),
        ("a=setup:actpass", "a=setup:holdconn", "no setup"),
        ("a=fingerprint", "a=x", "no fingerprint"),
        ("fingerprint:sha-256", "fingerprint:sha-1", "no fingerprint"),
        ("fingerprint:sha-256", "fingerprint:sha-384", "malformed"),
        ("A0:A1", "A0A1", "malformed"),
        ("A0:A1", "AG:A1", "malformed"),
        ("A0:A1:", "", "malformed"),
        ("a=rtcp-rsize", "a=x\r\n" * 2000, "too many attributes"),
        ("a=rtcp-rsize", "m=audio 0 RTP/AVP 0\r\n" * 40, "too many media"),
        ("a=rtcp-rsize", "a=" + "x" * LONGEST, "is the most"),
        ("a=rtcp-rsize", "a=" + "\u20ac" * (LONGEST // 2), "too large"),
    ],
)
def test_what_no_leg_can_be_made_of(old, new, sentence):
    assert old in CHROMIUM
    with pytest.raises(Unfit, match=sentence):
        read(CHROMIUM.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\r\n", "\n"),
        ("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"),
        ("a=fingerprint", "a=fingerprint:sha-1 00:11\r\na=fingerprint"),  # beside one that we trust
        ("m=audio 9", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nm=audio 0 RTP/AVP 0\r\nm=audio 9"),
        ("a=ssrc:7", "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=ssrc:7"),  # the first audio counts
        ("a=rtcp-rsize", "a=candidate:x y z\r\na=ice-lite\r\na="),
        ("a=rtcp-rsize", "a=\ud800"),
    ],
)
def test_what_changes_nothing(old, new):
    assert read(CHROMIUM.replace(old, new)) == read(CHROMIUM)


@pytest.mark.parametrize(
    ("number", "events"),
    [("126", 126), ("96", 96), ("63", 63), ("0", None), ("64", None), ("95", None), ("128", None), ("999", None)],
)
def test_payload_types_of_telephone_events(number, events):  # RFC 5761 4
    formats = "0" if number == "0" else f"0 {number}"
    text = CHROMIUM.replace("0 111 63 9 8 13 110 126", formats).replace("126 telephone", f"{number} telephone")
    assert read(text).events == events


def test_a_payload_type_that_is_not_offered_is_not_used():
    assert read(CHROMIUM.replace(" 110 126", " 110")).events is None
    assert read(CHROMIUM.replace("126 telephone-event/8000", "126 x/8000")).events is None
    assert read(CHROMIUM.replace("126 telephone-event", "126 Telephone-Event")).events == 126


@settings(max_examples=100)
@given(st.text(max_size=80), st.integers(0, len(CHROMIUM)), st.integers(0, 60))
def test_any_text_is_a_description_or_unfit(junk, start, length):
    for text in (junk, "v=0\n" + junk, CHROMIUM[:start] + junk + CHROMIUM[start + length :]):
        try:
            found = read(text)
        except Unfit as refused:
            assert str(refused).endswith(".")
            continue
        answer = write(**OURS, mid=found.mid, setup="passive", events=found.events)
        assert len(answer.splitlines()) == 23 + 2 * (found.events is not None)  # no line comes from outside
        assert read(answer).mid == found.mid


NAMES = st.text("abcXYZ019+/", min_size=22, max_size=40)


@settings(max_examples=50)
@given(NAMES, NAMES, st.sampled_from(["0", "audio", "a.b-c"]), st.sampled_from(["actpass", "active"]), st.booleans())
def test_what_is_written_reads_the_same(ufrag, password, mid, setup, told):
    events = 101 if told else None
    ours = {**OURS, "ufrag": ufrag, "password": password, "mid": mid, "setup": setup, "events": events}
    assert read(write(**ours)) == Description(mid, ufrag, password, (("sha-256", DIGEST),), setup, events)
