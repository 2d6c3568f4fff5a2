import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import message
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import CSeq, Request, Response, is_keep_alive, parse
from hoyhoy.wire.sip.uri import Uri

from .messages import INVITE, request, wire
from .torture import LONG_CALLER, TORTURES


@pytest.mark.parametrize("name", TORTURES)
def test_torture(name):
    """RFC 4475 and RFC 5118: what is well formed is read, and again when we write it; the rest is refused."""
    torture = TORTURES[name]
    if torture.verdict:
        with pytest.raises(SipError) as raised:
            parse(torture.octets)
        assert raised.value.status == torture.verdict
    else:
        read = parse(torture.octets)
        again = parse(bytes(read))
        assert bytes(again) == bytes(read) and again.start_line == read.start_line
        read.headers.remove("Content-Length")
        again.headers.remove("Content-Length")
        assert again.headers == read.headers


def tortured(name: str) -> Request:
    read = parse(TORTURES[name].octets)
    assert isinstance(read, Request)
    return read


def test_a_short_tortuous_invite():  # RFC 4475 3.1.1.1
    read = tortured("wsinv")
    assert (read.to.tag, read.from_.tag, read.from_.display) == ("1918181833n", "98asjd8", 'J Rosenberg \\"')
    assert (read.max_forwards, read.cseq, read.call_id) == (68, CSeq(9, "INVITE"), "wsinv.ndaksdj@192.0.2.1")
    assert [(hop.transport, hop.host, hop.branch) for hop in read.vias] == [
        ("UDP", "192.0.2.2", "390skdjuw"),
        ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
        ("UDP", "192.168.255.111", "z9hG4bK30239"),
    ]
    assert read.headers.get("UnknownHeaderWithUnusualValue") == ";;,,;;,;"
    assert read.headers.get("newfangledheader") == "newfangled value continued newfangled value"
    assert read.headers.get("Subject") == ""
    assert read.routes[0].uri.loose
    assert (read.contacts[0].display, read.contacts[0].q, read.contacts[0].params.get("newparam")) == (
        'Quoted string ""',
        330,
        "newvalue",
    )


def test_a_wide_range_of_characters():  # RFC 4475 3.1.1.2
    read = tortured("intmeth")
    assert read.method == "!interesting-Method0123456789_*+`.%indeed'~"
    assert read.to.display == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert read.from_.params.get("fromParam''~+*_!.-%") == "работающий"
    assert read.from_.tag == "_token~1'+`*%!-."
    assert read.uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    assert read.headers.get("extensionHeader-!.%*+_`'~") == "\ufeff大停電"


def test_escapes():  # RFC 4475 3.1.1.3 to 5
    read = tortured("esc01")
    assert (read.uri.user, read.uri.host) == ("sips:user@example.com", "example.net")
    assert (read.to.uri.user, read.from_.uri.user) == ("user", "I have spaces")
    assert str(read.contacts[0].uri) == "sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31"
    assert [contact.uri.user for contact in tortured("escnull").contacts] == ["\0", "\0\0"]
    assert tortured("esc02").to.display == "%Z%45"
    assert len(tortured("esc02").contacts) == 2


def test_long_values_and_what_follows_the_body():  # RFC 4475 3.1.1.7, 8, 11
    read = tortured("longreq")
    assert len(read.vias) == 29 and read.from_.uri.user == LONG_CALLER
    assert tortured("mpart01").body.count(b"\0") == 2
    double = TORTURES["dblreq"].octets
    # The octets of the body do not count: Content-Length is zero.
    assert parse(double.replace(b"{", b"")).body == b""
    assert tortured("semiuri").uri.user == "user;par=u@example.net"


