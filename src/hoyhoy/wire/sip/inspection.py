"""What a server looks at before it does anything for a request (RFC 3261 8.2, in its order)."""

from __future__ import annotations

from dataclasses import dataclass

from .error import SipError
from .message import Request

# Methods that others defined; one of these is not allowed (405), anything else not implemented (501).
KNOWN_METHODS = frozenset(
    "INVITE ACK BYE CANCEL OPTIONS REGISTER PRACK UPDATE INFO REFER MESSAGE SUBSCRIBE NOTIFY PUBLISH".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an endpoint can do. `extensions` are option tags (`100rel`), `bodies` media types in lower case."""

    methods: tuple[str, ...]
    extensions: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ("application/sdp",)
    schemes: tuple[str, ...] = ("sip", "sips", "tel")

    def inspect(self, request: Request) -> None:
        """SipError says how to refuse a request that we cannot serve, with the header fields that say what we can."""
        allow = ("Allow", ", ".join(self.methods))
        if request.method not in self.methods:
            if request.method in KNOWN_METHODS:
                raise SipError("method not allowed", 405, headers=(allow,))
            raise SipError("method unknown", 501, headers=(allow,))
        if request.uri.scheme not in self.schemes:
            raise SipError("URI scheme not supported", 416)
        if request.method in ("ACK", "CANCEL"):
            return  # 8.2.2.3: what they require counts for nothing
        if unknown := sorted(request.headers.tokens("Require") - set(self.extensions)):
            raise SipError("bad extension", 420, headers=(("Unsupported", ", ".join(unknown)),))
        self._inspect_body(request)

    def _inspect_body(self, request: Request) -> None:
        if not request.body:
            return
        accept = ("Accept", ", ".join(self.bodies))
        encodings = request.headers.tokens("Content-Encoding") - {"identity"}
        if encodings:
            raise SipError("encoding not supported", 415, headers=(("Accept-Encoding", "identity"),))
        disposition, _, parameters = (request.headers.get("Content-Disposition") or "").partition(";")
        is_optional = "handling=optional" in parameters.replace(" ", "").lower()
        if request.content_type not in self.bodies and not is_optional:
            raise SipError("media type not supported", 415, headers=(accept,))
        if disposition.strip().lower() not in ("", "session", "render") and not is_optional:
            raise SipError("disposition not supported", 415, headers=(accept,))
