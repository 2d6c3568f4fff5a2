from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.timers import Timers
from hoyhoy.wire.sip.transaction import (
    CLIENT,
    INVITE_CLIENT,
    INVITE_SERVER,
    SERVER,
    TIMERS,
    Ended,
    Failed,
    Failure,
    Input,
    PassUp,
    Send,
    SendCancel,
    SetTimer,
    State,
    Transaction,
    ack,
    cancel,
)

from .messages import INVITE, request

In, S = Input, State
TABLES = {"INVITE client": INVITE_CLIENT, "client": CLIENT, "INVITE server": INVITE_SERVER, "server": SERVER}


def asked(method: str = "INVITE") -> Request:
    return request(INVITE.replace("INVITE", method), Route="<sip:p1;lr>, <sip:p2;lr>")


def played(tx: Transaction, *script: tuple[float, object]) -> list[tuple[float, str]]:
    """Start `tx`, play (second, move) pairs, fire timers when they are due; return what came out and when.

    A move is the status to receive (client) or to answer (server), or the name of a method of Transaction.
    """
    timers: Timers[str, Input | int] = Timers()
    said: list[tuple[float, str]] = []

    def take(now, outputs):
        for output in outputs:
            match output:
                case SetTimer(name, seconds):
                    timers.set("tx", name, now + seconds)
                    continue
                case Send(Request(method=method)):
                    word = method
                case Send(Response(status=status)):
                    word = str(status)
                case PassUp(Request(method=method)):
                    word = f"up {method}"
                case PassUp(Response(status=status)):
                    word = f"up {status}"
                case SendCancel():
                    word = "cancel"
                case Failed(why):
                    word = f"failed: {why}"
                case Ended():
                    word = "ended"
                    for name in TIMERS:
                        timers.stop("tx", name)
            said.append((round(now, 3), word))

    def move(what):
        if isinstance(what, int):
            response = tx.request.respond(what, to_tag="1")
            return tx.receive(response) if tx.table in (INVITE_CLIENT, CLIENT) else tx.respond(response)
        if what == "again":
            return tx.receive(tx.request)
        if what == "ack":
            return tx.receive(ack(tx.request, tx.request.respond(200)))
        return getattr(tx, what)()

    take(0.0, tx.start())
    for at, (when, _) in enumerate(script):
        timers.set("script", at, when)
    while (now := timers.next) is not None:
        owner, name = timers.pop(now)
        take(now, move(script[name][1]) if owner == "script" else tx.fire(name))
    return said


def client(method="INVITE", **options):
    return Transaction.client(asked(method), **options)


def server(method="INVITE", **options):
    return Transaction.server(asked(method), **options)


def test_invite_client_without_answer():  # RFC 3261 17.1.1.2
    sent = [(t, "INVITE") for t in (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5)]
    assert played(client()) == [*sent, (32, "failed: timeout"), (32, "ended")]
    assert played(client(reliable=True)) == [(0, "INVITE"), (32, "failed: timeout"), (32, "ended")]


def test_invite_client_refused():
    assert played(client(), (0.1, 180), (3, 486), (4, 486), (40, 486)) == [
        (0, "INVITE"), (0.1, "up 180"), (3, "up 486"), (3, "ACK"), (4, "ACK"), (35, "ended"),
    ]  # fmt: skip
    assert played(client(reliable=True), (3, 486), (4, 486)) == [(0, "INVITE"), (3, "up 486"), (3, "ACK"), (3, "ended")]


def test_invite_client_accepted():  # RFC 6026 7.2: a 2xx that comes again is passed up again
    assert played(client(), (0.1, 100), (9, 200), (9.5, 200), (10, 486), (50, 200)) == [
        (0, "INVITE"), (0.1, "up 100"), (9, "up 200"), (9.5, "up 200"), (41, "ended"),
    ]  # fmt: skip


def test_provisional_responses_stop_the_repetition_and_wait_for_ever():
    assert played(client(), (0.2, 100), (300, 183), (3000, 200))[:4] == [
        (0, "INVITE"), (0.2, "up 100"), (300, "up 183"), (3000, "up 200"),
    ]  # fmt: skip


