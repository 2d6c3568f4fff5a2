import pytest

from hoyhoy.wire.errors import Fault


async def test_lines_and_carriers_are_found_by_address(exchange):
    facilities = exchange.switchboard.facilities
    assert facilities.line_to("+14155550123") is facilities.carrier_to("+14155550123") is exchange.network
    with pytest.raises(Fault) as fault:
        facilities.line_to("client:ada")
    assert fault.value.code == 21214
    with pytest.raises(Fault) as fault:
        facilities.carrier_to("whatsapp:+14155550123")
    assert fault.value.code == 21612
