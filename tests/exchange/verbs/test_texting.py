"""What Texting knows by itself; how documents send is in test_message.py and test_sms.py of their families."""

from dataclasses import dataclass, field
from typing import Any

from hoyhoy.exchange.orders import SendMessage
from hoyhoy.exchange.program import Place
from hoyhoy.exchange.verbs.texting import Texting
from hoyhoy.exchange.verbs.verb import Family
from hoyhoy.wire.twiml import parse


@dataclass
class Owner:
    account: str = "AC1"

    def number(self, number: str) -> Any:
        return self if number == "+14155550100" else None

    @property
    def directory(self) -> "Owner":
        return self


@dataclass
class Performing:
    """A document at http://app/x; what is told."""

    place: Place = field(default_factory=lambda: Place("http://app/x"))
    facilities: Any = field(default_factory=Owner)
    told: list[int] = field(default_factory=list)

    def notice(self, code: int, message: str) -> None:
        self.told.append(code)


def ordered(document: str) -> tuple[SendMessage | None, list[int]]:
    on = Performing()
    (element,) = parse(f"<Response>{document}</Response>").children
    verb = Texting.read(element, Family({}), on.notice)
    order = verb.order(on, account="AC1", far="+14155550123", near="+14155550100", direction="outbound-call")
    return order, on.told


def test_the_pair_is_who_it_is_between():
    order, told = ordered("<Texting>Hello</Texting>")
    assert order and (order.sender, order.to, order.body, told) == ("+14155550100", "+14155550123", "Hello", [])


def test_the_action_is_told_of_its_status_unless_a_callback_is():
    # messaging 1.10
    order, _ = ordered('<Texting action="/a">Hello</Texting>')
    assert order and order.status_callback == "http://app/a"
    order, _ = ordered('<Texting action="/a" statusCallback="/b">Hello</Texting>')
    assert order and order.status_callback == "http://app/b"


def test_what_cannot_be_sent():
    assert ordered("<Texting/>") == (None, [14103])
    assert ordered(f"<Texting>{'a' * 1601}</Texting>") == (None, [14103])
    assert ordered('<Texting from="+14155550111">Hello</Texting>') == (None, [14108])
    assert ordered('<Texting to="nobody">Hello</Texting>') == (None, [14101])
    assert ordered('<Texting action="ftp://x">Hello</Texting>') == (None, [11100])
