"""Tells listeners what was recorded, and never waits for one."""

import asyncio
from collections import deque
from dataclasses import replace

from hall_controller.submission import Commit

_UNREAD_MAX = 256
"""Commits kept for a busy listener, some 20 s of a full vote. Beyond that the newest one must do."""


class Following:
    """One listener's view: iterate it. Commits it had no time for are dropped, the newest says `gap`."""

    def __init__(self, broadcast: "Broadcast") -> None:
        self._broadcast = broadcast
        self._unread: deque[Commit] = deque()
        self._news = asyncio.Event()
        self._closed = False

    def __aiter__(self) -> "Following":
        return self

    async def __anext__(self) -> Commit:
        while not self._unread:
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._unread.popleft()

    def close(self) -> None:
        """Ends the iteration after what is still unread."""
        self._closed = True
        self._broadcast.leave(self)
        self._news.set()

    def tell(self, commit: Commit) -> None:
        if len(self._unread) >= _UNREAD_MAX:
            self._unread.clear()
            commit = replace(commit, gap=True)
        self._unread.append(commit)
        self._news.set()


class Broadcast:
    def __init__(self) -> None:
        self._listeners: list[Following] = []

    def join(self) -> Following:
        """A listener from now on: it gets every commit after this call."""
        listener = Following(self)
        self._listeners.append(listener)
        return listener

    def leave(self, listener: Following) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def tell(self, commit: Commit) -> None:
        for listener in self._listeners:
            listener.tell(commit)

    def close(self) -> None:
        for listener in list(self._listeners):
            listener.close()
