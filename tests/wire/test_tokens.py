"""wire/tokens.py against voice reference 14, official clients B9 and B11, and the official generators."""

from __future__ import annotations

import base64
import hmac
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import ChatGrant, VideoGrant, VoiceGrant
from twilio.jwt.client import ClientCapabilityToken

from hoyhoy.wire.sid import is_sid
from hoyhoy.wire.tokens import CEILING, LONGEST, SKEW, Grant, TokenRefused, read

ACCOUNT = "AC" + "a" * 32
CLOSED = "AC" + "c" * 32
KEY = "SK" + "b" * 32
KEY_OF_CLOSED = "SK" + "c" * 32
BLANK = "SK" + "d" * 32
APPLICATION = "AP" + "e" * 32
SECRET = "the secret of an API key, long enough for SHA-512, which wants 64"
AUTH_TOKEN = "0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000.0


class Ledger:
    """One account with a key, and one that is closed. Nobody asks for what is no sid."""

    def key(self, sid: str) -> tuple[str, str] | None:
        assert is_sid(sid, "SK")
        return {KEY: (ACCOUNT, SECRET), KEY_OF_CLOSED: (CLOSED, SECRET), BLANK: (ACCOUNT, "")}.get(sid)

    def account(self, sid: str) -> str | None:
        assert is_sid(sid, "AC")
        return AUTH_TOKEN if sid == ACCOUNT else None


def encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(header: object, claims: object, secret: str = SECRET, digest: str = "sha256") -> str:
    text = ".".join(
        encoded(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in (header, claims)
    )
    return f"{text}.{encoded(hmac.digest(secret.encode(), text.encode(), digest))}"


ACCESS = {"typ": "JWT", "alg": "HS256", "cty": "twilio-fpa;v=1"}
CAPABILITY = {"typ": "JWT", "alg": "HS256"}
VOICE = {"incoming": {"allow": True}, "outgoing": {"application_sid": APPLICATION}}
CLAIMS = {"iss": KEY, "sub": ACCOUNT, "exp": NOW + 3600, "grants": {"identity": "alice", "voice": VOICE}}
SCOPED = {"iss": ACCOUNT, "exp": NOW + 3600, "scope": "scope:client:incoming?clientName=ann"}


def access(**claims: object) -> str:
    return token(ACCESS, CLAIMS | claims)


def voice(**grant: object) -> Grant:
    return read(access(grants={"identity": "alice", "voice": grant}), Ledger(), NOW)


def scoped(scope: object) -> Grant:
    return read(token(CAPABILITY, SCOPED | {"scope": scope}, AUTH_TOKEN), Ledger(), NOW)


def refused(text: str) -> tuple[int, int]:
    with pytest.raises(TokenRefused) as raised:
        read(text, Ledger(), NOW)
    assert str(raised.value).endswith(".")
    return raised.value.code, raised.value.signalling


# What the official generators make


def test_an_access_token():  # voice 14.1
    now = time.time()
    made = AccessToken(ACCOUNT, KEY, SECRET, identity="alice", ttl=600, region="ie1")
    grant = VoiceGrant(
        incoming_allow=True,
        outgoing_application_sid=APPLICATION,
        outgoing_application_params={"shop": "café & co", "n": 1, "vip": True},
        push_credential_sid="CR" + "0" * 32,
        endpoint_id="phone",
    )
    for one in (grant, ChatGrant("IS" + "0" * 32), VideoGrant("room")):
        made.add_grant(one)
    found = read(made.to_jwt(), Ledger(), now)
    assert now + 598 < found.expires < now + 602
    assert found == Grant(
        ACCOUNT, "alice", True, APPLICATION,
        (("shop", "café & co"), ("n", "1"), ("vip", "true")), found.expires, KEY,
    )  # fmt: skip


def test_an_access_token_that_permits_little():
    made = AccessToken(ACCOUNT, KEY, SECRET)
    made.add_grant(VoiceGrant(outgoing_application_sid=APPLICATION))
    found = read(made.to_jwt(), Ledger(), time.time())
    assert (found.identity, found.incoming, found.application, found.parameters) == ("", False, APPLICATION, ())
    assert voice() == Grant(ACCOUNT, "alice", False, "", (), NOW + 3600, KEY)


def test_a_capability_token():  # voice 14.2
    made = ClientCapabilityToken(ACCOUNT, AUTH_TOKEN, ttl=600)
    made.allow_client_incoming("ann")
    made.allow_client_outgoing(APPLICATION, shop="café & co", note="a+b")
    made.allow_event_stream(product="x")
    found = read(made.to_jwt(), Ledger(), time.time())
    assert sorted(found.parameters) == [("note", "a+b"), ("shop", "café & co")]
    assert (found.account, found.identity, found.incoming, found.application, found.key) == (
        ACCOUNT, "ann", True, APPLICATION, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "identity", "incoming", "application", "parameters"),
    [
        ("scope:client:incoming?clientName=a%40b", "a@b", True, "", ()),
        (f"scope:client:outgoing?appSid={APPLICATION}", "", False, APPLICATION, ()),  # anonymous
        # in the order and with the blanks of the other generator
        (
            f"scope:client:outgoing?appSid={APPLICATION}&clientName=bob&appParams=k%3Dv%2520w%26e%3D",
            "bob", False, APPLICATION, (("k", "v w"), ("e", "")),
        ),
        ("scope:stream:subscribe?path=%2F  scope:client:incoming?clientName=a", "a", True, "", ()),
        ("scope:client:incoming?clientName=a scope:client:incoming?clientName=b", "a", True, "", ()),
        ("scope:client:incoming scope:client:outgoing?clientName=b", "b", True, "", ()),
    ],
)  # fmt: skip
def test_scopes(scope, identity, incoming, application, parameters):
    assert scoped(scope) == Grant(ACCOUNT, identity, incoming, application, parameters, NOW + 3600, "")


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_digests(alg):
    text = token(ACCESS | {"alg": alg}, CLAIMS, digest=f"sha{alg[2:]}")
    assert read(text, Ledger(), NOW).identity == "alice"
    assert refused(token(ACCESS | {"alg": alg}, CLAIMS, digest="sha1")) == (20107, 31202)


