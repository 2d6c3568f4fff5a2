"""Bad-inputs, crash and fault tests: a restart with live registrations."""

from __future__ import annotations

import json
import logging
import stat

import pytest

from hoyhoy.lines.sip.roll import EVERY, Roll, read, written
from hoyhoy.lines.sip.target import Target

from .test_registrar import TLS, World

HERE = Target("udp", "198.51.100.7", 40000)


@pytest.fixture
async def world():
    made = World()
    yield made
    made.registrar.close()
    await made.clock.close()


@pytest.fixture
async def again():
    """The exchange after its restart: the same directory, another registrar."""
    made = World()
    yield made
    made.registrar.close()
    await made.clock.close()


async def test_a_restart_with_live_registrations(world, again, tmp_path):
    path = tmp_path / "phones.json"
    world.register(Path="<sip:edge;lr>", contact="<sip:alice@10.0.0.5>;q=0.5")
    world.register("bob", "Another-horse-2", contact="<sip:bob@198.51.100.7:40000>")
    world.register(source=TLS, contact="<sip:alice@10.0.0.6;transport=tls>")
    await Roll(world.registrar, path, world.clock).save()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    roll = Roll(again.registrar, path, again.clock)
    await roll.load()
    assert again.locations() == ["sip:alice@10.0.0.5"], "the connection of the other is gone"
    assert again.locations("bob") == ["sip:bob@198.51.100.7:40000"]
    (one,) = again.registrar.locations("sip:alice@acme.sip.twilio.com")
    assert (one.target, one.contact.q, str(one.path[0].uri)) == (HERE, 500, "sip:edge;lr")
    await again.clock.advance(30)
    assert [str(letter.request.uri) for letter in again.post.sent] == ["sip:alice@10.0.0.5"], "is it there?"
    again.post.sent[0].answer(200)
    await again.clock.advance(500)
    assert again.register("bob", "Another-horse-2", contact="<sip:bob@198.51.100.7:40000>").status == 200
    await again.clock.advance(70)
    assert (again.locations(), again.locations("bob")) == ([], ["sip:bob@198.51.100.7:40000"])
    assert again.registrar.count == 1


async def test_it_is_written_when_it_is_different(world, tmp_path):
    path = tmp_path / "phones.json"
    roll = Roll(world.registrar, path, world.clock)
    await roll.load()
    running = world.clock.spawn(roll.run(), "roll")
    await world.clock.advance(EVERY)
    before = path.read_text()
    assert json.loads(before) == {"version": 1, "phones": []}
    world.register(contact="<sip:alice@198.51.100.7:40000>")
    await world.clock.advance(EVERY)
    once = path.read_text()
    assert once != before
    path.write_text("untouched")
    world.register(contact="<sip:alice@198.51.100.7:40000>")
    await world.clock.advance(EVERY)
    assert path.read_text() == "untouched", "a refresh is no news"
    world.register(contact="*", Expires="0")
    await world.clock.advance(EVERY)
    assert path.read_text() == before
    assert not list(tmp_path.glob("*.new"))
    running.cancel()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 2, "phones": []}', '{"version": 1}', "\x00"])
async def test_what_is_no_roll_is_forgotten(world, tmp_path, caplog, text):
    path = tmp_path / "phones.json"
    path.write_text(text)
    with caplog.at_level(logging.WARNING):
        await Roll(world.registrar, path, world.clock).load()
    assert "forgotten" in caplog.text
    assert world.registrar.count == 0


async def test_a_disk_that_takes_nothing(world, tmp_path, caplog):
    world.register()
    with caplog.at_level(logging.WARNING):
        await Roll(world.registrar, tmp_path / "nowhere" / "phones.json", world.clock).save()
    assert "cannot be written down: No such file or directory" in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"at": ["sctp", "h", 5060]},
        {"at": ["udp", "h", 0]},
        {"at": ["udp", "h"]},
        {"at": None},
        {"contact": "<broken"},
        {"path": ["<mailto"]},
        {"path": 5},
        {"call_id": None, "user": None, "at": "udp"},
    ],
)
async def test_phones_that_make_no_sense_are_left_out(world, change):
    world.register(contact="<sip:alice@198.51.100.7:40000>")
    whole = json.loads(written(world.registrar.bindings()))
    good = whole["phones"][0]
    whole["phones"] = [good | change, good, 5]
    ((aor, one),) = read(json.dumps(whole))
    assert (aor, one.target) == ((world.sid, "alice"), HERE)


async def test_what_came_by_a_connection_is_not_on_it(world):
    world.register(source=TLS)
    assert json.loads(written(world.registrar.bindings()))["phones"] == []