def test_cancel_waits_for_a_provisional_response():  # RFC 3261 9.1
    assert played(client(), (0.1, "cancel"), (0.2, "cancel"), (0.6, 100), (0.7, "cancel"), (1, 487)) == [
        (0, "INVITE"), (0.5, "INVITE"), (0.6, "up 100"), (0.6, "cancel"), (1, "up 487"), (1, "ACK"), (33, "ended"),
    ]  # fmt: skip


def test_cancel_races_with_the_answer():
    assert played(client(), (0.1, "cancel"), (0.2, 200)) == [(0, "INVITE"), (0.2, "up 200"), (32.2, "ended")]
    assert played(client(), (0.1, 180), (0.2, "cancel"), (0.3, 200))[2:4] == [(0.2, "cancel"), (0.3, "up 200")]
    assert played(client(), (0.1, 200), (0.2, "cancel")) == [(0, "INVITE"), (0.1, "up 200"), (32.1, "ended")]


def test_a_canceled_invite_that_nobody_ends():
    assert played(client(), (0.1, 180), (1, "cancel"), (20, 180))[2:] == [
        (1, "cancel"), (20, "up 180"), (33, "failed: timeout"), (33, "ended"),
    ]  # fmt: skip
    assert played(client(), (0.1, "cancel"))[-2:] == [(32, "failed: timeout"), (32, "ended")]


def test_client_backs_off_to_t2():  # RFC 3261 17.1.2.2
    sent = [(t, "REGISTER") for t in (0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5)]
    assert played(client("REGISTER")) == [*sent, (32, "failed: timeout"), (32, "ended")]
    assert played(client("BYE"), (0.1, 100), (5, 200), (6, 200)) == [
        (0, "BYE"), (0.1, "up 100"), (0.5, "BYE"), (4.5, "BYE"), (5, "up 200"), (10, "ended"),
    ]  # fmt: skip
    assert played(client("BYE", reliable=True), (0.1, 481)) == [(0, "BYE"), (0.1, "up 481"), (0.1, "ended")]


def test_invite_server_says_trying_by_itself():  # RFC 3261 17.2.1
    script = [(0.1, "again"), (0.3, "again"), (1, 180), (2, "again"), (3, 200), (4, "again"), (5, 200)]
    assert played(server(), *script) == [
        (0, "up INVITE"), (0.2, "100"), (0.3, "100"), (1, "180"), (2, "180"), (3, "200"), (5, "200"), (35, "ended"),
    ]  # fmt: skip
    assert played(server(), (0.1, 486), (0.15, "ack"))[:2] == [(0, "up INVITE"), (0.1, "486")]


def test_invite_server_repeats_a_refusal_until_ack():
    assert played(server(), (1, 486), (4, "ack"), (5, "ack"), (6, "again")) == [
        (0, "up INVITE"), (0.2, "100"), (1, "486"), (1.5, "486"), (2.5, "486"), (9, "ended"),
    ]  # fmt: skip
    unheard = played(server(), (0.1, 486))
    assert [t for t, word in unheard if word == "486"] == [0.1, 0.6, 1.6, 3.6, 7.6, 11.6, 15.6, 19.6, 23.6, 27.6, 31.6]
    assert unheard[-2:] == [(32.1, "failed: no ack"), (32.1, "ended")]
    assert played(server(reliable=True), (0.1, 486), (1, "ack")) == [(0, "up INVITE"), (0.1, "486"), (1, "ended")]


def test_an_ack_of_an_accepted_invite_is_passed_up():  # RFC 6026 7.1
    assert played(server(), (0.1, 200), (1, "ack"), (2, 486)) == [
        (0, "up INVITE"),
        (0.1, "200"),
        (1, "up ACK"),
        (32.1, "ended"),
    ]


def test_server_repeats_its_answer_when_asked_again():  # RFC 3261 17.2.2
    assert played(server("BYE"), (1, "again"), (2, 200), (3, "again"), (4, 500), (40, "again")) == [
        (0, "up BYE"), (2, "200"), (3, "200"), (34, "ended"),
    ]  # fmt: skip
    assert played(server("BYE", reliable=True), (2, 200)) == [(0, "up BYE"), (2, "200"), (2, "ended")]


@pytest.mark.parametrize("tx", [client(), client("BYE"), server(), server("BYE")])
def test_a_broken_transport(tx):
    script = [(0, "broke")] if tx.table in (INVITE_CLIENT, CLIENT) else [(0, 486), (0, "broke")]
    assert played(tx, *script)[-2:] == [(0, "failed: transport"), (0, "ended")]


