import asyncio

from hoyhoy.lines.sip.asking import ask as ask_for
from hoyhoy.lines.sip.target import Target

from .town import PHONE, PostOffice, ask


async def test_the_final_response_and_whose_it_is():
    post = PostOffice()
    other = Target("udp", "198.51.100.8", 5060)
    asking = asyncio.ensure_future(ask_for(post, ask("OPTIONS", "sip:h", from_="sip:a@h"), [PHONE, other]))
    await asyncio.sleep(0)
    (letter,) = post.sent
    letter.answer(100)
    letter.targets = [other]
    letter.answer(403)
    letter.answer(200)
    response, target = await asking
    assert (response.status, target) == (403, other)
