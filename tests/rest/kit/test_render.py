from xml.etree import ElementTree

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.rest.kit.conventions import V2010, Listing
from hoyhoy.rest.kit.render import list_to_xml, to_csv, to_json, to_xml


def test_xml_of_one():  # messaging 4.4
    body = {
        "sid": "SM1",
        "date_sent": None,
        "body": 'a < b & "c"',
        "num_media": "0",
        "ok": True,
        "subresource_uris": {"media": "/x/Media"},
    }
    assert to_xml("Message", body).decode() == (
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><Message><Sid>SM1</Sid><DateSent/>"
        "<Body>a &lt; b &amp; &quot;c&quot;</Body><NumMedia>0</NumMedia><Ok>true</Ok>"
        "<SubresourceUris><Media>/x/Media</Media></SubresourceUris></Message></TwilioResponse>"
    )


def test_xml_of_an_error():  # messaging 4.6
    body = {"code": 21612, "message": "No", "more_info": "https://x", "status": 400}
    assert (
        b"<RestException><Code>21612</Code><Message>No</Message><MoreInfo>https://x</MoreInfo><Status>400</Status>"
        in to_xml("RestException", body)
    )


def test_xml_of_names_that_are_none():
    root = ElementTree.fromstring(to_xml("A", {"parameters": {"a b": "1", "": "2", "3x": "3", "<": None, "é": "4"}}))
    assert [one.text for one in root[0][0]] == ["1", "2", "3", None, "4"]


def test_xml_keeps_the_ends_of_lines():
    text = "a\r\nb\rc\nd\te"
    assert ElementTree.fromstring(to_xml("A", {"body": text}))[0][0].text == text


def test_a_list_may_have_another_name_than_its_key():  # messaging 4.4
    listing = Listing("sms_messages", "SMSMessage", [], 0, 50, "/", "/", None, None, V2010, "", "SMSMessages")
    assert ElementTree.fromstring(list_to_xml(listing))[0].tag == "SMSMessages"


def test_xml_of_a_list():
    listing = Listing("calls", "Call", [{"sid": "CA1"}], 0, 50, "/Calls?A=1&B=2", "/Calls", None, None, V2010, "")
    root = ElementTree.fromstring(list_to_xml(listing))
    calls = root[0]
    assert calls.tag == "Calls" and calls.attrib["pagesize"] == "50" and calls.attrib["nextpageuri"] == ""
    assert calls.attrib["uri"] == "/Calls?A=1&B=2" and calls[0].find("Sid").text == "CA1"


@given(st.text())
def test_xml_of_any_text_parses(text):
    ElementTree.fromstring(to_xml("A", {"body": text}))


@given(st.text(st.characters(codec=None)))
def test_json_of_any_text_parses(text):
    msgspec.json.decode(to_json({"body": text, "list": [text]}))


def test_csv():  # messaging 4.1
    rows = to_csv(
        [
            {"sid": "SM1", "to": "+1415", "body": 'a,"b"', "ok": True, "none": None, "map": {"a": 1}},
            {"sid": "SM2", "to": "+1416", "body": "=cmd()", "ok": False, "none": None, "map": {}},
        ]
    ).decode()
    assert rows.splitlines() == [
        "Sid,To,Body,Ok,None,Map",
        'SM1,+1415,"a,""b""",true,,"{""a"":1}"',
        "SM2,+1416,'=cmd(),false,,{}",
    ]
    assert to_csv([]) == b"" and to_csv([], ["sid", "date_sent"]) == b"Sid,DateSent\r\n"
