import msgspec
import pytest

from hoyhoy.media import orders


def test_they_survive_the_way():
    sent = [
        orders.OpenStream(leg=1, remote=2**47, law=8, events=101, ssrc=2**32 - 1, sequence=5, timestamp=6, hosts=(7,)),
        orders.Load(clip=3, sound=b"\x01\x02"),
        orders.Load(clip=3, sound=b"", more=True),
        orders.ChangeStream(leg=1, remote=0, law=0, events=-1, sends=False, hears=False, rtcp=-1),
        orders.Play(leg=1, clip=3, times=0, order=9),
        orders.Record(recording=4, of=1, track="dual", frames=50),
    ]
    assert orders.read_orders(orders.pack(sent)) == sent
    told = [
        orders.Closed(leg=1, received=3, jitter=0.25),
        orders.Reported(leg=1, sent=5, far_lost=2, far_jitter=0.5, round_trip=0.125, far_left=True),
        orders.Recorded(recording=4, sound=b"", channels=2, is_last=True),
        orders.Opened(leg=1, port=0, fingerprint="AB:CD", places=(("127.0.0.1", 10000),)),
    ]
    assert orders.read_events(orders.pack(told)) == told


@pytest.mark.parametrize("kind", orders.Order.__args__)
def test_every_order_can_be_refused_and_its_leg_clip_or_recording_is_told(kind):
    given = {"track": "to", "sound": b"", "keys": "1", "on": True, "paused": True, "ufrag": "a", "password": "b"}
    given["fingerprints"] = (("sha-256", "AB"),)
    order = kind(**{name: given.get(name, 7) for name in kind.__struct_fields__})
    told = orders.refusal(order, "there is no such thing")
    assert orders.read_events(orders.pack([told])) == [told]
    assert 7 in (getattr(told, name, None) for name in ("of", "leg", "room"))
    if isinstance(told, orders.Refused | orders.Played | orders.Said | orders.Failed):
        assert told.why == "there is no such thing"


@pytest.mark.parametrize("junk", [b"", b"\x90\x90", b"\x91\x92\xa4Nope\x01", b"\x91\x92\xa5Close\xa1x"])
def test_what_is_none_is_refused(junk):
    with pytest.raises(msgspec.MsgspecError):
        orders.read_orders(junk)


def test_an_event_is_no_order():
    with pytest.raises(msgspec.ValidationError):
        orders.read_orders(orders.pack([orders.Pressed(leg=1, key="1")]))
