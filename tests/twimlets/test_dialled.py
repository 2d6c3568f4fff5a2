"""Twimlets that dial (voice reference 15)."""

import pytest

from hoyhoy.twimlets.dialled import national

from .asking import ask, document

ANN, BOB = "415-555-0100", "415-555-0200"
TEN = "&".join(f"PhoneNumbers[{i}]=415555010{i}" for i in range(10))


def test_forward_as_it_was_recorded():
    assert document("forward", f"PhoneNumber={ANN}") == f'<Dial action="/forward?Dial=true" timeout="20">{ANN}</Dial>'
    assert document("forward", f"PhoneNumber={ANN}&FailUrl=http://a.example/x?y=1&CallerId={BOB}&Timeout=7") == (
        '<Dial action="/forward?Dial=true&amp;FailUrl=http%3A%2F%2Fa.example%2Fx%3Fy%3D1" timeout="7" '
        f'callerId="{BOB}">{ANN}</Dial>'
    )


@pytest.mark.parametrize(
    ("caller", "called", "is_let_through"),
    [
        ("+14155550100", "+18005550000", True),
        ("4155550100", "", True),
        ("+14155559999", "+14155550200", True),
        ("+14155559999", "+18005550000", False),
        ("", "", False),
    ],
)
def test_forward_for_those_who_may(caller, called, is_let_through):
    """The caller, or the number called; as North America writes them."""
    query = "PhoneNumber=1&AllowedCallers[0]=(415) 555-0100&AllowedCallers[1]=1-415-555-0200&AllowedCallers[2]="
    restricted = "<Say>Sorry, you are calling from a restricted number. Good bye.</Say>"
    assert (document("forward", query, From=caller, To=called) == restricted) is not is_let_through


@pytest.mark.parametrize("name", ["forward", "simulring", "callme"])
def test_when_the_dial_is_over(name):
    for status in ("answered", "completed"):
        assert document(name, "Dial=true&FailUrl=http://a.example/", DialCallStatus=status) == "<Hangup/>"
    for status in ("busy", "no-answer", "failed", ""):
        assert ask(name, "Dial=true&FailUrl=http://a.example/?a=b", DialCallStatus=status).elsewhere == (
            "http://a.example/?a=b"
        )
        assert document(name, "Dial=true&FailUrl=", DialCallStatus=status) == "<Hangup/>"


@pytest.mark.parametrize("name", ["forward", "simulring", "callme", "findme"])
def test_who_declined_when_he_was_asked_did_not_talk(name):
    """His call was answered, so the status says completed (18, line 12)."""
    told = {"DialCallStatus": "completed", "DialBridged": "false"}
    assert ask(name, "Dial=true&FailUrl=/else", **told).elsewhere == "/else"
    assert document(name, "Dial=true&FailUrl=/else", **told | {"DialBridged": "true"}) == "<Hangup/>"


@pytest.mark.parametrize("name", ["forward", "simulring", "callme", "findme"])
def test_without_a_number_nobody_is_there(name):
    assert document(name, "PhoneNumber=&PhoneNumbers[0]=") == "<Hangup/>"
    assert ask(name, "FailUrl=http://a.example/").elsewhere == "http://a.example/"


def test_simulring():
    assert document(
        "simulring", f"PhoneNumbers[0]={ANN}&PhoneNumbers[1]=&PhoneNumbers[2]={BOB}&Message=Door%26bell"
    ) == (
        '<Dial timeout="20" action="/simulring?Dial=true&amp;FailUrl=">'
        f'<Number url="whisper?Message=Door%26bell">{ANN}</Number>'
        f'<Number url="whisper?Message=Door%26bell">{BOB}</Number></Dial>'
    )


def test_callme():
    assert document("callme", f"PhoneNumber={ANN}&Timeout=soon") == (
        '<Dial timeout="20" action="/callme?Dial=true&amp;FailUrl=">'
        f'<Number url="whisper?Message=">{ANN}</Number></Dial>'
    )


def test_findme_takes_the_next_each_time():
    assert document("findme", f"PhoneNumbers[]={ANN}&PhoneNumbers[]={BOB}&FailUrl=/f&Message=Hi") == (
        '<Dial action="/findme?Dial=true&amp;FailUrl=%2Ff&amp;Timeout=60&amp;Message=Hi'
        '&amp;PhoneNumbers%5B%5D=415-555-0200"'
        f' timeout="60"><Number url="whisper?Message=Hi&amp;HumanCheck=1">{ANN}</Number></Dial>'
    )
    again = document("findme", f"Dial=true&PhoneNumbers[]={BOB}", DialCallStatus="no-answer")
    assert f">{BOB}</Number>" in again and "PhoneNumbers" not in again
    assert document("findme", f"Dial=true&PhoneNumbers[]={BOB}", DialCallStatus="completed") == "<Hangup/>"


def test_findme_with_ten_numbers_and_with_more():
    """The recorded case: of twelve the eleventh is called."""
    assert ">4155550100</Number>" in document("findme", TEN)
    twelve = document("findme", f"{TEN}&PhoneNumbers[10]=eleventh&PhoneNumbers[11]=twelfth")
    assert ">eleventh</Number>" in twelve and "%5B%5D=twelfth" in twelve


@pytest.mark.parametrize(
    ("number", "digits"),
    [("+1 (415) 555-0100", "4155550100"), ("4155550100", "4155550100"), ("+442071838750", "442071838750"), ("", "")],
)
def test_numbers_as_north_america_compares_them(number, digits):
    assert national(number) == digits
