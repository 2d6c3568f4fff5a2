import pytest

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.wire.errors import Fault

from .world import ACCOUNT


async def test_lines_and_carriers_are_found_by_address(exchange):
    facilities = exchange.switchboard.facilities
    assert facilities.line_to("+14155550123", ACCOUNT) is facilities.carrier_to("+14155550123") is exchange.network
    with pytest.raises(Fault) as fault:
        facilities.line_to("sip:ada@example.com", ACCOUNT)
    assert fault.value.code == 21214
    with pytest.raises(Fault) as fault:
        facilities.carrier_to("whatsapp:+14155550123")
    assert fault.value.code == 21612


@pytest.mark.parametrize(
    ("status", "of_parent", "active"),
    [
        ("active", "active", True),
        ("suspended", "active", False),
        ("closed", "active", False),
        ("active", "suspended", False),
        ("active", "", True),
    ],
)
async def test_who_has_traffic(exchange, status, of_parent, active):
    """messaging 3.1; of an account that is not known nothing is known either."""
    for sid, one in (("AC2", of_parent), ("AC1", status)):
        if one:
            row = Row("accounts", sid, {"status": one, "owner_account_sid": "AC2", "auth_token": "t"}, new=True)
            event = ResourceChanged(table="accounts", change="created")
            exchange.database.journal.record(sid, sid, event, (row,))
    facilities = exchange.switchboard.facilities
    assert facilities.is_active("AC1") is active and facilities.is_active("AC9")
