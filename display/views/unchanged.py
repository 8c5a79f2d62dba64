"""Draws again only what is made of something else than last time.

A meeting is a persistent value: a part that is the very same object has not changed. Walking five hundred
members for each of twenty views a second would cost the hall's loop more than the ballots do.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def while_unchanged(draw: Callable[P, T]) -> Callable[P, T]:
    """Gives the last answer again while every argument is the same object. Nobody may change the answer."""
    last: list[tuple[tuple[object, ...], T]] = []

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        if kwargs or not last or not _same(last[0][0], args):
            last[:] = [(args, draw(*args, **kwargs))]
        return last[0][1]

    return drawn


def _same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))
