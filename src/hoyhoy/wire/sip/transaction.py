"""SIP transactions (RFC 3261 17, with the Accepted states of RFC 6026 and CANCEL of 9.1): four machines, four tables.

A row of a table reads: in this state, on this input, become that state and do these acts. Nothing here
touches a socket or a clock: each method returns what must be done, in order. An input that the table
does not name is ignored, and so is a timer that the machine never started; after `Ended` nothing is said any more.

The machines hold what RFC 3261 calls the transaction layer's part only: whoever drives them sends, keeps
the timers, and looks machines up by the keys in `matching`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from .message import Request, Response

T1, T2, T4 = 0.5, 4.0, 5.0  # seconds (RFC 3261 17.1.1.1)
PATIENCE = 64 * T1
TRYING_AFTER = 0.2  # seconds; 17.2.1


class State(StrEnum):
    NEW = "new"
    CALLING = "calling"
    CANCELING = "canceling"  # calling, but wanted no more: CANCEL must wait for a provisional response (9.1)
    TRYING = "trying"
    PROCEEDING = "proceeding"
    CANCELED = "canceled"  # proceeding, with CANCEL on its way
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    TERMINATED = "terminated"


class Input(StrEnum):
    START = "start"  # our side opens the transaction
    REQUEST = "request"  # the request arrives, or arrives again
    ACK = "ack"
    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "3xx-6xx"
    CANCEL = "cancel"  # our side wants it no more
    BROKEN = "broken"  # the transport could not send
    # Timers (RFC 3261 17, table 4; L and M: RFC 6026). N and O are ours.
    A = "A"  # INVITE client: send again
    B = "B"  # INVITE client: no answer at all
    D = "D"  # INVITE client: repeated final responses are over
    E = "E"  # client: send again
    F = "F"  # client: no answer at all
    G = "G"  # INVITE server: send the final response again
    H = "H"  # INVITE server: no ACK came
    I = "I"  # noqa: E741  INVITE server: repeated ACKs are over
    J = "J"  # server: repeated requests are over
    K = "K"  # client: repeated responses are over
    L = "L"  # INVITE server: repeated INVITEs after 2xx are over
    M = "M"  # INVITE client: repeated 2xx are over
    N = "N"  # INVITE server: nothing was said yet, so say 100 Trying
    O = "O"  # noqa: E741  INVITE client: canceled, and yet no final response


TIMERS = frozenset(input_ for input_ in Input if len(input_) == 1)


class Failure(StrEnum):
    """Why a transaction failed; to whoever started it, it is as if this response had come (8.1.3.1)."""

    TIMEOUT = "timeout"  # 408
    TRANSPORT = "transport"  # 503
    NO_ACK = "no ack"  # a 2xx or refusal of ours that nobody confirmed


@dataclass(frozen=True, slots=True)
class Send:
    """Put this message on the wire."""

    message: Request | Response


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Feed `name` after `seconds`; a timer of that name that still runs is replaced."""

    name: Input
    seconds: float


@dataclass(frozen=True, slots=True)
class PassUp:
    """For the transaction user: a request or response it has to see."""

    message: Request | Response


@dataclass(frozen=True, slots=True)
class SendCancel:
    """Open a transaction for this CANCEL now: the moment when it may be sent has come."""

    request: Request


@dataclass(frozen=True, slots=True)
class Failed:
    why: Failure


@dataclass(frozen=True, slots=True)
class Ended:
    """Forget the transaction and its timers."""


Output = Send | SetTimer | PassUp | SendCancel | Failed | Ended
Act = Callable[["Transaction", Request | Response | None], list[Output]]
Table = dict[State, dict[Input, tuple[State, list[Act]]]]


# Acts: the words of the tables


def send(tx: Transaction, message: Request | Response | None) -> list[Output]:
    tx.last = message
    return resend(tx, message)


def resend(tx: Transaction, message: Request | Response | None) -> list[Output]:
    return [Send(tx.last)] if tx.last else []


def pass_up(tx: Transaction, message: Request | Response | None) -> list[Output]:
    return [PassUp(message)] if message else []


def send_ack(tx: Transaction, message: Request | Response | None) -> list[Output]:
    return [Send(ack(tx.request, message))] if isinstance(message, Response) else []


def send_cancel(tx: Transaction, message: Request | Response | None) -> list[Output]:
    return [SendCancel(cancel(tx.request))]


def send_trying(tx: Transaction, message: Request | Response | None) -> list[Output]:
    return send(tx, tx.request.respond(100))


def fail(why: Failure) -> Act:
    return lambda tx, message: [Failed(why)]


def timer(name: Input, seconds: float) -> Act:
    def act(tx: Transaction, message: Request | Response | None) -> list[Output]:
        tx.waits[name] = seconds
        return [SetTimer(name, seconds)]

    return act


def absorb(name: Input, seconds: float) -> Act:
    """A timer for repetitions, which a reliable transport does not bring: there it ends at once."""
    return lambda tx, message: timer(name, 0.0 if tx.reliable else seconds)(tx, message)


