import pytest

from hoyhoy.exchange.events import CallCreated, CallMoved, Noticed, PhoneHeard, PhoneRang, ResourceChanged
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.ports import Dialling, Row
from hoyhoy.lines.simulated.network import Network
from hoyhoy.lines.simulated.script import Behaviour, Step
from hoyhoy.media.virtual import VirtualDesk
from hoyhoy.wire.errors import Fault
from tests.exchange.talking import APPLICATION, application
from tests.exchange.world import ACCOUNT, NUMBER, PHONE

ALICE = "client:alice"
OTHER = "AC" + "b" * 32


def test_every_e164_number_is_reached(exchange):
    for address, reached in (
        ("+14155550123", True),
        ("+441632960000", True),
        ("client:ada", False),
        ("sip:a@b", False),
        ("4155550123", False),
        ("+0123456789", False),
    ):
        assert exchange.network.reaches(address) is reached


def test_without_phones_only_numbers_of_ours_are_reached(exchange):
    """Real destinations are denied until a trunk lists them (design, safe by default)."""
    network = exchange.network
    bare = Network(network.clock, network.journal, network.directory, network.plane, network.studio, has_phones=False)
    exchange.own(NUMBER)
    assert bare.reaches(NUMBER) and not bare.reaches(PHONE)


async def test_a_phone_comes_into_being_when_it_is_called(exchange):
    assert list(exchange.network.phones()) == []
    exchange.app.pages["http://app/start"] = "<Response/>"
    sid = exchange.place(to="+441632960000", caller_id="+14155550000")
    await exchange.run()
    (rang,) = exchange.events(PhoneRang)
    assert (rang.phone, rang.caller) == ("+441632960000", "+14155550000")
    assert (await exchange.row("calls", sid))["status"] == "completed"


async def test_a_text_to_nobody_is_refused(exchange):
    with pytest.raises(Fault) as fault:
        exchange.network.send_text(exchange.phone(), NUMBER, "Hello?")
    assert fault.value.code == 21612


async def test_a_phone_finds_its_side_of_a_call(exchange):
    exchange.app.pages["http://app/in"] = "<Response><Say>Hi</Say></Response>"
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(PHONE), NUMBER)
    assert exchange.network.call(call.sid) == (exchange.network.phone(PHONE), call)
    assert exchange.network.call("CAnone") is None


# Virtual clients (voice 2.7.5, 3.1) -------------------------------------------------------------


def test_a_client_is_there_when_somebody_made_it(exchange):
    network = exchange.network
    assert not network.has(ALICE) and not network.reaches(ALICE)
    network.phone(ALICE)
    assert network.has(ALICE) and network.reaches(ALICE) and network.reaches(f"{ALICE}?order=1")
    assert not network.reaches("client:alic") and not network.reaches("client:bob")
    network.phone(ALICE).behaviour = Behaviour(answering="unreachable")
    assert not network.reaches(ALICE)


def test_without_phones_there_are_no_clients(exchange):
    network = exchange.network
    bare = Network(network.clock, network.journal, network.directory, network.plane, network.studio, has_phones=False)
    bare.phone(ALICE)
    assert not bare.reaches(ALICE)


def test_a_client_stays_when_telephones_go(exchange, monkeypatch):
    monkeypatch.setattr("hoyhoy.lines.simulated.phonebook.MOST_IDLE", 3)
    alice = exchange.network.phone(ALICE)
    for last in range(10):
        exchange.network.phone(f"+1415555020{last}")
    assert exchange.network.phone(ALICE) is alice and len(list(exchange.network.phones())) == 1 + 3


async def test_a_client_calls_an_application(exchange):
    # 3.1: custom parameters are parameters like any other, and what is ours stays ours
    application(exchange, voice_url="http://app/client", status_callback="http://app/status")
    exchange.app.pages["http://app/client"] = "<Response><Say>Hello Alice</Say><Pause length='5'/></Response>"
    alice = exchange.phone(ALICE, {"hear": "hello", "wait": 1, "press": "1"})
    parameters = ("room", "blue"), ("From", "+14155550000"), ("CallSid", "CA"), ("FromCity", "Nowhere")
    call = exchange.network.call_application(alice, APPLICATION, "+14155550999", parameters)
    await exchange.run(60)
    (asked,) = exchange.app.asked
    told = dict(asked.params)
    expected = {"From": ALICE, "Caller": ALICE, "To": "+14155550999", "Called": "", "Direction": "inbound"}
    assert told | expected | {"ApplicationSid": APPLICATION, "CallStatus": "ringing", "room": "blue"} == told
    assert told["CallSid"] == call.sid and told["FromCity"] == "Nowhere"  # a client is nowhere
    assert len({name for name, _ in asked.params}) == len(asked.params)
    row = await exchange.row("calls", call.sid)
    expected = {"from": ALICE, "to": "+14155550999", "application_sid": APPLICATION, "usage_category": "calls-client"}
    assert row | expected | {"direction": "inbound", "status": "completed"} == row
    assert dict(exchange.callbacks[-1].params)["room"] == "blue"
    assert [one.text for one in exchange.events(PhoneHeard)] == ["Hello Alice"]
    assert call.parameters == parameters and call.outgoing


