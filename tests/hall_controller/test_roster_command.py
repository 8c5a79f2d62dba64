"""`hall roster` as people run it: what is wrong in either file is said, and then nothing is taken."""

import subprocess
import sys
from pathlib import Path

import pytest

from hall_controller.cli.demo.furnish import furnish
from simulators import scenario as scenarios

SCENARIO = Path(__file__).parents[1] / "sittings" / "scenario.toml"


def hall(*arguments: object) -> tuple[int, str]:
    command = [sys.executable, "-m", "hall_controller.cli", "roster", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hall") / "files"
    furnish(made, scenarios.parse(SCENARIO.read_text("utf-8")), rows=1)
    return made


def test_out_and_in_again_is_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    members, seats = tmp_path / "m.csv", tmp_path / "s.csv"
    config = ("--config", folder / "hall.toml")
    assert hall("export", "--members", members, "--seats", seats, *config)[0] == 0
    before = (folder / "members.csv").read_bytes(), (folder / "seats.csv").read_bytes()
    assert (members.read_bytes(), seats.read_bytes()) == before, "the demo writes the one way of writing"
    assert hall("check", "--members", members, "--seats", seats)[0] == 0
    code, told = hall("import", "--members", members, *config)
    assert code == 0, told
    assert "in office today" in told
    assert ((folder / "members.csv").read_bytes(), (folder / "seats.csv").read_bytes()) == before


def test_a_fault_in_one_file_keeps_both_out(folder: Path, tmp_path: Path) -> None:
    members, seats = tmp_path / "m.csv", tmp_path / "s.csv"
    good = (folder / "members.csv").read_text("utf-8")
    members.write_text(good.replace("dbqh-002,", "dbqh-001,", 1), "utf-8")
    seats.write_text((folder / "seats.csv").read_text("utf-8") + "001,A\n", "utf-8")
    before = (folder / "members.csv").read_bytes(), (folder / "seats.csv").read_bytes()
    code, told = hall("import", "--members", members, "--seats", seats, "--config", folder / "hall.toml")
    assert code == 2
    flat = " ".join(told.split())
    assert "Nothing was taken" in flat
    assert "line 3, column id: “dbqh-001” stands twice, first in line 2" in flat
    assert "dòng 3, cột id: “dbqh-001” đã có ở dòng 2" in flat
    assert "s.csv: line" in flat
    assert ((folder / "members.csv").read_bytes(), (folder / "seats.csv").read_bytes()) == before


def test_what_is_to_be_imported_must_be_said(folder: Path) -> None:
    code, told = hall("import", "--config", folder / "hall.toml")
    assert code == 2
    assert "--members FILE" in told
