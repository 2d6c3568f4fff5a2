import pytest

from hoyhoy.wire.sip import digest
from hoyhoy.wire.sip.authentication import TRIES, Attempt, Gate, Login, Verdict
from hoyhoy.wire.sip.message import Request, Response

from .messages import INVITE, request

PASSWORD = "Correct-horse-1"
ASKED = INVITE.replace("INVITE", "REGISTER")


def gate(**options) -> Gate:
    return Gate("sip.example.com", b"secret", **options)


def challenged(guard: Gate, login: Login, asked: Request, now: float = 1000.0, **options) -> Request:
    """Challenge `asked` and let the client answer."""
    fresh = Attempt(login).retry(
        asked, guard.challenge(asked, now=now, salt="s", **options), branch="z9hG4bKnew", cnonce="c"
    )
    assert fresh
    return fresh


def judged(guard: Gate, asked: Request, password: str | None = PASSWORD, now: float = 1001.0, **options) -> Verdict:
    return guard.judge(guard.presented(asked, **options), asked, password, now=now)


@pytest.mark.parametrize("algorithms", [("SHA-256", "MD5"), ("MD5",), ("SHA-256",)])
@pytest.mark.parametrize("proxy", [False, True])
def test_both_sides(algorithms, proxy):
    guard, login = gate(algorithms=algorithms), Login("alice", PASSWORD)
    asked = request(ASKED)
    assert judged(guard, asked, proxy=proxy) is Verdict.ABSENT
    response = guard.challenge(asked, now=1000, salt="s", proxy=proxy)
    assert response.status == (407 if proxy else 401)
    fresh = challenged(guard, login, asked, proxy=proxy)
    assert judged(guard, fresh, proxy=proxy) is Verdict.GRANTED
    # RFC 3261 22.2: a new CSeq and branch, everything else stays
    assert (fresh.cseq.number, fresh.via.branch) == (asked.cseq.number + 1, "z9hG4bKnew")
    assert (fresh.call_id, fresh.from_, fresh.to, fresh.uri) == (asked.call_id, asked.from_, asked.to, asked.uri)
    assert guard.presented(fresh, proxy=proxy).algorithm == algorithms[0]
    assert guard.presented(fresh, proxy=not proxy) is None


def test_wrong_passwords_and_unknown_users():  # bad-inputs 9: one verdict for both
    guard = gate()
    fresh = challenged(guard, Login("alice", "wrong"), request(ASKED))
    assert judged(guard, fresh) is judged(guard, fresh, None) is Verdict.WRONG
    empty = challenged(guard, Login("alice", ""), request(ASKED))
    assert judged(guard, empty, None) is Verdict.WRONG  # the stand-in's password opens nothing
    assert len(guard.counts) == 0


def test_a_nonce_is_for_its_source():  # RFC 7616 5.4
    guard = gate()
    fresh = challenged(guard, Login("alice", PASSWORD), request(ASKED), source="192.0.2.7")
    shown = guard.presented(fresh)
    assert [guard.is_asked(shown, one) for one in ("192.0.2.7", "192.0.2.8", "")] == [True, False, False]
    verdicts = [guard.judge(shown, fresh, PASSWORD, now=1001, source=one) for one in ("192.0.2.8", "192.0.2.7")]
    assert verdicts == [Verdict.STALE, Verdict.GRANTED]
    assert guard.proves(shown, fresh, PASSWORD), "whether it was used before or not"
    assert not guard.proves(shown, fresh, "wrong") and not guard.proves(shown, fresh, None)


def test_a_proof_counts_once():
    guard, login = gate(), Login("alice", PASSWORD)
    fresh = challenged(guard, login, request(ASKED))
    assert [judged(guard, fresh) for _ in range(2)] == [Verdict.GRANTED, Verdict.STALE]
    following = request(ASKED)
    login.authorize(following, "c2")
    assert guard.presented(following).nc == "00000002"
    assert judged(guard, following) is Verdict.GRANTED


