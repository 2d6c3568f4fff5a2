"""callbacks/cookies.py (voice 1.7)."""

from __future__ import annotations

from yarl import URL

from hoyhoy.callbacks.cookies import MOST, CookieSession

LOCAL = URL("http://127.0.0.1:5000/voice")


async def test_a_cookie_comes_back_also_to_a_bare_address():
    session = CookieSession()
    assert session.header(LOCAL) == ""
    session.learn(["id=eyJ.4-2_; Path=/", 'quoted="a b"', "gone=1; Max-Age=0"], LOCAL)
    assert session.header(LOCAL) == 'id=eyJ.4-2_; quoted="a b"'


async def test_a_cookie_goes_only_where_it_belongs():
    session = CookieSession()
    session.learn(["a=1; Path=/in", "b=2; Secure", "c=3; Domain=other.example"], URL("https://a.example/in/x"))
    assert session.header(URL("https://a.example/in/y")) == "a=1; b=2"
    assert session.header(URL("http://a.example/in/y")) == "a=1"
    assert session.header(URL("https://other.example/in/")) == ""


async def test_an_app_cannot_fill_the_memory():
    session = CookieSession()
    for part in range(20):
        session.learn([f"c{part}x{number}=1" for number in range(40)], LOCAL)
    assert len(session.header(LOCAL).split("; ")) <= 2 * MOST
