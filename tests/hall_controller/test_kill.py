"""The power is cut at some moment: what was acknowledged stands in the log, and the log goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hall_controller.group import Standing, catch_up
from hall_controller.store import open_reader, open_store
from tests.hall_controller.chamber import Chamber

ROOT = Path(__file__).parents[2]
_SITTING = """
import asyncio, sys
from tests.hall_controller.chamber import BY, OFFICER, Chamber, started
from hall_controller.store import open_store
from hall_controller.submission import Submission
from voting.commands import MarkPresence

async def sit():
    chamber = Chamber(size=20)
    hall = await started(chamber, open_store(sys.argv[1]))
    await hall.submit(chamber.opening())
    async def keep_marking(person):
        present = True
        while True:
            mark = MarkPresence(person.id, present, "điểm danh", BY)
            print((await hall.submit(Submission(mark, OFFICER))).seq, flush=True)
            present = not present
    await asyncio.gather(*map(keep_marking, chamber.people))

asyncio.run(sit())
"""


@pytest.mark.parametrize("acknowledged_before", [1, 150])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, acknowledged_before: int) -> None:
    url = f"sqlite:///{tmp_path}/hall.db"
    command = [sys.executable, "-c", _SITTING, url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as hall:
        assert hall.stdout is not None
        seen = [int(hall.stdout.readline()) for _ in range(acknowledged_before)]
        os.kill(hall.pid, signal.SIGKILL)
        seen += [int(line) for line in hall.stdout if line.endswith("\n")]
    reader = open_reader(url)
    # The key and the trust list are another process's: only the entries are judged, and their order.
    standing, _ = catch_up(reader, Standing(), Chamber(size=0).known)
    reader.close()
    assert standing.tip.size > max(seen)
    store = open_store(url)  # the lease died with its holder
    assert store.epoch == 2
    store.close()
