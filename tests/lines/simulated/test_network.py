import pytest

from hoyhoy.exchange.events import PhoneRang
from hoyhoy.lines.simulated.network import Network
from hoyhoy.wire.errors import Fault
from tests.exchange.world import NUMBER, PHONE


def test_every_e164_number_is_reached(exchange):
    for address, reached in (
        ("+14155550123", True),
        ("+441632960000", True),
        ("client:ada", False),
        ("sip:a@b", False),
        ("4155550123", False),
        ("+0123456789", False),
    ):
        assert exchange.network.reaches(address) is reached


def test_without_phones_only_numbers_of_ours_are_reached(exchange):
    """Real destinations are denied until a trunk lists them (design, safe by default)."""
    network = exchange.network
    bare = Network(network.clock, network.journal, network.directory, network.plane, network.studio, has_phones=False)
    exchange.own(NUMBER)
    assert bare.reaches(NUMBER) and not bare.reaches(PHONE)


async def test_a_phone_comes_into_being_when_it_is_called(exchange):
    assert list(exchange.network.phones()) == []
    exchange.app.pages["http://app/start"] = "<Response/>"
    sid = exchange.place(to="+441632960000", caller_id="+14155550000")
    await exchange.run()
    (rang,) = exchange.events(PhoneRang)
    assert (rang.phone, rang.caller) == ("+441632960000", "+14155550000")
    assert (await exchange.row("calls", sid))["status"] == "completed"


async def test_a_text_to_nobody_is_refused(exchange):
    with pytest.raises(Fault) as fault:
        exchange.network.send_text(exchange.phone(), NUMBER, "Hello?")
    assert fault.value.code == 21612


async def test_a_phone_finds_its_side_of_a_call(exchange):
    exchange.app.pages["http://app/in"] = "<Response><Say>Hi</Say></Response>"
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(PHONE), NUMBER)
    assert exchange.network.call(call.sid) == (exchange.network.phone(PHONE), call)
    assert exchange.network.call("CAnone") is None
