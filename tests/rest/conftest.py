import pytest
import pytest_asyncio

from tests.works import ignored_parameter, pytest_generate_tests  # noqa: F401  what the mark `works` does

from .world import world


@pytest.fixture
async def exchange():
    async with world() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def common():
    async with world() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def shared(common, request):
    """One exchange for all tests of a file that leave the others undisturbed; they are marked `SHARED`.

    A run that ignores a parameter stops anywhere and leaves its rows behind, so it has an exchange of its own.
    """
    if not request.getfixturevalue("ignored_parameter"):
        yield common
        return
    async with world() as made:
        yield made


@pytest.fixture
async def strict():
    async with world(strict=True) as made:
        yield made
