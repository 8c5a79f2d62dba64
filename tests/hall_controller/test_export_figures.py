"""Figures of a vote: none stands in an entry, which anybody reads; each reader gets what is published."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit import bundle, verifier
from audit import entry as log_entry
from audit.entry import Entry
from hall_controller import decoding, encoding
from hall_controller.export.directory import Directory
from hall_controller.export.release import Reader, Release
from hall_controller.export.writing import export
from hall_controller.hall import Hall
from hall_controller.journal import Tip, place, reread
from hall_controller.recount import recount
from hall_controller.store import open_reader, open_store
from hall_controller.submission import Submission
from tests.hall_controller.chamber import (
    BOOK,
    BY,
    OFFICER,
    START,
    Chamber,
    CountingToken,
    adjourned,
    opened,
    seated,
    started,
)
from voting import commands as c
from voting import events as ev
from voting.ids import ChoiceId, OfficerId, VoteId

V1 = VoteId("v1")
FIGURES = {ChoiceId("approve"): 3, ChoiceId("reject"): 1, ChoiceId("not_voting"): 0}
SILENT_BOOK = BOOK.replace('id = "vn.qh.2016-01-01"', 'id = "vn.test.nothing"').replace(
    'publish = "totals"', 'publish = "nothing"'
)
OF_FIGURES = {"HandCountEntered", "ResultComputed", "VoteDeclared"}


async def _counted_by_hand(chamber: Chamber, hall: Hall) -> None:
    """Up to the first clerk's figures, with the vote still closing."""
    await seated(chamber, hall)
    await opened(chamber, hall)
    await hall.submit(Submission(c.CloseVote(V1, BY), OFFICER))
    await hall.submit(Submission(c.EnterHandCount(V1, FIGURES, BY), OFFICER))


async def _declared(chamber: Chamber, hall: Hall) -> None:
    await hall.submit(Submission(c.EnterHandCount(V1, FIGURES, OfficerId("binh")), "officer:binh"))
    chamber.clock.pass_(60)
    await hall.submit(Submission(c.EndClosing(V1), "clock"))
    await hall.submit(Submission(c.ComputeResult(V1), "hall"))
    await hall.submit(Submission(c.DeclareVote(V1, BY), OFFICER))
    await adjourned(hall)


async def _sat(folder: Path, book: str, *, to_the_end: bool = True) -> tuple[Chamber, str]:
    chamber, url = Chamber(book=book), f"sqlite:///{folder}/hall.db"
    hall = await started(chamber, open_store(url))
    await _counted_by_hand(chamber, hall)
    if to_the_end:
        await _declared(chamber, hall)
    await hall.close()
    return chamber, url


def _given(chamber: Chamber, url: str, out: Path, reader: Reader) -> tuple[set[str], verifier.Report]:
    """Kinds of entries with figures whose payload this reader got, and what a verification says."""
    log = open_reader(url)
    try:
        export(log, chamber.known, None, out, reader)
        entries = [one.entry for one in reread(log, Tip())]
    finally:
        log.close()
    source = Directory(out)
    named = {one.type: one.blob.sha256 for one in entries if one.blob and one.type in OF_FIGURES}
    given = {type for type, sha256 in named.items() if bundle.blob_path(sha256) in source}
    return given, verifier.verify(source, None, recount)


@pytest.mark.parametrize("book", [BOOK, SILENT_BOOK], ids=["totals", "nothing"])
async def test_no_entry_holds_a_figure(tmp_path: Path, book: str) -> None:
    """The entries are served while the hall sits, whatever the rule book publishes."""
    _, url = await _sat(tmp_path, book)
    log = open_reader(url)
    told = {one.entry.type: one.entry for one in reread(log, Tip()) if one.entry.type in OF_FIGURES}
    log.close()
    assert {name: dict(entry.d) for name, entry in told.items()} == {
        "HandCountEntered": {"vote": V1, "confirmed": True},
        "ResultComputed": {"vote": V1},
        "VoteDeclared": {"vote": V1},
    }
    assert {entry.blob.len for entry in told.values() if entry.blob} == {log_entry.RESULT_STEP_BYTES}


async def test_where_nothing_is_published_the_public_gets_no_figure(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, SILENT_BOOK)
    given, report = _given(chamber, url, tmp_path / "public", "public")
    assert given == set()
    assert report.sound, report.findings
    assert any("declared payload" in line for line in report.withheld)
    given, report = _given(chamber, url, tmp_path / "auditor", "auditor")
    assert given == OF_FIGURES
    assert (report.sound, report.withheld) == (True, ()), report.findings


async def test_where_totals_are_published_the_public_gets_the_figures(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    given, report = _given(chamber, url, tmp_path / "public", "public")
    assert given == OF_FIGURES
    assert report.sound, report.findings


async def test_a_count_of_hands_goes_to_nobody_before_the_vote_has_ended(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK, to_the_end=False)
    for reader in ("public", "auditor"):
        given, report = _given(chamber, url, tmp_path / reader, reader)
        assert given == set()
        assert report.sound, report.findings


def test_a_casting_vote_stands_in_its_payload() -> None:
    draft = encoding.encode(ev.CastingVoteGiven(V1, ChoiceId("approve"), "an"), "hall")
    entry = place(Tip(), draft, START, "s1", CountingToken()).entry
    body = draft.payload.body if draft.payload else None
    assert (dict(entry.d), body) == ({"vote": V1}, {"choice": "approve"})
    assert decoding.decode(entry, None) == ev.CastingVoteGiven(V1, None, "an")


async def test_a_closed_sitting_would_show_the_public_nothing(tmp_path: Path) -> None:
    """None can be held yet; the format has the word, and the export already keeps to it."""
    _, url = await _sat(tmp_path, BOOK)
    log = open_reader(url)
    record = [(one.entry, one.body) for one in reread(log, Tip())]
    log.close()
    assert [entry.d["closed"] for entry, _ in record if entry.type == "SittingOpened"] == [False]
    assert _classes(record, closed=False) == {"public", "result", "declared"}
    assert _classes(record, closed=True) == {"public"}


def _classes(record: list[tuple[Entry, Any]], *, closed: bool) -> set[str]:
    release = Release("public")
    told = [
        (replace(entry, d={**entry.d, "closed": closed}) if entry.type == "SittingOpened" else entry, body)
        for entry, body in record
    ]
    for entry, body in told:
        release.note(entry, body)
    return {entry.blob.cls for entry, _ in told if entry.blob and release.gives(entry)}
