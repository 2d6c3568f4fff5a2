"""voice 2.4: every attribute and every row of the outcome table."""

import numpy as np
import pytest

from hoyhoy.audio import RATE, tones
from hoyhoy.exchange.events import CallMoved, InputGathered, KeyPressed, Noticed, PhoneHeard, SoundPlayed, SpeechHeard
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.ports import FetchFailed, Recognised, RecognitionFailed
from hoyhoy.exchange.recognition import WORD
from hoyhoy.exchange.verbs.hearing import PAUSE
from hoyhoy.exchange.verbs.voice.gather import AHEAD, MOST_AHEAD
from hoyhoy.lines.simulated.leg import SimulatedLeg
from hoyhoy.speech.placeholder import seconds_of

from ...world import AUDIO_SECONDS, PHONE, START, World, world

MENU = (
    '<Response><Gather action="/picked"{0}><Say>Enter your code now please</Say></Gather>'
    "<Say>Nothing came</Say></Response>"
)


async def gather(exchange: World, attributes: str, *steps: dict, **more) -> dict[str, str] | None:
    """Run the menu; what the action was asked with, None when it was not."""
    exchange.app.pages |= {"http://app/start": MENU.format(" " + attributes), "http://app/picked": "<Response/>"}
    exchange.phone(PHONE, *steps)
    exchange.place(**more)
    await exchange.run()
    asked = [w for w in exchange.app.asked if w.url.endswith("/picked")]
    return {n: v for n, v in asked[0].extra if n in ("Digits", "FinishedOnKey", "msg")} if asked else None


def digits(value: str, key: str = "") -> dict[str, str]:
    return {"Digits": value, "FinishedOnKey": key, "msg": "Gather End"}


@pytest.mark.parametrize(
    ("attributes", "keys", "result"),
    [
        ('numDigits="1"', "3", digits("3")),  # numDigits reached
        ('numDigits="4"', "12345", digits("1234")),  # the fifth comes too late
        ("", "42#", digits("42", "#")),  # the finish key is not part of Digits
        ('finishOnKey="*"', "4#2*", digits("4#2", "*")),
        ('finishOnKey=""', "42#", digits("42#")),  # no such key: only the timeout ends it
        ("", "42", digits("42")),  # timeout after a digit
        ("", "#", None),  # the finish key alone counts as no input
        ('actionOnEmptyResult="true"', "#", digits("", "#")),
        ('actionOnEmptyResult="true"', "", digits("")),
        ("", "", None),
    ],
)
async def test_outcomes(exchange, attributes, keys, result):
    steps = [{"hear": "code", "wait": 1, "press": keys}] if keys else []
    assert await gather(exchange, attributes, *steps) == result
    heard = [event.text for event in exchange.events(PhoneHeard)]
    assert ("Nothing came" in heard) is (result is None)


async def test_keys_that_take_no_time_do_not_keep_documents_from_going_in_circles():
    """2.11. Whoever is at the other end presses one whenever the call listens."""
    async with world(rules=Rules(documents_without_sound=3)) as exchange:
        exchange.app.pages["http://app/start"] = '<Response><Gather numDigits="1"/></Response>'
        exchange.phone()
        sid = exchange.place()
        await exchange.until(CallMoved, status="ringing")
        line = exchange.switchboard.facilities.calls[sid].line
        line.forget_keys = lambda: line.keys.put_nowait("1")
        await exchange.run()
        assert len(exchange.app.asked) == 3
        assert [one.code for one in exchange.events(Noticed)] == [11215]


@pytest.mark.obeys("Gather", "action", "method", "numDigits")
async def test_enough_keys_ask_the_action(exchange):
    told = await gather(exchange, 'method="GET" numDigits="2"', {"hear": "code", "wait": 1, "press": "427"})
    assert told == digits("42") and exchange.app.asked[-1].method == "GET"


@pytest.mark.obeys("Gather", "finishOnKey", "timeout", "actionOnEmptyResult")
async def test_a_key_of_ones_own_ends_it_and_so_does_a_timeout_of_ones_own(exchange):
    steps = [{"hear": "code", "wait": 1, "press": "*"}]
    told = await gather(exchange, 'finishOnKey="*" timeout="9" actionOnEmptyResult="true"', *steps)
    assert told == digits("", "*")
    exchange.app.asked.clear()
    began = exchange.clock.now()
    assert await gather(exchange, 'timeout="9" actionOnEmptyResult="true"') == digits("")
    at = [one.at for one in exchange.entries if isinstance(one.event, InputGathered)][-1]
    assert at - began == pytest.approx(2.2 + 1.73 + 9)


