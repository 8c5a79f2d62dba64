"""A real `hall demo` of twelve members as a process of its own, for browsers."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCENARIO = Path(__file__).parent / "twelve-seats.toml"
START_S = 90.0
STOP_S = 30.0


@dataclass
class DemoHall:
    """`address` by page: wall, officer, twin, member, auditor."""

    process: subprocess.Popen[bytes]
    account: Path
    address: dict[str, str]

    def told(self) -> str:
        return self.account.read_text("utf-8")

    def wait_until_told(self, words: str, seconds: float = START_S) -> None:
        end = time.monotonic() + seconds
        while words not in self.told():
            assert self.process.poll() is None, f"the demo ended:\n{self.told()}"
            assert time.monotonic() < end, f"waited in vain for {words!r}:\n{self.told()}"
            time.sleep(0.1)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_S)


@contextmanager
def demo_hall(folder: Path, scenario: Path = SCENARIO) -> Iterator[DemoHall]:
    account = folder / "account.txt"
    command = [
        sys.executable,
        "-m",
        "hall_controller.cli",
        "demo",
        "--scenario",
        scenario,
        "--folder",
        folder / "hall",
    ]
    with account.open("wb") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, stderr=stderr, stdin=subprocess.DEVNULL, env=_plain())
    hall = DemoHall(process, account, {})
    try:
        hall.wait_until_told("/ auditor")
        hall.address.update(re.findall(r"/ (\w+) +(http\S+)", hall.told()))
        yield hall
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _plain() -> dict[str, str]:
    """No colours, whoever runs the tests."""
    return {
        name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "TTY_COMPATIBLE")
    }


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [int(task) for task in tasks]