def test_the_ack_for_a_refusal():  # RFC 3261 17.1.1.3
    invite = asked()
    made = ack(invite, invite.respond(486, to_tag="far"))
    assert (made.method, made.uri, made.via, str(made.cseq), made.to.tag) == (
        "ACK",
        invite.uri,
        invite.via,
        "314159 ACK",
        "far",
    )
    assert (made.from_, made.call_id, made.routes) == (invite.from_, invite.call_id, invite.routes)
    assert made.body == b"" and "Contact" not in made.headers


def test_the_cancel_of_a_request():  # RFC 3261 9.1
    invite = asked()
    invite.headers.add("Require", "100rel")
    made = cancel(invite)
    assert (made.method, made.uri, made.vias, str(made.cseq), made.to) == (
        "CANCEL",
        invite.uri,
        invite.vias,
        "314159 CANCEL",
        invite.to,
    )
    assert made.routes == invite.routes and "Require" not in made.headers


@pytest.mark.parametrize("name", TABLES)
def test_no_state_without_exit(name):
    """Every state reaches the end by timers alone, once the user has answered or canceled."""
    table = TABLES[name]
    named = {state for row in table.values() for state, _ in row.values()} - {S.TERMINATED}
    assert named | {S.NEW} == set(table)
    by_itself = TIMERS | {In.SUCCESS, In.FAILURE} if "server" in name else TIMERS | {In.CANCEL}
    for start in named:
        reached, todo = {start}, [start]
        while todo:
            for what, (state, _) in table.get(todo.pop(), {}).items():
                if what in by_itself and state not in reached:
                    reached.add(state)
                    todo.append(state)
        assert S.TERMINATED in reached, start


@given(
    st.sampled_from(list(TABLES.values())),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(list(Input)), st.sampled_from([100, 183, 200, 486]))),
)
def test_random_inputs(table, reliable, script):
    """Whatever comes in: no error, nothing after the end, and no timer counts that was not set."""
    invite = asked("INVITE" if table in (INVITE_CLIENT, INVITE_SERVER) else "BYE")
    tx = Transaction(table, invite, reliable)
    ended, set_once = False, set()
    tx.start()
    for what, status in script:
        state = tx.state
        outputs = tx.feed(what, invite if what in (In.START, In.REQUEST, In.ACK) else invite.respond(status))
        assert not (ended and outputs)
        assert not (what in TIMERS and what not in tx.waits and outputs)
        set_once |= {output.name for output in outputs if isinstance(output, SetTimer)}
        ended = ended or Ended() in outputs
        assert ended == tx.ended
        if tx.ended and state is not S.TERMINATED:
            assert outputs[-1] == Ended()
        for output in outputs:
            if isinstance(output, Send):
                bytes(output.message)


MOVES = st.sampled_from([100, 180, 200, 404, "cancel", "again", "ack", "broke"])


@given(
    st.lists(
        st.tuples(st.floats(0, 40), st.sampled_from([100, 180, 200, 404, "cancel", "again", "ack", "broke"])),
        max_size=8,
    ),
    st.booleans(),
)
def test_random_calls_end(script, reliable):
    """In time: no machine sends after it ended, and each ends once its user has said the last word."""
    for tx in (
        client(reliable=reliable),
        client("BYE", reliable=reliable),
        server(reliable=reliable),
        server("BYE", reliable=reliable),
    ):
        if tx.table in (INVITE_CLIENT, CLIENT):
            moves = [(when, move) for when, move in script if move not in ("again", "ack")]
            last = (41.0, "cancel")
        else:
            moves = [(when, move) for when, move in script if move != "cancel"]
            last = (41.0, 500)
        said = played(tx, *sorted(moves, key=lambda move: move[0]), last)
        assert tx.ended
        assert [word for _, word in said].count("ended") == 1 and said[-1][1] == "ended"
        assert said[-1][0] <= 41 + 64


def test_what_does_not_belong_is_ignored():
    assert server().respond(asked().respond(200)) == []  # not even started
    tx = client()
    tx.start()
    assert tx.respond(asked().respond(200)) == [] and tx.fire(In.G) == []
    assert Failure.TIMEOUT == "timeout"