# What is refused, in the order of voice 14.1


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "..", "a.b", "a.b.c", "é.b.c", f"{access()}.x", f" {access()}", f"{access()}\n",
        access().replace(".", "=.", 1), access() + "A" * LONGEST,
        token([], CLAIMS), token(ACCESS, "x"), token(ACCESS, None),
        token(b"\xff{}", CLAIMS), token(ACCESS, b'{"exp": NaN}'), token(ACCESS, b'{"exp": ' + b"9" * 5000 + b"}"),
        token(ACCESS, b"[" * 6000), token(ACCESS, b'{"iss": ' + b"[" * 6000), token(ACCESS, b'{"iss": "\\ud800"}'),
    ],
)  # fmt: skip
def test_what_is_no_token(text):
    assert refused(text) == (20101, 31204)


@pytest.mark.parametrize(
    "header",
    [
        *({**ACCESS, "alg": alg} for alg in ("none", "None", "", "hs256", "RS256", "HS1", None, 1, ["HS256"], {})),
        {"cty": ACCESS["cty"]}, {**ACCESS, "crit": ["exp"]},
        *({**ACCESS, "cty": kind} for kind in ("twilio-fpa;v=2", "", "JWT", 1, ["twilio-fpa;v=1"])),
    ],
)  # fmt: skip
def test_headers_that_are_not_taken(header):  # RFC 8725 2.1: what the token says of its digest is an attack
    assert refused(token(header, CLAIMS)) == (20102, 31204)


def test_a_token_without_a_signature():
    for kind, claims in ((ACCESS, CLAIMS), (CAPABILITY, SCOPED)):
        bare = token(kind, claims).rpartition(".")[0]
        assert refused(f"{bare}.") == (20101, 31204)
        assert refused(f"{bare}.A") == (20107, 31202)  # a length that base64 cannot have
        assert refused(token(kind | {"alg": "none"}, claims)) == (20102, 31204)


@pytest.mark.parametrize("sid", [None, "", 1, [], {}, KEY[:-1], ACCOUNT, "SK" + "f" * 32, BLANK])
def test_issuers_that_are_no_key(sid):
    assert refused(access(iss=sid)) == (20103, 31203)


def test_the_subject_is_the_keys_account_and_active():
    for sid in (None, "", 1, [ACCOUNT], CLOSED, KEY):
        assert refused(access(sub=sid)) == (20103, 31203)
    assert refused(access(iss=KEY_OF_CLOSED, sub=CLOSED)) == (20103, 31203)


@pytest.mark.parametrize("sid", [None, "", 1, [], KEY, CLOSED, "AC" + "f" * 32])
def test_issuers_that_are_no_account(sid):
    assert refused(token(CAPABILITY, SCOPED | {"iss": sid}, AUTH_TOKEN)) == (20103, 31203)


def test_signatures():
    head, claims, signature = access().split(".")
    forged = encoded(json.dumps(CLAIMS | {"grants": {"identity": "mallory", "voice": VOICE}}).encode())
    assert refused(f"{head}.{forged}.{signature}") == (20107, 31202)
    assert refused(f"{head}.{claims}.{signature[:-4]}") == (20107, 31202)
    assert refused(token(ACCESS, CLAIMS, "guess")) == (20107, 31202)
    # One kind of secret does not sign the other kind of token.
    assert refused(token(ACCESS, CLAIMS, AUTH_TOKEN)) == (20107, 31202)
    assert refused(token(CAPABILITY, SCOPED, SECRET)) == (20107, 31202)


