"""`hall prove` on a real hall's exports, `hall verify --proof` and `--seen` on what came out."""

import io
import json
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rich.console import Console
from typer.testing import CliRunner

from audit import checkpoint
from hall_controller.cli import app
from hall_controller.export.anchor import write_anchor
from hall_controller.export.release import Reader
from hall_controller.export.writing import export
from hall_controller.store import open_reader, open_store
from hall_controller.verify import SOUND, UNSOUND, UNUSABLE, verify, verify_proof
from tests.hall_controller.chamber import (
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


class Sat:
    """One sitting: `v1` declared, then `v2` without ballots. The first member votes twice, the last not."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.chamber = folder, Chamber(book=NAMES_BOOK)
        self.url = f"sqlite:///{folder}/hall.db"
        self.seen = ""

    async def sit(self) -> "Sat":
        chamber, hall = self.chamber, await started(self.chamber, open_store(self.url))
        await seated(chamber, hall, "s1")
        form = await opened(chamber, hall, "v1")
        for person in chamber.people[:-1]:
            await hall.submit(person.ballot(form, "approve"))
        await hall.submit(chamber.people[0].ballot(form, "reject", again=True))
        await declared(chamber, hall, "v1")
        self.seen = hall.checkpoint()
        await opened(chamber, hall, "v2")
        await closed(chamber, hall, "v2")
        await adjourned(hall)
        await hall.close()
        return self

    @property
    def anchor(self) -> Path:
        path = self.folder / "anchor.toml"
        if not path.exists():
            root = x509.load_der_x509_certificate(self.chamber.authority.root)
            write_anchor(path, self.chamber.known.vkey, [root.public_bytes(Encoding.PEM).decode()])
        return path

    def export(self, reader: Reader = "auditor") -> Path:
        out = self.folder / f"export-{reader}"
        if not out.exists():
            log = open_reader(self.url)
            export(log, self.chamber.known, None, out, reader)
            log.close()
        return out


@pytest.fixture
async def sat(tmp_path: Path) -> Sat:
    return await Sat(tmp_path).sit()


def hall(*asked: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(one) for one in asked], env={"COLUMNS": "220"})
    return done.exit_code, done.output


async def test_what_prove_writes_verify_accepts_with_the_anchor_alone(sat: Sat, tmp_path: Path) -> None:
    first, last = sat.chamber.people[0].id, sat.chamber.people[-1].id
    assert hall("prove", sat.export(), "--member", first, "--out", tmp_path / "p.json")[0] == 0
    code, said = hall("verify", "--proof", tmp_path / "p.json", "--anchor", sat.anchor)
    assert (code, "✓ proved" in said) == (SOUND, True), said
    assert said.count("COUNTS") == 1
    assert f"NO ballot is recorded in the name of {first}" in said  # of v2
    asked = ("prove", sat.export(), "--member", last, "--vote", "v1", "--out", tmp_path / "none.json")
    assert hall(*asked)[0] == 0
    code, said = hall("verify", "--proof", tmp_path / "none.json", "--anchor", sat.anchor)
    assert (code, f"NO ballot is recorded in the name of {last}" in said) == (0, True), said
    assert stat.S_IMODE((tmp_path / "p.json").stat().st_mode) == 0o600


async def test_verify_holds_it_against_an_export_too(sat: Sat, tmp_path: Path) -> None:
    member, file = sat.chamber.people[1].id, tmp_path / "p.json"
    hall("prove", sat.export(), "--member", member, "--out", file)
    code, said = hall("verify", sat.export(), "--proof", file)
    assert (code, "consistent with this export; authenticity not judged" in said) == (0, True), said
    code, said = hall("verify", sat.export("public"), "--proof", file, "--anchor", sat.anchor)
    assert (code, "✓ proved" in said) == (0, True), said


async def test_a_bent_proof_is_refused_with_its_name(sat: Sat, tmp_path: Path) -> None:
    file, member = tmp_path / "p.json", sat.chamber.people[0].id
    hall("prove", sat.export(), "--member", member, "--out", file)
    said = json.loads(file.read_bytes())
    said["votes"][0]["closed"]["leaf"]["ballot"] = None
    file.write_text(json.dumps(said))
    code, told = hall("verify", "--proof", file, "--anchor", sat.anchor)
    assert (code, "proof_leaf" in told, "✗ refused" in told) == (UNSOUND, True, True), told
    file.write_bytes(file.read_bytes()[:-9])
    assert "proof_unreadable" in hall("verify", "--proof", file, "--anchor", sat.anchor)[1]


async def test_a_reader_of_totals_can_prove_nobodys_ballots(tmp_path: Path) -> None:
    sat = Sat(tmp_path)
    sat.chamber = Chamber()
    await sat.sit()
    member = sat.chamber.people[0].id
    code, said = hall("prove", sat.export("public"), "--member", member, "--out", tmp_path / "p.json")
    assert (code, "withholds" in said) == (2, True), said
    assert not (tmp_path / "p.json").exists()


async def test_where_names_are_published_the_public_export_serves_as_well(sat: Sat, tmp_path: Path) -> None:
    """Of what was declared: of the vote that wasn't, it withholds who took part."""
    member, file = sat.chamber.people[0].id, tmp_path / "p.json"
    assert hall("prove", sat.export("public"), "--member", member, "--out", file)[0] == 0
    code, said = hall("verify", "--proof", file, "--anchor", sat.anchor)
    assert (code, "COUNTS" in said, "vote v2" in said) == (0, True, False), said
    asked = (
        "prove",
        sat.export("public"),
        "--member",
        member,
        "--vote",
        "v2",
        "--out",
        tmp_path / "2.json",
    )
    code, said = hall(*asked)
    assert (code, "withholds" in said) == (2, True), said


async def test_prove_refuses_what_it_can_not_make(sat: Sat, tmp_path: Path) -> None:
    member = sat.chamber.people[0].id
    for asked, why in (
        (("--member", "nobody"), "no roll"),
        (("--member", member, "--vote", "v9"), "no vote v9"),
    ):
        code, said = hall("prove", sat.export(), *asked, "--out", tmp_path / "p.json")
        assert (code, why in said) == (2, True), said
    taken = tmp_path / "taken"
    taken.write_text("mine")
    code, said = hall("prove", sat.export(), "--member", member, "--out", taken)
    assert (code, "exists already" in said, taken.read_text()) == (2, True, "mine")
    tile = next(path for path in (sat.export() / "log" / "tile" / "0").rglob("*") if path.is_file())
    tile.write_bytes(b"\0" + tile.read_bytes()[1:])
    code, said = hall("prove", sat.export(), "--member", member, "--out", tmp_path / "p.json")
    assert (code, "damaged" in said) == (2, True), said


def _console() -> Console:
    return Console(file=io.StringIO(), width=200)


def _said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("handed_on", ["file", "text", "windows", "last line end lost"])
async def test_a_checkpoint_that_was_photographed_holds_the_export(
    sat: Sat, tmp_path: Path, handed_on: str
) -> None:
    note = {
        "windows": sat.seen.replace("\n", "\r\n"), "last line end lost": sat.seen.rstrip("\n")
    }.get(handed_on, sat.seen)  # fmt: skip
    if handed_on == "file":
        (tmp_path / "seen.txt").write_text(note, "utf-8")
    console = _console()
    seen = str(tmp_path / "seen.txt") if handed_on == "file" else note
    assert verify(sat.export(), sat.anchor, console, None, [seen]) == SOUND
    assert "it goes on from the checkpoint that was seen, of " in _said(console)


async def test_an_export_that_does_not_go_on_from_it_is_refused(sat: Sat, tmp_path: Path) -> None:
    """A head beyond the export's end, one of another history, one that another key signed; or no head."""
    for note, code in (
        (checkpoint.sign(ORIGIN, 10_000, bytes(32), the_hall()), "log_truncated"),
        (checkpoint.sign(ORIGIN, 5, bytes(32), the_hall()), "log_rewritten"),
        (checkpoint.sign(ORIGIN, 5, bytes(32), the_hall(2)), "seen_of_another_log"),
        ("KẾT QUẢ\nBIỂU QUYẾT", "seen_of_another_log"),
    ):
        console = _console()
        assert verify(sat.export(), sat.anchor, console, None, [sat.seen, note]) == UNSOUND
        assert code in _said(console)
    assert verify(sat.export(), sat.anchor, _console(), None, [str(tmp_path / "none.txt")]) == UNUSABLE


async def test_what_is_missing_is_said(sat: Sat, tmp_path: Path) -> None:
    console = _console()
    assert verify_proof(tmp_path / "none.json", sat.anchor, None, console) == UNUSABLE
    assert hall("verify")[0] == 2
    assert hall("verify", "--proof", tmp_path / "none.json")[0] == 2
