import asyncio

from hoyhoy.exchange.turns import Turns


async def test_changes_of_one_row_follow_one_another():
    turns, told = Turns(), []

    async def change(name, row="1"):
        async with turns("calls", row):
            told.append(f"{name} begins")
            await asyncio.sleep(0)
            told.append(f"{name} ends")

    await asyncio.gather(change("a"), change("b"), change("c"))
    assert told == ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]
    told.clear()
    await asyncio.gather(change("a"), change("b", row="2"))
    assert told == ["a begins", "b begins", "a ends", "b ends"]
    assert turns._locks == {}


async def test_who_fails_or_gives_up_lets_the_next_one_in():
    turns = Turns()

    async def change(seconds):
        async with turns("calls", "1"):
            await asyncio.sleep(seconds)
            raise ValueError

    first, second = asyncio.create_task(change(60)), asyncio.create_task(change(0))
    third = asyncio.create_task(change(0))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    done = await asyncio.gather(first, second, third, return_exceptions=True)
    assert [type(one) for one in done] == [asyncio.CancelledError, asyncio.CancelledError, ValueError]
    assert turns._locks == {}
