"""Codes made on the command line: good once, officers by a plain id, and no damaged file is a fault."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from display.access import Access, CodeNotValid
from display.officers import NotAnOfficerId, Officers
from hall_controller.cli import USAGE, app
from hall_controller.invitations import invite, taking_from
from tests.hall_controller.test_config import GOOD as PRODUCTION
from tests.hall_controller.test_config import TRIAL, folder

__all__ = ["folder"]

SOON = timedelta(minutes=15)


def now() -> datetime:
    return datetime.now(UTC)


def hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def test_a_code_is_taken_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    code = invite(tmp_path, "officer", "thu-ky", now() + SOON)
    take = taking_from(tmp_path)
    taken = take(hashed(code))
    assert taken is not None
    assert (taken.role, taken.name, taken.officer) == ("officer", "thu-ky", "thu-ky")
    assert take(hashed(code)) is None
    assert list(tmp_path.iterdir()) == []


def test_an_auditors_name_is_free(tmp_path: Path) -> None:
    taken = taking_from(tmp_path)(hashed(invite(tmp_path, "auditor", "Kiểm toán Nhà nước", now() + SOON)))
    assert taken is not None
    assert (taken.name, taken.officer) == ("Kiểm toán Nhà nước", None)
    with pytest.raises(ValueError, match="whose code"):
        invite(tmp_path, "auditor", " ", now() + SOON)


GOOD = {"role": "officer", "name": "thu-ky", "until": "2999-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"{}",
        *(json.dumps(GOOD | spoil).encode() for spoil in (
            {"role": "king"}, {"role": None}, {"name": "hall"}, {"name": 7}, {"until": "soon"},
            {"until": "2999-01-01T00:00:00"}, {"more": 1},
        )),
    ],
)  # fmt: skip
def test_a_damaged_file_is_a_code_that_is_not_valid(tmp_path: Path, content: bytes) -> None:
    (tmp_path / hashed("the code")).write_bytes(content)
    access = Access(now, Officers(codes=True), taking_from(tmp_path))
    with pytest.raises(CodeNotValid):
        access.redeem("the code", "10.0.0.1")
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_took_in_time_is_removed(tmp_path: Path) -> None:
    old = invite(tmp_path, "officer", "thu-ky", now() - SOON)
    (tmp_path / f"{hashed(old)}.taken").write_bytes((tmp_path / hashed(old)).read_bytes())
    (tmp_path / "README").write_text("not an invitation")
    good = invite(tmp_path, "officer", "thu-ky", now() + SOON)
    assert {file.name for file in tmp_path.iterdir()} == {hashed(good), "README"}
    expired = invite(tmp_path, "auditor", "A", now() - SOON)
    taking_from(tmp_path)
    assert hashed(expired) not in {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["hall", "clock", "member", "Thu-Ky", "thư ký", "x"])
def test_an_officers_id_that_is_none_is_refused_with_its_reason(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotAnOfficerId):
        invite(tmp_path, "officer", name, now() + SOON)
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_an_officers_id_is(folder: Path) -> None:
    config = folder / "hall.toml"
    config.write_text(TRIAL, "utf-8")
    for name, code in (("clock", USAGE), ("Thư Ký", USAGE), ("thu-ky", 0)):
        done = CliRunner().invoke(app, ["invite", "officer", name, "--config", str(config)])
        assert done.exit_code == code, done.output
        assert ("can't be an officer's id" in done.output) == (code == USAGE)
        assert "Traceback" not in done.output


def test_no_code_is_made_where_codes_sign_nobody_in(folder: Path) -> None:
    config = folder / "hall.toml"
    config.write_text(PRODUCTION, "utf-8")
    done = CliRunner().invoke(app, ["invite", "officer", "thu-ky", "--config", str(config)])
    assert done.exit_code == USAGE
    assert "one-time code" in done.output
    assert not (folder / "invitations").exists()
