"""twimlets/menu.py (voice reference 15)."""

from .asking import ask, document

OPTIONS = "Message=Choose&Options[1]=http://a.example/one&Options[2222]=letthemin.xml"


def test_the_longest_choice_says_how_many_keys_are_waited_for():
    assert document("menu", OPTIONS) == '<Gather numDigits="4"><Say>Choose</Say></Gather><Redirect/>'
    assert document("menu", "Message=http://a.example/m.mp3") == (
        '<Gather numDigits="1"><Play>http://a.example/m.mp3</Play></Gather><Redirect/>'
    )
    assert document("menu", "Options[one]=x&Options[]=y") == '<Gather numDigits="1"/><Redirect/>'


def test_a_choice_is_a_redirect():
    assert ask("menu", OPTIONS, Digits="1").elsewhere == "http://a.example/one"
    assert ask("menu", OPTIONS, Digits="2222").elsewhere == "letthemin.xml"


def test_a_wrong_choice_is_said_to_be_one():
    gather = '<Gather numDigits="4"><Say>Choose</Say></Gather><Redirect/>'
    assert document("menu", OPTIONS, Digits="9") == f"<Say>I'm sorry, that wasn't a valid option.</Say>{gather}"
    assert document("menu", OPTIONS + "&ErrorMessage=No", Digits="9") == f"<Say>No</Say>{gather}"


def test_a_choice_with_the_key_that_finishes_otherwise():
    """`#` alone would end the Gather and be in no Digits (2.4)."""
    assert document("menu", "Options[#]=x&Options[1]=y") == '<Gather numDigits="1" finishOnKey=""/><Redirect/>'
    assert ask("menu", "Options[#]=x", Digits="#").elsewhere == "x"
    assert "finishOnKey" not in document("menu", "Options[*]=x")
