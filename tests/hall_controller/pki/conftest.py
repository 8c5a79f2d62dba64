"""One authority is founded a run; each test works on a copy of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hall_controller.pki.authority import Authority
from tests.hall_controller.pki.office import founded, opened


@pytest.fixture(scope="session")
def founded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return founded(tmp_path_factory.mktemp("authority") / "pki")


@pytest.fixture
def folder(founded_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(founded_once, tmp_path / "pki"))


@pytest.fixture
def authority(folder: Path) -> Iterator[Authority]:
    with opened(folder) as at_work:
        yield at_work
