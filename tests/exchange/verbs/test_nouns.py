"""What nouns of a Dial share (voice 2.7.4, 2.7.5, 5.4): who is told, and what is found out about who answers."""

import pytest

from hoyhoy.exchange.dialling import Invitation
from hoyhoy.exchange.events import VerbStarted
from hoyhoy.exchange.orders import Detect
from hoyhoy.exchange.verbs.nouns import Noun, body_of, pairs

from ..talking import BOB, Wire, calls_in, dials, notices, read

SETTINGS = (
    'machineDetectionTimeout="20" machineDetectionSpeechThreshold="3000" machineDetectionSpeechEndThreshold="1500" '
    'machineDetectionSilenceTimeout="4000" amdStatusCallback="/amd" amdStatusCallbackMethod="GET"'
)


@pytest.fixture
def invited(monkeypatch):
    """Everybody who is invited."""
    found: list[Invitation] = []
    at = Noun.at

    def note(*which, **more):
        found.append(at(*which, **more))
        return found[-1]

    monkeypatch.setattr(Noun, "at", note)
    return found


async def detection(exchange, invited, noun: str) -> Detect | None:
    Wire(exchange, "sip:")
    calls_in(exchange, f"<Dial>{noun}</Dial>")
    exchange.phone(BOB, answering="busy")
    await exchange.run(30)
    return invited[-1].detect


WISH = Detect(
    to_end=True, seconds=20, speech=3.0, pause=1.5, silence=4.0, is_async=True, callback="http://app/amd", method="GET"
)


@pytest.mark.obeys(
    "Number",
    "machineDetection",
    "machineDetectionTimeout",
    "machineDetectionSpeechThreshold",
    "machineDetectionSpeechEndThreshold",
    "machineDetectionSilenceTimeout",
    "amdStatusCallback",
    "amdStatusCallbackMethod",
)
async def test_a_number_that_may_be_a_machine(exchange, invited):
    noun = f'<Number machineDetection="DetectMessageEnd" {SETTINGS}>{BOB}</Number>'
    assert await detection(exchange, invited, noun) == WISH and notices(exchange) == []


@pytest.mark.obeys(
    "Sip",
    "machineDetection",
    "machineDetectionTimeout",
    "machineDetectionSpeechThreshold",
    "machineDetectionSpeechEndThreshold",
    "machineDetectionSilenceTimeout",
    "amdStatusCallback",
    "amdStatusCallbackMethod",
)
async def test_a_sip_address_that_may_be_a_machine(exchange, invited):
    noun = f'<Sip machineDetection="DetectMessageEnd" {SETTINGS}>kate@example.com</Sip>'
    assert await detection(exchange, invited, noun) == WISH and notices(exchange) == []


async def test_what_is_not_said_has_its_default(exchange, invited):
    plain = await detection(
        exchange, invited, f'<Number machineDetection="Enable" amdStatusCallback="/amd">{BOB}</Number>'
    )
    assert plain == Detect(is_async=True, callback="http://app/amd")


@pytest.mark.parametrize("noun", [f"<Number>{BOB}</Number>", f'<Number amdStatusCallback="/amd">{BOB}</Number>'])
async def test_nobody_asks_whether_it_is_a_machine(exchange, invited, noun):
    assert await detection(exchange, invited, noun) is None


@pytest.mark.parametrize(
    ("attributes", "codes"),
    [
        ('machineDetection="Enable"', [21262]),
        ('machineDetection="yes"', [12200]),
        ('machineDetection="Enable" asyncAmd="false" amdStatusCallback="/x"', [21263]),
        ('asyncAmd="true" asyncAmdStatusCallback="/x" asyncAmdStatusCallbackMethod="GET"', [21263] * 3),
        ('machineDetectionTimeout="2"', [12200]),
        ('machineDetectionTimeout="61"', [12200]),
        ('machineDetectionSpeechThreshold="999"', [12200]),
        ('machineDetectionSpeechThreshold="6001"', [12200]),
        ('machineDetectionSpeechEndThreshold="499"', [12200]),
        ('machineDetectionSpeechEndThreshold="5001"', [12200]),
        ('machineDetectionSilenceTimeout="1999"', [12200]),
        ('machineDetectionSilenceTimeout="10001"', [12200]),
        ('amdStatusCallbackMethod="PUT"', [12200]),
    ],
)
@pytest.mark.parametrize("noun", ["Number", "Sip"])
def test_what_is_said_of_detection(noun, attributes, codes):
    assert read(f"<Dial><{noun} {attributes}>{BOB}</{noun}></Dial>")[1] == codes


def test_nobody_asks_whether_a_client_is_a_machine():
    # 5.4
    assert read('<Dial><Client machineDetection="Enable">ann</Client></Dial>')[1] == [12200]


async def test_who_cannot_be_told_of_a_machine(exchange, invited):
    noun = f'<Number machineDetection="Enable" amdStatusCallback="ftp://x">{BOB}</Number>'
    assert await detection(exchange, invited, noun) == Detect(is_async=True) and notices(exchange) == [11100]


async def test_callbacks_that_cannot_be_requested(exchange):
    noun = f'<Number statusCallback="ftp://x">{BOB}</Number>'
    told = await dials(exchange, f'<Dial action="/over" record="true" recordingStatusCallback="ftp://x">{noun}</Dial>')
    assert (notices(exchange), told["DialCallStatus"]) == ([11100, 13256], "completed")
    assert "RecordingUrl" in told and not exchange.callbacks


async def test_a_verb_is_recorded_as_it_was_written(exchange):
    await dials(exchange, f'<Dial action="/over"><Number asyncAmd="true">{BOB}</Number></Dial>')
    assert [one.text for one in exchange.events(VerbStarted) if one.verb == "Dial"] == [BOB]


def test_pairs_and_bodies():
    verb, codes = read(
        '<Dial><Client>ann<Identity> bob </Identity><Parameter name="a" value="1"/><Parameter name="a" value="2"/>'
        '<Parameter value="3"/><Parameter name="b"/></Client></Dial>'
    )
    (client,) = verb.nested
    assert pairs(client) == (("a", "1"), ("a", "2"), ("b", "")) and codes == [12200]
    assert (body_of(client, "Identity"), body_of(client, "ApplicationSid")) == ("bob", "ann")