def test_an_error_carries_what_can_be_answered():
    for name in ("quotbal", "badvers", "scalar02", "multi01", "mismatch01", "escruri", "ipv6-bad"):
        with pytest.raises(SipError) as raised:
            parse(TORTURES[name].octets)
        broken = raised.value.request
        assert broken is not None
        answer = bytes(broken.refuse(raised.value, to_tag="t1")).decode()
        assert answer.startswith(f"SIP/2.0 {TORTURES[name].verdict} ")
        assert [answer.count(f"\n{field}: ") for field in ("Via", "From", "To", "Call-ID", "CSeq")] == [1] * 5
    for name in ("insuf", "bigcode", "badinv01"):
        with pytest.raises(SipError) as raised:
            parse(TORTURES[name].octets)
        assert raised.value.request is None


def test_an_ack_is_never_answered():  # RFC 3261 17
    with pytest.raises(SipError) as raised:
        parse(wire(INVITE.replace("INVITE", "ACK").replace("314159", "x")))
    assert raised.value.request is None


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("SIP/2.0\nVia", "SIP/3.0\nVia", 505),
        ("INVITE sip", "IN<VITE sip", 400),
        ("\nTo: Bob", "\nTo Bob", 400),
        ("\nTo: Bob", "\nT o: Bob", 400),
        ("\nContent-Length: 0", "\n: 0", 400),
        ("314159 INVITE", "2147483648 INVITE", 400),
        ("314159 INVITE", "INVITE", 400),
        ("314159 INVITE", "-1 INVITE", 400),
        ("70", "256", 400),
        ("70", "-1", 400),
        ("Length: 0", "Length: 1", 400),
        ("Length: 0", "Length: five", 400),
        ("Length: 0", "Length: 999999999999999999999999", 400),
        ("Length: 0", "Length: 70000", 513),
        ("a84b4c76e66710@", "a b", 400),
        ("sip:bob@biloxi.example.com SIP", "sip:" + "b" * 9000 + "@biloxi.example.com SIP", 414),
        ("Contact:", "X-Y: z\n" * 300 + "Contact:", 513),
        ("Contact:", "X-Y: " + "z" * 40000 + "\nContact:", 513),
        ("\nContact:", "\rContact:", 400),
    ],
)
def test_refusals(old, new, status):  # bad-inputs 1, 3, 10
    with pytest.raises(SipError) as raised:
        parse(wire(INVITE.replace(old, new)))
    assert raised.value.status == status


def test_line_ends_and_leading_ones():
    for octets in (INVITE.encode(), b"\r\n\r\n" + wire(INVITE)):
        assert parse(octets).call_id == "a84b4c76e66710@pc33.atlanta.example.com"
    assert is_keep_alive(b"\r\n\r\n") and is_keep_alive(b"\0\0\0\0") and is_keep_alive(b"") and not is_keep_alive(b"x")


def test_latin_1_goes_back_as_it_came():
    octets = wire(INVITE).replace(b"Alice", b'"J\xf6rg"').replace(b"INVITE sip:bob", b"INVITE sip:b\xc1b")
    read = parse(octets)
    assert read.from_.display == "Jörg"
    assert isinstance(read, Request)
    answer = read.respond(200, to_tag="x")
    answer.headers.add("X-Far", "ł")
    assert b'From: "J\xf6rg" <sip' in bytes(answer)
    assert bytes(read).startswith(b"INVITE sip:b\xc1b@")
    assert "X-Far: ł\r\n".encode() in bytes(answer)


def test_requests_and_responses_are_written():
    made = Request("OPTIONS", Uri.sip("", "example.com"), body=b"abc")
    made.headers.add("X-O", "ö")
    assert bytes(made) == "OPTIONS sip:example.com SIP/2.0\r\nX-O: ö\r\nContent-Length: 3\r\n\r\nabc".encode()
    assert bytes(Response(486, "Busy Here")) == b"SIP/2.0 486 Busy Here\r\nContent-Length: 0\r\n\r\n"
    for injected in (Response(200, "OK\r\nX: y"), Request("A", Uri("sip", "h\r\nX: y"))):
        with pytest.raises(SipError):
            bytes(injected)


