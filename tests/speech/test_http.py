"""An engine over HTTP, on a real socket."""

import asyncio
import json

import pytest

from hoyhoy.audio import tones, wav
from hoyhoy.exchange.sound import Speech
from hoyhoy.speech import SpeechFailed
from hoyhoy.speech.http import HttpEngine

TONE = tones.tone(0.3, 600)
HELLO = Speech("hello & you", "hello &amp; <s>you</s>", "Polly.Joanna", "en-GB")


@pytest.fixture
async def engine(clock, shop, decoder):
    made = HttpEngine(clock, shop.url("/speak?voice=x"), decoder, largest=20_000)
    yield made
    await made.close()


async def test_text_goes_and_sound_comes(engine, shop):
    shop.lay_out(wav.write(TONE), path="/speak")
    spoken = await engine.speak(HELLO)
    assert (spoken.sound == TONE).all() and spoken.notices == ()
    ((method, path, headers, body),) = shop.seen
    assert (method, path, headers["Accept"]) == ("POST", "/speak?voice=x", "audio/wav")
    assert json.loads(body) == {
        "text": "hello & you",
        "ssml": "hello &amp; <s>you</s>",
        "voice": "Polly.Joanna",
        "language": "en-GB",
    }


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ({"body": b"", "status": 500}, "status 500"),
        ({"body": b"", "status": 302, "Location": "/elsewhere"}, "status 302"),
        ({"body": b"<html>", "kind": "text/html"}, "'text/html'"),
        ({"body": b"RIFF"}, "no sound"),
        ({"body": wav.write(tones.silence(2))}, "more than 20000"),
    ],
)
async def test_what_is_no_sound_is_a_failure(engine, shop, page, why):
    shop.lay_out(path="/speak", **page)
    with pytest.raises(SpeechFailed, match=why):
        await engine.speak(HELLO)


async def test_nobody_there_and_nobody_answering(clock, shop, decoder):
    async def silent(request):
        await asyncio.Event().wait()

    shop.pages["/silent"] = silent
    for url, why in (("http://127.0.0.1:1/", "gave no answer"), (shop.url("/silent"), "0.05 s")):
        engine = HttpEngine(clock, url, decoder, seconds=0.05)
        with pytest.raises(SpeechFailed, match=why):
            await engine.speak(HELLO)
        await engine.close()


async def test_a_password_is_sent_and_not_told(clock, shop, decoder):
    shop.lay_out(b"", path="/speak", status=401)
    engine = HttpEngine(clock, shop.url("/speak").replace("//", "//me:secret@"), decoder)
    with pytest.raises(SpeechFailed) as failed:
        await engine.speak(HELLO)
    assert "secret" not in str(failed.value) and "secret" not in engine.version
    assert shop.seen[0][2]["Authorization"].startswith("Basic ")
    await engine.close()


@pytest.mark.parametrize("url", ["ftp://x", "http://", "nothing"])
async def test_what_is_no_url(clock, decoder, url):
    with pytest.raises(ValueError, match="URL"):
        HttpEngine(clock, url, decoder)


async def test_engines_at_other_urls_are_others(clock, decoder):
    one, other = (HttpEngine(clock, f"http://x/{path}", decoder).version for path in "ab")
    assert one != other
