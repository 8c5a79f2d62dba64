"""One-time sign-in codes that are made on the command line: `hall invite` writes, the running hall takes.

A folder that only the hall's user can read holds one file an invitation, named by the code's hash: whoever
reads it can't sign in with it. Taking an invitation removes its file, so a code is good once.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from display.access import Invitation
from display.officers import officer_id
from voting.ids import OfficerId

log = structlog.get_logger(__name__)

LONGEST_NAME = 100
_HASH = re.compile(r"[0-9a-f]{64}")


class _Invited(BaseModel):
    """What an invitation's file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["officer", "auditor"]
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    until: AwareDatetime


def invite(folder: Path, role: Literal["officer", "auditor"], name: str, until: datetime) -> str:
    """Leaves an invitation; returns its code, of 128 random bits. An officer's name is the log's actor.

    Raises NotAnOfficerId; ValueError for an auditor without a name, OSError where nothing can be written.
    """
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise ValueError(f"whose code is it? A name has 1 to {LONGEST_NAME} letters")
    asked = _Invited(role=role, name=officer_id(name) if role == "officer" else name, until=until)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder)
    code = secrets.token_urlsafe(16)
    file = folder / hashlib.sha256(code.encode()).hexdigest()
    file.touch(mode=0o600)
    file.write_text(asked.model_dump_json(), "utf-8")
    return code


def taking_from(
    folder: Path, ahead: Callable[[], timedelta] = timedelta
) -> Callable[[str], Invitation | None]:
    """What `display.access.Access` asks for codes that it didn't make itself.

    `ahead`: of the system's clock, by which they were made, the hall's is so far ahead.
    """
    if folder.is_dir():
        _sweep(folder)

    def take(code_hash: str) -> Invitation | None:
        if not _HASH.fullmatch(code_hash):
            return None
        file = folder / code_hash
        try:
            # Renamed first: of two who show the same code at once, one finds no file.
            taken = file.rename(file.with_suffix(".taken"))
            found = _read(taken)
            taken.unlink()
        except OSError:
            return None
        if found is None:
            log.warning("invitation_damaged", file=code_hash[:8])
            return None
        officer = OfficerId(found.name) if found.role == "officer" else None
        return Invitation(found.role, found.name, officer, found.until + ahead())

    return take


def _read(file: Path) -> _Invited | None:
    """None for what `invite` can't have written. Raises OSError."""
    try:
        found = _Invited.model_validate_json(file.read_bytes())
        if found.role == "officer":
            officer_id(found.name)
    except ValueError:
        return None
    return found


def _sweep(folder: Path) -> None:
    """Removes invitations that nobody took in time; a damaged one stays until its code is shown."""
    now = datetime.now(UTC)
    for file in folder.iterdir():
        if not _HASH.fullmatch(file.stem):
            continue
        try:
            found = _read(file)
            if found is not None and found.until <= now:
                file.unlink()
        except OSError:
            continue  # taken in between
