from hoyhoy.lines.sip.dialogs import Dialogs, Flows
from hoyhoy.lines.sip.target import Target

from .wires import made


def test_requests_find_who_has_their_tag():
    dialogs = Dialogs()
    one, two = object(), object()
    dialogs.add("call", "one", one)  # type: ignore[arg-type]
    dialogs.add("call", "two", two)  # type: ignore[arg-type]
    assert dialogs.find(made("BYE", tag="one")) is one
    assert dialogs.find(made("BYE", tag="two")) is two
    assert dialogs.find(made("BYE", tag="three")) is None
    assert dialogs.find(made("BYE", tag="one", call_id="other")) is None
    dialogs.drop("call", "one")
    dialogs.drop("call", "one")
    assert (dialogs.find(made("BYE", tag="one")), len(dialogs)) == (None, 1)


def test_a_lost_connection_is_told_to_those_who_hang_on_it():
    class Phone:
        def __init__(self) -> None:
            self.told: list[Target] = []

        def lost(self, flow: Target) -> None:
            self.told.append(flow)

    flows, one, two, gone = Flows(), Phone(), Phone(), Phone()
    here, there = Target("tcp", "127.0.0.1", 5000, flow=1), Target("tcp", "127.0.0.1", 5000, flow=2)
    for flow, phone in ((here, one), (there, two), (here, gone), (here, one)):
        flows.follow(flow, phone)
    flows.leave(here, gone)
    flows.leave(there, gone)
    assert here in flows
    flows.lost(here)
    flows.lost(here)
    assert here not in flows
    assert (one.told, two.told, gone.told, len(flows)) == ([here], [], [], 1)
    flows.leave(there, two)
    assert len(flows) == 0
    flows.follow(here, one)
    flows.clear()
    flows.lost(here)
    assert one.told == [here]
