"""twimlets/conference.py (voice reference 15; the document is ours)."""

import re

import pytest

from hoyhoy.twimlets.conference import MOST_TRIES

from .asking import document

CLASSICAL = "/holdmusic?Bucket=com.twilio.music.classical"


def test_a_room_for_everybody():
    assert document("conference", "Name=Tea&Message=Welcome") == (
        '<Say>Welcome</Say><Dial><Conference startConferenceOnEnter="true" '
        f'waitUrl="{CLASSICAL}">Tea</Conference></Dial>'
    )


def test_a_room_that_waits_for_a_moderator():
    query = "Name=Tea&Moderators[0]=415-555-0100&Moderators[1]="
    for caller, starts in (("+14155550100", "true"), ("+14155550200", "false"), ("", "false")):
        assert f'startConferenceOnEnter="{starts}"' in document("conference", query, From=caller)


@pytest.mark.parametrize(
    ("music", "url"),
    [
        ("rock", "/holdmusic?Bucket=com.twilio.music.rock"),
        ("http://a.example/wait", "http://a.example/wait"),
        ("polka", CLASSICAL),
        ("", CLASSICAL),
    ],
)
def test_music(music, url):
    assert f'waitUrl="{url}"' in document("conference", f"Music={music}")


def test_the_same_settings_lead_to_the_same_room():
    def room(query: str) -> str:
        return re.findall(">([^<]+)</Conference>", document("conference", query))[0]

    assert room("Moderators[]=1&Moderators[]=2") == room("Moderators[0]=2&Moderators[1]=1")
    assert len({room(""), room("Message=a"), room("Message=b"), room("Moderators[0]=1")}) == 4


def test_the_password_comes_first_and_may_be_tried_three_times():
    query = "Name=Tea&Password=12-34&Message=Welcome&Moderators[0]=1"
    asked = document("conference", query)
    assert asked.startswith('<Gather action="/conference?Name=Tea&amp;Password=12-34&amp;Message=Welcome&amp;')
    assert 'numDigits="4"' in asked and "Try=1" in asked and "Conference" not in asked
    assert ">Tea</Conference>" in document("conference", query + "&Try=1", Digits="1234")
    assert f"Try={MOST_TRIES}" in document("conference", query + f"&Try={MOST_TRIES - 1}", Digits="999")
    for number in (MOST_TRIES, "", "x", "9999"):
        last = document("conference", query + f"&Try={number}", Digits="999")
        assert last == "<Say>That is not the password. Good bye.</Say><Hangup/>"


def test_keys_that_were_pressed_for_something_else_are_no_password():
    query = "Name=Tea&Password=1234"
    assert document("conference", query, Digits="2") == document("conference", query)
    assert ">Tea</Conference>" in document("conference", query, Digits="1234")


def test_a_password_that_cannot_be_pressed_lets_nobody_in():
    assert document("conference", "Password=secret", Digits="") == "<Say>Good bye.</Say><Hangup/>"
