"""Who waits for the hall's answer: submissions in the order in which they came, taken group by group."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from hall_controller.errors import NotRecorded
from hall_controller.group import Outcome, Repeat
from hall_controller.receipts import Register
from hall_controller.submission import Recorded, Submission

_GROUP_MAX = 1024
"""A group beyond a full house's ballots would only make the first asker wait for the last."""

Answer = asyncio.Future[Recorded]


@dataclass(slots=True)
class Waiting:
    submission: Submission
    answer: Answer


class Queue:
    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Waiting | None] = asyncio.Queue()
        self._ended = False

    def add(self, submission: Submission, answer: Answer) -> None:
        self._waiting.put_nowait(Waiting(submission, answer))

    def end(self) -> None:
        """What came before is still served."""
        self._waiting.put_nowait(None)

    async def next_group(self) -> list[Waiting]:
        """Waits for one, and takes all that are there. Empty at the end."""
        group: list[Waiting] = []
        while not self._ended and len(group) < _GROUP_MAX and (not group or not self._waiting.empty()):
            one = self._waiting.get_nowait() if group else await self._waiting.get()
            if one is None:
                self._ended = True
            else:
                group.append(one)
        return group

    def refuse_the_rest(self) -> None:
        """Who came after the end."""
        while not self._waiting.empty():
            if (one := self._waiting.get_nowait()) is not None:
                answer_all([one], NotRecorded, "the hall is closed")


def answer(one: Waiting, outcome: Outcome, receipts: Register) -> None:
    if one.answer.done():
        return
    match outcome:
        case Recorded():
            one.answer.set_result(receipts.receipted(outcome))
        case Repeat(ballot):
            one.answer.set_result(receipts.again(ballot))
        case _:
            one.answer.set_exception(outcome)


def answer_all(waiting: Sequence[Waiting], kind: type[Exception], why: str) -> None:
    for one in waiting:
        if not one.answer.done():
            one.answer.set_exception(kind(why))
