"""Agreement on keys: DTLS 1.2 with the use_srtp extension (RFC 6347, RFC 5764), datagrams in and datagrams out.

OpenSSL does the handshake, through a buffer in memory; sockets and time are others'. Four things are done here:

* What OpenSSL writes is a stream: it is cut where records end and put into datagrams. It is fed one datagram at a time.
* OpenSSL repeats a flight that got lost after a second at the earliest. Here the very same records are sent again after
  100 ms, 200 ms and so on: who has had them drops them as repeated (RFC 6347 4.1.2.6). Who has finished repeats his
  last flight when the other side still shakes hands (4.2.4).
* The far end's certificate says nothing by itself. It is compared with the fingerprints of its description, which came
  another way (RFC 8122 5), before any key is given out.
* Both directions' keys are taken out of the association (RFC 5764 4.2).
"""

from __future__ import annotations

import datetime
import hmac
from collections.abc import Iterator, Sequence
from contextlib import suppress

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL, crypto

from .srtp import PROFILES, Srtp

DTLS_1_2 = 0xFEFD
RECORD = 13
"""Octets of a record's header; the last two are its length (RFC 6347 4.1)."""

LARGEST = 1200
"""Octets of a datagram that every way takes (RFC 8261 5)."""

FIRST_WAIT, LONGEST_WAIT = 0.1, 1.0
"""Seconds until a flight is repeated: twice as long each time."""

CHANGE_CIPHER_SPEC, HANDSHAKE = 20, 22
"""Kinds of records whose sender is not through yet."""

LABEL = b"EXTRACTOR-dtls_srtp"
YEARS = datetime.timedelta(days=3650)

HASHES = {"sha-224": "sha224", "sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
"""Those that are trusted, by their names in SDP (RFC 8122 5): what OpenSSL calls them."""

Fingerprints = Sequence[tuple[str, str]]
"""Hash functions and values, in hexadecimal with colons."""


class NotAgreed(Exception):
    """The handshake led to nothing; the sentence says why."""


class Identity:
    """One key and certificate for all associations of a process. `now` is when it is made."""

    def __init__(self, now: datetime.datetime) -> None:
        self.key = key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hoyhoy")])
        self.certificate = certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))  # far ends' clocks differ
            .not_valid_after(now + YEARS)
            .sign(key, hashes.SHA256())
        )
        self.fingerprint = fingerprint(crypto.X509.from_cryptography(certificate), "sha-256")
        self.context = context = SSL.Context(SSL.DTLS_METHOD)
        context.set_min_proto_version(DTLS_1_2)
        context.set_max_proto_version(DTLS_1_2)  # records of 1.3 have other headers
        context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_mode(SSL.MODE_RELEASE_BUFFERS)  # an association is silent for nearly all of its life
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)  # see `matches`
        context.set_verify_depth(0)  # whoever sends a chain besides has nobody look at it
        context.use_certificate(certificate)
        context.use_privatekey(key)
        context.set_cipher_list(b"ECDHE+AESGCM:ECDHE+CHACHA20")
        context.set_tlsext_use_srtp(b":".join(PROFILES))


def fingerprint(certificate: crypto.X509, function: str) -> str:
    """In capitals with colons; "" for a hash function that is not among HASHES. What the certificate says otherwise is
    not looked at, and need not make sense."""
    name = HASHES.get(function.lower())
    return certificate.digest(name).decode() if name else ""


def matches(certificate: crypto.X509, fingerprints: Fingerprints) -> bool:
    """Whether it is the certificate of a description: of each hash function that is known one value must be right, and
    one function must be known (RFC 8122 5, where several values of one function stand for several certificates)."""
    known: dict[str, bool] = {}
    for function, value in fingerprints:
        if ours := fingerprint(certificate, function):
            is_equal = hmac.compare_digest(ours.encode(), value.strip().upper().encode())
            known[ours] = known.get(ours, False) or is_equal
    return bool(known) and all(known.values())