@pytest.mark.parametrize(
    ("times", "codes"),
    [
        ({"exp": None}, (20104, 31205)),
        ({"exp": "soon"}, (20104, 31205)),
        ({"exp": True}, (20104, 31205)),
        ({"exp": [NOW + 60]}, (20104, 31205)),
        ({"exp": NOW}, (20104, 31205)),
        ({"exp": -(10**400)}, (20104, 31205)),
        ({"exp": NOW + CEILING + SKEW + 1}, (20157, 31207)),
        ({"exp": 10**400}, (20157, 31207)),
        ({"exp": 1e308 * 10}, (20101, 31204)),  # Python writes Infinity, which is no JSON
        ({"nbf": NOW + SKEW + 1}, (20105, 31204)),
        ({"nbf": "now"}, (20105, 31204)),
        ({"nbf": False}, (20105, 31204)),
        ({"nbf": NOW + 9999, "exp": NOW - 1}, (20104, 31205)),
    ],
)
def test_times_that_are_refused(times, codes):
    assert refused(access(**times)) == codes


def test_a_number_too_large_for_a_float():
    assert refused(token(ACCESS, json.dumps(CLAIMS).replace(str(NOW + 3600), "1e999").encode())) == (20157, 31207)


@pytest.mark.parametrize(
    "times",
    [{"exp": NOW + 0.5}, {"exp": int(NOW) + 86400}, {"exp": NOW + CEILING + SKEW}, {"nbf": NOW + SKEW}, {"nbf": 0}],
)
def test_times_that_are_good(times):
    assert read(access(iat=NOW + 9999, jti=["any"], **times), Ledger(), NOW).expires == times.get("exp", NOW + 3600)


@pytest.mark.parametrize("grants", [None, {}, [], "voice", {"identity": "a"}, {"voice": True}, {"chat": {}}])
def test_grants_that_are_none(grants):
    assert refused(access(grants=grants)) == (20106, 31201)


@pytest.mark.parametrize(
    ("grant", "codes"),
    [
        ({"incoming": True}, (20106, 31201)),
        ({"outgoing": APPLICATION}, (20106, 31201)),
        ({"outgoing": {"application_sid": 1}}, (20106, 31001)),
        ({"outgoing": {"application_sid": "A P"}}, (20106, 31001)),
        ({"outgoing": {"application_sid": "A" * 65}}, (20106, 31001)),
        ({"outgoing": {"params": "a=b"}}, (20106, 31201)),
        ({"outgoing": {"params": {"a\0": "b"}}}, (20106, 31201)),
    ],
)
def test_a_voice_grant_of_the_wrong_kind(grant, codes):
    assert refused(access(grants={"voice": grant})) == codes


def test_what_a_grant_may_leave_open():
    assert not voice(incoming={"allow": 1}).incoming and not voice(incoming=None).incoming
    assert voice(outgoing={"application_sid": "APxxxxxxxx"}).application == "APxxxxxxxx"
    assert voice(outgoing={"params": {"a": None, "b": [1, "ü"], "c": ""}}).parameters == (
        ("a", "null"), ("b", '[1, "\\u00fc"]'), ("c", ""),
    )  # fmt: skip


@pytest.mark.parametrize("identity", [1, None, ["a"], "a b", "a" * 257, "<a>"])
def test_names_that_are_no_identity(identity):
    assert refused(access(grants={"identity": identity, "voice": {}})) == (20106, 31105)


def test_who_can_be_called_has_a_name():  # voice 14.1: required for incoming
    assert refused(access(grants={"voice": VOICE})) == (20106, 31105)
    assert refused(token(CAPABILITY, SCOPED | {"scope": "scope:client:incoming"}, AUTH_TOKEN)) == (20106, 31105)


@pytest.mark.parametrize("scope", [None, "", 1, ["scope:client:incoming"], "scope:stream:subscribe?path=x", "client"])
def test_scopes_that_are_none(scope):
    assert refused(token(CAPABILITY, SCOPED | {"scope": scope}, AUTH_TOKEN)) == (20106, 31201)


# Whatever comes, something comes of it


def answers(text: str) -> None:
    try:
        assert isinstance(read(text, Ledger(), NOW), Grant)
    except TokenRefused as error:
        assert 20101 <= error.code <= 20157 and 31001 <= error.signalling <= 31207


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
ANY = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


@settings(max_examples=100)
@given(st.text(max_size=40), st.binary(max_size=40), st.binary(max_size=40))
def test_any_text_gives_a_grant_or_is_refused(text, header, claims):
    for one in (text, f"{text}.{text}.{text}", token(header, claims), access()[: len(text)] + text):
        answers(one)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(["iss", "sub", "exp", "nbf", "grants", "scope"]), ANY), ANY, ANY)
def test_any_signed_claims_give_a_grant_or_are_refused(claims, grant, identity):
    answers(token(ACCESS, CLAIMS | claims))
    answers(token(CAPABILITY, SCOPED | claims, AUTH_TOKEN))
    answers(access(grants={"identity": identity, "voice": grant}))
    answers(access(grants={"voice": {"incoming": grant, "outgoing": {"application_sid": identity, "params": grant}}}))
