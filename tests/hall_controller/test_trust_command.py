"""`hall trust`: what is typed, what it says, and what it leaves."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hall_controller import decisions
from hall_controller.cli import app
from hall_controller.faults import BadFile
from tests.hall_controller.test_trust_fetch import hall

TWO = ("--by", "Nguyễn Thị A", "--by", "Trần Văn B")
WHY = ("--reason", "Mất kết nối")


def typed(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["trust", *words, "--config", str(folder / "hall.toml")])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hall(tmp_path, 'fetched = "fetched"')
    return tmp_path


def left(folder: Path) -> list[Path]:
    return decisions.waiting(folder / "decisions")


def test_two_people_with_a_reason_leave_a_decision(folder: Path) -> None:
    assert typed(folder, "waive", *TWO, *WHY).exit_code == 0
    (file,) = left(folder)
    asked = decisions.read(file)
    assert asked.decided_by == ("Nguyễn Thị A", "Trần Văn B")
    assert asked.reason == "Mất kết nối"
    assert len(asked.authorities) == 1
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert json.loads(file.read_text())["reason"] == "Mất kết nối"


@pytest.mark.parametrize(
    "words",
    [
        (*TWO[:2], *WHY),
        (*TWO, "--by", "Lê Văn C", *WHY),
        ("--by", "An", "--by", "an", *WHY),
        ("--by", "An", "--by", " ", *WHY),
        (*TWO, "--reason", " "),
        (*TWO, "--reason", "x" * 300),
        (*TWO, *WHY, "--hours", "25"),
        (*TWO, *WHY, "--authority", "nobody.pem"),
        TWO,
    ],
)
def test_anything_less_leaves_none(folder: Path, words: tuple[str, ...]) -> None:
    assert typed(folder, "waive", *words).exit_code == 2
    assert left(folder) == []


def test_what_could_not_be_fetched_is_told_line_by_line(tmp_path: Path) -> None:
    urls = 'urls = ["http://127.0.0.1:9/a.crl", "http://127.0.0.1:9/b.crl"]'
    hall(tmp_path, f'fetched = "fetched"\n{urls}')
    done = typed(tmp_path, "fetch")
    assert done.exit_code == 1


def test_without_a_folder_or_a_configuration_nothing_is_done(tmp_path: Path) -> None:
    assert typed(tmp_path, "fetch").exit_code == 2
    hall(tmp_path, 'crl = ["crl.pem"]  # as before')
    assert typed(tmp_path, "fetch").exit_code == 2


@pytest.mark.parametrize(
    "trust",
    [
        "",  # nothing says which cards were revoked
        'fetched = "fetched"\nurls = ["file:///etc/passwd"]',
        'fetched = "fetched"\n[trust.algorithms]\ncards = []',
        'fetched = "fetched"\n[trust.algorithms]\ncards = ["MD5"]',
        'fetched = "fetched"\n[trust.algorithms]\nsessions = ["P-256"]',
    ],
)
def test_what_can_not_be_configured(tmp_path: Path, trust: str) -> None:
    with pytest.raises(BadFile, match="trust"):
        hall(tmp_path, trust)
