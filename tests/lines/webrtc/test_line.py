from hoyhoy.lines.webrtc.device import Device
from hoyhoy.wire.softphone.place import Place

from .booth import ACCOUNT, HOME


async def test_a_client_is_reached_where_it_has_registered(line):
    """Voice reference 2.7.5; of another account it is somebody else."""
    line.browser("alice")
    reaches = line.line.reaches
    assert reaches("client:alice", ACCOUNT) and reaches("client:alice?order=1", ACCOUNT)
    assert not reaches("client:alice", "AC" + "0" * 32) and not reaches("client:bob", ACCOUNT)
    assert not reaches("alice", ACCOUNT) and not reaches("sip:alice@example.com", ACCOUNT)


async def test_what_stands_behind_the_name_are_parameters(line):
    browser = line.browser("alice")
    await line.dial("alice?order=1", parameters=(("vip", "yes"),))
    assert browser.last("invite")["parameters"]["Params"] == "vip=yes&order=1"
    assert browser.last("invite")["parameters"]["To"] == "client:alice"


async def test_each_connection_is_a_device(line):
    device = line.line.device(HOME, Place(), lambda frame: None)
    assert isinstance(device, Device) and device is not line.line.device(HOME, Place(), lambda frame: None)


async def test_a_line_that_is_drained_takes_no_more_calls(line):
    line.line.drain()
    assert line.line.equipment.drains
