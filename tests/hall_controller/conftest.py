"""A hall on a store that fails when told. Each file has its own `chamber`, and seats it or not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hall_controller.hall import Hall
from hall_controller.store import open_store
from tests.hall_controller.chamber import Chamber, started
from tests.hall_controller.failing_store import FailingStore


@pytest.fixture
def chamber() -> Chamber:
    return Chamber()


@pytest.fixture
def store(tmp_path: Path) -> FailingStore:
    return FailingStore(open_store(f"sqlite:///{tmp_path}/hall.db"))


@pytest.fixture
async def hall(chamber: Chamber, store: FailingStore) -> AsyncIterator[Hall]:
    """Nobody is seated."""
    running = await started(chamber, store)
    yield running
    await running.close()
