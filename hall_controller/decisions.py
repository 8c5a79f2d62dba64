"""The presidium's decisions on their way to the log: `hall trust waive` leaves them, the hall takes them.

A folder that only the hall's user can write to holds one file a decision. It is removed once recorded; one
that can't stand is set aside under another name, and the hall's log file says why.
"""

import json
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from hall_controller.faults import BadFile, read_text
from hall_controller.trust_entries import WaiveRevocation

WAITING, ASIDE = ".json", ".refused"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Decided(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    authorities: tuple[Fingerprint, ...]
    until: AwareDatetime
    reason: Words
    decided_by: tuple[Words, Words]


def leave(folder: Path, decided: WaiveRevocation) -> Path:
    """Leaves a decision for the hall. Raises ValueError for words that are missing or too long, OSError."""
    words = _Decided(
        authorities=decided.authorities,
        until=decided.until,
        reason=decided.reason,
        decided_by=decided.decided_by,
    ).model_dump_json()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(8)
    beside = folder / f".{name}"
    beside.touch(mode=0o600)
    beside.write_text(words, "utf-8")
    # The hall finds it whole or not at all.
    return beside.rename(folder / f"{name}{WAITING}")


def waiting(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{WAITING}"))


def read(path: Path) -> WaiveRevocation:
    """Raises BadFile."""
    try:
        said = _Decided.model_validate(json.loads(read_text(path)))
    except (json.JSONDecodeError, ValidationError) as error:
        raise BadFile(path, [f"is no decision: {error}"]) from error
    return WaiveRevocation(said.authorities, said.until, said.reason, said.decided_by)


def set_aside(path: Path) -> None:
    path.rename(path.with_suffix(ASIDE))
