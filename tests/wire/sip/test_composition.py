from hoyhoy.wire.sip import address, uri, via
from hoyhoy.wire.sip.composition import compose, next_hop
from hoyhoy.wire.sip.message import parse

VIA = via.parse("SIP/2.0/UDP us.example.com;rport;branch=z9hG4bK1")
FROM = address.parse('"hoyhoy" <sip:us@us.example.com>;tag=1')
TO = address.parse("<sip:bob@example.com>")


def test_a_request_outside_of_a_dialog():  # RFC 3261 8.1.1
    made = compose(
        "OPTIONS",
        uri.parse("sip:bob@example.com?Subject=x"),
        VIA,
        FROM,
        TO,
        "c1",
        7,
        contact=address.parse("<sip:us@192.0.2.1>"),
    )
    assert bytes(made).decode() == (
        "OPTIONS sip:bob@example.com SIP/2.0\r\n"
        "Via: SIP/2.0/UDP us.example.com;rport;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
        'From: "hoyhoy" <sip:us@us.example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\n'
        "Call-ID: c1\r\nCSeq: 7 OPTIONS\r\n"
        "Contact: <sip:us@192.0.2.1>\r\nContent-Length: 0\r\n\r\n"
    )
    assert parse(bytes(made)).cseq.number == 7


def test_bodies_have_a_type():
    made = compose("INVITE", TO.uri, VIA, FROM, TO, "c1", 7, body=b"v=0", content_type="application/sdp")
    assert (made.body, made.content_type) == (b"v=0", "application/sdp")


def test_the_way_it_goes():  # RFC 3261 8.1.2, 12.2.1.1
    def sent(lines: str):
        routes = address.parse_all([lines])
        made = compose("BYE", TO.uri, VIA, FROM, TO, "c1", 7, routes=routes)
        return str(made.uri), [str(route.uri) for route in made.routes], str(next_hop(TO.uri, routes))

    assert sent("") == ("sip:bob@example.com", [], "sip:bob@example.com")
    assert sent("<sip:p1;lr>, <sip:p2>") == ("sip:bob@example.com", ["sip:p1;lr", "sip:p2"], "sip:p1;lr")
    assert sent("<sip:p1>, <sip:p2;lr=on>") == ("sip:p1", ["sip:p2;lr=on", "sip:bob@example.com"], "sip:p1")
