"""A browser's end of a leg, in memory or on a socket: it checks its way, shakes hands, and keeps what it is sent.

It is made of the same parts as ours, so that any of them can be used wrongly. An independent one: `test_aiortc.py`.
"""

import datetime
import itertools
import struct
from collections import deque

import numpy as np

from hoyhoy.audio import FRAME
from hoyhoy.media.datagrams import source_of
from hoyhoy.media.dtls import Association, Identity
from hoyhoy.media.places import Places
from hoyhoy.media.ports import Ports
from hoyhoy.media.srtp import Rows
from hoyhoy.wire.webrtc import stun

from .memory import Network, Plane

MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
OURS, THEIRS, OTHER = Identity(MADE), Identity(MADE), Identity(MADE)
ELSEWHERE = "192.0.2.7"
SOUND = bytes([0x42]) * FRAME


class Browser:
    """`door` is our ufrag and password; packets go from `socket` to `to`."""

    def __init__(self, socket, to, door, *, ufrag="them", identity=THEIRS, is_client=True, ssrc=77):
        self.socket, self.to, self.door, self.ufrag, self.ssrc = socket, to, door, ufrag, ssrc
        self.association = Association(identity, is_client=is_client)
        self.srtp, self._hello = None, []
        self.answers, self.heard, self.reports, self.hands = [], [], [], []
        """What came: answers to checks, packets of sound, reports, datagrams of handshakes."""
        self.sequence = itertools.count(1)
        self._transaction = itertools.count(1)
        self._row = np.zeros((1, 1500), np.uint8)

    @property
    def source(self):
        return source_of(*self.socket.getsockname())

    def check(self, *more, nominates=True, username=None, password=None, via=None):
        """Ask whether the way to us is good."""
        username = f"{self.door[0]}:{self.ufrag}" if username is None else username
        attributes = [(stun.USERNAME, username.encode()), (stun.PRIORITY, b"n\0\1\xff"), *more]
        attributes += [(stun.USE_CANDIDATE, b"")] if nominates else []
        transaction = next(self._transaction).to_bytes(12, "big")
        self.send(stun.write(stun.REQUEST, transaction, attributes, password or self.door[1]), via)

    def begin(self, now=0.0):
        """Say hello, or say it again."""
        self._hello = self._hello or self.association.begin(now)
        for datagram in self._hello:
            self.send(datagram)

    def say(self, payload=SOUND, kind=0, via=None):
        self.send(self.packet(payload, kind), via)

    def packet(self, payload=SOUND, kind=0, timestamp=None, ssrc=None):
        """One that nobody else can make."""
        number = next(self.sequence)
        head = struct.pack(
            ">BBHII", 0x80, kind, number, timestamp or number * FRAME, self.ssrc if ssrc is None else ssrc
        )
        plain = head + payload
        self._row[0, : len(plain)] = np.frombuffer(plain, np.uint8)
        [length] = Rows(self._row).protect([self.srtp], [0], [len(plain)])
        return self._row[0, :length].tobytes()

    def leave(self):
        for datagram in self.association.close():
            self.send(datagram)

    def send(self, datagram, via=None):
        (via or self.socket).sendto(datagram, self.to)

    def take(self, now=0.0):
        """All that has arrived."""
        while True:
            try:
                datagram, origin = self.socket.recvfrom(1500)
            except BlockingIOError:
                return
            if datagram[0] < 4:
                self.answers.append((stun.read(datagram), origin))
            elif datagram[0] < 64:
                self.hands.append(datagram)
                for reply in self.association.feed(datagram, now):
                    self.send(reply)
                if self.association.is_done and self.srtp is None:
                    self.srtp = self.association.keys()
            elif self.srtp:
                is_report = 192 <= datagram[1] <= 223
                self._row[0, : len(datagram)] = np.frombuffer(datagram, np.uint8)
                [length] = Rows(self._row).unprotect([self.srtp], [0], [len(datagram)], [is_report])
                assert length, "nobody else encrypts with these keys"
                (self.reports if is_report else self.heard).append(self._row[0, :length].tobytes())


def plane_of(rows, ports=2):
    """A plane on a network in memory that browsers may call, at ELSEWHERE too."""
    network = Network()
    places = Places(network.socket("127.0.0.1", 4000), find=lambda: [ELSEWHERE], listen=network.socket)
    return Plane(network, "127.0.0.1", rows=rows, ports=ports, identity=OURS, places=places)


class Leg:
    """A secure row of a plane in memory, and what was told of it."""

    def __init__(self, plane, row, ufrag="ours", password="a password of ours"):
        self.plane, self.row, self.door = plane, row, (ufrag, password)
        self.fingerprint, self.places = plane.streams.open_secure(row, 5 + row, 9, 1000, ufrag, password)

    def admit(self, ufrag="them", identity=THEIRS, *, is_active=True, events=-1, fingerprints=None):
        fingerprints = fingerprints or (("sha-256", identity.fingerprint),)
        self.plane.streams.admit(self.row, ufrag, fingerprints, is_active=is_active, events=events)

    def move(self, ufrag="moved", password="another password of ours", *, anew=False):
        self.door = ufrag, password
        self.plane.streams.move(self.row, *self.door, anew=anew)


def connect(plane, leg, browser, ticks=12):
    """Check and shake hands."""
    leg.admit(browser.ufrag, is_active=browser.association.is_client)
    browser.check()
    pass_ticks(plane, browser, ticks=1)
    if browser.association.is_client:
        browser.begin()
    pass_ticks(plane, browser, ticks=ticks)


def pass_ticks(plane, *browsers, ticks=1, frames=None):
    for _ in range(ticks):
        plane.tick(frames)
        plane.network.now += 0.02
        for browser in browsers:
            browser.take(plane.network.now)


def tables(streams):
    """How many entries there are of secure legs, wherever they are kept."""
    secure, ports = streams.secure, streams.ports
    assert isinstance(ports, Ports)
    kept = [secure._legs, secure._by_ufrag, secure._turns, secure._shaking, secure._happened, ports._admitted]
    kept += [secure.encryption._keys, secure.encryption._streams, secure.sockets[len(streams.sockets) :]]
    return sum(map(len, kept)) + int(secure.is_secure.sum() + secure.encryption.has_keys.sum())


def last(kind, told):
    """The latest of a kind among what was told."""
    found = deque((one for one in told if isinstance(one, kind)), maxlen=1)
    return found[0] if found else None
