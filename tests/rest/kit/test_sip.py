"""What SIP domains and trunks have in common (voice reference 10); the rest is in the tests of the resources."""

import pytest

from hoyhoy.rest.kit.sip import auth_types, check_open, check_unused, free_name
from hoyhoy.wire.errors import Fault
from tests.rest.sip import make_domain, make_trunk
from tests.rest.world import ACCOUNT, SUB

from .test_parts import Request


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("acme.sip.twilio.com", True),
        (" ACME-4.sip.Twilio.com ", True),
        ("a.sip.twilio.com", True),
        ("9.sip.twilio.com", True),
        ("a--b.sip.twilio.com", True),
        ("acme.sip.twilio.com.", False),
        ("acme_4.sip.twilio.com", False),
        ("acme.sip.dublin.twilio.com", False),
        ("acmesip.twilio.com", False),
        ("acme\n.sip.twilio.com", False),
        ("", False),
    ],
)
async def test_names(exchange, name, is_good):
    def asked():
        return free_name(Request(exchange), name, "sip.twilio.com", invalid=21231, taken=21232)

    if is_good:
        assert asked() == name.strip().lower()
        return
    with pytest.raises(Fault) as refused:
        asked()
    assert refused.value.code == 21231


async def test_names_that_are_taken(exchange):
    domain = await make_domain(exchange, DomainName="acme.sip.twilio.com")
    trunk = await make_trunk(exchange, DomainName="acme.pstn.twilio.com")
    for made, name, suffix in (
        (domain, "acme.sip.twilio.com", "sip.twilio.com"),
        (trunk, "acme.pstn.twilio.com", "pstn.twilio.com"),
    ):
        with pytest.raises(Fault) as refused:
            free_name(Request(exchange), name, suffix, invalid=21231, taken=21232)
        assert refused.value.code == 21232
        assert free_name(Request(exchange), name, suffix, invalid=21231, taken=21232, sid=made["sid"]) == name


def test_auth_types():
    assert auth_types((), ()) == []
    assert auth_types(("AL1",), ()) == ["IP_ACL"] and auth_types((), ("CL1",)) == ["CREDENTIAL_LIST"]
    assert auth_types(("AL1",), ("CL1",)) == ["IP_ACL", "CREDENTIAL_LIST"]


@pytest.mark.parametrize(("table", "column"), [("sip_domain_lists", "domain_sid"), ("trunk_lists", "trunk_sid")])
async def test_who_uses_a_list(exchange, table, column):
    request, fault = Request(exchange), Fault(21241)
    exchange.write(table, "SD1.call-credentials.CL1", account_sid=ACCOUNT, list_sid="CL1", **{column: "SD1"})
    await check_unused(request, "CL2", fault)
    with pytest.raises(Fault) as refused:
        await check_unused(request, "CL1", fault)
    assert refused.value is fault


async def test_accounts_that_were_put_to_rest_meanwhile(exchange):
    request = Request(exchange)
    request.account = exchange.database.directory.account(SUB)
    check_open(request)
    for status in ("suspended", "closed"):
        exchange.add_account(SUB, "token", ACCOUNT, status=status)
        with pytest.raises(Fault) as refused:
            check_open(request)
        assert refused.value.code == 20005
