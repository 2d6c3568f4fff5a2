"""voice 2.4: every attribute and every row of the outcome table."""

import pytest

from hoyhoy.exchange.events import InputGathered, KeyPressed, Noticed, PhoneHeard
from hoyhoy.exchange.ports import FetchFailed
from hoyhoy.exchange.verbs.voice.gather import AHEAD, MOST_AHEAD

from ...world import PHONE, World

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
        ('speechTimeout="auto"', 12200),
        ('input="speech"', 12200),
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
    assert [n.code for n in exchange.events(Noticed)] == [12200]
    assert [h.text for h in exchange.events(PhoneHeard)] == ["Hi"]


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


async def test_when_one_is_not_there_none_is_played(exchange):
    exchange.app.pages |= {"http://app/start": FETCHING, "http://app/b.wav": FetchFailed(11200, "HTTP 404")}
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [one.code for one in exchange.events(Noticed)] == [11200]
    (only,) = exchange.events(PhoneHeard)
    assert "application error" in only.text
