"""What is planned: sittings, their items, and the questions to be put, from one TOML file.

Planned is not decided: nothing of it is in the log until an officer opens the sitting or
announces the vote.
"""

import tomllib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hall_controller.bilingual import Bilingual
from hall_controller.faults import BadFile, read_text


class _Planned(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlannedVote(_Planned):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,59}$")
    kind: str
    title: Bilingual
    option: Bilingual | None = None
    supersedes: str | None = None
    """The vote that this one repeats; reason and orderer are asked when it is announced."""


class PlannedItem(_Planned):
    title: Bilingual
    votes: tuple[PlannedVote, ...] = ()


class PlannedSitting(_Planned):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")
    on: date
    title: Bilingual
    rulebook: str
    """Id of a shipped rule book, or a path to a TOML file beside the programme."""
    items: tuple[PlannedItem, ...] = ()


class Programme(_Planned):
    sittings: tuple[PlannedSitting, ...] = ()

    @model_validator(mode="after")
    def _ids_stand_once(self) -> "Programme":
        ids = [s.id for s in self.sittings] + [
            v.id for s in self.sittings for i in s.items for v in i.votes
        ]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"these ids stand twice: {', '.join(twice)}")
        return self

    def sitting(self, id: str) -> PlannedSitting | None:
        return next((s for s in self.sittings if s.id == id), None)


def load(path: Path) -> Programme:
    """Reads the programme. Raises BadFile with every fault."""
    try:
        return Programme.model_validate(tomllib.loads(read_text(path)))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not TOML: {error}"]) from error
    except ValidationError as error:
        places = [(".".join(str(part) for part in f["loc"]) or "file", f["msg"]) for f in error.errors()]
        raise BadFile(path, [f"{place}: {message}" for place, message in places]) from error
