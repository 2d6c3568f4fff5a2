"""What is out of scope is told of, in the document's own words, and the call goes on (voice 2.13, 2.14, 17)."""

import pytest

from hoyhoy.exchange.events import Noticed, PhoneHeard


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
