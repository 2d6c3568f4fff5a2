"""voice 6: documents that are nobody's call. Who hears them is tested beside conference.py and participant.py."""

import pytest

from hoyhoy.exchange.announcing import MOST_AT_ONCE, Announcement, Announcements
from hoyhoy.exchange.events import Noticed, VerbStarted
from hoyhoy.exchange.ports import Page
from hoyhoy.wire.errors import Fault

from .meeting import at
from .world import ACCOUNT, World

SUBJECT = "CF" + "1" * 32


class Audience:
    """What was announced, and how each announcement ended."""

    def __init__(self, exchange: World, **pages) -> None:
        self.exchange = exchange
        exchange.app.pages |= {f"http://app/{name}": page for name, page in pages.items()}
        self.announcements = Announcements()
        self.heard: list[str] = []
        self.told: list[tuple[int, bool]] = []

    def announce(self, path: str = "news") -> Announcement:
        made = Announcement(
            self.exchange.switchboard.facilities,
            ACCOUNT,
            at(path),
            subject=SUBJECT,
            params=lambda: (("ConferenceSid", SUBJECT),),
            hear=self._hear,
            told=lambda code, why: self.told.append((code, bool(why))),
        )
        self.announcements.start(made)
        return made

    async def _hear(self, prompt) -> None:
        self.heard.append(getattr(prompt.wish, "text", "") or getattr(prompt.wish, "url", "") or prompt.wish.digits)
        await self.exchange.clock.sleep(prompt.seconds)

    def codes(self) -> list[int]:
        return [one.code for one in self.exchange.events(Noticed, SUBJECT)]


async def test_all_are_stopped_also_when_one_cannot_be_told_of(exchange):
    audience = Audience(exchange, news="<Response><Pause length='60'/></Response>")

    def told(code: int, why: str) -> None:
        raise Fault(20500, "away")

    audience.announce()._told = told
    audience.announce()
    await exchange.run(1)
    with pytest.raises(Fault):
        audience.announcements.stop("It is over.")
    assert audience.told == [(16001, True)]


async def test_a_document_and_where_it_leads(exchange):
    audience = Audience(
        exchange,
        news="<Response><Say loop='2'>One</Say><Play digits='1w'/><Redirect method='GET'>sub/b</Redirect></Response>",
        **{"sub/b": "<Response><Play>gong.wav</Play><Pause length='5'/><Say>Two</Say></Response>"},
    )
    audience.announce()
    await exchange.run(60)
    assert audience.heard == ["One", "One", "1w", "http://app/sub/gong.wav", "Two"] and audience.told == [(0, False)]
    assert [(one.method, one.params) for one in exchange.app.asked] == [
        ("POST", (("ConferenceSid", SUBJECT),)),
        ("GET", (("ConferenceSid", SUBJECT),)),
    ]
    assert [one.verb for one in exchange.events(VerbStarted, SUBJECT)] == [
        "Say", "Play", "Redirect", "Play", "Pause", "Say",
    ]  # fmt: skip


async def test_sound_and_plain_text(exchange):
    audience = Audience(
        exchange,
        news=Page("http://app/news", 200, "audio/mpeg", b"..."),
        text=Page("http://app/text", 200, "text/plain", b"Plain words"),
    )
    audience.announce()
    audience.announce("text")
    await exchange.run(10)
    assert audience.heard == ["http://app/news", "Plain words"]


async def test_what_has_no_place_there(exchange):
    audience = Audience(
        exchange, news="<Response><Gather/><Dial>+15005550006</Dial><Blink/><Say>Still</Say><Say/></Response>"
    )
    audience.announce()
    await exchange.run(10)
    assert audience.codes() == [13238, 13238, 12200, 13520] and audience.heard == ["Still"]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (None, 11200),
        ("<Response>", 12100),
        ("<Answer/>", 12102),
        (Page("http://app/news", 200, "image/png", b"x"), 12300),
        ("<Response><Redirect/></Response>", 11215),
    ],
)
async def test_what_cannot_be_announced(exchange, page, code):
    audience = Audience(exchange)
    if page is not None:
        exchange.app.pages["http://app/news"] = page
    audience.announce()
    await exchange.run(10)
    assert audience.told == [(code, True)] and audience.codes() == [code]
    (row,) = await exchange.database.rows.page("notifications")
    assert (row["request_url"], row["request_method"]) == ("http://app/news", "POST")
    assert row["response_body"]


async def test_one_after_another(exchange):
    audience = Audience(
        exchange,
        news="<Response><Say>One</Say><Pause length='3'/><Say>Two</Say></Response>",
        other="<Response><Say>Three</Say></Response>",
    )
    audience.announce()
    audience.announce("other")
    await exchange.run(2)
    assert audience.heard == ["One"]
    await exchange.run(10)
    assert audience.heard == ["One", "Two", "Three"]


async def test_so_many_and_no_more(exchange):
    audience = Audience(exchange, news="<Response><Say>News</Say></Response>")
    for _ in range(MOST_AT_ONCE):
        audience.announce()
    with pytest.raises(Fault) as refused:
        audience.announce()
    assert refused.value.code == 16099
    await exchange.run(0.1)
    audience.announcements.stop("Enough.")
    await exchange.run(10)
    assert audience.told == [(16001, True)] * MOST_AT_ONCE and audience.heard == ["News"]


async def test_after_a_stop_it_begins_anew(exchange):
    audience = Audience(exchange, news="<Response><Say loop='0'>News</Say></Response>", other="<Response/>")
    audience.announce()
    await exchange.run(1)
    audience.announcements.stop("Enough.")
    audience.announcements.stop("Enough.")
    audience.announce("other")
    await exchange.run(5)
    assert audience.told == [(16001, True), (0, False)]