async def test_the_timeout_starts_after_the_prompt_and_again_with_every_key(exchange):
    # answered at 2.2; the prompt takes 1.73 s; then 5 s
    assert await gather(exchange, 'timeout="5"') is None
    (gathered,) = [e for e in exchange.entries if isinstance(e.event, InputGathered)]
    assert gathered.at - exchange.entries[0].at == pytest.approx(2.2 + 1.73 + 5)


async def test_each_key_restarts_the_timeout(exchange):
    steps = [
        {"hear": "code", "wait": 1, "press": "1"},
        {"wait": 4, "press": "2"},
        {"wait": 4.8, "press": "3"},
        {"wait": 5.5, "press": "4"},
    ]
    assert await gather(exchange, 'timeout="5"', *steps) == digits("123")


async def test_a_key_stops_the_prompt_at_once(exchange):
    await gather(exchange, 'numDigits="1"', {"hear": "code", "wait": 0.5, "press": "1"})
    prompt = exchange.story()
    assert "2.7 played speech for 0.5 s, cut short" in prompt


async def test_keys_before_the_menu_are_not_meant_for_it(exchange):
    exchange.app.pages |= {
        "http://app/start": '<Response><Say>Long introduction here</Say><Gather numDigits="1" action="/picked">'
        "<Say>Now</Say></Gather></Response>",
        "http://app/picked": "<Response/>",
    }
    exchange.phone(PHONE, {"hear": "introduction", "press": "1"}, {"hear": "now", "wait": 1, "press": "2"})
    exchange.place()
    await exchange.run()
    assert exchange.app.params()["Digits"] == "2"


async def test_without_action_the_current_document_is_asked_again_with_the_digits(exchange):
    # voice 1.4, trap 1
    exchange.app.pages["http://app/start"] = lambda webhook: (
        "<Response><Say>thanks</Say></Response>"
        if "Digits" in dict(webhook.extra)
        else '<Response><Gather numDigits="1"/></Response>'
    )
    exchange.phone(PHONE, {"wait": 1, "press": "7"})
    exchange.place()
    await exchange.run()
    assert [w.url for w in exchange.app.asked] == ["http://app/start"] * 2
    assert exchange.app.params()["Digits"] == "7"


async def test_method_get(exchange):
    await gather(exchange, 'method="get" numDigits="1"', {"hear": "code", "press": "1"})
    assert exchange.app.asked[-1].method == "GET"


async def test_the_caller_hangs_up_and_nothing_is_asked(exchange):
    assert await gather(exchange, "", {"hear": "code", "press": "12"}, {"wait": 1, "hang_up": True}) is None
    assert len(exchange.events(KeyPressed)) == 2


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('timeout="0"', 13313),
        ('timeout="soon"', 13313),
        ('numDigits="-1"', 13314),
        ('finishOnKey="##"', 13310),
        ('method="PUT"', 13312),
        ('actionOnEmptyResult="yes"', 13338),
        ('input="smell"', 13326),
        ('colour="red"', 12200),
        ('speechTimeout="0"', 13327),
        ('speechTimeout="soon"', 13327),
        ('maxSpeechTime="61"', 13328),
        ('partialResultCallbackMethod="PUT"', 13329),
        (f'hints="{"x" * 101}"', 13330),
        (f'hints="{"x," * 501}"', 13330),
        ('language="english!"', 13331),
        ('language="xx-YY"', 13331),
        ('bargeIn="yes"', 13332),
        ('profanityFilter="yes"', 13333),
        ('speechModel="best"', 13334),
        ('enhanced="true"', 12200),
        ('debug="true"', 12200),
    ],
)
async def test_an_illegal_value_is_a_warning_and_the_default_is_used(exchange, attributes, code):
    assert await gather(exchange, attributes, {"hear": "code", "wait": 1, "press": "42#"}) == digits("42", "#")
    (notice,) = exchange.events(Noticed)
    assert (notice.code, notice.level == "warning" or code == 13338) == (code, True)
    assert attributes.partition("=")[0] in notice.message


