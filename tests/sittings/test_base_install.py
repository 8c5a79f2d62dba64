"""What an auditor installs: the base requirements by their lock file, in a place of their own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sittings.finished import Finished
from tests.sittings.furnishing import ROOT
from tests.sittings.hall_under_test import VOTE

PUBLISHED = ROOT.parent / "shared" / "data" / "published-votes.json"
_NOT_HANDED_ON = {"PYTHONPATH", "VIRTUAL_ENV"}
BASE = ROOT / "requirements" / "base.txt"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `hall` of an environment with the base install only."""
    home = tmp_path_factory.mktemp("auditor")
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert uv is not None, "make setup installs uv"
    python = str(home / "bin" / "python")
    build = home.with_name("project")
    shutil.copytree(ROOT, build, ignore=_not_ours)
    _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)])
    _run([uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", str(BASE)])
    # Built with the builder that is here already, which the new place doesn't get.
    builder = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable]
    _run([*builder, "--out-dir", str(home / "wheels"), str(build)])
    (wheel,) = (home / "wheels").glob("*.whl")
    _run([uv, "pip", "install", "--quiet", "--python", python, "--no-deps", str(wheel)])
    return home / "bin" / "hall"


def _not_ours(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name.startswith(".") or name in ("node_modules", "var", "tests")}


def _run(command: list[str], cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, timeout=240, env=environment
    )
    assert done.returncode in (0, 1), done.stderr
    return done


def test_nothing_of_the_hall_is_there(hall: Path) -> None:
    listed = _run([str(hall.with_name("python")), "-c", _WHAT_IS_THERE])
    assert json.loads(listed.stdout) == []


_WHAT_IS_THERE = """
import importlib.util, json
names = ("fastapi", "sqlalchemy", "sqlmodel", "structlog", "mqtt5", "uvicorn", "psycopg", "httpx",
         "smartcard", "serialx", "iotcore", "pytest", "hypothesis", "pip")
print(json.dumps([name for name in names if importlib.util.find_spec(name)]))
"""


@pytest.mark.parametrize("reader", ["auditor", "public"])
def test_verify(hall: Path, finished: Finished, tmp_path: Path, reader: str) -> None:
    export = finished.folder / f"export-{reader}"
    done = _run([str(hall), "verify", str(export), "--anchor", str(finished.anchor)], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ verified" in done.stdout


def test_prove_and_verify_the_proof_with_nothing_but_the_anchor(
    hall: Path, finished: Finished, tmp_path: Path
) -> None:
    """One machine has the auditor's export, the other one the file and what its reader holds."""
    voted = next(iter(finished.took_part[VOTE]))
    missed = next(one.id for one in finished.furnished.members if one.id not in finished.took_part[VOTE])
    here, there = tmp_path / "here", tmp_path / "there"
    for machine in (here, there):
        machine.mkdir()
    shutil.copy(finished.anchor, there / "anchor.toml")
    for member, word in ((voted, "COUNTS"), (missed, "NO ballot is recorded in the name of")):
        asked = [str(hall), "prove", str(finished.auditor), "--member", member, "--vote", VOTE]
        assert _run(asked, cwd=here).returncode == 0
        shutil.move(here / f"{member}.proof.json", there / "proof.json")
        done = _run([str(hall), "verify", "--proof", "proof.json", "--anchor", "anchor.toml"], cwd=there)
        assert done.returncode == 0, done.stdout + done.stderr
        assert word in done.stdout
        assert "✓ proved" in done.stdout
    bent = (there / "proof.json").read_text("utf-8").replace(f'"member":"{missed}"', f'"member":"{voted}"')
    (there / "proof.json").write_text(bent, "utf-8")
    done = _run([str(hall), "verify", "--proof", "proof.json", "--anchor", "anchor.toml"], cwd=there)
    assert done.returncode == 1
    assert "proof_leaf" in done.stdout


def test_verify_finds_damage_there_too(hall: Path, finished: Finished, tmp_path: Path) -> None:
    shutil.copytree(finished.auditor, tmp_path / "export")
    blob = max((tmp_path / "export" / "blobs").iterdir())
    blob.write_bytes(blob.read_bytes()[:-1] + b" ")
    done = _run(
        [str(hall), "verify", str(tmp_path / "export"), "--anchor", str(finished.anchor)], cwd=tmp_path
    )
    assert done.returncode == 1
    assert "payload_damaged" in done.stdout


def test_rules_check(hall: Path, tmp_path: Path) -> None:
    if not PUBLISHED.is_file():
        pytest.skip("../shared is not here")
    done = _run([str(hall), "rules", "check", str(PUBLISHED)], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_needs_more_says_so(hall: Path, tmp_path: Path) -> None:
    command = [str(hall), "run", "--config", str(tmp_path / "hall.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert done.returncode == 2
    assert "dien-hong[hall]" in done.stderr
    assert "Traceback" not in done.stderr
