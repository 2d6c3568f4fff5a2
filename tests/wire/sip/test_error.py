from hoyhoy.wire.sip.error import SipError


def test_it_carries_its_verdict():
    error = SipError("try later", 503, headers=(("Retry-After", "5"),))
    assert (error.status, error.reason, error.headers, error.request) == (
        503,
        "try later",
        (("Retry-After", "5"),),
        None,
    )
    assert str(error) == "503 try later"
    assert SipError("no").status == 400