async def test_what_may_not_stand_inside_is_skipped_with_a_warning(exchange):
    exchange.app.pages["http://app/start"] = (
        "<Response><Gather><Redirect>/x</Redirect><Say>Hi</Say></Gather></Response>"
    )
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [n.code for n in exchange.events(Noticed)] == [13320]
    assert [h.text for h in exchange.events(PhoneHeard)] == ["Hi"]


async def test_a_play_inside_sends_no_keys(exchange):  # 2, 2.2
    inside = '<Play digits="12"/><Play digits="34" loop="2">/a.wav</Play>'
    exchange.app.pages["http://app/start"] = f"<Response><Gather>{inside}</Gather></Response>"
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [(n.code, "no keys" in n.message) for n in exchange.events(Noticed)] == [(13320, True)] * 2
    assert [(h.kind, h.text) for h in exchange.events(PhoneHeard)] == [("audio", "http://app/a.wav")] * 2


async def test_what_is_wrong_inside_has_codes_of_its_own(exchange):  # 17.2
    exchange.app.pages["http://app/start"] = (
        '<Response><Gather><Say loop="x">Hi</Say><Play loop="x">/a.wav</Play></Gather></Response>'
    )
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [n.code for n in exchange.events(Noticed)] == [13322, 13322]


async def test_a_prompt_that_fails_ends_the_document(exchange):
    exchange.app.pages["http://app/start"] = "<Response><Gather><Play>ftp://x</Play></Gather></Response>"
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [n.code for n in exchange.events(Noticed)] == [11100]
    assert "application error" in exchange.events(PhoneHeard)[-1].text


async def test_a_recording_that_cannot_be_played_has_a_code_of_its_own(exchange):
    # 17.2: 13325 within Gather, 13420 elsewhere
    exchange.app.pages["http://app/odd"] = FetchFailed(13420, "The answer's Content-Type is 'text/css'.")
    exchange.app.pages["http://app/start"] = "<Response><Gather><Play>http://app/odd</Play></Gather></Response>"
    exchange.place()
    await exchange.run()
    assert [event.code for event in exchange.events(Noticed)] == [13325]


# Prompts are fetched before the first is played (2.4)

FETCHING = (
    '<Response><Gather action="/picked"><Say>Welcome</Say><Pause/><Play loop="2">/a.wav</Play>'
    "<Play>/b.wav</Play></Gather></Response>"
)


def fetched(exchange: World) -> list[tuple[str, int]]:
    """What the studio is asked for, as it goes on, and how much had been heard by then."""
    studio, asked = exchange.switchboard.facilities.studio, []
    prompt = studio.prompt

    async def told(wish, account):
        asked.append((wish.text if hasattr(wish, "text") else wish.url, len(exchange.events(PhoneHeard))))
        return await prompt(wish, account)

    studio.prompt = told
    return asked


@pytest.mark.parametrize(
    ("ahead", "most", "heard_before"),
    [(AHEAD, MOST_AHEAD, [0, 0, 0]), (1.0, MOST_AHEAD, [0, 0, 3]), (AHEAD, 1, [0, 1, 3])],
)
async def test_all_is_fetched_before_the_first_is_played(exchange, monkeypatch, ahead, most, heard_before):
    """As far as memory allows: the rest when its turn comes."""
    monkeypatch.setattr("hoyhoy.exchange.verbs.voice.gather.AHEAD", ahead)
    monkeypatch.setattr("hoyhoy.exchange.verbs.voice.gather.MOST_AHEAD", most)
    asked = fetched(exchange)
    exchange.app.pages["http://app/start"] = FETCHING
    exchange.phone()
    exchange.place()
    await exchange.run()
    addresses = ["Welcome", "http://app/a.wav", "http://app/b.wav"]
    assert asked == list(zip(addresses, heard_before, strict=True))
    assert [one.text for one in exchange.events(PhoneHeard)] == ["Welcome", *["http://app/a.wav"] * 2, addresses[2]]


