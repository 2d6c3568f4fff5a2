import pytest

from hoyhoy.exchange.ports import Account
from hoyhoy.lines.webrtc.admission import CALLS, LISTENS, Admission, Directories, counted
from hoyhoy.wire.tokens import TokenRefused

from .booth import ACCOUNT, HOME, KEY, SECRET, TOKEN


async def test_only_active_accounts_have_secrets(line):
    """Voice reference 14.1: `iss` is a live key of `sub`, whose account is active."""
    secrets = Directories(line.directory)
    assert secrets.key(KEY) == (ACCOUNT, SECRET) and secrets.account(ACCOUNT) == TOKEN
    assert secrets.key("SK" + "0" * 32) is None and secrets.account("AC" + "0" * 32) is None
    line.directory.accounts[ACCOUNT] = Account(ACCOUNT, TOKEN, "suspended", ACCOUNT, "Main")
    assert secrets.key(KEY) is None and secrets.account(ACCOUNT) is None


async def test_so_many_tokens_from_one_address(line):
    admission = Admission(line.clock, line.directory)
    for _ in range(LISTENS):
        assert admission.admit(line.token(), HOME).identity == "alice"
    with pytest.raises(TokenRefused) as refused:
        admission.admit(line.token(), HOME)
    assert refused.value.signalling == 31206
    assert admission.admit(line.token(), "192.0.2.99").account == ACCOUNT


async def test_this_machine_is_not_counted(line):
    """A reverse proxy that ends TLS speaks for all its browsers."""
    admission = Admission(line.clock, line.directory)
    for _ in range(LISTENS + 1):
        assert admission.admit(line.token(), "127.0.0.1").account == ACCOUNT and admission.may_call("::1")
    assert counted("192.0.2.7") == counted("::ffff:192.0.2.7") == "192.0.2.7" and counted("elsewhere") == "elsewhere"


async def test_so_many_calls_from_one_address(line):
    admission = Admission(line.clock, line.directory)
    assert all(admission.may_call("2001:db8::1") for _ in range(CALLS))
    assert not admission.may_call("2001:db8::2") and admission.may_call("2001:db8:1::1")
