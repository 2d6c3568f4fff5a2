from hoyhoy.wire.sip.matching import canceled_key, client_key, merged_key, server_key
from hoyhoy.wire.sip.transaction import ack, cancel

from .messages import INVITE, request


def as_method(method: str, **changes: str):
    read = request(INVITE.replace("INVITE", method), **changes)
    return read


def test_a_response_finds_its_request():  # RFC 3261 17.1.3
    asked = request()
    assert client_key(asked.respond(180)) == client_key(asked)
    assert client_key(as_method("CANCEL")) != client_key(asked)
    assert client_key(request(Via="SIP/2.0/UDP pc33.atlanta.example.com;branch=Z9HG4BK776ASDHDS")) == client_key(asked)


def test_a_request_that_comes_again():  # RFC 3261 17.2.3
    asked = request()
    assert server_key(request()) == server_key(asked)
    assert server_key(ack(asked, asked.respond(486))) == server_key(asked)
    assert canceled_key(cancel(asked)) == server_key(asked) != server_key(cancel(asked))
    other = "SIP/2.0/UDP elsewhere.example.com;branch=z9hG4bK776asdhds"
    assert server_key(request(Via=other)) != server_key(asked)  # a branch that somebody else made too
    arrived = request()
    arrived.arrived("192.0.2.1", 5062)
    assert server_key(arrived) == server_key(asked)


def test_without_a_branch():  # RFC 3261 17.2.3, for RFC 2543
    old = {"Via": "SIP/2.0/UDP old.example.com;branch=1"}
    asked = request(**old)
    assert (
        server_key(asked)
        == server_key(request(**old))
        == server_key(as_method("ACK", **old, To="<sip:bob@biloxi.example.com>;tag=1"))
    )
    assert canceled_key(as_method("CANCEL", **old)) == server_key(asked)
    for changed in ({"From": "<sip:a@b>;tag=2"}, {"Call_ID": "2"}, {"CSeq": "2 INVITE"}, {"Via": "SIP/2.0/UDP other"}):
        assert server_key(request(**{**old, **changed})) != server_key(asked)
    bare = request(Via="SIP/2.0/UDP old.example.com;branch=z9hG4bK")  # RFC 4475 3.2.1
    assert server_key(bare)[0] == "2543"


def test_the_same_request_by_two_ways():  # RFC 3261 8.2.2.2
    asked, merged = request(), request(Via="SIP/2.0/UDP other.example.com;branch=z9hG4bK2")
    assert merged_key(asked) == merged_key(merged) is not None
    assert merged_key(request(To="<sip:b@c>;tag=1")) is None
