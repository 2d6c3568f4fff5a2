"""What is out of scope is told of, in the document's own words, and the call goes on (voice 2.7.5, 2.13, 2.14, 17)."""

import pytest

from hoyhoy.exchange.events import DialEnded, Noticed, PhoneHeard, PhoneRang

from ...talking import BOB, calls_in, dials, result


@pytest.mark.parametrize(
    ("document", "code", "why"),
    [
        ('<Connect><Stream url="wss://app/x"><Parameter name="a" value="b"/></Stream></Connect>', 12200, "WebSocket"),
        ('<Start><Stream url="wss://app/x"/></Start>', 12200, "WebSocket"),
        ('<Stop><Stream name="s"/></Stop>', 12200, "WebSocket"),
        ('<Connect><ConversationRelay><Language code="sv-SE"/></ConversationRelay></Connect>', 12200, "WebSocket"),
        ("<Connect><ConversationRelaySession/></Connect>", 12200, "no counterpart"),
        ("<Start><Transcription/></Start>", 12200, "transcribe calls while"),
        ("<Start><Siprec/></Start>", 12200, "SIPREC"),
        ("<Connect><VirtualAgent/></Connect>", 32600, "no counterpart"),
        ("<Connect><Conversation/></Connect>", 12200, "no counterpart"),
        ("<Connect><Room>a</Room></Connect>", 12200, "video"),
        ("<Connect><Autopilot>a</Autopilot></Connect>", 12200, "retired"),
        ("<Connect><AiSession/></Connect>", 12200, "no counterpart"),
        ("<Prompt><Say>Card?</Say></Prompt>", 12200, "payments"),
    ],
)  # fmt: skip
async def test_it_is_said_once_and_skipped(exchange, document, code, why):
    exchange.app.pages["http://app/start"] = f"<Response>{document}<Say>And on</Say></Response>"
    exchange.phone()
    exchange.place()
    await exchange.run()
    (notice,) = exchange.events(Noticed)
    assert notice.code == code and "is skipped" in notice.message and why in notice.message
    assert [event.text for event in exchange.events(PhoneHeard)] == ["And on"]


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
