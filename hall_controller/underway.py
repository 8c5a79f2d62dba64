"""Work that nobody waits for: kept until it is done, as the event loop itself would lose it."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Underway:
    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