class Association:
    """One handshake and what follows it. `begin`, `feed`, `repeat` and `close` give the datagrams that are to be sent
    now; times are seconds of any clock."""

    def __init__(self, identity: Identity, *, is_client: bool) -> None:
        self.is_client = is_client
        self.is_done = self.has_left = False
        """Whether the handshake is done; whether the far end has said goodbye since."""
        self._tls = SSL.Connection(identity.context, None)
        self._tls.set_ciphertext_mtu(LARGEST)
        self._flight: list[bytes] = []
        """What was sent last, while it may have to be sent again."""
        self._due, self._wait = 0.0, FIRST_WAIT
        if is_client:
            self._tls.set_connect_state()
        else:
            self._tls.set_accept_state()

    def begin(self, now: float) -> list[bytes]:
        """The first flight of a client. NotAgreed."""
        return self._go_on(now)

    def feed(self, datagram: bytes, now: float) -> list[bytes]:
        """Take what came. NotAgreed when nothing can come of it any more."""
        self._tls.bio_write(datagram)
        if not self.is_done:
            return self._go_on(now)
        self._drain()
        repeated = self._written()
        if not repeated and datagram[:1] in (b"\x14", b"\x16"):  # it has not had our last flight
            repeated = self._flight
        return repeated

    def repeat(self, now: float) -> list[bytes]:
        """The last flight again, when it was not answered in time."""
        if self.is_done or not self._flight or now < self._due:
            return []
        with suppress(SSL.Error):
            self._tls.DTLSv1_handle_timeout()  # OpenSSL's own, with numbers that nobody has dropped yet
        self._flight = self._written() or self._flight
        self._wait = min(2 * self._wait, LONGEST_WAIT)
        self._due = now + self._wait
        return self._flight

    def close(self) -> list[bytes]:
        """Say goodbye, or why nothing came of it."""
        with suppress(SSL.Error):  # one that was not there yet cannot be ended
            self._tls.shutdown()
        return self._written()

    @property
    def certificate(self) -> crypto.X509 | None:
        """The far end's, when the handshake is done."""
        return self._tls.get_peer_certificate() if self.is_done else None

    def keys(self) -> Srtp:
        """For both directions. NotAgreed when the far end knows none of our PROFILES."""
        profile = PROFILES.get(self._tls.get_selected_srtp_profile())
        if profile is None:
            raise NotAgreed("the far end knows no SRTP")
        material = self._tls.export_keying_material(LABEL, profile.material)
        key, salt = profile.key, profile.salt
        client, server = (
            material[i * key : (i + 1) * key] + material[2 * key + i * salt : 2 * key + (i + 1) * salt] for i in (0, 1)
        )
        return Srtp(profile, server, client) if self.is_client else Srtp(profile, client, server)

    def _go_on(self, now: float) -> list[bytes]:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            raise NotAgreed(_reason(error)) from None
        else:
            self.is_done = True
        written = self._written()
        if written:
            self._flight, self._wait, self._due = written, FIRST_WAIT, now + FIRST_WAIT
        elif self.is_done:
            self._flight = []  # the last one was the far end's
        return written

    def _drain(self) -> None:
        """Read whatever else comes by the association: nobody listens to that, but to a goodbye."""
        try:
            while True:
                self._tls.recv(1 << 14)
        except SSL.WantReadError:
            pass  # what is no record of the far end's was dropped without a word (RFC 6347 4.1.2.7)
        except SSL.Error:
            self.has_left = True

    def _written(self) -> list[bytes]:
        try:
            return list(_datagrams(self._tls.bio_read(1 << 16)))
        except SSL.WantReadError:
            return []


def _datagrams(stream: bytes) -> Iterator[bytes]:
    """As many whole records in each as it takes."""
    begin = end = 0
    while end < len(stream):
        size = RECORD + int.from_bytes(stream[end + 11 : end + RECORD], "big")
        if end > begin and end + size - begin > LARGEST:
            yield stream[begin:end]
            begin = end
        end += size
    if stream:
        yield stream[begin:end]


def _reason(error: SSL.Error) -> str:
    """What OpenSSL says."""
    queue = error.args[0] if error.args else None
    said = queue[0][2] if isinstance(queue, list) and queue else ""
    return f"the DTLS handshake failed: {said or type(error).__name__}"
