"""A sitting that went as it should, for everybody who only reads what it left."""

import asyncio
from pathlib import Path

import pytest

from tests.sittings.finished import Finished, a_plain_sitting


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder: Path = tmp_path_factory.mktemp("plain") / "hall"
    return asyncio.run(a_plain_sitting(folder))
