"""Virtual phones over HTTP: how they behave, what they hear, calling and texting with them."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hoyhoy.exchange.conversing import LONGEST
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.lines.simulated.kept import MOST_SOUND
from hoyhoy.lines.simulated.leg import SimulatedLeg
from hoyhoy.lines.simulated.network import Network
from hoyhoy.lines.simulated.phone import Phone, PhoneCall
from hoyhoy.lines.simulated.script import Behaviour
from hoyhoy.wire import number
from hoyhoy.wire.client import SCHEME, identity
from hoyhoy.wire.errors import Fault

from .wires import Json, faults, read


class Dial(msgspec.Struct, forbid_unknown_fields=True):
    """A phone dials a number. A client calls an application, which is told `to` and all `parameters`."""

    to: str = ""
    application: str = ""
    parameters: dict[str, str] = {}


class Send(msgspec.Struct, forbid_unknown_fields=True):
    to: str
    body: str = ""
    media: tuple[str, ...] = ()


class Hand(msgspec.Struct, forbid_unknown_fields=True):
    """What a hand does on a phone: keys to press, words to say; the program of a client, what it tells the app."""

    keys: str = ""
    text: str = ""
    content: Any = None


KEYS = frozenset("0123456789ABCD*#wW")
ACTS = ("answer", "decline", "press", "say", "message", "hang-up")


class PhoneRoutes:
    """Everything under /lab/v1/phones and /lab/v1/calls."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def routes(self) -> list[Route]:
        phone, call = "/phones/{number}", "/calls/{sid}"
        table = (
            ("/phones", "GET", self.all),
            (phone, "GET", self.one),
            (phone, "PUT", self.behave),
            (phone + "/calls", "POST", self.dial),
            (phone + "/messages", "POST", self.send),
            (call, "GET", self.call),
            (call + "/sound", "GET", self.sound),
            (call + "/{act}", "POST", self.act),
        )
        return [Route(path, faults(endpoint), methods=[method]) for path, method, endpoint in table]

    async def all(self, request: Request) -> Response:
        return Json({"phones": [_phone(phone) for phone in self.network.phones()]})

    async def one(self, request: Request) -> Response:
        """A client must have been made before, by its behaviour or by a call: to look for it is not to register it."""
        address = _address(request.path_params["number"])
        if address.startswith(SCHEME) and not self.network.has(address):
            raise Fault(20404, f"There is no {address}. It is there as soon as a PUT says how it behaves.")
        return Json(_phone(self.network.phone(address)))

    async def behave(self, request: Request) -> Response:
        """Set how the phone behaves from its next call on."""
        behaviour = await read(request, Behaviour)
        phone = self._phone(request)
        phone.behaviour = behaviour
        return Json(_phone(phone))

    async def dial(self, request: Request) -> Response:
        wish = await read(request, Dial)
        address = _address(request.path_params["number"])
        if address.startswith(SCHEME):
            call = self._from_client(address, wish)
        elif wish.application or wish.parameters:
            raise Fault(20001, f"{address} is a telephone: it dials a number. Clients call applications.")
        else:
            call = self.network.place_call(self.network.phone(address), _number(wish.to))
        phone = self.network.phone(address)
        await self.network.journal.settled()  # what is answered as made is durable, as in the API
        return Json(_call(phone, call), 201)

    def _from_client(self, address: str, wish: Dial) -> PhoneCall:
        if not wish.application:
            raise Fault(20001, "A client calls an application: say which, by its sid.")
        if not all(text.isprintable() for text in (wish.to, *wish.parameters)):
            raise Fault(20001, "Neither `to` nor the name of a parameter holds control characters.")
        client = self.network.phone(address)
        return self.network.call_application(client, wish.application, wish.to, tuple(wish.parameters.items()))

    async def send(self, request: Request) -> Response:
        wish = await read(request, Send)
        phone = self.network.phone(_number(request.path_params["number"]))
        sid = self.network.send_text(phone, _number(wish.to), wish.body, wish.media)
        await self.network.journal.settled()
        return Json({"sid": sid}, 201)

    async def call(self, request: Request) -> Response:
        return Json(_call(*self._call(request)))

    async def sound(self, request: Request) -> Response:
        """What the phone heard until now, as a WAV file; silence only when it was not told to keep it."""
        file = await self._call(request)[1].wav()
        if file is None:
            said = f"That sound is not kept any more: of all calls {MOST_SOUND >> 20} MB are kept, those of the last."
            raise Fault(20404, said, status=410)
        return Response(file, media_type="audio/wav")

    async def act(self, request: Request) -> Response:
        """answer, decline, press (keys), say (text), hang-up: what a hand does; message (content): what a client's
        program does."""
        hand = await read(request, Hand)
        phone, call = self._call(request)
        if (act := request.path_params["act"]) not in ACTS:
            raise Fault(20404, f"A phone cannot {act!r}: {', '.join(ACTS)} are known.")
        if not (call.leg and self._done(phone, call.sid, call.leg, act, hand)):
            raise Fault(20409, f"That cannot be done while the call is {call.state}.")
        return Json(_call(phone, call))

    def _done(self, phone: Phone, sid: str, leg: SimulatedLeg, act: str, hand: Hand) -> bool:
        """Do it, and say whether that could be done."""
        match act:
            case "answer":
                return leg.pick_up()
            case "decline":
                return leg.state is not LegState.ANSWERED and leg.put_down(Cause.REJECTED)
            case "press":
                if not hand.keys or not set(hand.keys) <= KEYS:
                    raise Fault(20001, "keys are 0-9 A-D * #; w waits half a second, W a whole one.")
                if done := leg.state is LegState.ANSWERED:
                    phone.clock.spawn(leg.press(hand.keys), f"press {sid}")
                return done
            case "say":
                if done := leg.say(hand.text):
                    phone.clock.spawn(phone.voice(leg, hand.text), f"say {sid}")
                return done
            case "message":
                return leg.send_message(_written(hand.content))
        return leg.put_down()

    def _phone(self, request: Request) -> Phone:
        return self.network.phone(_address(request.path_params["number"]))

    def _call(self, request: Request) -> tuple[Phone, PhoneCall]:
        found = self.network.call(request.path_params["sid"])
        if found is None:
            raise Fault(
                20404,
                "No virtual phone takes part in that call, or it is over and was forgotten; /events has all of it.",
            )
        return found


def _written(content: Any) -> str:
    """As an SDK sends it: JSON of a value, text as it is."""
    text = content if isinstance(content, str) else msgspec.json.encode(content).decode()
    if content is None or len(text) > LONGEST:
        raise Fault(32703, f"content is a value in JSON, of at most {LONGEST} characters.")
    return text


def _number(raw: str) -> str:
    try:
        return number.parse(raw)
    except ValueError as error:
        raise Fault(20001, str(error)) from None


def _address(raw: str) -> str:
    """Whose phone it is: a number, or `client:` and a name."""
    if not raw.startswith(SCHEME):
        return _number(raw)
    try:
        return SCHEME + identity(raw.removeprefix(SCHEME))
    except ValueError as error:
        raise Fault(20001, str(error)) from None


def _phone(phone: Phone) -> dict[str, Any]:
    return {
        "number": phone.number,
        "behaviour": phone.behaviour,
        "calls": [_call(phone, call) for call in phone.calls],
        "messages": phone.texts,
    }


def _call(phone: Phone, call: PhoneCall) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "phone": phone.number,
        "other": call.other,
        "outgoing": call.outgoing,
        "state": call.state,
        "cause": call.cause,
        "began": call.began,
        "parameters": dict(call.parameters),
        "heard": call.heard,
        "messages": call.messages,
    }
