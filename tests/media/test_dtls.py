"""Agreement on keys by DTLS in memory, over ways that lose and double (RFC 6347, RFC 5764, RFC 8122)."""

import datetime
import random

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import SSL, crypto

from hoyhoy.media.dtls import LARGEST, Association, Identity, NotAgreed, _datagrams, fingerprint, matches

from .test_srtp import heard, packet, sent

MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
OURS, THEIRS = Identity(MADE), Identity(MADE)


def ends(client=THEIRS, server=OURS):
    return Association(client, is_client=True), Association(server, is_client=False)


def shake(client, server, arrives=lambda: True, now=0.0):
    """Let both speak until neither has anything to say; what arrives is told datagram by datagram. The datagrams."""
    every, to_server, to_client = [], client.begin(now), []
    while to_server or to_client:
        every += to_server + to_client
        there = [one for one in to_server if arrives()]
        back = [one for one in to_client if arrives()]
        to_client = [reply for one in there for reply in server.feed(one, now)]
        to_server = [reply for one in back for reply in client.feed(one, now)]
    return every


def agree(client, server):
    """Sound of each is understood by the other."""
    one, other = client.keys(), server.keys()
    assert heard(other, *sent(one, packet(1))) == [packet(1)]
    assert heard(one, *sent(other, packet(2))) == [packet(2)]


def test_two_ends_agree_on_keys_in_four_flights():
    client, server = ends()
    flights = shake(client, server)
    assert client.is_done and server.is_done and len(flights) == 4
    assert all(len(one) <= LARGEST for one in flights)
    agree(client, server)


def test_what_openssl_writes_is_cut_where_records_end():
    """RFC 6347 4.1.1: a record is never in two datagrams, and a datagram has as many as it takes."""
    records = [
        b"\x16\xfe\xfd" + bytes(8) + size.to_bytes(2, "big") + bytes(size) for size in (500, 500, 161, 900, 1400, 0)
    ]
    found = list(_datagrams(b"".join(records)))
    assert found == [b"".join(records[:3]), records[3], records[4], records[5]] and len(found[0]) == LARGEST
    assert list(_datagrams(b"")) == []


def test_each_profile_of_srtp_is_agreed_on():
    """Chromium as server chooses the second (webrtc-leg.md 4)."""
    theirs = Identity(MADE)
    theirs.context.set_tlsext_use_srtp(b"SRTP_AES128_CM_SHA1_80")
    client, server = ends(server=theirs)
    shake(client, server)
    agree(client, server)
    assert len(sent(client.keys(), packet())[0]) == len(packet()) + 10


def test_a_far_end_without_srtp_gets_no_keys():
    theirs = SSL.Context(SSL.DTLS_METHOD)
    plain = Identity(MADE)
    theirs.use_certificate(plain.certificate)
    theirs.use_privatekey(plain.key)
    plain.context = theirs
    client, server = ends(client=plain)
    shake(client, server)
    with pytest.raises(NotAgreed, match="no SRTP"):
        server.keys()


def test_who_shows_no_certificate_is_refused():
    nameless = Identity(MADE)
    nameless.context = SSL.Context(SSL.DTLS_METHOD)
    nameless.context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM")
    client, server = ends(client=nameless)
    with pytest.raises(NotAgreed, match="peer did not return a certificate"):
        shake(client, server)
    alert = server.close()
    with pytest.raises(NotAgreed, match="alert"):
        for one in alert:
            client.feed(one, 0.0)


@pytest.mark.parametrize("is_client", [True, False])
def test_a_far_end_that_takes_us_for_somebody_else_says_so(is_client):
    """Browsers compare fingerprints while they shake hands: an alert comes (webrtc-leg.md 2)."""
    picky = Identity(MADE)
    picky.context.set_verify(SSL.VERIFY_PEER, lambda *_: False)
    client, server = ends(client=picky) if is_client else ends(server=picky)
    with pytest.raises(NotAgreed, match="certificate verify failed"):
        shake(client, server)
    them, us = (client, server) if is_client else (server, client)
    with pytest.raises(NotAgreed, match="alert"):
        for one in them.close():
            us.feed(one, 0.0)


def test_the_certificate_is_compared_with_each_hash_function_that_is_known():
    """RFC 8122 5: one value of each function that is trusted must be right, and one function must be trusted."""
    client, server = ends()
    assert server.certificate is None
    shake(client, server)
    certificate = server.certificate
    right = {name: fingerprint(certificate, name) for name in ("sha-224", "sha-256", "sha-384", "sha-512")}
    assert right["sha-256"] == THEIRS.fingerprint and fingerprint(certificate, "sha-1") == ""
    for name, value in right.items():
        assert matches(certificate, [(name, value)]) and matches(certificate, [(name.upper(), value.lower())])
        wrong = value[:-1] + ("0" if value[-1] != "0" else "1")
        assert not matches(certificate, [(name, wrong)])
        assert not matches(certificate, [*(one for one in right.items() if one[0] != name), (name, wrong)])
        for two in ([(name, wrong), (name, value)], [(name, value), (name, wrong)]):
            assert matches(certificate, two)  # one of two certificates
    sha1 = certificate.digest("sha1").decode()
    assert not matches(certificate, [("sha-1", sha1)]) and matches(certificate, [("sha-1", "?"), *right.items()])
    assert not matches(certificate, []) and not matches(certificate, [("sha-256", "é")])