def repeat(name: Input, seconds: float) -> Act:
    """A timer to send again, which a reliable transport does by itself."""
    return lambda tx, message: [] if tx.reliable else timer(name, seconds)(tx, message)


def double(name: Input, most: float) -> Act:
    return lambda tx, message: timer(name, min(2 * tx.waits[name], most))(tx, message)


# The tables

S, In = State, Input

# What ends an INVITE that was sent, in every state before its final response.
_FINAL: dict[Input, tuple[State, list[Act]]] = {
    In.SUCCESS: (S.ACCEPTED, [pass_up, timer(In.M, PATIENCE)]),
    In.FAILURE: (S.COMPLETED, [pass_up, send_ack, absorb(In.D, PATIENCE)]),
}

INVITE_CLIENT: Table = {
    S.NEW: {In.START: (S.CALLING, [send, repeat(In.A, T1), timer(In.B, PATIENCE)])},
    S.CALLING: {
        In.A: (S.CALLING, [resend, double(In.A, PATIENCE)]),
        In.B: (S.TERMINATED, [fail(Failure.TIMEOUT)]),
        In.PROVISIONAL: (S.PROCEEDING, [pass_up]),
        In.CANCEL: (S.CANCELING, []),
        In.BROKEN: (S.TERMINATED, [fail(Failure.TRANSPORT)]),
        **_FINAL,
    },
    S.CANCELING: {
        In.A: (S.CANCELING, [resend, double(In.A, PATIENCE)]),
        In.B: (S.TERMINATED, [fail(Failure.TIMEOUT)]),
        In.PROVISIONAL: (S.CANCELED, [pass_up, send_cancel, timer(In.O, PATIENCE)]),
        In.BROKEN: (S.TERMINATED, [fail(Failure.TRANSPORT)]),
        **_FINAL,
    },
    S.PROCEEDING: {
        In.PROVISIONAL: (S.PROCEEDING, [pass_up]),
        In.CANCEL: (S.CANCELED, [send_cancel, timer(In.O, PATIENCE)]),
        **_FINAL,
    },
    S.CANCELED: {
        In.PROVISIONAL: (S.CANCELED, [pass_up]),
        In.O: (S.TERMINATED, [fail(Failure.TIMEOUT)]),  # 9.1: after 64*T1 it counts as canceled
        **_FINAL,
    },
    S.COMPLETED: {
        In.FAILURE: (S.COMPLETED, [send_ack]),
        In.D: (S.TERMINATED, []),
        In.BROKEN: (S.TERMINATED, [fail(Failure.TRANSPORT)]),
    },
    # RFC 6026 7.2: a 2xx that comes again, or from another branch of a fork, is the user's to confirm.
    S.ACCEPTED: {In.SUCCESS: (S.ACCEPTED, [pass_up]), In.M: (S.TERMINATED, [])},
}

_ANSWERED: dict[Input, tuple[State, list[Act]]] = {
    In.SUCCESS: (S.COMPLETED, [pass_up, absorb(In.K, T4)]),
    In.FAILURE: (S.COMPLETED, [pass_up, absorb(In.K, T4)]),
    In.F: (S.TERMINATED, [fail(Failure.TIMEOUT)]),
    In.BROKEN: (S.TERMINATED, [fail(Failure.TRANSPORT)]),
}

CLIENT: Table = {
    S.NEW: {In.START: (S.TRYING, [send, repeat(In.E, T1), timer(In.F, PATIENCE)])},
    S.TRYING: {
        In.E: (S.TRYING, [resend, double(In.E, T2)]),
        In.PROVISIONAL: (S.PROCEEDING, [pass_up]),
        **_ANSWERED,
    },
    S.PROCEEDING: {
        In.E: (S.PROCEEDING, [resend, timer(In.E, T2)]),
        In.PROVISIONAL: (S.PROCEEDING, [pass_up]),
        **_ANSWERED,
    },
    S.COMPLETED: {In.K: (S.TERMINATED, [])},
}

_RESPONSES: dict[Input, tuple[State, list[Act]]] = {
    In.PROVISIONAL: (S.PROCEEDING, [send]),
    # RFC 6026 7.1: 2xx is repeated by the user until ACK, but repeated INVITEs end here.
    In.SUCCESS: (S.ACCEPTED, [send, timer(In.L, PATIENCE)]),
    In.FAILURE: (S.COMPLETED, [send, repeat(In.G, T1), timer(In.H, PATIENCE)]),
    In.BROKEN: (S.TERMINATED, [fail(Failure.TRANSPORT)]),
}

