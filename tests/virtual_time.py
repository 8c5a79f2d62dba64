"""An event loop whose time passes only when nobody has anything to do: minutes of waiting cost no second.

Work in threads costs no time either: while some is under way the clock stands still. Not for real sockets
or processes, which know another time.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
WORK_S = 60.0
"""Real seconds that a thread may work before the loop looks whether it hangs."""


class _Jumping(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Where nothing is ready it asks for time to pass, instead of waiting."""

    pass_time: Callable[[float], None]
    threads_work: Callable[[], bool]

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self.threads_work():
            return super().select(WORK_S)
        self.pass_time(timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._now, self._at_work = 0.0, 0
        selector = _Jumping()
        selector.pass_time, selector.threads_work = self._pass, lambda: self._at_work > 0
        super().__init__(selector)

    def time(self) -> float:
        return self._now

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        future = super().run_in_executor(executor, func, *args)
        self._at_work += 1
        future.add_done_callback(self._done)
        return future

    def _done(self, _: Any) -> None:
        self._at_work -= 1

    def _pass(self, seconds: float) -> None:
        self._now += max(seconds, 1e-6)


def played(main: Coroutine[Any, Any, T]) -> T:
    """Runs it on a clock of its own, which begins at 0."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
