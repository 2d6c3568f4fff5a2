import pytest
import pytest_asyncio

from tests.works import ignored_parameter, pytest_generate_tests  # noqa: F401  what the mark `works` does

from .world import world


@pytest.fixture
async def exchange():
    async with world() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared():
    """One exchange for all tests of a file that change nothing; they are marked `SHARED`."""
    async with world() as made:
        yield made


@pytest.fixture
async def strict():
    async with world(strict=True) as made:
        yield made
