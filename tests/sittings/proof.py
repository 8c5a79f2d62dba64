"""What every sitting here ends with: the log exported, verified whole and counted again."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from audit import checkpoint, verifier
from hall_controller.cli.demo.furnish import ORIGIN
from hall_controller.config import load
from hall_controller.export.anchor import read_anchor, write_anchor
from hall_controller.export.directory import Directory
from hall_controller.export.release import Reader
from hall_controller.export.writing import export
from hall_controller.key_files import load_founding
from hall_controller.recount import recount
from hall_controller.store import open_reader
from tests.sittings.hall_under_test import SITTING, VOTE, HallUnderTest
from tests.sittings.log_seen import counted


def anchor_of(hall: HallUnderTest, path: Path, checkpoint_seen: str | None = None) -> Path:
    """What a reader of this hall's logs holds."""
    vkey = checkpoint.vkey(ORIGIN, hall.furnished.hall_signer.public_key)
    write_anchor(path, vkey, [hall.furnished.root_pem], checkpoint_seen)
    return path


async def proved(hall: HallUnderTest, effective: Mapping[str, str], vote: str = VOTE) -> None:
    """Closes, declares, adjourns; the result, the log and the recount all say that these choices count."""
    result = await hall.close_and_declare(vote)
    assert result["counts"] == counted(effective.values())
    assert result["participated"] == len(effective)
    await hall.adjourn()
    seen = hall.seen()
    assert seen.effective(vote) == dict(effective)
    assert len({ballot.hash for ballot in seen.ballots}) == len(seen.ballots)
    assert [one for one in hall.steadied if not one.in_log] == []
    await asyncio.to_thread(_verified, hall, "auditor")


def _verified(hall: HallUnderTest, reader: Reader) -> None:
    folder = hall.furnished.folder
    out, anchor = folder / f"export-{reader}", anchor_of(hall, folder / "anchor.toml")
    log = open_reader(hall.store_url)
    try:
        exported = export(log, load_founding(load(hall.furnished.config)), SITTING, out, reader)
    finally:
        log.close()
    report = verifier.verify(Directory(out), read_anchor(anchor), recount)
    assert list(report.findings) == [], report.findings
    assert report.verdict == "verified"
    assert report.size == exported.head.size
