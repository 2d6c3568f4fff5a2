import pytest

from tests.obeys import ignored_attribute, pytest_generate_tests  # noqa: F401  what the mark `obeys` does

from .world import world


@pytest.fixture
async def exchange():
    async with world() as made:
        yield made
