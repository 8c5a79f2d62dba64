"""A hall's files, each with something wrong: `hall run` says all of it at once, file by file."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hall_controller.cli.demo.furnish import furnish
from hall_controller.config import load
from hall_controller.faults import BadFile
from hall_controller.prepared import prepare
from simulators import scenario as scenarios
from simulators.authority import Authority
from tests.sittings.furnishing import hall_command

SCENARIO = Path(__file__).parents[1] / "sittings" / "scenario.toml"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hall") / "files"
    furnish(folder, scenarios.parse(SCENARIO.read_text("utf-8")), rows=1)
    return folder


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(furnished, tmp_path / "hall"))


def faults(folder: Path) -> str:
    with pytest.raises(BadFile) as caught:
        prepare(load(folder / "hall.toml"))
    assert caught.value.path == folder / "hall.toml"
    return "\n".join(caught.value.faults)


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, (file, text[:300])
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_what_the_demo_writes_is_faultless(folder: Path) -> None:
    prepared = prepare(load(folder / "hall.toml"))
    assert prepared.plans.programme.sittings
    assert prepared.bridges.by_id


def test_the_faults_of_all_files_come_together(folder: Path) -> None:
    (folder / "log.pem").write_text("x")
    (folder / "ca.pem").write_text("x")
    (folder / "crl.der").write_text("x")
    (folder / "passwords.toml").write_text('hall = ""\n')
    _change(folder / "members.csv", "dbqh-001,", ",")
    _change(folder / "seats.csv", "001,", "002,")
    _change(folder / "bridges.toml", '"OKP"', '"oct"')
    _change(folder / "programme.toml", "rulebook", "book")
    said = faults(folder)
    for name in ("log.pem", "ca.pem", "crl.der", "passwords.toml: hall", "members.csv: line 2"):
        assert name in said, (name, said)
    for name in ("seats.csv: line 3", "bridges.toml: bridge", "programme.toml: sittings.0.rulebook"):
        assert name in said, (name, said)


def test_a_bridges_seat_that_is_none_and_a_members_seat_without_a_bridge(folder: Path) -> None:
    _change(folder / "bridges.toml", '"001"', '"901"')
    said = faults(folder)
    assert "there is no seat 901 in seats.csv" in said
    assert "no bridge in bridges.toml serves seat 001" in said


def test_a_desk_is_served_by_a_bridge_and_is_no_seat(folder: Path) -> None:
    assert prepare(load(folder / "hall.toml")).bridges.desks == {"desk-1"}
    _change(folder / "hall.toml", '"desk-1"', '"desk-9"')
    with (folder / "seats.csv").open("a") as seats:
        seats.write("hall,A\n")
    with (folder / "hall.toml").open("a") as config:
        config.write('[[desk]]\nid = "hall"\n')
    said = faults(folder)
    assert "desk desk-9: no bridge serves it" in said
    assert "desk hall: it is a seat of the hall too" in said
    assert "there is no seat desk-1 in seats.csv" in said, "what isn't said to be a desk must be a seat"


@pytest.mark.parametrize("book", ["rules.toml", "vn.qh.1946-01-01"])
def test_rule_books_of_the_programme_are_looked_for_at_the_start(folder: Path, book: str) -> None:
    programme = folder / "programme.toml"
    text = programme.read_text("utf-8")
    old = next(line for line in text.splitlines() if line.startswith("rulebook"))
    _change(programme, old, f'rulebook = "{book}"')
    said = faults(folder)
    assert "programme.toml: sitting " in said
    assert book in said


def test_a_rule_book_that_is_not_in_force_or_lacks_a_kind(folder: Path) -> None:
    programme = folder / "programme.toml"
    lines = programme.read_text("utf-8").splitlines()
    kind = next(line for line in lines if line.strip().startswith("kind"))
    day = next(line for line in lines if line.startswith("on ="))
    _change(programme, kind, 'kind = "wish"')
    _change(programme, day, "on = 1999-01-01")
    said = faults(folder)
    assert "has no kind wish" in said
    assert "is in force from" in said


def test_who_starts_without_a_file_is_told_what_to_do(tmp_path: Path) -> None:
    done = hall_command("run", "--config", tmp_path / "hall.toml")
    assert done.returncode == 2
    assert "docs/guides/running-a-hall.md" in done.stderr
    assert "hall demo" in done.stderr


def test_cards_for_trying_things_out_and_real_ones_are_kept_apart(folder: Path) -> None:
    real = Authority(datetime.now(UTC))
    tried = (folder / "ca.pem").read_text("utf-8")
    (folder / "ca.pem").write_text(tried + real.root_pem, "utf-8")
    assert "begins with 'TEST '" in faults(folder)
    (folder / "ca.pem").write_text(tried, "utf-8")
    _change(folder / "hall.toml", "test = true\n", "")
    _change(folder / "hall.toml", "hall-test", "hall")
    _change(folder / "hall.toml", "codes = true\n", TWO)
    assert "for trying things out; this hall's results count" in faults(folder)


TWO = """[[desk]]
id = "ban-thu-ky"
serves = "officers"
[[officer]]
id = "chu-toa"
name = "An"
post = "presiding"
card = "cb-1"
[[officer]]
id = "thu-ky"
name = "Binh"
post = "secretary"
card = "cb-2"
"""
