"""Export, then verify: what each reader gets, what is withheld and named, and what damage is found."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from audit import base64url, verifier
from audit.bundle import Source
from hall_controller.export.anchor import read_anchor, write_anchor
from hall_controller.export.directory import Directory
from hall_controller.export.errors import ExportFailed
from hall_controller.export.release import Reader
from hall_controller.export.writing import Exported, export, sittings
from hall_controller.founding import Founding
from hall_controller.hall import Hall
from hall_controller.recount import recount
from hall_controller.store import open_reader, open_store
from hall_controller.verify import SOUND, UNSOUND, UNUSABLE, verify
from tests.hall_controller.chamber import (
    BOOK,
    NAMES_BOOK,
    ORIGIN,
    Chamber,
    adjourned,
    closed,
    declared,
    opened,
    seated,
    started,
    the_hall,
)

CHOICES = ("approve", "approve", "approve", "reject")


async def _sitting(chamber: Chamber, hall: Hall, sit: str, vote: str) -> None:
    await seated(chamber, hall, sit)
    form = await opened(chamber, hall, vote)
    for person, choice in zip(chamber.people, CHOICES, strict=False):
        await hall.submit(person.ballot(form, choice))
    await hall.submit(chamber.people[0].ballot(form, "reject", again=True))
    await declared(chamber, hall, vote)
    await adjourned(hall)


async def _sat(tmp_path: Path, book: str) -> tuple[Chamber, str]:
    """Two sittings with a vote each."""
    chamber, url = Chamber(book=book), f"sqlite:///{tmp_path}/hall.db"
    hall = await started(chamber, open_store(url))
    await _sitting(chamber, hall, "s1", "v1")
    await _sitting(chamber, hall, "s2", "v2")
    await hall.close()
    return chamber, url


def _export(chamber: Chamber, url: str, out: Path, reader: Reader, sitting: str | None = "s2") -> Exported:
    log = open_reader(url)
    try:
        return export(log, chamber.known, sitting, out, reader)
    finally:
        log.close()


def _anchor(chamber: Chamber, path: Path, checkpoint: str | None = None) -> Path:
    write_anchor(path, chamber.known.vkey, [chamber.authority.root_pem], checkpoint)
    return path


def _judged(directory: Path, anchor: Path | None, reader: Reader | None = None) -> tuple[int, str]:
    out = io.StringIO()
    code = verify(directory, anchor, Console(file=out, width=200, force_terminal=False), reader)
    return code, out.getvalue()


def _report(directory: Path, anchor: Path | None = None) -> verifier.Report:
    source: Source = Directory(directory)
    return verifier.verify(source, read_anchor(anchor) if anchor else None, recount)


@pytest.mark.parametrize("book", [BOOK, NAMES_BOOK], ids=["totals", "names"])
@pytest.mark.parametrize("reader", ["public", "auditor"])
async def test_an_export_verifies(tmp_path: Path, reader: Reader, book: str) -> None:
    chamber, url = await _sat(tmp_path, book)
    exported = _export(chamber, url, tmp_path / "out", reader)
    anchor = _anchor(chamber, tmp_path / "anchor.toml", exported.checkpoint)
    report = _report(tmp_path / "out", anchor)
    assert [f for f in report.findings if f.severity != "note"] == []
    withheld = reader == "public" and book is BOOK
    assert report.verdict == ("verified as far as it is shown" if withheld else "verified")
    assert bool(report.withheld) == withheld
    for asked in (None, reader):
        code, printed = _judged(tmp_path / "out", anchor, asked)
        assert code == SOUND, printed
        assert f"✓ {report.verdict}\n" in printed


@pytest.mark.parametrize("book", [BOOK, NAMES_BOOK], ids=["totals", "names"])
async def test_what_a_reader_should_have_is_missed(tmp_path: Path, book: str) -> None:
    """Whole classes gone look withheld: who knows for whom the export was made is told otherwise."""
    chamber, url = await _sat(tmp_path, book)
    anchor = _anchor(chamber, tmp_path / "anchor.toml")
    _export(chamber, url, tmp_path / "out", "public")
    for blob in (tmp_path / "out" / "blobs").iterdir():
        if _said_of_a_member(blob.read_bytes()):
            blob.unlink()
    for certificate in (tmp_path / "out" / "certs").iterdir():
        if certificate.read_bytes() != chamber.authority.root:
            certificate.unlink()
    code, printed = _judged(tmp_path / "out", anchor)
    assert (code, "✓ verified as far as it is shown" in printed) == (SOUND, True), printed
    assert _judged(tmp_path / "out", anchor, "public")[0] == (SOUND if book is BOOK else UNSOUND)
    code, printed = _judged(tmp_path / "out", anchor, "auditor")
    assert (code, "payload_missing" in printed) == (UNSOUND, True), printed


@pytest.mark.parametrize("book", [BOOK, NAMES_BOOK], ids=["totals", "names"])
async def test_what_a_reader_should_not_see_is_found(tmp_path: Path, book: str) -> None:
    """An auditor's export in the public's place: true in every word, and not for everybody."""
    chamber, url = await _sat(tmp_path, book)
    anchor = _anchor(chamber, tmp_path / "anchor.toml")
    _export(chamber, url, tmp_path / "out", "auditor")
    assert _judged(tmp_path / "out", anchor, "auditor")[0] == SOUND
    code, printed = _judged(tmp_path / "out", anchor, "public")
    if book is NAMES_BOOK:
        assert code == SOUND, printed
        return
    assert code == UNSOUND
    assert "✗ whole, but it shows what this reader isn't given" in printed
    for told in (
        "5 ballot payloads of v1", "5 ballot payloads of v2", "1 participation payload of v1",
        "5 session payloads of s1",
    ):  # fmt: skip
        assert told in printed, printed
    assert "declared payloads" not in printed
    assert "payload_missing" not in printed


async def test_one_ballot_in_a_public_export_is_one_too_many(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    _export(chamber, url, tmp_path / "out", "public")
    _export(chamber, url, tmp_path / "all", "auditor")
    ballot = next(one for one in (tmp_path / "all" / "blobs").iterdir() if one.stat().st_size == 1536)
    shutil.copy(ballot, tmp_path / "out" / "blobs")
    code, printed = _judged(tmp_path / "out", None, "public")
    assert (code, "1 ballot payload of v" in printed) == (UNSOUND, True), printed


async def test_what_can_not_be_told_of_a_reader_is_no_success(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    _export(chamber, url, tmp_path / "out", "auditor")
    for blob in (tmp_path / "out" / "blobs").iterdir():
        if b"[kinds" in blob.read_bytes():
            blob.unlink()
    code, printed = _judged(tmp_path / "out", None, "auditor")
    assert (code, "release_not_judged" in printed) == (UNSOUND, True), printed


@pytest.mark.parametrize(("reader", "modes"), [("public", (0o755, 0o644)), ("auditor", (0o700, 0o600))])
async def test_names_and_choices_are_for_their_owner_alone(
    tmp_path: Path, reader: Reader, modes: tuple[int, int]
) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    out = tmp_path / "out"
    _export(chamber, url, out, reader)
    for path in (out, *out.rglob("*")):
        assert path.stat().st_mode & 0o777 == modes[path.is_file()], path


async def test_a_public_export_of_totals_shows_neither_who_took_part_nor_how(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    _export(chamber, url, tmp_path / "out", "public")
    files = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    for person in chamber.people:
        for name in (person.id, person.member.name, person.session, person.key.kid):
            assert all(_is_a_roll(data) for data in files.values() if name.encode() in data)
    # The hash of a ballot is public, it says nothing; what it is the hash of, and of whom, is not there.
    assert not any(_said_of_a_member(data) for path, data in files.items() if path.parent.name == "blobs")
    assert len(list((tmp_path / "out" / "certs").iterdir())) == 1


def _said_of_a_member(blob: bytes) -> bool:
    body = json.loads(blob)["body"]
    typ = base64url.decode(body["protected"]) if "protected" in body else b""
    return body.keys() & {"jws", "session", "leaves"} != set() or b"ballot" in typ


def _is_a_roll(data: bytes) -> bool:
    return set(json.loads(data)["body"]) == {"members", "seating"}


async def test_an_auditor_gets_everything_and_every_certificate(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    exported = _export(chamber, url, tmp_path / "out", "auditor")
    assert exported.withheld == 0
    assert len(list((tmp_path / "out" / "certs").iterdir())) == 1 + len(chamber.people)
    assert _report(tmp_path / "out").withheld == ()


async def test_an_export_ends_at_the_adjournment_of_its_sitting(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    first = _export(chamber, url, tmp_path / "first", "auditor", "s1")
    second = _export(chamber, url, tmp_path / "second", "auditor", "s2")
    everything = _export(chamber, url, tmp_path / "all", "auditor", None)
    assert first.head.size < second.head.size == everything.head.size
    # The earlier head, seen on a wall, is a prefix of the later export.
    anchor = _anchor(chamber, tmp_path / "anchor.toml", first.checkpoint)
    assert _report(tmp_path / "second", anchor).verdict == "verified"
    later = _anchor(chamber, tmp_path / "later.toml", second.checkpoint)
    assert _report(tmp_path / "first", later).verdict == "damaged"


async def test_an_open_votes_ballots_go_to_nobody(tmp_path: Path) -> None:
    chamber, url = Chamber(book=NAMES_BOOK), f"sqlite:///{tmp_path}/hall.db"
    hall = await started(chamber, open_store(url))
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    await hall.submit(chamber.people[0].ballot(form, "approve"))
    auditor = _export(chamber, url, tmp_path / "auditor", "auditor", "s1")
    assert auditor.withheld == 1
    await closed(chamber, hall)
    public = _export(chamber, url, tmp_path / "public", "public", "s1")
    assert (
        public.withheld == len(chamber.people) + 3
    )  # sessions, ballot, who took part, result: not declared yet
    await hall.close()
    for out in ("auditor", "public"):
        assert _report(tmp_path / out).sound


async def test_without_an_anchor_it_is_consistent_and_no_more(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    _export(chamber, url, tmp_path / "out", "auditor")
    code, printed = _judged(tmp_path / "out", None)
    assert code == SOUND
    assert "authenticity not judged" in printed
    assert chamber.known.vkey in printed


def _flip(out: Path) -> None:
    blob = max((out / "blobs").iterdir())
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.write_bytes(data)


def _lose_certificate(out: Path) -> None:
    for path in (out / "certs").iterdir():
        path.unlink()


def _lose_tile(out: Path) -> None:
    next((out / "log" / "tile" / "0").rglob("*.p/*")).unlink()


@pytest.mark.parametrize("damage", [_flip, _lose_certificate, _lose_tile])
async def test_damage_is_found(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    _export(chamber, url, tmp_path / "out", "auditor")
    damage(tmp_path / "out")
    code, _ = _judged(tmp_path / "out", _anchor(chamber, tmp_path / "anchor.toml"))
    assert code == UNSOUND


async def test_what_can_not_be_exported_is_said_in_a_sentence(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    with pytest.raises(ExportFailed, match="no sitting s9 in the log; there are: s1, s2"):
        _export(chamber, url, tmp_path / "out", "public", "s9")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("mine")
    with pytest.raises(ExportFailed, match="exists already"):
        _export(chamber, url, tmp_path / "full", "public")
    assert (tmp_path / "full" / "letter").read_text() == "mine"
    stranger = Founding(ORIGIN, the_hall(2))
    log = open_reader(url)
    with pytest.raises(ExportFailed, match="sign it with its own"):
        export(log, stranger, None, tmp_path / "out", "public")
    log.close()
    assert not (tmp_path / "out").exists()
    log = open_reader(url)
    assert sittings(log) == ["s1", "s2"]
    log.close()


def test_what_can_not_be_verified_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty" / "anchor.toml").write_text("vkey = 1")
    cases = {
        "does not exist": (tmp_path / "nowhere", None),
        "is not a directory": (tmp_path / "file", None),
        "has no log/": (tmp_path / "empty", None),
        "can't be read": (tmp_path / "empty", tmp_path / "no-anchor.toml"),
        "needs vkey": (tmp_path / "empty", tmp_path / "empty" / "anchor.toml"),
    }
    for said, (directory, anchor) in cases.items():
        code, printed = _judged(directory, anchor)
        assert (code, said in printed) == (UNUSABLE, True), printed


async def test_links_out_of_an_export_are_not_followed(tmp_path: Path) -> None:
    chamber, url = await _sat(tmp_path, BOOK)
    _export(chamber, url, tmp_path / "out", "auditor")
    target = tmp_path / "moved"
    shutil.move(tmp_path / "out" / "log" / "checkpoint", target)
    (tmp_path / "out" / "log" / "checkpoint").symlink_to(target)
    assert not _report(tmp_path / "out").sound