def test_a_certificate_that_makes_no_sense_is_somebody_elses():
    """OpenSSL takes versions that do not exist; cryptography does not read them."""
    octets = THEIRS.certificate.public_bytes(Encoding.DER)
    at = octets.index(b"\xa0\3\2\1\2") + 4
    odd = Identity(MADE)
    odd.context = SSL.Context(SSL.DTLS_METHOD)
    odd.context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM")
    with pytest.warns(DeprecationWarning, match="X509"):
        odd.context.use_certificate(
            crypto.load_certificate(crypto.FILETYPE_ASN1, octets[:at] + b"\7" + octets[at + 1 :])
        )
    odd.context.use_privatekey(THEIRS.key)
    client, server = ends(client=odd)
    shake(client, server)
    assert server.is_done and not matches(server.certificate, [("sha-256", THEIRS.fingerprint)])


def test_a_flight_that_is_not_answered_is_repeated_ever_more_slowly():
    client, _ = ends()
    first = client.begin(0.0)
    times = [now / 50 for now in range(250) if client.repeat(now / 50) == first]
    assert [round(one, 1) for one in times] == [0.1, 0.3, 0.7, 1.5, 2.5, 3.5, 4.5]


def test_who_has_finished_repeats_his_last_flight_to_who_still_shakes_hands():
    """RFC 6347 4.2.4; all records are the same, so that OpenSSL itself does nothing about it."""
    client, server = ends()
    hello = client.begin(0.0)
    flight = [two for one in hello for two in server.feed(one, 0.0)]
    keys = [two for one in flight for two in client.feed(one, 0.0)]
    lost = [two for one in keys for two in server.feed(one, 0.0)]
    assert server.is_done and not client.is_done and lost
    again = [two for one in client.repeat(0.1) for two in server.feed(one, 0.1)]
    assert again == lost
    for one in again:
        client.feed(one, 0.1)
    assert client.is_done
    agree(client, server)


@pytest.mark.parametrize("seed", range(40))
def test_a_third_of_all_datagrams_may_be_lost(seed):
    dice = random.Random(seed)
    client, server = ends()
    shake(client, server, arrives=lambda: dice.random() > 0.3)
    now = 0.0
    while not (client.is_done and server.is_done) and now < 10:
        now += 0.02
        to_server, to_client = client.repeat(now), server.repeat(now)
        while to_server or to_client:
            replies = [two for one in to_server if dice.random() > 0.3 for two in server.feed(one, now)]
            to_server = [two for one in to_client if dice.random() > 0.3 for two in client.feed(one, now)]
            to_client = replies
    assert now < 8
    agree(client, server)


def test_every_datagram_may_come_twice():
    client, server = ends()
    to_server = client.begin(0.0)
    for _ in range(6):
        to_client = [two for one in to_server for _ in range(2) for two in server.feed(one, 0.0)]
        to_server = [two for one in to_client for _ in range(2) for two in client.feed(one, 0.0)]
    agree(client, server)


def test_a_goodbye_is_heard():
    client, server = ends()
    shake(client, server)
    for one in client.close():
        server.feed(one, 0.0)
    assert server.has_left and not client.has_left


def test_who_was_never_there_has_no_last_words():
    assert ends()[1].close() == []


def test_what_else_comes_by_the_association_is_not_looked_at():
    """Data channels of a browser (RFC 8831) are nobody's here."""
    client, server = ends()
    shake(client, server)
    client._tls.send(b"x" * 1000)
    for one in client._written():
        assert server.feed(one, 0.0) == []
    assert not server.has_left


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.integers(20, 25), st.booleans())
def test_strange_datagrams_end_nothing(rest, kind, is_record):
    """RFC 6347 4.1.2.7; records that seem to be of this association are among them."""
    client, server = ends()
    strange = bytes([kind]) + rest
    if is_record:
        strange = bytes([kind]) + b"\xfe\xfd" + rest[:1].rjust(8, b"\0") + len(rest).to_bytes(2, "big") + rest
    shake(client, server)
    for end in (client, server):
        end.feed(strange, 0.0)
        assert not end.has_left
    agree(client, server)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_hello_that_was_changed_leads_to_nothing_or_to_a_refusal(data):
    client, server = ends()
    hello = bytearray(client.begin(0.0)[0])
    for _ in range(data.draw(st.integers(1, 3))):
        hello[data.draw(st.integers(0, len(hello) - 1))] = data.draw(st.integers(0, 255))
    try:
        server.feed(bytes(hello), 0.0)
    except NotAgreed as why:
        assert str(why).startswith("the DTLS handshake failed: ")
    assert not server.is_done and server.certificate is None
