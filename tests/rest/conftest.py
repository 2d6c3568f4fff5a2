import pytest

from .world import world


@pytest.fixture
async def exchange():
    async with world() as made:
        yield made


@pytest.fixture
async def strict():
    async with world(strict=True) as made:
        yield made
