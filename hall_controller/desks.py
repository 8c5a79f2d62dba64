"""The registrar's desks of `hall.toml`: places of bridges at which phones are bound, and nobody votes.

[[desk]]
id = "desk-1"
name = { vi = "Bàn đăng ký 1", en = "Registrar's desk 1" }   # only where there are several

A bridge of `bridges.toml` serves the desk under its id, as it serves a seat; `seats.csv` doesn't have it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from hall_controller.bilingual import Bilingual

DeskId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,11}$")]
"""Begins with a letter, so that nobody takes it for a seat's number, and fits on a unit's second line."""


class DeskSection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: DeskId
    name: Bilingual = {"vi": "Bàn đăng ký", "en": "Registrar's desk"}
    serves: Literal["members", "officers"] = "members"
    """`officers`: no phone is bound there; officers sign in at their own page by their cards."""


def twice(desks: Iterable[DeskSection]) -> list[str]:
    """Ids that stand more than once."""
    counted = Counter(desk.id for desk in desks)
    return [id for id, times in counted.items() if times > 1]


def faults(desks: Iterable[DeskSection], seats: set[str], served: set[str]) -> Iterator[str]:
    """What is wrong beside `seats.csv` and `bridges.toml`. `served`: what the bridges serve."""
    for desk in desks:
        if desk.id in seats:
            yield f"desk {desk.id}: it is a seat of the hall too"
        if desk.id not in served:
            yield f"desk {desk.id}: no bridge serves it"
