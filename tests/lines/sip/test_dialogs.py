from hoyhoy.lines.sip.dialogs import Dialogs

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
