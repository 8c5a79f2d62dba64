"""Hands counted after the close, a result declared in the next sitting: recorded, exported, verified."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from hall_controller import signed_result
from hall_controller.export.anchor import write_anchor
from hall_controller.export.release import Reader, Release
from hall_controller.export.writing import export
from hall_controller.journal import Reread, Tip, reread
from hall_controller.store import open_reader, open_store
from hall_controller.submission import Submission
from hall_controller.supervision import Due, due_act
from hall_controller.verify import SOUND, verify
from tests.hall_controller.chamber import (
    BOOK,
    BY,
    NAMES_BOOK,
    OFFICER,
    Chamber,
    adjourned,
    closed,
    opened,
    seated,
    started,
)
from voting import commands as c
from voting.division import Phase
from voting.ids import ChoiceId, OfficerId, VoteId

V1 = VoteId("v1")
COUNTS = {ChoiceId("approve"): 4, ChoiceId("reject"): 1, ChoiceId("not_voting"): 0}


async def _sat(tmp_path: Path, book: str) -> tuple[Chamber, str]:
    """Nobody could press in v1, so hands were counted; it is declared when the chamber meets again."""
    chamber, url = Chamber(book=book), f"sqlite:///{tmp_path}/hall.db"
    hall = await started(chamber, open_store(url))
    await seated(chamber, hall)
    await opened(chamber, hall)
    await closed(chamber, hall)
    for clerk in ("an", "binh"):
        assert due_act(hall.meeting, hall.now()) is None
        await hall.submit(Submission(c.EnterHandCount(V1, COUNTS, OfficerId(clerk)), f"officer:{clerk}"))
    assert due_act(hall.meeting, hall.now()) == Due(c.ComputeResult(V1), "hall")
    await hall.submit(Submission(c.ComputeResult(V1), "hall"))
    assert due_act(hall.meeting, hall.now()) is None
    await adjourned(hall)
    await hall.submit(chamber.opening("s2"))
    await hall.submit(Submission(c.DeclareVote(V1, BY), OFFICER))
    await adjourned(hall)
    vote = hall.meeting.votes[V1]
    assert vote.phase is Phase.DECLARED
    assert vote.result is not None
    assert vote.result.counts["approve"] == 4
    await hall.close()
    again = await started(chamber, open_store(url))
    assert again.meeting.votes[V1] == vote
    await again.close()
    return chamber, url


def _record(url: str) -> list[Reread]:
    log = open_reader(url)
    try:
        return list(reread(log, Tip()))
    finally:
        log.close()


async def test_its_entry_is_the_later_sittings_and_its_result_the_votes_own(tmp_path: Path) -> None:
    _, url = await _sat(tmp_path, BOOK)
    found = {one.entry.type: one for one in _record(url)}
    assert [found[kind].entry.sit for kind in ("VoteAnnounced", "ResultComputed", "VoteDeclared")] == [
        "s1", "s1", "s2",
    ]  # fmt: skip
    declared = found["VoteDeclared"].body
    assert declared == found["ResultComputed"].body
    assert signed_result.read(declared)[1].sit == "s1"


async def test_a_vote_of_a_closed_sitting_stays_closed_where_a_public_one_declares_it(
    tmp_path: Path,
) -> None:
    _, url = await _sat(tmp_path, NAMES_BOOK)
    for closed_sitting, given in (("s1", False), ("s2", True)):
        release, declaration = Release("public"), None
        for one in _record(url):
            entry = one.entry
            if entry.type == "SittingOpened" and entry.sit == closed_sitting:
                entry = replace(entry, d={**entry.d, "closed": True})
            release.note(entry, one.body)
            declaration = entry if entry.type == "VoteDeclared" else declaration
        assert declaration is not None
        assert release.gives(declaration) is given


@pytest.mark.parametrize("book", [BOOK, NAMES_BOOK], ids=["totals", "names"])
async def test_every_reader_can_verify_it(tmp_path: Path, book: str) -> None:
    chamber, url = await _sat(tmp_path, book)
    anchor = tmp_path / "anchor.toml"
    write_anchor(anchor, chamber.known.vkey, [chamber.authority.root_pem])
    readers: tuple[Reader, ...] = ("public", "auditor")
    for reader in readers:
        for sitting in ("s1", "s2"):
            out = tmp_path / f"{reader}-{sitting}"
            log = open_reader(url)
            export(log, chamber.known, sitting, out, reader)
            log.close()
            said = io.StringIO()
            assert verify(out, anchor, Console(file=said, width=200), reader) == SOUND, said.getvalue()
