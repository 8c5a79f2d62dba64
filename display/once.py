"""The same act's id is done once: a repeated request waits for, or gets, the first one's answer."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

REMEMBERED = 2_000
"""Acts kept: more than a day's sitting has. An id older than that would be judged by the rules anew."""


class IdUsed(Exception):
    """This id belongs to another act."""


class OnceOnly:
    def __init__(self) -> None:
        self._done: OrderedDict[str, tuple[object, asyncio.Future[Any]]] = OrderedDict()

    async def do(
        self, id_: str, what: object, act: Callable[[], Awaitable[None]], retry: type[Exception]
    ) -> None:
        """Does `act` unless `id_` was done. A refusal is an answer too, and repeated as it was.

        After `retry` (nothing was recorded) the id is free again. Raises IdUsed where it came with another
        `what`.
        """
        known = self._done.get(id_)
        if known is not None:
            if known[0] != what:
                raise IdUsed
            # Shielded: one page that goes away doesn't take the answer from the other.
            await asyncio.shield(known[1])
            return
        doing = asyncio.ensure_future(act())
        self._done[id_] = (what, doing)
        while len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        doing.add_done_callback(lambda done: self._forget_failed(id_, done, retry))
        await asyncio.shield(doing)

    def _forget_failed(self, id_: str, done: "asyncio.Future[Any]", retry: type[Exception]) -> None:
        if done.cancelled() or isinstance(done.exception(), retry):
            self._done.pop(id_, None)
