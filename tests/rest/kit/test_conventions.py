"""How values and lists travel in the two conventions (voice reference 4.1, 19 lines 25 and 26)."""

from hoyhoy.rest.kit.conventions import V1, V2010, Listing


def listing(style, items=({"sid": "a"}, {"sid": "b"}), page=2):
    return Listing(
        "things", "Thing", list(items), page, 50, "/here", "/first", "/next", None, style, "https://x.twilio.com"
    )


def test_dates():  # messaging 4.4
    assert V2010.moment(1692853305.9) == "Thu, 24 Aug 2023 05:01:45 +0000"
    assert V1.moment(1438286400.4) == "2015-07-30T20:00:00Z"


def test_addresses():
    below = {"media": "Media"}
    assert V2010.address("https://h", "/a/b", ".json", below) == {
        "uri": "/a/b.json",
        "subresource_uris": {"media": "/a/b/Media.json"},
    }
    assert V2010.address("https://h", "/a/b", "", {}) == {"uri": "/a/b"}
    assert V1.address("https://h", "/v1/b", "", below) == {
        "url": "https://h/v1/b",
        "links": {"media": "https://h/v1/b/Media"},
    }


def test_classic_envelope_has_one_foreign_key():  # messaging 4.5
    known = {
        "end",
        "first_page_uri",
        "next_page_uri",
        "last_page_uri",
        "page",
        "page_size",
        "previous_page_uri",
        "total",
        "num_pages",
        "start",
        "uri",
    }
    envelope = listing(V2010).envelope()
    assert envelope.keys() - known == {"things"}
    assert (envelope["start"], envelope["end"], envelope["page"]) == (100, 101, 2)
    assert listing(V2010, items=()).envelope()["end"] == 0


def test_newer_envelope_names_its_key():
    meta = listing(V1).envelope()["meta"]
    assert meta["key"] == "things" and meta["previous_page_url"] is None
    assert meta["next_page_url"] == "https://x.twilio.com/next"
