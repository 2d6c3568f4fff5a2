from collections.abc import AsyncIterator

import pytest

from .booth import Booth, booth


@pytest.fixture
async def line() -> AsyncIterator[Booth]:
    async with booth() as made:
        yield made
