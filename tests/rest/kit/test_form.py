import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.rest.kit.form import MOST_PARAMETERS, parse
from hoyhoy.wire.errors import Fault


@pytest.mark.parametrize(
    ("raw", "form"),
    [  # messaging 4.2
        (b"", {}),
        (b"To=%2B1415&Body=Hello+world", {"To": ["+1415"], "Body": ["Hello world"]}),
        (b"MediaUrl=a&MediaUrl=b", {"MediaUrl": ["a", "b"]}),
        (b"Body=", {"Body": [""]}),
        (b"Body", {"Body": [""]}),
        (b"&&=x&", {"": ["x"]}),
        (b"Body=a%3Db=c", {"Body": ["a=b=c"]}),
        (b"StartTime%3E=2026-01-01", {"StartTime>": ["2026-01-01"]}),
        (b"Body=100%", {"Body": ["100%"]}),
        (b"Body=%zz", {"Body": ["%zz"]}),
        ("Body=Grüße".encode(), {"Body": ["Grüße"]}),
        (b"Totp.Issuer=me", {"Totp.Issuer": ["me"]}),
    ],
)
def test_parse(raw, form):
    assert parse(raw) == form


@pytest.mark.parametrize(
    "raw",
    [
        b"Body=\xff\xfe",
        b"Body=%ff",
        b"\xe4=1",
        b"Body=a%00b",
        b"Body=\x00",
        b"&".join([b"a=b"] * (MOST_PARAMETERS + 1)),
    ],
)
def test_refused(raw):
    with pytest.raises(Fault) as refused:
        parse(raw)
    assert refused.value.code == 20001


@given(st.binary(max_size=200))
def test_every_body_is_a_form_or_a_fault(raw):
    try:
        parse(raw)
    except Fault:
        pass