async def test_when_one_is_not_there_none_is_played(exchange, caplog):
    exchange.app.pages |= {"http://app/start": FETCHING, "http://app/b.wav": FetchFailed(11200, "HTTP 404")}
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [one.code for one in exchange.events(Noticed)] == [11200]
    (only,) = exchange.events(PhoneHeard)
    assert "application error" in only.text
    assert not caplog.records, "what an app lacks is no accident of the exchange"


# Speech --------------------------------------------------------------------------------------

WORDS = "I want a pizza"
SAID = seconds_of(WORDS)
HEARD = 2.2 + 1.0
"""When the words begin, in seconds since the start."""


def says(words: str = WORDS, hear: str = "code", wait: float = 1.0) -> dict:
    return {"hear": hear, "wait": wait, "say": words}


async def listen(exchange: World, attributes: str, *steps: dict, **more) -> dict[str, str] | None:
    """As `gather`, and all that the action was told besides the standard parameters."""
    await gather(exchange, attributes, *steps, **more)
    asked = [w for w in exchange.app.asked if w.url.endswith("/picked")]
    return dict(asked[0].extra) if asked else None


def gathered_at(exchange: World) -> float:
    """Seconds since the start."""
    (one,) = [e for e in exchange.entries if isinstance(e.event, InputGathered)]
    return one.at - START


def codes(exchange: World) -> list[int]:
    return [one.code for one in exchange.events(Noticed)]


@pytest.mark.obeys("Gather", "input", "action", "speechTimeout")
async def test_what_is_said_is_told_after_a_pause(exchange):
    told = await listen(exchange, 'input="speech" speechTimeout="2"', says())
    assert told == {"SpeechResult": WORDS, "Confidence": "1.0", "Language": "en-US"}
    assert gathered_at(exchange) == pytest.approx(HEARD + SAID + 2, abs=0.05)
    assert "3.2 played speech for 1 s, cut short" in exchange.story()
    (event,) = exchange.events(InputGathered)
    assert (event.speech, event.confidence, event.digits) == (WORDS, 1.0, "")
    assert codes(exchange) == []


@pytest.mark.parametrize(("attributes", "pause"), [("", 5), ('timeout="3"', 3), ('speechTimeout="auto"', PAUSE)])
async def test_the_pause_is_the_timeout_unless_it_is_said(exchange, attributes, pause):
    await listen(exchange, f'input="speech" {attributes}', says())
    assert gathered_at(exchange) == pytest.approx(HEARD + SAID + pause, abs=0.05)


async def test_what_is_said_with_short_pauses_is_one_result(exchange):
    steps = [says(), says("with ham", hear="", wait=0.7), says("please", hear="", wait=1.5)]
    told = await listen(exchange, 'input="speech" speechTimeout="1"', *steps)
    assert told is not None and told["SpeechResult"] == f"{WORDS} with ham"


async def test_who_says_nothing_is_waited_for_as_long_as_for_keys(exchange):
    assert await listen(exchange, 'input="speech" timeout="4"') is None
    assert gathered_at(exchange) == pytest.approx(2.2 + 1.73 + 4)


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ("speech", {"SpeechResult": "", "Language": "en-US"}),
        ("speech dtmf", digits("")),  # 2.4: suggested
    ],
)
async def test_nothing_said_and_an_action_for_that(exchange, kinds, told):
    assert await listen(exchange, f'input="{kinds}" actionOnEmptyResult="true"') == told


async def test_a_key_before_words(exchange):
    steps = [{"hear": "code", "wait": 0.5, "press": "4"}, says(hear="", wait=0.1), {"wait": 0.2, "press": "2#"}]
    assert await listen(exchange, 'input="dtmf speech"', *steps) == digits("42", "#")


async def test_words_before_a_key(exchange):
    """2.4: the first kind of input wins, and finishOnKey is ignored then."""
    told = await listen(exchange, 'input="dtmf speech" speechTimeout="2"', says(), {"wait": 0.3, "press": "4#"})
    assert told is not None and told["SpeechResult"] == WORDS and "Digits" not in told
    assert len(exchange.events(KeyPressed)) == 2


async def test_keys_that_nobody_asked_for(exchange):
    steps = [{"hear": "code", "wait": 0.5, "press": "4#"}, says(hear="", wait=0.5)]
    told = await listen(exchange, 'input="speech" speechTimeout="1"', *steps)
    assert told is not None and told["SpeechResult"] == WORDS