def test_nonces_grow_old():
    guard, login = gate(lifetime=60), Login("alice", PASSWORD)
    fresh = challenged(guard, login, request(ASKED), now=1000)
    assert judged(guard, fresh, now=1061) is Verdict.STALE
    assert judged(guard, fresh, now=998) is Verdict.STALE  # made in the future: the clock was set back
    assert judged(Gate("sip.example.com", b"restarted"), fresh) is Verdict.STALE
    assert judged(guard, fresh, now=1060) is Verdict.GRANTED
    stale = guard.challenge(fresh, now=1061, salt="s", stale=True)
    assert all(challenge.stale for challenge in digest.challenges(stale.headers.all("WWW-Authenticate")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("qop=auth", "qop=auth-int"),
        ("qop=auth, ", ""),
        ("nc=00000001", "nc=1"),
        ("nc=00000001", "nc=0000000x"),
        ("algorithm=SHA-256", "algorithm=MD5-sess"),
        ("algorithm=SHA-256", "algorithm=SHA-512"),
        ("algorithm=SHA-256", "algorithm=MD5"),
        ('cnonce="c"', 'cnonce=""'),
        ('response="', 'response="0'),
        ('response="', 'response="é'),
        ('username="alice"', 'username="bob"'),
        ("sip:bob@biloxi.example.com", "sip:eve@biloxi.example.com"),
    ],
)
def test_credentials_that_were_changed(old, new):
    guard = gate()
    fresh = challenged(guard, Login("alice", PASSWORD), request(ASKED))
    shown = fresh.headers.get("Authorization")
    assert old in shown
    fresh.headers.set("Authorization", shown.replace(old, new))
    assert judged(guard, fresh) is Verdict.WRONG


@pytest.mark.parametrize(
    ("named", "verdict"),
    [
        ("sip:BOB@biloxi.example.com", Verdict.WRONG),
        ("sip:eve@biloxi.example.com", Verdict.WRONG),  # bad-inputs 8: a proof made for another address
        ("tel:+1", Verdict.WRONG),
        ("nonsense", Verdict.WRONG),
        ("sip:bob@Biloxi.example.com;transport=udp", Verdict.GRANTED),  # RFC 3261 22.4: proxies may change it
        ("sips:bob@biloxi.example.com", Verdict.GRANTED),
    ],
)
def test_the_uri_of_the_credentials(named, verdict):
    guard, asked = gate(), request(ASKED)
    challenge = digest.challenges(guard.challenge(asked, now=1000, salt="s").headers.all("WWW-Authenticate"))[0]
    shown = digest.answer(
        challenge, username="alice", password=PASSWORD, method="REGISTER", uri=named, cnonce="c", count=1
    )
    asked.headers.set("Authorization", shown)
    assert judged(guard, asked) is verdict


def test_a_method_is_part_of_the_proof():
    guard = gate()
    fresh = challenged(guard, Login("alice", PASSWORD), request(ASKED))
    assert guard.judge(guard.presented(fresh), request(), PASSWORD, now=1001) is Verdict.WRONG


def test_another_realm_is_not_ours():
    fresh = challenged(Gate("elsewhere", b"x"), Login("alice", PASSWORD), request(ASKED))
    assert judged(gate(), fresh) is Verdict.ABSENT


def test_a_wrong_password_is_tried_once():
    guard, attempt = gate(), Attempt(Login("alice", "wrong"))
    asked = request(ASKED)
    fresh = attempt.retry(asked, guard.challenge(asked, now=1, salt="a"), branch="z9hG4bK1", cnonce="c")
    assert fresh
    assert attempt.retry(fresh, guard.challenge(fresh, now=2, salt="b"), branch="z9hG4bK2", cnonce="c") is None


def test_nonces_that_change_for_ever_end():  # bad-inputs 8 (CVE-2020-28242)
    guard, attempt = gate(), Attempt(Login("alice", PASSWORD))
    asked, sent = request(ASKED), 0
    while asked := attempt.retry(
        asked, guard.challenge(asked, now=sent, salt=f"{sent}", stale=True), branch=f"z9hG4bK{sent}", cnonce="c"
    ):
        sent += 1
    assert sent == TRIES


def test_a_proxy_and_the_far_end_both_ask():
    proxy, far, login = Gate("proxy", b"p"), gate(), Login("alice", PASSWORD)
    attempt, asked = Attempt(login), request(ASKED)
    once = attempt.retry(asked, proxy.challenge(asked, now=1000, salt="p", proxy=True), branch="z9hG4bK1", cnonce="c")
    twice = attempt.retry(once, far.challenge(once, now=1000, salt="f"), branch="z9hG4bK2", cnonce="c", number=77)
    assert judged(proxy, twice, proxy=True) is judged(far, twice) is Verdict.GRANTED
    assert twice.cseq.number == 77


def test_challenges_that_cannot_be_answered():
    for lines in (
        [],
        ['Basic realm="x"'],
        ['Digest realm="x"'],
        ['Digest realm="x'],
        ['Digest realm="x",nonce="y",algorithm=AKAv1-MD5'],
    ):
        response = Response(401, headers=request().respond(401).headers)
        response.headers.set("WWW-Authenticate", *lines)
        assert Attempt(Login("a", "b")).retry(request(), response, branch="z", cnonce="c") is None


def test_secrets_are_not_shown():
    assert "secret" not in repr(gate()) and PASSWORD not in repr(Login("alice", PASSWORD))
