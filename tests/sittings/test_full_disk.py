"""The disk is full in the middle of an open vote; later there is room again."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sittings.full_disk import a_full_disk, files_grow_again, no_file_grows
from tests.sittings.furnishing import ROOT

ON_A_SMALL_DISK = 'mount -t tmpfs -o size=12m,mode=700 tmpfs "$0" && exec "$@"'
OWN_MOUNTS = ["unshare", "--user", "--map-root-user", "--mount"]
"""A disk of one's own, for any user: where the machine lets users have name spaces."""


def test_no_space_left_on_the_device(tmp_path: Path) -> None:
    """All of the hall's files stand on it, its controller's log too."""
    if subprocess.run([*OWN_MOUNTS, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no name spaces for this user here; the next test fails the writes in another way")
    play = [sys.executable, "-m", "tests.sittings.full_disk", str(tmp_path)]
    command = [*OWN_MOUNTS, "sh", "-c", ON_A_SMALL_DISK, str(tmp_path), *play]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]


async def test_files_that_may_not_grow(tmp_path: Path) -> None:
    await a_full_disk(tmp_path / "hall", no_file_grows, files_grow_again)
