"""A browser's session description, and ours (webrtc-leg 6, official clients B7; RFC 8829, RFC 8839, RFC 8842).

Of a browser's description only what a leg needs is read; each value is checked, and nothing of its text goes into
ours but the mid. Ours offers PCMU alone, because a list would be put into another order by the SDK.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hoyhoy.wire.sip import sdp
from hoyhoy.wire.sip.error import SipError

LONGEST = sdp.SIZE_LIMIT
"""Characters of a description that is read at all."""

HASHES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
"""Hashes that vouch for a certificate, with their octets. Every browser writes the first; SHA-1 is trusted no more."""

NAME = "hoyhoy"
"""Our media stream and CNAME; sender reports carry the same."""

_PROTOCOL = "UDP/TLS/RTP/SAVPF"
_PROTOCOLS = (_PROTOCOL, "RTP/SAVPF")  # RFC 8829 5.1.2: the second means the same
_SETUPS = ("actpass", "active", "passive")
_MID = re.compile(r"[0-9A-Za-z!#$%&'*+.^_`{|}~-]{1,64}")  # RFC 4566 9: token
_UFRAG = re.compile(r"[0-9A-Za-z+/]{4,256}")  # RFC 8839 5.4
_PASSWORD = re.compile(r"[0-9A-Za-z+/]{22,256}")
_EVENTS = re.compile(r"(\d{1,3}) telephone-event/8000(?:/1)?", re.ASCII | re.IGNORECASE)


class Unfit(ValueError):
    """No leg can be made of this description; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a browser says of its side of a leg.

    `ufrag` and `password` are its ICE credentials. `fingerprints` are the hash (`sha-256`) and the digest in
    upper-case hexadecimal with colons; every one must be that of its certificate. `setup` is `actpass`, `active` or
    `passive`. `events` is the payload type of its telephone-event/8000, None when it has none.
    """

    mid: str
    ufrag: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    setup: str
    events: int | None


def read(text: str) -> Description:
    """Read a browser's offer or answer; of several media the first audio that is not refused. Unfit says why not."""
    if len(text) > LONGEST:
        raise Unfit(f"The description has {len(text)} characters; {LONGEST} is the most.")
    try:
        whole = sdp.parse(text.encode("utf-8", "replace"))
    except SipError as error:
        raise Unfit(f"The description cannot be read: {error.reason}.") from error
    audio = next((media for media in whole.media if media.kind == "audio" and media.port), None)
    if audio is None:
        raise Unfit("The description has no audio.")
    if audio.protocol not in _PROTOCOLS:
        raise Unfit("The description's audio is not encrypted by DTLS: UDP/TLS/RTP/SAVPF is expected.")
    if "0" not in audio.formats:
        raise Unfit("The description's audio has no PCMU.")
    if audio.get("rtcp-mux") is None:
        raise Unfit("The description has no rtcp-mux; reports and sound share a port.")
    return Description(
        mid=_checked(_MID, audio.get("mid") or "", "mid"),
        ufrag=_checked(_UFRAG, _either(whole, audio, "ice-ufrag"), "ice-ufrag"),
        password=_checked(_PASSWORD, _either(whole, audio, "ice-pwd"), "ice-pwd"),
        fingerprints=_fingerprints(whole, audio),
        setup=_setup(_either(whole, audio, "setup").lower()),
        events=_events(audio),
    )


def write(
    *,
    ufrag: str,
    password: str,
    fingerprint: str,
    places: Sequence[tuple[str, int]],
    ssrc: int,
    session: int,
    version: int,
    mid: str = "0",
    setup: str,
    events: int | None,
) -> str:
    """Our offer or answer, as an ICE-lite agent.

    `fingerprint` is the SHA-256 of our certificate, in hexadecimal with colons. `places` are the addresses and ports
    that browsers can reach us at, at least one, the best first. `session` names the session, `version` grows with
    each description of it. `mid` is "0" in an offer and the offer's own in an answer; `setup` is `actpass` in an offer
    and `active` or `passive` in an answer. `events` is the payload type of telephone-event, None to go without: its
    keys then come by signalling (official clients B8).
    """
    attributes: list[tuple[str, str | None]] = [
        ("mid", mid),
        ("sendrecv", None),
        ("rtcp-mux", None),
        ("ice-ufrag", ufrag),
        ("ice-pwd", password),
        ("fingerprint", f"sha-256 {fingerprint}"),
        ("setup", setup),
        ("rtpmap", "0 PCMU/8000"),
    ]
    if events is not None:
        attributes += [("rtpmap", f"{events} telephone-event/8000"), ("fmtp", f"{events} 0-15")]
    attributes += [("ptime", "20"), ("msid", f"{NAME} audio"), ("ssrc", f"{ssrc} cname:{NAME}")]
    attributes += [("candidate", _candidate(at, *place)) for at, place in enumerate(places)]
    attributes.append(("end-of-candidates", None))
    host, port = places[0]
    formats = ("0",) if events is None else ("0", str(events))
    audio = sdp.Media("audio", port, _PROTOCOL, formats, host, tuple(attributes))
    ours = (("group", f"BUNDLE {mid}"), ("ice-lite", None))
    return str(sdp.Description(sdp.Origin(session, version, host), (audio,), attributes=ours))


def _candidate(at: int, host: str, port: int) -> str:
    """A host candidate. Each place has its own foundation and a preference of its own (RFC 8445 5.1.2.1)."""
    return f"{at + 1} 1 udp {(126 << 24) + ((65535 - at) << 8) + 255} {host} {port} typ host"


def _either(whole: sdp.Description, audio: sdp.Media, name: str) -> str:
    """An attribute of the audio, else of the session: Firefox writes some there (RFC 8839 5.4, RFC 8842 5)."""
    own = audio.get(name)
    return (whole.get(name) or "") if own is None else own


def _checked(pattern: re.Pattern[str], value: str, name: str) -> str:
    if not pattern.fullmatch(value):
        raise Unfit(f"The description has no good {name}.")
    return value


def _setup(value: str) -> str:
    if value not in _SETUPS:
        raise Unfit("The description has no setup that leads to a handshake: actpass, active or passive is expected.")
    return value


def _fingerprints(whole: sdp.Description, audio: sdp.Media) -> tuple[tuple[str, str], ...]:
    """Those of a hash we trust. The audio's own count alone when it has any (RFC 8122 5)."""
    written = audio.all("fingerprint") or [value or "" for name, value in whole.attributes if name == "fingerprint"]
    found = []
    for text in written:
        name, _, digest = text.lower().partition(" ")
        octets = HASHES.get(name)
        if octets is None:
            continue
        if not re.fullmatch(rf"[0-9a-f]{{2}}(?::[0-9a-f]{{2}}){{{octets - 1}}}", digest):
            raise Unfit("The description's fingerprint is malformed.")
        found.append((name, digest.upper()))
    if not found:
        raise Unfit("The description has no fingerprint by SHA-256 or better.")
    return tuple(found)


def _events(audio: sdp.Media) -> int | None:
    for text in audio.all("rtpmap"):
        match = _EVENTS.fullmatch(text)
        if match and match[1] in audio.formats:
            number = int(match[1])
            if 0 < number < 64 or 96 <= number < 128:  # RFC 5761 4: the others look like reports
                return number
    return None
