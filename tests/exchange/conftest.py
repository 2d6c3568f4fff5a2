import pytest

from .world import world


@pytest.fixture
async def exchange():
    async with world() as made:
        yield made
