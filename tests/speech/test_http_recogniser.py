"""A recogniser over HTTP, on a real socket."""

import json

import numpy as np
import pytest

from hoyhoy.audio import tones, wav
from hoyhoy.exchange.ports import Recognised, RecognitionFailed
from hoyhoy.speech.http_recogniser import MOST_QUERY, HttpRecogniser

TONE = tones.tone(0.3, 600)


@pytest.fixture
async def recogniser(clock, shop):
    made = HttpRecogniser(clock, shop.url("/words?key=x"), largest=1000)
    yield made
    await made.close()


def answers(shop, answer, **more):
    shop.lay_out(json.dumps(answer).encode(), **{"kind": "application/json; charset=utf-8", "path": "/words", **more})


async def test_sound_goes_and_words_come(recogniser, shop):
    answers(shop, {"text": "zwei Käse", "confidence": 0.75, "more": [1]})
    assert await recogniser.recognise(TONE, "de-DE", ("Käse & Brot", "$TIME")) == Recognised("zwei Käse", 0.75)
    ((method, path, headers, body),) = shop.seen
    assert (method, headers["Accept"], headers["Content-Type"]) == ("POST", "application/json", "audio/wav")
    assert path == "/words?key=x&language=de-DE&hint=K%C3%A4se+%26+Brot&hint=$TIME"
    assert np.array_equal(wav.read(body), TONE)


async def test_nothing_understood_and_nobody_sure(recogniser, shop):
    answers(shop, {"text": ""})
    assert await recogniser.recognise(TONE, "en-US", ()) == Recognised("", None)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"words": "x"}, "sent no words"),
        ({"text": 4}, "sent no words"),
        ([], "sent no words"),
        ({"text": "x", "confidence": 90}, "confidence 90"),
        ({"text": "x" * 1000}, "more than 1000"),
    ],
)
async def test_what_is_no_answer(recogniser, shop, answer, why):
    answers(shop, answer)
    with pytest.raises(RecognitionFailed, match=why):
        await recogniser.recognise(TONE, "en-US", ())


async def test_what_is_refused(recogniser, shop):
    answers(shop, {}, status=401)
    with pytest.raises(RecognitionFailed, match="status 401"):
        await recogniser.recognise(TONE, "en-US", ())
    shop.lay_out(b"{\xff}", kind="application/json", path="/words")
    with pytest.raises(RecognitionFailed, match="no words"):
        await recogniser.recognise(TONE, "en-US", ())


async def test_more_hints_than_a_line_holds(recogniser, shop):
    answers(shop, {"text": "x"})
    await recogniser.recognise(TONE, "en-US", ["ä" * 100] * 500)
    hints = shop.seen[0][1].split("&hint=")[1:]
    assert 0 < len(hints) < 500 and sum(map(len, hints)) <= MOST_QUERY
