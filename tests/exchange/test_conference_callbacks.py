"""voice 2.8.1: exactly what an app is told of a conference."""

from types import SimpleNamespace

from hoyhoy.exchange.conference_callbacks import EVENTS, OF_ALL, WORDS, Ending, Leaving, Teller, of_end, of_participant
from hoyhoy.exchange.orders import Telling

from .world import ACCOUNT, START, World

SID = "CF" + "1" * 32


def teller(exchange: World, *events: str, url: str = "http://app/told", sequence: int = 0) -> Teller:
    telling = Telling(callback=url, method="GET", events=events)
    return Teller(exchange.switchboard.facilities, telling, ACCOUNT, SID, "Room", sequence)


def participant(**how) -> SimpleNamespace:
    usual = {"muted": False, "held": False, "coaches": "", "ends": False, "starts": True, "label": ""}
    return SimpleNamespace(call=SimpleNamespace(sid="CA1"), **usual | how)


def test_every_word_of_the_platform_tells_something():
    assert EVENTS == ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
    assert len(WORDS) == 13
    assert len(Ending) == len({one.sentence for one in Ending}) == 5
    assert {"conference-ended-via-api", "last-participant-left"} < set(Ending) and set(OF_ALL.values()) < set(Leaving)


async def test_what_every_callback_says(exchange):
    (callback,) = teller(exchange, "start").tell("conference-start", (("More", "said"),))
    assert START == 1_700_000_000
    assert callback.params == (
        ("ConferenceSid", SID),
        ("FriendlyName", "Room"),
        ("AccountSid", ACCOUNT),
        ("SequenceNumber", "1"),
        ("Timestamp", "Tue, 14 Nov 2023 22:13:20 +0000"),
        ("StatusCallbackEvent", "conference-start"),
        ("More", "said"),
    )
    assert (callback.subject, callback.account, callback.url, callback.method) == (
        SID, ACCOUNT, "http://app/told", "GET",
    )  # fmt: skip


async def test_only_what_is_told_is_counted(exchange):
    made = teller(exchange, "mute", sequence=4)
    assert made.tell("participant-join") == () and made.sequence == 4
    numbers = [dict(made.tell(what)[0].params)["SequenceNumber"] for what in ("participant-mute", "participant-unmute")]
    assert numbers == ["5", "6"] and made.sequence == 6
    assert teller(exchange, "mute", url="").tell("participant-mute") == ()


def test_how_somebody_takes_part():
    assert of_participant(participant()) == (
        ("CallSid", "CA1"),
        ("Muted", "false"),
        ("Hold", "false"),
        ("Coaching", "false"),
        ("EndConferenceOnExit", "false"),
        ("StartConferenceOnEnter", "true"),
    )
    assert of_participant(participant(muted=True, held=True, coaches="CA2", ends=True, starts=False, label="x")) == (
        ("CallSid", "CA1"),
        ("Muted", "true"),
        ("Hold", "true"),
        ("Coaching", "true"),
        ("EndConferenceOnExit", "true"),
        ("StartConferenceOnEnter", "false"),
        ("ParticipantLabel", "x"),
        ("CallSidToCoach", "CA2"),
    )


def test_why_it_ended():
    assert of_end(Ending.BY_API, None) == (
        ("ReasonConferenceEnded", "conference-ended-via-api"),
        ("Reason", "The conference was ended through the API."),
    )
    assert dict(of_end(Ending.LAST_LEFT, participant(label="x"))) == {
        "CallSidEndingConference": "CA1",
        "ParticipantLabelEndingConference": "x",
        "ReasonConferenceEnded": "last-participant-left",
        "Reason": "The last participant left.",
    }
