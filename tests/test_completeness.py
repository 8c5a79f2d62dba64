"""A part that is missing skips a test for a developer, and fails it in `make test`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.completeness import EVERYTHING

ROOT = Path(__file__).parents[1]
PARTS = """
import pytest

@pytest.mark.skipif(True, reason="Chromium isn't installed")
def test_marked(): pass

def test_in_its_course(): pytest.skip("PostgreSQL is not installed")

@pytest.fixture
def broker(): pytest.skip("mosquitto is not installed")

def test_by_its_fixture(broker): pass

@pytest.mark.skipif(True, reason="root may write anything")
def test_as_root(): pass

def test_beside(): pytest.skip("../shared is not here")

@pytest.mark.xfail
def test_known(): raise ValueError

def test_plain(): pass
"""


def outcome(folder: Path, text: str, everything: str) -> str:
    (folder / "test_parts.py").write_text(text, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.completeness", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", str(folder), "-c", os.devnull, str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, EVERYTHING: everything},
    )  # fmt: skip
    return done.stdout


def test_what_is_missing_skips_by_default(tmp_path: Path) -> None:
    assert "1 passed, 5 skipped, 1 xfailed" in outcome(tmp_path, PARTS, "")


def test_what_is_missing_fails_where_everything_is_to_be_tested(tmp_path: Path) -> None:
    told = outcome(tmp_path, PARTS, "1")
    failed = re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", told, re.MULTILINE)
    assert sorted(failed) == ["test_by_its_fixture", "test_in_its_course", "test_marked"]
    assert "2 skipped" in told
    assert "PostgreSQL is not installed: a part is missing" in told


@pytest.mark.parametrize(
    ("reason", "is_told"),
    [("no vectors at ../shared/data", "1 skipped"), ("go is missing", "go is missing: a part is missing")],
)
def test_a_whole_file_too(tmp_path: Path, reason: str, is_told: str) -> None:
    text = f"import pytest\npytest.skip({reason!r}, allow_module_level=True)\n"
    assert is_told in outcome(tmp_path, text, "1")


def test_make_asks_for_everything() -> None:
    asked = subprocess.run(
        ["make", "--dry-run", "--always-make", "test", "ARGS=tests/audit -x"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"{EVERYTHING}=1 .venv/bin/pytest tests/audit -x" in asked.stdout
