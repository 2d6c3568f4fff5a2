from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip.timers import Timers


def test_they_come_in_order():
    timers: Timers[str, str] = Timers()
    timers.set("one", "B", 32.0)
    timers.set("one", "A", 0.5)
    timers.set("two", "A", 0.5)
    assert (timers.next, len(timers), timers.pop(0.4)) == (0.5, 3, None)
    assert [timers.pop(0.5) for _ in range(3)] == [("one", "A"), ("two", "A"), None]
    timers.set("one", "B", 1.0)  # anew
    timers.stop("one", "C")
    assert timers.next == 1.0 and len(timers) == 1
    timers.forget("one")
    timers.forget("one")
    assert timers.next is None and timers.pop(99) is None and len(timers) == 0


moves = st.lists(
    st.tuples(
        st.sampled_from(["set", "stop", "forget", "pop"]), st.integers(0, 3), st.sampled_from("AB"), st.integers(0, 9)
    ),
    max_size=300,
)


@given(moves)
def test_like_a_plain_dict(script):
    timers: Timers[int, str] = Timers()
    plain: dict[tuple[int, str], int] = {}
    for what, owner, name, when in script:
        if what == "set":
            timers.set(owner, name, when)
            plain[owner, name] = when
        elif what == "stop":
            timers.stop(owner, name)
            plain.pop((owner, name), None)
        elif what == "forget":
            timers.forget(owner)
            plain = {key: due for key, due in plain.items() if key[0] != owner}
        else:
            taken = timers.pop(when)
            if taken is None:
                assert all(due > when for due in plain.values())
            else:
                assert plain.pop(taken) <= min([*plain.values(), when])  # the earliest
        assert timers.next == min(plain.values(), default=None)
        assert len(timers) == len(plain)


def test_what_was_stopped_is_not_kept():
    timers: Timers[int, str] = Timers()
    for owner in range(10_000):
        timers.set(owner, "B", 32.0)
        timers.forget(owner)
    assert len(timers._queue) <= 65