@pytest.mark.obeys("Gather", "maxSpeechTime")
async def test_who_does_not_stop_is_not_heard_for_ever(exchange):
    long = "and so on " * 12  # 8 s
    told = await listen(exchange, 'input="speech" maxSpeechTime="3"', says(long))
    assert told is not None and told["SpeechResult"] == long.strip()
    assert gathered_at(exchange) == pytest.approx(HEARD + 3)


@pytest.mark.obeys("Gather", "bargeIn")
async def test_a_prompt_that_is_played_to_its_end(exchange):
    steps = [says("Yes", wait=0.1)]
    told = await listen(exchange, 'input="speech" speechTimeout="1" bargeIn="false"', *steps)
    assert told is not None and told["SpeechResult"] == "Yes"
    (prompt,) = [one for one in exchange.entries if isinstance(one.event, SoundPlayed)]
    assert prompt.event.whole and prompt.event.seconds == pytest.approx(1.73, abs=0.02)
    assert gathered_at(exchange) == pytest.approx(2.2 + 1.73, abs=0.02)  # the pause was over before


async def test_a_prompt_that_fails_after_something_was_said(exchange):
    exchange.app.pages |= {
        "http://app/start": '<Response><Gather input="speech" bargeIn="false" action="/picked"><Say>Hello there</Say>'
        "<Pause/><Play>ftp://x</Play></Gather></Response>"
    }
    exchange.phone(PHONE, says(hear="", wait=0.1))
    exchange.place()
    await exchange.run()
    assert codes(exchange) == [11100]


@pytest.mark.obeys("Gather", "profanityFilter")
async def test_words_that_are_not_masked(exchange):
    told = await listen(exchange, 'input="speech" speechTimeout="1" profanityFilter="false"', says("Oh shit"))
    assert told is not None and told["SpeechResult"] == "Oh shit"


async def test_words_that_are_masked(exchange):
    told = await listen(exchange, 'input="speech" speechTimeout="1"', says("Oh shit, that fucking class"))
    assert told is not None and told["SpeechResult"] == "Oh s***, that f****** class"
    assert exchange.events(InputGathered)[0].speech == told["SpeechResult"]


@pytest.mark.obeys("Gather", "speechModel", "speechTimeout")
async def test_a_model_and_an_automatic_pause_do_not_go_together(exchange):
    await listen(exchange, 'input="speech" timeout="3" speechTimeout="auto" speechModel="phone_call"', says())
    assert codes(exchange) == [13335]
    assert gathered_at(exchange) == pytest.approx(HEARD + SAID + 3, abs=0.05)


@pytest.mark.parametrize("model", ["default", "googlev2_telephony_short", "deepgram_nova-2", "deepgram_nova-3-medical"])
async def test_models_that_are_known(exchange, model):
    await listen(exchange, f'input="speech" speechTimeout="1" speechModel="{model}"', says())
    assert codes(exchange) == []


@pytest.mark.parametrize("kinds", ["speech", "dtmf speech"])
async def test_a_model_that_there_is_not_fails_the_gather(exchange, kinds):
    """2.4: an unsupported model is told, and the Gather fails: nothing is heard, and nothing is waited for."""
    told = await listen(exchange, f'input="{kinds}" speechModel="bogus" timeout="60"', says(), {"press": "1"})
    assert told is None and codes(exchange) == [13334]
    (notice,) = exchange.events(Noticed)
    assert "phone_call" in notice.message and "the Gather fails" in notice.message
    assert gathered_at(exchange) < HEARD
    assert [(one.digits, one.speech) for one in exchange.events(InputGathered)] == [("", "")]


async def test_a_gather_that_fails_goes_to_its_action_if_nothing_may(exchange):
    told = await listen(exchange, 'input="speech" speechModel="bogus" actionOnEmptyResult="true"', says())
    assert told is not None and told["SpeechResult"] == ""


async def test_who_hangs_up_while_speaking_asks_nothing(exchange):
    steps = [says("Yes"), {"wait": 0.5, "hang_up": True}]
    assert await listen(exchange, 'input="speech"', *steps) is None
    assert not exchange.switchboard.facilities.calls


