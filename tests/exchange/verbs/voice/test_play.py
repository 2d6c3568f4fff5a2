"""voice 2.2"""

import pytest

from hoyhoy.exchange.events import Noticed, PhoneHeard, SoundPlayed
from hoyhoy.exchange.sound import MOST_KEYS

from ...world import World


async def play(exchange: World, document: str) -> list[tuple[str, str]]:
    exchange.app.pages["http://app/deep/start"] = f"<Response>{document}</Response>"
    exchange.phone()
    exchange.place("http://app/deep/start")
    await exchange.run()
    return [(event.kind, event.text) for event in exchange.events(PhoneHeard)]


async def test_a_relative_url_resolves_against_the_document(exchange):
    assert await play(exchange, "<Play>../ring.mp3</Play>") == [("audio", "http://app/ring.mp3")]


@pytest.mark.obeys("Play", "loop")
async def test_loop(exchange):
    assert len(await play(exchange, '<Play loop="2">/a.wav</Play>')) == 2


@pytest.mark.obeys("Play", "digits")
async def test_digits_win_over_a_url(exchange):
    assert await play(exchange, '<Play digits="ww12#">/a.wav</Play>') == [("keys", "ww12#")]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('<Play digits="12x">/a.wav</Play>', 13430),
        (f'<Play digits="{"W" * (MOST_KEYS + 1)}">/a.wav</Play>', 13430),
        (f'<Play digits="{"W" * 60000}">/a.wav</Play>', 13430),
        ('<Play loop="often">/a.wav</Play>', 13410),
    ],
)
async def test_illegal_values(exchange, document, code):
    assert await play(exchange, document) == [("audio", "http://app/a.wav")]
    assert [notice.code for notice in exchange.events(Noticed)] == [code]


async def test_as_many_digits_as_there_may_be(exchange):
    digits = "12W#" * (MOST_KEYS // 4)
    assert await play(exchange, f'<Play digits="{digits}">/a.wav</Play>') == [("keys", digits)]
    assert not exchange.events(Noticed)


async def test_nothing_to_play(exchange):
    assert await play(exchange, "<Play/><Say>End</Say>") == [("speech", "End")]
    assert [notice.code for notice in exchange.events(Noticed)] == [12200]


async def test_a_sound_is_asked_for_once_however_often_it_is_played(exchange):
    studio = exchange.switchboard.facilities.studio
    asked, prompt = [], studio.prompt

    async def counted(wish, account):
        asked.append(wish)
        return await prompt(wish, account)

    studio.prompt = counted
    assert len(await play(exchange, '<Play loop="4">/a.wav</Play><Say loop="3">Again</Say>')) == 7
    assert len(asked) == 2 and [one.whole for one in exchange.events(SoundPlayed)] == [True] * 7
