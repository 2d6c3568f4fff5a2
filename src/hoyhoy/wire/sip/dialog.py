"""Dialogs: what two ends agree on between INVITE and BYE (RFC 3261 12; forks: 13.2.2.4; glare: 14).

Four methods see all that passes: `request` and `respond` make what we send, `receive` and `heard` take
what comes. They keep the sequence numbers, the remote target and the route set, and say by SipError how a
request must be refused. Media and timers are not a dialog's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .address import Address
from .composition import compose, next_hop
from .error import SipError
from .message import SEQUENCE_LIMIT, Request, Response
from .uri import Uri
from .via import Via

TARGET_REFRESH = frozenset({"INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"})
_CREDENTIALS = ("Authorization", "Proxy-Authorization")
FORK_LIMIT = 32  # early dialogs of one INVITE

DialogId = tuple[str, str, str]
"""Call-ID, our tag, the other's tag."""


class Stage(StrEnum):
    EARLY = "early"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


def dialog_id(message: Request | Response) -> DialogId:
    """The dialog that a message from the other end belongs to: a request of theirs, or a response to ours."""
    ours, theirs = (message.to, message.from_) if isinstance(message, Request) else (message.from_, message.to)
    return message.call_id, ours.tag, theirs.tag


@dataclass(slots=True)
class Dialog:
    """`local` and `remote` carry their tags. `target` is where the other end wants to be reached."""

    call_id: str
    local: Address
    remote: Address
    target: Uri
    routes: tuple[Address, ...] = ()
    stage: Stage = Stage.EARLY
    is_caller: bool = False  # we sent the request that opened it
    number: int = 0  # CSeq of our latest request
    remote_number: int | None = None
    inviting: int | None = field(default=None)  # CSeq of our INVITE without final response
    invited: int | None = field(default=None)  # CSeq of their INVITE without final response
    opening: int | None = field(default=None)  # CSeq of the INVITE that opened it

    @classmethod
    def opened(cls, request: Request, tag: str, *, number: int = 0) -> Dialog:
        """Of a request that came (12.1.1). `tag` is ours; our own requests count on from `number`."""
        contacts = request.contacts
        if not contacts:
            raise SipError("missing Contact")
        if request.uri.secure and not contacts[0].uri.secure:
            raise SipError("a sips call needs a sips Contact")
        dialog = cls(
            request.call_id, request.to.tagged(tag), request.from_, contacts[0].uri.as_target(), request.record_routes,
            number=number, remote_number=request.cseq.number, opening=request.cseq.number,
        )  # fmt: skip
        if request.method == "INVITE":
            dialog.invited = request.cseq.number
        return dialog

    @classmethod
    def answered(cls, request: Request, response: Response) -> Dialog:
        """Of a response with a To tag to our request (12.1.2); without Contact the target is where we called."""
        contacts = response.contacts
        dialog = cls(
            request.call_id, request.from_, response.to, contacts[0].uri.as_target() if contacts else request.uri,
            response.record_routes[::-1], is_caller=True, number=request.cseq.number, opening=request.cseq.number,
        )  # fmt: skip
        if request.method == "INVITE":
            dialog.inviting = request.cseq.number
        dialog.heard(response)
        return dialog

    @property
    def id(self) -> DialogId:
        return self.call_id, self.local.tag, self.remote.tag

    @property
    def next_hop(self) -> Uri:
        """Where our requests go."""
        return next_hop(self.target, self.routes)

    # What we send

    def request(
        self, method: str, via: Via, *, contact: Address | None = None, body: bytes = b"", content_type: str = ""
    ) -> Request:
        """A request inside the dialog. Only one INVITE of ours may be open at a time (14.1)."""
        if method == "INVITE" and (self.inviting is not None or self.invited is not None):
            raise SipError("an INVITE is pending", 491)
        if self.number >= SEQUENCE_LIMIT:
            raise SipError("sequence numbers are used up", 500)
        self.number += 1
        if method == "INVITE":
            self.inviting = self.number
        return self._build(method, self.number, via, contact, body, content_type)

    def ack(self, invite: Request, via: Via, *, body: bytes = b"", content_type: str = "") -> Request:
        """The ACK for a 2xx (13.2.2.4): a request of its own, with the INVITE's number and credentials (22.1)."""
        made = self._build("ACK", invite.cseq.number, via, None, body, content_type)
        for name in _CREDENTIALS:
            made.headers.set(name, *invite.headers.all(name))
        return made

    def respond(
        self,
        request: Request,
        status: int,
        *,
        contact: Address | None = None,
        body: bytes = b"",
        content_type: str = "",
    ) -> Response:
        """A response inside the dialog, with our tag; 1xx and 2xx to what may move the target tell our Contact."""
        response = request.respond(status, to_tag=self.local.tag, body=body)
        if contact and 100 < status < 300 and request.method in TARGET_REFRESH:
            response.headers.set("Contact", contact)
        if body:
            response.headers.set("Content-Type", content_type)
        if request.method == "INVITE" and status >= 200:
            if request.cseq.number == self.invited:
                self.invited = None
            if status < 300 and self.stage is Stage.EARLY:
                self.stage = Stage.CONFIRMED
            elif status >= 300 and request.cseq.number == self.opening and not self.is_caller:
                self.stage = Stage.TERMINATED
        return response

    def _build(
        self, method: str, number: int, via: Via, contact: Address | None, body: bytes, content_type: str
    ) -> Request:
        return compose(
            method, self.target, via, self.local, self.remote, self.call_id, number,
            routes=self.routes, contact=contact, body=body, content_type=content_type,
        )  # fmt: skip

    # What comes

    def receive(self, request: Request) -> None:
        """Take a request of theirs that is new to the transaction layer. SipError says how to refuse it."""
        number, method = request.cseq.number, request.method
        if method in ("ACK", "CANCEL"):
            return
        if self.remote_number is not None and number <= self.remote_number:
            raise SipError("out of order", 500)  # 12.2.2
        self.remote_number = number
        if method == "INVITE":
            if self.inviting is not None:
                raise SipError("our INVITE is pending", 491)  # 14.2
            if self.invited is not None:
                raise SipError("an INVITE is pending", 500, headers=(("Retry-After", "5"),))  # 14.2: 0 to 10 s
            self.invited = number
        if method in TARGET_REFRESH:
            self._move(request)
        if method == "BYE":
            self.stage = Stage.TERMINATED

    def heard(self, response: Response) -> None:
        """Take a response of theirs to a request of ours in this dialog, or to the one that opened it."""
        number, method, status = response.cseq.number, response.cseq.method, response.status
        if status < 200:
            return
        if method == "INVITE" and number == self.inviting:
            self.inviting = None
        if status < 300:
            if method == "INVITE" and self.stage is Stage.EARLY:
                self.stage = Stage.CONFIRMED
                if self.is_caller and number == self.opening:
                    self.routes = response.record_routes[::-1]  # 13.2.2.4: the 2xx counts, not the 1xx before it
            if method in TARGET_REFRESH:
                self._move(response)
        elif status in (408, 481) or (self.stage is Stage.EARLY and self.is_caller and number == self.opening):
            self.stage = Stage.TERMINATED  # 12.2.1.2
        if method == "BYE":
            self.stage = Stage.TERMINATED

    def _move(self, message: Request | Response) -> None:
        """The other end may move with every target refresh; one that says nothing stays where it is."""
        contacts = message.contacts
        if contacts and contacts[0].uri.is_sip:
            self.target = contacts[0].uri.as_target()

    def glare_wait(self, fraction: float) -> float:
        """Seconds to wait after a 491 before trying again (14.1); `fraction` is chance from 0 to 1."""
        steps = round(fraction * (190 if self.is_caller else 200))
        return (2.1 if self.is_caller else 0.0) + steps * 0.01


@dataclass(slots=True)
class Forks:
    """All dialogs that one INVITE of ours opened. The first that is confirmed wins.

    A 2xx of any other must be confirmed by ACK and ended by BYE at once (13.2.2.4).
    """

    invite: Request
    dialogs: dict[str, Dialog] = field(default_factory=dict)  # by the other's tag
    winner: Dialog | None = None

    def heard(self, response: Response) -> Dialog | None:
        """The dialog of a response, made when it is new; None when the response opens none."""
        tag = response.to.tag
        if response.status >= 300:
            for dialog in self.dialogs.values():
                if dialog.stage is Stage.EARLY:
                    dialog.stage, dialog.inviting = Stage.TERMINATED, None
            return None
        if not tag and response.status < 200:
            return None
        if tag in self.dialogs:
            self.dialogs[tag].heard(response)
        elif response.status < 200 and len(self.dialogs) >= FORK_LIMIT:
            return None
        else:
            self.dialogs[tag] = Dialog.answered(self.invite, response)
        dialog = self.dialogs[tag]
        if dialog.stage is Stage.CONFIRMED and self.winner is None:
            self.winner = dialog
        return dialog
