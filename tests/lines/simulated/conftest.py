import pytest

from tests.exchange.world import world


@pytest.fixture
async def exchange():
    async with world() as made:
        yield made