INVITE_SERVER: Table = {
    S.NEW: {In.REQUEST: (S.TRYING, [pass_up, timer(In.N, TRYING_AFTER)])},
    S.TRYING: {In.N: (S.PROCEEDING, [send_trying]), **_RESPONSES},
    S.PROCEEDING: {In.REQUEST: (S.PROCEEDING, [resend]), **_RESPONSES},
    S.COMPLETED: {
        In.REQUEST: (S.COMPLETED, [resend]),
        In.G: (S.COMPLETED, [resend, double(In.G, T2)]),
        In.H: (S.TERMINATED, [fail(Failure.NO_ACK)]),
        In.ACK: (S.CONFIRMED, [absorb(In.I, T4)]),
        In.BROKEN: (S.TERMINATED, [fail(Failure.TRANSPORT)]),
    },
    S.CONFIRMED: {In.I: (S.TERMINATED, [])},
    S.ACCEPTED: {
        In.SUCCESS: (S.ACCEPTED, [send]),
        In.ACK: (S.ACCEPTED, [pass_up]),  # only from RFC 2543 clients: others give it a branch of its own
        In.L: (S.TERMINATED, []),
        In.BROKEN: (S.ACCEPTED, [fail(Failure.TRANSPORT)]),
    },
}

_REPLIES: dict[Input, tuple[State, list[Act]]] = {
    In.PROVISIONAL: (S.PROCEEDING, [send]),
    In.SUCCESS: (S.COMPLETED, [send, absorb(In.J, PATIENCE)]),
    In.FAILURE: (S.COMPLETED, [send, absorb(In.J, PATIENCE)]),
    In.BROKEN: (S.TERMINATED, [fail(Failure.TRANSPORT)]),
}

SERVER: Table = {
    S.NEW: {In.REQUEST: (S.TRYING, [pass_up])},
    S.TRYING: _REPLIES,
    S.PROCEEDING: {In.REQUEST: (S.PROCEEDING, [resend]), **_REPLIES},
    S.COMPLETED: {
        In.REQUEST: (S.COMPLETED, [resend]),
        In.J: (S.TERMINATED, []),
        In.BROKEN: (S.TERMINATED, [fail(Failure.TRANSPORT)]),
    },
}


@dataclass(slots=True)
class Transaction:
    """One machine. `reliable` says that the transport repeats by itself (TCP, TLS)."""

    table: Table
    request: Request
    reliable: bool = False
    state: State = State.NEW
    last: Request | Response | None = None
    waits: dict[Input, float] = field(default_factory=dict)

    @classmethod
    def client(cls, request: Request, *, reliable: bool = False) -> Transaction:
        """For a request of ours; `start` sends it. ACK has no transaction (17.1.1.3)."""
        return cls(INVITE_CLIENT if request.method == "INVITE" else CLIENT, request, reliable)

    @classmethod
    def server(cls, request: Request, *, reliable: bool = False) -> Transaction:
        """For a request that came and matches no transaction; `start` passes it up."""
        return cls(INVITE_SERVER if request.method == "INVITE" else SERVER, request, reliable)

    @property
    def ended(self) -> bool:
        return self.state is State.TERMINATED

    def start(self) -> list[Output]:
        """Send our request, or pass theirs up."""
        return self.feed(In.START if self.table in (INVITE_CLIENT, CLIENT) else In.REQUEST, self.request)

    def receive(self, message: Request | Response) -> list[Output]:
        """A message arrived that matches: a response for a client, the request again or its ACK for a server."""
        if isinstance(message, Response):
            return self.feed(_kind(message), message) if self.table in (INVITE_CLIENT, CLIENT) else []
        return self.feed(In.ACK if message.method == "ACK" else In.REQUEST, message)

    def respond(self, response: Response) -> list[Output]:
        """The user answers the request of a server transaction."""
        return self.feed(_kind(response), response) if self.table in (INVITE_SERVER, SERVER) else []

    def cancel(self) -> list[Output]:
        """The user wants its INVITE no more: CANCEL goes out as soon as it may, at most once."""
        return self.feed(In.CANCEL)

    def fire(self, name: Input) -> list[Output]:
        """A timer that `SetTimer` asked for is over."""
        return self.feed(name)

    def broke(self) -> list[Output]:
        """What was sent last could not be sent."""
        return self.feed(In.BROKEN)

    def feed(self, input_: Input, message: Request | Response | None = None) -> list[Output]:
        row = self.table.get(self.state, {}).get(input_)
        if row is None or (input_ in TIMERS and input_ not in self.waits):
            return []
        self.state, acts = row
        outputs = [output for act in acts for output in act(self, message)]
        if self.ended:
            outputs.append(Ended())
        return outputs


def _kind(response: Response) -> Input:
    return In.PROVISIONAL if response.status < 200 else In.SUCCESS if response.status < 300 else In.FAILURE


def ack(invite: Request, response: Response) -> Request:
    """The ACK for a refusal, hop by hop in the INVITE's own transaction (17.1.1.3)."""
    made = _of(invite, "ACK")
    made.headers.set("To", *response.headers.all("To"))
    return made


def cancel(invite: Request) -> Request:
    """The CANCEL for a request of ours (9.1): the same hop, branch and route."""
    return _of(invite, "CANCEL")


def _of(invite: Request, method: str) -> Request:
    made = Request(method, invite.uri, charset=invite.charset)
    made.headers = invite.headers.copy("Max-Forwards", "From", "To", "Call-ID", "Route")
    made.headers.set("Via", invite.headers.values("Via")[0])
    made.headers.add("CSeq", f"{invite.cseq.number} {method}")
    return made
