"""twimlets/message.py; what it says in detail is tested in tests/callbacks/test_documents.py (voice reference 15)."""

from .asking import document


def test_one_verb_for_each_message_by_number():
    assert document("message", "Message[1]=b&Message[0]=http://a.example/a.mp3&Message[2]=") == (
        "<Play>http://a.example/a.mp3</Play><Say>b</Say>"
    )
    assert document("message") == ""


def test_echo_answers_what_it_was_given():
    assert document("echo", "Twiml=%3CResponse%3E%3CHangup/%3E%3C/Response%3E") == "<Hangup/>"
    assert document("echo") == ""
