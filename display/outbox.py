"""What waits to be sent to one listener: bounded, and the latest wins.

A listener that reads slower than the hall speaks loses its unsent changes and gets one new snapshot; so
nobody is waited for, and a stalled page costs a few strings.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable

from display.patch import View

DEPTH = 32
"""Unsent changes kept for one listener: under two seconds at the feed's fastest pace."""
BEAT_S = 2.0
"""With nothing new, a sign of life this often (docs/specs/feed.md)."""


def encoded(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Outbox:
    """`snapshot` answers with the time and the whole present view, encoded; asked when it can be sent."""

    def __init__(self, snapshot: Callable[[], tuple[str, str]]) -> None:
        self._snapshot = snapshot
        self._changes: deque[tuple[str, str]] = deque()
        self._wake = asyncio.Event()
        self._n = 0
        self.needs_snapshot = True
        """True from the beginning, and again after an overflow, until the snapshot is on its way."""

    def offer(self, t: str, patch: str) -> None:
        """Takes a change (encoded patch), never waiting."""
        if self.needs_snapshot:
            return
        if len(self._changes) >= DEPTH:
            self._changes.clear()
            self.needs_snapshot = True
        else:
            self._changes.append((t, patch))
        self._wake.set()

    async def next(self, now: Callable[[], str]) -> str:
        """The next message to send: a snapshot, a change, or a beat when nothing came for BEAT_S."""
        if not self.needs_snapshot and not self._changes:
            self._wake.clear()
            try:
                async with asyncio.timeout(BEAT_S):
                    await self._wake.wait()
            except TimeoutError:
                return self._message("beat", now())
        self._n += 1
        if self.needs_snapshot:
            # No await between drawing the snapshot and taking changes again: nothing falls between them.
            t, view = self._snapshot()
            self.needs_snapshot = False
            return self._message("snapshot", t, f',"view":{view}')
        t, patch = self._changes.popleft()
        return self._message("change", t, f',"patch":{patch}')

    def _message(self, type_: str, t: str, rest: str = "") -> str:
        return f'{{"type":"{type_}","n":{self._n},"t":"{t}"{rest}}}'


def with_member(patch: str, me: View) -> str:
    """The shared patch, encoded once, with one member's own part added to it."""
    if not me:
        return patch
    own = f'"me":{encoded(me)}}}'
    return f"{{{own}" if patch == "{}" else f"{patch[:-1]},{own}"
