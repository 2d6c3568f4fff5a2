"""voice 2.1"""

import pytest

from hoyhoy.exchange.events import Noticed, PhoneHeard, SoundPlayed

from ...world import World


async def say(exchange: World, document: str) -> list[str]:
    exchange.app.pages["http://app/start"] = f"<Response>{document}</Response>"
    exchange.phone()
    exchange.place()
    await exchange.run()
    return [event.text for event in exchange.events(PhoneHeard)]


async def test_text_is_trimmed_and_spoken(exchange):
    assert await say(exchange, "<Say>\n   Hello   world\n </Say>") == ["Hello world"]


@pytest.mark.obeys("Say", "voice", "language")
async def test_voice_and_language_reach_the_leg(exchange):
    await say(exchange, '<Say voice="Polly.Joanna-Neural" language="fr-CA">Bonjour</Say>')
    (played,) = exchange.events(SoundPlayed)
    assert (played.voice, played.language, played.whole) == ("Polly.Joanna-Neural", "fr-CA", True)


async def test_ssml_is_kept_and_its_words_are_heard(exchange):
    heard = await say(
        exchange,
        '<Say>One <break time="1s"/> <emphasis level="strong">two</emphasis>'
        '<amazon:effect name="whispered"> three</amazon:effect></Say>',
    )
    assert heard == ["One two three"]
    assert not exchange.events(Noticed)


@pytest.mark.obeys("Say", "loop")
async def test_loop(exchange):
    assert await say(exchange, '<Say loop="3">Again</Say>') == ["Again"] * 3


async def test_loop_zero_repeats_at_most_1000_times(exchange):
    assert len(await say(exchange, '<Say loop="0">Again</Say>')) == 1000


@pytest.mark.parametrize(
    ("document", "code", "heard"),
    [
        ("<Say/>", 13520, []),
        ("<Say> </Say>", 13520, []),
        ('<Say loop="-1">Hi</Say>', 13510, ["Hi"]),
        ('<Say voice="robot">Hi</Say>', 13511, ["Hi"]),
        ('<Say language="klingon!">Hi</Say>', 13512, ["Hi"]),
        ('<Say pitch="high">Hi</Say>', 12200, ["Hi"]),
        ("<Say><blink>Hi</blink></Say>", 12200, ["Hi"]),
        (f"<Say>{'a' * 4097}</Say>", 13521, []),
        (f'<Say voice="Polly.Joanna">{"a" * 3001}</Say>', 13521, []),
    ],
)
async def test_what_is_wrong_is_told_and_the_call_goes_on(exchange, document, code, heard):
    assert await say(exchange, document + "<Say>End</Say>") == [*heard, "End"]
    assert [notice.code for notice in exchange.events(Noticed)] == [code]
