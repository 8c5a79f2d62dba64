"""A whole sitting with two votes, and what it left: exports, anchor, and a checkpoint seen on the way."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from hall_controller.cli.demo.furnish import Furnished
from tests.sittings.furnishing import hall_command
from tests.sittings.hall_under_test import (
    SECOND_VOTE,
    SITTING,
    VOTE,
    HallUnderTest,
    choices,
    hall_under_test,
)
from tests.sittings.log_seen import counted
from tests.sittings.proof import anchor_of, proved


@dataclass(frozen=True, slots=True)
class Finished:
    folder: Path
    furnished: Furnished
    auditor: Path
    public: Path
    anchor: Path
    seen_checkpoint: str
    """Of the log between the two votes, as it stood on the wall."""
    took_part: Mapping[str, Mapping[str, str]]
    """What each member chose, by vote."""


async def a_plain_sitting(folder: Path) -> Finished:
    """Everybody comes; all but three vote, some change their minds; then a poll that few take part in."""
    async with hall_under_test(folder) as hall:
        await hall.convene()
        first = await _first_vote(hall)
        checkpoint = await _checkpoint(hall)
        second = choices(hall.network, "reject", "approve")
        await hall.open_vote(SECOND_VOTE)
        await hall.vote(second)
        await proved(hall, second, SECOND_VOTE)
        assert len(hall.steadied) == 21 + 4 + len(second)
    await asyncio.to_thread(_export_publicly, hall)
    return Finished(
        folder, hall.furnished, folder / "export-auditor", folder / "export-public",
        folder / "anchor.toml", checkpoint, {VOTE: first, SECOND_VOTE: second},
    )  # fmt: skip


async def _first_vote(hall: HallUnderTest) -> dict[str, str]:
    await hall.open_vote()
    wanted = choices(hall.people[3:], "approve", "approve", "reject", "not_voting")
    await hall.vote(wanted)
    changed = {person.member: "reject" for person in hall.people if wanted.get(person.member) == "approve"}
    changed = dict(list(changed.items())[:4])
    await hall.vote(changed)
    result = await hall.close_and_declare()
    assert result["counts"] == counted((wanted | changed).values())
    assert (result["participated"], result["roll"]) == (21, 24)
    return wanted | changed


async def _checkpoint(hall: HallUnderTest) -> str:
    async with httpx.AsyncClient() as reader:
        answer = await reader.get(f"{hall.address}/log/checkpoint")
    assert answer.status_code == 200
    return answer.text


def _export_publicly(hall: HallUnderTest) -> None:
    out = hall.furnished.folder / "export-public"
    asked = ("export", SITTING, "--out", out, "--for", "public", "--config", hall.furnished.config)
    done = hall_command(*asked)
    assert done.returncode == 0, done.stderr
    anchor_of(hall, hall.furnished.folder / "anchor.toml")
