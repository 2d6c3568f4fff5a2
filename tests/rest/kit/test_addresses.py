import pytest

from hoyhoy.rest.kit import channel_of, is_magic, is_other_address, spelled
from hoyhoy.rest.kit.addresses import part_of_number


def test_magic():  # messaging 1.15
    assert is_magic("+15005550006") and is_magic("+15005550009")
    assert not is_magic("+15005550010") and not is_magic("+150055500061") and not is_magic("5005550006")


@pytest.mark.parametrize(
    "address", ["client:alice", "sip:alice@example.com;transport=tcp?X-A=1", "sips:a@b", "SIM:DE1"]
)
def test_other_addresses(address):  # messaging 7
    assert is_other_address(address)


@pytest.mark.parametrize(
    "address", ["", "client:", "+14155550123", "client:a\r\nX: y", "sip:a@b\n", "tel:+1415", "xclient:a"]
)
def test_not_other_addresses(address):
    assert not is_other_address(address)


def test_channels():
    assert channel_of("whatsapp:+14155550123") == channel_of("WhatsApp:x") == "whatsapp"
    assert channel_of("+14155550123") == channel_of("client:whatsapp:") == ""


def test_spelling():
    assert spelled("(415) 555-0123") == "+14155550123" and spelled("client:Alice") == "client:Alice"


def test_parts_of_numbers():  # voice 9; messaging trap 23
    assert part_of_number("+1415") == part_of_number(" 1415") == part_of_number("+1 (415) ") == "+1415"
    assert part_of_number("415-***") == "415***" and part_of_number("nobody") == "nobody"
