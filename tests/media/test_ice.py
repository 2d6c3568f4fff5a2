"""Who knows the password, and which way is used (RFC 8445 7.3, 8.1.1, 9)."""

import pytest

from hoyhoy.media.ice import MOST_WAYS, Agent
from hoyhoy.wire.webrtc import stun


@pytest.fixture
def agent():
    made = Agent("ours", "a password of ours")
    made.theirs = "them"
    return made


def check(username="ours:them", password="a password of ours", kind=stun.REQUEST):
    datagram = stun.write(kind, bytes(12), [(stun.USERNAME, username.encode())], password)
    return stun.read(datagram), datagram


def test_who_names_both_ends_and_knows_the_password_is_the_far_end(agent):
    assert agent.knows(*check())
    assert not agent.knows(*check(password="a guess"))
    assert not agent.knows(*check("ours:nobody")) and not agent.knows(*check("nobody:them"))
    assert not agent.knows(*check("ours:thé")) and not agent.knows(*check(""))


def test_an_answer_is_no_check(agent):
    assert not agent.knows(*check(kind=stun.SUCCESS))


def test_nobody_is_known_before_the_far_end_has_told_its_name():
    assert not Agent("ours", "a password of ours").knows(*check("ours:None"))


def test_until_one_is_chosen_the_latest_way_is_used(agent):
    assert agent.chosen is None
    agent.learn((0, 1), is_nominated=False)
    agent.learn((0, 2), is_nominated=False)
    assert agent.chosen == (0, 2)
    agent.learn((0, 1), is_nominated=True)
    agent.learn((0, 3), is_nominated=False)
    assert agent.chosen == (0, 1)
    agent.learn((1, 1), is_nominated=True)
    assert agent.chosen == (1, 1)


def test_those_that_were_checked_last_are_known_and_the_one_in_use(agent):
    agent.learn((0, 0), is_nominated=True)
    for source in range(1, MOST_WAYS):
        assert agent.learn((0, source), is_nominated=False) is None
    assert agent.learn((0, 1), is_nominated=False) is None
    assert agent.learn((0, 99), is_nominated=False) == (0, 2)
    assert agent.learn((0, 98), is_nominated=True) == (0, 0)
    assert len(agent.ways) == MOST_WAYS and agent.chosen == (0, 98)


def test_a_restart_forgets_who_may_come_and_keeps_where_sound_goes(agent):
    agent.learn((0, 1), is_nominated=True)
    agent.restart("moved", "another password of ours")
    assert agent.chosen == (0, 1) and not agent.knows(*check())
    assert not agent.knows(*check("moved:them", "another password of ours"))
    agent.theirs = "again"
    assert agent.knows(*check("moved:again", "another password of ours"))
    agent.learn((0, 2), is_nominated=False)
    assert agent.chosen == (0, 2)
