"""voice 2.7.5: SIM cards and WhatsApp."""

import pytest

from hoyhoy.exchange.events import DialEnded, Noticed, PhoneRang

from ...talking import BOB, calls_in, dials, result


@pytest.mark.parametrize(("noun", "code"), [("Sim", 13258), ("WhatsApp", 12200)])
async def test_who_is_not_called_is_told_of(exchange, noun, code):
    calls_in(exchange, f'<Dial action="/over"><{noun}>somewhere</{noun}></Dial>')
    await exchange.run(10)
    (notice,) = exchange.events(Noticed)
    assert notice.code == code and f"<{noun}>" in notice.message and "nobody is called there" in notice.message
    assert exchange.events(DialEnded) == [DialEnded(status="failed")]
    assert result(exchange) == {"DialCallStatus": "failed", "DialBridged": "false"}


async def test_the_others_are_called(exchange):
    noun = f'<WhatsApp url="/screen">whatsapp:+1</WhatsApp><Number>{BOB}</Number>'
    assert (await dials(exchange, f'<Dial action="/over">{noun}</Dial>'))["DialCallStatus"] == "completed"
    assert len(exchange.events(PhoneRang)) == len(exchange.events(Noticed)) == 1