async def test_words_before_the_menu_are_not_meant_for_it(exchange):
    exchange.app.pages |= {
        "http://app/start": "<Response><Say>Long introduction here</Say>"
        '<Gather input="speech" speechTimeout="1" action="/picked"><Say>Now</Say></Gather></Response>',
        "http://app/picked": "<Response/>",
    }
    exchange.phone(PHONE, says("Hm", hear="introduction", wait=0.2), says("Yes", hear="now", wait=0.5))
    exchange.place()
    await exchange.run()
    assert exchange.app.params()["SpeechResult"] == "Yes"


# Speech, while it goes on


@pytest.mark.obeys("Gather", "partialResultCallback", "partialResultCallbackMethod")
async def test_what_was_said_so_far(exchange):
    """2.4: the standard parameters and five more; answers steer nothing."""
    attributes = 'input="speech" speechTimeout="1" partialResultCallback="/part" partialResultCallbackMethod="GET"'
    await listen(exchange, attributes, says())
    parts = [one for one in exchange.callbacks if one.url == "http://app/part"]
    assert {one.method for one in parts} == {"GET"}
    told = [dict(one.params) for one in parts]
    assert [(one["UnstableSpeechResult"], one["StableSpeechResult"]) for one in told] == [
        ("I", ""),
        ("I want", "I"),
        ("I want a", "I want"),
        (WORDS, "I want a"),
    ]
    assert [one["SequenceNumber"] for one in told] == ["0", "1", "2", "3"]
    standard = dict(exchange.app.asked[0].params)
    assert told[0] == standard | {
        "UnstableSpeechResult": "I",
        "StableSpeechResult": "",
        "Stability": "0.9",
        "SequenceNumber": "0",
    }
    at = [one.at - START - HEARD for one in exchange.entries if isinstance(one.event, SpeechHeard)]
    assert at == [pytest.approx(number * WORD, abs=0.01) for number in range(4)]


async def test_what_was_said_so_far_is_masked(exchange):
    await listen(exchange, 'input="speech" partialResultCallback="/part"', says("shit"))
    assert [one.text for one in exchange.events(SpeechHeard)] == ["s***"]


async def test_a_partial_callback_that_cannot_be_asked(exchange):
    told = await listen(exchange, 'input="speech" speechTimeout="1" partialResultCallback="ftp://x"', says())
    assert told is not None and codes(exchange) == [11100] and not exchange.events(SpeechHeard)


# Speech that is only sound

OTHER = "+15005550007"


class Recogniser:
    """Understands the same, whatever is said; remembers what it was asked."""

    def __init__(self, *texts: str, confidence: float | None = 0.75) -> None:
        self.texts, self.confidence = list(texts), confidence
        self.asked: list[tuple] = []

    async def recognise(self, sound, language, hints):
        self.asked.append((sound, language, hints))
        text = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
        if text == "?":
            raise RecognitionFailed("The recogniser is on fire.")
        return Recognised(text, self.confidence)


async def from_number(exchange: World, attributes: str, recogniser, speaks: str = "<Play>/a.wav</Play>"):
    """The menu is heard by a number of ours whose document plays: nothing but its sound is there."""
    exchange.switchboard.facilities.recogniser = recogniser
    exchange.own(OTHER, voice_url="http://app/other")
    exchange.app.pages["http://app/other"] = f"<Response><Pause/>{speaks}<Pause length='20'/></Response>"
    return await listen(exchange, attributes, to=OTHER)


@pytest.mark.obeys("Gather", "language", "hints")
async def test_sound_is_recognised(exchange):
    recogniser = Recogniser(" Ich will   eine Pizza ")
    attributes = 'input="speech" speechTimeout="1" language="de-DE" hints="Pizza, $TIME,"'
    told = await from_number(exchange, attributes, recogniser)
    assert told == {"SpeechResult": "Ich will eine Pizza", "Confidence": "0.75", "Language": "de-DE"}
    ((sound, language, hints),) = recogniser.asked
    assert (language, hints) == ("de-DE", ("Pizza", "$TIME"))
    spoken = tones.tone(AUDIO_SECONDS, 440)
    begin = int(np.flatnonzero(sound)[0]) - int(np.flatnonzero(spoken)[0])
    assert np.array_equal(sound[begin : begin + len(spoken)], spoken)
    assert begin < 0.7 * RATE and len(sound) / RATE == pytest.approx(begin / RATE + AUDIO_SECONDS + 1, abs=0.1)
    assert codes(exchange) == []


