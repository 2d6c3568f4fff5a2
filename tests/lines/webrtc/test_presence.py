from hoyhoy.lines.webrtc.presence import MOST_DEVICES, Presence

ALICE, OTHERS_ALICE = ("AC1", "alice"), ("AC2", "alice")


class There:
    def __init__(self, there=True):
        self.there = there

    def is_there(self):
        return self.there


def test_devices_of_one_name_and_account_ring_together():
    """Voice reference 2.7.5."""
    presence, phone, tablet, stranger = Presence(), There(), There(), There()
    presence.add(ALICE, phone)
    presence.add(ALICE, tablet)
    presence.add(OTHERS_ALICE, stranger)
    presence.add(ALICE, phone)
    assert presence.of(ALICE) == [phone, tablet] and len(presence) == 3
    presence.drop(ALICE, phone)
    presence.drop(ALICE, phone)
    presence.drop(("AC1", "nobody"), phone)
    assert presence.of(ALICE) == [tablet] and set(presence) == {ALICE, OTHERS_ALICE}
    presence.drop(ALICE, tablet)
    assert not presence.of(ALICE) and list(presence) == [OTHERS_ALICE]


def test_who_has_no_token_any_more_is_not_there():
    presence, phone = Presence(), There()
    presence.add(ALICE, phone)
    phone.there = False
    assert not presence.of(ALICE) and not list(presence)


def test_of_many_devices_the_last_ones_ring():
    presence, devices = Presence(), [There() for _ in range(MOST_DEVICES + 2)]
    for device in devices:
        presence.add(ALICE, device)
    assert presence.of(ALICE) == devices[2:]
