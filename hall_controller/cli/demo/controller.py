"""The demo's controller: `hall run` in a process of its own. The simulated hall meets it over wires."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 60.0
STOP_S = 15.0


class ControllerFailed(Exception):
    """The controller ended; its own words are in its log file."""


@dataclass(frozen=True, slots=True)
class Controller:
    address: str
    broker_port: int
    process: asyncio.subprocess.Process


@asynccontextmanager
async def controller(config: Path) -> AsyncIterator[Controller]:
    """Runs until the block is left. Raises ControllerFailed when it doesn't come up."""
    log = config.parent / "controller.log"
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hall_controller.cli", "run", "--config", str(config),
            stdout=asyncio.subprocess.PIPE, stderr=stderr,
        )  # fmt: skip
    try:
        yield await _ready(process, log)
    finally:
        await _stop(process)


async def _ready(process: asyncio.subprocess.Process, log: Path) -> Controller:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_S):
            line = (await process.stdout.readline()).decode()
    except TimeoutError as error:
        raise ControllerFailed(f"the controller was not ready in {START_S:.0f} s; see {log}") from error
    if not line.startswith("ready "):
        said = await asyncio.to_thread(log.read_text, "utf-8")
        raise ControllerFailed(f"the controller did not start:\n{said[-2000:]}")
    _, address, broker = line.split()
    return Controller(address, int(broker.removeprefix("mqtt:")), process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except (TimeoutError, asyncio.CancelledError):
        # Cancelled: Ctrl-C for the second time, from somebody who won't wait.
        process.kill()
        await process.wait()
