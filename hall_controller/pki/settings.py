"""The authority's own choices: `authority.toml` in its folder. No secret is in it."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hall_controller.faults import BadFile, read_text
from hall_controller.pki.profiles import House

FILE = "authority.toml"


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(min_length=3, max_length=50, strip_whitespace=True)]
    """Of the authority: in the subject of its certificates."""
    organisation: Annotated[str, StringConstraints(min_length=2, max_length=60, strip_whitespace=True)]
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] = "VN"
    utc_offset: Annotated[str, StringConstraints(pattern=r"^[+-]\d\d:\d\d$")] = "+07:00"
    """The chamber's day: a provisional card is good for one."""
    card_years: Annotated[int, Field(ge=1, le=10)] = 5
    device_days: Annotated[int, Field(ge=1, le=825)] = 397
    list_days: Annotated[int, Field(ge=1, le=31)] = 7
    crl_url: str | None = None
    """Where the list of revoked cards is published: stands in each card's certificate."""

    @property
    def house(self) -> House:
        return House(self.name, self.organisation, self.country, self.crl_url)

    def day(self, day: str) -> tuple[datetime, datetime]:
        """First and last second of that day in the chamber. Raises ValueError."""
        begin = datetime.fromisoformat(f"{day}T00:00:00{self.utc_offset}").astimezone(UTC)
        return begin, begin + timedelta(days=1, seconds=-1)

    def toml(self) -> str:
        """As the file holds it: TOML's strings are JSON's."""
        said = self.model_dump(exclude_none=True)
        return "".join(
            f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in said.items()
        )


def load(folder: Path) -> Settings:
    """Raises BadFile with every fault."""
    path = folder / FILE
    try:
        return Settings.model_validate(tomllib.loads(read_text(path)))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not TOML: {error}"]) from error
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise BadFile(path, faults) from error
