"""twimlets/writing.py, and that nothing in a parameter becomes an element (voice reference 15)."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from hoyhoy import twimlets
from hoyhoy.twimlets.writing import element, response, text, words
from hoyhoy.wire.twiml import Element, parse

HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ['"><Hangup/>', "</Say><Dial>900</Dial><Say>", "]]>", "<!--", "&lt;Hangup/&gt;", "http://x/</Play><Hangup/>"]
    ),
)
NAMES = (
    "Message", "Message[0]", "PhoneNumber", "PhoneNumbers[0]", "PhoneNumbers[]", "CallerId", "FailUrl", "Timeout",
    "AllowedCallers[0]", "From", "Digits", "Dial", "DialCallStatus", "Options[1]", "ErrorMessage", "Email", "Name",
    "Music", "Moderators[0]", "Password", "Try", "Bucket", "HumanCheck", "RecordingUrl",
)  # fmt: skip
VERBS = {"Say", "Play", "Gather", "Dial", "Number", "Conference", "Record", "Redirect", "Hangup", "Response"}
PLAIN = {"Say", "Play", "Number", "Conference", "Hangup", "Redirect", "Record"}


def below(element: Element) -> list[Element]:
    return [element, *(deeper for child in element.children for deeper in below(child))]


@given(st.sampled_from(sorted(set(twimlets.TWIMLETS) - {"echo"})), st.dictionaries(st.sampled_from(NAMES), HOSTILE))
def test_whatever_a_parameter_holds_stays_text(name, params):
    said = twimlets.answer(f"/{name}", tuple(params.items()))
    assert said is not None
    assert said.elsewhere.isascii() and said.elsewhere.isprintable() and said.remark.isprintable()
    if said.elsewhere:
        return
    for one in below(parse(said.document)):
        assert one.name in VERBS
        assert not (one.children and one.name in PLAIN)


def test_a_query_is_read_as_it_was_written():
    query = urlencode({"Message": '"></Say><Hangup/>'})
    assert "Hangup" in query
    said = twimlets.answer("/message", (("Message", '"></Say><Hangup/>'),))
    assert said and said.document == '<Response><Say>"&gt;&lt;/Say&gt;&lt;Hangup/&gt;</Say></Response>'


def test_elements():
    assert response() == "<Response/>" and response("", "<Hangup/>") == "<Response><Hangup/></Response>"
    assert element("Dial", text("a&b"), from_='"x"', timeout=5, action=None) == (
        '<Dial from=\'"x"\' timeout="5">a&amp;b</Dial>'
    )
    assert element("Say", a="\x00<\ufffe") == '<Say a="&lt;"/>'
    assert words("") == "" and words("https://a.example/") == "<Play>https://a.example/</Play>"