def test_a_response_copies_what_it_must():  # RFC 3261 8.2.6.2, 12.1.1
    asked = request(
        Record_Route="<sip:p2;lr>, <sip:p1;lr>", Timestamp="54", Via="SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b"
    )
    asked.arrived("192.0.2.9", 7)
    trying = asked.respond(100, to_tag="t")
    assert (trying.to.tag, trying.headers.get("Timestamp"), trying.record_routes, trying.reason) == (
        "",
        "54",
        (),
        "Trying",
    )
    ringing = asked.respond(180, to_tag="t")
    assert (ringing.to.tag, len(ringing.record_routes), ringing.headers.get("Timestamp")) == ("t", 2, None)
    assert [hop.host for hop in ringing.vias] == ["a", "b"] and ringing.via.params.get("received") == "192.0.2.9"
    assert asked.respond(486, to_tag="t").record_routes == ()
    asked.headers.set("To", "<sip:b@c>;tag=old")
    assert asked.respond(200, to_tag="t").to.tag == "old"
    refused = asked.refuse(SipError("too small", 422, headers=(("Min-SE", "90"),)))
    assert (refused.status, refused.reason, refused.headers.get("Min-SE")) == (422, "Session Interval Too Small", "90")


def test_only_the_topmost_via_is_ours_to_judge():
    asked = request(Via="SIP/2.0/UDP a;rport;branch=z9hG4bK1, SIP/2.0/UDP b")
    asked.headers.add("Via", '"broken')
    asked.arrived("192.0.2.9", 7)
    assert asked.headers.all("Via") == [
        "SIP/2.0/UDP a;rport=7;branch=z9hG4bK1;received=192.0.2.9",
        "SIP/2.0/UDP b",
        '"broken',
    ]
    assert asked.via.response_place == ("192.0.2.9", 7)


def test_header_fields_that_are_read_when_asked_for():
    read = request(
        Contact="*", Expires="0", Supported="timer", Require="100rel", Content_Type="Application/SDP;charset=x"
    )
    assert (read.is_star, read.contacts, read.expires, read.content_type) == (True, (), 0, "application/sdp")
    assert read.supports("timer") and read.supports("100rel") and not read.supports("path")
    read.headers.remove("Max-Forwards")
    assert read.max_forwards == 70
    with pytest.raises(SipError):
        tortured("regbadct").contacts  # noqa: B018  RFC 4475 3.1.2.13


def answerable(octets: bytes) -> None:
    """Any datagram gives a message that can be written and read again, or a SipError that can be answered."""
    try:
        read = parse(octets)
    except SipError as error:
        if error.request:
            bytes(error.request.refuse(error, to_tag="t"))
        return
    again = parse(bytes(read))
    assert (again.call_id, again.cseq, again.from_.tag, again.to.tag) == (
        read.call_id,
        read.cseq,
        read.from_.tag,
        read.to.tag,
    )


@given(st.binary(max_size=300))
def test_junk(octets):
    answerable(octets)
    answerable(wire(INVITE)[:-2] + octets + b"\r\n\r\n")


WELL_FORMED = [torture.octets for torture in TORTURES.values()]


@given(st.sampled_from(WELL_FORMED), st.data())
def test_truncated_and_mutated(octets, data):
    answerable(octets[: data.draw(st.integers(0, len(octets)))])
    at = data.draw(st.integers(0, len(octets)))
    answerable(octets[:at] + data.draw(st.binary(max_size=4)) + octets[at + data.draw(st.integers(0, 20)) :])


@pytest.mark.parametrize("mark", [";", ",", '"', "<", "=", "\\", " ", "a", "\r\n ", "%", ";a", ',"', "<>", "9"])
def test_long_runs_are_read_in_linear_time(mark):
    """Where the square of their length counted, this would not end."""
    for name in ("From", "Via", "Contact", "Route", "Call-ID", "CSeq", "Content-Length", "Expires", "Supported", "X-Y"):
        long = f"{name}: {mark * (30000 // len(mark))}\r\n"
        answerable(wire(INVITE).replace(b"Max-Forwards", long.encode() + b"Max-Forwards"))
        answerable(wire(INVITE).replace(b"SIP/2.0\r\n", b"SIP/2.0\r\n" + long.encode()))


def test_content_length():
    assert message.content_length(request().headers) == 0
