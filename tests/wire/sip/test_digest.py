import pytest
from hypothesis import given

from hoyhoy.wire.sip import digest
from hoyhoy.wire.sip.digest import Challenge, Credentials, answer, ha1, proof
from hoyhoy.wire.sip.error import SipError

from .messages import plain


def test_vector_of_rfc_2617():  # 3.5
    known = ha1("MD5", "Mufasa", "testrealm@host.com", "Circle Of Life")
    assert known == "939e7578ed9e3c518a452acee763bce9"
    nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"
    shown = proof(
        "MD5", known, nonce=nonce, method="GET", uri="/dir/index.html", qop="auth", nc="00000001", cnonce="0a4f113b"
    )
    assert shown == "6629fae49393a05397450978507c4ef1"
    # The same without qop, as RFC 2069 2.4 does it (with the erratum's value).
    assert proof("MD5", known, nonce=nonce, method="GET", uri="/dir/index.html") == "670fd8c2df070c60b045671b8b24ff02"


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_vectors_of_rfc_7616(algorithm, expected):  # 3.9.1
    challenge = Challenge(
        "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", algorithm, ("auth", "auth-int"),
        "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    )  # fmt: skip
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    shown = answer(
        challenge,
        username="Mufasa",
        password="Circle of Life",
        method="GET",
        uri="/dir/index.html",
        cnonce=cnonce,
        count=1,
    )
    assert shown.response == expected
    assert (shown.qop, shown.nc, shown.opaque) == ("auth", "00000001", challenge.opaque)


def test_sessions_and_bodies():  # RFC 7616 3.4.2, 3.4.3; the sums done by hand with md5sum
    known = ha1("MD5", "a", "r", "p")
    words = {"nonce": "n", "method": "INVITE", "uri": "sip:b", "nc": "00000001", "cnonce": "c"}
    plain_proof = proof("MD5", known, qop="auth", **words)
    assert proof("MD5-sess", known, qop="auth", **words) != plain_proof
    assert proof("MD5-sess", known, qop="auth", **words) == proof(
        "MD5", digest._hash("MD5", f"{known}:n:c"), qop="auth", **words
    )
    assert proof("MD5", known, qop="auth-int", body=b"v=0", **words) != proof("MD5", known, qop="auth-int", **words)
    who = {"username": "a", "password": "p", "method": "INVITE", "uri": "sip:b", "cnonce": "c", "count": 1}
    whole = answer(Challenge("r", "n", "MD5", ("auth-int",)), body=b"v=0", **who)
    assert whole.response == proof("MD5", known, qop="auth-int", body=b"v=0", **words)
    old = answer(Challenge("r", "n", "MD5", ()), **who)
    assert (old.qop, old.nc, old.cnonce) == ("", "", "")


def test_challenges_are_read():  # RFC 8760 2.3: in the server's order, what is unknown left out
    lines = [
        'Digest realm="r", nonce="n1", algorithm=SHA-512-256, qop="auth"',
        'DIGEST realm="r, \\"x\\"" , nonce="n2",algorithm=sha-256,qop="auth-int, auth" , stale=TRUE,opaque="o=1,2"',
        'Basic realm="r"',
        'Digest realm="r",nonce="n3"',
        'Digest realm="r",nonce="n4",qop="other"',
        'Digest realm="r"',
    ]
    first, second = digest.challenges(lines)
    assert first == Challenge('r, "x"', "n2", "sha-256", ("auth-int", "auth"), "o=1,2", stale=True)
    assert second == Challenge("r", "n3", "MD5", ())
    assert digest.challenges([str(first)]) == [first]


@given(plain, plain, plain)
def test_credentials_are_read_as_written(username, realm, opaque):
    shown = Credentials(username, realm, "n", "sip:a@b;x,y", "00", "SHA-256", "auth", "00000001", "c", opaque)
    assert digest.credentials(["Other x", str(shown)]) == [shown]


@pytest.mark.parametrize(
    "value", ['Digest username="a"', "Digest", "Digest x", 'Digest uri="a', 'Digest uri="a",uri="b"']
)
def test_malformed_credentials(value):
    with pytest.raises(SipError):
        digest.credentials([value])


def test_unknown_algorithm():
    with pytest.raises(SipError):
        ha1("SHA-1", "a", "b", "c")
