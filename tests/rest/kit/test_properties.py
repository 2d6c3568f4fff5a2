import pytest

from hoyhoy.rest.kit import CREATE, is_web_url
from hoyhoy.rest.kit.properties import boolean, choice, http_method, integer, pascal, text, web_url, words
from hoyhoy.wire.errors import Fault


def named(prop, name="some_thing"):
    prop.named(name)
    return prop


def read(prop, *given):
    return named(prop).read(given)


def refusal(prop, *given):
    with pytest.raises(Fault) as refused:
        read(prop, *given)
    return refused.value


def test_names():
    assert pascal("status_callback") == "StatusCallback"
    assert named(text(), "from_").column == "from" and named(text(), "from_").param == "From"
    assert named(text(param="Totp.Issuer"), "totp").param == "Totp.Issuer"


def test_text():
    assert read(text(5), "12345") == "12345" and read(text(), "") == ""
    assert read(text(search_as=str.upper), "a") == "a" and named(text(search_as=str.upper)).read_filter("a") == "A"
    assert read(text(), "first", "last") == "last"
    fault = refusal(text(5, error=20002), "123456")
    assert fault.code == 20002 and "SomeThing" in fault.message


@pytest.mark.parametrize("raw", ["0", "11", "x", "1.5", "1e3", "٣", "9" * 400, "--1", "0x1", "1_0"])
def test_integer_refused(raw):
    assert refusal(integer(between=(1, 10), error=21208), raw).code == 21208


def test_integer():
    assert read(integer(between=(1, 10)), " 7 ") == 7 and read(integer(default=60), "") == 60


def test_boolean():  # messaging 4.2
    for raw in ("true", "True", "TRUE", "1", "yes", "on"):
        assert read(boolean(), raw) is True
    for raw in ("false", "False", "0", "no", "off"):
        assert read(boolean(), raw) is False
    assert refusal(boolean(), "maybe").code == 20001


def test_choice():
    assert read(choice("Enable", "DetectMessageEnd"), "detectmessageend") == "DetectMessageEnd"
    assert "Enable" in refusal(choice("Enable", error=21234), "x").message
    assert read(http_method(), "get") == "GET" and read(http_method(), "") == "POST"
    assert refusal(http_method(error=21209), "PUT").code == 21209


def test_more_can_be_searched_for_than_chosen():
    status = choice("canceled", reached=("In-Progress",), error=21234)
    status.named("status")
    assert [status.read_filter(word) for word in ("CANCELED", " in-progress ")] == ["canceled", "In-Progress"]
    assert refusal(status, "in-progress").code == 21234
    with pytest.raises(Fault, match=r"21234.*canceled, In-Progress"):
        status.read_filter("bogus")


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:5000/voice",
        "https://example.com",
        "http://127.0.0.1/x?y=z#rc=2",
        "http://[::1]:80/",
        "HTTP://EX.com/",
        "http://user:pass@example.com/",
        "http://example.com/a b",
        "http://my_app/voice",
        "http://bücher.example/",
    ],
)
def test_web_url(address):
    assert is_web_url(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.com",
        "/voice",
        "ftp://example.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://exa\nmple.com",
        "http://example.com/\r\nX-A: b",
        "http://[::1",
        "http://a:99999/",
        "http://a:b/",
        "http://a\x00b/",
        "http://[::1]x/",
    ],
)
def test_not_a_web_url(address):
    assert not is_web_url(address)


def test_callback_hosts_have_no_underscore():  # voice 5.1
    assert is_web_url("http://my-app/x_y", callback=True) and not is_web_url("http://my_app/x", callback=True)
    assert refusal(web_url(callback=True, error=21609), "http://my_app/x").code == 21609
    assert read(web_url(), "") == "" and read(web_url(), " http://a/ ") == "http://a/"


def test_words():  # voice 4: repeated keys and blanks alike
    events = words("ringing", "answered", splits=True)
    assert read(events, "ringing answered") == read(events, "ringing", "answered") == ("ringing", "answered")
    assert refusal(events, "ringing dancing").code == 20001
    assert refusal(words(most=2), "a", "b", "c").code == 20001
    assert read(words(), "http://a/b c") == ("http://a/b c",)
    kept = words()
    assert kept.show(kept.keep(("a", "b")), None) == ["a", "b"]


def test_declared_operations():
    assert named(text(on=(CREATE,))).on == (CREATE,)


def test_addresses_and_words_have_an_end():
    assert len(read(web_url(), "http://a/" + "x" * 3991)) == 4000
    assert refusal(web_url(error=21402), "http://a/" + "x" * 3992).code == 21402
    assert refusal(words(error=21620), "x" * 4001).code == 21620
