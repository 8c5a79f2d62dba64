"""A sitting whose disk fills up in an open vote. test_full_disk.py plays it on a disk that is soon full."""

import asyncio
import errno
import os
import resource
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from simulators.officer import ActRefused
from tests.sittings.hall_under_test import (
    VOTE,
    HallUnderTest,
    choices,
    hall_under_test,
    on,
    says,
    steady,
    until,
)
from tests.sittings.proof import proved

OUT_OF_SPACE_S = 2.0
Disk = Callable[[HallUnderTest], None]


async def a_full_disk(folder: Path, fill: Disk, free: Disk) -> None:
    async with hall_under_test(folder) as hall:
        await hall.convene()
        await hall.open_vote(duration_s=120)
        wanted = choices(hall.people, "approve", "reject", "not_voting")
        before, meanwhile = hall.people[::2], hall.people[1::2]
        await hall.vote({person.member: wanted[person.member] for person in before})
        deadline = _deadline(hall)
        fill(hall)
        lit = [hall.press(person, wanted[person.member]) for person in meanwhile]
        await until(lambda: all(says(p).startswith("CHUA DUOC GHI NHAN") for p in meanwhile))
        with pytest.raises(ActRefused, match="503"):
            await hall.officer.act("hold", vote=VOTE, reason="đĩa đầy")
        await hall.officer.until(lambda view: view["health"]["store"] is False)
        assert "notice" in hall.officer.view
        await asyncio.sleep(OUT_OF_SPACE_S)
        assert not any(steady(person) for person in meanwhile)
        assert all(steady(person) for person in before)
        assert len(hall.seen().of(VOTE)) == len(before)
        free(hall)
        async with asyncio.timeout(30):
            await asyncio.gather(*lit)
        await hall.officer.until(lambda view: on(view).get("recorded") == len(hall.people))
        await hall.officer.until(lambda view: view["health"]["store"] is True)
        # The time in which the hall could not record is the members', not the clock's.
        assert OUT_OF_SPACE_S < (_deadline(hall) - deadline).total_seconds() < OUT_OF_SPACE_S + 20
        assert hall.seen().types().count("RecordingInterrupted") == 1
        await proved(hall, wanted)


def _deadline(hall: HallUnderTest) -> datetime:
    return datetime.fromisoformat(on(hall.officer.view)["deadline"])


def fill_up(disk: Path) -> None:
    """Somebody else's file takes all that is left."""
    try:
        with (disk / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))
    except OSError as full:
        if full.errno != errno.ENOSPC:
            raise


def no_file_grows(hall: HallUnderTest) -> None:
    """The controller's process may write no file beyond what its log's database has now: EFBIG."""
    size = max(path.stat().st_size for path in hall.furnished.folder.glob("hall.db*"))
    _limit_files(hall, size)


def files_grow_again(hall: HallUnderTest) -> None:
    _limit_files(hall, resource.RLIM_INFINITY)


def _limit_files(hall: HallUnderTest, size: int) -> None:
    assert hall.process is not None
    _, most = resource.prlimit(hall.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(hall.process.pid, resource.RLIMIT_FSIZE, (size, most))


if __name__ == "__main__":
    small_disk = Path(sys.argv[1])
    asyncio.run(
        a_full_disk(
            small_disk / "hall",
            lambda hall: fill_up(small_disk),
            lambda hall: os.unlink(small_disk / "ballast"),
        )
    )
