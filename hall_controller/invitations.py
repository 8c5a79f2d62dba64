"""One-time sign-in codes that are made on the command line: `hall invite` writes, the running hall takes.

A folder that only the hall's user can read holds one file an invitation, named by the code's hash: whoever
reads it can't sign in with it. Taking an invitation removes its file, so a code is good once.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from display.access import Invitation
from voting.ids import OfficerId

_HASH = re.compile(r"[0-9a-f]{64}")


def invite(folder: Path, role: Literal["officer", "auditor"], name: str, until: datetime) -> str:
    """Leaves an invitation; returns its code, of 128 random bits. An officer's name is the log's actor."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    code = secrets.token_urlsafe(16)
    file = folder / hashlib.sha256(code.encode()).hexdigest()
    file.touch(mode=0o600)
    file.write_text(json.dumps({"role": role, "name": name, "until": until.isoformat()}), "utf-8")
    return code


def taking_from(
    folder: Path, ahead: Callable[[], timedelta] = timedelta
) -> Callable[[str], Invitation | None]:
    """What `display.access.Access` asks for codes that it didn't make itself.

    `ahead`: of the system's clock, by which they were made, the hall's is so far ahead.
    """

    def take(code_hash: str) -> Invitation | None:
        if not _HASH.fullmatch(code_hash):
            return None
        file = folder / code_hash
        try:
            # Renamed first: of two who show the same code at once, one finds no file.
            taken = file.rename(file.with_suffix(".taken"))
            raw = json.loads(taken.read_text("utf-8"))
            taken.unlink()
        except (OSError, ValueError):
            return None
        officer = OfficerId(raw["name"]) if raw["role"] == "officer" else None
        until = datetime.fromisoformat(raw["until"]) + ahead()
        return Invitation(raw["role"], raw["name"], officer, until)

    return take
