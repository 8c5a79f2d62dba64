"""Our log is read by a public implementation that isn't ours: Go's sumdb, which Debian packages."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import checkpoint, member_proof, proof
from audit.member_proof.places import ExportParts
from audit.verifier import log_files
from tests.audit.builder import LogBuilder, sitting
from tests.audit.damage import Files, flipped

PROGRAM = Path(__file__).parent / "interop" / "main.go"
OF_PROOFS = Path(__file__).parent / "interop" / "proof" / "main.go"
LIBRARY = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")

pytestmark = pytest.mark.skipif(
    not (shutil.which("go") and LIBRARY.exists()),
    reason="needs Debian's golang-go and golang-golang-x-mod-dev (scripts/install-system-packages)",
)

Ask = Callable[[Files, dict[str, Any]], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    """Long enough for a second tile and a level 1."""
    return sitting(140)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both programs, built together."""
    folder = tmp_path_factory.mktemp("go")
    env = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOFLAGS": "",
        "CGO_ENABLED": "0",
    }
    env["GOCACHE"] = os.environ.get("GOCACHE") or str(folder / "cache")
    for name, program in (("check", PROGRAM), ("check-proof", OF_PROOFS)):
        subprocess.run(["go", "build", "-o", folder / name, program], env=env, check=True, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def ask(folder: Path) -> Ask:
    def run(files: Files, question: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        export = folder / "export"
        shutil.rmtree(export, ignore_errors=True)
        for path, data in files.items():
            (export / path).parent.mkdir(parents=True, exist_ok=True)
            (export / path).write_bytes(data)
        asked = json.dumps({"Log": str(export / "log"), **question})
        return subprocess.run([folder / "check"], input=asked, capture_output=True, text=True, check=False)

    return run


def texts(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(h).decode() for h in hashes]


def question(log: LogBuilder) -> dict[str, Any]:
    size = len(log.raw)
    return {
        "Vkey": checkpoint.vkey(log.origin, log.hall.public_key),
        "Inclusion": [
            {"Index": index, "Hashes": texts(log.tree.inclusion(index))}
            for index in (0, 1, 255, 256, size - 1)
        ],
        "Consistency": [
            {"Old": old, "Root": texts([log.tree.root(old)])[0], "Hashes": texts(log.tree.consistency(old))}
            for old in (1, 2, 255, 256, 257, size - 1, size)
        ],
    }


def test_checkpoint_tree_tiles_and_proofs_are_accepted(log: LogBuilder, ask: Ask) -> None:
    assert len(log.raw) > 257
    done = ask(log.export(), question(log))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["Size"], answer["Root"]) == (len(log.raw), texts([log.tree.root()])[0])


def test_what_it_signs_we_accept(log: LogBuilder, ask: Ask) -> None:
    answer = json.loads(ask(log.export(), question(log)).stdout)
    head = checkpoint.verify(answer["Signed"], answer["Vkey"])
    assert (head.origin, head.size, head.root) == (log.origin, len(log.raw), log.tree.root())


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000", "tile/entries/000", "tile/1/000.p/1"])
def test_it_refuses_the_same_damage_as_we(log: LogBuilder, ask: Ask, name: str) -> None:
    files = log.export()
    assert (
        ask(flipped(files, f"log/{name}", 803 if name != "tile/1/000.p/1" else 3), question(log)).returncode
        == 1
    )


def _checked(folder: Path, text: str, vkey: str) -> subprocess.CompletedProcess[bytes]:
    command = [str(folder / "check-proof"), vkey]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=False)


@pytest.mark.parametrize("seq", [0, 5, 255, 256, 289])
def test_one_entrys_proof_is_accepted(log: LogBuilder, folder: Path, seq: int) -> None:
    source, vkey = log.export(), checkpoint.vkey(log.origin, log.hall.public_key)
    text = member_proof.entry_proof(ExportParts(source, log_files.read(source, None)), seq)
    done = _checked(folder, text, vkey)
    assert (done.returncode, done.stdout) == (0, log.raw[seq]), done.stderr


def test_a_proof_that_was_bent_is_refused_there_too(log: LogBuilder, folder: Path) -> None:
    source, vkey = log.export(), checkpoint.vkey(log.origin, log.hall.public_key)
    text = member_proof.entry_proof(ExportParts(source, log_files.read(source, None)), 20)
    parts = proof.parse(text)
    for bent in (
        text.replace("index 20", "index 21"),
        proof.write(20, parts.hashes[:-1], parts.checkpoint, parts.extra),
        proof.write(20, parts.hashes, parts.checkpoint, log.raw[21]),
        proof.write(20, parts.hashes, log.head(len(log.raw) - 1), parts.extra),
    ):
        assert _checked(folder, bent, vkey).returncode == 1
        assert not member_proof.check(bent.encode(), log.anchor(), None).sound