async def test_a_recogniser_that_is_not_sure(exchange):
    told = await from_number(exchange, 'input="speech" speechTimeout="1"', Recogniser("Hm", confidence=None))
    assert told == {"SpeechResult": "Hm", "Language": "en-US"}


@pytest.mark.parametrize("recogniser", [None, Recogniser("?"), Recogniser(" ")])
async def test_what_nobody_understands_counts_as_nothing(exchange, recogniser):
    assert await from_number(exchange, 'input="speech" speechTimeout="1"', recogniser) is None
    silent = recogniser is not None and recogniser.texts == [" "]
    assert codes(exchange) == ([] if silent else [13340])
    (event,) = exchange.events(InputGathered)
    assert (event.speech, event.confidence) == ("", None)


async def test_what_nobody_understands_does_not_keep_keys_out(exchange):
    """Somebody talks beside a telephone, and its keys are what counts."""
    speaks = '<Play>/a.wav</Play><Play digits="4#"/>'
    told = await from_number(exchange, 'input="speech dtmf"', None, speaks)
    assert told == digits("4", "#") and codes(exchange) == []
    assert [one.whole for one in exchange.events(SoundPlayed) if one.kind == "speech"] == [True]


async def test_silence_needs_no_recogniser(exchange):
    assert await from_number(exchange, 'input="speech"', None, "<Pause/>") is None
    assert codes(exchange) == []


async def test_a_number_that_speaks_needs_none_either(exchange):
    told = await from_number(exchange, 'input="speech" speechTimeout="1"', None, f"<Say>{WORDS}</Say>")
    assert told is not None and told["SpeechResult"] == WORDS


async def test_sound_that_is_the_tone_of_a_key(exchange, monkeypatch):
    """An old telephone, of which nothing but sound comes: its keys are no speech, which stops the prompt as they do."""
    monkeypatch.setattr(SimulatedLeg, "has_words", False)
    exchange.switchboard.facilities.recogniser = Recogniser("beep")
    exchange.app.pages |= {"http://app/start": MENU.format(' input="speech dtmf"'), "http://app/picked": "<Response/>"}
    exchange.phone(PHONE, {"hear": "code", "wait": 0.5, "press": "42#"}, in_band=True)
    exchange.place()
    await exchange.run()
    assert exchange.events(SoundPlayed)[0].whole is False
    assert exchange.app.params()["Digits"] == "42"


async def test_speech_that_is_known_before_the_key_whose_tone_it_is(exchange, monkeypatch):
    monkeypatch.setattr(SimulatedLeg, "has_words", False)
    exchange.switchboard.facilities.recogniser = Recogniser("beep")
    exchange.app.pages |= {
        "http://app/start": '<Response><Gather input="speech dtmf" numDigits="1" action="/picked"/></Response>',
        "http://app/picked": "<Response/>",
    }
    exchange.phone(PHONE)
    sid = exchange.place()
    await exchange.run(4)
    leg = exchange.switchboard.facilities.calls[sid].line
    leg.media._on_speech(True)
    await exchange.run(0.2)
    leg._key("7")
    await exchange.run(1)
    assert exchange.app.params()["Digits"] == "7"


async def test_sound_so_far(exchange):
    recogniser = Recogniser("", "I want", "I want", "I want that")
    attributes = 'input="speech" speechTimeout="1" partialResultCallback="/part"'
    told = await from_number(exchange, attributes, recogniser)
    assert told is not None and told["SpeechResult"] == "I want that"
    assert [one.text for one in exchange.events(SpeechHeard)] == ["I want", "I want that"]
    sizes = [len(sound) for sound, _, _ in recogniser.asked]
    assert sizes == sorted(sizes)


async def test_partial_results_end_with_the_recogniser(exchange):
    attributes = 'input="speech" speechTimeout="1" partialResultCallback="/part"'
    assert await from_number(exchange, attributes, Recogniser("?")) is None
    assert codes(exchange) == [13340] and not exchange.events(SpeechHeard)
