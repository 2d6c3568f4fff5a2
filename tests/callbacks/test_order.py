"""callbacks/order.py: answers in the order of their requests (design 4)."""

from __future__ import annotations

import asyncio

import pytest

from hoyhoy.callbacks.order import Order


class Row:
    """Requests whose answers a test lets come in any order."""

    def __init__(self, patience: float = 30.0) -> None:
        self.order, self.applied = Order(patience), []
        self.answers: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def send(self, *names: str) -> None:
        for name in names:
            self.answers[name] = asyncio.Event()
            self.tasks[name] = asyncio.get_running_loop().create_task(self._request(name))
        await self.turns()

    async def _request(self, name: str) -> None:
        try:
            async with self.order.place():
                await self.answers[name].wait()
                if name.startswith("bad"):
                    raise ValueError(name)
        except ValueError:
            pass
        self.applied.append(name)

    async def answer(self, *names: str) -> None:
        for name in names:
            self.answers[name].set()
        await self.turns()

    async def turns(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


async def test_a_later_answer_waits_for_the_earlier_ones():
    row = Row()
    await row.send("a", "b", "c")
    await row.answer("c", "b")
    assert row.applied == []
    await row.answer("a")
    assert row.applied == ["a", "b", "c"]


async def test_an_answer_in_order_waits_for_nobody():
    row = Row()
    await row.send("a", "b")
    await row.answer("a")
    assert row.applied == ["a"]
    await row.send("c")
    await row.answer("b", "c")
    assert row.applied == ["a", "b", "c"]


async def test_a_failure_takes_its_turn_like_an_answer():
    row = Row()
    await row.send("bad a", "bad b", "c")
    await row.answer("c", "bad b")
    assert row.applied == []
    await row.answer("bad a")
    assert row.applied == ["bad a", "bad b", "c"]


async def test_who_is_cancelled_leaves_the_row_and_nobody_overtakes():
    row = Row()
    await row.send("a", "b", "c")
    row.tasks["b"].cancel()
    await row.answer("c")
    assert row.applied == []
    await row.answer("a")
    assert row.applied == ["a", "c"]


async def test_who_is_cancelled_while_waiting_its_turn_keeps_nobody():
    row = Row()
    await row.send("a", "b", "c")
    await row.answer("b", "c")
    row.tasks["b"].cancel()
    await row.answer("a")
    assert row.applied == ["a", "c"]
    await row.send("d")
    await row.answer("d")
    assert row.applied == ["a", "c", "d"]


async def test_patience_ends_a_deadlock():
    """The app holds its first answer until the second has had its effect."""
    row = Row(patience=0.01)
    await row.send("a", "b")
    row.answers["b"].set()
    await row.tasks["b"]
    assert row.applied == ["b"]
    await row.answer("a")
    assert row.applied == ["b", "a"]


async def test_who_was_overtaken_holds_up_nobody_else():
    row = Row(patience=0.01)
    await row.send("a", "b")
    row.answers["b"].set()
    await row.tasks["b"]
    row.order._patience = 30.0
    await row.send("c")
    await row.answer("c")
    assert row.applied == ["b", "c"]
    await row.answer("a")
    assert row.applied == ["b", "c", "a"]


async def test_an_error_passes_through():
    with pytest.raises(ValueError):
        async with Order().place():
            raise ValueError
