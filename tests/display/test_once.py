"""A repeated act is answered as the first, and done once."""

import asyncio

import pytest

from display.once import REMEMBERED, IdUsed, OnceOnly


class Refusal(Exception):
    pass


class Failure(Exception):
    pass


class Deed:
    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.times = 0

    async def __call__(self):
        self.times += 1
        await asyncio.sleep(0)
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome:
            raise outcome


async def test_twice_at_the_same_time_is_done_once():
    once, deed = OnceOnly(), Deed()
    await asyncio.gather(*(once.do("a", "close", deed, Failure) for _ in range(5)))
    await once.do("a", "close", deed, Failure)
    assert deed.times == 1


async def test_a_refusal_is_repeated_as_it_was():
    once, deed = OnceOnly(), Deed(Refusal("closed"))
    for _ in range(2):
        with pytest.raises(Refusal, match="closed"):
            await once.do("a", "close", deed, Failure)
    assert deed.times == 1


async def test_what_was_not_recorded_may_be_tried_again_with_the_same_id():
    once, deed = OnceOnly(), Deed(Failure())
    with pytest.raises(Failure):
        await once.do("a", "close", deed, Failure)
    await once.do("a", "close", deed, Failure)
    assert deed.times == 2


async def test_an_id_belongs_to_one_act():
    once, deed = OnceOnly(), Deed()
    await once.do("a", "open", deed, Failure)
    with pytest.raises(IdUsed):
        await once.do("a", "close", deed, Failure)


async def test_a_page_that_goes_away_takes_nothing_from_the_other():
    once, deed = OnceOnly(), Deed()
    gone = asyncio.create_task(once.do("a", "open", deed, Failure))
    await asyncio.sleep(0)
    stays = asyncio.create_task(once.do("a", "open", deed, Failure))
    gone.cancel()
    await stays
    assert deed.times == 1


async def test_old_ids_are_forgotten():
    once = OnceOnly()
    for n in range(REMEMBERED + 10):
        await once.do(str(n), "open", Deed(), Failure)
    assert len(once._done) == REMEMBERED