@pytest.mark.parametrize(("to", "parameters", "told"), [("", (), ""), ("", (("To", "bob"),), "bob")])
async def test_what_a_client_calls(exchange, to, parameters, told):
    application(exchange, voice_url="http://app/client")
    exchange.app.pages["http://app/client"] = "<Response/>"
    call = exchange.network.call_application(exchange.phone(ALICE), APPLICATION, to, parameters)
    await exchange.run(10)
    asked = exchange.app.params()
    assert (asked["To"], asked["Called"], call.other) == (told, "", told)


@pytest.mark.parametrize(("sid", "code"), [("AP" + "2" * 32, 21218), (APPLICATION, 21205)])
async def test_an_application_that_does_not_answer_a_client(exchange, sid, code):
    application(exchange)
    with pytest.raises(Fault) as fault:
        exchange.network.call_application(exchange.phone(ALICE), sid)
    assert fault.value.code == code and not exchange.events(CallCreated)


async def test_a_client_dials_a_number(exchange):
    # trap 29: it must say what is shown
    application(exchange, voice_url="http://app/client")
    exchange.own(NUMBER)
    exchange.app.pages["http://app/client"] = (
        f'<Response><Dial>{PHONE}</Dial><Dial callerId="{NUMBER}">{PHONE}</Dial></Response>'
    )
    exchange.phone(PHONE, answering="busy")
    exchange.network.call_application(exchange.phone(ALICE), APPLICATION)
    await exchange.run(30)
    assert [one.caller for one in exchange.events(PhoneRang)] == [NUMBER]
    assert [one.code for one in exchange.events(Noticed)] == [13214]


async def test_clients_call_one_another(exchange):
    application(exchange, voice_url="http://app/client")
    exchange.app.pages["http://app/client"] = "<Response><Dial><Client>bob</Client></Dial></Response>"
    exchange.phone("client:bob", {"hear": "hello", "say": "Hello Alice"}, {"wait": 2, "hang_up": True})
    alice = exchange.phone(ALICE)
    alice.behaviour = Behaviour(script=(Step(wait=4, say="Hello Bob"),))
    exchange.network.call_application(alice, APPLICATION)
    await exchange.run(30)
    (rang,) = exchange.events(PhoneRang)
    assert (rang.phone, rang.caller) == ("client:bob", ALICE)
    assert [(one.phone, one.text) for one in exchange.events(PhoneHeard) if one.kind == "speech"] == [
        ("client:bob", "Hello Bob"),
        (ALICE, "Hello Alice"),
    ]
    assert {one.status for one in exchange.events(CallMoved)} == {"in-progress", "ringing", "completed"}


# Applications as addresses ----------------------------------------------------------------------


async def test_an_application_is_reached(exchange):
    # 6
    application(exchange, voice_url="http://app/client")
    exchange.app.pages["http://app/client"] = "<Response><Say>Hello</Say></Response>"
    assert exchange.network.reaches(f"app:{APPLICATION}") and not exchange.network.reaches("app:AP" + "2" * 32)
    sid = exchange.place(to=f"app:{APPLICATION}?order=7", twiml="<Response><Pause length='2'/></Response>")
    await exchange.run(30)
    told = exchange.app.params()
    expected = {"To": APPLICATION, "CustomerId": ACCOUNT, "Param_order": "7", "Direction": "inbound", "From": NUMBER}
    assert told | expected == told and (await exchange.row("calls", sid))["status"] == "completed"


@pytest.mark.parametrize(("values", "may"), [({}, False), ({"public_application_connect_enabled": True}, True)])
async def test_another_accounts_application(exchange, values, may):
    # 2.7.5; not even its own number is called instead
    application(exchange, account=OTHER, voice_url="http://app/client", **values)
    exchange.own(NUMBER, voice_url="http://app/number")
    exchange.app.pages["http://app/client"] = "<Response/>"
    leg = exchange.network.dial(Dialling("CA", ACCOUNT, f"app:{APPLICATION}", PHONE, called=NUMBER))
    await exchange.run(1)
    assert [one.url for one in exchange.app.asked] == ["http://app/client"] * may
    assert leg.state is LegState.RELEASED and leg.cause is (Cause.NORMAL if may else Cause.UNREACHABLE)


# Calls between accounts -------------------------------------------------------------------------


@pytest.mark.parametrize("planes", [1, 2])
async def test_a_number_of_another_account(exchange, planes):
    """Its call is in the rooms of its own account; where another plane has these, the call is not made."""
    board = exchange.network.plane
    if planes == 2:
        board.add(lambda hear, lost: VirtualDesk(exchange.clock, hear)).start()
    assert (board.open(ACCOUNT).seat is board.open(OTHER).seat) is (planes == 1)
    values = {"account_sid": OTHER, "phone_number": NUMBER, "voice_url": "http://app/in"}
    row = Row("incoming_phone_numbers", "PN" + "2" * 32, values, new=True)
    exchange.database.journal.record(row.sid, OTHER, ResourceChanged(table=row.table, change="created"), (row,))
    exchange.app.pages["http://app/in"] = "<Response><Say>Hi</Say><Pause length='5'/></Response>"
    sid = exchange.place(to=NUMBER, twiml="<Response><Pause length='60'/></Response>")
    await exchange.run(60)
    assert (await exchange.row("calls", sid))["status"] == ("completed" if planes == 1 else "failed")
    assert [one.code for one in exchange.events(Noticed, sid)] == [12400] * (planes - 1)
    assert not exchange.switchboard.facilities.calls and not board.legs
